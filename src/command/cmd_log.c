#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "command/call.h"
#include "command/cmd_session.h"
#include "io/file.h"
#include "session/workspace.h"

/* First line of a saved session, by which save knows one. */
static const char session_mark[] = "# microscope session";

/* ---- log ---- */

struct log_args {
    size_t last;
    bool failed;
};

static const struct field log_fields[] = {
    {.name = "last",
     .type = FIELD_COUNT,
     .min = 0,
     .max = 1e9,
     .initial = "0",
     FIELD_AT(struct log_args, last),
     .help = "only that many, the newest; 0: all"},
    {0},
};

static void add_entry(struct table *table, size_t number, const struct log_entry *entry)
{
    char at[16] = "";
    time_t when = (time_t)entry->at;
    struct tm local;
    if (localtime_r(&when, &local))
        strftime(at, sizeof at, "%H:%M:%S", &local);
    table_row(table);
    table_number(table, (double)number);
    table_text(table, at);
    table_number(table, entry->seconds);
    table_text(table, entry->line);
    table_text(table, entry->status ? entry->message : NULL);
}

static enum status run_log(struct call *call, struct error *err)
{
    (void)err;
    const struct log_args *args = call->args;
    size_t n = workspace_log_count(call->workspace), first = 0;
    struct table *table = report_table(call->report, "log", NULL);
    table_column(table, "number", COLUMN_COUNT, 0, NULL);
    table_column(table, "at", COLUMN_TEXT, 0, NULL);
    table_column(table, "seconds", COLUMN_REAL, 3, "s");
    table_column(table, "command", COLUMN_TEXT, 0, NULL);
    table_column(table, "error", COLUMN_TEXT, 0, NULL);
    if (args->last && args->last < n)
        first = n - args->last;
    for (size_t i = first; i < n; i++)
        add_entry(table, i + 1, workspace_log_entry(call->workspace, i));
    return STATUS_OK;
}

const struct command cmd_log = {
    .name = "log",
    .group = "session",
    .help = "the commands of this session",
    .fields = log_fields,
    .args_size = sizeof(struct log_args),
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_log,
};

/* ---- save ---- */

struct save_args {
    const char *file;
};

static const struct field save_fields[] = {
    {.name = "file",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct save_args, file),
     .help = "script to write: 'microscope run FILE' does all of it again"},
    {0},
};

/* What is there and is no saved session is left alone. */
static enum status check_target(const char *path, struct error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0 || stat(path, &info) || !S_ISREG(info.st_mode) ||
        !info.st_size)
        return STATUS_OK;
    FILE *file = fopen(path, "rb");
    char begin[sizeof session_mark] = "";
    size_t n = file ? fread(begin, 1, sizeof session_mark - 1, file) : 0;
    if (file)
        fclose(file);
    if (n == sizeof session_mark - 1 && strcmp(begin, session_mark) == 0)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE,
                     "'%s' is there and is no saved session: it is left alone", path);
}

static size_t write_lines(const struct call *call, struct sink *sink)
{
    size_t n = workspace_log_count(call->workspace), n_written = 0;
    for (size_t i = 0; i < n; i++) {
        const struct log_entry *entry = workspace_log_entry(call->workspace, i);
        if (!entry->repeats)
            continue;
        sink_text(sink, entry->line);
        sink_text(sink, "\n");
        n_written++;
    }
    const struct entries *layout = workspace_layout(call->workspace);
    for (size_t i = 0; i < layout->n; i++) {
        sink_text(sink, layout->items[i].value);
        sink_text(sink, "\n");
    }
    return n_written;
}

static enum status run_save(struct call *call, struct error *err)
{
    const struct save_args *args = call->args;
    enum status status = check_target(args->file, err);
    struct sink *sink = status ? NULL : sink_open(args->file, err);
    if (!sink)
        return err->status;
    struct text head = {0};
    text_printf(&head, "%s, written by microscope %s\n", session_mark, MICROSCOPE_VERSION);
    text_printf(&head, "set threads %zu\n", call->threads);
    sink_text(sink, head.bytes);
    text_done(&head);
    size_t n = write_lines(call, sink);
    status = sink_commit(sink, err);
    if (status)
        return status;
    workspace_saved(call->workspace);
    if (strcmp(args->file, "-") == 0) {
        report_yield_output(call->report);
        return STATUS_OK;
    }
    call_yield_to_results(call);
    report_text(call->report, "file", args->file);
    report_count(call->report, "commands", n, NULL);
    return STATUS_OK;
}

const struct command cmd_save = {
    .name = "save",
    .group = "session",
    .help = "write the commands that led here into a script",
    .more =
        "The script has the number of threads and the prints of the files, so that\n"
        "'microscope run FILE' gives the same numbers and says when a file has changed.\n"
        "\n"
        "example\n"
        "  save work.ms",
    .fields = save_fields,
    .args_size = sizeof(struct save_args),
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_save,
};
