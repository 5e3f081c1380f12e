/* The views, each in a file of its own; view_table (ui/view.h) has them in order. */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include "ui/view.h"

extern const struct view view_overview, view_heads, view_router, view_context, view_prune,
    view_ablate, view_compare, view_log;

#endif
