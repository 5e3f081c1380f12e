/* Which texts are to be sent, and in what order: equal renderings once, long ones first, so that the
 * texts of a request are of one length and the last requests are short.
 */
#ifndef ENCODE_ENDPOINT_PLAN_H
#define ENCODE_ENDPOINT_PLAN_H

#include <stddef.h>

#include "base/sha256.h"
#include "base/text.h"
#include "encode/endpoint.h"
#include "encode/template.h"
#include "encode/vector_cache.h"

struct plan_item;

struct plan {
    const struct endpoint_text *texts; /* [n], borrowed */
    const struct template *template;   /* borrowed */
    size_t n;
    struct plan_item *items; /* [n], equal ones beside each other */
    size_t *todo;            /* [n_todo], an item each */
    size_t n_todo, next; /* entries of todo; those from next on belong to no batch yet */
    struct text rendered;
};

/* identity: goes into every key. Stops early when cancel asks for it. plan is created. */
void plan_make(struct plan *plan, const struct endpoint_text *texts, size_t n,
               const struct template *template, const unsigned char identity[SHA256_BYTES],
               const struct cancel *cancel);
void plan_done(struct plan *plan);

/* Lists all renderings, then takes out those that are in the cache (NULL: none are) and calls
 * found for each of these. */
void plan_list(struct plan *plan, const struct vector_cache *cache, size_t width,
               void (*found)(void *self, size_t item, float *row), void *self,
               const struct cancel *cancel);

/* Of an item (todo[i]): how many texts have this rendering, and which; its key; its tokens as
 * estimated; and the rendering, valid until the next call. */
size_t plan_count(const struct plan *plan, size_t item);
size_t plan_text(const struct plan *plan, size_t item, size_t i);
const unsigned char *plan_key(const struct plan *plan, size_t item);
size_t plan_tokens(const struct plan *plan, size_t item);
struct encoder_text plan_render(struct plan *plan, size_t item);

/* Entries of todo for the next request: at least one, at most `most` and, beyond one, the budget of
 * tokens. Moves next. */
size_t plan_cut(struct plan *plan, size_t most, size_t token_budget);

#endif
