/* What most commands look at: features, and a model for them. */
#ifndef COMMAND_SUBJECT_H
#define COMMAND_SUBJECT_H

#include "command/call.h"
#include "core/features.h"
#include "core/model.h"

struct json;

extern const char *const split_choices[]; /* by enum split */

struct subject {
    struct features features;
    struct model model;
    struct json *metadata; /* the model's */
};

/* Opens both, and notes in the report when the model was trained on features of another encoder. On
 * failure nothing stays open. */
enum status subject_open(struct subject *subject, struct call *call, const char *features,
                         const char *model, struct error *err);
void subject_done(struct subject *subject);

/* STATUS_SHAPE when the split is empty, saying which are not. */
enum status subject_check_split(const struct features *features, enum split split,
                                struct error *err);

#endif
