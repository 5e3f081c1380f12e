/* The router asked about any typed text: its weights with and without a context.
 *
 * Call order: route_create; route_text as often as wanted, its results stand in *route until the
 * next one; route_free. A text of a sentence takes some tens of microseconds.
 */
#ifndef SESSION_ROUTE_H
#define SESSION_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/features.h"
#include "core/model.h"
#include "session/typed.h"

struct route_side {
    float *row;     /* [Dp] what the router read */
    float *weights; /* [K] sum to 1 */
    double entropy; /* nats */
};

struct route {
    size_t n_heads, width; /* K, Dp */
    bool has_context;      /* of the last text; `with` is that of the prompt otherwise */
    struct route_side without, with;
    float *part; /* [Dp] with - without: what the context does (core/contexts.h) */

    struct typed *typed;       /* owned */
    const struct model *model; /* borrowed */
};

/* watch: as of typed_open, as long as the route. NULL on failure: as typed_open, and STATUS_SHAPE when the model's router reads rows of another
 * width. The features are not kept. */
struct route *route_create(const struct features *features, const struct model *model,
                           const struct encoder_watch *watch, struct error *err);
void route_free(struct route *route); /* NULL is allowed */

/* STATUS_USAGE for a text that is no UTF-8: the results of the text before stay. */
enum status route_text(struct route *route, struct typed_text prompt,
                       struct typed_text context, struct error *err);

#endif
