#include "core/predict.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/mixture.h"
#include "io/mapping.h"

const char *const rule_names[] = {"probability", "reward", "logsigmoid", NULL};
const char *const routing_names[] = {"prompt", "context", NULL};

/* Rows, and pairs, of a part of the work. */
enum { PART_ROWS = 256, PART_PAIRS = 1024 };

static size_t n_parts(size_t n, size_t part)
{
    return (n + part - 1) / part;
}

static size_t part_length(size_t n, size_t part, size_t i)
{
    return n - i * part < part ? n - i * part : part;
}

/* Distinct rows that a list of pairs names, and the place of each in the list of them. */
struct needed {
    uint32_t *rows; /* [n] */
    uint32_t *at;   /* [rows of the matrix] place of a row in `rows` */
    size_t n;
};

static void needed_add(struct needed *needed, int32_t row)
{
    if (row >= 0 && needed->at[row] == UINT32_MAX) {
        needed->at[row] = (uint32_t)needed->n;
        needed->rows[needed->n++] = (uint32_t)row;
    }
}

static bool needed_init(struct needed *needed, size_t n_rows)
{
    *needed = (struct needed){.rows = mem_array(n_rows, sizeof *needed->rows),
                              .at = mem_array(n_rows, sizeof *needed->at)};
    if (!needed->rows || !needed->at)
        return false;
    memset(needed->at, 0xff, n_rows * sizeof *needed->at);
    return true;
}

static void needed_done(struct needed *needed)
{
    free(needed->rows);
    free(needed->at);
}

/* Rewards of all heads (and behind them the single one) for the needed rows of one side. */
struct side {
    const struct rows *rows;
    const int32_t *index; /* row of each pair */
    const float *heads;   /* (width, Dr) */
    size_t width;
    struct needed needed;
    float *rewards; /* (needed.n, width) */
};

static enum status reward_part(void *arg, size_t i, struct error *err)
{
    const struct side *side = arg;
    size_t first = i * PART_ROWS;
    return model_rewards(side->heads, side->width, side->rows, side->needed.rows + first,
                         part_length(side->needed.n, PART_ROWS, i),
                         side->rewards + first * side->width, err);
}

static enum status reward_side(struct side *side, const uint32_t *pairs, size_t n,
                               const struct workers *workers, struct error *err)
{
    if (!needed_init(&side->needed, side->rows->n_rows))
        return error_set(err, STATUS_NO_MEMORY, "no memory to list %zu rows",
                         side->rows->n_rows);
    for (size_t i = 0; i < n; i++)
        needed_add(&side->needed, side->index[pairs[i]]);
    side->rewards = mem_array(side->needed.n, side->width * sizeof *side->rewards);
    if (!side->rewards)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu rewards",
                         side->needed.n);
    return workers_run(workers, reward_part, side, n_parts(side->needed.n, PART_ROWS), err);
}

static const float *reward_of(const struct side *side, uint32_t pair)
{
    return side->rewards + side->needed.at[side->index[pair]] * side->width;
}

/* One pair by one rule; > 0 is for chosen. Written so that P > 1/2 loses nothing to
 * rounding: P - 1/2 = sum_k f_k tanh(m_k / 2) / 2. */
static double decide(enum rule rule, const float *log_f, const float *chosen,
                     const float *rejected, size_t K)
{
    double sum = 0;
    for (size_t k = 0; k < K; k++) {
        double f = exp((double)log_f[k]), m = (double)(chosen[k] - rejected[k]);
        if (rule == RULE_PROBABILITY)
            sum += f * tanh(m / 2);
        else if (rule == RULE_REWARD)
            sum += f * m;
        else
            sum += f * ((double)log_sigmoid(chosen[k]) - (double)log_sigmoid(rejected[k]));
    }
    return sum;
}

/* Whether some head's margin is exactly 0. terms: [K] to work in. */
static bool fill_pair(struct predictions *out, size_t i, const float *chosen,
                      const float *rejected, enum rule rule, double *terms)
{
    size_t K = out->n_heads;
    float *margin = out->margin + i * K, *log_f = out->log_weight + i * K;
    uint8_t *right = out->right + i * out->n_predictors;
    double top = -HUGE_VAL, sum = 0;
    bool tie = false;
    for (size_t k = 0; k < K; k++) {
        margin[k] = chosen[k] - rejected[k];
        right[k] = margin[k] > 0;
        tie = tie || margin[k] == 0;
        terms[k] = (double)log_f[k] + (double)log_sigmoid(margin[k]);
        top = terms[k] > top ? terms[k] : top;
    }
    for (size_t k = 0; k < K; k++)
        sum += exp(terms[k] - top);
    out->log_probability[i] = top + log(sum);
    out->probability[i] = exp(out->log_probability[i]);
    right[K] = decide(rule, log_f, chosen, rejected, K) > 0;
    if (out->single_log_probability) {
        float single = chosen[K] - rejected[K];
        right[K + 1] = single > 0;
        out->single_margin[i] = single;
        out->single_log_probability[i] = (double)log_sigmoid(single);
    }
    return tie;
}

/* Deciding pairs, a part at a time. */
struct decision {
    struct predictions *out;
    const struct side *chosen, *rejected;
    enum rule rule;
    atomic_size_t ties;
};

static enum status decide_part(void *arg, size_t part, struct error *err)
{
    struct decision *decision = arg;
    struct predictions *out = decision->out;
    size_t first = part * PART_PAIRS, ties = 0;
    size_t end = first + part_length(out->n, PART_PAIRS, part);
    double *terms = mem_alloc(out->n_heads * sizeof *terms);
    (void)err;
    for (size_t i = first; i < end; i++)
        ties +=
            fill_pair(out, i, reward_of(decision->chosen, out->pairs[i]),
                      reward_of(decision->rejected, out->pairs[i]), decision->rule, terms);
    free(terms);
    atomic_fetch_add(&decision->ties, ties);
    return STATUS_OK;
}

/* The router's log weights of the rows that are needed. */
struct weighing {
    const struct model *model;
    const struct rows *rows;
    struct needed inputs;
    float *log_weight; /* (inputs.n, K) */
};

static enum status weigh_part(void *arg, size_t i, struct error *err)
{
    const struct weighing *weighing = arg;
    size_t first = i * PART_ROWS;
    return model_log_weights(weighing->model, weighing->rows, weighing->inputs.rows + first,
                             part_length(weighing->inputs.n, PART_ROWS, i),
                             weighing->log_weight + first * weighing->model->shape.n_heads,
                             err);
}

/* Weights of the pairs that `index` gives a row of `rows`, and whose other index, where
 * there is one, gives none. */
static enum status weigh(struct predictions *out, struct weighing *weighing,
                         const int32_t *index, const int32_t *other,
                         const struct workers *workers, struct error *err)
{
    size_t K = out->n_heads, n_rows = weighing->rows->n_rows;
    struct needed *inputs = &weighing->inputs;
    if (!needed_init(inputs, n_rows))
        return error_set(err, STATUS_NO_MEMORY, "no memory to list %zu rows", n_rows);
    for (size_t i = 0; i < out->n; i++)
        if (!other || other[out->pairs[i]] < 0)
            needed_add(inputs, index[out->pairs[i]]);
    weighing->log_weight = mem_array(inputs->n, K * sizeof *weighing->log_weight);
    if (!weighing->log_weight)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu weights", inputs->n * K);
    enum status status =
        workers_run(workers, weigh_part, weighing, n_parts(inputs->n, PART_ROWS), err);
    for (size_t i = 0; i < out->n && !status; i++) {
        int32_t row = index[out->pairs[i]];
        if (row >= 0 && (!other || other[out->pairs[i]] < 0))
            memcpy(out->log_weight + i * K, weighing->log_weight + inputs->at[row] * K,
                   K * sizeof *weighing->log_weight);
    }
    return status;
}

static enum status weigh_by(struct predictions *out, const struct model *model,
                            const struct rows *rows, const int32_t *index,
                            const int32_t *other, const struct workers *workers,
                            struct error *err)
{
    struct weighing weighing = {.model = model, .rows = rows};
    enum status status = weigh(out, &weighing, index, other, workers, err);
    free(weighing.log_weight);
    needed_done(&weighing.inputs);
    return status;
}

/* A router that reads nothing has the same weights for every pair. */
static enum status weigh_all_alike(struct predictions *out, const struct model *model,
                                   struct error *err)
{
    size_t K = out->n_heads;
    enum status status = model_log_weights(model, NULL, NULL, 1, out->log_weight, err);
    for (size_t i = 1; i < out->n && !status; i++)
        memcpy(out->log_weight + i * K, out->log_weight, K * sizeof *out->log_weight);
    return status;
}

static enum status weigh_pairs(struct predictions *out, const struct features *features,
                               const struct model *model,
                               const struct predict_options *options, struct error *err)
{
    if (!shape_inputs(&model->shape))
        return weigh_all_alike(out, model, err);
    const int32_t *context =
        options->routing == ROUTE_CONTEXT ? features->pair_context : NULL;
    for (size_t i = 0; i < out->n; i++) {
        uint32_t pair = out->pairs[i];
        if (features->pair_prompt[pair] < 0 && (!context || context[pair] < 0))
            return error_set(err, STATUS_SHAPE, "pair %u has no %s for the router to read",
                             pair, context ? "prompt and no context" : "prompt");
    }
    enum status status = STATUS_OK;
    if (features->prompt.n_rows)
        status = weigh_by(out, model, &features->prompt, features->pair_prompt, context,
                          &options->workers, err);
    if (!status && context && features->context.n_rows)
        status =
            weigh_by(out, model, &features->context, context, NULL, &options->workers, err);
    return status;
}

static enum status check_widths(const struct features *features, const struct model *model,
                                enum routing routing, struct error *err)
{
    const struct shape *shape = &model->shape;
    if (shape->response_width != features->chosen.n_columns)
        return error_set(
            err, STATUS_SHAPE,
            "the model's heads read %zu numbers a response, the features have %zu",
            shape->response_width, features->chosen.n_columns);
    size_t width = routing == ROUTE_CONTEXT && features->context.n_rows
                       ? features->context.n_columns
                       : features->prompt.n_columns;
    if (shape->prompt_width && shape->prompt_width != width)
        return error_set(
            err, STATUS_SHAPE,
            "the model's router reads %zu numbers a prompt, the features have %zu",
            shape->prompt_width, width);
    return STATUS_OK;
}

static bool make_arrays(struct predictions *out, bool has_single)
{
    size_t n = out->n, K = out->n_heads;
    out->margin = mem_array(n, K * sizeof *out->margin);
    out->log_weight = mem_array(n, K * sizeof *out->log_weight);
    out->probability = mem_array(n, sizeof *out->probability);
    out->log_probability = mem_array(n, sizeof *out->log_probability);
    if (has_single) {
        out->single_log_probability = mem_array(n, sizeof *out->single_log_probability);
        out->single_margin = mem_array(n, sizeof *out->single_margin);
    }
    out->right = mem_array(n, out->n_predictors);
    return out->margin && out->log_weight && out->probability && out->log_probability &&
           out->right &&
           (!has_single || (out->single_log_probability && out->single_margin));
}

/* The heads and behind them the single one, as one matrix of `width` rows. */
static float *all_heads(const struct model *model, size_t width)
{
    size_t D = model->shape.response_width, K = model->shape.n_heads;
    float *heads = mem_alloc(width * D * sizeof *heads);
    memcpy(heads, model->heads, K * D * sizeof *heads);
    if (model->single)
        memcpy(heads + K * D, model->single, D * sizeof *heads);
    return heads;
}

/* Rewards of both sides, then every pair's decision. */
static enum status judge(struct predictions *out, const struct features *features,
                         const float *heads, const struct predict_options *options,
                         struct error *err)
{
    const struct workers *workers = &options->workers;
    size_t width = out->n_predictors - 1;
    struct side chosen = {&features->chosen, features->pair_chosen, heads, width};
    struct side rejected = {&features->rejected, features->pair_rejected, heads, width};
    struct decision decision = {out, &chosen, &rejected, options->rule};
    enum status status = reward_side(&chosen, out->pairs, out->n, workers, err);
    if (!status)
        status = reward_side(&rejected, out->pairs, out->n, workers, err);
    if (!status)
        status =
            workers_run(workers, decide_part, &decision, n_parts(out->n, PART_PAIRS), err);
    out->ties = decision.ties;
    free(chosen.rewards);
    free(rejected.rewards);
    needed_done(&chosen.needed);
    needed_done(&rejected.needed);
    return status;
}

enum status predictions_make(struct predictions *out, const struct features *features,
                             const struct model *model, const uint32_t *pairs, size_t n,
                             struct predict_options options, struct error *err)
{
    if (check_widths(features, model, options.routing, err))
        return err->status;
    size_t K = model->shape.n_heads, width = K + (model->single != NULL);
    struct predictions made = {
        .n = n, .pairs = pairs, .n_heads = K, .n_predictors = width + 1};
    float *heads = all_heads(model, width);
    enum status status =
        make_arrays(&made, model->single != NULL)
            ? weigh_pairs(&made, features, model, &options, err)
            : error_set(err, STATUS_NO_MEMORY, "no memory to predict %zu pairs", n);
    if (!status)
        status = judge(&made, features, heads, &options, err);
    free(heads);
    if (!status)
        status = mapping_check(err);
    if (status == STATUS_CANCELLED)
        error_set(err, status, "predicting %zu pairs was stopped", n);
    if (status)
        predictions_done(&made);
    else
        *out = made;
    return status;
}

enum status predictions_of_margins(struct predictions *out, const uint32_t *pairs, size_t n,
                                   size_t n_heads, const float *margin,
                                   const float *log_weight, struct error *err)
{
    struct predictions made = {
        .n = n, .pairs = pairs, .n_heads = n_heads, .n_predictors = n_heads + 1};
    if (!make_arrays(&made, false)) {
        predictions_done(&made);
        return error_set(err, STATUS_NO_MEMORY, "no memory to predict %zu pairs", n);
    }
    memcpy(made.log_weight, log_weight, n * n_heads * sizeof *log_weight);
    float *nothing = mem_zero(n_heads * sizeof *nothing);
    double *terms = mem_alloc(n_heads * sizeof *terms);
    for (size_t i = 0; i < n; i++)
        made.ties +=
            fill_pair(&made, i, margin + i * n_heads, nothing, RULE_PROBABILITY, terms);
    free(terms);
    free(nothing);
    *out = made;
    return STATUS_OK;
}

enum status predictions_begin(struct predictions *out, const struct model *model,
                              const uint32_t *pairs, size_t n, struct error *err)
{
    size_t K = model->shape.n_heads, width = K + (model->single != NULL);
    struct predictions made = {
        .n = n, .pairs = pairs, .n_heads = K, .n_predictors = width + 1};
    if (!make_arrays(&made, model->single != NULL)) {
        predictions_done(&made);
        return error_set(err, STATUS_NO_MEMORY, "no memory to predict %zu pairs", n);
    }
    *out = made;
    return STATUS_OK;
}

/* What `of` says of its pairs becomes what *out says of those from `first` on. */
static void put(struct predictions *out, size_t first, const struct predictions *of)
{
    size_t n = of->n, K = of->n_heads, width = of->n_predictors;
    assert(of->margin && of->log_weight);
    memcpy(out->margin + first * K, of->margin, n * K * sizeof *of->margin);
    memcpy(out->log_weight + first * K, of->log_weight, n * K * sizeof *of->log_weight);
    memcpy(out->probability + first, of->probability, n * sizeof *of->probability);
    memcpy(out->log_probability + first, of->log_probability,
           n * sizeof *of->log_probability);
    memcpy(out->right + first * width, of->right, n * width);
    if (of->single_margin) {
        memcpy(out->single_margin + first, of->single_margin,
               n * sizeof *of->single_margin);
        memcpy(out->single_log_probability + first, of->single_log_probability,
               n * sizeof *of->single_log_probability);
    }
    out->ties += of->ties;
}

enum status predictions_fill(struct predictions *out, const struct features *features,
                             const struct model *model, size_t first, size_t n,
                             struct predict_options options, struct error *err)
{
    struct predictions slice = {0};
    enum status status =
        predictions_make(&slice, features, model, out->pairs + first, n, options, err);
    if (status)
        return status;
    put(out, first, &slice);
    predictions_done(&slice);
    return STATUS_OK;
}

enum status predictions_copy(struct predictions *out, const struct predictions *of,
                             const uint32_t *pairs, struct error *err)
{
    struct predictions made = {.n = of->n,
                               .pairs = pairs,
                               .n_heads = of->n_heads,
                               .n_predictors = of->n_predictors};
    if (!make_arrays(&made, of->single_margin != NULL)) {
        predictions_done(&made);
        return error_set(err, STATUS_NO_MEMORY,
                         "no memory to copy the figures of %zu pairs", of->n);
    }
    put(&made, 0, of);
    *out = made;
    return STATUS_OK;
}

double predictions_nll(const struct predictions *predictions)
{
    double nll = 0;
    for (size_t i = 0; i < predictions->n; i++)
        nll -= predictions->log_probability[i] / (double)predictions->n;
    return nll;
}

void predictions_done(struct predictions *predictions)
{
    free(predictions->margin);
    free(predictions->log_weight);
    free(predictions->probability);
    free(predictions->log_probability);
    free(predictions->single_log_probability);
    free(predictions->single_margin);
    free(predictions->right);
    *predictions = (struct predictions){0};
}
