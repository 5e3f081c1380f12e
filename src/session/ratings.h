/* The ratings of a corpus as numbers beside its features.
 *
 * A pair may say how its two responses were rated for its attribute. Of a response that is rated
 * for an attribute more than once, by several pairs that do not agree, the mean counts.
 */
#ifndef SESSION_RATINGS_H
#define SESSION_RATINGS_H

#include "base/error.h"
#include "core/features.h"

struct corpus;

/* labels: (rows of features->chosen, n_attributes), NaN for what is not rated; NULL when nothing
 * is. The features are those made of the corpus: pair i of the one is pair i of the other. The
 * caller frees. STATUS_NO_MEMORY. */
enum status ratings_make(float **labels, const struct features *features,
                         const struct corpus *corpus, struct error *err);

#endif
