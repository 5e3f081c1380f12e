#include "session/effect.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/corpus.h"

struct effect *effect_of_part(float *part, size_t width)
{
    struct effect *effect = mem_zero(sizeof *effect);
    effect->width = width;
    effect->part = part;
    atomic_init(&effect->count, 1);
    return effect;
}

/* The mean of what the context did to the prompts that were read with it. */
static void find_part(const struct rows *prompts, struct effect *effect)
{
    size_t width = effect->width;
    double *sum = mem_zero((width + 1) * sizeof *sum);
    float *alone = mem_alloc((width + 1) * sizeof *alone);
    for (size_t i = 0; i < effect->n; i++) {
        dtype_widen(alone, rows_at(prompts, effect->prompts[i], 0), prompts->dtype, width);
        for (size_t d = 0; d < width; d++)
            sum[d] += (double)effect->rows[i * width + d] - (double)alone[d];
    }
    for (size_t d = 0; d < width; d++)
        effect->part[d] = (float)(sum[d] / (double)effect->n);
    free(alone);
    free(sum);
}

struct effect *effect_of_rows(const struct features *features, uint32_t *prompts,
                              float *rows, size_t n)
{
    size_t width = features->prompt.n_columns;
    struct effect *effect = effect_of_part(mem_alloc((width + 1) * sizeof(float)), width);
    effect->n = n;
    effect->prompts = prompts;
    effect->rows = rows;
    find_part(&features->prompt, effect);
    return effect;
}

struct effect *effect_ref(struct effect *effect)
{
    if (effect)
        atomic_fetch_add(&effect->count, 1);
    return effect;
}

void effect_unref(struct effect *effect)
{
    if (!effect || atomic_fetch_sub(&effect->count, 1) > 1)
        return;
    free(effect->part);
    free(effect->prompts);
    free(effect->rows);
    free(effect);
}

/* ---- reading ---- */

static int by_prompt(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The row of a prompt that was read with the context; NULL: it was not. */
static const float *find_row(const struct effect *effect, uint32_t prompt)
{
    const uint32_t *found =
        effect && effect->n
            ? bsearch(&prompt, effect->prompts, effect->n, sizeof prompt, by_prompt)
            : NULL;
    return found ? effect->rows + (size_t)(found - effect->prompts) * effect->width : NULL;
}

bool effect_has(const struct effect *effect, uint32_t prompt)
{
    return effect && (!effect->n || find_row(effect, prompt));
}

void effect_write(const struct effect *effect, const struct features *features,
                  uint32_t prompt, float *out)
{
    const struct rows *prompts = &features->prompt;
    const float *row = find_row(effect, prompt);
    if (row) {
        memcpy(out, row, effect->width * sizeof *out);
        return;
    }
    dtype_widen(out, rows_at(prompts, prompt, 0), prompts->dtype, effect->width);
    for (size_t d = 0; d < effect->width; d++)
        out[d] += effect->part[d];
}

void effect_mark(const struct features *features, int attribute, uint8_t *marks)
{
    for (size_t i = 0; i < features->n_pairs; i++) {
        int32_t split = features->pair_split[i], prompt = features->pair_prompt[i];
        if ((split == SPLIT_TRAIN || split == SPLIT_TEST) && prompt >= 0 &&
            (attribute < 0 || features->pair_attribute[i] == attribute))
            marks[prompt] = 1;
    }
}

size_t effect_list(const struct features *features, const uint8_t *marks, uint32_t *prompts)
{
    size_t n = 0;
    for (size_t p = 0; p < features->prompt.n_rows; p++)
        if (marks[p])
            prompts[n++] = (uint32_t)p;
    return n;
}

/* ---- making ---- */

static struct effect *encode_part(struct typed *typed, struct typed_text context,
                                  struct error *err)
{
    size_t width = typed_width(typed);
    float *part = mem_alloc((width + 1) * sizeof *part);
    if (!typed_context_part(typed, context, part, err))
        return effect_of_part(part, width);
    free(part);
    return NULL;
}

/* The prompts that were not read before, in one call, into their rows. */
static enum status encode_rows(struct typed *typed, const struct effect_wish *wish,
                               float *out, struct error *err)
{
    size_t width = typed_width(typed), m = 0;
    struct typed_text *texts = mem_array(wish->n, sizeof *texts);
    float *rows = mem_array(wish->n, width * sizeof *rows);
    enum status status = STATUS_OK;
    if (!texts || !rows)
        status =
            error_set(err, STATUS_NO_MEMORY, "no memory to encode %zu prompts", wish->n);
    for (size_t i = 0; i < wish->n && !status; i++) {
        const float *known = find_row(wish->before, wish->prompts[i]);
        const struct passage *prompt = &wish->corpus->prompts.items[wish->prompts[i]];
        if (known)
            memcpy(out + i * width, known, width * sizeof *known);
        else
            texts[m++] = (struct typed_text){prompt->plain, prompt->length};
    }
    if (!status && m)
        status = typed_encode_each(typed, texts, m, wish->context, rows, err);
    m = 0;
    for (size_t i = 0; i < wish->n && !status; i++)
        if (!find_row(wish->before, wish->prompts[i]))
            memcpy(out + i * width, rows + m++ * width, width * sizeof *rows);
    free(texts);
    free(rows);
    return status;
}

static enum status check_wish(struct typed *typed, const struct effect_wish *wish,
                              struct error *err)
{
    if (!wish->corpus)
        return typed_context_part(typed, wish->context, NULL, err);
    if (wish->corpus->prompts.n != wish->features->prompt.n_rows)
        return error_set(err, STATUS_SHAPE,
                         "the corpus has %zu prompts, the features have %zu",
                         wish->corpus->prompts.n, wish->features->prompt.n_rows);
    return wish->n ? STATUS_OK
                   : error_set(err, STATUS_SHAPE,
                               "there is no prompt to read the context with");
}

struct effect *effect_encode(struct typed *typed, const struct effect_wish *wish,
                             struct error *err)
{
    if (typed_adds_context(typed))
        return encode_part(typed, wish->context, err);
    if (check_wish(typed, wish, err))
        return NULL;
    float *rows = mem_array(wish->n, typed_width(typed) * sizeof *rows);
    enum status status =
        rows ? encode_rows(typed, wish, rows, err)
             : error_set(err, STATUS_NO_MEMORY, "no memory for %zu prompts", wish->n);
    if (status) {
        free(rows);
        return NULL;
    }
    uint32_t *prompts = mem_alloc(wish->n * sizeof *prompts);
    memcpy(prompts, wish->prompts, wish->n * sizeof *prompts);
    return effect_of_rows(wish->features, prompts, rows, wish->n);
}
