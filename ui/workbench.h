/* The workbench: the views, what lies over them, and what keys do, without a terminal. Events go in,
 * command lines are run, and the whole is drawn on a canvas.
 *
 *     struct workbench *workbench = workbench_create(&options);
 *     workbench_resize(workbench, rows, columns);
 *     while (!workbench_ended(workbench)) {
 *         workbench_event(workbench, &event);
 *         workbench_update(workbench);          jobs, analyses
 *         if (workbench_draw(workbench)) show(workbench_canvas(workbench));
 *     }
 */
#ifndef UI_WORKBENCH_H
#define UI_WORKBENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "command/command.h"
#include "ui/appearance.h"
#include "ui/autosave.h"
#include "ui/config.h"
#include "ui/event.h"
#include "ui/overlay.h"

struct workbench;

/* What the workbench wants of the terminal; all may be NULL, as in tests. */
struct workbench_terminal {
    void (*redraw)(void);
    void (*set_mouse)(bool on);
    bool (*has_mouse)(void);
    void (*copy)(const char *bytes, size_t length, struct text *route);
};

struct workbench_options {
    const struct command *const *table;
    struct appearance *appearance; /* borrowed */
    const struct config *config;   /* borrowed; NULL: nothing is configured */
    struct autosave *autosave;     /* borrowed; NULL: nothing is saved */
    struct workbench_terminal terminal;
    bool is_fixed;             /* nothing that depends on time or place is shown */
    struct orphan *orphan;     /* borrowed: the session that may be recovered; NULL: none */
    struct cancel *cancel;     /* stops the opening of files; NULL: nobody does */
    struct progress *progress; /* of the same; NULL: nobody looks */
};

/* The key map of configuration and views is wrong: STATUS_USAGE, naming the entry. */
struct workbench *workbench_create(const struct workbench_options *options,
                                   struct error *err);
void workbench_free(struct workbench *workbench);

/* Opens files, to the end, before the first frame; errors as `open`. */
enum status workbench_open(struct workbench *workbench, const char *const *paths, size_t n,
                           struct error *err);

/* Runs the lines of a script, each to its end, up to the first that fails: its status and place. */
enum status workbench_replay(struct workbench *workbench, const char *path,
                             struct error *err);

/* What was done so far is taken for saved, as nothing would be lost. */
void workbench_settle(struct workbench *workbench);

void workbench_push(struct workbench *workbench, struct overlay overlay);
void workbench_resize(struct workbench *workbench, int rows, int columns);
void workbench_event(struct workbench *workbench, const struct event *event);

/* Takes in what has got further in the background. */
void workbench_update(struct workbench *workbench);
/* Draws when anything is another than on the last canvas; false: nothing is. */
bool workbench_draw(struct workbench *workbench);
const struct canvas *workbench_canvas(const struct workbench *workbench);

/* Descriptors that can be read when something has got further; -1: none. */
void workbench_wake_fds(const struct workbench *workbench, int fds[2]);
/* Milliseconds until something has to be looked at without an event; -1: never. */
int workbench_pause(const struct workbench *workbench);

/* Waits for all that runs in the background: for tests and replays. */
void workbench_wait(struct workbench *workbench);

bool workbench_ended(const struct workbench *workbench);  /* the user has left */
bool workbench_forced(const struct workbench *workbench); /* by three Ctrl-C */

#endif
