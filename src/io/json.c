#include "io/json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/memory.h"
#include "base/text.h"

/* struct json is cJSON under another name; these two are the only casts. */
static cJSON *inner(const struct json *json)
{
    return (cJSON *)(uintptr_t)json;
}

static struct json *outer(cJSON *json)
{
    if (!json)
        abort(); /* cJSON's builders fail only without memory */
    return (struct json *)json;
}

/* Offset of an escaped NUL, which would silently end a C string; length when there is none.
 */
static size_t find_escaped_nul(const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    while ((at = memchr(at, '\\', (size_t)(end - at))) && end - at >= 6) {
        if (memcmp(at, "\\u0000", 6) == 0)
            return (size_t)(at - text);
        at += 2;
    }
    return length;
}

struct json *json_parse(const char *text, size_t length, struct error *err)
{
    size_t bad = utf8_check(text, length);
    if (bad < length) {
        error_set(err, STATUS_FORMAT, "invalid UTF-8 at byte %zu", bad);
        return NULL;
    }
    const char *nul = memchr(text, '\0', length);
    bad = nul ? (size_t)(nul - text) : find_escaped_nul(text, length);
    if (bad < length) {
        error_set(err, STATUS_FORMAT, "a NUL character%s at byte %zu",
                  nul ? "" : " (\\u0000) in a string", bad);
        return NULL;
    }
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    bool whole = json != NULL;
    for (; whole && end < text + length; end++)
        whole = strchr(" \t\r\n", *end) != NULL && *end;
    if (!whole) {
        error_set(err, STATUS_FORMAT, "not valid JSON at byte %zu",
                  end ? (size_t)(end - text) : (size_t)0);
        cJSON_Delete(json);
        return NULL;
    }
    return outer(json);
}

void json_free(struct json *json)
{
    cJSON_Delete(inner(json));
}

bool json_is_object(const struct json *json)
{
    return cJSON_IsObject(inner(json));
}

bool json_is_array(const struct json *json)
{
    return cJSON_IsArray(inner(json));
}

bool json_is_null(const struct json *json)
{
    return cJSON_IsNull(inner(json));
}

const struct json *json_get(const struct json *object, const char *key)
{
    return (const struct json *)cJSON_GetObjectItemCaseSensitive(inner(object), key);
}

const char *json_text(const struct json *json)
{
    return cJSON_IsString(inner(json)) ? inner(json)->valuestring : NULL;
}

bool json_number(const struct json *json, double *value)
{
    if (!cJSON_IsNumber(inner(json)))
        return false;
    *value = inner(json)->valuedouble;
    return true;
}

bool json_flag(const struct json *json, bool *value)
{
    if (!cJSON_IsBool(inner(json)))
        return false;
    *value = cJSON_IsTrue(inner(json));
    return true;
}

size_t json_length(const struct json *array)
{
    size_t n = 0;
    for (const struct json *item = json_first(array); item; item = json_next(item))
        n++;
    return n;
}

const struct json *json_first(const struct json *parent)
{
    bool has = json_is_array(parent) || json_is_object(parent);
    return has ? (const struct json *)inner(parent)->child : NULL;
}

const struct json *json_next(const struct json *item)
{
    return (const struct json *)inner(item)->next;
}

const char *json_key(const struct json *item)
{
    return inner(item)->string;
}

/* The end of a string whose opening quote is at `at`. */
static const char *skip_string(const char *at, bool *is_strict)
{
    for (at++; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            *is_strict = false;
        if (*at == '\\')
            at++;
    }
    return at + 1;
}

static const char *skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The end of what cJSON takes for a number; strict when it has the form that RFC 8259 gives
 * it. */
static const char *skip_number(const char *at, bool *is_strict)
{
    const char *end = at + strspn(at, "0123456789+-.eE");
    at += *at == '-';
    const char *whole = at;
    at = skip_digits(at);
    bool ok = at > whole && (*whole != '0' || at == whole + 1);
    if (*at == '.') {
        const char *fraction = at + 1;
        at = skip_digits(fraction);
        ok = ok && at > fraction;
    }
    if (*at == 'e' || *at == 'E') {
        const char *power = at + 1 + (at[1] == '+' || at[1] == '-');
        at = skip_digits(power);
        ok = ok && at > power;
    }
    if (!ok || at != end)
        *is_strict = false;
    return end;
}

/* cJSON takes every control character between tokens for white space. */
static const char *skip_space(const char *at, bool *is_strict)
{
    for (; *at && (unsigned char)*at <= ' '; at++)
        if (!strchr(" \t\r\n", *at))
            *is_strict = false;
    return at;
}

static const char *skip_value(const char *at, bool *is_strict)
{
    size_t depth = 0;
    do {
        at = skip_space(at, is_strict);
        if (*at == '"') {
            at = skip_string(at, is_strict);
        } else if ((*at >= '0' && *at <= '9') || *at == '-') {
            at = skip_number(at, is_strict);
        } else {
            depth += *at == '[' || *at == '{';
            depth -= *at == ']' || *at == '}';
            at++;
            while (*at >= 'a' && *at <= 'z') /* true, false, null */
                at++;
        }
    } while (depth);
    return at;
}

bool json_next_written(const char **at, struct json_written *value)
{
    const char *key = *at + strcspn(*at, "\"}");
    if (*key == '}')
        return false;
    bool is_strict = true;
    const char *key_end = skip_string(key, &is_strict);
    is_strict = true;
    const char *start = skip_space(strchr(key_end, ':') + 1, &is_strict);
    const char *end = skip_value(start, &is_strict);
    *value = (struct json_written){start, (size_t)(end - start), is_strict};
    *at = end;
    return true;
}

struct json *json_object(void)
{
    return outer(cJSON_CreateObject());
}

struct json *json_array(void)
{
    return outer(cJSON_CreateArray());
}

struct json *json_new_text(const char *text)
{
    return outer(text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

struct json *json_new_number(double value)
{
    return outer(isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull());
}

struct json *json_new_flag(bool value)
{
    return outer(cJSON_CreateBool(value));
}

struct json *json_put(struct json *object, const char *key, struct json *value)
{
    cJSON_AddItemToObject(inner(object), key, inner(value));
    return value;
}

struct json *json_push(struct json *array, struct json *value)
{
    cJSON_AddItemToArray(inner(array), inner(value));
    return value;
}

void json_put_text(struct json *object, const char *key, const char *text)
{
    json_put(object, key, json_new_text(text));
}

void json_put_number(struct json *object, const char *key, double value)
{
    json_put(object, key, json_new_number(value));
}

void json_put_flag(struct json *object, const char *key, bool value)
{
    json_put(object, key, json_new_flag(value));
}

char *json_write(const struct json *json, bool pretty)
{
    char *text = pretty ? cJSON_Print(inner(json)) : cJSON_PrintUnformatted(inner(json));
    if (!text)
        abort();
    return text;
}

void json_quote(struct text *out, const char *text, size_t length)
{
    text_add_char(out, '"');
    for (const char *at = text, *end = text + length; at < end;) {
        const char *plain = at;
        while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        text_append(out, plain, (size_t)(at - plain));
        if (at == end)
            break;
        unsigned char c = (unsigned char)*at++;
        static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
        const char *name = names;
        while (*name && (unsigned char)*name != c)
            name += 2;
        if (*name)
            text_append(out, (char[]){'\\', name[1]}, 2);
        else
            text_printf(out, "\\u%04x", c);
    }
    text_add_char(out, '"');
}
