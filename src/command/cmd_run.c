#include "command/cmd_run.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/words.h"
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

struct last_args {
    const char *name;
};

static const struct field last_fields[] = {
    {.name = "result",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "last",
     FIELD_AT(struct last_args, name),
     .help = "a command whose last result is meant, or what --name called it"},
    {0},
};

static enum status refuse_result(const struct call *call, const char *name,
                                 struct error *err)
{
    size_t n = interpreter_results(call->interpreter);
    const char **names = mem_alloc((n + 1) * sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = interpreter_result_name(call->interpreter, i);
    const char *near = words_nearest(name, names, n);
    if (!n)
        error_set(err, STATUS_FAILED, "there are no results yet");
    else
        error_set(err, STATUS_FAILED, "there is no result '%s'; the newest is '%s'", name,
                  near ? near : names[n - 1]);
    free(names);
    return err->status;
}

static enum status run_last(struct call *call, struct error *err)
{
    const struct last_args *args = call->args;
    const struct report *report = interpreter_result(call->interpreter, args->name);
    if (!report)
        return refuse_result(call, args->name, err);
    call->outcome->instead = report;
    return STATUS_OK;
}

const struct command cmd_last = {
    .name = "last",
    .group = "session",
    .help = "show a result again, in another way",
    .more = "examples\n"
            "  last --mode markdown\n"
            "  last eval --table summary > summary.csv",
    .fields = last_fields,
    .args_size = sizeof(struct last_args),
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_last,
};

/* ---- repl ---- */

struct repl_args {
    struct texts files;
};

static const struct field repl_fields[] = {
    {.name = "files",
     .type = FIELD_PATHS,
     .positional = true,
     .initial = "",
     FIELD_AT(struct repl_args, files),
     .help = "features, a model, a corpus to open first"},
    {0},
};

/* The program's main file starts it; here it can only be in the way. */
static enum status run_repl(struct call *call, struct error *err)
{
    (void)call;
    return error_set(err, STATUS_USAGE, "'repl' starts a session from the shell, alone");
}

const struct command cmd_repl = {
    .name = "repl",
    .group = "program",
    .help = "type commands at a prompt, with files that stay open",
    .more =
        "Within it files, settings, results and undo are kept from command to command;\n"
        "Tab completes, Ctrl-C stops a command, quit or Ctrl-D leaves.\n"
        "\n"
        "example\n"
        "  microscope repl s.features.safetensors s.model.safetensors",
    .fields = repl_fields,
    .args_size = sizeof(struct repl_args),
    .run = run_repl,
};
