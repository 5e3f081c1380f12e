/* The interpreter: runs command lines within a session, for scripts, the REPL and the terminal
 * interface alike. It keeps the workspace, the jobs in the background and the results.
 *
 * Belongs to the front end's thread. A front end either runs a line to its end
 * (interpreter_run), or starts it (interpreter_start), goes on, and collects what has ended
 * whenever the pool wakes it (interpreter_collect). Commands on the workspace or the display are
 * over when interpreter_start returns.
 */
#ifndef COMMAND_INTERPRETER_H
#define COMMAND_INTERPRETER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/jobs.h"
#include "command/call.h"
#include "command/command.h"
#include "command/task.h"
#include "session/workspace.h"

/* What a front end does for the interpreter; all may be NULL. */
struct front {
    void *self;
    /* A command has ended: its report is to be written or shown. When that fails so does the command.
     * What went wrong with the command itself (task_error) is said by whoever started it, but for
     * commands in the background (in_background), whose error is to be shown here. The task is freed
     * afterwards. */
    enum status (*ended)(void *self, struct task *task, bool in_background,
                         struct error *err);
    /* Takes text that is no data: errors with their place, notes. */
    void (*say)(void *self, const char *bytes, size_t length);
    /* Does what a COMMAND_DISPLAY row says; NULL: there is no screen, and nothing happens. */
    enum status (*display)(void *self, struct call *call, struct error *err);
    /* Asks the user whether a file that is there may be replaced; NULL: it may not. */
    bool (*may_replace)(void *self, const char *path);
};

struct interpreter;

/* table and front are borrowed; the workspace is made. workers: threads for the background, made
 * when the first job is started. */
struct interpreter *interpreter_create(const struct command *const *table,
                                       const struct front *front, size_t workers);
void interpreter_free(
    struct interpreter *interpreter); /* stops all jobs; NULL is allowed */

struct workspace *interpreter_workspace(const struct interpreter *interpreter);
const struct command *const *interpreter_table(const struct interpreter *interpreter);
int interpreter_wake_fd(const struct interpreter *interpreter); /* -1: no jobs yet */

/* Runs a line to its end on this thread and calls front.ended. The status is that of the command;
 * *err is filled when it is not OK. Its report is kept as a result. */
enum status interpreter_run(struct interpreter *interpreter, const struct request *request,
                            struct cancel *cancel, struct progress *progress,
                            struct error *err);

/* Starts a line in the background; *job is its number among the jobs, from 1, or 0 when it is over
 * already. */
enum status interpreter_start(struct interpreter *interpreter,
                              const struct request *request, size_t *job,
                              struct error *err);

/* Takes in what has ended in the background, in the order in which it was started; returns how
 * many jobs ended. */
size_t interpreter_collect(struct interpreter *interpreter);

/* Reads what woke the front end, and leaves what has ended to interpreter_collect or _end. */
void interpreter_drain(struct interpreter *interpreter);

/* Takes in one job that has ended, as if it had been run here: the status and *err are its own, and
 * front.ended is told that it was not in the background. STATUS_NOT_FOUND for no such job. */
enum status interpreter_end(struct interpreter *interpreter, size_t number,
                            struct error *err);

/* ---- jobs in the background ---- */

struct running {
    size_t number;
    struct task *task; /* borrowed until the next interpreter_collect */
};
size_t interpreter_jobs(const struct interpreter *interpreter);
struct running interpreter_job(const struct interpreter *interpreter, size_t i);

/* The job of that number, or NULL. */
struct task *interpreter_find_job(const struct interpreter *interpreter, size_t number);
void interpreter_cancel_all(struct interpreter *interpreter);

/* Whether the job of that number has ended, and how. */
bool interpreter_has_ended(const struct interpreter *interpreter, size_t number,
                           enum status *how);

/* Waits until the job of that number has ended (0: all of them) and collects; STATUS_CANCELLED when
 * that is asked for first, and the jobs go on. */
enum status interpreter_wait(struct interpreter *interpreter, size_t number,
                             const struct cancel *cancel, struct error *err);

/* ---- results ---- */

/* The report that the command of that name left last, or that was kept under that name; NULL:
 * there is none. "last" is the newest of all. Borrowed until the next line is run. */
const struct report *interpreter_result(const struct interpreter *interpreter,
                                        const char *name);
size_t interpreter_results(const struct interpreter *interpreter);
const char *interpreter_result_name(const struct interpreter *interpreter, size_t i);

/* ---- tables of running commands ---- */

/* The newest table that a command of that name has shown while it ran, running still or not; NULL:
 * none has. Borrowed until the next call of this or of interpreter_collect. */
const struct table *interpreter_shown(struct interpreter *interpreter, const char *command);

/* ---- for the handlers of COMMAND_DISPLAY ---- */

enum status interpreter_display(struct interpreter *interpreter, struct call *call,
                                struct error *err);

void interpreter_say(struct interpreter *interpreter, const char *bytes, size_t length);

/* Whether the time that commands take is told. */
bool interpreter_timer(const struct interpreter *interpreter);
void interpreter_set_timer(struct interpreter *interpreter, bool on);

/* Called by a front end that comes to its end: what is left of scripts is not run. */
void interpreter_leave(struct interpreter *interpreter);
bool interpreter_is_left(const struct interpreter *interpreter);

#endif
