/* Start: what to open when no file was named. */
#ifndef UI_START_H
#define UI_START_H

#include "ui/workbench.h"

/* Opens the features and the model of the folder when there is one pair of them that fits together;
 * with several lets the user choose, with none says what to do. Files that cannot be read are passed
 * over. */
enum status start_here(struct workbench *workbench, const char *folder, struct error *err);

/* Opens the files of the demo. STATUS_NOT_FOUND when they are not there. */
enum status start_demo(struct workbench *workbench, struct error *err);

#endif
