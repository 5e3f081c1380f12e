#include "command/cmd_help.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "command/call.h"
#include "command/completion_script.h"
#include "command/help.h"
#include "command/manual.h"
#include "command/topic.h"

struct help_args {
    const char *name;
    bool all, topics, man;
};

static const struct field help_fields[] = {
    {.name = "topic",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct help_args, name),
     .initial = "",
     .help = "a command, or a word that it is about, such as margin"},
    {.name = "all",
     .type = FIELD_FLAG,
     FIELD_AT(struct help_args, all),
     .initial = "no",
     .help = "explain every command"},
    {.name = "topics",
     .type = FIELD_FLAG,
     FIELD_AT(struct help_args, topics),
     .initial = "no",
     .help = "explain every topic"},
    {.name = "man",
     .type = FIELD_FLAG,
     FIELD_AT(struct help_args, man),
     .initial = "no",
     .help = "the manual page, for man -l"},
    {0},
};

static const struct command *find_exact(const struct command *const *table,
                                        const char *name)
{
    for (; *table; table++)
        if (strcmp((*table)->name, name) == 0)
            return *table;
    return NULL;
}

/* Commands and topics together, for what was mistyped. */
static enum status refuse(const struct command *const *table, const char *name,
                          struct error *err)
{
    size_t n = 0, room = 0;
    const char **names = NULL;
    for (; *table; table++) {
        MEM_RESERVE(names, n, room);
        names[n++] = (*table)->name;
    }
    for (const struct topic *topic = topics; topic->name; topic++) {
        MEM_RESERVE(names, n, room);
        names[n++] = topic->name;
    }
    const char *near = words_nearest(name, names, n);
    free(names);
    if (near)
        return error_set(err, STATUS_USAGE,
                         "there is no command or topic '%s'; did you mean '%s'?", name,
                         near);
    return error_set(err, STATUS_USAGE,
                     "there is no command or topic '%s'; 'microscope help' lists them",
                     name);
}

/* A command of that name with the topic of that name, a topic, or the only command that begins
 * so. */
static enum status add_page(const struct call *call, const char *name, struct text *page,
                            struct error *err)
{
    const struct command *command = find_exact(call->commands, name);
    const struct topic *topic = topic_find(name);
    if (!command && !topic) {
        struct error ignored;
        command = command_find(call->commands, name, &ignored);
    }
    if (!command && !topic)
        return refuse(call->commands, name, err);
    if (command)
        help_command(command, call->mode, page);
    if (topic) {
        text_add(page, command ? "\n" : "");
        topic_add(topic, call->mode, page);
    }
    return STATUS_OK;
}

static enum status run_help(struct call *call, struct error *err)
{
    const struct help_args *args = call->args;
    if ((args->name != NULL) + args->all + args->topics + args->man > 1)
        return error_set(
            err, STATUS_USAGE,
            "'help' wants a command or topic, --all, --topics or --man, one of "
            "them");
    struct text page = {0};
    enum status status = STATUS_OK;
    if (args->all)
        help_reference(call->commands, call->mode, &page);
    else if (args->topics)
        topic_add_all(call->mode, &page);
    else if (args->man)
        manual_page(call->commands, &page);
    else if (args->name)
        status = add_page(call, args->name, &page, err);
    else
        help_overview(call->commands, &page);
    if (status == STATUS_OK)
        report_page(call->report, "help", page.bytes);
    text_done(&page);
    return status;
}

const struct command cmd_help = {
    .name = "help",
    .group = "program",
    .help = "explain a command or a topic, or list them all",
    .more = "examples\n"
            "  microscope help train\n"
            "  microscope help interval\n"
            "  microscope help --all --mode markdown > reference.md\n"
            "  microscope help --man > microscope.1",
    .fields = help_fields,
    .args_size = sizeof(struct help_args),
    .run = run_help,
};

/* ---- completions ---- */

struct completions_args {
    int shell;
};

/* In the order of enum completion_shell. */
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static const struct field completions_fields[] = {
    {.name = "shell",
     .type = FIELD_CHOICE,
     .positional = true,
     FIELD_AT(struct completions_args, shell),
     .choices = shells,
     .help = "the shell that the script is for"},
    {0},
};

static enum status run_completions(struct call *call, struct error *err)
{
    (void)err;
    const struct completions_args *args = call->args;
    struct text script = {0};
    completion_script((enum completion_shell)args->shell, call->commands, &script);
    report_page(call->report, "script", script.bytes);
    text_done(&script);
    return STATUS_OK;
}

const struct command cmd_completions = {
    .name = "completions",
    .group = "program",
    .help = "print the script that completes command lines",
    .more = "examples\n"
            "  source <(microscope completions bash)\n"
            "  microscope completions zsh > ~/.zfunc/_microscope\n"
            "  microscope completions fish > ~/.config/fish/completions/microscope.fish",
    .fields = completions_fields,
    .args_size = sizeof(struct completions_args),
    .run = run_completions,
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
