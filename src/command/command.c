#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"

/* In the order of enum table_mode. */
static const char *const modes[] = {"table", "csv",   "tsv",   "markdown", "json",
                                    "box",   "jsonl", "latex", "plain",    NULL};

/* In the order of enum plot. */
static const char *const plots[] = {"none", "bars", "heat", "line", NULL};

const struct field common_fields[] = {
    {.name = "help",
     .letter = 'h',
     .type = FIELD_FLAG,
     FIELD_AT(struct common, help),
     .initial = "no",
     .help = "explain the command"},
    {.name = "json",
     .type = FIELD_FLAG,
     FIELD_AT(struct common, json),
     .initial = "no",
     .help = "the same as --mode json"},
    {.name = "jsonl",
     .type = FIELD_FLAG,
     FIELD_AT(struct common, jsonl),
     .initial = "no",
     .help = "the same as --mode jsonl"},
    {.name = "mode",
     .type = FIELD_CHOICE,
     FIELD_AT(struct common, mode),
     .choices = modes,
     .initial = "table",
     .help = "how the result is written"},
    {.name = "table",
     .type = FIELD_TEXT,
     FIELD_AT(struct common, table),
     .initial = "",
     .value = "NAME",
     .help = "write only the table of that name"},
    {.name = "where",
     .type = FIELD_TEXT,
     FIELD_AT(struct common, where),
     .initial = "",
     .value = "FILTER",
     .help = "only rows for which it holds: 'accuracy>0.7 attribute=humor'"},
    {.name = "sort",
     .type = FIELD_TEXT,
     FIELD_AT(struct common, sort),
     .initial = "",
     .value = "COLUMNS",
     .dashed = true,
     .help = "order of the rows: -accuracy,head; - is from high to low"},
    {.name = "columns",
     .type = FIELD_TEXT,
     FIELD_AT(struct common, columns),
     .initial = "",
     .value = "COLUMNS",
     .dashed = true,
     .help = "only these columns, in this order; all but those with a -"},
    {.name = "top",
     .type = FIELD_COUNT,
     FIELD_AT(struct common, top),
     .max = 9007199254740992,
     .initial = "0",
     .help = "only so many rows from the top, 0 for all"},
    {.name = "plot",
     .type = FIELD_CHOICE,
     FIELD_AT(struct common, plot),
     .choices = plots,
     .initial = "none",
     .help = "draw the table"},
    {.name = "out",
     .letter = 'o',
     .type = FIELD_PATH,
     FIELD_AT(struct common, out),
     .initial = "",
     .help = "write the result there; the ending chooses the mode"},
    {.name = "force",
     .type = FIELD_FLAG,
     FIELD_AT(struct common, force),
     .initial = "no",
     .help = "let --out replace a file"},
    {.name = "name",
     .type = FIELD_TEXT,
     FIELD_AT(struct common, name),
     .initial = "",
     .value = "NAME",
     .help = "keep the result under that name, for $NAME"},
    {.name = "quiet",
     .letter = 'q',
     .type = FIELD_FLAG,
     FIELD_AT(struct common, quiet),
     .initial = "no",
     .help = "no notes and no progress"},
    {.name = "pager",
     .type = FIELD_FLAG,
     FIELD_AT(struct common, pager),
     .initial = "yes",
     .help = "long results at the prompt through $PAGER"},
    {.name = "seed",
     .type = FIELD_COUNT,
     FIELD_AT(struct common, seed),
     .max = 9007199254740992,
     .initial = "1",
     .help = "seed of everything random"},
    {.name = "threads",
     .type = FIELD_COUNT,
     FIELD_AT(struct common, threads),
     .max = 1024,
     .initial = "0",
     .help = "threads to use, 0 for one on every processor"},
    {0},
};

static enum status refuse_ambiguous(const struct command *const *table, const char *name,
                                    struct error *err)
{
    struct text message = {0};
    text_printf(&message, "'%s' could be", name);
    const char *between = " ";
    for (; *table; table++)
        if (strncmp((*table)->name, name, strlen(name)) == 0) {
            text_printf(&message, "%s'%s'", between, (*table)->name);
            between = " or ";
        }
    error_set(err, STATUS_USAGE, "%s", message.bytes);
    text_done(&message);
    return STATUS_USAGE;
}

static enum status refuse_unknown(const struct command *const *table, const char *name,
                                  struct error *err)
{
    size_t n = 0;
    while (table[n])
        n++;
    const char **names = mem_alloc((n + 1) * sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = table[i]->name;
    const char *near = words_nearest(name, names, n);
    free(names);
    if (near)
        return error_set(err, STATUS_USAGE, "there is no command '%s'; did you mean '%s'?",
                         name, near);
    return error_set(err, STATUS_USAGE,
                     "there is no command '%s'; 'microscope help' lists them", name);
}

const struct command *command_find(const struct command *const *table, const char *name,
                                   struct error *err)
{
    const struct command *found = NULL;
    size_t n_found = 0;
    for (size_t i = 0; table[i]; i++) {
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
        if (*name && strncmp(table[i]->name, name, strlen(name)) == 0) {
            found = table[i];
            n_found++;
        }
    }
    if (n_found == 1)
        return found;
    if (n_found)
        refuse_ambiguous(table, name, err);
    else
        refuse_unknown(table, name, err);
    return NULL;
}

static size_t add_option_names(const struct field *fields, const char **names, size_t n)
{
    for (; fields && fields->name; fields++)
        if (!fields->positional)
            names[n++] = fields->name;
    return n;
}

const char *command_nearest_option(const struct command *command, const char *typed)
{
    size_t room = field_count(command->fields) + field_count(common_fields);
    const char **names = mem_alloc(room * sizeof *names);
    size_t n = add_option_names(command->fields, names, 0);
    n = add_option_names(common_fields, names, n);
    const char *near = words_nearest(typed, names, n);
    free(names);
    return near;
}

void command_add_usage(const struct command *command, struct text *out)
{
    text_printf(out, "microscope %s", command->name);
    for (const struct field *field = command->fields; field && field->name; field++) {
        if (field->initial && !field->positional)
            continue;
        text_add(out, field->initial ? " [" : " ");
        field_add_name(field, out);
        if (field->positional) {
            text_add(out, field_is_list(field) ? "..." : "");
        } else {
            text_add_char(out, ' ');
            field_add_value(field, out);
        }
        text_add(out, field->initial ? "]" : "");
    }
    text_add(out, " [options]");
}
