#include "core/offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"

const char *const offer_order_names[] = {"file", "random", "informative", NULL};

enum { STREAM_POOL = 24 };

struct offer {
    struct offer_pairs pairs;
    enum offer_order order;
    uint32_t *left; /* not yet offered */
    size_t n_left;
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
    offer->left = mem_alloc((pairs->n + 1) * sizeof *offer->left);
    for (size_t i = 0; i < pairs->n; i++)
        offer->left[i] = (uint32_t)i;
    rng_init(&rng, seed, STREAM_POOL);
    rng_shuffle(&rng, offer->left, pairs->n);
    offer->n_left = pool && pool < pairs->n ? pool : pairs->n;
    if (order != OFFER_RANDOM)
        qsort(offer->left, offer->n_left, sizeof *offer->left, compare);
    return offer;
}

void offer_free(struct offer *offer)
{
    if (!offer)
        return;
    free(offer->left);
    free(offer);
}

/* The first of the pairs with the largest information. */
static size_t most_informative(const struct offer *offer, const struct hedge *hedge)
{
    const struct offer_pairs *pairs = &offer->pairs;
    size_t best = 0;
    double most = -1;
    for (size_t i = 0; i < offer->n_left; i++) {
        size_t at = offer->left[i] * pairs->n_heads;
        double information =
            hedge_forecast(hedge, pairs->log_prior + at, pairs->margin + at).information;
        if (information > most) {
            most = information;
            best = i;
        }
    }
    return best;
}

bool offer_next(struct offer *offer, const struct hedge *hedge, size_t *pair)
{
    if (!offer->n_left)
        return false;
    size_t i = offer->order == OFFER_INFORMATIVE ? most_informative(offer, hedge) : 0;
    *pair = offer->left[i];
    memmove(offer->left + i, offer->left + i + 1,
            (--offer->n_left - i) * sizeof *offer->left);
    return true;
}
