/* What the files of the overview share: view_overview.c (what keys do, files), view_overview_draw.c
 * (panes), view_overview_figures.c (the figures and what is said of them). */
#ifndef UI_VIEW_OVERVIEW_INSIDE_H
#define UI_VIEW_OVERVIEW_INSIDE_H

#include "io/chart.h"
#include "ui/listing.h"
#include "ui/live_table.h"
#include "ui/view_overview.h"

enum figure_kind {
    FIGURE_SINGLE, /* mean accuracies */
    FIGURE_MIXTURE,
    FIGURE_ORACLE,
    FIGURE_DIFFERENCE, /* of the mixture to the single head */
    FIGURE_NLL,        /* of the mixture, nats per pair */
    FIGURE_SINGLE_NLL,
    FIGURE_CALIBRATION,
    FIGURE_ENTROPY, /* of the router, share of log K */
    FIGURE_FLOOR,   /* share of the single head's loss that any reward pays */
    N_FIGURES
};

struct figure {
    enum figure_kind kind;
    const char *name;         /* as it is shown */
    double value, pinned;     /* of the model at hand, of the pinned one: NaN: none */
    struct interval interval; /* NaN: none, or not yet */
    unsigned decimals;
};

/* Pairs of an attribute by split. */
struct overview_attribute {
    const char *name;
    size_t n[SPLIT_COUNT], whole;
};

struct overview_view {
    struct analysis *analysis; /* with a count; NULL: none */
    struct analysis *pinned;   /* the pinned model's, with a count; NULL: none */
    enum analysis_stage stage, pinned_stage;
    struct figure figures[N_FIGURES];
    size_t n_figures;
    double least;        /* where the axis of the accuracies begins; it ends at 1 */
    struct text verdict; /* what is said of the figures */
    struct listing listing;
    struct listing_state state;
    struct pen pen; /* of the listing's last draw */
    bool reads;     /* the sentences have the focus */
    int skip;       /* lines of them that are scrolled out */

    struct held_features *features; /* with a count; NULL: none. What follows is of them */
    size_t splits[SPLIT_COUNT];
    struct overview_attribute *attributes; /* [n] by falling number of pairs */
    size_t n_attributes;

    struct held_model *model; /* with a count; NULL: none */
    struct text about_model;  /* lines */

    struct live_table curve; /* of the training that runs or ran last */
};

/* ---- figures ---- */

void overview_make_figures(struct overview_view *view);
void overview_fit(struct overview_view *view,
                  int columns); /* chooses columns for a width */
void overview_explain(const struct overview_view *view, const struct figure *figure,
                      struct text *out);
/* NULL: there are none yet. */
const struct figure *overview_figure(const struct overview_view *view);

/* ---- drawing ---- */

void overview_add_file(struct text *out, const char *path); /* its name without folders */

void overview_draw(void *self, const struct snapshot *snapshot, const struct pen *pen);
/* The curve as a chart; `values` is freed by the caller. false: there is none. */
enum { OVERVIEW_SERIES = 3 };
bool overview_chart(const struct overview_view *view, struct chart_lines *lines,
                    struct chart_series series[OVERVIEW_SERIES], double **values);

#endif
