/* Held-out accuracy of one linear Bradley-Terry head per attribute on features of
 * "surface".
 *
 * The ratings (JSON Lines with prompt_id, prompt, response and the attributes below) are
 * not part of the project: their file is named by MICROSCOPE_SUMMEVAL, and without it this
 * is skipped. Five splits, 75 % of the prompts for training; all pairs of one prompt with
 * different ratings. Fails below 0.70. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "encode/encoder.h"
#include "io/file.h"
#include "io/json.h"

enum { ATTRIBUTES = 4, SPLITS = 5, STEPS = 12, SKIPPED = 77 };
static const double ridge = 100, wanted = 0.70;
static const char *const attributes[ATTRIBUTES] = {"coherence", "consistency", "fluency",
                                                   "relevance"};

struct rated {
    uint64_t prompt; /* hash of prompt_id */
    double ratings[ATTRIBUTES];
};

static struct {
    struct rated *list;
    size_t n, room;
    float *raw, *rows; /* (n, width) */
    size_t raw_room, width;
    uint64_t *prompts; /* (n_prompts) different ones */
    size_t n_prompts;
} data;

static struct encoder_text text_at(const struct json *json, const char *key)
{
    const char *text = json_text(json_get(json, key));
    return (struct encoder_text){text, text ? strlen(text) : 0};
}

static void add_line(struct encoder *encoder, const struct json *json)
{
    struct encoder_response texts = {text_at(json, "prompt"), text_at(json, "response")};
    struct encoder_text id = text_at(json, "prompt_id");
    MEM_RESERVE(data.list, data.n, data.room);
    struct rated *rated = &data.list[data.n];
    rated->prompt = text_hash(id.bytes, id.length, 0);
    for (size_t a = 0; a < ATTRIBUTES; a++)
        if (!json_number(json_get(json, attributes[a]), &rated->ratings[a]))
            rated->ratings[a] = NAN;
    data.raw = mem_resize(data.raw, (data.n + 1) * data.width * sizeof *data.raw);
    encoder_responses(encoder, &texts, 1, data.raw + data.n * data.width, NULL);
    bool is_new = true;
    for (size_t i = 0; i < data.n_prompts; i++)
        is_new &= data.prompts[i] != rated->prompt;
    data.prompts = mem_resize(data.prompts, (data.n_prompts + 1) * sizeof *data.prompts);
    if (is_new)
        data.prompts[data.n_prompts++] = rated->prompt;
    data.n++;
}

static enum status read_all(struct encoder *encoder, const char *path, struct error *err)
{
    struct source *source = source_open(path, err);
    if (!source)
        return err->status;
    enum status status;
    char *line;
    size_t length;
    while ((status = source_line(source, &line, &length, err)) == STATUS_OK && line) {
        struct json *json = json_parse(line, length, err);
        if (!json) {
            status = err->status;
            break;
        }
        add_line(encoder, json);
        json_free(json);
    }
    source_free(source);
    return status;
}

/* Solves the symmetric positive definite a x = b in place (Cholesky). */
static void solve(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
}

typedef void visit(const double *difference, void *to);

/* Calls `to` for every pair of the attribute on that side of the split, better minus worse.
 */
static void each_pair(const bool *in_training, bool training, size_t attribute,
                      visit *visitor, void *to)
{
    double difference[256];
    for (size_t i = 0; i < data.n; i++)
        for (size_t j = 0; j < data.n && in_training[i] == training; j++) {
            if (data.list[i].prompt != data.list[j].prompt ||
                !(data.list[i].ratings[attribute] > data.list[j].ratings[attribute]))
                continue;
            for (size_t d = 0; d < data.width; d++)
                difference[d] = (double)data.rows[i * data.width + d] -
                                (double)data.rows[j * data.width + d];
            visitor(difference, to);
        }
}

struct newton {
    double *weights, *gradient, *curvature; /* (D), (D), (D, D) */
    size_t n_right, n;
};

static double margin_of(const struct newton *newton, const double *difference)
{
    double margin = 0;
    for (size_t d = 0; d < data.width; d++)
        margin += newton->weights[d] * difference[d];
    return margin;
}

static void add_pair(const double *difference, void *to)
{
    const struct newton *newton = to;
    double p = 1 / (1 + exp(-margin_of(newton, difference)));
    for (size_t d = 0; d < data.width; d++) {
        newton->gradient[d] += (1 - p) * difference[d];
        for (size_t e = 0; e <= d; e++)
            newton->curvature[d * data.width + e] +=
                p * (1 - p) * difference[d] * difference[e];
    }
}

static void judge_pair(const double *difference, void *to)
{
    struct newton *newton = to;
    newton->n_right += margin_of(newton, difference) > 0;
    newton->n++;
}

static double accuracy(const bool *in_training, size_t attribute)
{
    const size_t D = data.width;
    double *block = mem_zero((2 * D + D * D) * sizeof *block);
    struct newton newton = {block, block + D, block + 2 * D, 0, 0};
    for (int step = 0; step < STEPS; step++) {
        memset(newton.gradient, 0, (D + D * D) * sizeof *block);
        for (size_t d = 0; d < D; d++) {
            newton.gradient[d] = -ridge * newton.weights[d];
            newton.curvature[d * D + d] = ridge;
        }
        each_pair(in_training, true, attribute, add_pair, &newton);
        solve(newton.curvature, newton.gradient, D);
        for (size_t d = 0; d < D; d++)
            newton.weights[d] += newton.gradient[d];
    }
    each_pair(in_training, false, attribute, judge_pair, &newton);
    free(block);
    return (double)newton.n_right / (double)newton.n;
}

static double mean_accuracy(struct encoder *encoder, uint64_t seed)
{
    struct rng rng;
    uint32_t *order = mem_alloc(data.n_prompts * sizeof *order);
    uint32_t *training = mem_alloc(data.n * sizeof *training);
    bool *in_training = mem_zero(data.n * sizeof *in_training);
    size_t n_training = 0, bytes = data.n * data.width * sizeof *data.rows;
    for (size_t i = 0; i < data.n_prompts; i++)
        order[i] = (uint32_t)i;
    rng_init(&rng, seed, 0);
    rng_shuffle(&rng, order, data.n_prompts);
    for (size_t i = 0; i < data.n; i++) {
        for (size_t k = 0; k < data.n_prompts * 3 / 4; k++)
            in_training[i] |= data.prompts[order[k]] == data.list[i].prompt;
        if (in_training[i])
            training[n_training++] = (uint32_t)i;
    }
    data.rows = mem_resize(data.rows, bytes);
    memcpy(data.rows, data.raw, bytes);
    encoder_fit(encoder, ENCODER_RESPONSE, data.raw, training, n_training, NULL);
    encoder_standardise(encoder, ENCODER_RESPONSE, data.rows, data.n);
    double sum = 0;
    for (size_t a = 0; a < ATTRIBUTES; a++)
        sum += accuracy(in_training, a) / ATTRIBUTES;
    free(order);
    free(training);
    free(in_training);
    return sum;
}

int main(void)
{
    const char *path = getenv("MICROSCOPE_SUMMEVAL");
    struct error err = {0};
    if (!path)
        return SKIPPED;
    struct encoder *encoder = encoder_open("surface", NULL, NULL);
    data.width = encoder_width(encoder, ENCODER_RESPONSE);
    if (read_all(encoder, path, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.message);
        return status_exit_code(err.status);
    }
    double sum = 0;
    printf("{\"bench\": \"summeval\", \"splits\": [");
    for (uint64_t seed = 0; seed < SPLITS; seed++) {
        double split = mean_accuracy(encoder, seed);
        printf("%s%.4f", seed ? ", " : "", split);
        sum += split / SPLITS;
    }
    printf("], \"accuracy\": %.4f, \"wanted\": %.2f}\n", sum, wanted);
    encoder_free(encoder);
    free(data.list);
    free(data.raw);
    free(data.rows);
    free(data.prompts);
    return sum >= wanted ? 0 : 1;
}
