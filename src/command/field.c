#include "command/field.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"

/* Whole numbers up to here are exact as double, which is how bounds are given. */
static const double count_max = 9007199254740992;

/* Longest part of what was typed that a message repeats, in columns. */
enum { SHOWN_MAX = 60 };

static void *member(const struct field *field, void *args)
{
    return (char *)args + field->offset;
}

size_t field_count(const struct field *fields)
{
    size_t n = 0;
    while (fields && fields[n].name)
        n++;
    return n;
}

bool field_is_list(const struct field *field)
{
    return field->type == FIELD_TEXTS || field->type == FIELD_PATHS;
}

/* ---- words about a field ---- */

void field_add_name(const struct field *field, struct text *out)
{
    if (!field->positional) {
        text_printf(out, "--%s", field->name);
        return;
    }
    for (const char *c = field->name; *c; c++)
        text_add_char(out, (char)toupper((unsigned char)*c));
}

static void add_choices(const struct field *field, const char *between, struct text *out)
{
    for (size_t i = 0; field->choices[i]; i++) {
        text_add(out, i ? between : "");
        text_add(out, field->choices[i]);
    }
}

void field_add_value(const struct field *field, struct text *out)
{
    if (field->value) {
        text_add(out, field->value);
        return;
    }
    switch (field->type) {
    case FIELD_COUNT:
        text_add(out, "N");
        break;
    case FIELD_REAL:
        text_add(out, "X");
        break;
    case FIELD_TEXT:
    case FIELD_TEXTS:
        text_add(out, "TEXT");
        break;
    case FIELD_PATH:
    case FIELD_PATHS:
        text_add(out, "FILE");
        break;
    case FIELD_CHOICE:
        add_choices(field, "|", out);
        break;
    case FIELD_FLAG:
        break;
    }
}

/* Bounds that say something: a whole number is at least 0 anyway, and at most count_max. */
static bool has_low(const struct field *field)
{
    return field->type == FIELD_COUNT  ? field->min > 0 || field->max < count_max
           : field->type == FIELD_REAL ? isfinite(field->min)
                                       : false;
}

static bool has_high(const struct field *field)
{
    return field->type == FIELD_COUNT  ? field->max < count_max
           : field->type == FIELD_REAL ? isfinite(field->max)
                                       : false;
}

void field_add_bounds(const struct field *field, struct text *out)
{
    if (has_low(field) && has_high(field))
        text_printf(out, "%.15g to %.15g", field->min, field->max);
    else if (has_low(field))
        text_printf(out, "at least %.15g", field->min);
    else if (has_high(field))
        text_printf(out, "at most %.15g", field->max);
}

static void add_number_wanted(const struct field *field, struct text *out)
{
    text_add(out, field->type == FIELD_COUNT ? "a whole number" : "a number");
    if (has_low(field) && has_high(field))
        text_add(out, " from ");
    else if (has_low(field) || has_high(field))
        text_add(out, " of ");
    field_add_bounds(field, out);
    if (field->unit)
        text_printf(out, " (%s)", field->unit);
}

void field_add_wants(const struct field *field, struct text *out)
{
    switch (field->type) {
    case FIELD_COUNT:
    case FIELD_REAL:
        add_number_wanted(field, out);
        break;
    case FIELD_TEXT:
    case FIELD_TEXTS:
        text_add(out, "a text");
        break;
    case FIELD_PATH:
    case FIELD_PATHS:
        text_add(out, "a file name");
        break;
    case FIELD_CHOICE:
        text_add(out, "one of ");
        add_choices(field, ", ", out);
        break;
    case FIELD_FLAG:
        text_add(out, "yes or no");
        break;
    }
}

static enum status refuse(const struct field *field, const char *got, struct error *err)
{
    struct text message = {0};
    field_add_name(field, &message);
    text_add(&message, " wants ");
    field_add_wants(field, &message);
    text_add(&message, ", not '");
    text_add_visible(&message, got, strlen(got), SHOWN_MAX);
    text_add_char(&message, '\'');
    if (field->type == FIELD_CHOICE) {
        size_t n = 0;
        while (field->choices[n])
            n++;
        const char *near = words_nearest(got, field->choices, n);
        if (near)
            text_printf(&message, "; did you mean '%s'?", near);
    }
    error_set(err, STATUS_USAGE, "%s", message.bytes);
    text_done(&message);
    return STATUS_USAGE;
}

/* ---- one reader per kind of value; false: not such a value ---- */

static bool read_count(const struct field *field, const char *text, void *to)
{
    size_t digits = strspn(text, "0123456789");
    if (!digits || text[digits])
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno || value > (unsigned long long)count_max || (double)value < field->min ||
        (double)value > field->max)
        return false;
    size_t count = (size_t)value;
    memcpy(to, &count, sizeof count);
    return true;
}

static bool read_real(const struct field *field, const char *text, void *to)
{
    /* strtod also takes blanks, hexadecimal, inf and nan. */
    size_t length = strlen(text);
    if (!length || strspn(text, "0123456789+-.eE") != length)
        return false;
    char *end;
    double value = strtod(text, &end);
    if (*end || !isfinite(value) || value < field->min || value > field->max)
        return false;
    memcpy(to, &value, sizeof value);
    return true;
}

static bool read_choice(const struct field *field, const char *text, void *to)
{
    for (int i = 0; field->choices[i]; i++)
        if (strcmp(field->choices[i], text) == 0) {
            memcpy(to, &i, sizeof i);
            return true;
        }
    return false;
}

static bool read_flag(const char *text, void *to)
{
    static const char *const words[] = {"no",    "yes",  "off", "on",
                                        "false", "true", "0",   "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0) {
            bool value = i % 2;
            memcpy(to, &value, sizeof value);
            return true;
        }
    return false;
}

/* Room is a power of two, so the array moves whenever n reaches one. */
static void append(struct texts *list, const char *text, struct arena *arena)
{
    if ((list->n & (list->n - 1)) == 0) {
        size_t room = list->n ? 2 * list->n : 1;
        const char **items = arena_alloc(arena, room * sizeof *items);
        if (list->n)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
    }
    list->items[list->n++] = text;
}

enum status field_parse(const struct field *field, const char *text, void *args,
                        struct arena *arena, struct error *err)
{
    void *to = member(field, args);
    bool fits = true;
    switch (field->type) {
    case FIELD_COUNT:
        fits = read_count(field, text, to);
        break;
    case FIELD_REAL:
        fits = read_real(field, text, to);
        break;
    case FIELD_PATH:
    case FIELD_PATHS:
        fits = *text;
        break;
    case FIELD_CHOICE:
        fits = read_choice(field, text, to);
        break;
    case FIELD_FLAG:
        fits = read_flag(text, to);
        break;
    case FIELD_TEXT:
    case FIELD_TEXTS:
        break;
    }
    if (!fits)
        return refuse(field, text, err);
    if (field_is_list(field))
        append(to, text, arena);
    else if (field->type == FIELD_TEXT || field->type == FIELD_PATH)
        memcpy(to, &text, sizeof text);
    return STATUS_OK;
}

enum status field_reset(const struct field *field, void *args, struct arena *arena,
                        struct error *err)
{
    memset(member(field, args), 0, field->size);
    if (!field->initial || !*field->initial)
        return STATUS_OK;
    return field_parse(field, field->initial, args, arena, err);
}
