/* The methods that weigh heads by the labelled pairs of each group. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/drm.h"
#include "core/hyre.h"
#include "core/logistic.h"
#include "core/predict.h"
#include "core/weigh.h"
#include "session/comparing_inside.h"

enum { RANDOM_HEADS = 100 };

/* ---- reweighting ---- */

struct reweighting {
    const float *heads;
    size_t n_heads;
    enum hyre_loss loss;
    bool standardise, mixes_probabilities;

    float *asked, *labels;    /* margins */
    float *chosen, *rejected; /* rewards of the labelled pairs; only to standardise */
    double *weights, *scale;  /* (groups, n_heads) */
};

static enum status reward_labels(const struct comparing *comparing,
                                 struct reweighting *work, struct error *err)
{
    const struct budget *budget = &comparing->now.budget;
    const struct features *test = comparing->test;
    size_t n = budget->n, K = work->n_heads;
    work->chosen = mem_array(n + 1, K * sizeof *work->chosen);
    work->rejected = mem_array(n + 1, K * sizeof *work->rejected);
    if (!work->chosen || !work->rejected)
        return error_set(err, STATUS_NO_MEMORY, "no memory for the rewards of %zu pairs",
                         n);
    uint32_t *rows = mem_alloc((n + 1) * sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)test->pair_chosen[budget->pairs[i]];
    enum status status =
        model_rewards(work->heads, K, &test->chosen, rows, n, work->chosen, err);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)test->pair_rejected[budget->pairs[i]];
    if (!status)
        status =
            model_rewards(work->heads, K, &test->rejected, rows, n, work->rejected, err);
    free(rows);
    return status;
}

static void weigh_group(const struct comparing *comparing, struct reweighting *work,
                        size_t group)
{
    const struct budget *budget = &comparing->now.budget;
    size_t begin = budget->start[group], n = budget->start[group + 1] - begin;
    size_t K = work->n_heads;
    double *scale = work->scale + group * K;
    for (size_t k = 0; k < K; k++)
        scale[k] = 1;
    if (work->standardise && n)
        hyre_scales(work->chosen + begin * K, work->rejected + begin * K, n, K, scale);
    struct hyre_labels labels = {n, K, work->labels + begin * K, scale};
    hyre_weights(&labels, work->loss, comparing->options.temperature,
                 work->weights + group * K);
}

/* P > 1/2 loses nothing to rounding: P - 1/2 = sum_k w_k tanh(m_k / 2) / 2. */
static double mix_probabilities(const double *weights, const double *scale,
                                const float *margin, size_t K)
{
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += weights[k] * tanh((double)margin[k] / scale[k] / 2);
    return sum;
}

static void decide(struct comparing *comparing, const struct reweighting *work)
{
    struct comparing_run *now = &comparing->now;
    size_t K = work->n_heads;
    for (size_t i = 0; i < now->n_asked; i++) {
        size_t at = (size_t)comparing_group(comparing, i) * K;
        const double *weights = work->weights + at, *scale = work->scale + at;
        const float *margin = work->asked + i * K;
        double lead = work->mixes_probabilities
                          ? mix_probabilities(weights, scale, margin, K)
                          : hyre_decide(weights, scale, margin, K);
        now->right[i] = lead > 0;
    }
}

static enum status reweigh(struct comparing *comparing, struct reweighting *work,
                           bool *done, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    size_t K = work->n_heads, G = comparing->groups.n;
    enum status status = STATUS_OK;
    work->asked = comparing_margins(&now->asked_rows, work->heads, K, err);
    work->labels = comparing_margins(&now->label_rows, work->heads, K, err);
    work->weights = mem_alloc((G * K + 1) * sizeof *work->weights);
    work->scale = mem_alloc((G * K + 1) * sizeof *work->scale);
    if (!work->asked || !work->labels)
        status = STATUS_NO_MEMORY;
    else if (work->standardise)
        status = reward_labels(comparing, work, err);
    for (size_t g = 0; g < G && !status; g++)
        weigh_group(comparing, work, g);
    if (!status)
        decide(comparing, work);
    void *const arrays[] = {work->asked,    work->labels,  work->chosen,
                            work->rejected, work->weights, work->scale};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    *done = true;
    return status;
}

METHOD_STEP(method_hyre)
{
    struct reweighting work = {.heads = comparing->now.ensemble,
                               .n_heads = comparing->options.n_heads,
                               .loss = comparing->options.loss,
                               .standardise = comparing->options.standardise};
    return reweigh(comparing, &work, done, err);
}

METHOD_STEP(method_micro_hyre)
{
    const struct model *mixture = &comparing->now.mixture;
    struct reweighting work = {.heads = mixture->heads,
                               .n_heads = mixture->shape.n_heads,
                               .loss = comparing->options.loss,
                               .standardise = comparing->options.standardise,
                               .mixes_probabilities = true};
    return reweigh(comparing, &work, done, err);
}

/* Heads of no training, standardised as DRM does. */
static enum status reweigh_directions(struct comparing *comparing, const float *heads,
                                      size_t n_heads, bool *done, struct error *err)
{
    struct reweighting work = {
        .heads = heads, .n_heads = n_heads, .loss = HYRE_SUM, .standardise = true};
    return reweigh(comparing, &work, done, err);
}

METHOD_STEP(method_drm)
{
    if (!comparing->pca.n_components) {
        struct gram_pairs pairs = {comparing->train, division_train(&comparing->division)};
        struct gram_source source = gram_of_pairs(&pairs);
        enum status made = pca_make(&comparing->pca, &source, comparing->options.components,
                                    true, comparing->team, comparing->options.cancel, err);
        return comparing_blame(comparing->options.train_name, made, err);
    }
    size_t n = 2 * comparing->pca.n_components;
    float *heads = mem_alloc(n * comparing->pca.width * sizeof *heads);
    drm_heads(&comparing->pca, heads);
    enum status status = reweigh_directions(comparing, heads, n, done, err);
    free(heads);
    return status;
}

static enum status reweigh_random(struct comparing *comparing, enum drm_random kind,
                                  bool *done, struct error *err)
{
    size_t D = comparing->test->chosen.n_columns;
    float *heads = mem_alloc(RANDOM_HEADS * D * sizeof *heads);
    drm_random_heads(kind, RANDOM_HEADS, D, comparing->now.seed, heads);
    enum status status = reweigh_directions(comparing, heads, RANDOM_HEADS, done, err);
    free(heads);
    return status;
}

METHOD_STEP(method_drm_uniform)
{
    return reweigh_random(comparing, DRM_UNIFORM, done, err);
}

METHOD_STEP(method_drm_gaussian)
{
    return reweigh_random(comparing, DRM_GAUSSIAN, done, err);
}

/* ---- MaxMin ---- */

/* A group goes to the head that its labelled pairs are likeliest under; without any, its pairs are
 * decided by the heads' shares of the training pairs. */
static enum status decide_by_clusters(struct comparing *comparing, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    const struct hard_em *em = now->hard_em;
    const struct budget *budget = &now->budget;
    size_t K = hard_em_count(em), G = comparing->groups.n;
    float *asked = comparing_margins(&now->asked_rows, hard_em_heads(em), K, err);
    float *labels = comparing_margins(&now->label_rows, hard_em_heads(em), K, err);
    double *weights = mem_zero((G * K + 1) * sizeof *weights);
    enum status status = asked && labels ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t g = 0; g < G && !status; g++) {
        size_t best = 0;
        double most = -HUGE_VAL;
        for (size_t k = 0; k < K; k++) {
            double fit = 0;
            for (size_t i = budget->start[g]; i < budget->start[g + 1]; i++)
                fit += log_logistic((double)labels[i * K + k]);
            best = fit > most ? k : best;
            most = fmax(most, fit);
            weights[g * K + k] = hard_em_proportions(em)[k];
        }
        for (size_t k = 0; k < K && budget->start[g + 1] > budget->start[g]; k++)
            weights[g * K + k] = k == best;
    }
    for (size_t i = 0; i < now->n_asked && !status; i++) {
        const double *w = weights + (size_t)comparing_group(comparing, i) * K;
        double lead = 0;
        for (size_t k = 0; k < K; k++)
            lead += w[k] * tanh((double)asked[i * K + k] / 2);
        now->right[i] = lead > 0;
    }
    free(weights);
    free(labels);
    free(asked);
    return status;
}

METHOD_STEP(method_maxmin)
{
    struct comparing_run *now = &comparing->now;
    struct hard_em_options options =
        hard_em_defaults(comparing->options.n_heads, now->seed);
    options.cancel = comparing->options.cancel;
    if (!comparing->clusters.of_pair)
        return error_set(err, STATUS_SHAPE,
                         "nothing says which training pairs belong together: no users, "
                         "contexts or attributes");
    if (!now->hard_em) {
        now->hard_em = hard_em_create(&comparing->pairs, comparing->cluster,
                                      comparing->clusters.n, &options, err);
        return now->hard_em ? STATUS_OK : err->status;
    }
    if (!hard_em_finished(now->hard_em))
        return hard_em_step(now->hard_em, err);
    enum status status = decide_by_clusters(comparing, err);
    hard_em_free(now->hard_em);
    now->hard_em = NULL;
    *done = true;
    return status;
}

/* ---- the weight rules and controls of weigh.h ---- */

static enum weigh_rule rule_of(int method)
{
    return (enum weigh_rule)(method - METHOD_HEDGE + WEIGH_HEDGE);
}

struct ruling {
    bool reads_heads, reads_single;
    struct predictions
        labels; /* of the labelled pairs, routed by context where there is one */
    float *asked, *single_asked, *single_labels; /* margins */
    double *prior;
};

static enum status read_heads(struct ruling *ruling, const struct comparing *comparing,
                              struct error *err)
{
    const struct comparing_run *now = &comparing->now;
    struct model bare = now->mixture;
    size_t K = bare.shape.n_heads;
    bare.single = NULL;
    ruling->prior = mem_alloc(K * sizeof *ruling->prior);
    enum status status = predictions_make(
        &ruling->labels, comparing->test, &bare, now->budget.pairs, now->budget.n,
        (struct predict_options){RULE_PROBABILITY, ROUTE_CONTEXT}, err);
    if (status)
        return status;
    ruling->asked = comparing_margins(&now->asked_rows, bare.heads, K, err);
    return ruling->asked ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status ruling_init(struct ruling *ruling, const struct comparing *comparing,
                               struct error *err)
{
    const struct comparing_run *now = &comparing->now;
    enum weigh_rule rule = rule_of(comparing->method);
    *ruling = (struct ruling){.reads_heads = rule <= WEIGH_EM_RESIDUAL,
                              .reads_single = WEIGH_READS_SINGLE(rule)};
    if (ruling->reads_heads)
        return read_heads(ruling, comparing, err);
    if (!ruling->reads_single)
        return STATUS_OK;
    ruling->single_asked = comparing_margins(&now->asked_rows, now->single.heads, 1, err);
    ruling->single_labels = comparing_margins(&now->label_rows, now->single.heads, 1, err);
    return ruling->single_asked && ruling->single_labels ? STATUS_OK : STATUS_NO_MEMORY;
}

static void ruling_done(struct ruling *ruling)
{
    predictions_done(&ruling->labels);
    free(ruling->asked);
    free(ruling->single_asked);
    free(ruling->single_labels);
    free(ruling->prior);
}

/* Mean weights of the router over the group's labelled pairs: what is believed before. */
static void average_weights(struct ruling *ruling, size_t begin, size_t end)
{
    size_t K = ruling->labels.n_heads;
    double sum = 0;
    memset(ruling->prior, 0, K * sizeof *ruling->prior);
    for (size_t i = begin; i < end; i++)
        for (size_t k = 0; k < K; k++)
            ruling->prior[k] += exp((double)ruling->labels.log_weight[i * K + k]);
    for (size_t k = 0; k < K; k++)
        sum += ruling->prior[k];
    for (size_t k = 0; k < K; k++)
        ruling->prior[k] /= sum;
}

/* The group's labels, as far as the rule reads them. */
static struct weigh_labels labels_of(struct comparing *comparing, struct ruling *ruling,
                                     size_t group)
{
    struct comparing_run *now = &comparing->now;
    size_t K = ruling->reads_heads ? ruling->labels.n_heads : 0, D = now->label_rows.width;
    size_t begin = now->budget.start[group], end = now->budget.start[group + 1];
    struct weigh_labels labels = {.n = end - begin,
                                  .n_heads = K,
                                  .n_features = D,
                                  .scale = now->scales,
                                  .difference = now->label_rows.rows + begin * D};
    if (ruling->reads_heads)
        labels.margin = ruling->labels.margin + begin * K;
    if (ruling->reads_single)
        labels.single = ruling->single_labels + begin;
    if (ruling->reads_heads && end > begin) {
        average_weights(ruling, begin, end);
        labels.prior = ruling->prior;
    }
    return labels;
}

static enum status rule_group(struct comparing *comparing, struct ruling *ruling,
                              size_t group, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    enum weigh_rule rule = rule_of(comparing->method);
    struct weigh_labels labels = labels_of(comparing, ruling, group);
    struct weigh_options options = weigh_defaults(rule);
    struct weighing weighing;
    enum status status = weigh(rule, &labels, &options, &weighing, err);
    if (status)
        return status;
    for (size_t i = 0; i < now->n_asked; i++) {
        if (comparing_group(comparing, i) != (int32_t)group)
            continue;
        const float *margin =
            ruling->reads_heads ? ruling->asked + i * labels.n_heads : NULL;
        double single = ruling->reads_single ? (double)ruling->single_asked[i] : 0;
        now->right[i] = weighing_decide(&weighing, margin,
                                        contrasts_row(&now->asked_rows, i), single) > 0;
    }
    weighing_done(&weighing);
    return STATUS_OK;
}

METHOD_STEP(method_rule)
{
    struct ruling ruling;
    enum status status = ruling_init(&ruling, comparing, err);
    for (size_t g = 0; g < comparing->groups.n && !status; g++) {
        status = rule_group(comparing, &ruling, g, err);
        if (!status && cancel_asked(comparing->options.cancel))
            status = error_set(err, STATUS_CANCELLED, "weighing heads was stopped");
    }
    ruling_done(&ruling);
    *done = true;
    return status;
}
