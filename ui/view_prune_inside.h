/* What the files of the view of pruning share; nobody else includes it. */
#ifndef UI_VIEW_PRUNE_INSIDE_H
#define UI_VIEW_PRUNE_INSIDE_H

#include "ui/heat.h"
#include "ui/listing.h"
#include "ui/view.h"

struct prune_view_state {
    struct analysis *analysis; /* with a count; NULL: none that is far enough */
    const struct prune_point *points, *cut; /* of the analysis; the cut at the threshold */
    size_t n_points, n_heads;
    double threshold;

    /* The map: rows and columns are heads, in the order of their numbers. */
    struct listing listing;
    struct listing_state state;
    struct listing_column *columns; /* [K + 1] */
    char (*names)[24];              /* [K] "h3" */
    double *values;                 /* (K, K) */
    struct heat heat;
    struct pen map;
};

/* The pane beside the map: threshold, clusters, what is kept, accuracy before and after, and the curve
 * over all thresholds. */
void prune_draw_cut(const struct prune_view_state *view, const struct pen *pen);

/* "h3 h4" for the heads of a cluster, its leader first. */
void prune_add_cluster(const struct prune_view_state *view, size_t leader,
                       struct text *out);

/* What is on the screen, as tables. */
void prune_view_report(void *self, const struct snapshot *snapshot, struct report *report);

#endif
