/* Opens the files that a run works on, whatever their order: each is known by what it holds. */
#ifndef SESSION_OPENING_H
#define SESSION_OPENING_H

#include <stddef.h>

#include "base/error.h"
#include "session/held.h"

/* What kind of file it is: by its ending for a corpus, by its tensors otherwise. What is neither
 * corpus nor model is features, as far as opening shows. STATUS_NOT_FOUND, STATUS_FORMAT. */
enum status opening_kind(const char *path, enum held_kind *kind, struct error *err);

/* Opens the files, at most one of each kind; out gets counts of its own of what was opened, NULL for
 * the rest. A model or a corpus alone must fit the features that are held already (have). The
 * reasons: two of a kind, STATUS_USAGE; a corpus or a model that does not go with the features,
 * STATUS_SHAPE and STATUS_FORMAT; else those of held_x_open. */
enum status opening_make(struct given *out, const struct given *have,
                         const char *const *paths, size_t n,
                         const struct corpus_watch *watch, struct error *err);

/* STATUS_SHAPE when the model's rewards or router read rows of another width. */
enum status opening_check_fit(const struct held_features *features,
                              const struct held_model *model, struct error *err);

#endif
