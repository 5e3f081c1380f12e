#include "command/help.h"

#include <ctype.h>
#include <string.h>

#include "base/words.h"
#include "command/topic.h"

/* WIDTH: of a line. NAME_ROOM: column at which the explanation of an option begins. SCREEN: lines of
 * the overview. */
enum { WIDTH = 80, NAME_ROOM = 26, SCREEN = 40 };

/* ---- one field ---- */

void help_add_signature(const struct field *field, struct text *out)
{
    if (field->letter)
        text_printf(out, "-%c, ", field->letter);
    if (field->type == FIELD_FLAG && field->initial && strcmp(field->initial, "yes") == 0)
        text_add(out, "--[no-]");
    else if (!field->positional)
        text_add(out, "--");
    if (field->positional) {
        field_add_name(field, out);
        text_add(out, field_is_list(field) ? "..." : "");
        return;
    }
    text_add(out, field->name);
    if (field->type != FIELD_FLAG) {
        text_add_char(out, ' ');
        field_add_value(field, out);
    }
}

/* One of the facts behind the words of help: " (nats", ", 0 to 100" ... */
static void add_fact(struct text *out, size_t *n, const char *fact)
{
    if (fact && *fact)
        text_printf(out, "%s%s", (*n)++ ? ", " : " (", fact);
}

void help_add_meaning(const struct field *field, struct text *out)
{
    struct text bounds = {0};
    field_add_bounds(field, &bounds);
    bool is_off = field->type == FIELD_FLAG && strcmp(field->initial, "no") == 0;
    size_t n = 0;
    text_add(out, field->help);
    add_fact(out, &n, field->unit);
    add_fact(out, &n, bounds.bytes);
    add_fact(out, &n, field_is_list(field) && !field->positional ? "may be repeated" : "");
    add_fact(out, &n, field->initial || field->positional ? "" : "required");
    if (field->initial && *field->initial && !is_off) {
        add_fact(out, &n, "default ");
        text_add(out, field->initial);
    }
    text_add(out, n ? ")" : "");
    text_done(&bounds);
}

/* "  signature   meaning", the meaning wrapped beside its column. */
static void add_entry(const char *signature, const char *meaning, size_t column,
                      struct text *out)
{
    size_t width = text_width(signature, strlen(signature)) + 2;
    text_printf(out, "  %s", signature);
    if (width + 2 > column)
        text_printf(out, "\n%*s", (int)column, "");
    else
        text_printf(out, "%*s", (int)(column - width), "");
    words_wrap(out, meaning, column, WIDTH);
    text_add_char(out, '\n');
}

/* ---- many fields ---- */

enum which { POSITIONAL, OPTIONS };

/* Fields to be listed: those of a kind whose names are not among `hidden` (NULL: none are). */
struct listed {
    const struct field *fields, *hidden;
    enum which which;
};

static bool is_listed(const struct listed *listed, const struct field *field)
{
    if (field->positional != (listed->which == POSITIONAL))
        return false;
    for (const struct field *other = listed->hidden; other && other->name; other++)
        if (!other->positional && strcmp(other->name, field->name) == 0)
            return false;
    return true;
}

static bool has_any(const struct listed *listed)
{
    const struct field *field = listed->fields;
    while (field && field->name && !is_listed(listed, field))
        field++;
    return field && field->name;
}

static void add_list(const struct listed *listed, struct text *out)
{
    struct text signature = {0}, meaning = {0};
    for (const struct field *field = listed->fields; field->name; field++) {
        if (!is_listed(listed, field))
            continue;
        text_clear(&signature);
        text_clear(&meaning);
        help_add_signature(field, &signature);
        help_add_meaning(field, &meaning);
        add_entry(signature.bytes, meaning.bytes, NAME_ROOM, out);
    }
    text_done(&signature);
    text_done(&meaning);
}

static void add_markdown_row(struct table *table, const struct field *field)
{
    struct text cell = {0};
    text_add_char(&cell, '`');
    help_add_signature(field, &cell);
    text_add_char(&cell, '`');
    table_row(table);
    table_text(table, cell.bytes);
    text_clear(&cell);
    field_add_bounds(field, &cell);
    if (field->unit)
        text_printf(&cell, "%s%s", cell.length ? " " : "", field->unit);
    table_text(table, cell.bytes ? cell.bytes : "");
    table_text(table, field->initial ? field->initial : "required");
    table_text(table, field->help);
    text_done(&cell);
}

static void add_markdown(const struct listed *listed, struct text *out)
{
    struct table *table = table_create("options", NULL);
    table_column(table, listed->which == POSITIONAL ? "word" : "option", COLUMN_TEXT, 0,
                 NULL);
    table_column(table, "values", COLUMN_TEXT, 0, NULL);
    table_column(table, "default", COLUMN_TEXT, 0, NULL);
    table_column(table, "meaning", COLUMN_TEXT, 0, NULL);
    for (const struct field *field = listed->fields; field->name; field++)
        if (is_listed(listed, field))
            add_markdown_row(table, field);
    table_write(table, TABLE_MARKDOWN, 0, out);
    table_free(table);
}

static void add_fields(const struct listed *listed, const char *heading,
                       enum table_mode mode, struct text *out)
{
    if (!has_any(listed))
        return;
    if (mode == TABLE_MARKDOWN) {
        text_add_char(out, '\n');
        add_markdown(listed, out);
    } else {
        text_printf(out, "\n%s\n", heading);
        add_list(listed, out);
    }
}

/* ---- commands ---- */

/* Without the common options. */
static void add_command(const struct command *command, enum table_mode mode,
                        struct text *out)
{
    bool markdown = mode == TABLE_MARKDOWN;
    struct text usage = {0};
    command_add_usage(command, &usage);
    if (markdown)
        text_printf(out, "## %s\n\n%c%s.\n\n    %s\n", command->name,
                    toupper((unsigned char)command->help[0]), command->help + 1,
                    usage.bytes);
    else
        text_printf(out, "%s: %s\n\nusage: %s\n", command->name, command->help,
                    usage.bytes);
    text_done(&usage);
    const struct listed words = {.fields = command->fields, .which = POSITIONAL};
    const struct listed options = {.fields = command->fields, .which = OPTIONS};
    add_fields(&words, "words", mode, out);
    add_fields(&options, "options", mode, out);
    if (command->more)
        text_printf(out, markdown ? "\n```\n%s\n```\n" : "\n%s\n", command->more);
}

/* `own`: fields of the command that take the place of common ones; NULL: none. */
static void add_common(const struct field *own, enum table_mode mode, struct text *out)
{
    const struct listed common = {.fields = common_fields, .hidden = own, .which = OPTIONS};
    add_fields(&common, "options of every command", mode, out);
}

void help_command(const struct command *command, enum table_mode mode, struct text *out)
{
    add_command(command, mode, out);
    if (mode != TABLE_MARKDOWN)
        add_common(command->fields, mode, out);
}

/* Whether the row begins a group. */
static bool begins_group(const struct command *const *row,
                         const struct command *const *table)
{
    return row == table || strcmp(row[0]->group, row[-1]->group) != 0;
}

static size_t longest_name(const struct command *const *table)
{
    size_t longest = 0;
    for (; *table; table++)
        if (strlen((*table)->name) > longest)
            longest = strlen((*table)->name);
    return longest;
}

/* Commands that work only within a session are named and not explained: the overview fits on a
 * screen. */
static void add_session_commands(const struct command *const *table, struct text *out)
{
    struct text names = {0};
    for (; *table; table++)
        if ((*table)->kind != COMMAND_WORK)
            text_printf(&names, "%s %s", names.length ? "," : "Within a session also",
                        (*table)->name);
    if (names.length) {
        words_wrap(out, names.bytes, 0, WIDTH);
        text_add_char(out, '\n');
    }
    text_done(&names);
}

static void add_topics(struct text *out)
{
    struct text names = {0};
    text_add(&names, "'microscope help TOPIC' explains what a word means:");
    for (const struct topic *topic = topics; topic->name; topic++)
        text_printf(&names, " %s%s", topic->name, topic[1].name ? "," : ".");
    words_wrap(out, names.bytes, 0, WIDTH);
    text_add_char(out, '\n');
    text_done(&names);
}

static size_t count_groups(const struct command *const *table)
{
    size_t n = 0;
    for (const struct command *const *row = table; *row; row++)
        n += begins_group(row, table);
    return n;
}

/* The names of a group without their explanations. */
static void add_names(const struct command *const *row, const struct command *const *table,
                      struct text *out)
{
    struct text names = {0};
    do
        text_printf(&names, " %s", (*row)->name);
    while (*++row && !begins_group(row, table));
    text_add(out, "  ");
    words_wrap(out, names.bytes, 2, WIDTH);
    text_add_char(out, '\n');
    text_done(&names);
}

/* Groups from number `explained` on are names only. */
static void add_overview(const struct command *const *table, size_t explained,
                         struct text *out)
{
    text_add(out, "microscope: a workbench for mixture reward heads\n"
                  "usage: microscope [FILES]                       the terminal interface\n"
                  "       microscope COMMAND [words] [options]\n"
                  "       microscope run SCRIPT | -c 'COMMANDS'    sessions; also repl\n");
    size_t column = longest_name(table) + 4, group = 0;
    for (const struct command *const *row = table; *row; row++) {
        if ((*row)->kind != COMMAND_WORK)
            continue;
        if (begins_group(row, table)) {
            text_printf(out, "\n%s\n", (*row)->group);
            if (group++ >= explained)
                add_names(row, table, out);
        }
        if (group <= explained)
            add_entry((*row)->name, (*row)->help, column, out);
    }
    text_add(out,
             "\n'microscope help COMMAND' explains a command and the options of every "
             "command,\nsuch as --json, --mode, --where, --sort, --out, --seed. --help-all "
             "explains all.\n");
    add_session_commands(table, out);
    add_topics(out);
}

static size_t count_lines(const struct text *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->length; i++)
        n += text->bytes[i] == '\n';
    return n;
}

void help_overview(const struct command *const *table, struct text *out)
{
    struct text page = {0};
    for (size_t explained = count_groups(table) + 1; explained--;) {
        text_clear(&page);
        add_overview(table, explained, &page);
        if (count_lines(&page) <= SCREEN)
            break;
    }
    text_append(out, page.bytes, page.length);
    text_done(&page);
}

void help_reference(const struct command *const *table, enum table_mode mode,
                    struct text *out)
{
    if (mode == TABLE_MARKDOWN)
        text_add(out, "# Commands\n\nEvery command has these options:\n");
    else
        help_overview(table, out);
    add_common(NULL, mode, out);
    for (const struct command *const *row = table; *row; row++) {
        text_add_char(out, '\n');
        add_command(*row, mode, out);
    }
}
