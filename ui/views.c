#include "ui/views.h"

const struct view *const view_table[] = {
    &view_overview, &view_heads,   &view_router, &view_context, &view_prune,
    &view_ablate,   &view_compare, &view_log,    NULL,
};
