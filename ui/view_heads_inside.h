/* What the files of the view of heads share: view_heads.c (what keys do), view_heads_table.c (the
 * table), view_heads_words.c (the pane below it), view_heads_pairs.c, view_heads_page.c, and
 * view_heads_files.c (copies, files, explanations).
 *
 * The pane of pairs serves the view of the router too.
 *
 * A *row* is one of an evaluation's: heads, and as feet the mixture, the single head, the oracle.
 * A *place* is an attribute, or behind them the mean: SIZE_MAX where nothing of both is meant.
 */
#ifndef UI_VIEW_HEADS_INSIDE_H
#define UI_VIEW_HEADS_INSIDE_H

#include "ui/explained.h"
#include "ui/heat.h"
#include "ui/listing.h"
#include "ui/view_heads.h"

/* ---- the table ---- */

enum {
    HEADS_NAME,
    HEADS_LOAD,
    HEADS_FIRST
}; /* then the places, the mean's interval, and: */

struct heads_table {
    struct analysis *analysis, *pinned; /* what it is made of, with counts; NULL: none */
    enum analysis_stage stage, pinned_stage;
    enum routing routing;
    enum heat_scale scale;
    const struct evaluation *evaluation; /* NULL: not there yet */
    size_t n_heads, n_rows, n_places, n_columns;
    struct arena texts;
    const char **names;                 /* [n_rows] "h4", "mixture" */
    const char **looks;                 /* [n_rows] the last column */
    double *values, *low, *high, *base; /* (n_rows, n_places) */
    size_t *match; /* [n_heads] the pinned head that each is compared with */
    bool matches_by_number;
    struct heat heat, feet; /* of the heads, of the rows below */
    struct listing_column *columns;
    struct listing listing;
    struct listing_state state;
    struct pen pen; /* of the last draw */
    const char
        *wrong; /* why the analysis went no further; NULL: it did. Of the last draw */
};

/* Brings it up to the snapshot; whether it is of another analysis than before. */
bool heads_table_update(struct heads_table *table, const struct snapshot *snapshot);
void heads_table_done(struct heads_table *table);
void heads_table_draw(struct heads_table *table, const struct pen *pen, bool focus);
size_t heads_place(const struct heads_table *table, size_t column); /* SIZE_MAX: none */
size_t heads_column(const struct heads_table *table, size_t place);
/* The attribute as analyses count them; SIZE_MAX for the mean. */
size_t heads_attribute(const struct heads_table *table, size_t place);
const char *heads_place_name(const struct heads_table *table, size_t place);
/* A number of the table as it is shown, without marks. */
void heads_add_value(const struct heads_table *table, size_t row, size_t place,
                     struct text *out);
/* "long: +words, -digits": the head's largest features by name. */
void heads_add_looks(const struct heads_table *table, size_t head, size_t n,
                     struct text *out);
void heads_add_feature(const struct analysis *analysis, size_t feature, struct text *out);

/* What is below the table: the cell under the cursor in words, with what a head looks at. */
void heads_draw_words(const struct heads_table *table, const struct pen *pen);
void heads_add_title(const struct heads_table *table, size_t row, size_t place,
                     const char *bullet, struct text *out);

/* ---- pairs ---- */

struct heads_pairs {
    bool is_open, reads;       /* reads: the texts have the focus */
    struct analysis *analysis; /* with a count */
    enum routing routing;
    size_t row, place; /* place SIZE_MAX: those of a prompt */
    struct text title;
    const char *order;   /* said beside the title */
    uint32_t *positions; /* [n] by falling surety, or as they were given */
    size_t n;
    struct listing listing;
    struct listing_state state;
    int skip; /* lines of the responses that are scrolled out */
    const struct state *marks;
    struct pen pen, texts;
};

void heads_pairs_open(struct heads_pairs *pairs, const struct heads_table *table,
                      size_t row, size_t place);
/* Any pairs, judged by any row; n positions and the title are copied. */
void heads_pairs_open_list(struct heads_pairs *pairs, struct analysis *analysis,
                           enum routing routing, size_t row, const uint32_t *positions,
                           size_t n, const char *title);
void heads_pairs_close(struct heads_pairs *pairs);
void heads_pairs_draw(struct heads_pairs *pairs, const struct pen *pen);
bool heads_pairs_act(struct heads_pairs *pairs, const struct action *action,
                     struct answer *answer);
/* The filter that the state has for them; NULL: none. */
void heads_pairs_filter(struct heads_pairs *pairs, const char *filter);
/* Back from the texts to the list; false: it was there. */
bool heads_pairs_leave_texts(struct heads_pairs *pairs);
bool heads_pairs_mouse(struct heads_pairs *pairs, const struct mouse *mouse);
void heads_pairs_report(const struct heads_pairs *pairs, struct report *report);
bool heads_pairs_go(struct heads_pairs *pairs, size_t pair); /* a number from 1 */
size_t heads_pairs_at(const struct heads_pairs *pairs);      /* position; SIZE_MAX: none */

/* Texts of a pair. NULL: the corpus is not open, or the pair has none such. */
enum heads_part { HEADS_PROMPT, HEADS_CONTEXT, HEADS_CHOSEN, HEADS_REJECTED };
const char *heads_text(const struct analysis *analysis, size_t position,
                       enum heads_part part);
/* Prompt above, responses side by side. */
void heads_draw_texts(const struct analysis *analysis, size_t position, int skip,
                      const struct pen *pen, bool focus);

/* ---- a head ---- */

enum heads_pane {
    HEADS_FEATURES,
    HEADS_ATTRIBUTES,
    HEADS_OTHERS,
    HEADS_SUREST,
    N_HEADS_PANES
};

struct heads_page {
    bool is_open;
    const struct heads_table *table;
    struct analysis *analysis; /* with a count */
    size_t head;
    enum heads_pane focus;
    uint32_t *attributes; /* [n] by falling accuracy */
    size_t n_attributes;
    struct arena texts;
    const char **names; /* [Dr] of the features by falling size of its weights */
    const struct state *marks;
    struct listing listings[N_HEADS_PANES];
    struct listing_state states[N_HEADS_PANES];
    struct pen pens[N_HEADS_PANES];
};

/* Before ANALYSIS_HEADS nothing is opened: false. */
bool heads_page_open(struct heads_page *page, const struct heads_table *table, size_t head);
void heads_page_close(struct heads_page *page);
void heads_page_draw(struct heads_page *page, const struct pen *pen);
bool heads_page_act(struct heads_page *page, const struct action *action,
                    struct answer *answer);
void heads_page_report(const struct heads_page *page, struct report *report);
bool heads_page_explain(const struct heads_page *page, struct text *out);
void heads_page_picture(const struct heads_page *page, const struct look *look,
                        struct text *svg);
/* What is under the cursor, as heads_pane says: a feature, an attribute, a head, a position. */
size_t heads_page_at(const struct heads_page *page);

/* ---- all of it ---- */

struct heads_view {
    struct heads_table table;
    struct heads_page page;
    struct heads_pairs pairs; /* over the page, over the table */
};

/* What is shown, for copies and files (struct view). */
void heads_report(void *self, const struct snapshot *snapshot, struct report *report);
bool heads_copy_cell(void *self, const struct snapshot *snapshot, struct text *out);
bool heads_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                   struct text *svg);
bool heads_explain(void *self, const struct snapshot *snapshot, struct text *out);

/* How surely a row decides a position. */
void heads_explain_margin(const struct analysis *analysis, enum routing routing, size_t row,
                          size_t position, struct explanation *out);

#endif
