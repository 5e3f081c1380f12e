#include "io/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
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
    bad = find_escaped_nul(text, length);
    if (bad < length) {
        error_set(err, STATUS_FORMAT, "a NUL character (\\u0000) in a string at byte %zu",
                  bad);
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

/* The next byte from `at` that cannot stand in a string as it is. */
static const char *find_special(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
        at++;
    return at;
}

static void quote_valid(struct text *out, const char *text, size_t length)
{
    for (const char *at = text, *end = text + length; at < end;) {
        const char *plain = at;
        at = find_special(at, end);
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
}

void json_quote(struct text *out, const char *text, size_t length)
{
    text_add_char(out, '"');
    for (;;) {
        size_t valid = utf8_check(text, length);
        quote_valid(out, text, valid);
        if (valid == length)
            break;
        text_add(out, "\xef\xbf\xbd");
        text += valid + 1;
        length -= valid + 1;
    }
    text_add_char(out, '"');
}

void json_add_number(struct text *out, double value)
{
    if (!isfinite(value)) {
        text_add(out, "null");
        return;
    }
    char digits[32];
    for (int n = 15; n <= 17; n++) {
        snprintf(digits, sizeof digits, "%.*g", n, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_add(out, digits);
}

static void new_line(struct text *out, bool pretty, size_t depth)
{
    if (pretty)
        text_printf(out, "\n%*s", (int)(2 * depth), "");
}

/* cJSON's own writer keeps 15 digits of a number when those come near enough. */
static void add_value(struct text *out, const struct json *json, bool pretty, size_t depth)
{
    const cJSON *value = inner(json);
    if (cJSON_IsString(value)) {
        json_quote(out, value->valuestring, strlen(value->valuestring));
    } else if (cJSON_IsNumber(value)) {
        json_add_number(out, value->valuedouble);
    } else if (cJSON_IsBool(value)) {
        text_add(out, cJSON_IsTrue(value) ? "true" : "false");
    } else if (!value->child) {
        text_add(out, json_is_object(json) ? "{}" : json_is_array(json) ? "[]" : "null");
    } else {
        text_add_char(out, json_is_object(json) ? '{' : '[');
        for (const struct json *item = json_first(json); item; item = json_next(item)) {
            new_line(out, pretty, depth + 1);
            if (json_is_object(json)) {
                json_quote(out, json_key(item), strlen(json_key(item)));
                text_add(out, pretty ? ": " : ":");
            }
            add_value(out, item, pretty, depth + 1);
            if (json_next(item))
                text_add_char(out, ',');
        }
        new_line(out, pretty, depth);
        text_add_char(out, json_is_object(json) ? '}' : ']');
    }
}

char *json_write(const struct json *json, bool pretty)
{
    struct text out = {0};
    add_value(&out, json, pretty, 0);
    return out.bytes;
}
