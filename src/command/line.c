#include "command/line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command/help.h"
#include "command/output.h"

/* One line while it is read. */
struct reader {
    struct line *line;
    const char *const *words;
    size_t n, at;
    const struct field *next; /* positional field that the next plain word fills */
    const char **given;       /* what each own field was given, then each common one */
    size_t n_own;
    bool only_words; /* after -- */
};

/* ---- finding fields ---- */

static bool is_named(const struct field *field, const char *name, size_t length,
                     char letter)
{
    if (field->positional)
        return false;
    if (letter)
        return field->letter == letter;
    return strncmp(field->name, name, length) == 0 && !field->name[length];
}

static const struct field *find_in(const struct field *fields, const char *name,
                                   size_t length, char letter)
{
    for (; fields && fields->name; fields++)
        if (is_named(fields, name, length, letter))
            return fields;
    return NULL;
}

static const struct field *find_option(const struct reader *reader, const char *name,
                                       size_t length, char letter)
{
    const struct field *own = reader->line->command->fields;
    const struct field *field = find_in(own, name, length, letter);
    return field ? field : find_in(common_fields, name, length, letter);
}

static bool is_common(const struct field *field)
{
    for (const struct field *common = common_fields; common->name; common++)
        if (common == field)
            return true;
    return false;
}

static const char **given(const struct reader *reader, const struct field *field)
{
    size_t index = is_common(field) ? reader->n_own + (size_t)(field - common_fields)
                                    : (size_t)(field - reader->line->command->fields);
    return &reader->given[index];
}

/* ---- giving them values ---- */

static enum status give(struct reader *reader, const struct field *field, const char *value,
                        struct error *err)
{
    struct line *line = reader->line;
    const char **before = given(reader, field);
    if (*before && !field_is_list(field)) {
        struct text name = {0};
        field_add_name(field, &name);
        error_set(err, STATUS_USAGE, "%s is given twice, as '%s' and '%s'", name.bytes,
                  *before, value);
        text_done(&name);
        return STATUS_USAGE;
    }
    *before = value;
    void *args = is_common(field) ? (void *)&line->common : line->args;
    return field_parse(field, value, args, &line->arena, err);
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] && !isdigit((unsigned char)word[1]) && word[1] != '.';
}

/* The word after an option, as its value. */
static enum status give_next(struct reader *reader, const struct field *field,
                             const char *option, struct error *err)
{
    struct text wants = {0};
    field_add_wants(field, &wants);
    enum status status = STATUS_OK;
    if (reader->at == reader->n)
        status = error_set(err, STATUS_USAGE, "%s wants %s after it", option, wants.bytes);
    else if (is_option(reader->words[reader->at]) &&
             !(field->dashed && reader->words[reader->at][1] != '-'))
        status = error_set(err, STATUS_USAGE,
                           "%s wants %s, not the option '%s'; a value that begins so is "
                           "written --%s=%s",
                           option, wants.bytes, reader->words[reader->at], field->name,
                           reader->words[reader->at]);
    else
        status = give(reader, field, reader->words[reader->at++], err);
    text_done(&wants);
    return status;
}

static enum status refuse_option(const struct reader *reader, const char *word,
                                 size_t length, struct error *err)
{
    const struct command *command = reader->line->command;
    const char *name = word + strspn(word, "-");
    char *typed = mem_copy(name, length - (size_t)(name - word));
    const char *near = command_nearest_option(command, typed);
    free(typed);
    if (near)
        return error_set(err, STATUS_USAGE,
                         "'%s' has no option '%.*s'; did you mean '--%s'?", command->name,
                         (int)length, word, near);
    return error_set(err, STATUS_USAGE,
                     "'%s' has no option '%.*s'; 'microscope help %s' lists them",
                     command->name, (int)length, word, command->name);
}

static enum status read_long(struct reader *reader, const char *word, struct error *err)
{
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct field *field = find_option(reader, name, length, 0);
    if (field && equals)
        return give(reader, field, equals + 1, err);
    if (field && field->type == FIELD_FLAG)
        return give(reader, field, "yes", err);
    if (field)
        return give_next(reader, field, word, err);
    if (!equals && strncmp(name, "no-", 3) == 0) {
        field = find_option(reader, name + 3, length - 3, 0);
        if (field && field->type == FIELD_FLAG)
            return give(reader, field, "no", err);
    }
    return refuse_option(reader, word, length + 2, err);
}

static enum status read_letter(struct reader *reader, const char *word, struct error *err)
{
    const struct field *field = find_option(reader, NULL, 0, word[1]);
    if (!field || (field->type == FIELD_FLAG && word[2]))
        return refuse_option(reader, word, strlen(word), err);
    if (field->type == FIELD_FLAG)
        return give(reader, field, "yes", err);
    return word[2] ? give(reader, field, word + 2, err)
                   : give_next(reader, field, word, err);
}

static const struct field *next_positional(const struct field *field)
{
    while (field && field->name && !field->positional)
        field++;
    return field && field->name ? field : NULL;
}

/* With the option that was meant, when the word looks like one: heds=5. */
static enum status refuse_word(const struct reader *reader, const char *word,
                               struct error *err)
{
    const struct command *command = reader->line->command;
    size_t length = strcspn(word, "=");
    char *typed = mem_copy(word, word[length] ? length : 0);
    const char *near = *typed ? command_nearest_option(command, typed) : NULL;
    error_set(err, STATUS_USAGE, "'%s' has no use for the word '%s'%s%s%s%s", command->name,
              word, near ? "; did you mean '--" : "", near ? near : "",
              near ? word + length : "", near ? "'?" : "");
    free(typed);
    return STATUS_USAGE;
}

static enum status read_word(struct reader *reader, const char *word, struct error *err)
{
    const struct field *field = reader->next;
    if (!field)
        return refuse_word(reader, word, err);
    if (!field_is_list(field))
        reader->next = next_positional(field + 1);
    return give(reader, field, word, err);
}

static enum status read_words(struct reader *reader, struct error *err)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && reader->at < reader->n) {
        const char *word = reader->words[reader->at++];
        if (reader->only_words || !is_option(word))
            status = read_word(reader, word, err);
        else if (strcmp(word, "--") == 0)
            reader->only_words = true;
        else if (word[1] == '-')
            status = read_long(reader, word, err);
        else
            status = read_letter(reader, word, err);
    }
    return status;
}

/* ---- what is not given ---- */

static enum status refuse_missing(const struct reader *reader, const struct field *field,
                                  struct error *err)
{
    struct text message = {0};
    text_printf(&message, "'%s' needs ", reader->line->command->name);
    field_add_name(field, &message);
    text_printf(&message, ", %s; usage: ", field->help);
    command_add_usage(reader->line->command, &message);
    error_set(err, STATUS_USAGE, "%s", message.bytes);
    text_done(&message);
    return STATUS_USAGE;
}

static enum status check_given(const struct reader *reader, struct error *err)
{
    const struct field *field = reader->line->command->fields;
    for (; field && field->name; field++)
        if (!field->initial && !*given(reader, field))
            return refuse_missing(reader, field, err);
    return STATUS_OK;
}

static enum status settle_common(const struct reader *reader, struct error *err)
{
    struct common *common = &reader->line->common;
    const char *mode = *given(reader, find_in(common_fields, "mode", 4, 0));
    if (common->json && mode && common->mode != TABLE_JSON)
        return error_set(err, STATUS_USAGE, "--json contradicts --mode %s", mode);
    if (common->json)
        common->mode = TABLE_JSON;
    common->mode_is_given = mode || common->json;
    if (!common->mode_is_given && common->out)
        common->mode_is_given = output_mode(common->out, &common->mode);
    if (!common->threads)
        common->threads = jobs_processors();
    return STATUS_OK;
}

static enum status reset(struct line *line, struct error *err)
{
    const struct field *field = line->command->fields;
    enum status status = STATUS_OK;
    for (; status == STATUS_OK && field && field->name; field++)
        status = field_reset(field, line->args, &line->arena, err);
    for (field = common_fields; status == STATUS_OK && field->name; field++)
        status = field_reset(field, &line->common, &line->arena, err);
    return status;
}

static bool asks_help(const char *const *words, size_t n)
{
    for (size_t i = 0; i < n && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
            return true;
    return false;
}

static enum status parse_options(struct line *line, const char *const *words, size_t n,
                                 struct error *err)
{
    size_t n_own = field_count(line->command->fields);
    size_t bytes = (n_own + field_count(common_fields)) * sizeof(const char *);
    struct reader reader = {.line = line,
                            .words = words,
                            .n = n,
                            .next = next_positional(line->command->fields),
                            .given = arena_alloc(&line->arena, bytes),
                            .n_own = n_own};
    memset(reader.given, 0, bytes);
    enum status status = read_words(&reader, err);
    line->wrong = status == STATUS_OK ? n + 1 : reader.at;
    if (status == STATUS_OK)
        status = settle_common(&reader, err);
    return status == STATUS_OK ? check_given(&reader, err) : status;
}

enum status line_parse(struct line *line, const struct command *const *table,
                       const char *const *words, size_t n, struct error *err)
{
    *line = (struct line){0};
    if (n && is_option(words[0]))
        return error_set(err, STATUS_USAGE, "a command comes before the option '%s'",
                         words[0]);
    line->command = command_find(table, n ? words[0] : "", err);
    if (!line->command)
        return STATUS_USAGE;
    size_t size = line->command->args_size;
    line->args = arena_alloc(&line->arena, size ? size : 1);
    memset(line->args, 0, size);
    enum status status = reset(line, err);
    if (status == STATUS_OK)
        status = parse_options(line, words + 1, n - 1, err);
    if (asks_help(words + 1, n - 1)) {
        line->common.help = true;
        status = STATUS_OK;
    }
    if (status != STATUS_OK) {
        size_t wrong = line->wrong;
        line_done(line);
        line->wrong = wrong;
    }
    return status;
}

enum status line_run(const struct line *line, struct call *call, struct error *err)
{
    call->command = line->command;
    call->args = line->args;
    call->seed = line->common.seed;
    call->threads = line->common.threads;
    call->quiet = line->common.quiet;
    call->mode = (enum table_mode)line->common.mode;
    if (!line->common.help)
        return line->command->run(call, err);
    struct text page = {0};
    help_command(line->command, call->mode, &page);
    report_page(call->report, "help", page.bytes);
    text_done(&page);
    return STATUS_OK;
}

void line_done(struct line *line)
{
    arena_done(&line->arena);
    *line = (struct line){0};
}
