/* The view of ablations: curves of accuracy and loss against the number of heads, the budget of
 * labels, or whatever was varied, growing while they are computed. */
#ifndef UI_VIEW_ABLATE_H
#define UI_VIEW_ABLATE_H

#include "ui/view.h"

extern const struct view view_ablate;

#endif
