/* What one head looks at, which heads are like it, and the pairs that it is surest of. */
#ifndef SESSION_HEAD_PAGE_H
#define SESSION_HEAD_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "core/correlation.h"
#include "core/features.h"
#include "core/model.h"
#include "core/predict.h"

/* Names of the numbers of a response, by the encoder that made them. */
struct feature_names;

/* Never NULL. */
struct feature_names *feature_names_open(const struct features *features);
void feature_names_free(struct feature_names *names); /* NULL is allowed */
/* Borrowed; NULL: it has none, only its number. */
const char *feature_name(const struct feature_names *names, size_t feature);
/* Why there are no names, a sentence without full stop; NULL: there are. */
const char *feature_names_missing(const struct feature_names *names);

/* Features by falling size of a head's weight on them, then by number: out [Dr]. */
void head_rank_weights(const struct model *model, size_t head, uint32_t *out);

/* The other heads by falling correlation with a head, then by number: out [K - 1]. */
void head_rank_others(const struct correlation *correlation, size_t head, uint32_t *out);

/* Positions of up to n pairs that a head decides right, surest first, and of up to n that it
 * decides wrong; of neighbours that compare the same two responses (as when several
 * attributes judged them) the first. */
struct head_surest {
    size_t n_right, n_wrong;
    uint32_t *right, *wrong; /* [n] each, the caller's */
};
void head_find_surest(const struct features *features,
                      const struct predictions *predictions, size_t head, size_t n,
                      struct head_surest *out);

enum { HEAD_PAGE_PAIRS = 12 };

struct head_page {
    uint32_t *features; /* [Dr] head_rank_weights */
    uint32_t *others;   /* [K - 1] head_rank_others: most like first, most unlike last */
    struct head_surest surest; /* at most HEAD_PAGE_PAIRS each */
};

#endif
