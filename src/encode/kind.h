/* What a kind of encoder supplies. encoder.c adds the rest: standardisation, names,
 * settings.
 *
 * `self` is what open returned. Rows are raw: a kind knows nothing of mean and scale, but it may
 * have statistics of its own, which are fitted on raw rows before these and applied first.
 */
#ifndef ENCODE_KIND_H
#define ENCODE_KIND_H

#include <stddef.h>

#include "encode/encoder.h"
#include "encode/standard.h"

enum { KIND_NAME = 64 };

enum kind_choice { CHOICE_SIF = 1, CHOICE_COMPONENT = 2, CHOICE_REMOTE = 4 };

struct encoder_kind {
    const char *name;  /* the whole name, or what it begins with when it ends in ':' */
    const char *label; /* the name for people: "vectors:FILE" */
    unsigned choices;  /* bits of enum kind_choice that it knows */
    /* encoder_adds_context */
    bool (*adds_context)(const void *self);
    /* name: as the user wrote it. NULL on failure. */
    void *(*open)(const char *name, const struct encoder_opening *opening,
                  struct error *err);
    void (*close)(void *self);
    size_t (*width)(const void *self, enum encoder_side side);
    const char *(*feature)(const void *self, enum encoder_side side, size_t index);
    enum scaling (*scaling)(const void *self, enum encoder_side side, size_t index);
    enum status (*prompts)(void *self, const struct encoder_prompt *texts, size_t n,
                           float *out, struct error *err);
    enum status (*responses)(void *self, const struct encoder_response *texts, size_t n,
                             float *out, struct error *err);
    void (*settings)(const void *self,
                     struct json *object); /* adds its own to the object */

    /* Statistics of its own; all three NULL when it never has any. Rows [n, width], finite. `reduces`:
     * whether this one has. */
    bool (*reduces)(const void *self);
    enum status (*fit)(void *self, enum encoder_side side, const float *rows, size_t n,
                       struct error *err);
    void (*reduce)(const void *self, enum encoder_side side, float *rows, size_t n);

    /* encoder_coverage; NULL when it counts no words. */
    size_t (*coverage)(const void *self, struct encoder_coverage *out, size_t room);
    const char *(*warning)(
        const void *self); /* encoder_warning; NULL when it never has one */
};

/* The kind of a name that holds no "+" between kinds, and what its name says behind the kind:
 * NULL with *err filled when there is none of that name. */
const struct encoder_kind *kind_find(const char *name, struct error *err);

/* Length of the first part of a joined name: up to a "+" behind which another kind begins. */
size_t kind_part_length(const char *name);

#endif
