/* The router fine-tuned on the labels of the lab (docs/equations.md E12): Algorithm 1 with the
 * labelled pairs and the context of the settings, as `adapt` does with known contexts.
 *
 * Call order: lab_tuning_create on the lab's thread (it copies what it needs and takes counts);
 * lab_tuning_step on a worker until lab_tuning_finished, or stop any time; lab_tuning_model;
 * lab_tuning_free. lab_tuning_progress may be called on any thread meanwhile. The model of the lab
 * stays as it is.
 */
#ifndef SESSION_LAB_TUNING_H
#define SESSION_LAB_TUNING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/adapt.h"
#include "session/lab.h"

struct json;
struct lab_tuning;

/* For a few labels of one context: tau 1 and losses averaged over the labels, which are the better
 * choice by E13, and more epochs. */
struct adapt_options lab_tuning_defaults(void);

/* team: borrowed. TARGETS_ATTRIBUTE averages over all labels. NULL on failure: STATUS_USAGE without a context or for a model
 * without a router, STATUS_SHAPE without labels that teach something, as adapt_create. */
struct lab_tuning *lab_tuning_create(const struct lab *lab,
                                     const struct lab_settings *settings,
                                     const struct adapt_options *options, struct team *team,
                                     struct error *err);
void lab_tuning_free(struct lab_tuning *tuning); /* NULL is allowed */

/* Errors of adapt_step and predictions_make. */
enum status lab_tuning_step(struct lab_tuning *tuning, struct error *err);
bool lab_tuning_finished(const struct lab_tuning *tuning);

/* Shares of the test pairs of the attribute, routed by prompt and context, that are right. */
struct lab_tuning_accuracy {
    size_t n, right;
    double nll; /* nats per pair; NaN without pairs */
};

struct lab_tuning_progress {
    size_t n_epochs, epochs;           /* all, finished */
    const struct adapt_losses *losses; /* [epochs] */
    size_t n_labels;                   /* that it learns from */
    struct lab_tuning_accuracy before; /* there from the start */
    struct lab_tuning_accuracy after;  /* when finished */
    bool finished;
};
struct lab_tuning_progress lab_tuning_progress(const struct lab_tuning *tuning);

/* When finished: the model and the metadata of its file, both the caller's (held_model_make). */
enum status lab_tuning_model(const struct lab_tuning *tuning, struct model *model,
                             struct json **metadata, struct error *err);

#endif
