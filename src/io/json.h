/* JSON: a thin cover over cJSON, so that only one file includes it.
 *
 * A document is a tree of struct json; freeing the root frees all of it. Values handed to
 * json_put and json_push become part of the tree. Getters accept NULL and values of the
 * wrong type and say so by their return value. Numbers are written so that they round-trip;
 * NaN and the infinities are written as null.
 */
#ifndef IO_JSON_H
#define IO_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct json;

/* Parses one document, which must fill the text and nest at most 1000 deep. Otherwise NULL
 * and STATUS_FORMAT with the byte offset; so also for invalid UTF-8, for control
 * characters, and for an escaped NUL, which C strings cannot carry. Tabs and line ends
 * inside strings pass. */
struct json *json_parse(const char *text, size_t length, struct error *err);
/* The same for files that people write: the message begins with the place, "3:7: " for line 3,
 * column 7. */
struct json *json_parse_lines(const char *text, size_t length, struct error *err);
/* Line and column, from 1 and in characters, of a byte of a text. */
void json_place(const char *text, size_t byte, size_t *line, size_t *column);
void json_free(struct json *json); /* NULL is allowed */

/* ---- reading ---- */
bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_null(const struct json *json); /* false for NULL: a null that is written */
/* NULL: no such key. */
const struct json *json_get(const struct json *object, const char *key);
const char *json_text(const struct json *json);           /* NULL: not a string */
bool json_number(const struct json *json, double *value); /* false: not a finite number */
bool json_flag(const struct json *json, bool *value);     /* false: not true or false */
size_t json_length(const struct json *parent);            /* of an array or object */
/* The items of an array or object, one after the other; NULL behind the last. */
const struct json *json_first(const struct json *parent);
const struct json *json_next(const struct json *item);
const char *json_key(const struct json *item); /* NULL inside arrays */

/* A key that the object holds twice, or NULL; json_get finds the first of them. */
const char *json_duplicate(const struct json *object);

/* ---- reading to the letter ---- */

/* The value of a member of an object as it is written, for what has to be kept as it came:
 * in a tree a number is a double, and 12345678901234567890 has lost digits. */
struct json_written {
    const char *text;
    size_t length;
    bool is_strict; /* false: json_parse took what RFC 8259 forbids, such as 01 */
};

/* Walks the members of an object, in the order of json_first and json_next. *at starts at
 * the NUL-terminated text that json_parse accepted as an object. Returns false after the
 * last. */
bool json_next_written(const char **at, struct json_written *value);

/* ---- building ---- */
struct json *json_object(void);
struct json *json_array(void);
struct json *json_new_text(const char *text); /* NULL gives null */
struct json *json_new_number(double value);
struct json *json_new_flag(bool value);
/* Both return the value. */
struct json *json_put(struct json *object, const char *key, struct json *value);
struct json *json_push(struct json *array, struct json *value);
void json_put_text(struct json *object, const char *key, const char *text);
void json_put_number(struct json *object, const char *key, double value);
void json_put_flag(struct json *object, const char *key, bool value);

/* The text of a document; free() it. Pretty: indented, for people; otherwise one line. */
char *json_write(const struct json *json, bool pretty);

/* For writers of long JSON Lines files: append the text as a JSON string with its quotes
 * (bytes that are no UTF-8 become U+FFFD), and a number so that it reads back as the same
 * double. */
struct text;
void json_quote(struct text *out, const char *text, size_t length);
void json_add_number(struct text *out, double value);

#endif
