/* JSON: a thin cover over cJSON, so that only one file includes it.
 *
 * A document is a tree of struct json; freeing the root frees all of it. Values handed to
 * json_put and json_push become part of the tree. Getters accept NULL and values of the wrong type
 * and say so by their return value. Numbers are written so that they round-trip; NaN and the
 * infinities are written as null.
 */
#ifndef IO_JSON_H
#define IO_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct json;

/* Parses one document, which must fill the text: STATUS_FORMAT with the byte offset otherwise, also for invalid
 * UTF-8 and for an escaped NUL (\u0000), which C strings cannot carry. NULL on failure. */
struct json *json_parse(const char *text, size_t length, struct error *err);
void json_free(struct json *json); /* NULL is allowed */

/* ---- reading ---- */
bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
const struct json *json_get(const struct json *object, const char *key); /* NULL: not there */
const char *json_text(const struct json *json);            /* NULL: not a string */
bool json_number(const struct json *json, double *value);  /* false: not a number */
bool json_flag(const struct json *json, bool *value);      /* false: not true or false */
size_t json_length(const struct json *array);              /* of an array or object */
const struct json *json_first(const struct json *parent);  /* of an array's or object's items */
const struct json *json_next(const struct json *item);
const char *json_key(const struct json *item);             /* NULL inside arrays */

/* ---- building ---- */
struct json *json_object(void);
struct json *json_array(void);
struct json *json_new_text(const char *text);              /* NULL gives null */
struct json *json_new_number(double value);
struct json *json_new_flag(bool value);
struct json *json_put(struct json *object, const char *key, struct json *value); /* -> value */
struct json *json_push(struct json *array, struct json *value);                  /* -> value */
void json_put_text(struct json *object, const char *key, const char *text);
void json_put_number(struct json *object, const char *key, double value);
void json_put_flag(struct json *object, const char *key, bool value);

/* The text of a document; free() it. Pretty: indented, for people; otherwise one line. */
char *json_write(const struct json *json, bool pretty);

/* Appends the text as a JSON string with its quotes; for writers of long JSON Lines files. Bytes
 * that are no UTF-8 become U+FFFD. */
struct text;
void json_quote(struct text *out, const char *text, size_t length);

/* Appends the shortest decimal that reads back as the same double; null for NaN and infinities. */
void json_add_number(struct text *out, double value);

#endif
