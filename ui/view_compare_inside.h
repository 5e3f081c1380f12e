/* What the files of the view of comparisons share: view_compare.c (what keys do),
 * view_compare_rows.c (what is known of whom), view_compare_draw.c (the table and what is below it),
 * view_compare_files.c (copies, files, explanations).
 *
 * Rows of the model at hand and of the pinned one come from the analysis, the others from the table
 * that the command compare shows. Differences are to the *base*, a row that the user chooses.
 */
#ifndef UI_VIEW_COMPARE_INSIDE_H
#define UI_VIEW_COMPARE_INSIDE_H

#include "io/table.h"
#include "ui/heat.h"
#include "ui/listing.h"
#include "ui/view_compare.h"

enum compare_kind {
    COMPARE_AT_HAND,
    COMPARE_PINNED,
    COMPARE_METHOD,
    COMPARE_CONTROL,
    COMPARE_ORACLE,
};

struct compare_row {
    const char *name;
    const char *told, *note, *command; /* NULL: none */
    enum compare_kind kind;
    double mean, difference; /* NaN: not known (yet) */
    struct interval mean_runs, mean_prompts, difference_runs, difference_prompts;
    /* Of the model at hand or the pinned one; NULL: of the comparison. */
    const struct analysis *analysis;
    enum routing routing;
    size_t evaluated; /* row of its evaluation */
};

enum { COMPARE_NAME_WIDTH = 16, COMPARE_KIND_WIDTH = 7 };

enum compare_what {
    COMPARE_NAME,
    COMPARE_MEAN,
    COMPARE_DIFFERENCE,
    COMPARE_DIFFERENCE_RUNS,
    COMPARE_DIFFERENCE_PROMPTS,
    COMPARE_BAR,
    COMPARE_KIND,
    COMPARE_MEAN_RUNS,
    COMPARE_MEAN_PROMPTS,
    COMPARE_TOLD,
    COMPARE_GROUP, /* + group */
};

struct compare_view {
    struct table *table; /* as compare showed it last; owned; NULL: none yet */
    struct analysis *analysis, *pinned; /* with counts; NULL: none */
    enum analysis_stage stage, pinned_stage;
    bool is_running, is_changed;
    bool by_group; /* the groups stand beside the mean */
    char *asked;   /* the row that was asked for as base; owned; NULL: the usual one */

    struct arena texts; /* of rows and groups that are not the table's */
    struct compare_row *rows;
    size_t n_rows;
    size_t base;         /* row that differences are to; SIZE_MAX: none */
    size_t reference;    /* row that compare took them to, which have intervals; likewise */
    const char **groups; /* [n_groups] */
    size_t n_groups;
    double *values, *against; /* (n_rows, n_groups); those of the base */
    struct heat heat;
    double reach;       /* of the bars to either side of 0 */
    bool knows_prompts; /* some difference has an interval over prompts */

    struct listing_column *columns;
    int *what;         /* [n_columns] enum compare_what, + group */
    struct text names; /* of the columns, to see whether they are others than before */
    struct listing listing;
    struct listing_state state;
    struct pen pane;
};

/* ---- rows ---- */

/* Makes rows, groups and columns of table and analyses. */
void compare_rows_make(struct compare_view *view, enum heat_scale scale);
void compare_rows_drop(struct compare_view *view);
const char *compare_kind_name(enum compare_kind kind);
/* The interval that a row's bar shows: over prompts, or else over runs. */
struct interval compare_interval(const struct compare_row *row);
size_t compare_find_row(const struct compare_view *view, const char *name);
/* The row under the cursor, or NULL; the group of its column, or SIZE_MAX. */
const struct compare_row *compare_row_at(const struct compare_view *view);
size_t compare_group_at(const struct compare_view *view);

/* ---- drawing ---- */

bool compare_draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                       bool cursor);
void compare_draw(struct compare_view *view, const struct snapshot *snapshot,
                  const struct pen *pen);

/* ---- files ---- */

void compare_view_report(void *self, const struct snapshot *snapshot,
                         struct report *report);
bool compare_copy_cell(void *self, const struct snapshot *snapshot, struct text *out);
bool compare_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                     struct text *svg);
bool compare_explain(void *self, const struct snapshot *snapshot, struct text *out);

#endif
