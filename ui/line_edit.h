/* Line editor: one line of text that is typed, for the context, filters, search and commands.
 *
 * Holds UTF-8; moves by whole characters with their marks. Keys as in readline: Ctrl-A E B F,
 * Alt-B F, Ctrl-H D K U W Y, Alt-D, Alt-Backspace, Ctrl-T, Home, End, arrows, Up and Down
 * through the history, Tab completes, Ctrl-_ takes back the last change.
 */
#ifndef UI_LINE_EDIT_H
#define UI_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "ui/canvas.h"
#include "ui/event.h"

/* The history: line `back` lines before now (1: the last), NULL: no further. */
typedef const char *line_history(void *owner, size_t back);

/* Completion of bytes[0 .. at-1]: appends candidates with line_candidate. `*start` is where the
 * word that they replace begins. */
struct line_edit;
typedef void line_complete(void *owner, const char *bytes, size_t at, size_t *start,
                           struct line_edit *edit);

struct line_edit {
    struct text text;
    size_t at;                  /* cursor: byte offset */
    size_t scroll;              /* columns that are scrolled out to the left */
    struct text killed, before; /* for Ctrl-Y and Ctrl-_ */
    size_t before_at;
    void *owner;
    line_history *history;
    line_complete *complete;
    /* the walk through the history */
    size_t back;
    struct text kept;
    /* completion: what was found, which is chosen (0: none yet, counted from 1), where it goes */
    char **candidates;
    size_t n_candidates, candidate_room, chosen, word_start;
};

enum line_answer {
    LINE_IGNORED, /* not a key of the editor */
    LINE_MOVED,
    LINE_CHANGED, /* the text is another one */
    LINE_ENTERED,
    LINE_LEFT, /* Esc, Ctrl-C, Ctrl-G, or Ctrl-D and Backspace on an empty line */
};

/* All zero is an empty editor without history and completion. */
void line_edit_done(struct line_edit *edit);
void line_edit_set(struct line_edit *edit, const char *string); /* cursor at the end */
const char *line_edit_text(const struct line_edit *edit);       /* "" when empty */
enum line_answer line_edit_key(struct line_edit *edit, struct key key);
/* A key, or a text that was pasted. */
enum line_answer line_edit_take(struct line_edit *edit, const struct event *event);
/* The same of the text by which a list is sifted: Esc empties it, Esc and Enter end typing. */
enum line_answer line_edit_sift(struct line_edit *edit, const struct event *event,
                                bool *is_typing);
void line_candidate(struct line_edit *edit, const char *string); /* copied */

/* Draws the text into `columns` cells from there, scrolled so that the cursor is seen; with
 * focus the terminal's cursor goes there. */
void line_edit_draw(struct line_edit *edit, const struct pen *pen, int row, int column,
                    int columns, bool focus);
/* Draws the candidates in a box of at most `rows` rows whose last row is `bottom`. */
void line_edit_draw_candidates(const struct line_edit *edit, const struct pen *pen,
                               int bottom, int rows);

#endif
