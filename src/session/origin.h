/* Which texts the rows of features stand for. */
#ifndef SESSION_ORIGIN_H
#define SESSION_ORIGIN_H

#include "base/error.h"
#include "core/features.h"

struct corpus;

/* Whether the features were made from this corpus, so that pair i of the one is pair i of
 * the other: as many pairs, and the hash that stands in the features' metadata. Pairs
 * without a split first take that of the features, as encoding gave it to them.
 * STATUS_NOT_FOUND when the features do not say, STATUS_SHAPE for another number of pairs,
 * STATUS_FORMAT for another corpus; *corpus is as it was then, but for the splits. */
enum status origin_check(struct corpus *corpus, const struct features *features,
                         struct error *err);

#endif
