#include "command/subject.h"

#include <string.h>

#include "command/watch.h"
#include "io/json.h"

const char *const split_choices[] = {"train", "holdout", "test", NULL};

static void compare_origins(struct report *report, const struct subject *subject)
{
    const char *theirs = json_text(json_get(subject->metadata, "encoder"));
    const char *ours = json_text(json_get(subject->features.metadata, "encoder"));
    if (theirs && ours && strcmp(theirs, ours) != 0)
        report_note(
            report,
            "The model was trained on features of the encoder '%s', these are of '%s': "
            "the figures may mean nothing.",
            theirs, ours);
}

/* Whether a path is not one that was typed but what the session holds. */
static bool is_given(const struct call *call, enum held_kind kind, const char *path)
{
    return path && path == given_name(call->given, kind);
}

enum status subject_open_features(struct subject *subject, const struct call *call,
                                  const char *features, struct error *err)
{
    struct held_features *held = is_given(call, HELD_FEATURES, features)
                                     ? held_features_ref(call->given->features)
                                     : held_features_open(features, err);
    if (!held)
        return err->status;
    *subject = (struct subject){.features = held->features, .held_features = held};
    return STATUS_OK;
}

enum status subject_open(struct subject *subject, struct call *call, const char *features,
                         const char *model, struct error *err)
{
    struct subject opened = {0};
    enum status status = subject_open_features(&opened, call, features, err);
    if (status)
        return status;
    opened.held_model = is_given(call, HELD_MODEL, model)
                            ? held_model_ref(call->given->model)
                            : held_model_open(model, err);
    if (!opened.held_model) {
        subject_done(&opened);
        return err->status;
    }
    opened.model = opened.held_model->model;
    opened.metadata = opened.held_model->metadata;
    compare_origins(call->report, &opened);
    *subject = opened;
    return STATUS_OK;
}

struct held_corpus *subject_corpus(const struct subject *subject, const struct call *call,
                                   const char *corpus, struct error *err)
{
    if (is_given(call, HELD_CORPUS, corpus))
        return held_corpus_ref(call->given->corpus);
    struct corpus_watch watch = watch_corpus(call);
    progress_begin(call->progress, "reading the corpus", "bytes");
    struct held_corpus *held =
        held_corpus_open(corpus, subject->held_features, &watch, err);
    progress_end(call->progress);
    return held;
}

void subject_done(struct subject *subject)
{
    held_features_unref(subject->held_features);
    held_model_unref(subject->held_model);
    *subject = (struct subject){0};
}

enum status subject_check_split(const struct features *features, enum split split,
                                struct error *err)
{
    if (features_select(features, split, -1, NULL))
        return STATUS_OK;
    return error_set(
        err, STATUS_SHAPE,
        "there are no pairs in the %s split; --split train has %zu, holdout %zu, "
        "test %zu",
        split_name(split), features_select(features, SPLIT_TRAIN, -1, NULL),
        features_select(features, SPLIT_HOLDOUT, -1, NULL),
        features_select(features, SPLIT_TEST, -1, NULL));
}

static void list_attributes(const struct features *features, struct text *out)
{
    for (size_t a = 0; a < features->n_attributes; a++) {
        text_add(out, a ? ", '" : "'");
        text_add_visible(out, features->attributes[a], strlen(features->attributes[a]), 40);
        text_add(out, "'");
    }
}

enum status subject_find_attribute(const struct features *features, const char *name,
                                   int *attribute, struct error *err)
{
    for (size_t a = 0; name && a < features->n_attributes; a++)
        if (strcmp(features->attributes[a], name) == 0) {
            *attribute = (int)a;
            return STATUS_OK;
        }
    if (!features->n_attributes)
        return error_set(err, STATUS_SHAPE, "its pairs have no attributes to adapt to");
    struct text names = {0};
    char shown[80];
    list_attributes(features, &names);
    if (name)
        error_set(err, STATUS_NOT_FOUND, "there is no attribute '%s'; there are %s",
                  text_show(shown, sizeof shown, name), names.bytes);
    else
        error_set(err, STATUS_USAGE, "--attribute must be given; there are %s",
                  names.bytes);
    text_done(&names);
    return err->status;
}
