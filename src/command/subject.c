#include "command/subject.h"

#include <string.h>

#include "core/checkpoint.h"
#include "core/linalg.h"
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

enum status subject_open(struct subject *subject, struct call *call, const char *features,
                         const char *model, struct error *err)
{
    struct subject opened = {0};
    linalg_init();
    enum status status = features_open(&opened.features, features, err);
    if (status)
        return status;
    status = checkpoint_open(model, &opened.model, &opened.metadata, err);
    if (status) {
        features_done(&opened.features);
        return status;
    }
    compare_origins(call->report, &opened);
    *subject = opened;
    return STATUS_OK;
}

void subject_done(struct subject *subject)
{
    features_done(&subject->features);
    model_done(&subject->model);
    json_free(subject->metadata);
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
