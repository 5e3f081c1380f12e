#include "command/cmd_help.h"

#include "command/call.h"
#include "command/help.h"

struct help_args {
    const char *name;
    bool all;
};

static const struct field help_fields[] = {
    {.name = "command",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct help_args, name),
     .initial = "",
     .help = "the one to explain"},
    {.name = "all",
     .type = FIELD_FLAG,
     FIELD_AT(struct help_args, all),
     .initial = "no",
     .help = "explain every command"},
    {0},
};

static enum status run_help(struct call *call, struct error *err)
{
    const struct help_args *args = call->args;
    const struct command *command = NULL;
    if (args->name && args->all)
        return error_set(err, STATUS_USAGE, "'help' wants a command or --all, not both");
    if (args->name && !(command = command_find(call->commands, args->name, err)))
        return err->status;
    struct text page = {0};
    if (args->all)
        help_reference(call->commands, call->mode, &page);
    else if (command)
        help_command(command, call->mode, &page);
    else
        help_overview(call->commands, &page);
    report_page(call->report, "help", page.bytes);
    text_done(&page);
    return STATUS_OK;
}

const struct command cmd_help = {
    .name = "help",
    .group = "program",
    .help = "explain a command, or list them all",
    .more = "examples\n"
            "  microscope help\n"
            "  microscope help version\n"
            "  microscope help --all --mode markdown > reference.md",
    .fields = help_fields,
    .args_size = sizeof(struct help_args),
    .run = run_help,
};

static enum status run_version(struct call *call, struct error *err)
{
    (void)err;
    report_text(call->report, "microscope", MICROSCOPE_VERSION);
    return STATUS_OK;
}

const struct command cmd_version = {
    .name = "version",
    .group = "program",
    .help = "say which version this is",
    .run = run_version,
};
