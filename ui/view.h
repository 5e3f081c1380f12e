/* A view: one of the pictures that the workbench shows of a run.
 *
 * A view is a row of functions. It draws what a snapshot says on a pen and answers what the user
 * does with command lines; it never changes anything but how it itself is looked at (cursor,
 * scroll, what is unfolded). All belongs to the front end's thread.
 *
 * What a key does is said in the view's key rows (ui/key_table.c): a command line. Most are
 *
 *     go WORD        moves            -> act with ACTION_GO
 *     do VERB        what only this view can do, such as "left" for choosing an answer
 *                                     -> act with ACTION_DO
 *
 * and a view that wants something changed answers with the command line that does it: `do lower`
 * in Prune is answered by "set threshold 0.94", `do mark` in Router by "mark 2114". So the log has
 * what happened and not which key it was.
 *
 * Keys of all views ask every view for
 *
 *     go  up down left right page-up page-down half-up half-down first last
 *         next-pane previous-pane next-hit previous-hit next-mark
 *     do  open (Enter)  back (Esc)  close (q)  mark
 *         sort-left sort-right sort-turn sort-second  width hide unhide finer coarser
 *         scale (c)  axis (\)
 *
 * and a view answers false to what it has no use for: then `back` does nothing, `close` quits, and
 * the rest is said to have no use here. The frame does `unfilter` and `palette` itself.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "command/interpreter.h"
#include "command/report.h"
#include "session/analysis.h"
#include "session/lab.h"
#include "session/workspace.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/keys.h"

/* What there is to show, at one moment. Borrowed, and valid until the next event. */
struct snapshot {
    struct workspace *workspace; /* to be read */
    const struct state *state;   /* workspace_state of it */
    uint64_t version;            /* workspace_version of it */
    uint64_t serial; /* grows whenever anything in here may be another than before */
    struct interpreter *interpreter; /* results and jobs, to be read */

    struct analysis
        *analysis; /* of the features and the model; NULL: not begun. May be at any
                                   stage: ask analysis_stage */
    const char *analysis_wrong; /* why there is none; NULL: nothing is wrong */
    struct analysis *pinned;    /* the pinned model's, on the same features; likewise */
    struct lab *lab;            /* brought to state->lab; NULL: not there (yet) */
    const char *lab_wrong;      /* why the lab is not at state->lab, or not there; NULL */
    bool lab_stale; /* the figures are of an earlier context: a newer one is on its way */

    /* While a filter is typed: that of the view in front, instead of the state's. NULL: none. */
    const char *typed_filter;
    /* While a context is typed: the lab is brought to it instead of the state's. NULL: none. */
    const char *typed_context;
    int front; /* enum view_number of the view in front */

    const struct key_map *keys; /* for "press X to ..." */
    double now;                 /* seconds, monotonic; fixed in tests */
    bool is_fixed;              /* a test looks: nothing that depends on time is shown */
};

/* What a view is told to show: the entry of state.views, such as "heads" and "sort". A filter is the
 * one that is being typed, where there is one. NULL: none. */
const char *snapshot_entry(const struct snapshot *snapshot, int view, const char *what);

enum action_kind {
    ACTION_GO,     /* word, times: move */
    ACTION_DO,     /* word [text] */
    ACTION_SEARCH, /* text: as typed so far; NULL ends it. Row 0 of the answer: "3 of 17" */
    ACTION_CURSOR, /* text: what `remember` wrote */
};

struct action {
    enum action_kind kind;
    const char *word;
    const char *text; /* NULL: none */
    size_t times;     /* ACTION_GO */
};

/* What a view answers; both start empty. */
struct answer {
    struct text line; /* a command line to run; several joined by newlines */
    struct text say;  /* for the status line: "already at the end", "3 of 17" */
};

struct view {
    const char *name;           /* "heads": of cmd_display.h's view_names */
    const char *title;          /* "Heads" */
    const char *help;           /* a paragraph or two: what is shown and how it is read */
    const struct binding *keys; /* its own rows, ended by one whose key is NULL */
    const char *no_hints;       /* hints of all views that it has no use for; NULL: none */

    void *(*create)(void);
    void (*free)(void *self);

    /* Before drawing and before each action, whenever the snapshot is another one than last time:
     * makes anew what is kept of it. Takes milliseconds at most. */
    void (*update)(void *self, const struct snapshot *snapshot);
    void (*draw)(void *self, const struct snapshot *snapshot, const struct pen *pen);

    /* false: the view has no use for it, and the status line says so. */
    bool (*act)(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer);

    /* The members below may be NULL. */

    /* A click or the wheel, at a position of the canvas; `pen` is the one of the last draw. */
    bool (*mouse)(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer);

    /* The mode whose key rows come first: "heads.pairs", "context.text". NULL: the view itself. While
     * `types` says true, keys that type a character and pasted text go to `typed`, and so do those
     * that no row of the mode has (a mode has no rows of "all"). */
    const char *(*mode)(void *self);
    bool (*types)(void *self);
    bool (*typed)(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct answer *answer);
    /* The context that is being typed, not entered yet; NULL: none. */
    const char *(*typed_context)(const void *self);

    /* What is on the screen, for copying and for files: tables with the columns that are shown,
     * filtered and ordered as they are. `cell`: only the value under the cursor, as a text. */
    void (*report)(void *self, const struct snapshot *snapshot, struct report *report);
    bool (*cell)(void *self, const struct snapshot *snapshot, struct text *out);

    /* The view's chart or heat table as an SVG picture; NULL: the screen is drawn as one. */
    bool (*picture)(void *self, const struct snapshot *snapshot, const struct look *look,
                    struct text *svg);

    /* The number under the cursor explained, in lines; false: there is none. */
    bool (*explain)(void *self, const struct snapshot *snapshot, struct text *out);

    /* The lines that bring the cursor back here ("cursor heads 'h4 clarity'"), joined by newlines. */
    void (*remember)(void *self, const struct snapshot *snapshot, struct text *out);

    /* What is filtered or searched, for the title line: "FILTER text 41/1200". */
    void (*filter)(void *self, const struct snapshot *snapshot, struct text *out);
};

/* By enum view_number, ended by NULL (ui/views.c). */
extern const struct view *const view_table[];

#endif
