#include "core/offer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/logistic.h"

const char *const offer_order_names[] = {"file", "random", "informative", NULL};

enum { STREAM_POOL = 24, BLOCK = 256 };

/* More than sums of n_heads floats are wrong by, in nats. */
static double slack(size_t n_heads)
{
    return 1e-5 + 3e-7 * (double)n_heads;
}

/* What the information of a pair is made of, head by head: element (k, i) of pool pair i at
 * [k * n + i]. */
struct tables {
    float *share;   /* sigma(m_k) */
    float *certain; /* h(sigma(m_k)) */
    float *prior;   /* f_k */
};

struct offer {
    struct offer_pairs pairs;
    enum offer_order order;
    uint32_t *pool; /* [n] pairs that are offered, in their order */
    bool *gone;     /* [n] by place in the pool */
    size_t n;
    struct tables tables; /* NULL until the information is asked for */
    double *factor;       /* [n_heads] */
    float *rough;         /* [n] information by the tables */
};

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

struct offer *offer_create(const struct offer_pairs *pairs, enum offer_order order,
                           size_t pool, uint64_t seed)
{
    struct offer *offer = mem_zero(sizeof *offer);
    struct rng rng;
    offer->pairs = *pairs;
    offer->order = order;
    offer->pool = mem_alloc((pairs->n + 1) * sizeof *offer->pool);
    for (size_t i = 0; i < pairs->n; i++)
        offer->pool[i] = (uint32_t)i;
    rng_init(&rng, seed, STREAM_POOL);
    rng_shuffle(&rng, offer->pool, pairs->n);
    offer->n = pool && pool < pairs->n ? pool : pairs->n;
    offer->gone = mem_zero((offer->n + 1) * sizeof *offer->gone);
    if (order != OFFER_RANDOM)
        qsort(offer->pool, offer->n, sizeof *offer->pool, compare);
    return offer;
}

void offer_free(struct offer *offer)
{
    if (!offer)
        return;
    free(offer->pool);
    free(offer->gone);
    free(offer->tables.share);
    free(offer->tables.certain);
    free(offer->tables.prior);
    free(offer->factor);
    free(offer->rough);
    free(offer);
}

/* ---- information ---- */

static double surprise(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

static void fill_prior(struct offer *offer)
{
    size_t n = offer->n, K = offer->pairs.n_heads;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < K; k++)
            offer->tables.prior[k * n + i] =
                (float)exp(offer->pairs.log_prior[offer->pool[i] * K + k]);
}

static void make_tables(struct offer *offer)
{
    size_t n = offer->n, K = offer->pairs.n_heads, bytes = (n * K + 1) * sizeof(float);
    struct tables *tables = &offer->tables;
    *tables = (struct tables){mem_alloc(bytes), mem_alloc(bytes), mem_alloc(bytes)};
    offer->factor = mem_alloc(K * sizeof *offer->factor);
    offer->rough = mem_alloc((n + 1) * sizeof *offer->rough);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < K; k++) {
            double m = (double)offer->pairs.margin[offer->pool[i] * K + k];
            double yes = logistic(m), no = logistic(-m);
            tables->share[k * n + i] = (float)yes;
            tables->certain[k * n + i] = (float)(surprise(yes) + surprise(no));
        }
    fill_prior(offer);
}

void offer_set_prior(struct offer *offer, const double *log_prior)
{
    offer->pairs.log_prior = log_prior;
    if (offer->tables.prior)
        fill_prior(offer);
}

/* Sums of one block over the heads: of the weights, and of share and certain under them. */
struct sums {
    float weight[BLOCK], yes[BLOCK], certain[BLOCK];
};

static void add_block(const struct offer *offer, bool with_prior, size_t first, size_t n,
                      struct sums *sums)
{
    size_t width = offer->n;
    memset(sums, 0, sizeof *sums);
    for (size_t k = 0; k < offer->pairs.n_heads; k++) {
        const float factor = (float)offer->factor[k];
        const float *restrict share = offer->tables.share + k * width + first;
        const float *restrict certain = offer->tables.certain + k * width + first;
        const float *restrict prior = offer->tables.prior + k * width + first;
        for (size_t i = 0; i < n; i++) {
            float w = with_prior ? factor * prior[i] : factor;
            sums->weight[i] += w;
            sums->yes[i] += w * share[i];
            sums->certain[i] += w * certain[i];
        }
    }
}

/* Information of all pairs of the pool by the tables; where weights are too small for them it is
 * taken to be large, to be looked at more closely. */
static void find_rough(struct offer *offer, const struct hedge *hedge)
{
    bool with_prior = hedge_factors(hedge, offer->factor);
    double top = -HUGE_VAL;
    for (size_t k = 0; k < offer->pairs.n_heads; k++)
        top = fmax(top, offer->factor[k]);
    for (size_t k = 0; k < offer->pairs.n_heads; k++)
        offer->factor[k] = exp(offer->factor[k] - top);
    for (size_t first = 0; first < offer->n; first += BLOCK) {
        size_t n = offer->n - first < BLOCK ? offer->n - first : BLOCK;
        struct sums sums;
        add_block(offer, with_prior, first, n, &sums);
        for (size_t i = 0; i < n; i++) {
            float yes = sums.yes[i] / sums.weight[i], no = 1 - yes;
            float entropy = -(yes > 0 ? yes * logf(yes) : 0) - (no > 0 ? no * logf(no) : 0);
            offer->rough[first + i] = sums.weight[i] > 1e-30f
                                          ? entropy - sums.certain[i] / sums.weight[i]
                                          : HUGE_VALF;
        }
    }
}

static bool is_left(const struct offer *offer, const bool *taken, size_t place)
{
    return !offer->gone[place] && !(taken && taken[offer->pool[place]]);
}

/* The first of the pairs with the largest information: those that the tables put near it are
 * compared exactly. */
static bool most_informative(struct offer *offer, const struct hedge *hedge,
                             const bool *taken, size_t *place)
{
    const struct offer_pairs *pairs = &offer->pairs;
    double most = -1, rough = -1;
    if (!offer->tables.share)
        make_tables(offer);
    find_rough(offer, hedge);
    for (size_t i = 0; i < offer->n; i++)
        if (is_left(offer, taken, i) && offer->rough[i] < HUGE_VALF)
            rough = fmax(rough, (double)offer->rough[i]);
    rough -= slack(pairs->n_heads);
    for (size_t i = 0; i < offer->n; i++) {
        if (!is_left(offer, taken, i) || (double)offer->rough[i] < rough)
            continue;
        size_t at = offer->pool[i] * pairs->n_heads;
        double information =
            hedge_forecast(hedge, pairs->log_prior + at, pairs->margin + at).information;
        if (information > most) {
            most = information;
            *place = i;
        }
    }
    return most >= 0;
}

static bool find_next(struct offer *offer, const struct hedge *hedge, const bool *taken,
                      size_t *place)
{
    if (offer->order == OFFER_INFORMATIVE)
        return most_informative(offer, hedge, taken, place);
    for (*place = 0; *place < offer->n; ++*place)
        if (is_left(offer, taken, *place))
            return true;
    return false;
}

bool offer_peek(struct offer *offer, const struct hedge *hedge, const bool *taken,
                size_t *pair)
{
    size_t place = 0;
    if (!find_next(offer, hedge, taken, &place))
        return false;
    *pair = offer->pool[place];
    return true;
}

bool offer_next(struct offer *offer, const struct hedge *hedge, size_t *pair)
{
    size_t place = 0;
    if (!find_next(offer, hedge, NULL, &place))
        return false;
    offer->gone[place] = true;
    *pair = offer->pool[place];
    return true;
}
