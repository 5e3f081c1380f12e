#include "core/contexts.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

struct contexts {
    size_t width, n;
    struct near_context *items; /* [n]; the cosine is not used */
    float *parts;               /* (n, width) of length 1 */
};

/* A context row and the hash of its part. */
struct candidate {
    uint64_t hash;
    uint32_t row;
};

/* What pairs say about each context row. */
struct use {
    uint32_t pair, n_pairs;
};

struct builder {
    const struct features *features;
    struct use *uses;             /* [Q] */
    struct candidate *candidates; /* [Q] */
    size_t n_candidates;
    float *prompt, *part; /* [Dp] */
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* builder->part becomes that of a row; returns its length. */
static double read_part(struct builder *builder, uint32_t row)
{
    const struct features *features = builder->features;
    const struct rows *context = &features->context, *prompt = &features->prompt;
    size_t width = context->n_columns;
    int32_t prompt_row = features->pair_prompt[builder->uses[row].pair];
    double squares = 0;
    dtype_widen(builder->part, rows_at(context, row, 0), context->dtype, width);
    dtype_widen(builder->prompt, rows_at(prompt, (size_t)prompt_row, 0), prompt->dtype,
                width);
    for (size_t d = 0; d < width; d++) {
        builder->part[d] -= builder->prompt[d];
        squares += (double)builder->part[d] * (double)builder->part[d];
    }
    return sqrt(squares);
}

static void count_uses(struct builder *builder)
{
    const struct features *features = builder->features;
    for (size_t i = 0; i < features->n_pairs; i++) {
        int32_t row = features->pair_context[i];
        if (row < 0 || features->pair_prompt[i] < 0)
            continue;
        struct use *use = &builder->uses[row];
        if (!use->n_pairs++)
            use->pair = (uint32_t)i;
    }
}

static enum status list_candidates(struct builder *builder, struct error *err)
{
    size_t bytes = builder->features->context.n_columns * sizeof(float);
    for (uint32_t row = 0; row < builder->features->context.n_rows; row++) {
        if (!builder->uses[row].n_pairs)
            continue;
        double length = read_part(builder, row);
        if (!isfinite(length))
            return error_set(err, STATUS_NUMERIC,
                             "context row %u of the features, or its prompt's row, holds "
                             "NaN or infinity",
                             row);
        if (length > 0)
            builder->candidates[builder->n_candidates++] =
                (struct candidate){text_hash((const char *)builder->part, bytes, 0), row};
    }
    qsort(builder->candidates, builder->n_candidates, sizeof *builder->candidates,
          compare_candidates);
    return STATUS_OK;
}

/* Adds what one row knows to the context that it is. */
static void add_row(const struct builder *builder, struct near_context *item, uint32_t row)
{
    const struct use *use = &builder->uses[row];
    if (!item->n_pairs || use->pair < item->pair) {
        item->row = row;
        item->pair = use->pair;
        item->attribute = builder->features->pair_attribute[use->pair];
    }
    item->n_pairs += use->n_pairs;
}

static enum status keep_distinct(struct builder *builder, struct contexts *contexts,
                                 struct error *err)
{
    const struct candidate *candidates = builder->candidates;
    size_t n = 0, width = contexts->width;
    for (size_t c = 0; c < builder->n_candidates; c++)
        n += c == 0 || candidates[c].hash != candidates[c - 1].hash;
    contexts->items = mem_array(n, sizeof *contexts->items);
    contexts->parts = mem_array(n, width * sizeof *contexts->parts);
    if (!contexts->items || !contexts->parts)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu contexts", n);
    for (size_t c = 0; c < builder->n_candidates; c++) {
        if (c == 0 || candidates[c].hash != candidates[c - 1].hash) {
            double length = read_part(builder, candidates[c].row);
            float *part = contexts->parts + contexts->n++ * width;
            for (size_t d = 0; d < width; d++)
                part[d] = (float)((double)builder->part[d] / length);
        }
        add_row(builder, &contexts->items[contexts->n - 1], candidates[c].row);
    }
    return STATUS_OK;
}

struct contexts *contexts_create(const struct features *features, struct error *err)
{
    size_t Q = features->context.n_rows, width = features->context.n_columns;
    struct contexts *contexts = mem_zero(sizeof *contexts);
    contexts->width = width;
    struct builder builder = {
        .features = features,
        .uses = mem_array(Q, sizeof *builder.uses),
        .candidates = mem_array(Q, sizeof *builder.candidates),
        .prompt = mem_array(width, sizeof *builder.prompt),
        .part = mem_array(width, sizeof *builder.part),
    };
    enum status status =
        builder.uses && builder.candidates && builder.prompt && builder.part
            ? STATUS_OK
            : error_set(err, STATUS_NO_MEMORY, "no memory to list %zu contexts", Q);
    if (!status) {
        count_uses(&builder);
        status = list_candidates(&builder, err);
    }
    if (!status)
        status = keep_distinct(&builder, contexts, err);
    free(builder.uses);
    free(builder.candidates);
    free(builder.prompt);
    free(builder.part);
    if (!status)
        return contexts;
    contexts_free(contexts);
    return NULL;
}

void contexts_free(struct contexts *contexts)
{
    if (!contexts)
        return;
    free(contexts->items);
    free(contexts->parts);
    free(contexts);
}

size_t contexts_count(const struct contexts *contexts)
{
    return contexts->n;
}

const struct near_context *contexts_items(const struct contexts *contexts)
{
    return contexts->items;
}

/* Puts an item into the list of the nearest so far, which is sorted and has room for it. */
static size_t insert(struct near_context *list, size_t n, size_t most,
                     struct near_context item)
{
    size_t at = n;
    while (at && list[at - 1].cosine < item.cosine)
        at--;
    if (at == most)
        return n;
    n = n < most ? n + 1 : n;
    for (size_t i = n - 1; i > at; i--)
        list[i] = list[i - 1];
    list[at] = item;
    return n;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

size_t contexts_nearest(const struct contexts *contexts, const float *part, size_t most,
                        struct near_context *out)
{
    size_t width = contexts->width, n = 0;
    double length = sqrt(dot(part, part, width));
    if (!(length > 0) || !isfinite(length))
        return 0;
    for (size_t c = 0; c < contexts->n; c++) {
        struct near_context item = contexts->items[c];
        item.cosine = dot(contexts->parts + c * width, part, width) / length;
        n = insert(out, n, most, item);
    }
    return n;
}
