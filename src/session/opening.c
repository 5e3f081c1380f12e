#include "session/opening.h"

#include <stdio.h>
#include <string.h>

#include "io/json.h"
#include "io/safetensors.h"

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static bool is_corpus(const char *path)
{
    return ends_in(path, ".jsonl") || ends_in(path, ".gz") ||
           (ends_in(path, ".json") && !ends_in(path, ".index.json"));
}

enum status opening_kind(const char *path, enum held_kind *kind, struct error *err)
{
    if (is_corpus(path)) {
        *kind = HELD_CORPUS;
        return STATUS_OK;
    }
    *kind = HELD_FEATURES;
    if (!ends_in(path, ".safetensors") && !ends_in(path, ".index.json"))
        return STATUS_OK; /* NumPy files, or a folder of them */
    struct safetensors *file = safetensors_open(path, err);
    if (!file)
        return err->status;
    if (safetensors_has(file, "score.weight") ||
        safetensors_has(file, "score.learnable_net.weight"))
        *kind = HELD_MODEL;
    safetensors_free(file);
    return STATUS_OK;
}

enum status opening_check_fit(const struct held_features *features,
                              const struct held_model *model, struct error *err)
{
    const struct shape *shape = &model->model.shape;
    const char *path = model->path ? model->path : "the model";
    size_t prompt = features->features.prompt.n_columns;
    size_t response = features->features.chosen.n_columns;
    if (shape->response_width != response)
        return error_set(err, STATUS_SHAPE,
                         "the heads of '%s' read rows of %zu numbers, the responses of "
                         "'%s' have %zu",
                         path, shape->response_width, features->path, response);
    if (shape->prompt_width && shape->prompt_width != prompt)
        return error_set(err, STATUS_SHAPE,
                         "the router of '%s' reads rows of %zu numbers, the prompts of "
                         "'%s' have %zu",
                         path, shape->prompt_width, features->path, prompt);
    return STATUS_OK;
}

/* The path of each kind among those given. */
static enum status sort_paths(const char *const *paths, size_t n, const char *by_kind[4],
                              struct error *err)
{
    static const char *const names[] = {"", "corpora", "sets of features", "models"};
    for (size_t i = 0; i < n; i++) {
        enum held_kind kind;
        enum status status = opening_kind(paths[i], &kind, err);
        if (status)
            return status;
        if (by_kind[kind])
            return error_set(err, STATUS_USAGE, "'%s' and '%s' are both %s: open one",
                             by_kind[kind], paths[i], names[kind]);
        by_kind[kind] = paths[i];
    }
    return STATUS_OK;
}

static void drop(struct given *opened)
{
    held_corpus_unref(opened->corpus);
    held_features_unref(opened->features);
    held_model_unref(opened->model);
}

static enum status open_each(struct given *opened, const char *const by_kind[4],
                             const struct held_features *held,
                             const struct corpus_watch *watch, struct error *err)
{
    const char *path = by_kind[HELD_FEATURES];
    if (path && !(opened->features = held_features_open(path, err)))
        return err->status;
    const struct held_features *features = opened->features ? opened->features : held;
    path = by_kind[HELD_MODEL];
    if (path && !(opened->model = held_model_open(path, err)))
        return err->status;
    if (opened->model && features && opening_check_fit(features, opened->model, err))
        return err->status;
    path = by_kind[HELD_CORPUS];
    if (path && !features)
        return error_set(err, STATUS_USAGE,
                         "'%s' is a corpus: open features of it first (microscope encode "
                         "makes them)",
                         path);
    if (path && !(opened->corpus = held_corpus_open(path, features, watch, err)))
        return err->status;
    return STATUS_OK;
}

enum status opening_make(struct given *out, const struct given *have,
                         const char *const *paths, size_t n,
                         const struct corpus_watch *watch, struct error *err)
{
    const char *by_kind[4] = {NULL};
    struct given opened = {0};
    enum status status = sort_paths(paths, n, by_kind, err);
    if (!status)
        status = open_each(&opened, by_kind, have->features, watch, err);
    if (status)
        drop(&opened);
    else
        *out = opened;
    return status;
}
