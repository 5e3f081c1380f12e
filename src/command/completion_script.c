#include "command/completion_script.h"

#include <string.h>

#include "command/complete.h"
#include "command/topic.h"

/* What the loops over options call. */
typedef void add_field(struct text *out, const struct field *field, const char *command);

static void each_option(struct text *out, const struct command *command, add_field *add)
{
    for (const struct field *field = command->fields; field && field->name; field++)
        if (!field->positional)
            add(out, field, command->name);
}

/* A shell runs the commands that need no session, and scripts. */
static bool is_offered(const struct command *command)
{
    return command->kind == COMMAND_WORK || strcmp(command->name, "run") == 0;
}

static bool is_hidden(const struct field *common, const struct command *command)
{
    for (const struct field *field = command->fields; field && field->name; field++)
        if (!field->positional && strcmp(field->name, common->name) == 0)
            return true;
    return false;
}

/* Own options, then those common ones that they do not hide. */
static void each_possible_option(struct text *out, const struct command *command,
                                 add_field *add)
{
    each_option(out, command, add);
    for (const struct field *field = common_fields; field->name; field++)
        if (!is_hidden(field, command))
            add(out, field, command->name);
}

static bool takes_files(const struct command *command)
{
    for (const struct field *field = command->fields; field && field->name; field++)
        if (field->positional && complete_kind(field) == COMPLETE_FILES)
            return true;
    return false;
}

static void add_choices(struct text *out, const struct field *field, const char *between)
{
    for (size_t i = 0; field->type == FIELD_CHOICE && field->choices[i]; i++)
        text_printf(out, "%s%s", i ? between : "", field->choices[i]);
}

/* Choices of the words of a command, and the topics of help. */
static void add_words(struct text *out, const struct command *command)
{
    for (const struct field *field = command->fields; field && field->name; field++) {
        if (!field->positional)
            continue;
        if (field->type == FIELD_CHOICE) {
            text_add_char(out, ' ');
            add_choices(out, field, " ");
        }
        for (const struct topic *topic = topics;
             complete_kind(field) == COMPLETE_TOPICS && topic->name; topic++)
            text_printf(out, " %s", topic->name);
    }
}

/* Text within single quotes. */
static void add_quoted(struct text *out, const char *text, const char *quote)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            text_add(out, quote);
        else
            text_add_char(out, *c);
    }
}

/* ---- bash ---- */

static void add_bash_option(struct text *out, const struct field *field,
                            const char *command)
{
    (void)command;
    text_printf(out, " --%s", field->name);
}

/* A branch for the value of an option. */
static void add_bash_value(struct text *out, const struct field *field, const char *command)
{
    bool files = complete_kind(field) == COMPLETE_FILES;
    if (field->type == FIELD_FLAG)
        return;
    text_printf(out, "        %s:--%s", command, field->name);
    if (field->letter)
        text_printf(out, "|%s:-%c", command, field->letter);
    text_add(out, ") ");
    if (files)
        text_add(out, "files=yes");
    text_add(out, files ? "" : "words='");
    add_choices(out, field, " ");
    text_add(out, files ? " ;;\n" : "' ;;\n");
}

static void add_bash_common(struct text *out)
{
    for (const struct field *field = common_fields; field->name; field++)
        add_bash_value(out, field, "*");
}

static void add_bash_command(struct text *out, const struct command *command)
{
    text_printf(out, "        %s)\n            words='", command->name);
    add_words(out, command);
    text_add(out, "'\n            options='");
    each_possible_option(out, command, add_bash_option);
    text_add(out, "'\n");
    if (takes_files(command))
        text_add(out, "            files=yes\n");
    text_add(out, "            ;;\n");
}

static void add_names(struct text *out, const struct command *const *table)
{
    for (; *table; table++)
        if (is_offered(*table))
            text_printf(out, " %s", (*table)->name);
}

/* COMP_WORDS is cut at = as well, so the value of --mode= is a word of its own. */
static void add_bash(struct text *out, const struct command *const *table)
{
    text_add(
        out,
        "# bash completion for microscope; made by `microscope completions bash`\n"
        "_microscope()\n{\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local command=${COMP_WORDS[1]} words='' options='' files=''\n"
        "    COMPREPLY=()\n"
        "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
        "        COMPREPLY=($(compgen -W '");
    add_names(out, table);
    text_add(out, " --help --help-all --version' -- \"$current\"))\n"
                  "        return\n"
                  "    fi\n"
                  "    if [ \"$current\" = = ]; then\n"
                  "        current=''\n"
                  "    elif [ \"$before\" = = ]; then\n"
                  "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
                  "    fi\n"
                  "    case $command:$before in\n");
    for (const struct command *const *row = table; *row; row++)
        if (is_offered(*row))
            each_option(out, *row, add_bash_value);
    add_bash_common(out);
    text_add(out, "        *) case $command in\n");
    for (const struct command *const *row = table; *row; row++)
        if (is_offered(*row))
            add_bash_command(out, *row);
    text_add(out, "        esac\n        ;;\n"
                  "    esac\n"
                  "    case $current in\n"
                  "        -*) words=$options files='' ;;\n"
                  "    esac\n"
                  "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                  "    if [ \"$files\" ]; then\n"
                  "        compopt -o filenames 2>/dev/null\n"
                  "        local IFS=$'\\n'\n"
                  "        COMPREPLY+=($(compgen -f -- \"$current\"))\n"
                  "    fi\n"
                  "}\n"
                  "complete -F _microscope microscope\n");
}

/* ---- zsh ---- */

/* Text in the brackets of an argument of _arguments, within single quotes. */
static void add_zsh_text(struct text *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (strchr("[]:\\", *c))
            text_add_char(out, '\\');
        text_add(out, *c == '\'' ? "'\\''" : (char[]){*c, '\0'});
    }
}

static void add_zsh_action(struct text *out, const struct field *field)
{
    text_add_char(out, ':');
    add_zsh_text(out, field->name);
    text_add_char(out, ':');
    if (complete_kind(field) == COMPLETE_FILES) {
        text_add(out, "_files");
    } else if (field->type == FIELD_CHOICE) {
        text_add_char(out, '(');
        add_choices(out, field, " ");
        text_add_char(out, ')');
    } else if (complete_kind(field) == COMPLETE_TOPICS) {
        text_add_char(out, '(');
        for (const struct topic *topic = topics; topic->name; topic++)
            text_printf(out, "%s%s", topic == topics ? "" : " ", topic->name);
        text_add_char(out, ')');
    }
}

static void add_zsh_option(struct text *out, const struct field *field, const char *command)
{
    (void)command;
    text_add(out, " \\\n                '");
    if (field_is_list(field))
        text_add_char(out, '*');
    text_printf(out, "--%s%s[", field->name, field->type == FIELD_FLAG ? "" : "=");
    add_zsh_text(out, field->help);
    text_add_char(out, ']');
    if (field->type != FIELD_FLAG)
        add_zsh_action(out, field);
    text_add_char(out, '\'');
}

static void add_zsh_command(struct text *out, const struct command *command)
{
    text_printf(out, "        %s)\n            _arguments", command->name);
    each_possible_option(out, command, add_zsh_option);
    for (const struct field *field = command->fields; field && field->name; field++) {
        if (!field->positional)
            continue;
        text_add(out, " \\\n                '");
        text_add(out, field_is_list(field) ? "*" : field->initial ? ":" : "");
        add_zsh_action(out, field);
        text_add_char(out, '\'');
    }
    text_add(out, "\n            ;;\n");
}

static void add_zsh(struct text *out, const struct command *const *table)
{
    text_add(out, "#compdef microscope\n"
                  "# zsh completion for microscope; made by `microscope completions zsh`\n"
                  "_microscope()\n{\n"
                  "    local -a commands\n"
                  "    commands=(\n");
    for (const struct command *const *row = table; *row; row++) {
        if (!is_offered(*row))
            continue;
        text_printf(out, "        '%s:", (*row)->name);
        add_zsh_text(out, (*row)->help);
        text_add(out, "'\n");
    }
    text_add(out, "    )\n"
                  "    if (( CURRENT == 2 )); then\n"
                  "        _describe command commands\n"
                  "        return\n"
                  "    fi\n"
                  "    shift words\n"
                  "    (( CURRENT-- ))\n"
                  "    case $words[1] in\n");
    for (const struct command *const *row = table; *row; row++)
        if (is_offered(*row))
            add_zsh_command(out, *row);
    text_add(out, "    esac\n}\n"
                  "if [ \"$funcstack[1]\" = _microscope ]; then\n"
                  "    _microscope \"$@\"\n"
                  "else\n"
                  "    compdef _microscope microscope\n"
                  "fi\n");
}

/* ---- fish ---- */

static void add_fish_help(struct text *out, const char *help)
{
    text_add(out, " -d '");
    add_quoted(out, help, "\\'");
    text_add(out, "'\n");
}

static void add_fish_field(struct text *out, const struct field *field, const char *when)
{
    text_printf(out, "complete -c microscope -n '%s' -l %s", when, field->name);
    if (field->letter)
        text_printf(out, " -s %c", field->letter);
    if (complete_kind(field) == COMPLETE_FILES)
        text_add(out, " -r -F");
    else if (field->type != FIELD_FLAG)
        text_add(out, " -x");
    if (field->type == FIELD_CHOICE) {
        text_add(out, " -a '");
        add_choices(out, field, " ");
        text_add_char(out, '\'');
    }
    add_fish_help(out, field->help);
}

static void add_fish_option(struct text *out, const struct field *field,
                            const char *command)
{
    struct text when = {0};
    text_printf(&when, "__fish_seen_subcommand_from %s", command);
    add_fish_field(out, field, when.bytes);
    text_done(&when);
}

static void add_fish(struct text *out, const struct command *const *table)
{
    text_add(out,
             "# fish completion for microscope; made by `microscope completions fish`\n"
             "complete -c microscope -f\n");
    for (const struct command *const *row = table; *row; row++) {
        if (!is_offered(*row))
            continue;
        text_printf(out, "complete -c microscope -n __fish_use_subcommand -a %s",
                    (*row)->name);
        add_fish_help(out, (*row)->help);
    }
    for (const struct command *const *row = table; *row; row++) {
        if (!is_offered(*row))
            continue;
        struct text words = {0};
        text_add(&words, "");
        add_words(&words, *row);
        if (words.length)
            text_printf(
                out, "complete -c microscope -n '__fish_seen_subcommand_from %s' -a '%s'\n",
                (*row)->name, words.bytes + 1);
        if (takes_files(*row))
            text_printf(out,
                        "complete -c microscope -n '__fish_seen_subcommand_from %s' -F\n",
                        (*row)->name);
        each_possible_option(out, *row, add_fish_option);
        text_done(&words);
    }
}

void completion_script(enum completion_shell shell, const struct command *const *table,
                       struct text *out)
{
    if (shell == SHELL_BASH)
        add_bash(out, table);
    else if (shell == SHELL_ZSH)
        add_zsh(out, table);
    else
        add_fish(out, table);
}
