#include "encode/endpoint_reply.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/base64.h"
#include "io/json.h"

enum { EXCERPT = 200, WIDEST = 16384, WIDTH_MOST = 1 << 20 };

/* ---- requests ---- */

void endpoint_request_begin(struct text *body, const struct address *address)
{
    text_clear(body);
    text_add_char(body, '{');
    if (address->form != ADDRESS_TEI) {
        text_add(body, "\"model\":");
        json_quote(body, address->model, strlen(address->model));
        text_add_char(body, ',');
    }
    text_add(body, address->form == ADDRESS_TEI ? "\"inputs\":[" : "\"input\":[");
}

void endpoint_request_add(struct text *body, struct encoder_text text)
{
    if (body->bytes[body->length - 1] != '[')
        text_add_char(body, ',');
    json_quote(body, text.bytes, text.length);
}

void endpoint_request_end(struct text *body, const struct address *address,
                          enum endpoint_profile profile)
{
    static const char *const fields[ENDPOINT_PROFILES] = {
        [ENDPOINT_NONE] = "",
        [ENDPOINT_LLAMA] = ",\"embd_normalize\":-1",
        [ENDPOINT_VLLM] = ",\"use_activation\":false",
        [ENDPOINT_VLLM_OLD] = ",\"normalize\":false",
        [ENDPOINT_TEI] = ",\"normalize\":false,\"truncate\":false",
        [ENDPOINT_OLLAMA] = ",\"truncate\":false",
    };
    text_add_char(body, ']');
    if (address->form == ADDRESS_OPENAI)
        text_add(body, ",\"encoding_format\":\"base64\"");
    bool is_native = profile == ENDPOINT_TEI || profile == ENDPOINT_OLLAMA;
    if (!is_native || address->form != ADDRESS_OPENAI)
        text_add(body, fields[profile]);
    text_add_char(body, '}');
}

size_t endpoint_reply_most(size_t n, size_t width)
{
    return n * (64 + 32 * (width ? width : WIDEST)) + ((size_t)64 << 10);
}

/* ---- vectors ---- */

/* The values of a vector, as many as there are or as `room` has; *n says how many there are. */
static bool read_numbers(const struct json *json, float *row, size_t room, size_t *n)
{
    *n = 0;
    for (const struct json *item = json_first(json); item; item = json_next(item)) {
        double value;
        if (!json_number(item, &value))
            return false;
        if (*n < room)
            row[*n] = (float)value;
        ++*n;
    }
    return true;
}

static enum status read_base64(const char *text, float *row, size_t room, size_t *n,
                               struct error *err)
{
    size_t length = strlen(text), n_bytes = 0;
    unsigned char *bytes = mem_alloc(BASE64_ROOM(length));
    bool ok = base64_decode(text, length, bytes, &n_bytes) && n_bytes % 4 == 0;
    *n = n_bytes / 4;
    for (size_t i = 0; ok && i < *n && i < room; i++) {
        uint32_t word = 0;
        for (size_t j = 0; j < 4; j++)
            word |= (uint32_t)bytes[4 * i + j] << (8 * j);
        memcpy(&row[i], &word, sizeof word);
    }
    free(bytes);
    if (!ok)
        return error_set(err, STATUS_FORMAT, "its base64 is no list of 4-byte numbers");
    return STATUS_OK;
}

static size_t count_values(const struct json *vector)
{
    const char *text = json_text(vector);
    if (!text)
        return json_length(vector);
    size_t length = strlen(text), padding = 0;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    return (BASE64_ROOM(length) - (length % 4 ? 0 : padding)) / 4;
}

static enum status check_row(const float *row, size_t width, struct error *err)
{
    bool any = false;
    for (size_t i = 0; i < width; i++) {
        if (!isfinite(row[i]))
            return error_set(err, STATUS_NUMERIC, "value %zu is not a finite number",
                             i + 1);
        any = any || row[i] != 0;
    }
    if (!any)
        return error_set(err, STATUS_NUMERIC, "all its values are 0");
    return STATUS_OK;
}

static enum status read_vector(struct endpoint_reply *reply, const struct json *vector,
                               float *row, struct error *err)
{
    size_t width = 0;
    const char *text = json_text(vector);
    if (text) {
        enum status status = read_base64(text, row, reply->width, &width, err);
        if (status)
            return status;
    } else if (!json_is_array(vector)) {
        return error_set(err, STATUS_FORMAT, "it is neither a list of numbers nor base64");
    } else if (!read_numbers(vector, row, reply->width, &width)) {
        return error_set(err, STATUS_NUMERIC, "value %zu is not a finite number",
                         width + 1);
    }
    if (width != reply->width) {
        reply->is_misfit = true;
        return error_set(err, STATUS_SHAPE, "it has %zu values, expected %zu", width,
                         reply->width);
    }
    return check_row(row, width, err);
}

/* ---- lists of vectors ---- */

/* The vector of an item, and its place: its index, or the position when it has none. */
static const struct json *vector_of(const struct json *item, size_t position, size_t *place,
                                    struct error *err)
{
    *place = position;
    const struct json *vector = item;
    if (json_is_object(item)) {
        const struct json *index = json_get(item, "index");
        double value = -1;
        if (index && (!json_number(index, &value) || value < 0 || value > 1e9 ||
                      value != floor(value))) {
            error_set(err, STATUS_FORMAT, "item %zu has an index that is none",
                      position + 1);
            return NULL;
        }
        if (index)
            *place = (size_t)value;
        vector = json_get(item, "embedding");
    }
    const struct json *first = json_is_array(vector) ? json_first(vector) : NULL;
    if (json_is_array(first) && !json_next(first)) /* llama-server's /embedding */
        vector = first;
    if (!vector)
        error_set(err, STATUS_FORMAT, "item %zu has no 'embedding'", position + 1);
    return vector;
}

static enum status read_items(struct endpoint_reply *reply, const struct json *list,
                              size_t n, bool *seen, struct error *err)
{
    size_t position = 0, place;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        const struct json *vector = vector_of(item, position, &place, err);
        if (!vector)
            return STATUS_FORMAT;
        if (place >= n || seen[place])
            return error_set(err, STATUS_FORMAT, "index %zu %s", place,
                             place < n ? "comes twice" : "is of no text that was sent");
        seen[place] = true;
        enum status status =
            read_vector(reply, vector, reply->rows + place * reply->width, err);
        if (status) {
            error_prefix(err, "vector %zu of %zu", place + 1, n);
            return status;
        }
        position++;
    }
    return STATUS_OK;
}

static const struct json *list_of(const struct json *json)
{
    if (json_is_array(json))
        return json;
    const struct json *list = json_get(json, "data");
    return list ? list : json_get(json, "embeddings");
}

static double tokens_of(const struct json *json)
{
    double tokens = 0;
    const struct json *usage = json_get(json, "usage");
    if (!json_number(json_get(usage, "prompt_tokens"), &tokens))
        json_number(json_get(json, "prompt_eval_count"), &tokens);
    return tokens > 0 ? tokens : 0;
}

static enum status read_list(struct endpoint_reply *reply, const struct json *list,
                             size_t n, struct error *err)
{
    if (!json_is_array(list))
        return error_set(err, STATUS_FORMAT, "it holds no list of vectors");
    if (json_length(list) != n)
        return error_set(err, STATUS_FORMAT, "it has %zu vectors for %zu texts",
                         json_length(list), n);
    size_t place;
    const struct json *first = vector_of(json_first(list), 0, &place, err);
    if (!first)
        return STATUS_FORMAT;
    if (!reply->width)
        reply->width = count_values(first);
    if (!reply->width || reply->width > WIDTH_MOST)
        return error_set(err, STATUS_FORMAT, "its vectors have %zu values", reply->width);
    reply->rows = mem_array(n, reply->width * sizeof *reply->rows);
    if (!reply->rows)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu vectors of %zu", n,
                         reply->width);
    bool *seen = mem_zero(n * sizeof *seen);
    enum status status = read_items(reply, list, n, seen, err);
    free(seen);
    return status;
}

enum status endpoint_reply_read(struct endpoint_reply *reply, const char *body,
                                size_t length, size_t n, struct error *err)
{
    size_t wanted = reply->width;
    *reply = (struct endpoint_reply){.width = wanted};
    if (!length)
        return error_set(err, STATUS_FORMAT, "the reply is empty");
    struct json *json = json_parse(body, length, err);
    if (!json)
        return error_prefix(err, "the reply");
    reply->tokens = tokens_of(json);
    enum status status = read_list(reply, list_of(json), n, err);
    json_free(json);
    if (status) {
        error_prefix(err, "the reply");
        free(reply->rows);
        *reply = (struct endpoint_reply){.width = wanted, .is_misfit = reply->is_misfit};
    }
    return status;
}

void endpoint_reply_done(struct endpoint_reply *reply)
{
    free(reply->rows);
    *reply = (struct endpoint_reply){0};
}

/* ---- failures ---- */

static const char *said(const struct json *json)
{
    const struct json *error = json_get(json, "error");
    const char *text = json_text(json_get(error, "message"));
    if (!text)
        text = json_text(error);
    if (!text)
        text = json_text(json_get(json, "message"));
    return text ? text : json_text(json_get(json, "detail"));
}

/* Appends with every copy of the secret taken out. */
static void add_without(struct text *out, const char *bytes, size_t length,
                        const char *secret)
{
    size_t n = secret ? strlen(secret) : 0;
    for (size_t i = 0; i < length;) {
        if (n && length - i >= n && memcmp(bytes + i, secret, n) == 0) {
            text_add(out, "***");
            i += n;
        } else {
            text_add_char(out, bytes[i++]);
        }
    }
}

void endpoint_reply_message(const char *body, size_t length, const char *secret, char *out,
                            size_t room)
{
    struct json *json = length ? json_parse(body, length, NULL) : NULL;
    const char *text = said(json);
    struct text plain = {0}, shown = {0};
    if (text)
        add_without(&plain, text, strlen(text), secret);
    else if (length)
        add_without(&plain, body, length < 4096 ? length : 4096, secret);
    size_t n = plain.length < EXCERPT ? plain.length : EXCERPT;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)plain.bytes[i] < 0x20)
            plain.bytes[i] = ' ';
    while (n && plain.bytes[n - 1] == ' ')
        n--;
    text_add_visible(&shown, n ? plain.bytes : "", n ? utf8_whole(plain.bytes, n) : 0,
                     EXCERPT);
    size_t used = shown.length < room - 1 ? shown.length : room - 1;
    if (used)
        memcpy(out, shown.bytes, used);
    out[used] = '\0';
    out[utf8_whole(out, used)] = '\0';
    text_done(&plain);
    text_done(&shown);
    json_free(json);
}

bool endpoint_reply_is_loading(const char *body, size_t length)
{
    struct json *json = length ? json_parse(body, length, NULL) : NULL;
    const char *text = said(json);
    bool is = text && (strstr(text, "oading model") || strstr(text, "is loading"));
    json_free(json);
    return is;
}

bool endpoint_reply_is_quota(const char *body, size_t length)
{
    struct json *json = length ? json_parse(body, length, NULL) : NULL;
    const struct json *error = json_get(json, "error");
    const char *type = json_text(json_get(error, "type"));
    const char *code = json_text(json_get(error, "code"));
    bool is = (type && strcmp(type, "insufficient_quota") == 0) ||
              (code && strcmp(code, "insufficient_quota") == 0);
    json_free(json);
    return is;
}
