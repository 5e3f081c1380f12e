#include "corpus/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/file.h"

/* ---- the lines of a file ---- */

enum { LOOK_EVERY = 256 }; /* lines between two looks at the cancel flag */

static enum status look(const struct corpus_watch *watch, const struct source *source,
                        struct error *err)
{
    if (watch && watch->progress)
        watch->progress(watch->self, source_bytes(source), source_size(source));
    if (watch && cancel_asked(watch->cancel))
        return error_set(err, STATUS_CANCELLED, "reading '%s' was stopped at line %zu",
                         source_name(source), source_line_number(source));
    return STATUS_OK;
}

static bool is_blank(const char *line, size_t length)
{
    return strspn(line, " \t\r") == length;
}

static enum status take_line(struct record *record, const char *line, size_t length,
                             record_taker *take, void *self, struct error *err)
{
    struct json *json = json_parse(line, length, err);
    if (!json)
        return err->status;
    enum status status = STATUS_OK;
    record->json = json;
    record->text = line;
    if (json_is_object(json))
        status = take(self, record, err);
    else
        status = error_set(err, STATUS_FORMAT, "not a JSON object");
    json_free(json);
    return status;
}

/* STATUS_OK when the fault of the record is to be passed over. */
static enum status settle(struct record_tally *tally, const struct record *record,
                          struct error *fault, struct error *err)
{
    error_prefix(fault, "'%s' line %zu", record->file, record->line);
    if (!tally->skip_bad || fault->status != STATUS_FORMAT)
        return error_set(err, fault->status, "%s", fault->message);
    if (tally->n_bad++ == 0)
        tally->first_bad = *fault;
    return STATUS_OK;
}

enum status record_each(const char *path, const struct corpus_watch *watch,
                        struct record_tally *tally, record_taker *take, void *self,
                        struct error *err)
{
    struct source *source = source_open(path, err);
    if (!source)
        return err ? err->status : STATUS_IO;
    struct record record = {.file = source_name(source)};
    struct record_tally own = {0};
    if (!tally)
        tally = &own;
    enum status status = STATUS_OK;
    for (;;) {
        char *line;
        size_t length;
        if (source_line_number(source) % LOOK_EVERY == 0 &&
            (status = look(watch, source, err)))
            break;
        if ((status = source_line(source, &line, &length, err)) || !line)
            break;
        if (is_blank(line, length))
            continue;
        tally->n_records++;
        record.line = source_line_number(source);
        struct error fault;
        if (take_line(&record, line, length, take, self, &fault) &&
            (status = settle(tally, &record, &fault, err)))
            break;
    }
    if (!status)
        status = look(watch, source, err);
    if (!status && !tally->n_records)
        status =
            error_set(err, STATUS_FORMAT,
                      "'%s' is empty: expected JSON Lines, one record a line", record.file);
    source_free(source);
    return status;
}

/* ---- getters ---- */

enum status record_value(const struct record *record, const char *key,
                         const struct json **value, struct error *err)
{
    const struct json *found = NULL;
    for (const struct json *item = json_first(record->json); item; item = json_next(item)) {
        if (strcmp(json_key(item), key) != 0)
            continue;
        if (found)
            return error_set(err, STATUS_FORMAT, "the key '%s' comes twice", key);
        found = item;
    }
    *value = json_is_null(found) ? NULL : found;
    return STATUS_OK;
}

static enum status required(const struct record *record, const char *key,
                            const struct json **value, struct error *err)
{
    enum status status = record_value(record, key, value, err);
    if (!status && !*value)
        status = error_set(err, STATUS_FORMAT, "the key '%s' is missing", key);
    return status;
}

enum status record_text(const struct record *record, const char *key, const char **text,
                        struct error *err)
{
    const struct json *value;
    enum status status = required(record, key, &value, err);
    if (status)
        return status;
    if (!json_text(value))
        return error_set(err, STATUS_FORMAT, "'%s' is no string", key);
    *text = json_text(value);
    return STATUS_OK;
}

enum status record_passage(const struct record *record, const char *key,
                           struct passages *passages, int32_t *index, struct error *err)
{
    const struct json *value;
    enum status status = required(record, key, &value, err);
    if (status)
        return status;
    const char *text = json_text(value);
    if (text) {
        *index = passages_add_text(passages, text);
        return STATUS_OK;
    }
    if (!json_is_array(value))
        return error_set(err, STATUS_FORMAT,
                         "'%s' is neither a string nor a list of {role, content}", key);
    struct arena arena = {0};
    struct turn_draft *turns = NULL;
    size_t n_turns = 0;
    status = record_turns(value, key, &arena, &turns, &n_turns, err);
    if (!status)
        *index = passages_add_turns(passages, turns, n_turns);
    free(turns);
    arena_done(&arena);
    return status;
}

/* Appends the value of an item of the record as it is written. *at and *passed, which start
 * at the record's text and first item, remember how far the text has been read. */
static void add_written(struct text *out, const struct json *item, const char **at,
                        const struct json **passed)
{
    struct json_written value = {0};
    bool found = false;
    while (!found) {
        json_next_written(at, &value);
        found = *passed == item;
        *passed = json_next(*passed);
    }
    if (value.is_strict) {
        text_append(out, value.text, value.length);
        return;
    }
    char *text = json_write(item, false);
    text_add(out, text);
    free(text);
}

enum status record_label(const struct record *record, const char *key, struct text *label,
                         struct error *err)
{
    const struct json *value;
    enum status status = record_value(record, key, &value, err);
    if (status || !value)
        return status;
    double number;
    if (json_text(value)) {
        text_add(label, json_text(value));
    } else if (json_number(value, &number)) {
        const char *at = record->text;
        const struct json *passed = json_first(record->json);
        add_written(label, value, &at, &passed);
    } else {
        return error_set(err, STATUS_FORMAT, "'%s' is neither a string nor a number", key);
    }
    return STATUS_OK;
}

enum status record_name(const struct record *record, const char *key,
                        struct passages *passages, int32_t *index, struct error *err)
{
    struct text label = {0};
    enum status status = record_label(record, key, &label, err);
    if (!status)
        *index = label.length ? passages_add(passages, label.bytes, label.length) : -1;
    text_done(&label);
    return status;
}

enum status record_number(const struct record *record, const char *key, double *value,
                          struct error *err)
{
    const struct json *item = NULL;
    double number = (double)NAN;
    enum status status = record_value(record, key, &item, err);
    if (status)
        return status;
    if (item && (!json_number(item, &number) || !isfinite(number)))
        return error_set(err, STATUS_FORMAT, "'%s' is no finite number", key);
    *value = number;
    return STATUS_OK;
}

/* ---- conversations ---- */

/* The members of a turn beside role and content, as JSON text; NULL when there are none. */
static const char *turn_extra(const struct json *turn, struct arena *arena)
{
    struct text extra = {0};
    for (const struct json *item = json_first(turn); item; item = json_next(item)) {
        const char *key = json_key(item);
        if (strcmp(key, "role") == 0 || strcmp(key, "content") == 0)
            continue;
        char *value = json_write(item, false);
        if (extra.length)
            text_add_char(&extra, ',');
        json_quote(&extra, key, strlen(key));
        text_add_char(&extra, ':');
        text_add(&extra, value);
        free(value);
    }
    const char *kept = extra.length ? arena_copy(arena, extra.bytes, extra.length) : NULL;
    text_done(&extra);
    return kept;
}

enum status record_turns(const struct json *list, const char *key, struct arena *arena,
                         struct turn_draft **turns, size_t *n_turns, struct error *err)
{
    size_t n = json_length(list), i = 0;
    if (!json_is_array(list) || !n)
        return error_set(err, STATUS_FORMAT, "'%s' is no list of {role, content}", key);
    struct turn_draft *drafts = mem_alloc(n * sizeof *drafts);
    for (const struct json *item = json_first(list); item; item = json_next(item), i++) {
        const char *role = json_text(json_get(item, "role"));
        const char *content = json_text(json_get(item, "content"));
        if (!role || !content) {
            free(drafts);
            return error_set(err, STATUS_FORMAT, "turn %zu of '%s' has no string '%s'",
                             i + 1, key, role ? "content" : "role");
        }
        drafts[i] = (struct turn_draft){role, content, turn_extra(item, arena)};
    }
    *turns = drafts;
    *n_turns = n;
    return STATUS_OK;
}

/* ---- what nobody asked for ---- */

static bool is_known(const char *key, const char *const *known, size_t n_known)
{
    for (size_t i = 0; i < n_known; i++)
        if (strcmp(key, known[i]) == 0)
            return true;
    return false;
}

void record_unknown(const struct record *record, const char *const *known, size_t n_known,
                    record_member_taker *take, void *self)
{
    const char *at = record->text;
    const struct json *passed = json_first(record->json);
    struct text value = {0};
    for (const struct json *item = passed; item; item = json_next(item)) {
        if (is_known(json_key(item), known, n_known))
            continue;
        text_clear(&value);
        add_written(&value, item, &at, &passed);
        take(self, json_key(item), value.bytes, value.length);
    }
    text_done(&value);
}
