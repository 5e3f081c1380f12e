/* What the encoders that pool vectors of words have in common: a text is a row of D numbers,
 * whatever it is the text of.
 *
 *     prompt side     [2 D]: the prompt, then the context (0 when there is none)
 *     response side   [D]: the response
 *
 * So the row of a prompt with a context is the sum of the prompt's and one of the context alone.
 * On demand the first principal component of the training rows is taken out of each of the three
 * blocks (component.h); it is kept in the settings.
 *
 * A struct pooled is the first member of such an encoder's own struct; the functions below stand in
 * its struct encoder_kind as they are.
 */
#ifndef ENCODE_POOLED_H
#define ENCODE_POOLED_H

#include "encode/kind.h"

enum pooled_block { POOLED_PROMPT, POOLED_CONTEXT, POOLED_RESPONSE, POOLED_BLOCKS };

struct pooled {
    size_t dimension; /* D */
    /* row [D] of a text, in place of what stands there; finite. */
    void (*pool)(void *self, struct encoder_text text, float *row);
    bool removes_component;
    float *components[POOLED_BLOCKS]; /* [D] each; NULL: not fitted */
    char (*names)[48];         /* (3 D): prompt.LABEL.0 ... context.LABEL.0 ... LABEL.0 */
    size_t n_words, n_unknown; /* counted by pool */
};

/* dimension and pool are set. label: of the features' names. Reads the components from the settings;
 * on failure pooled_done is still due. */
enum status pooled_open(struct pooled *pooled, const char *label,
                        const struct encoder_opening *opening, struct error *err);
void pooled_done(struct pooled *pooled);

/* self: a struct that begins with a struct pooled. */
bool pooled_adds_context(const void *self);
size_t pooled_width(const void *self, enum encoder_side side);
const char *pooled_feature(const void *self, enum encoder_side side, size_t index);
enum scaling pooled_scaling(const void *self, enum encoder_side side, size_t index);
enum status pooled_prompts(void *self, const struct encoder_prompt *texts, size_t n,
                           float *out, struct error *err);
enum status pooled_responses(void *self, const struct encoder_response *texts, size_t n,
                             float *out, struct error *err);
bool pooled_reduces(const void *self);
enum status pooled_fit(void *self, enum encoder_side side, const float *rows, size_t n,
                       struct error *err);
void pooled_reduce(const void *self, enum encoder_side side, float *rows, size_t n);
size_t pooled_coverage(const void *self, struct encoder_coverage *out, size_t room);
void pooled_settings(const struct pooled *pooled, struct json *object);

#endif
