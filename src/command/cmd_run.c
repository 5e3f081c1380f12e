#include "command/cmd_run.h"

#include "command/call.h"
#include "command/runner.h"

/* Scripts may run scripts; one that runs itself ends here. */
enum { DEEPEST = 32 };

struct run_args {
    const char *script;
    bool keep_going;
};

static const struct field run_fields[] = {
    {.name = "script",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct run_args, script),
     .help = "file of commands, such as save writes"},
    {.name = "keep-going",
     .type = FIELD_FLAG,
     .letter = 'k',
     .initial = "no",
     FIELD_AT(struct run_args, keep_going),
     .help = "go on after an error; the exit code is that of the first"},
    {0},
};

static enum status run_script(struct call *call, struct error *err)
{
    static size_t depth; /* sessions belong to one thread */
    const struct run_args *args = call->args;
    const struct runner_options options = {
        .goes_on = args->keep_going, .cancel = call->cancel, .progress = call->progress};
    if (depth == DEEPEST)
        return error_set(err, STATUS_FAILED, "'%s': scripts run scripts %d deep",
                         args->script, DEEPEST);
    depth++;
    enum status status = runner_file(call->interpreter, args->script, &options, err);
    depth--;
    return status;
}

const struct command cmd_run = {
    .name = "run",
    .group = "session",
    .help = "run the commands of a script, to the first error",
    .more =
        "From the shell, 'microscope run FILE' starts a session for the script; -c 'TEXT'\n"
        "and - (standard input) do the same with other sources.\n"
        "\n"
        "example\n"
        "  run work.ms",
    .fields = run_fields,
    .args_size = sizeof(struct run_args),
    .kind = COMMAND_SESSION,
    .asks = true, /* what it runs is in the log */
    .run = run_script,
};

struct timer_args {
    int on;
};

static const char *const switched[] = {"off", "on", NULL};

static const struct field timer_fields[] = {
    {.name = "on",
     .type = FIELD_CHOICE,
     .positional = true,
     .choices = switched,
     FIELD_AT(struct timer_args, on),
     .help = "whether every command says how long it took"},
    {0},
};

static enum status run_timer(struct call *call, struct error *err)
{
    (void)err;
    const struct timer_args *args = call->args;
    interpreter_set_timer(call->interpreter, args->on);
    return STATUS_OK;
}

const struct command cmd_timer = {
    .name = "timer",
    .group = "session",
    .help = "say how long commands take, or not",
    .fields = timer_fields,
    .args_size = sizeof(struct timer_args),
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_timer,
};
