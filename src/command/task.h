/* A task: one command line that is run within a session, here or in the background.
 *
 *   1. task_create    reads the line and takes counts of what the session holds
 *   2. task_run       here, or task_start on a pool
 *   3. task_progress, task_table    meanwhile, as often as wanted
 *   4. task_finish    when it has ended: what it leaves goes into the session
 *   5. task_free
 *
 * All but task_run belong to the front end's thread. The command on a worker sees nothing of the
 * workspace but what task_create took; commands on the workspace itself run here.
 */
#ifndef COMMAND_TASK_H
#define COMMAND_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/jobs.h"
#include "command/call.h"
#include "command/command.h"
#include "command/line.h"
#include "session/workspace.h"

struct interpreter;
struct task;

/* What is to be run: words as of line_parse, and where its report goes (> FILE or >> FILE; NULL: as
 * its options say). */
struct request {
    const char *const *words;
    size_t n;
    const char *path;
    bool append;
    size_t *
        wrong; /* set to the index of the word that is wrong when the line cannot be read, n if
                      one is missing; may be NULL */
    /* For interpreter_start, of what is over when it returns; NULL: nobody stops it, or looks. */
    struct cancel *cancel;
    struct progress *progress;
};

/* Copies the request. NULL with STATUS_USAGE when the line cannot be read. */
struct task *task_create(struct interpreter *interpreter, struct workspace *workspace,
                         const struct command *const *table, const struct request *request,
                         struct error *err);
void task_free(struct task *task); /* asks it to stop, waits; NULL is allowed */

const struct command *task_command(const struct task *task);
const struct common *task_common(const struct task *task);
const char *task_path(const struct task *task); /* of > FILE; NULL */
bool task_appends(const struct task *task);

/* The line, quoted so that it can be run again as it stands. */
const char *task_line(const struct task *task);

/* Runs it on this thread. cancel and progress may be NULL. */
enum status task_run(struct task *task, struct cancel *cancel, struct progress *progress);
void task_start(struct task *task, struct pool *pool);
bool task_ended(const struct task *task);
void task_cancel(struct task *task);
void task_wait(struct task *task);

struct task_progress {
    char line[200]; /* "training  41 %  0:07 left"; empty: nothing to say yet */
    double share;   /* 0 to 1; NaN: not known */
    double seconds; /* since it was started */
};
void task_progress(const struct task *task, struct task_progress *out);

/* The newest table that the running command has shown and nobody has taken yet; the caller's. NULL:
 * none. */
struct table *task_table(struct task *task);

/* ---- when it has ended ---- */

enum status task_status(const struct task *task);
const struct error *task_error(const struct task *task);
const struct report *task_report(const struct task *task); /* or what takes its place */
struct report *task_take_report(struct task *task);        /* the caller's from now on */
double task_seconds(const struct task *task);

/* Seconds that it took, and of processor time those of the whole program meanwhile. */
struct task_times {
    double real, user, system;
};
struct task_times task_times(const struct task *task);

/* Takes what it leaves into the workspace, as one change, and writes it into the log. Once. */
void task_finish(struct task *task);

#endif
