#include "session/routed.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/corpus.h"
#include "session/effect.h"

/* Marks the prompts of the pairs that count; returns how many there are. */
static size_t mark_prompts(const struct features *features, int attribute, uint8_t *marks)
{
    size_t n = 0;
    effect_mark(features, attribute, marks);
    for (size_t p = 0; p < features->prompt.n_rows; p++)
        n += marks[p];
    return n;
}

/* The marked prompts with the context, encoded in one call, into their rows. */
static enum status encode_marked(struct typed *typed, const struct corpus *corpus,
                                 const uint8_t *marks, size_t n, struct typed_text context,
                                 struct routed *routed, struct error *err)
{
    size_t P = routed->features.prompt.n_rows, Dp = routed->features.prompt.n_columns,
           m = 0;
    struct typed_text *texts = mem_array(n + 1, sizeof *texts);
    float *rows = mem_array(n + 1, Dp * sizeof *rows);
    enum status status = STATUS_OK;
    if (!texts || !rows)
        status = error_set(err, STATUS_NO_MEMORY, "no memory to encode %zu prompts", n);
    for (size_t p = 0; p < P && !status; p++)
        if (marks[p]) {
            const struct passage *prompt = &corpus->prompts.items[p];
            texts[m++] = (struct typed_text){prompt->plain, prompt->length};
        }
    if (!status)
        status = typed_encode_each(typed, texts, n, context, rows, err);
    m = 0;
    for (size_t p = 0; p < P && !status; p++)
        if (marks[p])
            memcpy(routed->rows + p * Dp, rows + m++ * Dp, Dp * sizeof *rows);
    free(texts);
    free(rows);
    return status;
}

/* A copy of the prompts' rows as floats, which takes their place. */
static enum status copy_prompts(struct routed *routed, struct error *err)
{
    struct rows *prompt = &routed->features.prompt;
    size_t P = prompt->n_rows, Dp = prompt->n_columns;
    routed->rows = mem_array(P + 1, Dp * sizeof *routed->rows);
    if (!routed->rows)
        return error_set(err, STATUS_NO_MEMORY, "no memory for the rows of %zu prompts", P);
    for (size_t p = 0; p < P; p++)
        dtype_widen(routed->rows + p * Dp, rows_at(prompt, p, 0), prompt->dtype, Dp);
    *prompt = (struct rows){routed->rows, DTYPE_F32, P, Dp, Dp};
    return STATUS_OK;
}

bool routed_wants_texts(const struct features *features)
{
    struct typed *typed = typed_create(features, &(struct error){0});
    bool wants = typed && !typed_adds_context(typed);
    typed_free(typed);
    return wants;
}

enum status routed_open(struct routed *routed, const struct features *features,
                        const struct corpus *corpus, int attribute,
                        struct typed_text context, const struct encoder_watch *watch,
                        struct error *err)
{
    struct routed made = {.features = *features};
    if (corpus->prompts.n != features->prompt.n_rows)
        return error_set(err, STATUS_SHAPE,
                         "the corpus has %zu prompts, the features have %zu",
                         corpus->prompts.n, features->prompt.n_rows);
    struct typed *typed = typed_open(features, watch, err);
    if (!typed)
        return err->status;
    uint8_t *marks = mem_zero(features->prompt.n_rows + 1);
    enum status status = copy_prompts(&made, err);
    if (!status)
        status =
            encode_marked(typed, corpus, marks, mark_prompts(features, attribute, marks),
                          context, &made, err);
    free(marks);
    typed_free(typed);
    if (status)
        routed_done(&made);
    else
        *routed = made;
    return status;
}

void routed_done(struct routed *routed)
{
    free(routed->rows);
    *routed = (struct routed){0};
}
