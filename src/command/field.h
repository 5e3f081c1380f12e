/* A field: one value of a plain struct, described once.
 *
 * A command's arguments are a struct of the command's own; its fields say how each member
 * is called, typed, bounded and explained. Parsing, help, completion, the manual and the
 * settings form all read the same rows.
 *
 *     struct train_args {
 *         const char *features;
 *         size_t heads;
 *         double alpha;
 *         int router;
 *     };
 *     static const char *const routers[] = {"mlp", "linear", "static", "none", NULL};
 *     static const struct field train_fields[] = {
 *         {.name = "features", .type = FIELD_PATH, .positional = true,
 *          FIELD_AT(struct train_args, features), .help = "features of the pairs"},
 *         {.name = "heads", .type = FIELD_COUNT, FIELD_AT(struct train_args, heads),
 *          .min = 1, .max = 256, .initial = "5", .help = "heads in the mixture"},
 *         {.name = "alpha", .type = FIELD_REAL, FIELD_AT(struct train_args, alpha),
 *          .min = 0, .max = 100, .initial = "0.5", .help = "weight of the entropy term"},
 *         {.name = "router", .type = FIELD_CHOICE, FIELD_AT(struct train_args, router),
 *          .choices = routers, .initial = "mlp", .help = "what weighs the heads"},
 *         {0},
 *     };
 */
#ifndef COMMAND_FIELD_H
#define COMMAND_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "session/held_kind.h"

/* Types, and the C type of the member. */
enum field_type {
    FIELD_COUNT,  /* size_t: a whole number, min <= value <= max <= 2^53 */
    FIELD_REAL,   /* double: finite, min <= value <= max */
    FIELD_TEXT,   /* const char *: borrowed from the command line */
    FIELD_PATH,   /* const char *: the same, not empty; "-" is standard input or output */
    FIELD_CHOICE, /* int: index into choices */
    FIELD_FLAG,   /* bool */
    FIELD_TEXTS,  /* struct texts; a positional one takes all the words left */
    FIELD_PATHS,  /* struct texts: the same, none empty */
};

struct texts {
    const char **items; /* borrowed, as the texts in it */
    size_t n;
};

struct field {
    const char *name; /* lower case, words joined by -: option --name, key name=value */
    enum field_type type;
    size_t offset, size; /* where it lands: FIELD_AT */
    double min, max;     /* COUNT and REAL, inclusive; -HUGE_VAL and HUGE_VAL: no bound */
    const char *const *choices; /* CHOICE, ended by NULL */
    /* Value when it is not given. NULL: it must be given. "" (texts and paths only): it may
     * be left out, and is NULL or 0 items then. */
    const char *initial;
    const char *unit;    /* of the value, for people: "epochs", "nats"; NULL: none */
    const char *help;    /* what it is: a phrase without full stop */
    const char *value;   /* what stands for it in help: "NAME"; NULL: by its type */
    char letter;         /* short name: 'o' for -o; 0: none */
    bool positional;     /* a word in its place instead of an option */
    enum held_kind held; /* a file that may be left out within a session that holds one */
    bool dashed; /* its value may begin with one -, also as the next word: --sort -mean */
};

#define FIELD_AT(type, member)                                                             \
    .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/* Reads one text into the member of args that the field describes; TEXTS and PATHS append
 * it, their array lives in the arena. STATUS_USAGE naming the option, what it wants, and
 * what it got. */
enum status field_parse(const struct field *field, const char *text, void *args,
                        struct arena *arena, struct error *err);

/* Sets the member to the field's initial value, which must be one that field_parse takes (a
 * test walks all rows); clears it when that is NULL or "". */
enum status field_reset(const struct field *field, void *args, struct arena *arena,
                        struct error *err);

size_t field_count(const struct field *fields); /* up to {0}; 0 for NULL */
bool field_is_list(const struct field *field);

/* How the field is called in a message: "--heads", or "FEATURES" for a positional one. */
void field_add_name(const struct field *field, struct text *out);

/* What stands for its value in a usage line: N, X, TEXT, FILE, csv|tsv; nothing for a flag.
 */
void field_add_value(const struct field *field, struct text *out);

/* "1 to 256", "at least 0.5"; nothing without bounds. */
void field_add_bounds(const struct field *field, struct text *out);

/* "a whole number from 1 to 256", "a number of at least 0", "one of csv, tsv", "a file". */
void field_add_wants(const struct field *field, struct text *out);

#endif
