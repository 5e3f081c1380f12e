/* Stage 1 as a user runs it: restarts of one mixture side by side, a single head beside them for
 * comparison, the best of them as the model.
 *
 * Call order: training_create; training_step until training_finished (or stop any time);
 * training_result; training_free.
 */
#ifndef SESSION_TRAINING_H
#define SESSION_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/model.h"
#include "core/recipe.h"
#include "core/trainer.h"

struct json;

struct training_options {
    enum router router;
    size_t n_heads, n_hidden;
    double alpha;
    size_t restarts;  /* >= 1 */
    bool with_single; /* train a single head beside a mixture */
    double holdout;   /* share of the training prompts to hold out when the features have no
                          hold-out split; 0: none */
    const char
        *features_name; /* the file's, put before what is wrong with the features; may be
                                  NULL */
    const char *init;   /* starting parameters of the (only) run; NULL: drawn by seed */
    const char *resume; /* a run saved by training_save; NULL: from the start */
    struct recipe recipe;
};

/* The defaults of `microscope train` (docs/equations.md says which are the paper's and which were
 * chosen by measurement), as numbers and, by TRAINING_TEXT, as the text of a field: the only place in
 * which they stand. The router is an mlp, the schedule a cosine, pairs are shuffled. */
#define TRAINING_HEADS          5
#define TRAINING_HIDDEN         128
#define TRAINING_ALPHA          0.5
#define TRAINING_RESTARTS       5
#define TRAINING_HOLDOUT        0.1
#define TRAINING_RATE           0.002
#define TRAINING_WARMUP         0.05
#define TRAINING_CLIP           1
#define TRAINING_BATCH          64
#define TRAINING_EPOCHS         40
#define TRAINING_PATIENCE       5
#define TRAINING_TEXT(value)    TRAINING_TEXT_OF(value)
#define TRAINING_TEXT_OF(value) #value
struct training_options training_defaults(void);

struct training;

/* Threads that serve such a run best, 1 to `most`: a step too small to share is done by one. */
size_t training_threads(const struct features *features,
                        const struct training_options *options, size_t most);

/* features and team are borrowed. STATUS_SHAPE when the training split is empty or K is larger
 * than the pairs; STATUS_USAGE for options that contradict one another. NULL on failure. */
struct training *training_create(const struct features *features,
                                 const struct training_options *options, struct team *team,
                                 struct error *err);
void training_free(struct training *training);

enum status training_step(struct training *training, struct error *err);
bool training_finished(const struct training *training);
const struct trainer *training_trainer(const struct training *training);
enum status training_save(const struct training *training, const char *path,
                          struct error *err);

size_t training_pairs(const struct training *training);   /* trained on */
size_t training_holdout(const struct training *training); /* held out */
size_t training_restarts(const struct training *training);
size_t
training_best(const struct training *training); /* the restart that wins: lowest hold-out
                                                          likelihood, or training loss without one */
bool training_has_single(const struct training *training);

/* The winner's parameters (with the single head's) and the metadata of its file; both are the
 * caller's. */
enum status training_result(const struct training *training, struct model *model,
                            struct json **metadata, struct error *err);

#endif
