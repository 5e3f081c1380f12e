/* What the files of the view of the router share: view_router.c (what keys do and where panes lie),
 * view_router_list.c (the list of prompts), view_router_bars.c (weights as bars, by head),
 * view_router_detail.c (the prompt under the cursor) and view_router_files.c (copies, files,
 * explanations). The pairs of a prompt are the pane of pairs of the view of heads.
 */
#ifndef UI_VIEW_ROUTER_INSIDE_H
#define UI_VIEW_ROUTER_INSIDE_H

#include "ui/listing.h"
#include "ui/view_heads_inside.h"
#include "ui/view_router.h"

/* ---- the list ---- */

enum router_column {
    ROUTER_ROW,
    ROUTER_TOP,
    ROUTER_WEIGHT,
    ROUTER_ENTROPY,
    ROUTER_BARS,
    ROUTER_ATTRIBUTE,
    ROUTER_CONTEXT,
    ROUTER_PROMPT,
    ROUTER_HEAD, /* a column for each head */
    ROUTER_PAIRS,
    ROUTER_RIGHT,
    ROUTER_MARKED
};

/* A prompt, or a prompt together with one of its contexts. */
struct router_row {
    uint32_t prompt;       /* of the analysis' prompts */
    int32_t context;       /* row of the features' contexts; -1: none, or any */
    uint32_t first, n;     /* its positions: members[first .. first + n) */
    const char *attribute; /* names of those of its pairs */
};

struct router_list {
    struct analysis *analysis; /* with a count; NULL: nothing to show yet */
    enum routing routing;      /* ROUTE_CONTEXT: rows are prompts with a context */
    size_t n_heads, n_rows, n_columns;
    struct router_row *rows; /* [n_rows] in order of their prompts */
    uint32_t *members;       /* [n_pairs] positions, those of a row side by side */
    size_t mixture;          /* its row of the evaluation */
    double most;             /* largest weight of all, the full height of the small bars */
    struct arena texts;
    struct listing_column *columns; /* [n_columns] */
    enum router_column *kinds;      /* [n_columns] */
    size_t first_head;              /* column of h1 */
    const struct state *marks;
    uint32_t *marked; /* [n_marked] as they were when marks were filtered and sorted last */
    size_t n_marked, marked_room;
    struct listing listing;
    struct listing_state state;
    struct pen pen; /* of the last draw */
};

/* Brings it up to the snapshot; whether its rows are others than before. */
bool router_list_update(struct router_list *list, const struct snapshot *snapshot);
void router_list_done(struct router_list *list);
void router_list_draw(struct router_list *list, const struct pen *pen, bool focus);
const struct router_row *router_list_at(const struct router_list *list); /* NULL: none */
/* Weights of a row, [K], sum to 1. */
void router_weights(const struct router_list *list, const struct router_row *row,
                    double *out);
/* Pairs of a row that the mixture decides as the annotator did. */
uint32_t router_count_right(const struct router_list *list, const struct router_row *row);
/* Row of the features' prompts, or the number of the pair where there are no prompts; both from 1. */
uint32_t router_number(const struct router_list *list, const struct router_row *row);
const char *router_text(const struct router_list *list, const struct router_row *row,
                        enum heads_part part); /* NULL: not at hand */
size_t router_column_head(const struct router_list *list, size_t column); /* SIZE_MAX */
bool router_is_marked(const struct router_list *list, size_t row);
size_t router_count_marked(const struct router_list *list); /* rows of the list */

/* ---- weights by head ---- */

enum { BARS_HEAD, BARS_WITHOUT, BARS_WITH, BARS_DIFFERENCE, N_BARS_COLUMNS };

/* One or two rows of weights beside each other, with their sums and entropies as feet. */
struct router_bars {
    size_t n_heads;
    bool has_with, is_mean; /* is_mean: entropies are given, not those of the weights */
    double *values[2];      /* [K + 2] without and with: weights, sum, entropy; owned */
    double most;
    char (*names)[24]; /* [K + 2] "h4", "sum", "entropy" */
    struct listing_column columns[N_BARS_COLUMNS];
    struct listing listing;
    struct listing_state state;
    struct pen pen;
};

void router_bars_open(struct router_bars *bars, size_t n_heads, const char *without,
                      const char *with);
void router_bars_done(struct router_bars *bars);
/* with NULL: only the first. Entropies NaN: those of the weights. */
void router_bars_fill(struct router_bars *bars, const double *without, const double *with,
                      double entropy, double entropy_with);
void router_bars_draw(struct router_bars *bars, const struct pen *pen, bool focus);
/* The same in a few rows without a cursor: a small bar and a number for each head, as many heads as
 * there is room for, and the entropy. */
int router_bars_small_rows(const struct router_bars *bars, int columns);
void router_bars_draw_small(const struct router_bars *bars, const struct pen *pen);
void router_bars_report(const struct router_bars *bars, const char *name, const char *title,
                        struct report *report);
double router_entropy(const double *weights, size_t n); /* nats */
unsigned router_decimals(size_t n_heads);               /* of a weight */

/* ---- the prompt under the cursor ---- */

enum router_source { SOURCE_NONE, SOURCE_KNOWN, SOURCE_LAB };

struct router_detail {
    struct router_bars bars;
    uint64_t serial; /* of the snapshot that it is of, */
    const struct router_row *row;
    size_t step;           /* and how far from the context that it begins with */
    size_t at, n_contexts; /* which of its contexts is shown */
    enum router_source source;
    size_t position;     /* SOURCE_KNOWN: a pair with the context */
    struct text context; /* its words */
    int skip;            /* lines of the text that are scrolled out */
    int lines;           /* that it has */
    struct pen text;     /* of the last draw */
};

void router_detail_update(struct router_detail *detail, const struct router_list *list,
                          const struct snapshot *snapshot);
void router_detail_done(struct router_detail *detail);

/* ---- all of it ---- */

enum router_pane { PANE_LIST, PANE_TEXT, PANE_WEIGHTS, PANE_LOAD, N_ROUTER_PANES };

struct router_view {
    struct router_list list;
    struct router_detail detail;
    struct router_bars load;
    struct pen small_load; /* where it was drawn small */
    enum router_pane focus;
    struct heads_pairs pairs; /* of a prompt, over all of it */
    const struct key_map *keys;
};

void router_detail_draw(struct router_view *view, const struct pen *pen);

void router_report(void *self, const struct snapshot *snapshot, struct report *report);
bool router_copy_cell(void *self, const struct snapshot *snapshot, struct text *out);
bool router_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                    struct text *svg);
bool router_explain(void *self, const struct snapshot *snapshot, struct text *out);

#endif
