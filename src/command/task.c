#include "command/task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/cmd_session.h"
#include "session/opening.h"

enum { LINE_CELLS = 180 };

struct task {
    struct interpreter *interpreter;
    struct workspace *workspace;
    const struct command *const *table;
    struct arena arena;
    const char **words;
    const char *path;
    bool append;
    struct line line;
    struct text source;
    struct given given;
    struct lab_settings lab; /* of the moment when it was made */
    struct outcome outcome;
    struct report *report;
    enum status status;
    struct error error;
    double began;
    struct task_times times;
    struct job *job;    /* for the front end's thread */
    struct job *worker; /* the same, for the worker's */

    /* What the worker publishes, under the lock. */
    struct lock *lock;
    struct progress progress;
    struct task_progress shown;
    struct table *latest;
};

/* ---- making one ---- */

static void take_given(struct task *task)
{
    const struct state *state = workspace_state(task->workspace);
    task->given =
        (struct given){held_corpus_ref(state->corpus), held_features_ref(state->features),
                       held_model_ref(state->model), &task->lab};
    lab_settings_copy(&task->lab, &state->lab);
}

static void copy_request(struct task *task, const struct request *request)
{
    task->words = arena_alloc(&task->arena, (request->n + 1) * sizeof *task->words);
    for (size_t i = 0; i < request->n; i++) {
        const char *word = request->words[i];
        task->words[i] = arena_copy(&task->arena, word, strlen(word));
        text_add(&task->source, i ? " " : "");
        line_add_word(&task->source, word);
    }
    task->append = request->append;
    if (!request->path)
        return;
    task->path = arena_copy(&task->arena, request->path, strlen(request->path));
    text_add(&task->source, request->append ? " >> " : " > ");
    line_add_word(&task->source, request->path);
}

struct task *task_create(struct interpreter *interpreter, struct workspace *workspace,
                         const struct command *const *table, const struct request *request,
                         struct error *err)
{
    struct task *task = mem_zero(sizeof *task);
    task->interpreter = interpreter;
    task->workspace = workspace;
    task->table = table;
    task->lock = lock_create();
    copy_request(task, request);
    take_given(task);
    const struct line_context context = {
        .given = &task->given,
        .settings = &workspace_state(workspace)->settings,
    };
    if (line_parse_within(&task->line, table, task->words, request->n, &context, err)) {
        if (request->wrong)
            *request->wrong = task->line.wrong;
        task_free(task);
        return NULL;
    }
    task->report = report_create(task->line.command->name);
    return task;
}

void task_free(struct task *task)
{
    if (!task)
        return;
    task_cancel(task);
    job_free(task->job);
    report_free(task->report);
    table_free(task->latest);
    held_corpus_unref(task->outcome.corpus);
    held_features_unref(task->outcome.features);
    held_model_unref(task->outcome.model);
    free(task->outcome.line);
    lab_settings_done(&task->lab);
    held_corpus_unref(task->given.corpus);
    held_features_unref(task->given.features);
    held_model_unref(task->given.model);
    progress_done(&task->progress);
    line_done(&task->line);
    text_done(&task->source);
    lock_free(task->lock);
    arena_done(&task->arena);
    free(task);
}

const struct command *task_command(const struct task *task)
{
    return task->line.command;
}

const struct common *task_common(const struct task *task)
{
    return &task->line.common;
}

const char *task_path(const struct task *task)
{
    return task->path;
}

bool task_appends(const struct task *task)
{
    return task->append;
}

const char *task_line(const struct task *task)
{
    return task->source.bytes;
}

/* ---- running it ---- */

static void show_table(void *self, struct table *table)
{
    struct task *task = self;
    lock_take(task->lock);
    struct table *before = task->latest;
    task->latest = table;
    lock_leave(task->lock);
    table_free(before);
    if (task->worker)
        job_wake(task->worker);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static struct task_times times_now(void)
{
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    return (struct task_times){clock_seconds(), seconds_of(usage.ru_utime),
                               seconds_of(usage.ru_stime)};
}

enum status task_run(struct task *task, struct cancel *cancel, struct progress *progress)
{
    bool is_work = command_is_work(task->line.command);
    struct call call = {
        .cancel = cancel,
        .progress = progress,
        .report = task->report,
        .given = &task->given,
        .outcome = &task->outcome,
        .workspace = is_work ? NULL : task->workspace,
        .interpreter = is_work ? NULL : task->interpreter,
        .source = task->source.bytes,
        .show = show_table,
        .self = task,
        .commands = task->table,
    };
    struct task_times before = times_now();
    task->status = line_run(&task->line, &call, &task->error);
    struct task_times after = times_now();
    task->times = (struct task_times){after.real - before.real, after.user - before.user,
                                      after.system - before.system};
    return task->status;
}

/* The line of progress that the command line would show, for whoever looks. */
static void publish(struct progress *progress, const char *line)
{
    struct task *task =
        (struct task *)(void *)((char *)progress - offsetof(struct task, progress));
    lock_take(task->lock);
    snprintf(task->shown.line, sizeof task->shown.line, "%s", line ? line : "");
    task->shown.share =
        line && progress->total > 0 ? progress->done / progress->total : (double)NAN;
    lock_leave(task->lock);
    job_wake(task->worker);
}

static void run_job(void *self, struct job *job)
{
    struct task *task = self;
    task->worker = job;
    task_run(task, job_cancel(job), &task->progress);
}

void task_start(struct task *task, struct pool *pool)
{
    task->progress =
        (struct progress){.show = publish, .clock = clock_seconds, .cells = LINE_CELLS};
    task->shown.share = (double)NAN;
    task->began = clock_seconds();
    task->job = pool_start(pool, run_job, task);
}

bool task_ended(const struct task *task)
{
    return !task->job || job_ended(task->job);
}

void task_cancel(struct task *task)
{
    if (task->job)
        cancel_ask(job_cancel(task->job));
}

void task_wait(struct task *task)
{
    if (task->job)
        job_wait(task->job);
}

void task_progress(const struct task *task, struct task_progress *out)
{
    lock_take(task->lock);
    *out = task->shown;
    lock_leave(task->lock);
    out->seconds = clock_seconds() - task->began;
}

struct table *task_table(struct task *task)
{
    lock_take(task->lock);
    struct table *table = task->latest;
    task->latest = NULL;
    lock_leave(task->lock);
    return table;
}

/* ---- what came of it ---- */

enum status task_status(const struct task *task)
{
    return task->status;
}

const struct error *task_error(const struct task *task)
{
    return &task->error;
}

const struct report *task_report(const struct task *task)
{
    return task->outcome.instead ? task->outcome.instead : task->report;
}

struct report *task_take_report(struct task *task)
{
    struct report *report = task->report;
    task->report = NULL;
    return report;
}

double task_seconds(const struct task *task)
{
    return task->times.real;
}

struct task_times task_times(const struct task *task)
{
    return task->times;
}

/* Other features put out what was of the old ones, unless it came with them. */
static void take_outcome(struct task *task)
{
    struct outcome *outcome = &task->outcome;
    if (!outcome->corpus && !outcome->features && !outcome->model)
        return;
    struct state *state = workspace_change(task->workspace, task->source.bytes);
    if (outcome->features) {
        state_set_features(state, outcome->features);
        state_set_corpus(state, NULL);
        if (state->model && opening_check_fit(outcome->features, state->model, NULL))
            state_set_model(state, NULL);
    }
    if (outcome->corpus)
        state_set_corpus(state, outcome->corpus);
    if (outcome->model)
        state_set_model(state, outcome->model);
    *outcome = (struct outcome){.line = outcome->line, .instead = outcome->instead};
}

void task_finish(struct task *task)
{
    if (!task->status)
        take_outcome(task);
    const struct command *command = task->line.command;
    char *line = task->outcome.line ? task->outcome.line : task->source.bytes;
    bool worked = !task->status && !task->line.common.help;
    const struct log_entry entry = {
        .line = line,
        .status = task->status,
        .message = task->status ? task->error.message : NULL,
        .at = (double)time(NULL),
        .seconds = task->times.real,
        .repeats = worked && !command->asks && command->kind != COMMAND_DISPLAY,
        .is_opening = command == &cmd_open,
    };
    workspace_log(task->workspace, &entry);
}
