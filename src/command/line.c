#include "command/line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command/help.h"
#include "command/output.h"
#include "io/mapping.h"

/* One line while it is read. */
struct reader {
    struct line *line;
    const char *const *words;
    size_t n, at;
    const char **plain; /* [n_plain] words that are no options */
    size_t *plain_at;   /* [n_plain] what `at` was behind each */
    size_t n_plain;
    const char **given; /* what each own field was given, then each common one */
    size_t n_own;
    bool only_words; /* after -- */
    const struct line_context *context;
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

/* ---- words in their places ---- */

static const char *held_name(const struct reader *reader, const struct field *field)
{
    return given_name(reader->context->given, field->held);
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

/* Whether there are words for all places, or only for those that the session does not fill. */
static bool fills_held(const struct reader *reader)
{
    size_t places = 0, held = 0;
    const struct field *field = reader->line->command->fields;
    for (; field && field->name; field++) {
        places += field->positional;
        held += field->positional && held_name(reader, field);
    }
    return reader->n_plain + held > places;
}

static enum status place_words(struct reader *reader, struct error *err)
{
    const struct field *field = reader->line->command->fields;
    bool with_held = fills_held(reader);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < reader->n_plain;) {
        while (field && field->name &&
               (!field->positional || (!with_held && held_name(reader, field))))
            field++;
        if (!field || !field->name)
            status = refuse_word(reader, reader->plain[i], err);
        else
            status = give(reader, field, reader->plain[i], err);
        if (status != STATUS_OK)
            reader->at = reader->plain_at[i];
        if (status == STATUS_OK && !field_is_list(field))
            field++;
        i++;
    }
    return status;
}

/* A word that begins with one - and is no option, where the command takes such words. */
static bool is_dashed_word(const struct reader *reader, const char *word)
{
    const struct field *field = reader->line->command->fields;
    while (field && field->name && !(field->positional && field->dashed))
        field++;
    return field && field->name && word[1] != '-' && word[2];
}

static void add_plain(struct reader *reader, const char *word)
{
    reader->plain[reader->n_plain] = word;
    reader->plain_at[reader->n_plain++] = reader->at;
}

static enum status read_words(struct reader *reader, struct error *err)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && reader->at < reader->n) {
        const char *word = reader->words[reader->at++];
        if (reader->only_words || !is_option(word) || is_dashed_word(reader, word))
            add_plain(reader, word);
        else if (strcmp(word, "--") == 0)
            reader->only_words = true;
        else if (word[1] == '-')
            status = read_long(reader, word, err);
        else
            status = read_letter(reader, word, err);
    }
    return status == STATUS_OK ? place_words(reader, err) : status;
}

/* ---- what is not given ---- */

/* Fields that were left out name what the session holds. */
static void fill_held(struct reader *reader)
{
    const struct field *field = reader->line->command->fields;
    for (; field && field->name; field++) {
        const char *name = held_name(reader, field);
        if (!name || *given(reader, field))
            continue;
        *given(reader, field) = name;
        memcpy((char *)reader->line->args + field->offset, &name, sizeof name);
    }
}

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
    const char *flag = common->json ? "json" : common->jsonl ? "jsonl" : NULL;
    int wanted = common->json ? TABLE_JSON : TABLE_JSONL;
    if (common->json && common->jsonl)
        return error_set(err, STATUS_USAGE, "--json contradicts --jsonl");
    if (flag && mode && common->mode != wanted)
        return error_set(err, STATUS_USAGE, "--%s contradicts --mode %s", flag, mode);
    if (flag)
        common->mode = wanted;
    common->mode_is_given = mode || flag;
    if (!common->mode_is_given && common->out)
        common->mode_is_given = output_mode(common->out, &common->mode);
    if (!common->threads)
        common->threads = jobs_processors();
    return STATUS_OK;
}

/* Initial values, and behind them what was set for the session. */
static enum status reset_fields(struct line *line, const struct field *fields, void *args,
                                const struct line_context *context, struct error *err)
{
    enum status status = STATUS_OK;
    for (const struct field *field = fields; status == STATUS_OK && field && field->name;
         field++) {
        status = field_reset(field, args, &line->arena, err);
        const char *value = NULL;
        if (context->settings && !field->positional)
            value = entries_get(context->settings, field->name);
        /* A setting is of every option of that name; what one of them cannot take is not its. */
        if (status == STATUS_OK && value &&
            field_parse(field, value, args, &line->arena, NULL) != STATUS_OK)
            status = field_reset(field, args, &line->arena, err);
    }
    return status;
}

static enum status reset(struct line *line, const struct line_context *context,
                         struct error *err)
{
    enum status status =
        reset_fields(line, line->command->fields, line->args, context, err);
    return status == STATUS_OK
               ? reset_fields(line, common_fields, &line->common, context, err)
               : status;
}

static bool asks_help(const char *const *words, size_t n)
{
    for (size_t i = 0; i < n && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
            return true;
    return false;
}

static enum status parse_options(struct line *line, const char *const *words, size_t n,
                                 const struct line_context *context, struct error *err)
{
    size_t n_own = field_count(line->command->fields);
    size_t bytes = (n_own + field_count(common_fields)) * sizeof(const char *);
    struct reader reader = {.line = line,
                            .words = words,
                            .n = n,
                            .plain = arena_alloc(&line->arena, (n + 1) * sizeof *words),
                            .plain_at = arena_alloc(&line->arena, (n + 1) * sizeof n),
                            .given = arena_alloc(&line->arena, bytes),
                            .n_own = n_own,
                            .context = context};
    memset(reader.given, 0, bytes);
    enum status status = read_words(&reader, err);
    line->wrong = status == STATUS_OK ? n + 1 : reader.at;
    if (status == STATUS_OK)
        status = settle_common(&reader, err);
    fill_held(&reader);
    return status == STATUS_OK ? check_given(&reader, err) : status;
}

enum status line_parse_within(struct line *line, const struct command *const *table,
                              const char *const *words, size_t n,
                              const struct line_context *context, struct error *err)
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
    enum status status = reset(line, context, err);
    if (status == STATUS_OK)
        status = parse_options(line, words + 1, n - 1, context, err);
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

enum status line_parse(struct line *line, const struct command *const *table,
                       const char *const *words, size_t n, struct error *err)
{
    return line_parse_within(line, table, words, n, &(struct line_context){0}, err);
}

enum status line_run(const struct line *line, struct call *call, struct error *err)
{
    call->command = line->command;
    call->args = line->args;
    call->seed = line->common.seed;
    call->threads = line->common.threads;
    call->quiet = line->common.quiet;
    call->force = line->common.force;
    call->mode = (enum table_mode)line->common.mode;
    if (!line->common.help && line->command->kind != COMMAND_WORK && !call->given)
        return error_set(err, STATUS_USAGE,
                         "'%s' works within a session: in the terminal interface, in "
                         "'microscope repl' or in a script",
                         line->command->name);
    if (!line->common.help) {
        enum status status = line->command->run(call, err);
        return status ? status : mapping_check(err);
    }
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

/* ---- lines written ---- */

static bool is_plain(const char *word)
{
    if (!*word || *word == '>')
        return false;
    for (const char *at = word; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("_-./:,=+%@", *at) &&
            !((unsigned char)*at & 0x80))
            return false;
    return true;
}

void line_add_word(struct text *out, const char *word)
{
    if (is_plain(word)) {
        text_add(out, word);
        return;
    }
    text_add_char(out, '"');
    for (const char *at = word; *at; at++) {
        if (*at == '\n' || *at == '\t') {
            text_add(out, *at == '\n' ? "\\n" : "\\t");
            continue;
        }
        if (strchr("\"\\$", *at))
            text_add_char(out, '\\');
        text_add_char(out, *at);
    }
    text_add_char(out, '"');
}
