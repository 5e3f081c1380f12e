/* Compare: the model at hand, the pinned one, and every method of `compare` beside each other. */
#ifndef UI_VIEW_COMPARE_H
#define UI_VIEW_COMPARE_H

#include "ui/view.h"

extern const struct view view_compare;

#endif
