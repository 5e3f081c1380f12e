#include "corpus/pair.h"

#include <math.h>
#include <string.h>

const char *const pair_keys[PAIR_KEYS] = {
    "id",   "prompt", "chosen",        "rejected",        "attribute", "context",
    "user", "split",  "chosen_rating", "rejected_rating", "origin",
};

/* ---- reading ---- */

static enum status read_split(const struct record *record, enum corpus_split *split,
                              struct error *err)
{
    const struct json *value;
    enum status status = record_value(record, "split", &value, err);
    if (status || !value)
        return status;
    const char *name = json_text(value);
    for (int i = 0; name && i < CORPUS_SPLIT_COUNT; i++)
        if (strcmp(name, corpus_split_name((enum corpus_split)i)) == 0) {
            *split = (enum corpus_split)i;
            return STATUS_OK;
        }
    struct text shown = {0};
    text_add_visible(&shown, name ? name : "no string", name ? strlen(name) : 9, 40);
    status = error_set(err, STATUS_FORMAT, "'split' is %s, expected train, holdout or test",
                       shown.bytes);
    text_done(&shown);
    return status;
}

enum status pair_read_context(struct corpus *corpus, const struct record *record,
                              int32_t *context, struct error *err)
{
    const struct json *value = NULL;
    int32_t index = -1;
    enum status status = record_value(record, "context", &value, err);
    if (!status && value)
        status = record_passage(record, "context", &corpus->contexts, &index, err);
    if (status)
        return status;
    *context = index >= 0 && corpus->contexts.items[index].length ? index : -1;
    return STATUS_OK;
}

enum status pair_read_marks(struct corpus *corpus, const struct record *record,
                            struct pair *pair, struct error *err)
{
    enum status status = record_name(record, "user", &corpus->users, &pair->user, err);
    if (!status)
        status = read_split(record, &pair->split, err);
    return status;
}

enum status pair_read(struct corpus *corpus, const struct record *record, struct pair *pair,
                      struct error *err)
{
    struct pair read = PAIR_NONE;
    enum status status =
        record_passage(record, "prompt", &corpus->prompts, &read.prompt, err);
    if (!status)
        status = record_passage(record, "chosen", &corpus->responses, &read.chosen, err);
    if (!status)
        status =
            record_passage(record, "rejected", &corpus->responses, &read.rejected, err);
    if (!status)
        status =
            record_name(record, "attribute", &corpus->attributes, &read.attribute, err);
    if (!status)
        status = pair_read_context(corpus, record, &read.context, err);
    if (!status)
        status = record_number(record, "chosen_rating", &read.chosen_rating, err);
    if (!status)
        status = record_number(record, "rejected_rating", &read.rejected_rating, err);
    if (!status)
        status = record_name(record, "origin", &corpus->origins, &read.origin, err);
    if (!status)
        status = pair_read_marks(corpus, record, &read, err);
    if (status)
        return status;
    read.extra = pair_read_extra(corpus, record, pair_keys, PAIR_KEYS);
    *pair = read;
    return STATUS_OK;
}

static bool is_reserved(const char *key)
{
    for (size_t i = 0; i < PAIR_KEYS; i++)
        if (strcmp(key, pair_keys[i]) == 0)
            return true;
    return false;
}

void pair_add_extra(struct text *extra, const char *prefix, const char *key,
                    const char *value, size_t length)
{
    struct text name = {0};
    text_add(&name, prefix);
    text_add(&name, key);
    if (extra->length)
        text_add_char(extra, ',');
    if (is_reserved(name.bytes)) {
        text_clear(&name);
        text_printf(&name, "original_%s%s", prefix, key);
    }
    json_quote(extra, name.bytes, name.length);
    text_add_char(extra, ':');
    text_append(extra, value, length);
    text_done(&name);
}

static void take_extra(void *self, const char *key, const char *value, size_t length)
{
    pair_add_extra(self, "", key, value, length);
}

int32_t pair_read_extra(struct corpus *corpus, const struct record *record,
                        const char *const *known, size_t n_known)
{
    struct text extra = {0};
    record_unknown(record, known, n_known, take_extra, &extra);
    int32_t index =
        extra.length ? passages_add(&corpus->extras, extra.bytes, extra.length) : -1;
    text_done(&extra);
    return index;
}

/* ---- writing ---- */

static void add_key(struct text *out, const char *key)
{
    if (out->bytes[out->length - 1] != '{')
        text_add_char(out, ',');
    json_quote(out, key, strlen(key));
    text_add_char(out, ':');
}

static void add_passage(struct text *out, const char *key, const struct passages *passages,
                        int32_t index)
{
    if (index < 0)
        return;
    add_key(out, key);
    passage_write(&passages->items[index], out);
}

static void add_number(struct text *out, const char *key, double value)
{
    if (isnan(value))
        return;
    add_key(out, key);
    json_add_number(out, value);
}

void pair_write(const struct corpus *corpus, const struct pair *pair, struct text *out)
{
    text_add_char(out, '{');
    if (pair->id) {
        add_key(out, "id");
        json_quote(out, pair->id, strlen(pair->id));
    }
    add_passage(out, "prompt", &corpus->prompts, pair->prompt);
    add_passage(out, "chosen", &corpus->responses, pair->chosen);
    add_passage(out, "rejected", &corpus->responses, pair->rejected);
    add_passage(out, "attribute", &corpus->attributes, pair->attribute);
    add_passage(out, "context", &corpus->contexts, pair->context);
    add_passage(out, "user", &corpus->users, pair->user);
    if (pair->split != CORPUS_UNSPLIT) {
        add_key(out, "split");
        text_printf(out, "\"%s\"", corpus_split_name(pair->split));
    }
    add_number(out, "chosen_rating", pair->chosen_rating);
    add_number(out, "rejected_rating", pair->rejected_rating);
    add_passage(out, "origin", &corpus->origins, pair->origin);
    if (pair->extra >= 0) {
        const struct passage *extra = &corpus->extras.items[pair->extra];
        text_add_char(out, ',');
        text_append(out, extra->plain, extra->length);
    }
    text_add_char(out, '}');
}
