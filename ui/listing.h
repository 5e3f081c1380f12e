/* Listing: a table of many rows to scroll, sort, filter and search.
 *
 * The view owns two structs. A struct listing says what there is: columns and how to get a
 * cell. A struct listing_state says how it is looked at: cursor, scroll, order, filter,
 * search, hidden columns; all zero is a fresh one. Rows are numbered as the view has them; the
 * position of a row is where it is shown. Cells are those of reports (struct cell in
 * io/table.h), so filters are those of command/where.h.
 *
 * Call order: fill the listing; listing_refresh when its rows have changed; then draw, move,
 * click, sort and filter at will. 100,000 rows sort, filter and search within 50 ms.
 */
#ifndef UI_LISTING_H
#define UI_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "io/table.h"
#include "ui/canvas.h"
#include "ui/event.h"

/* LISTING_COLUMNS: most columns whose width or hiding can be changed. */
enum { LISTING_COLUMNS = 64, LISTING_SORTS = 4 };

struct listing_column {
    const char *name;  /* in filters and commands */
    const char *title; /* heading; NULL: the name */
    enum column_type type;
    unsigned decimals;
    int width;     /* cells; 0: as wide as the rows in view and the title need */
    int most;      /* with width 0: not wider than this; 0: no limit */
    bool stretch;  /* takes the cells that are left over */
    bool unsorted; /* cannot be sorted by */
};

struct listing {
    const struct listing_column *columns;
    size_t n_columns, n_rows;
    const void *rows; /* handed to the functions */
    /* The cell of a row; a text must stay until the rows change. */
    struct cell (*cell)(const void *rows, size_t row, size_t column);
    /* What stays the same when rows are replaced, so that the cursor stays; NULL: the number. */
    uint64_t (*id)(const void *rows, size_t row);
    bool (*is_marked)(const void *rows, size_t row); /* NULL: no column of marks */
    /* Draws a cell itself (bars, heat) with a pen for its box; false: as usual. NULL: all as usual. */
    bool (*draw)(const void *rows, const struct pen *pen, size_t row, size_t column,
                 bool cursor);
    const char *empty; /* what is said when there are no rows; NULL: "nothing here" */
    bool by_cell;      /* the cursor is on a cell, not on a row */
    size_t n_feet;     /* the last rows stay at the bottom, never sorted or filtered */
    bool unfrozen;     /* the first column scrolls away like the others */
};

struct listing_sort {
    size_t column;
    bool falling;
};

struct listing_state {
    size_t at;     /* position of the cursor's row */
    size_t column; /* of the cursor; that by which s sorts */
    size_t
        top; /* position of the first row in view, as long as there is room for the cursor */
    size_t left; /* columns that are scrolled out to the left, behind the frozen one */
    struct listing_sort sorts[LISTING_SORTS];
    size_t n_sorts;
    struct text
        filter; /* as typed; the rows shown are those of the last one that was whole */
    struct text search;
    int precision; /* decimals more or less than the columns' own */
    signed char
        widths[LISTING_COLUMNS]; /* 0: the column's own; < 0: as narrow as possible */
    bool hidden[LISTING_COLUMNS];
    /* made by listing_refresh and by what follows */
    size_t *order; /* (n_shown) rows by position */
    size_t n_shown, order_room;
    size_t *hits; /* (n_hits) positions that the search finds, ascending */
    size_t n_hits, hit_room;
    struct where *where;
    struct search *matcher;
    uint64_t at_id;
    size_t shown_top; /* position of the first row at the last draw, */
    int page;         /* and how many it had room for */
};

void listing_done(struct listing_state *state);

/* Forgets order, filter, search, widths and hidden columns, which belong to columns that are others
 * now; listing_set brings back what commands have set, listing_refresh the cursor's row. */
void listing_forget(struct listing_state *state);

/* Makes the order anew from filter and sorts; the cursor stays on its row, or near where it
 * was. */
void listing_refresh(const struct listing *listing, struct listing_state *state);

/* The row under the cursor; SIZE_MAX when nothing is shown. */
size_t listing_row(const struct listing *listing, const struct listing_state *state);
/* Puts the cursor on a row; false: it is not shown. */
bool listing_go(const struct listing *listing, struct listing_state *state, size_t row);

/* Draws header, rows and marks of overflow; with focus the cursor is that of a focused pane. */
void listing_draw(const struct listing *listing, struct listing_state *state,
                  const struct pen *pen, bool focus);

/* ---- what the keys do ---- */

enum listing_verb {
    LISTING_UP,
    LISTING_DOWN,
    LISTING_LEFT, /* the column before */
    LISTING_RIGHT,
    LISTING_PAGE_UP,
    LISTING_PAGE_DOWN,
    LISTING_HALF_UP,
    LISTING_HALF_DOWN,
    LISTING_FIRST,
    LISTING_LAST,
    LISTING_SORT_LEFT, /* < > choose the column that sorts */
    LISTING_SORT_RIGHT,
    LISTING_SORT_TURN,   /* s: rising, falling, as it was */
    LISTING_SORT_SECOND, /* S: the cursor's column is a further key */
    LISTING_WIDTH,       /* _: wide enough for all that is shown, or back */
    LISTING_HIDE,
    LISTING_UNHIDE,
    LISTING_FINER, /* + - */
    LISTING_COARSER,
    LISTING_NEXT_HIT, /* n N */
    LISTING_PREVIOUS_HIT,
    N_LISTING_VERBS
};

/* The word of a verb in commands: "up", "page-down", "sort-turn" ... */
const char *listing_verb_name(enum listing_verb verb);
bool listing_verb_find(const char *name, enum listing_verb *verb);
/* Does it; false: nothing could be done (already at the end). */
bool listing_do(const struct listing *listing, struct listing_state *state,
                enum listing_verb verb);

/* The cell as it is shown, for copying. */
void listing_add_cell(const struct listing *listing, const struct listing_state *state,
                      size_t row, size_t column, struct text *out);
bool listing_is_hidden(const struct listing_state *state, size_t column);

/* A press or a turn of the wheel at a position of the canvas, with the pen it was drawn with.
 * Moves the cursor, also to the column of a heading; a view then sorts by it with
 * LISTING_SORT_TURN. */
enum listing_hit { LISTING_MISSED, LISTING_ON_HEADER, LISTING_ON_ROW, LISTING_SCROLLED };
enum listing_hit listing_mouse(const struct listing *listing, struct listing_state *state,
                               const struct pen *pen, const struct mouse *mouse);

/* ---- order, filter and hidden columns as commands have them (command/cmd_view.h) ---- */

/* Takes them over: sort "-mean,head" (- falls), filter as below, hidden "rigor,humor"; NULL:
 * none. What is wrong is left out and told. Nothing is made anew when all is as it was. */
enum status listing_set(const struct listing *listing, struct listing_state *state,
                        const char *sort, const char *filter, const char *hidden,
                        struct error *err);
/* Writes the command that a verb of sorting or hiding stands for: "sort heads -mean", and
 * leaves the state alone; false: it is none of those verbs, or nothing would change. */
bool listing_command(const struct listing *listing, const struct listing_state *state,
                     const char *view, enum listing_verb verb, struct text *line);
void listing_add_sort(const struct listing *listing, const struct listing_state *state,
                      struct text *out);
void listing_add_hidden(const struct listing *listing, const struct listing_state *state,
                        struct text *out);

/* Sets the filter; an empty one shows all. An expression that more text could mend leaves the
 * rows as they are and is STATUS_OK; a wrong one too, but is STATUS_USAGE with the reason. */
enum status listing_filter(const struct listing *listing, struct listing_state *state,
                           const char *expression, struct error *err);

/* Searches all texts for a regular expression (extended; case counts if it has a capital
 * letter) and moves to the first hit at or after `from`. A wrong expression leaves the hits as
 * they are. An empty one ends the search. */
enum status listing_search(const struct listing *listing, struct listing_state *state,
                           const char *expression, size_t from, struct error *err);

/* "3 of 17" for the search, "FILTER text 41/1200" for the filter, "" when there is none. */
void listing_add_search(const struct listing_state *state, struct text *out);
void listing_add_filter(const struct listing *listing, const struct listing_state *state,
                        struct text *out);

#endif
