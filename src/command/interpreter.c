#include "command/interpreter.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/output.h"

struct result {
    char *name;
    struct report *report;
};

/* What a command showed last while it ran. */
struct shown {
    const struct command *command;
    struct table *table;
};

struct interpreter {
    const struct command *const *table;
    const struct front *front;
    struct workspace *workspace;
    size_t workers;
    struct pool *pool; /* NULL until something was started */
    struct running *jobs;
    size_t n_jobs, job_room, n_started;
    struct result *results; /* the newest last */
    size_t n_results, result_room;
    struct shown *shown;
    size_t n_shown, shown_room;
    enum status *ends; /* (n_started) of jobs that have ended */
    size_t end_room;
    bool timer, is_left;
};

struct interpreter *interpreter_create(const struct command *const *table,
                                       const struct front *front, size_t workers)
{
    struct interpreter *interpreter = mem_zero(sizeof *interpreter);
    interpreter->table = table;
    interpreter->front = front;
    interpreter->workers = workers;
    interpreter->workspace = workspace_create();
    return interpreter;
}

void interpreter_free(struct interpreter *interpreter)
{
    if (!interpreter)
        return;
    interpreter_cancel_all(interpreter);
    for (size_t i = 0; i < interpreter->n_jobs; i++)
        task_free(interpreter->jobs[i].task);
    pool_free(interpreter->pool);
    for (size_t i = 0; i < interpreter->n_results; i++) {
        free(interpreter->results[i].name);
        report_free(interpreter->results[i].report);
    }
    for (size_t i = 0; i < interpreter->n_shown; i++)
        table_free(interpreter->shown[i].table);
    free(interpreter->ends);
    free(interpreter->shown);
    free(interpreter->results);
    free(interpreter->jobs);
    workspace_free(interpreter->workspace);
    free(interpreter);
}

struct workspace *interpreter_workspace(const struct interpreter *interpreter)
{
    return interpreter->workspace;
}

const struct command *const *interpreter_table(const struct interpreter *interpreter)
{
    return interpreter->table;
}

int interpreter_wake_fd(const struct interpreter *interpreter)
{
    return interpreter->pool ? pool_wake_fd(interpreter->pool) : -1;
}

/* ---- running ---- */

static void keep_result(struct interpreter *interpreter, const char *name,
                        struct report *report)
{
    for (size_t i = 0; i < interpreter->n_results; i++)
        if (strcmp(interpreter->results[i].name, name) == 0) {
            free(interpreter->results[i].name);
            report_free(interpreter->results[i].report);
            memmove(&interpreter->results[i], &interpreter->results[i + 1],
                    (interpreter->n_results - i - 1) * sizeof *interpreter->results);
            interpreter->n_results--;
            break;
        }
    MEM_RESERVE(interpreter->results, interpreter->n_results, interpreter->result_room);
    interpreter->results[interpreter->n_results++] =
        (struct result){mem_copy_text(name), report};
}

/* Keeps the newest table of a task, if there is one. */
static void keep_shown(struct interpreter *interpreter, struct task *task)
{
    struct table *table = task_table(task);
    if (!table)
        return;
    const struct command *command = task_command(task);
    size_t i = 0;
    while (i < interpreter->n_shown && interpreter->shown[i].command != command)
        i++;
    if (i == interpreter->n_shown) {
        MEM_RESERVE(interpreter->shown, interpreter->n_shown, interpreter->shown_room);
        interpreter->shown[interpreter->n_shown++] = (struct shown){command, NULL};
    }
    table_free(interpreter->shown[i].table);
    interpreter->shown[i].table = table;
}

/* How a command ended and how its report was written is one status. */
static enum status end_task(struct interpreter *interpreter, struct task *task,
                            bool in_background, struct error *err)
{
    const struct front *front = interpreter->front;
    enum status status = task_status(task), written = STATUS_OK;
    struct error unwritten;
    task_finish(task);
    keep_shown(interpreter, task);
    if (status && err)
        *err = *task_error(task);
    if (front->ended)
        written = front->ended(front->self, task, in_background, &unwritten);
    if (!status && written) {
        status = written;
        if (err)
            *err = unwritten;
    }
    const char *name = task_common(task)->name;
    if (!status && command_is_work(task_command(task)))
        keep_result(interpreter, name ? name : task_command(task)->name,
                    task_take_report(task));
    task_free(task);
    return status;
}

/* Makes the task, and says now what would go wrong with writing its report. */
static struct task *prepare(struct interpreter *interpreter, const struct request *request,
                            struct error *err)
{
    struct task *task =
        task_create(interpreter, interpreter->workspace, interpreter->table, request, err);
    const struct front *front = interpreter->front;
    const struct output output = {.path = request->path,
                                  .append = request->append,
                                  .may_replace = front->may_replace,
                                  .context = front->self};
    if (task && output_check(task_common(task), &output, err)) {
        task_free(task);
        task = NULL;
    }
    return task;
}

enum status interpreter_run(struct interpreter *interpreter, const struct request *request,
                            struct cancel *cancel, struct progress *progress,
                            struct error *err)
{
    struct task *task = prepare(interpreter, request, err);
    if (!task)
        return err->status;
    task_run(task, cancel, progress);
    return end_task(interpreter, task, false, err);
}

static size_t add_job(struct interpreter *interpreter, struct task *task)
{
    if (!interpreter->pool)
        interpreter->pool = pool_create(interpreter->workers);
    MEM_RESERVE(interpreter->jobs, interpreter->n_jobs, interpreter->job_room);
    struct running *running = &interpreter->jobs[interpreter->n_jobs++];
    MEM_RESERVE(interpreter->ends, interpreter->n_started, interpreter->end_room);
    *running = (struct running){++interpreter->n_started, task};
    task_start(task, interpreter->pool);
    return running->number;
}

enum status interpreter_start(struct interpreter *interpreter,
                              const struct request *request, size_t *job, struct error *err)
{
    *job = 0;
    struct task *task = prepare(interpreter, request, err);
    if (!task)
        return err->status;
    if (command_is_work(task_command(task)) && !task_common(task)->help) {
        *job = add_job(interpreter, task);
        return STATUS_OK;
    }
    task_run(task, request->cancel, request->progress);
    return end_task(interpreter, task, false, err);
}

static enum status end_job(struct interpreter *interpreter, size_t i, bool in_background,
                           struct error *err)
{
    size_t number = interpreter->jobs[i].number;
    struct task *task = interpreter->jobs[i].task;
    memmove(&interpreter->jobs[i], &interpreter->jobs[i + 1],
            (interpreter->n_jobs - i - 1) * sizeof *interpreter->jobs);
    interpreter->n_jobs--;
    enum status status = end_task(interpreter, task, in_background, err);
    interpreter->ends[number - 1] = status;
    return status;
}

void interpreter_drain(struct interpreter *interpreter)
{
    if (interpreter->pool)
        pool_drain(interpreter->pool);
}

enum status interpreter_end(struct interpreter *interpreter, size_t number,
                            struct error *err)
{
    for (size_t i = 0; i < interpreter->n_jobs; i++)
        if (interpreter->jobs[i].number == number) {
            task_wait(interpreter->jobs[i].task);
            return end_job(interpreter, i, false, err);
        }
    return error_set(err, STATUS_NOT_FOUND, "there is no job %zu", number);
}

size_t interpreter_collect(struct interpreter *interpreter)
{
    size_t n = 0;
    interpreter_drain(interpreter);
    for (size_t i = 0; i < interpreter->n_jobs;) {
        if (!task_ended(interpreter->jobs[i].task)) {
            i++;
            continue;
        }
        end_job(interpreter, i, true, NULL);
        n++;
    }
    return n;
}

enum status interpreter_display(struct interpreter *interpreter, struct call *call,
                                struct error *err)
{
    const struct front *front = interpreter->front;
    return front->display ? front->display(front->self, call, err) : STATUS_OK;
}

void interpreter_say(struct interpreter *interpreter, const char *bytes, size_t length)
{
    const struct front *front = interpreter->front;
    if (front->say)
        front->say(front->self, bytes, length);
}

bool interpreter_timer(const struct interpreter *interpreter)
{
    return interpreter->timer;
}

void interpreter_set_timer(struct interpreter *interpreter, bool on)
{
    interpreter->timer = on;
}

void interpreter_leave(struct interpreter *interpreter)
{
    interpreter->is_left = true;
}

bool interpreter_is_left(const struct interpreter *interpreter)
{
    return interpreter->is_left;
}

/* ---- jobs ---- */

size_t interpreter_jobs(const struct interpreter *interpreter)
{
    return interpreter->n_jobs;
}

struct running interpreter_job(const struct interpreter *interpreter, size_t i)
{
    return interpreter->jobs[i];
}

struct task *interpreter_find_job(const struct interpreter *interpreter, size_t number)
{
    for (size_t i = 0; i < interpreter->n_jobs; i++)
        if (interpreter->jobs[i].number == number)
            return interpreter->jobs[i].task;
    return NULL;
}

void interpreter_cancel_all(struct interpreter *interpreter)
{
    for (size_t i = 0; i < interpreter->n_jobs; i++)
        task_cancel(interpreter->jobs[i].task);
}

bool interpreter_has_ended(const struct interpreter *interpreter, size_t number,
                           enum status *how)
{
    if (!number || number > interpreter->n_started ||
        interpreter_find_job(interpreter, number))
        return false;
    *how = interpreter->ends[number - 1];
    return true;
}

enum status interpreter_wait(struct interpreter *interpreter, size_t number,
                             const struct cancel *cancel, struct error *err)
{
    enum { LOOK_MS = 50 };
    for (;;) {
        interpreter_collect(interpreter);
        bool waits = number ? interpreter_find_job(interpreter, number) != NULL
                            : interpreter->n_jobs > 0;
        if (!waits)
            return STATUS_OK;
        if (cancel_asked(cancel))
            return error_set(err, STATUS_CANCELLED, "waiting was stopped; the job goes on");
        struct pollfd fd = {.fd = interpreter_wake_fd(interpreter), .events = POLLIN};
        poll(&fd, 1, LOOK_MS);
    }
}

/* ---- tables of running commands ---- */

const struct table *interpreter_shown(struct interpreter *interpreter, const char *command)
{
    for (size_t i = 0; i < interpreter->n_jobs; i++)
        if (strcmp(task_command(interpreter->jobs[i].task)->name, command) == 0)
            keep_shown(interpreter, interpreter->jobs[i].task);
    for (size_t i = 0; i < interpreter->n_shown; i++)
        if (strcmp(interpreter->shown[i].command->name, command) == 0)
            return interpreter->shown[i].table;
    return NULL;
}

/* ---- results ---- */

const struct report *interpreter_result(const struct interpreter *interpreter,
                                        const char *name)
{
    bool any = strcmp(name, "last") == 0;
    for (size_t i = interpreter->n_results; i-- > 0;)
        if (any || strcmp(interpreter->results[i].name, name) == 0)
            return interpreter->results[i].report;
    return NULL;
}

size_t interpreter_results(const struct interpreter *interpreter)
{
    return interpreter->n_results;
}

const char *interpreter_result_name(const struct interpreter *interpreter, size_t i)
{
    return interpreter->results[i].name;
}
