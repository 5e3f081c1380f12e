#include "command/complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "command/script.h"
#include "command/topic.h"

/* One question. */
struct question {
    const struct complete_source *source;
    const struct command *command;
    const char *const *words; /* (n) whole ones */
    size_t n;
    const char *typed;
    bool assigns; /* name= is offered */
    struct completions *found;
};

/* ---- lists ---- */

static bool begins(const char *text, const char *typed, size_t length)
{
    return strncmp(text, typed, length) == 0;
}

static struct completion *add(struct completions *found, const char *text, const char *help)
{
    MEM_RESERVE(found->items, found->n, found->room);
    struct completion *item = &found->items[found->n++];
    *item = (struct completion){.text = arena_copy(&found->arena, text, strlen(text))};
    item->help = help ? arena_copy(&found->arena, help, strlen(help)) : NULL;
    return item;
}

void completions_add(struct completions *found, const char *typed, const char *text,
                     const char *help)
{
    if (!begins(text, typed, strlen(typed)))
        return;
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->items[i].text, text) == 0)
            return;
    add(found, text, help);
}

void completions_common(const struct completions *found, char *out, size_t room)
{
    const char *first = found->n ? found->items[0].text : "";
    size_t length = strlen(first);
    for (size_t i = 1; i < found->n; i++) {
        size_t n = 0;
        while (n < length && found->items[i].text[n] == first[n])
            n++;
        length = n;
    }
    length = utf8_whole(first, length < room ? length : room - 1);
    memcpy(out, first, length);
    out[length] = '\0';
}

void completions_done(struct completions *found)
{
    free(found->items);
    arena_done(&found->arena);
    *found = (struct completions){0};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct completion *)a)->text,
                  ((const struct completion *)b)->text);
}

/* ---- values ---- */

/* Files whose path begins as typed; hidden ones only when that is. */
static void add_files(const char *typed, const char *prefix, struct completions *found)
{
    const char *slash = strrchr(typed, '/'), *name = slash ? slash + 1 : typed;
    struct text path = {0};
    text_append(&path, typed, (size_t)(name - typed));
    DIR *folder = opendir(slash ? path.bytes : ".");
    size_t first = found->n, length = strlen(name), stem = path.length;
    for (struct dirent *entry;
         folder && (entry = readdir(folder));) { /* NOLINT: own stream */
        if (!begins(entry->d_name, name, length) || (entry->d_name[0] == '.' && !length) ||
            strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct stat info;
        path.length = stem;
        text_add(&path, entry->d_name);
        bool is_folder = stat(path.bytes, &info) == 0 && S_ISDIR(info.st_mode);
        struct text whole = {0};
        text_printf(&whole, "%s%s%s", prefix, path.bytes, is_folder ? "/" : "");
        add(found, whole.bytes, NULL)->goes_on = is_folder;
        text_done(&whole);
    }
    if (folder)
        closedir(folder);
    if (found->n > first)
        qsort(found->items + first, found->n - first, sizeof *found->items, by_text);
    text_done(&path);
}

enum complete_kind complete_kind(const struct field *field)
{
    static const struct {
        const char *name;
        enum complete_kind kind;
    } kinds[] = {
        {"head", COMPLETE_HEADS},
        {"attribute", COMPLETE_ATTRIBUTES},
        {"attributes", COMPLETE_ATTRIBUTES},
        {"prompt-id", COMPLETE_PROMPTS},
        {"setting", COMPLETE_SETTINGS},
        {"option", COMPLETE_SETTINGS},
        {"result", COMPLETE_RESULTS},
        {"sort", COMPLETE_COLUMNS},
        {"columns", COMPLETE_COLUMNS},
        {"where", COMPLETE_COLUMNS},
        {"topic", COMPLETE_TOPICS},
    };
    if (field->type == FIELD_PATH || field->type == FIELD_PATHS)
        return COMPLETE_FILES;
    if (field->type == FIELD_FLAG || field->type == FIELD_CHOICE ||
        field->type == FIELD_REAL)
        return COMPLETE_NOTHING;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, field->name) == 0)
            return kinds[i].kind;
    return COMPLETE_NOTHING;
}

static void add_commands(const struct question *question, const char *typed)
{
    for (const struct command *const *row = question->source->table; *row; row++)
        completions_add(question->found, typed, (*row)->name, (*row)->help);
}

static void add_topics(const struct question *question, const char *typed)
{
    add_commands(question, typed);
    for (const struct topic *topic = topics; topic->name; topic++)
        completions_add(question->found, typed, topic->name, topic->title);
}

static void add_settings(const struct question *question, const char *typed)
{
    for (const struct field *field = common_fields; field->name; field++)
        completions_add(question->found, typed, field->name, field->help);
    for (const struct command *const *row = question->source->table; *row; row++)
        for (const struct field *field = (*row)->fields; field && field->name; field++)
            if (!field->positional)
                completions_add(question->found, typed, field->name, field->help);
}

/* Puts the prefix before what was added since `first`. */
static void put_before(struct completions *found, size_t first, const char *prefix)
{
    struct text whole = {0};
    for (size_t i = first; i < found->n && *prefix; i++) {
        text_clear(&whole);
        text_printf(&whole, "%s%s", prefix, found->items[i].text);
        found->items[i].text = arena_copy(&found->arena, whole.bytes, whole.length);
    }
    text_done(&whole);
}

/* Values of a field; the prefix stands before them in the word: "--mode=". */
static void add_values(const struct question *question, const struct field *field,
                       const char *typed, const char *prefix)
{
    struct completions *found = question->found;
    const struct complete_source *source = question->source;
    enum complete_kind kind = complete_kind(field);
    if (kind == COMPLETE_FILES) {
        add_files(typed, prefix, found);
        return;
    }
    /* Completed among others that the word holds already: --sort -a,b. */
    struct text before = {0};
    text_add(&before, prefix);
    if (kind == COMPLETE_COLUMNS && strcmp(field->name, "where") != 0) {
        const char *comma = strrchr(typed, ','), *name = comma ? comma + 1 : typed;
        name += *name == '-' || *name == '+';
        text_append(&before, typed, (size_t)(name - typed));
        typed = name;
    }
    struct completions own = {.arena = found->arena};
    struct question part = *question;
    part.found = &own;
    for (size_t i = 0; field->type == FIELD_CHOICE && field->choices[i]; i++)
        completions_add(&own, typed, field->choices[i], NULL);
    for (size_t i = 0; field->type == FIELD_FLAG && i < 2; i++)
        completions_add(&own, typed, i ? "no" : "yes", NULL);
    if (kind == COMPLETE_TOPICS)
        add_topics(&part, typed);
    else if (kind == COMPLETE_SETTINGS)
        add_settings(&part, typed);
    else if (kind != COMPLETE_NOTHING && source->add)
        source->add(source->context, kind, typed, &own);
    put_before(&own, 0, before.bytes);
    found->arena = own.arena;
    for (size_t i = 0; i < own.n; i++) {
        MEM_RESERVE(found->items, found->n, found->room);
        found->items[found->n++] = own.items[i];
    }
    free(own.items);
    text_done(&before);
}

/* ---- options and words ---- */

static const struct field *find_field(const struct command *command, const char *name,
                                      size_t length)
{
    const struct field *const lists[] = {command->fields, common_fields};
    for (size_t i = 0; i < 2; i++)
        for (const struct field *field = lists[i]; field && field->name; field++)
            if (!field->positional && begins(field->name, name, length) &&
                !field->name[length])
                return field;
    return NULL;
}

static const struct field *find_letter(const struct command *command, char letter)
{
    const struct field *const lists[] = {command->fields, common_fields};
    for (size_t i = 0; i < 2; i++)
        for (const struct field *field = lists[i]; field && field->name; field++)
            if (!field->positional && field->letter == letter)
                return field;
    return NULL;
}

/* The option whose value the next word is; NULL: none. */
static const struct field *awaits(const struct command *command, const char *word)
{
    const struct field *field = NULL;
    if (begins(word, "--", 2) && !strchr(word, '='))
        field = find_field(command, word + 2, strlen(word + 2));
    else if (word[0] == '-' && word[1] && !word[2])
        field = find_letter(command, word[1]);
    return field && field->type != FIELD_FLAG ? field : NULL;
}

/* Whether one of the words gives the option already, so that it need not be offered. */
static bool is_given(const struct question *question, const struct field *field)
{
    size_t length = strlen(field->name);
    for (size_t i = 1; i < question->n && !field_is_list(field); i++) {
        const char *word = question->words[i],
                   *name = word + (begins(word, "--", 2) ? 2 : 0);
        char after = begins(name, field->name, length) ? name[length] : 'x';
        if (after == '=' || (name > word && !after))
            return true;
    }
    return false;
}

/* As --name, or as name= */
static void add_option(const struct question *question, const struct field *field,
                       bool assigned)
{
    struct text name = {0};
    text_printf(&name, "%s%s%s", assigned ? "" : "--", field->name, assigned ? "=" : "");
    if (begins(name.bytes, question->typed, strlen(question->typed)) &&
        !is_given(question, field)) {
        struct completion *item = add(question->found, name.bytes, field->help);
        item->goes_on = assigned;
    }
    text_done(&name);
}

static void add_options(const struct question *question, bool assigned)
{
    const struct command *command = question->command;
    for (const struct field *field = command->fields; field && field->name; field++)
        if (!field->positional)
            add_option(question, field, assigned);
    for (const struct field *field = common_fields; field->name; field++)
        if (find_field(command, field->name, strlen(field->name)) == field)
            add_option(question, field, assigned);
}

/* The positional field that the next plain word fills, if those that the session holds are left out
 * or not; NULL: there is none. */
static const struct field *next_word(const struct question *question, bool leaves_out)
{
    const struct field *field = question->command->fields;
    bool only_words = false;
    size_t skip = 0;
    for (size_t i = 1; i < question->n; i++) {
        const char *word = question->words[i], *equals = strchr(word, '=');
        bool assigned = question->assigns && equals &&
                        find_field(question->command, word, (size_t)(equals - word));
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && awaits(question->command, word))
            i++;
        else if (only_words || (!assigned && word[0] != '-'))
            skip++;
    }
    const struct complete_source *source = question->source;
    for (; field && field->name; field++) {
        bool is_held = leaves_out && source->holds && source->holds(source->context, field);
        if (field->positional && !is_held && (field_is_list(field) || skip-- == 0))
            return field;
    }
    return NULL;
}

static void answer_option(const struct question *question, const struct field *field,
                          const char *equals)
{
    const char *typed = question->typed;
    struct text prefix = {0};
    text_append(&prefix, typed, (size_t)(equals + 1 - typed));
    add_values(question, field, equals + 1, prefix.bytes);
    text_done(&prefix);
}

static void answer(const struct question *question)
{
    const char *typed = question->typed, *equals = strchr(typed, '=');
    const struct command *command = question->command;
    const struct field *field = awaits(command, question->words[question->n - 1]);
    if (question->n > 1 && field) {
        add_values(question, field, typed, "");
        return;
    }
    bool dashed = begins(typed, "--", 2);
    const char *name = typed + (dashed ? 2 : 0);
    field = equals && (dashed || question->assigns)
                ? find_field(command, name, (size_t)(equals - name))
                : NULL;
    if (field) {
        answer_option(question, field, equals);
        return;
    }
    if (*typed != '-') {
        field = next_word(question, true);
        if (field)
            add_values(question, field, typed, "");
        field = question->found->n ? NULL : next_word(question, false);
        if (field)
            add_values(question, field, typed, "");
        if (question->assigns)
            add_options(question, true);
    }
    if (*typed == '-' || !question->found->n)
        add_options(question, false);
}

static void ask(struct question *question)
{
    struct error ignored;
    if (!question->n) {
        add_commands(question, question->typed);
        return;
    }
    question->command = command_find(question->source->table, question->words[0], &ignored);
    if (question->command)
        answer(question);
}

void complete_words(const struct complete_source *source, const char *const *words,
                    size_t n, const char *typed, struct completions *found)
{
    struct question question = {
        .source = source, .words = words, .n = n, .typed = typed, .found = found};
    ask(&question);
}

/* ---- lines ---- */

/* Reads up to the statement that the cursor is in; false: it cannot be read. */
static bool read_to_cursor(const char *line, size_t cursor, struct statement *statement)
{
    static const char *const ends[] = {"", "'", "\"", "\\", ")", "]", "}"};
    struct text text = {0};
    bool read = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && !read; i++) {
        struct error ignored;
        enum script_result result;
        text_clear(&text);
        text_append(&text, line, cursor);
        text_add(&text, ends[i]);
        struct script script = {.name = "", .text = text.bytes, .length = text.length};
        do
            result = script_next(&script, statement, &ignored);
        while (result == SCRIPT_STATEMENT &&
               statement->words[statement->n - 1].end < cursor &&
               script.at.offset < text.length);
        read = result == SCRIPT_STATEMENT || result == SCRIPT_END;
        /* What ended before the cursor is another statement. */
        if (result == SCRIPT_END ||
            (cursor && strchr(";&\n", line[cursor - 1]) && statement->end < cursor))
            statement->n = 0;
    }
    text_done(&text);
    return read;
}

/* Puts what has blanks and signs into quotes. */
static void quote(struct completions *found, bool quoted)
{
    struct text text = {0};
    for (size_t i = 0; i < found->n; i++) {
        struct completion *item = &found->items[i];
        if (!quoted && !item->text[strcspn(item->text, " \t\n'\"\\$#;&()[]{}")])
            continue;
        text_clear(&text);
        text_add_char(&text, '\'');
        for (const char *c = item->text; *c; c++)
            text_add(&text, *c == '\'' ? "'\\''" : (char[]){*c, '\0'});
        text_add(&text, item->goes_on ? "" : "'");
        item->text = arena_copy(&found->arena, text.bytes, text.length);
    }
    text_done(&text);
}

/* A name behind a $ at the end of what is typed. */
static bool complete_name(const struct complete_source *source, const char *typed,
                          struct completions *found)
{
    const char *dollar = strrchr(typed, '$');
    if (!dollar || dollar[1 + strspn(dollar + 1, "abcdefghijklmnopqrstuvwxyz0123456789_"
                                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
        return false;
    struct text prefix = {0};
    size_t first = found->n;
    text_append(&prefix, typed, (size_t)(dollar + 1 - typed));
    if (source->add)
        source->add(source->context, COMPLETE_RESULTS, dollar + 1, found);
    put_before(found, first, prefix.bytes);
    text_done(&prefix);
    return true;
}

void complete_line(const struct complete_source *source, const char *line, size_t cursor,
                   struct completions *found)
{
    struct statement statement = {0};
    found->begin = found->end = cursor;
    if (read_to_cursor(line, cursor, &statement)) {
        struct question question = {.source = source,
                                    .words = statement.texts,
                                    .n = statement.n,
                                    .typed = "",
                                    .assigns = true,
                                    .found = found};
        const struct script_word *last =
            statement.n ? &statement.words[statement.n - 1] : NULL;
        bool in_file = statement.redirected && statement.file.end >= cursor;
        bool in_word = last && !in_file && last->end >= cursor;
        if (in_word) {
            question.typed = last->text;
            question.n--;
            found->begin = last->at.offset;
        }
        bool quoted = in_word && strchr("'\"", line[found->begin]);
        if (in_file) {
            found->begin = statement.file.at.offset;
            add_files(statement.file.text, "", found);
        } else if (!in_word || quoted || !complete_name(source, question.typed, found)) {
            ask(&question);
        } else {
            statement_done(&statement);
            return;
        }
        quote(found, quoted);
    }
    statement_done(&statement);
}
