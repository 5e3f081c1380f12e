/* The files that come with the program: data/ of the source tree, or where they were installed. */
#ifndef COMMAND_SHIPPED_H
#define COMMAND_SHIPPED_H

#include "base/error.h"
#include "base/text.h"

/* Sets *path to the file of that name in, whichever has it first, the folder that the environment
 * variable MICROSCOPE_DATA names, data/ of the source tree in which the program was built, and the
 * folder it was installed to. STATUS_NOT_FOUND naming the places. */
enum status shipped_find(const char *name, struct text *path, struct error *err);

#endif
