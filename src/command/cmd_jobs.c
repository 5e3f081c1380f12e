#include "command/cmd_jobs.h"

#include <stdlib.h>

#include "base/memory.h"
#include "command/call.h"
#include "command/interpreter.h"

struct job_args {
    size_t number;
};

static const struct field job_fields[] = {
    {.name = "number",
     .type = FIELD_COUNT,
     .positional = true,
     .min = 0,
     .max = 1e9,
     .initial = "0",
     FIELD_AT(struct job_args, number),
     .help = "the job's number; 0: all"},
    {0},
};

static enum status run_jobs(struct call *call, struct error *err)
{
    (void)err;
    struct table *table = report_table(call->report, "jobs", NULL);
    table_column(table, "job", COLUMN_COUNT, 0, NULL);
    table_column(table, "done", COLUMN_SHARE, 2, NULL);
    table_column(table, "seconds", COLUMN_REAL, 1, "s");
    table_column(table, "command", COLUMN_TEXT, 0, NULL);
    table_column(table, "progress", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < interpreter_jobs(call->interpreter); i++) {
        struct running running = interpreter_job(call->interpreter, i);
        struct task_progress at;
        task_progress(running.task, &at);
        table_row(table);
        table_number(table, (double)running.number);
        table_number(table, at.share);
        table_number(table, at.seconds);
        table_text(table, task_line(running.task));
        table_text(table, at.line[0] ? at.line : NULL);
    }
    return STATUS_OK;
}

const struct command cmd_jobs = {
    .name = "jobs",
    .group = "session",
    .help = "what runs in the background",
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_jobs,
};

static enum status check_number(const struct call *call, struct error *err)
{
    const struct job_args *args = call->args;
    enum status how;
    if (!args->number || interpreter_find_job(call->interpreter, args->number) ||
        interpreter_has_ended(call->interpreter, args->number, &how))
        return STATUS_OK;
    return error_set(err, STATUS_FAILED, "there was no job %zu; 'jobs' lists them",
                     args->number);
}

/* The first of the jobs that failed; what was stopped, was meant to be. */
static enum status find_failure(const struct call *call, const size_t *numbers, size_t n,
                                struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        enum status how;
        if (interpreter_has_ended(call->interpreter, numbers[i], &how) && how &&
            how != STATUS_CANCELLED)
            return error_set(err, how, "job %zu has failed", numbers[i]);
    }
    return STATUS_OK;
}

static enum status run_wait(struct call *call, struct error *err)
{
    const struct job_args *args = call->args;
    enum status status = check_number(call, err);
    if (status)
        return status;
    size_t n = interpreter_jobs(call->interpreter);
    size_t *numbers = mem_alloc((n + 1) * sizeof *numbers);
    for (size_t i = 0; i < n; i++)
        numbers[i] = interpreter_job(call->interpreter, i).number;
    if (args->number) {
        numbers[0] = args->number;
        n = 1;
    }
    status = interpreter_wait(call->interpreter, args->number, call->cancel, err);
    if (!status)
        status = find_failure(call, numbers, n, err);
    free(numbers);
    return status;
}

const struct command cmd_wait = {
    .name = "wait",
    .group = "session",
    .help = "wait for what runs in the background",
    .more =
        "Fails as the first of the jobs that it waited for did, or as the one that has\n"
        "ended before; one that was stopped by 'cancel' has not failed.\n"
        "\n"
        "example\n"
        "  train s.features.safetensors --out s.model.safetensors & wait 1",
    .fields = job_fields,
    .args_size = sizeof(struct job_args),
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_wait,
};

static enum status run_cancel(struct call *call, struct error *err)
{
    const struct job_args *args = call->args;
    enum status status = check_number(call, err);
    if (status)
        return status;
    struct task *task = interpreter_find_job(call->interpreter, args->number);
    if (args->number && !task)
        return error_set(err, STATUS_FAILED, "job %zu has ended already", args->number);
    if (task)
        task_cancel(task);
    else
        interpreter_cancel_all(call->interpreter);
    return STATUS_OK;
}

const struct command cmd_cancel = {
    .name = "cancel",
    .group = "session",
    .help = "stop what runs in the background",
    .fields = job_fields,
    .args_size = sizeof(struct job_args),
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_cancel,
};
