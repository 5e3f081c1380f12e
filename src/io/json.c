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

/* Offset of a control character other than tab and line ends, which cJSON takes for white
 * space; length when there is none. */
static size_t find_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 && text[i] != '\t' && text[i] != '\n' &&
            text[i] != '\r')
            return i;
    return length;
}

/* What is wrong with a text and where; what "" when nothing is. */
struct flaw {
    char what[64];
    size_t byte;
};

/* Refuses what cJSON would let through or silently cut. */
static void check_text(const char *text, size_t length, struct flaw *flaw)
{
    flaw->what[0] = '\0';
    flaw->byte = utf8_check(text, length);
    if (flaw->byte < length) {
        snprintf(flaw->what, sizeof flaw->what, "invalid UTF-8");
        return;
    }
    flaw->byte = find_control(text, length);
    if (flaw->byte < length) {
        snprintf(flaw->what, sizeof flaw->what, "a control character (0x%02x)",
                 (unsigned)(unsigned char)text[flaw->byte]);
        return;
    }
    flaw->byte = find_escaped_nul(text, length);
    if (flaw->byte < length)
        snprintf(flaw->what, sizeof flaw->what, "a NUL character (\\u0000) in a string");
}

static cJSON *parse(const char *text, size_t length, struct flaw *flaw)
{
    check_text(text, length, flaw);
    if (flaw->what[0])
        return NULL;
    const char *stop = text, *end = text + length;
    cJSON *json = cJSON_ParseWithLengthOpts(text, length, &stop, 0);
    while (json && stop < end && strchr(" \t\r\n", *stop))
        stop++;
    if (json && stop == end)
        return json;
    cJSON_Delete(json);
    snprintf(flaw->what, sizeof flaw->what, "not valid JSON");
    flaw->byte = (size_t)(stop - text);
    return NULL;
}

struct json *json_parse(const char *text, size_t length, struct error *err)
{
    struct flaw flaw;
    cJSON *json = parse(text, length, &flaw);
    if (!json) {
        error_set(err, STATUS_FORMAT, "%s at byte %zu", flaw.what, flaw.byte);
        return NULL;
    }
    return outer(json);
}

void json_place(const char *text, size_t byte, size_t *line, size_t *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < byte; i++) {
        bool ends = text[i] == '\n';
        *line += ends;
        *column = ends ? 1 : *column + ((text[i] & 0xc0) != 0x80);
    }
}

struct json *json_parse_lines(const char *text, size_t length, struct error *err)
{
    struct flaw flaw;
    cJSON *json = parse(text, length, &flaw);
    if (!json) {
        size_t line, column;
        json_place(text, flaw.byte, &line, &column);
        error_set(err, STATUS_FORMAT, "%zu:%zu: %s", line, column, flaw.what);
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
    if (!cJSON_IsNumber(inner(json)) || !isfinite(inner(json)->valuedouble))
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

size_t json_length(const struct json *parent)
{
    size_t n = 0;
    for (const struct json *item = json_first(parent); item; item = json_next(item))
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
    return item ? (const struct json *)inner(item)->next : NULL;
}

const char *json_key(const struct json *item)
{
    return item ? inner(item)->string : NULL;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *json_duplicate(const struct json *object)
{
    size_t n = json_length(object), i = 0;
    const char **keys = mem_alloc(n * sizeof *keys);
    for (const struct json *item = json_first(object); item; item = json_next(item))
        keys[i++] = json_key(item);
    qsort(keys, n, sizeof *keys, compare_keys);
    const char *twice = NULL;
    for (i = 1; i < n && !twice; i++)
        twice = strcmp(keys[i - 1], keys[i]) == 0 ? keys[i] : NULL;
    free(keys);
    return twice;
}

/* The end of a string whose opening quote is at `start`; strict when tabs and line ends in
 * it are escaped. */
static const char *skip_string(const char *start, bool *is_strict)
{
    const char *quote = start;
    size_t n_escapes;
    do {
        quote = strchr(quote + 1, '"');
        for (n_escapes = 0; quote[-1 - (ptrdiff_t)n_escapes] == '\\';)
            n_escapes++;
    } while (n_escapes % 2);
    size_t length = (size_t)(quote - start);
    if (memchr(start, '\t', length) || memchr(start, '\n', length) ||
        memchr(start, '\r', length))
        *is_strict = false;
    return quote + 1;
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

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *skip_value(const char *at, bool *is_strict)
{
    size_t depth = 0;
    do {
        at = skip_space(at);
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
    bool is_strict = true, key_is_strict = true;
    const char *key_end = skip_string(key, &key_is_strict);
    const char *start = skip_space(strchr(key_end, ':') + 1);
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

/* ---- writing; cJSON's own printer rounds some numbers to 15 digits ---- */

void json_add_number(struct text *out, double value)
{
    if (!isfinite(value)) {
        text_add(out, "null");
        return;
    }
    char digits[32];
    for (int n = 15; n <= 17; n++) {
        snprintf(digits, sizeof digits, "%.*g", n, value);
        if (n == 17 ||
            strtod(digits, NULL) == value) /* NOLINT(cert-err34-c): our own digits */
            break;
    }
    text_add(out, digits);
}

void json_quote(struct text *out, const char *text, size_t length)
{
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    text_add_char(out, '"');
    for (const char *at = text, *end = text + length; at < end;) {
        const char *plain = at;
        while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        utf8_append(out, plain, (size_t)(at - plain));
        if (at == end)
            break;
        unsigned char c = (unsigned char)*at++;
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

static void add_line(struct text *out, bool pretty, size_t depth)
{
    if (pretty)
        text_printf(out, "\n%*s", (int)(2 * depth), "");
}

static void add_value(struct text *out, const struct json *json, bool pretty, size_t depth);

static void add_items(struct text *out, const struct json *parent, bool pretty,
                      size_t depth)
{
    bool is_object = json_is_object(parent);
    const struct json *first = json_first(parent);
    text_add_char(out, is_object ? '{' : '[');
    for (const struct json *item = first; item; item = json_next(item)) {
        if (item != first)
            text_add_char(out, ',');
        add_line(out, pretty, depth + 1);
        if (is_object) {
            json_quote(out, json_key(item), strlen(json_key(item)));
            text_add(out, pretty ? ": " : ":");
        }
        add_value(out, item, pretty, depth + 1);
    }
    if (first)
        add_line(out, pretty, depth);
    text_add_char(out, is_object ? '}' : ']');
}

static void add_value(struct text *out, const struct json *json, bool pretty, size_t depth)
{
    const char *text = json_text(json);
    bool flag;
    if (json_is_object(json) || json_is_array(json))
        add_items(out, json, pretty, depth);
    else if (text)
        json_quote(out, text, strlen(text));
    else if (cJSON_IsNumber(inner(json)))
        json_add_number(out, inner(json)->valuedouble);
    else if (json_flag(json, &flag))
        text_add(out, flag ? "true" : "false");
    else
        text_add(out, "null");
}

char *json_write(const struct json *json, bool pretty)
{
    struct text out = {0};
    add_value(&out, json, pretty, 0);
    return out.bytes;
}
