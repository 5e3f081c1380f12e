#include "core/prune.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/mixture.h"

/* Weights are computed in float: what differs by less than this is the same. */
static const double tie_tolerance = 1e-6;

/* log(exp(a) + exp(b)) */
static double log_add(double a, double b)
{
    double top = fmax(a, b), low = fmin(a, b);
    return low == -HUGE_VAL ? top : top + log1p(exp(low - top));
}

/* ---- the order in which heads are visited ---- */

struct visit {
    uint32_t head;
    double importance, nll;
};

static int by_importance(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;
    if (x->importance != y->importance)
        return x->importance > y->importance ? -1 : 1;
    return x->head < y->head ? -1 : x->head > y->head;
}

static int by_likelihood(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;
    if (x->nll != y->nll)
        return x->nll < y->nll ? -1 : 1;
    return x->head < y->head ? -1 : x->head > y->head;
}

/* Sorts n heads of the same importance by the likelihood of the mixture that keeps one of
 * them and all the heads beside the tie. */
static void break_tie(const struct predictions *predictions, struct visit *tied, size_t n)
{
    size_t K = predictions->n_heads;
    bool *is_tied = mem_zero(K * sizeof *is_tied);
    for (size_t t = 0; t < n; t++) {
        is_tied[tied[t].head] = true;
        tied[t].nll = 0;
    }
    for (size_t i = 0; i < predictions->n; i++) {
        const float *margin = predictions->margin + i * K;
        const float *log_f = predictions->log_weight + i * K;
        double joint = -HUGE_VAL, mass = -HUGE_VAL; /* of the heads beside the tie, logs */
        for (size_t k = 0; k < K; k++)
            if (!is_tied[k]) {
                double f = (double)log_f[k];
                mass = log_add(mass, f);
                joint = log_add(joint, f + (double)log_sigmoid(margin[k]));
            }
        for (size_t t = 0; t < n; t++) {
            size_t k = tied[t].head;
            double f = (double)log_f[k], p = f + (double)log_sigmoid(margin[k]);
            tied[t].nll -= log_add(joint, p) - log_add(mass, f);
        }
    }
    qsort(tied, n, sizeof *tied, by_likelihood);
    free(is_tied);
}

static void sort_visits(const struct predictions *predictions, struct visit *visits)
{
    size_t K = predictions->n_heads;
    qsort(visits, K, sizeof *visits, by_importance);
    for (size_t first = 0, end; first < K; first = end) {
        for (end = first + 1; end < K; end++) {
            double before = visits[end - 1].importance;
            if (before - visits[end].importance > tie_tolerance * before)
                break;
        }
        if (end - first > 1)
            break_tie(predictions, visits + first, end - first);
    }
}

enum status prune_index_make(struct prune_index *out, const struct correlation *correlation,
                             const struct predictions *predictions, struct error *err)
{
    size_t K = predictions->n_heads, n = predictions->n;
    struct prune_index made = {
        .n_heads = K,
        .importance = mem_array(K, sizeof *made.importance),
        .order = mem_array(K, sizeof *made.order),
        .correlation = mem_array(K, K * sizeof *made.correlation),
        .scratch = mem_array(K, sizeof *made.scratch),
    };
    if (!made.importance || !made.order || !made.correlation || !made.scratch) {
        prune_index_done(&made);
        return error_set(err, STATUS_NO_MEMORY, "no memory to order %zu heads", K);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < K; k++)
            made.importance[k] += exp((double)predictions->log_weight[i * K + k]);
    struct visit *visits = mem_zero(K * sizeof *visits);
    for (size_t k = 0; k < K; k++) {
        made.importance[k] /= (double)n;
        visits[k] = (struct visit){.head = (uint32_t)k, .importance = made.importance[k]};
    }
    sort_visits(predictions, visits);
    for (size_t a = 0; a < K; a++)
        made.order[a] = visits[a].head;
    for (size_t a = 0; a < K; a++)
        for (size_t b = 0; b < K; b++)
            made.correlation[a * K + b] =
                correlation_at(correlation, made.order[a], made.order[b]);
    free(visits);
    *out = made;
    return STATUS_OK;
}

void prune_index_done(struct prune_index *index)
{
    free(index->importance);
    free(index->order);
    free(index->correlation);
    free(index->scratch);
    *index = (struct prune_index){0};
}

/* ---- a threshold ---- */

struct prune_cut prune_at(struct prune_index *index, double threshold, uint32_t *leader)
{
    size_t K = index->n_heads;
    uint32_t *kept = index->scratch; /* places in the order */
    struct prune_cut cut = {.n_kept = 0, .closest = -HUGE_VAL};
    for (size_t a = 0; a < K; a++) {
        const double *row = index->correlation + a * K;
        double most = -HUGE_VAL;
        size_t nearest = a;
        for (size_t j = 0; j < cut.n_kept; j++)
            if (row[kept[j]] > most) {
                nearest = kept[j];
                most = row[nearest];
            }
        if (most < threshold || !cut.n_kept) {
            nearest = a;
            kept[cut.n_kept++] = (uint32_t)a;
            cut.closest = fmax(cut.closest, most);
        }
        leader[index->order[a]] = index->order[nearest];
    }
    return cut;
}

/* ---- going on without the others ---- */

/* Which heads become head j of the result, and by what share: the leader alone, or all of
 * its cluster. */
struct groups {
    size_t n;        /* K' */
    uint32_t *place; /* [K] j of each head; UINT32_MAX: dropped */
    double *share;   /* [K] p_k of a head in its group, sums to 1 over it */
};

static struct groups groups_make(size_t K, const uint32_t *leader, const double *importance)
{
    struct groups groups = {.place = mem_alloc(K * sizeof *groups.place),
                            .share = mem_zero(K * sizeof *groups.share)};
    double *sum = mem_zero(K * sizeof *sum);
    for (size_t k = 0; k < K; k++) {
        if (leader[k] == k)
            groups.place[k] = (uint32_t)groups.n++;
        sum[leader[k]] += importance ? importance[k] : 0;
    }
    for (size_t k = 0; k < K; k++) {
        double whole = sum[leader[k]];
        if (leader[k] != k)
            groups.place[k] = importance ? groups.place[leader[k]] : UINT32_MAX;
        /* A cluster that the router never uses is its leader. */
        groups.share[k] = importance && whole > 0 ? importance[k] / whole : leader[k] == k;
    }
    free(sum);
    return groups;
}

static void groups_done(struct groups *groups)
{
    free(groups->place);
    free(groups->share);
}

/* Log weights and margins of one pair. */
static void group_pair(const struct groups *groups, size_t K, const float *log_f,
                       const float *margin, double *logit, float *log_f_out,
                       float *margin_out)
{
    double top = -HUGE_VAL, sum = 0;
    for (size_t j = 0; j < groups->n; j++)
        logit[j] = -HUGE_VAL;
    for (size_t k = 0; k < K; k++)
        if (groups->place[k] != UINT32_MAX)
            logit[groups->place[k]] = log_add(logit[groups->place[k]], (double)log_f[k]);
    for (size_t j = 0; j < groups->n; j++)
        top = fmax(top, logit[j]);
    for (size_t j = 0; j < groups->n; j++)
        sum += exp(logit[j] - top);
    double all = top + log(sum);
    for (size_t j = 0; j < groups->n; j++)
        log_f_out[j] = (float)(logit[j] - all);
    memset(logit, 0, groups->n * sizeof *logit);
    for (size_t k = 0; k < K; k++)
        if (groups->place[k] != UINT32_MAX)
            logit[groups->place[k]] += groups->share[k] * (double)margin[k];
    for (size_t j = 0; j < groups->n; j++)
        margin_out[j] = (float)logit[j];
}

enum status prune_predict(struct predictions *out, const struct predictions *of,
                          const uint32_t *leader, const double *importance,
                          struct error *err)
{
    size_t K = of->n_heads, n = of->n;
    struct groups groups = groups_make(K, leader, importance);
    double *sums = mem_zero(groups.n * sizeof *sums);
    float *margin = mem_array(n, groups.n * sizeof *margin);
    float *log_f = mem_array(n, groups.n * sizeof *log_f);
    enum status status = margin && log_f ? STATUS_OK
                                         : error_set(err, STATUS_NO_MEMORY,
                                                     "no memory to predict %zu pairs", n);
    for (size_t i = 0; i < n && !status; i++)
        group_pair(&groups, K, of->log_weight + i * K, of->margin + i * K, sums,
                   log_f + i * groups.n, margin + i * groups.n);
    if (!status)
        status = predictions_of_margins(out, of->pairs, n, groups.n, margin, log_f, err);
    free(margin);
    free(log_f);
    free(sums);
    groups_done(&groups);
    return status;
}

/* Row j of out (n, width) = sum of share * row k of in, over the heads k of group j. */
static void average_rows(const struct groups *groups, size_t K, size_t width,
                         const float *in, float *out)
{
    double *sum = mem_alloc(width * sizeof *sum);
    for (size_t j = 0; j < groups->n; j++) {
        memset(sum, 0, width * sizeof *sum);
        for (size_t k = 0; k < K; k++)
            for (size_t d = 0; d < width && groups->place[k] == j; d++)
                sum[d] += groups->share[k] * (double)in[k * width + d];
        for (size_t d = 0; d < width; d++)
            out[j * width + d] = (float)sum[d];
    }
    free(sum);
}

static void average_biases(const struct groups *groups, size_t K, const float *in,
                           float *out)
{
    double *sum = mem_zero(groups->n * sizeof *sum);
    for (size_t k = 0; k < K; k++) {
        double p = groups->share[k];
        if (groups->place[k] != UINT32_MAX && p > 0)
            sum[groups->place[k]] += p * ((double)in[k] - log(p));
    }
    for (size_t j = 0; j < groups->n; j++)
        out[j] = (float)sum[j];
    free(sum);
}

static void average_router(const struct groups *groups, const struct model *of,
                           struct model *out)
{
    size_t K = of->shape.n_heads, H = of->shape.n_hidden, D = of->shape.prompt_width;
    if (of->shape.router == ROUTER_MLP) {
        memcpy(out->input, of->input, H * D * sizeof *of->input);
        memcpy(out->tail.first_bias, of->tail.first_bias, H * sizeof *of->tail.first_bias);
        average_rows(groups, K, H, of->tail.last, out->tail.last);
    } else if (of->shape.router == ROUTER_LINEAR) {
        average_rows(groups, K, D, of->input, out->input);
    }
    if (of->tail.last_bias)
        average_biases(groups, K, of->tail.last_bias, out->tail.last_bias);
}

enum status prune_model(struct model *out, const struct model *of, const uint32_t *leader,
                        const double *importance, struct error *err)
{
    size_t K = of->shape.n_heads, D = of->shape.response_width;
    struct groups groups = groups_make(K, leader, importance);
    struct shape shape = of->shape;
    shape.n_heads = groups.n;
    struct model made;
    enum status status = model_create(&made, &shape, err);
    if (!status) {
        average_rows(&groups, K, D, of->heads, made.heads);
        average_router(&groups, of, &made);
        if (of->single) {
            made.single = mem_alloc(D * sizeof *made.single);
            memcpy(made.single, of->single, D * sizeof *made.single);
        }
        *out = made;
    }
    groups_done(&groups);
    return status;
}
