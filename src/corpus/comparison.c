#include "corpus/comparison.h"

#include <stdlib.h>

#include "base/memory.h"

static int order_int(int32_t a, int32_t b)
{
    return (a > b) - (a < b);
}

/* The order of two comparisons by all that a run of that level has in common. */
static int order_at(const struct comparison *a, const struct comparison *b,
                    enum comparison_level level)
{
    int result = order_int(a->prompt, b->prompt);
    if (!result)
        result = order_int(a->first, b->first);
    if (!result)
        result = order_int(a->second, b->second);
    if (!result && level >= COMPARISON_ATTRIBUTE)
        result = order_int(a->attribute, b->attribute);
    if (!result && level >= COMPARISON_JUDGE)
        result = order_int(a->context, b->context);
    if (!result && level >= COMPARISON_JUDGE)
        result = order_int(a->user, b->user);
    return result;
}

static int order(const void *left, const void *right)
{
    const struct comparison *a = left, *b = right;
    int result = order_at(a, b, COMPARISON_JUDGE);
    return result ? result : (a->pair > b->pair) - (a->pair < b->pair);
}

struct comparison *comparisons_of(const struct corpus *corpus, struct error *err)
{
    struct comparison *sorted = mem_array(corpus->n_pairs, sizeof *sorted);
    if (!sorted) {
        error_set(err, STATUS_NO_MEMORY, "no memory to sort %zu pairs", corpus->n_pairs);
        return NULL;
    }
    for (size_t i = 0; i < corpus->n_pairs; i++) {
        const struct pair *pair = &corpus->pairs[i];
        bool first_chosen = pair->chosen < pair->rejected;
        sorted[i] = (struct comparison){
            .prompt = pair->prompt,
            .first = first_chosen ? pair->chosen : pair->rejected,
            .second = first_chosen ? pair->rejected : pair->chosen,
            .attribute = pair->attribute,
            .context = pair->context,
            .user = pair->user,
            .pair = (uint32_t)i,
            .first_chosen = first_chosen,
        };
    }
    qsort(sorted, corpus->n_pairs, sizeof *sorted, order);
    return sorted;
}

size_t comparison_run(const struct comparison *comparisons, size_t n, size_t i,
                      enum comparison_level level)
{
    const struct comparison *start = &comparisons[i];
    for (i++; i < n && order_at(start, &comparisons[i], level) == 0; i++)
        ;
    return i;
}

int comparison_verdict(const struct comparison *comparisons, size_t i, size_t end)
{
    size_t n = end - i, n_first = 0;
    for (; i < end; i++)
        n_first += comparisons[i].first_chosen;
    return (2 * n_first > n) - (2 * n_first < n);
}

/* Whether all attributes give a verdict on the run [i, end), and the same one. */
static bool is_unanimous(const struct comparison *comparisons, size_t i, size_t end,
                         size_t n_attributes)
{
    size_t n_agree = 0;
    int verdict = 0;
    while (i < end) {
        size_t next = comparison_run(comparisons, end, i, COMPARISON_ATTRIBUTE);
        if (comparisons[i].attribute >= 0) {
            int here = comparison_verdict(comparisons, i, next);
            if (!here || (verdict && here != verdict))
                return false;
            verdict = here;
            n_agree++;
        }
        i = next;
    }
    return n_agree == n_attributes;
}

enum status comparison_drop_unanimous(struct corpus *corpus, size_t *n_dropped,
                                      struct error *err)
{
    *n_dropped = 0;
    if (corpus->attributes.n < 2)
        return STATUS_OK;
    struct comparison *comparisons = comparisons_of(corpus, err);
    if (!comparisons)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < corpus->n_pairs;) {
        size_t end = comparison_run(comparisons, corpus->n_pairs, i, COMPARISON_RESPONSES);
        bool drop = is_unanimous(comparisons, i, end, corpus->attributes.n);
        for (; i < end; i++) {
            struct pair *pair = &corpus->pairs[comparisons[i].pair];
            if (drop && pair->attribute >= 0 && pair->split == CORPUS_TRAIN)
                pair->prompt = -1;
        }
    }
    free(comparisons);
    size_t kept = 0;
    for (size_t i = 0; i < corpus->n_pairs; i++)
        if (corpus->pairs[i].prompt >= 0)
            corpus->pairs[kept++] = corpus->pairs[i];
    *n_dropped = corpus->n_pairs - kept;
    corpus->n_pairs = kept;
    return STATUS_OK;
}
