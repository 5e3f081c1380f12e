/* Contexts in words for attributes: what a judge of that attribute looks for. */
#ifndef CORPUS_WORDING_H
#define CORPUS_WORDING_H

#include <stddef.h>

#include "base/error.h"
#include "corpus/corpus.h"

/* A sentence of our own for the attributes of HelpSteer2 and UltraFeedback and for safety;
 * NULL for others. */
const char *wording_builtin(const char *attribute);

/* Gives every pair that has an attribute and no context the sentence of its attribute, from
 * "builtin" or from a JSON file {attribute: sentence}; attributes without a sentence stay
 * without context. *n_given counts the pairs. STATUS_FORMAT when the file is not such; the
 * corpus is then unchanged. */
enum status wording_apply(struct corpus *corpus, const char *contexts, size_t *n_given,
                          struct error *err);

#endif
