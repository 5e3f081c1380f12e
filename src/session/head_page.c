#include "session/head_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranked.h"
#include "encode/encoder.h"
#include "io/json.h"

/* ---- names ---- */

struct feature_names {
    struct encoder *encoder; /* NULL: there are none */
    struct error missing;
};

struct feature_names *feature_names_open(const struct features *features)
{
    const char *name = json_text(json_get(features->metadata, "encoder"));
    const char *text = json_text(json_get(features->metadata, "encoder.settings"));
    struct feature_names *names = mem_zero(sizeof *names);
    struct error *err = &names->missing;
    if (!name)
        error_set(err, STATUS_NOT_FOUND, "the file does not say which encoder made them");
    else
        names->encoder =
            text ? encoder_reopen(name, text, NULL, err) : encoder_open(name, NULL, err);
    struct encoder *encoder = names->encoder;
    if (encoder && encoder_width(encoder, ENCODER_RESPONSE) != features->chosen.n_columns) {
        error_set(err, STATUS_SHAPE, "encoder '%s' has %zu of them, the file has %zu", name,
                  encoder_width(encoder, ENCODER_RESPONSE), features->chosen.n_columns);
        encoder_free(encoder);
        names->encoder = NULL;
    }
    return names;
}

void feature_names_free(struct feature_names *names)
{
    if (!names)
        return;
    encoder_free(names->encoder);
    free(names);
}

const char *feature_name(const struct feature_names *names, size_t feature)
{
    return names->encoder ? encoder_feature(names->encoder, ENCODER_RESPONSE, feature)
                          : NULL;
}

const char *feature_names_missing(const struct feature_names *names)
{
    return names->encoder ? NULL : names->missing.message;
}

/* ---- ranks ---- */

static void take_indices(struct ranked *ranked, size_t n, uint32_t *out)
{
    qsort(ranked, n, sizeof *ranked, ranked_falling);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint32_t)ranked[i].index;
}

void head_rank_weights(const struct model *model, size_t head, uint32_t *out)
{
    size_t D = model->shape.response_width;
    const float *weights = model->heads + head * D;
    struct ranked *ranked = mem_alloc(D * sizeof *ranked);
    for (size_t d = 0; d < D; d++)
        ranked[d] = (struct ranked){fabs((double)weights[d]), d};
    take_indices(ranked, D, out);
    free(ranked);
}

void head_rank_others(const struct correlation *correlation, size_t head, uint32_t *out)
{
    size_t K = correlation->n_heads, n = 0;
    struct ranked *ranked = mem_alloc(K * sizeof *ranked);
    for (size_t j = 0; j < K; j++)
        if (j != head)
            ranked[n++] = (struct ranked){correlation_at(correlation, head, j), j};
    take_indices(ranked, n, out);
    free(ranked);
}

/* ---- pairs ---- */

/* The positions, by what they are worth, in `order`. */
struct surety {
    const struct features *features;
    const struct predictions *predictions;
    const struct ranked *order;
};

/* Whether two pairs compare the same responses, as when several attributes judged them. */
static bool same_responses(const struct surety *surety, size_t i, size_t j)
{
    const struct features *features = surety->features;
    uint32_t a = surety->predictions->pairs[i], b = surety->predictions->pairs[j];
    return features->pair_chosen[a] == features->pair_chosen[b] &&
           features->pair_rejected[a] == features->pair_rejected[b];
}

/* Up to n positions on one side of 0, from the front for 1 and from the back for -1; of
 * neighbours that compare the same responses the first. */
static size_t take_side(const struct surety *surety, double side, size_t n, uint32_t *out)
{
    size_t count = 0, n_pairs = surety->predictions->n;
    for (size_t i = 0; i < n_pairs && count < n; i++) {
        const struct ranked *at = &surety->order[side > 0 ? i : n_pairs - 1 - i];
        if (side * at->value <= 0)
            break;
        if (!count || !same_responses(surety, at->index, out[count - 1]))
            out[count++] = (uint32_t)at->index;
    }
    return count;
}

void head_find_surest(const struct features *features,
                      const struct predictions *predictions, size_t head, size_t n,
                      struct head_surest *out)
{
    size_t n_pairs = predictions->n, K = predictions->n_heads;
    struct ranked *ranked = mem_alloc((n_pairs + 1) * sizeof *ranked);
    for (size_t i = 0; i < n_pairs; i++)
        ranked[i] = (struct ranked){(double)predictions->margin[i * K + head], i};
    qsort(ranked, n_pairs, sizeof *ranked, ranked_falling);
    struct surety surety = {features, predictions, ranked};
    out->n_right = take_side(&surety, 1, n, out->right);
    out->n_wrong = take_side(&surety, -1, n, out->wrong);
    free(ranked);
}
