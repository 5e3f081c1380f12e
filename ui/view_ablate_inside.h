/* What the files of the view of ablations share; nobody else includes it. */
#ifndef UI_VIEW_ABLATE_INSIDE_H
#define UI_VIEW_ABLATE_INSIDE_H

#include "io/chart.h"
#include "io/table.h"
#include "ui/listing.h"
#include "ui/view.h"

struct ablate_view {
    struct table *seen;  /* of the last ablation, as far as it is; owned; NULL: none yet */
    struct table *table; /* its columns of which something is known; owned */
    bool is_running;
    bool wants_loss; /* asked for */
    bool has_loss;   /* drawn: also while nothing else is known */
    bool is_log;     /* the axis of what was varied */

    /* The lines: columns of the table, and their numbers by rows. */
    size_t *lines; /* [n_lines] columns of the table */
    size_t n_lines;
    double *x;                   /* [rows] */
    double *y, *low, *high;      /* (n_lines, rows) */
    struct chart_series *series; /* [n_lines] */

    struct listing listing; /* the table below the chart */
    struct listing_state state;
    struct listing_column *columns;
    struct pen pane;
};

/* Works out the lines of the table: the shares, or the losses. */
void ablate_lines_make(struct ablate_view *view);
void ablate_lines_drop(struct ablate_view *view);

struct chart_lines ablate_chart(const struct ablate_view *view);

/* "at heads = 5: oracle .856 [.84 .87]  mixture ..." for a row of the table. */
void ablate_add_reading(const struct ablate_view *view, size_t row, const struct look *look,
                        struct text *out);

#endif
