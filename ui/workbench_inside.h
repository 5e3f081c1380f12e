/* What the files of the workbench share: workbench.c (life), workbench_lines.c (command lines),
 * workbench_results.c (what came of them),
 * workbench_keys.c (events), workbench_display.c (commands on the display), workbench_files.c
 * (copies and files of what is shown), frame.c (drawing). */
#ifndef UI_WORKBENCH_INSIDE_H
#define UI_WORKBENCH_INSIDE_H

#include "command/cmd_display.h"
#include "command/script.h"
#include "ui/backing.h"
#include "ui/console.h"
#include "ui/history.h"
#include "ui/line_edit.h"
#include "ui/workbench.h"

/* Where a line comes from, and so how its result is shown. */
enum origin {
    ORIGIN_KEY,     /* a key, or a view's answer to one: in the status line */
    ORIGIN_TYPED,   /* the user typed it: a longer result is shown to be read */
    ORIGIN_CONSOLE, /* the same, in the console: what it finds goes there */
    ORIGIN_SCRIPT,  /* nobody waits for it */
};

/* A line that runs, by the task that does it. */
struct asked {
    const struct task *task; /* NULL: it runs here and now */
    enum origin origin;
    uint64_t keys; /* keys pressed before it */
    size_t queue;  /* that waits for it; 0: none */
};

/* Statements that run one after the other. */
struct queue {
    size_t number; /* from 1 */
    enum origin origin;
    char *name, *text; /* owned; the script borrows them */
    struct script script;
    struct statement statement;
    size_t job, inner; /* a job, a queue that must end first; 0: none */
    bool waits_for_all, has_failed;
    enum status status; /* of the last statement */
};

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WRONG };

/* What the status line says of the last key. */
struct status_line {
    struct text echo, say; /* "key f -> filter", what came of it */
    enum tone tone;
};

/* An overlay, and what the status line said before it came: to be said again when it goes. */
struct layer {
    struct overlay overlay;
    struct status_line before;
};

struct workbench {
    struct workbench_options options;
    struct interpreter *interpreter;
    struct front front;
    struct workspace *workspace;
    struct backing *backing;
    struct key_map keys;
    struct history history;
    struct roll roll; /* of the console */

    struct snapshot snapshot;
    void *selves[N_VIEWS];
    uint64_t seen[N_VIEWS]; /* serial of the snapshot that each was updated with */
    enum view_number view;
    struct layer *layers; /* the last is on top */
    size_t n_layers, layer_room;
    struct text typed_filter; /* while one is typed */
    bool is_filtering;

    struct queue **queues; /* owned */
    size_t n_queues, queue_room, n_queued;
    struct text pending; /* lines to run next, by ORIGIN_KEY */
    struct asked now;    /* the line that is being started */
    struct asked *asked; /* those in the background */
    size_t n_asked, asked_room;

    struct status_line status, last; /* of this key, and of the one before */
    struct status_line uncovered;    /* of the layer that was taken away last */
    uint64_t keys_pressed;
    double interrupts[3]; /* when Ctrl-C was pressed last */
    size_t log_seen;      /* entries that autosave has */

    struct canvas canvas;
    int rows, columns;
    struct pen tabs, body; /* where they were drawn last */
    int tab_ends[N_VIEWS]; /* column behind each name */
    double progressed;     /* seconds of the clock when progress of jobs was shown last */
    bool is_dirty, has_ended, is_forced;
};

/* ---- workbench.c ---- */
const struct snapshot *workbench_snapshot(struct workbench *workbench);
void workbench_touch(struct workbench *workbench); /* something is another than before */
void workbench_say(struct workbench *workbench, enum tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct overlay *workbench_top(struct workbench *workbench); /* NULL: the view itself */
void workbench_pop(struct workbench *workbench);
/* A key begins with an empty status line; one that only took a layer away leaves what it covered. */
void workbench_begin_status(struct workbench *workbench);
void workbench_restore_status(struct workbench *workbench);
void workbench_show_view(struct workbench *workbench, enum view_number view);
/* Brings the view in front up to the snapshot; returns what it is. */
void *workbench_front(struct workbench *workbench);

/* ---- workbench_lines.c ---- */
enum status workbench_run(struct workbench *workbench, const char *lines,
                          enum origin origin);
/* Goes on with what was held up by something in the background. */
void workbench_run_queues(struct workbench *workbench);
void workbench_drop_queues(struct workbench *workbench);
void workbench_fail_queue(struct workbench *workbench, size_t number); /* it ends here */
/* Later, when what runs now is over. */
void workbench_run_next(struct workbench *workbench, const char *lines);
void workbench_run_pending(struct workbench *workbench);
/* What a script says of an error, for struct front. */
void workbench_hear(void *self, const char *bytes, size_t length);

/* ---- workbench_results.c ---- */
/* A command has ended, for struct front. */
enum status workbench_line_ended(void *self, struct task *task, bool in_background,
                                 struct error *err);

/* ---- workbench_display.c ---- */
enum status workbench_display(void *self, struct call *call, struct error *err);
bool workbench_act(struct workbench *workbench, const struct action *action);
void workbench_take(struct workbench *workbench, struct answer *answer);

/* ---- workbench_files.c ---- */
enum status workbench_copy(struct workbench *workbench, bool cell, struct error *err);
enum status workbench_export(struct workbench *workbench, const char *path, bool force,
                             struct error *err);

/* ---- frame.c ---- */
void frame_draw(struct workbench *workbench, struct canvas *canvas);
/* The view alone, as it is on the screen. */
void frame_draw_view(struct workbench *workbench, struct canvas *canvas);

/* ---- prompt.c, help_view.c, question.c ---- */
struct overlay prompt_make(struct workbench *workbench, const char *text);
struct overlay help_make(struct workbench *workbench, const char *where, bool is_mode);
/* Asks for one of the keys of `choices` ("yn"), each of which has a line to run (NULL: nothing). */
struct overlay question_make(const char *question, const char *choices,
                             const char *const *lines);

#endif
