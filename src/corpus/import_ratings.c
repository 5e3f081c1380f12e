/* Formats that rate responses. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/importer.h"
#include "corpus/pair.h"

/* ---- ratings, helpsteer2 ---- */

/* What one record is read with. */
struct rating_reader {
    struct importer *importer;
    const char *attributes; /* names that count, with commas; NULL: every numeric key */
    double least, most;     /* ratings allowed */
    enum status status;
    struct error *err;
};

static bool is_listed(const char *names, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = names; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, key, length) == 0 && (at[length] == ',' || !at[length]))
            return true;
    }
    return false;
}

static void take_member(void *self, const char *key, const char *value, size_t length)
{
    struct rating_reader *reader = self;
    struct importer *importer = reader->importer;
    bool is_number = *value == '-' || (*value >= '0' && *value <= '9');
    bool counts = strcmp(key, "prompt_id") != 0 && *key &&
                  (!reader->attributes || is_listed(reader->attributes, key));
    if (reader->status || strcmp(value, "null") == 0)
        return;
    if (!is_number || !counts) {
        reader->status = rated_note(&importer->rated, key, value, length, reader->err);
        return;
    }
    double rating = strtod(value, NULL);
    if (!isfinite(rating) || rating < reader->least || rating > reader->most) {
        struct text shown = {0};
        text_add_visible(&shown, key, strlen(key), 40);
        reader->status =
            error_set(reader->err, STATUS_FORMAT,
                      isfinite(reader->most) ? "'%s' is %.20s, expected %g to %g"
                                             : "'%s' is %.20s, no finite number",
                      shown.bytes, value, reader->least, reader->most);
        text_done(&shown);
        return;
    }
    int32_t attribute = passages_add_text(&importer->corpus.attributes, key);
    reader->status = rated_rate(&importer->rated, attribute, rating, reader->err);
}

static enum status name_group(const struct record *record,
                              const struct rated_response *response, struct text *name,
                              struct error *err)
{
    text_printf(name, "%d %d ", (int)response->user, (int)response->context);
    size_t start = name->length;
    enum status status = record_label(record, "prompt_id", name, err);
    if (!status && name->length == start)
        text_printf(name, "prompt %d", (int)response->prompt);
    else
        text_add(name, " id");
    return status;
}

static enum status read_response(struct importer *importer, const struct record *record,
                                 struct rated_response *response, struct text *id,
                                 struct error *err)
{
    struct corpus *corpus = &importer->corpus;
    struct pair marks = PAIR_NONE;
    *response = (struct rated_response){.line = record->line};
    enum status status =
        record_passage(record, "prompt", &corpus->prompts, &response->prompt, err);
    if (!status)
        status = record_passage(record, "response", &corpus->responses, &response->response,
                                err);
    if (!status)
        status = pair_read_context(corpus, record, &response->context, err);
    if (!status)
        status = pair_read_marks(corpus, record, &marks, err);
    if (!status)
        status = record_label(record, "id", id, err);
    if (status)
        return status;
    response->user = marks.user;
    response->split = marks.split;
    response->id = id->length ? id->bytes : NULL;
    return STATUS_OK;
}

static enum status take_rated(struct rating_reader *reader, const struct record *record)
{
    static const char *const known[] = {"id",      "prompt", "response",
                                        "context", "user",   "split"};
    struct rated *rated = &reader->importer->rated;
    struct rated_response response;
    struct text id = {0}, group = {0};
    rated_begin(rated);
    enum status status =
        read_response(reader->importer, record, &response, &id, reader->err);
    if (!status) {
        record_unknown(record, known, sizeof known / sizeof *known, take_member, reader);
        status = reader->status;
    }
    if (!status)
        status = name_group(record, &response, &group, reader->err);
    if (!status)
        status = rated_add(rated, group.bytes, &response, reader->err);
    text_done(&group);
    text_done(&id);
    return status;
}

enum status import_ratings(struct importer *importer, const struct record *record,
                           struct error *err)
{
    struct rating_reader reader = {.importer = importer,
                                   .attributes = importer->options->attributes,
                                   .least = (double)-INFINITY,
                                   .most = (double)INFINITY,
                                   .err = err};
    return take_rated(&reader, record);
}

enum status import_helpsteer2(struct importer *importer, const struct record *record,
                              struct error *err)
{
    struct rating_reader reader = {
        .importer = importer,
        .attributes = "helpfulness,correctness,coherence,complexity,verbosity",
        .least = 0.0,
        .most = 4.0,
        .err = err};
    return take_rated(&reader, record);
}

/* ---- ultrafeedback ---- */

enum { ASPECTS = 4 };
static const char *const aspects[ASPECTS] = {"helpfulness", "honesty",
                                             "instruction_following", "truthfulness"};

struct completion {
    const char *response;
    const struct json *model; /* NULL: not said */
    double ratings[ASPECTS];  /* NaN: none */
};

/* A number, or one in a string; "N/A" and null are none. */
static bool read_rating(const struct json *value, double *rating)
{
    const char *text = json_text(value);
    char *end;
    *rating = (double)NAN;
    if (!value || json_is_null(value) || (text && strcmp(text, "N/A") == 0))
        return true;
    if (!text)
        return json_number(value, rating) && isfinite(*rating);
    *rating = strtod(text, &end);
    return end > text && !*end && isfinite(*rating);
}

static enum status read_completion(const struct json *item, size_t number,
                                   struct completion *completion, struct error *err)
{
    const struct json *annotations = json_get(item, "annotations");
    completion->response = json_text(json_get(item, "response"));
    completion->model = json_get(item, "model");
    if (!completion->response)
        return error_set(err, STATUS_FORMAT, "completion %zu has no string 'response'",
                         number);
    if (!json_is_object(annotations))
        return error_set(err, STATUS_FORMAT, "completion %zu has no 'annotations'", number);
    for (size_t i = 0; i < ASPECTS; i++)
        if (!read_rating(json_get(json_get(annotations, aspects[i]), "Rating"),
                         &completion->ratings[i]))
            return error_set(
                err, STATUS_FORMAT,
                "completion %zu: the Rating of '%s' is neither a number nor N/A", number,
                aspects[i]);
    return STATUS_OK;
}

struct note_taker {
    struct rated *rated;
    enum status status;
    struct error *err;
};

static void take_note(void *self, const char *key, const char *value, size_t length)
{
    struct note_taker *taker = self;
    if (!taker->status)
        taker->status = rated_note(taker->rated, key, value, length, taker->err);
}

static enum status rate_completion(struct importer *importer, const struct record *record,
                                   const struct completion *completion, struct error *err)
{
    static const char *const known[] = {"id", "instruction", "completions", "user",
                                        "split"};
    struct rated *rated = &importer->rated;
    enum status status = STATUS_OK;
    rated_begin(rated);
    for (size_t i = 0; i < ASPECTS && !status; i++)
        if (!isnan(completion->ratings[i]))
            status = rated_rate(rated,
                                passages_add_text(&importer->corpus.attributes, aspects[i]),
                                completion->ratings[i], err);
    struct note_taker taker = {rated, status, err};
    if (completion->model && !json_is_null(completion->model)) {
        char *model = json_write(completion->model, false);
        take_note(&taker, "model", model, strlen(model));
        free(model);
    }
    record_unknown(record, known, sizeof known / sizeof *known, take_note, &taker);
    return taker.status;
}

static enum status add_completion(struct importer *importer, const struct record *record,
                                  const struct completion *completion,
                                  struct rated_response *response, struct error *err)
{
    enum status status = rate_completion(importer, record, completion, err);
    if (status)
        return status;
    response->response =
        passages_add_text(&importer->corpus.responses, completion->response);
    struct text group = {0};
    text_printf(&group, "%zu", record->line);
    status = rated_add(&importer->rated, group.bytes, response, err);
    text_done(&group);
    return status;
}

static enum status add_completions(struct importer *importer, const struct record *record,
                                   const struct completion *completions, size_t n,
                                   struct error *err)
{
    struct corpus *corpus = &importer->corpus;
    struct pair marks = PAIR_NONE;
    struct rated_response response = {.line = record->line, .context = -1};
    struct text id = {0};
    enum status status =
        record_passage(record, "instruction", &corpus->prompts, &response.prompt, err);
    if (!status)
        status = pair_read_marks(corpus, record, &marks, err);
    if (!status)
        status = record_label(record, "id", &id, err);
    response.user = marks.user;
    response.split = marks.split;
    if (!status && !id.length)
        text_printf(&id, "%zu", record->line);
    size_t length = id.length;
    for (size_t i = 0; i < n && !status; i++) {
        id.length = length;
        text_printf(&id, "/%zu", i);
        response.id = id.bytes;
        status = add_completion(importer, record, &completions[i], &response, err);
    }
    text_done(&id);
    return status;
}

enum status import_ultrafeedback(struct importer *importer, const struct record *record,
                                 struct error *err)
{
    const struct json *list;
    enum status status = record_value(record, "completions", &list, err);
    if (status)
        return status;
    if (!json_is_array(list))
        return error_set(err, STATUS_FORMAT, "'completions' is no list");
    size_t n = json_length(list), i = 0;
    if (n > RATED_GROUP_MAX)
        return error_set(err, STATUS_FORMAT,
                         "'completions' has %zu entries, at most %d can be "
                         "compared all with all",
                         n, RATED_GROUP_MAX);
    struct completion *completions = mem_alloc(n * sizeof *completions);
    for (const struct json *item = json_first(list); item && !status;
         item = json_next(item), i++)
        status = read_completion(item, i + 1, &completions[i], err);
    if (!status)
        status = add_completions(importer, record, completions, n, err);
    free(completions);
    return status;
}
