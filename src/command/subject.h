/* What most commands look at: features, and a model for them. */
#ifndef COMMAND_SUBJECT_H
#define COMMAND_SUBJECT_H

#include "command/call.h"
#include "core/features.h"
#include "core/model.h"
#include "session/held.h"

struct json;

extern const char *const split_choices[]; /* by enum split */

/* Views of what is held below, which is shared with the session where it comes from there. */
struct subject {
    struct features features;
    struct model model;
    const struct json *metadata;         /* the model's */
    struct held_features *held_features; /* each with a count; NULL: not opened */
    struct held_model *held_model;
};

/* Opens both, and notes in the report when the model was trained on features of another encoder. On
 * failure nothing stays open. */
enum status subject_open(struct subject *subject, struct call *call, const char *features,
                         const char *model, struct error *err);
/* The features alone. */
enum status subject_open_features(struct subject *subject, const struct call *call,
                                  const char *features, struct error *err);
void subject_done(struct subject *subject);

/* The corpus that the subject's features were made from, to be given back with held_corpus_unref;
 * NULL on failure, errors as of held_corpus_open. */
struct held_corpus *subject_corpus(const struct subject *subject, const struct call *call,
                                   const char *corpus, struct error *err);

/* STATUS_SHAPE when the split is empty, saying which are not. */
enum status subject_check_split(const struct features *features, enum split split,
                                struct error *err);

/* The attribute's number; STATUS_NOT_FOUND and STATUS_USAGE (name NULL) list those that there are. */
enum status subject_find_attribute(const struct features *features, const char *name,
                                   int *attribute, struct error *err);

#endif
