/* The view of pruning: which heads say the same, and what it costs to do without them. */
#ifndef UI_VIEW_PRUNE_H
#define UI_VIEW_PRUNE_H

#include "ui/view.h"

extern const struct view view_prune;

#endif
