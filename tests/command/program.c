/* Commands that behave in every way a command can, for the tests of the program: main.c is
 * linked with this table in place of the real one. */
#include <time.h>

#include "command/call.h"
#include "command/cmd_help.h"
#include "command/table.h"
#include "io/file.h"

struct wait_args {
    double seconds;
    bool stubborn;
};

static const struct field wait_fields[] = {
    {.name = "seconds",
     .type = FIELD_REAL,
     .positional = true,
     FIELD_AT(struct wait_args, seconds),
     .max = 60,
     .help = "how long"},
    {.name = "stubborn",
     .type = FIELD_FLAG,
     FIELD_AT(struct wait_args, stubborn),
     .initial = "no",
     .help = "do not stop when asked"},
    {0},
};

/* Counts hundredths of a second; says "begun" first, so that a test knows when to stop it.
 */
static enum status run_wait(struct call *call, struct error *err)
{
    const struct wait_args *args = call->args;
    size_t total = (size_t)(args->seconds * 100), n = 0;
    struct sink *sink = sink_open("-", err);
    if (!sink)
        return err->status;
    sink_text(sink, "begun\n");
    enum status status = sink_commit(sink, err);
    progress_begin(call->progress, "waiting", "ticks");
    for (; status == STATUS_OK && n < total; n++) {
        progress_update(call->progress, (double)n, (double)total);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        if (!args->stubborn && cancel_asked(call->cancel))
            status = error_set(err, STATUS_CANCELLED, "stopped after %zu ticks", n);
    }
    progress_end(call->progress);
    report_note(call->report, "Waited.");
    report_flag(call->report, "finished", n == total);
    return status;
}

static enum status run_refuse(struct call *call, struct error *err)
{
    report_count(call->report, "differences", 3, NULL);
    return error_set(err, STATUS_FAILED, "3 values differ");
}

static enum status run_lose(struct call *call, struct error *err)
{
    report_count(call->report, "read", 3, NULL);
    return error_set(err, STATUS_NOT_FOUND, "cannot read 'x'");
}

/* Writes data to standard output itself, as `--out -` does. */
static enum status run_data(struct call *call, struct error *err)
{
    struct sink *sink = sink_open("-", err);
    if (!sink)
        return err->status;
    for (int i = 0; i < 50000; i++)
        sink_text(sink, "data\n");
    report_yield_output(call->report);
    report_count(call->report, "lines", 50000, NULL);
    return sink_commit(sink, err);
}

static enum status run_table(struct call *call, struct error *err)
{
    (void)err;
    report_note(call->report, "A note.");
    struct table *table = report_table(call->report, "squares", NULL);
    table_column(table, "n", COLUMN_COUNT, 0, NULL);
    table_row(table);
    table_number(table, 4);
    return STATUS_OK;
}

static const struct command wait_row = {.name = "wait",
                                        .group = "test",
                                        .help = "wait and count",
                                        .fields = wait_fields,
                                        .args_size = sizeof(struct wait_args),
                                        .run = run_wait};
static const struct command refuse_row = {
    .name = "refuse", .group = "test", .help = "say no", .run = run_refuse};
static const struct command lose_row = {
    .name = "lose", .group = "test", .help = "fail half way", .run = run_lose};
static const struct command data_row = {
    .name = "data", .group = "test", .help = "write data", .run = run_data};
static const struct command square_row = {
    .name = "squares", .group = "test", .help = "give a table", .run = run_table};

const struct command *const command_table[] = {&wait_row,    &refuse_row, &lose_row,
                                               &data_row,    &square_row, &cmd_help,
                                               &cmd_version, NULL};
