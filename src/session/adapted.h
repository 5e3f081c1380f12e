/* What the metadata of a model say when its router was fine-tuned. */
#ifndef SESSION_ADAPTED_H
#define SESSION_ADAPTED_H

#include "core/model.h"

struct json;

/* `given`, the model's own (NULL: none), with what was done to it (`settings`, an object) and what
 * it was made from; the caller's. */
struct json *adapted_metadata(const struct json *given, const struct model *from,
                              const struct json *settings);

#endif
