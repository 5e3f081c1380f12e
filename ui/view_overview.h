/* The view "Overview": the corpus, the features and the model at a glance, whether a mixture helps,
 * and how the training went. */
#ifndef UI_VIEW_OVERVIEW_H
#define UI_VIEW_OVERVIEW_H

#include "ui/view.h"

extern const struct view view_overview;

#endif
