#include "core/hedge.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/em.h"
#include "core/logistic.h"

/* A row of the history: a pair, what was said of it, and the state after it. Row 0 is the
 * state before the first pair. */
enum vector {
    LOG_PRIOR, /* f_t, in logarithms */
    MARGIN,
    BEFORE,   /* w_t */
    AFTER,    /* f_t E_(t+1); em: the maximum */
    EVIDENCE, /* log E_(t+1) */
    LOSSES,   /* L_t */
    TOLL, /* sum of -log(1 - share + share f) so far: what share costs a head that stays */
    N_VECTORS
};
enum scalar {
    LOG_PROBABILITY,
    LEAD,
    LOSS,  /* sum of -log P */
    DRIFT, /* sum of log max_k f_tk / f_(t-1)k */
    GAP,   /* sum of what log loss may exceed the loss that Hedge at tau < 1 answers for */
    BEST,
    REGRET,
    BOUND,
    N_SCALARS
};

struct hedge {
    struct hedge_settings settings; /* log_prior is owned */
    size_t n_heads, row_length;
    double *log_prior; /* [K] of the settings */
    double *rows;      /* (steps + 1, row_length) */
    size_t n, room;    /* rows */
    /* em only, but for scratch */
    double *likelihoods; /* (steps, K) of em_row */
    size_t likelihood_room;
    double *counts;  /* [K] */
    double *scratch; /* [4 K] */
};

static double *vector(const struct hedge *hedge, size_t row, enum vector which)
{
    return hedge->rows + row * hedge->row_length + (size_t)which * hedge->n_heads;
}

static double *scalars(const struct hedge *hedge, size_t row)
{
    return hedge->rows + row * hedge->row_length + (size_t)N_VECTORS * hedge->n_heads;
}

static bool is_em(const struct hedge *hedge)
{
    return hedge->settings.rule == WEIGH_EM;
}

/* log(exp(a) + exp(b)); one of them is finite. */
static double log_add(double a, double b)
{
    return fmax(a, b) + log1p(exp(-fabs(a - b)));
}

/* log sum exp(x); one of them is finite. */
static double log_sum(const double *x, size_t n)
{
    double top = -HUGE_VAL, sum = 0;
    for (size_t k = 0; k < n; k++)
        top = fmax(top, x[k]);
    for (size_t k = 0; k < n; k++)
        sum += exp(x[k] - top);
    return top + log(sum);
}

/* ---- making ---- */

static enum status check_prior(const double *log_prior, size_t n_heads, struct error *err)
{
    double sum = 0;
    for (size_t k = 0; k < n_heads; k++) {
        if (!(log_prior[k] <= 1e-3))
            return error_set(err, STATUS_NUMERIC,
                             "the prior of head %zu is no weight: its logarithm is %g", k,
                             log_prior[k]);
        sum += exp(log_prior[k]);
    }
    if (fabs(sum - 1) > 1e-3)
        return error_set(err, STATUS_NUMERIC, "the prior's weights sum to %g, not to 1",
                         sum);
    return STATUS_OK;
}

static enum status check_settings(const struct hedge_settings *settings, struct error *err)
{
    if (settings->rule != WEIGH_HEDGE && settings->rule != WEIGH_EM)
        return error_set(err, STATUS_USAGE,
                         "the rule '%s' does not work pair by pair, only hedge and em do",
                         weigh_rule_names[settings->rule]);
    if (!(settings->tau >= HEDGE_TAU_MIN && settings->tau <= HEDGE_TAU_MAX))
        return error_set(err, STATUS_USAGE, "tau is %g, it must be from %g to %g",
                         settings->tau, HEDGE_TAU_MIN, HEDGE_TAU_MAX);
    if (!(settings->share >= 0 && settings->share <= 1))
        return error_set(err, STATUS_USAGE, "share is %g, it must be from 0 to 1",
                         settings->share);
    bool em = settings->rule == WEIGH_EM;
    if (em && (settings->tau != 1 || settings->share != 0))
        return error_set(err, STATUS_USAGE, "the rule em has neither tau nor share");
    if (em && !(settings->strength > 0 && isfinite(settings->strength)))
        return error_set(err, STATUS_USAGE, "strength is %g, it must be larger than 0",
                         settings->strength);
    return STATUS_OK;
}

static void start(struct hedge *hedge)
{
    size_t K = hedge->n_heads;
    double *row = mem_zero(hedge->row_length * sizeof *row);
    hedge->rows = row;
    hedge->n = hedge->room = 1;
    memcpy(row + LOG_PRIOR * K, hedge->log_prior, K * sizeof *row);
    for (size_t k = 0; k < K; k++)
        row[AFTER * K + k] = exp(hedge->log_prior[k]);
    scalars(hedge, 0)[BOUND] = is_em(hedge) ? (double)NAN : 0;
}

struct hedge *hedge_create(const struct hedge_settings *settings, struct error *err)
{
    size_t K = settings->n_heads;
    if (check_settings(settings, err) ||
        (settings->log_prior && check_prior(settings->log_prior, K, err)))
        return NULL;
    struct hedge *hedge = mem_zero(sizeof *hedge);
    hedge->settings = *settings;
    hedge->n_heads = K;
    hedge->row_length = N_VECTORS * K + N_SCALARS;
    hedge->log_prior = mem_alloc(K * sizeof *hedge->log_prior);
    for (size_t k = 0; k < K; k++)
        hedge->log_prior[k] =
            settings->log_prior ? settings->log_prior[k] : -log((double)K);
    hedge->settings.log_prior = NULL;
    start(hedge);
    hedge->scratch = mem_alloc(4 * K * sizeof *hedge->scratch);
    if (is_em(hedge)) {
        hedge->counts = mem_alloc(K * sizeof *hedge->counts);
        em_pseudo_counts(vector(hedge, 0, AFTER), K, settings->strength, hedge->counts);
    }
    return hedge;
}

void hedge_free(struct hedge *hedge)
{
    if (!hedge)
        return;
    free(hedge->log_prior);
    free(hedge->rows);
    free(hedge->likelihoods);
    free(hedge->counts);
    free(hedge->scratch);
    free(hedge);
}

/* ---- what is said of a pair ---- */

static const double *prior_of(const struct hedge *hedge, const double *log_prior)
{
    return log_prior && !is_em(hedge) ? log_prior : hedge->log_prior;
}

/* log w for a pair with that prior: [K] of scratch. */
static void log_weights(const struct hedge *hedge, const double *prior, double *out)
{
    size_t K = hedge->n_heads, last = hedge->n - 1;
    const double *evidence = vector(hedge, last, EVIDENCE);
    const double *maximum = vector(hedge, last, AFTER);
    for (size_t k = 0; k < K; k++)
        out[k] = is_em(hedge) ? log(maximum[k]) : prior[k] + evidence[k];
    double all = log_sum(out, K);
    for (size_t k = 0; k < K; k++)
        out[k] -= all;
}

void hedge_weights(const struct hedge *hedge, const double *log_prior, double *weights)
{
    log_weights(hedge, prior_of(hedge, log_prior), weights);
    for (size_t k = 0; k < hedge->n_heads; k++)
        weights[k] = exp(weights[k]);
}

bool hedge_factors(const struct hedge *hedge, double *log_factor)
{
    size_t K = hedge->n_heads, last = hedge->n - 1;
    const double *evidence = vector(hedge, last, EVIDENCE);
    const double *maximum = vector(hedge, last, AFTER);
    for (size_t k = 0; k < K; k++)
        log_factor[k] = is_em(hedge) ? log(maximum[k]) : evidence[k];
    return !is_em(hedge);
}

/* log sum_k w_k sigma(m_k) */
static double log_mixture(const double *log_w, const double *margin, size_t K,
                          double *scratch)
{
    for (size_t k = 0; k < K; k++)
        scratch[k] = log_w[k] + log_logistic(margin[k]);
    return fmin(log_sum(scratch, K), 0);
}

static double lead(const double *log_w, const double *margin, size_t K)
{
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += exp(log_w[k]) * tanh(margin[k] / 2);
    return sum;
}

/* -p log p, 0 at 0. */
static double surprise(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

static double information(const double *log_w, const double *margin, size_t K)
{
    double yes = 0, no = 0, certain = 0;
    for (size_t k = 0; k < K; k++) {
        double w = exp(log_w[k]), p = logistic(margin[k]), q = logistic(-margin[k]);
        yes += w * p;
        no += w * q;
        certain += w * (surprise(p) + surprise(q));
    }
    return fmax(surprise(yes) + surprise(no) - certain, 0);
}

struct hedge_forecast hedge_forecast(const struct hedge *hedge, const double *log_prior,
                                     const float *margin)
{
    size_t K = hedge->n_heads;
    double *log_w = hedge->scratch, *m = log_w + K, *scratch = m + K;
    log_weights(hedge, prior_of(hedge, log_prior), log_w);
    for (size_t k = 0; k < K; k++)
        m[k] = (double)margin[k];
    return (struct hedge_forecast){
        .log_probability = log_mixture(log_w, m, K, scratch),
        .lead = lead(log_w, m, K),
        .information = information(log_w, m, K),
    };
}

/* ---- a step ---- */

/* Scales evidence so that f . E = 1. Where tau is small it comes in as differences of large
 * numbers, and the sum of what is left is taken again. */
static void normalise(double *evidence, const double *prior, size_t K, double *scratch)
{
    for (int round = 0; round < 2; round++) {
        for (size_t k = 0; k < K; k++)
            scratch[k] = prior[k] + evidence[k];
        double all = log_sum(scratch, K);
        for (size_t k = 0; k < K; k++)
            evidence[k] -= all;
    }
}

/* The evidence after a pair: E' = (1 - share) E exp(-l / tau) / Z + share, with f . E' = 1. */
static void learn_hedge(struct hedge *hedge, size_t row)
{
    size_t K = hedge->n_heads;
    const double tau = hedge->settings.tau, share = hedge->settings.share;
    const double *prior = vector(hedge, row, LOG_PRIOR);
    const double *earlier = vector(hedge, row - 1, EVIDENCE);
    const double *margin = vector(hedge, row, MARGIN);
    double *evidence = vector(hedge, row, EVIDENCE), *after = vector(hedge, row, AFTER);
    double kept = log1p(-share), shared = log(share);
    for (size_t k = 0; k < K; k++)
        evidence[k] = earlier[k] + log_logistic(margin[k]) / tau;
    normalise(evidence, prior, K, after);
    for (size_t k = 0; k < K; k++) {
        if (share > 0)
            evidence[k] = log_add(kept + evidence[k], shared);
        after[k] = exp(prior[k] + evidence[k]);
    }
}

static void learn_em(struct hedge *hedge, size_t row)
{
    size_t K = hedge->n_heads;
    struct em_problem problem = {row, K, hedge->likelihoods, hedge->counts};
    double *after = vector(hedge, row, AFTER);
    memcpy(after, vector(hedge, row - 1, AFTER), K * sizeof *after);
    em_fit(&problem, after, hedge->scratch);
}

/* What log loss at tau < 1 can exceed -tau log sum_k w_k exp(-l_k / tau) by (E21). */
static double gap(const double *margin, size_t K, double tau)
{
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (size_t k = 0; k < K; k++) {
        double loss = -log_logistic(margin[k]);
        least = fmin(least, loss);
        most = fmax(most, loss);
    }
    double range = most - least;
    return fmax(0, fmin(range, (1 / tau - 1) * range * range / 8));
}

/* max_k f_k / earlier_k, in logarithms; 0 on the first pair, as E is 1 there. */
static double drift(const struct hedge *hedge, size_t row)
{
    const double *prior = vector(hedge, row, LOG_PRIOR);
    const double *earlier = vector(hedge, row - 1, LOG_PRIOR);
    double most = -HUGE_VAL;
    for (size_t k = 0; row > 1 && k < hedge->n_heads; k++)
        if (prior[k] > -HUGE_VAL)
            most = fmax(most, prior[k] - earlier[k]);
    return row > 1 ? fmax(most, 0) : 0;
}

/* The smallest cumulative loss that E21 promises, over the heads. */
static double promised(const struct hedge *hedge, size_t row)
{
    const double *prior = vector(hedge, row, LOG_PRIOR);
    const double *losses = vector(hedge, row, LOSSES);
    const double *toll = vector(hedge, row - 1, TOLL);
    const double *now = scalars(hedge, row);
    double least = HUGE_VAL;
    for (size_t k = 0; k < hedge->n_heads; k++)
        least = fmin(least, losses[k] + hedge->settings.tau * (toll[k] - prior[k]));
    return least + hedge->settings.tau * now[DRIFT] + now[GAP];
}

/* Fills losses, tolls, regret and its bound of a row whose pair and forecast are there. */
static void account(struct hedge *hedge, size_t row)
{
    size_t K = hedge->n_heads, best = 0;
    const double *margin = vector(hedge, row, MARGIN);
    const double *prior = vector(hedge, row, LOG_PRIOR);
    const double *earlier = scalars(hedge, row - 1);
    double *now = scalars(hedge, row), *losses = vector(hedge, row, LOSSES);
    for (size_t k = 0; k < K; k++) {
        double stays = log1p(hedge->settings.share * expm1(fmin(prior[k], 0)));
        losses[k] = vector(hedge, row - 1, LOSSES)[k] - log_logistic(margin[k]);
        vector(hedge, row, TOLL)[k] = vector(hedge, row - 1, TOLL)[k] - stays;
        if (losses[k] < losses[best])
            best = k;
    }
    now[LOSS] = earlier[LOSS] - now[LOG_PROBABILITY];
    now[DRIFT] = earlier[DRIFT] + drift(hedge, row);
    now[GAP] = earlier[GAP] + gap(margin, K, hedge->settings.tau);
    now[BEST] = (double)best;
    now[REGRET] = now[LOSS] - losses[best];
    now[BOUND] = is_em(hedge) ? (double)NAN : promised(hedge, row) - losses[best];
}

/* Fills a row whose pair is there from the one before. */
static void step(struct hedge *hedge, size_t row)
{
    size_t K = hedge->n_heads;
    const double *margin = vector(hedge, row, MARGIN);
    double *log_w = hedge->scratch, *before = vector(hedge, row, BEFORE);
    hedge->n = row;
    log_weights(hedge, vector(hedge, row, LOG_PRIOR), log_w);
    hedge->n = row + 1;
    for (size_t k = 0; k < K; k++)
        before[k] = exp(log_w[k]);
    scalars(hedge, row)[LOG_PROBABILITY] = log_mixture(log_w, margin, K, log_w + K);
    scalars(hedge, row)[LEAD] = lead(log_w, margin, K);
    account(hedge, row);
    if (is_em(hedge))
        learn_em(hedge, row);
    else
        learn_hedge(hedge, row);
}

static enum status check_pair(const struct hedge *hedge, const double *log_prior,
                              const float *margin, struct error *err)
{
    for (size_t k = 0; k < hedge->n_heads; k++)
        if (!isfinite(margin[k]))
            return error_set(err, STATUS_NUMERIC, "the margin of head %zu is not finite",
                             k);
    return log_prior ? check_prior(log_prior, hedge->n_heads, err) : STATUS_OK;
}

static void put_pair(struct hedge *hedge, size_t row, const double *log_prior,
                     const float *margin)
{
    size_t K = hedge->n_heads;
    /* A pair may be edited with its own prior, which lies here. */
    memmove(vector(hedge, row, LOG_PRIOR), prior_of(hedge, log_prior),
            K * sizeof *log_prior);
    for (size_t k = 0; k < K; k++)
        vector(hedge, row, MARGIN)[k] = (double)margin[k];
    if (is_em(hedge))
        em_row(margin, K, hedge->likelihoods + (row - 1) * K);
}

enum status hedge_update(struct hedge *hedge, const double *log_prior, const float *margin,
                         struct error *err)
{
    if (check_pair(hedge, log_prior, margin, err))
        return err->status;
    size_t row = hedge->n;
    hedge->rows = mem_reserve(hedge->rows, row, &hedge->room,
                              hedge->row_length * sizeof *hedge->rows);
    if (is_em(hedge))
        hedge->likelihoods =
            mem_reserve(hedge->likelihoods, row - 1, &hedge->likelihood_room,
                        hedge->n_heads * sizeof *hedge->likelihoods);
    put_pair(hedge, row, log_prior, margin);
    step(hedge, row);
    return STATUS_OK;
}

void hedge_undo(struct hedge *hedge, size_t steps)
{
    assert(steps < hedge->n);
    hedge->n = steps + 1;
}

enum status hedge_edit(struct hedge *hedge, size_t i, const double *log_prior,
                       const float *margin, struct error *err)
{
    assert(i + 1 < hedge->n);
    if (check_pair(hedge, log_prior, margin, err))
        return err->status;
    size_t end = hedge->n;
    put_pair(hedge, i + 1, log_prior, margin);
    for (size_t row = i + 1; row < end; row++)
        step(hedge, row);
    return STATUS_OK;
}

size_t hedge_steps(const struct hedge *hedge)
{
    return hedge->n - 1;
}

struct hedge_step hedge_step(const struct hedge *hedge, size_t i)
{
    assert(i + 1 < hedge->n);
    const double *now = scalars(hedge, i + 1);
    return (struct hedge_step){
        .log_prior = vector(hedge, i + 1, LOG_PRIOR),
        .margin = vector(hedge, i + 1, MARGIN),
        .before = vector(hedge, i + 1, BEFORE),
        .after = vector(hedge, i + 1, AFTER),
        .losses = vector(hedge, i + 1, LOSSES),
        .log_probability = now[LOG_PROBABILITY],
        .lead = now[LEAD],
        .loss = now[LOSS],
        .best = (size_t)now[BEST],
        .regret = now[REGRET],
        .bound = now[BOUND],
    };
}
