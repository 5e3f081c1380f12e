/* What the files of the context view share: view_context.c (what keys do), view_context_state.c (what
 * is kept of a snapshot), view_context_draw.c (panes), view_context_answers.c, view_context_history.c,
 * view_context_labels.c (labels and settings), view_context_pick.c (lists to choose from), view_context_words.c (explanations, files). */
#ifndef UI_VIEW_CONTEXT_INSIDE_H
#define UI_VIEW_CONTEXT_INSIDE_H

#include "ui/line_edit.h"
#include "ui/listing.h"
#include "ui/live_table.h"
#include "ui/view_context.h"

enum context_pane { CONTEXT_ANSWERS, CONTEXT_WEIGHTS, CONTEXT_HISTORY, N_CONTEXT_PANES };

/* Columns of the table of weights. */
enum context_column {
    CONTEXT_HEAD,
    CONTEXT_ROUTER, /* by the prompts alone */
    CONTEXT_WITH,   /* with the context */
    CONTEXT_NOW,    /* after the labels */
    CONTEXT_BAR,
    CONTEXT_CHANGE, /* from router to now */
    CONTEXT_LOSS,   /* of the head on the labels, nats */
    CONTEXT_BEHIND, /* the same less that of the best head */
    N_CONTEXT_COLUMNS
};

/* The row below the heads' has the entropy of their weights. */
enum { N_CONTEXT_FEET = 1 };

/* CONTEXT_STEP: columns of a step in the history, as in "12 A #12345 0.83 right". */
enum { CONTEXT_NEAREST = 3, CONTEXT_NAME = 24, CONTEXT_STEP = 24 };

/* A list over the answers to choose from. */
struct context_pick {
    bool is_open;
    const char *title;
    struct context_picked {
        char *name, *note, *line; /* owned; line: the command that choosing it runs */
        double n, m;
    } * rows;
    size_t n;
    struct listing_column columns[4];
    struct listing listing;
    struct listing_state state;
    struct pen pen;
};

/* What the key that teaches the router stands for: seconds, and the model at hand is then that one. */
#define CONTEXT_TEACH "adapt --budget 50 --runs 1 --keep"

struct context_view {
    enum context_pane pane;
    struct line_edit edit;
    bool is_typing;
    char **past; /* [n_past] contexts that were entered in this run */
    size_t n_past, past_room;
    struct context_pick pick;

    /* Of the snapshot; what it borrows from the lab is made anew at each update. */
    struct lab *lab; /* NULL: none */
    struct held_features *features;
    struct lab_settings settings; /* of the state, but for its labels; a copy */
    struct lab_figures figures;
    struct lab_score score;
    bool is_stale;     /* figures are of the context before */
    bool is_unreached; /* whoever encodes contexts: nearest are by their words */
    struct near_context nearest[CONTEXT_NEAREST];
    size_t n_nearest;
    size_t
        step; /* of the history's cursor; = the number of labels: the pair to label next */
    bool has_pair; /* there is one to be looked at */
    uint32_t pair;
    bool has_forecast;
    struct lab_forecast forecast;
    bool is_revealed; /* what the heads say of the pair is shown before it is labelled */
    int skip;         /* lines of the answers that are scrolled out */

    char (*names)[CONTEXT_NAME]; /* [rows] of the heads and the feet */
    double *values;              /* (rows, N_CONTEXT_COLUMNS) */
    double sum;                  /* of the weights of now */
    double full;                 /* weight that a whole bar is */
    struct listing listing;
    struct listing_state state;

    struct live_table curve; /* of the tuning that runs or ran last */

    /* Where they were drawn last; canvas NULL: not there. */
    struct pen field, weights, answers, history, sides[2];
    size_t history_top;  /* first step that is shown */
    size_t history_wide; /* steps in a line of the history */
};

/* ---- the state ---- */

void context_update(void *self, const struct snapshot *snapshot);
/* Whether the pair that is looked at has a label already: the cursor is in the history. */
bool context_looks_back(const struct context_view *view);
/* What the mixture said of a step: the probability of answer A. */
double context_said_a(const struct context_view *view, const struct lab_step *step);
/* "A", "B" or "neither": what was chosen. */
const char *context_choice(const struct context_view *view, const struct lab_label *label);
size_t context_best(const struct context_view *view); /* head of the smallest loss */

/* ---- drawing ---- */

void context_draw(void *self, const struct snapshot *snapshot, const struct pen *pen);
void context_draw_answers(struct context_view *view, const struct snapshot *snapshot,
                          const struct pen *pen);
void context_draw_history(struct context_view *view, const struct pen *pen);
/* "4 of 4 right · regret 0.61 of at most 2.30 ...", with more words where there is room. */
void context_add_summary(const struct context_view *view, const struct pen *pen,
                         struct text *out);
/* "for A 0.93: h4 0.52 h3 0.24 ...": the heads that prefer it, by falling weight. */
void context_add_heads(const struct context_view *view, bool a, struct text *out);

/* ---- the history ---- */

bool context_go_history(struct context_view *view, const struct action *action,
                        struct answer *answer);
/* The step at a position of the canvas; SIZE_MAX: none. */
size_t context_step_at(const struct context_view *view, const struct mouse *mouse);

/* ---- labels and settings ---- */

/* Answer verbs with command lines; false: it is none of theirs. */
bool context_do_label(struct context_view *view, const char *word, struct answer *answer);
bool context_do_setting(struct context_view *view, const char *word, struct answer *answer);

/* ---- lists to choose from ---- */

void context_pick_known(struct context_view *view, struct answer *answer);
void context_pick_attribute(struct context_view *view);
void context_pick_close(struct context_pick *pick);
void context_pick_draw(struct context_pick *pick, const struct pen *pen);
bool context_pick_act(struct context_pick *pick, const struct action *action,
                      struct answer *answer);

/* ---- explanations and files ---- */

bool context_explain(void *self, const struct snapshot *snapshot, struct text *out);
void context_report(void *self, const struct snapshot *snapshot, struct report *report);
bool context_cell(void *self, const struct snapshot *snapshot, struct text *out);
bool context_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                     struct text *svg);

#endif
