#include "core/features.h"

#include "core/features_files.h"

const char *split_name(enum split split)
{
    static const char *const names[SPLIT_COUNT] = {"train", "holdout", "test"};
    return names[split];
}

enum status features_open(struct features *features, const char *path, struct error *err)
{
    struct error inner;
    struct features result = {.files = features_files_open(path, &inner)};
    if (!result.files)
        return error_set(err, inner.status, "%s", inner.message);
    if (result.files->safetensors)
        result.metadata = safetensors_metadata(result.files->safetensors);
    enum status status = features_layout_read(&result, err);
    if (status) {
        features_done(&result);
        return status;
    }
    result.hash = result.files->hash;
    *features = result;
    return STATUS_OK;
}

void features_done(struct features *features)
{
    features_files_free(features->files);
    *features = (struct features){0};
}

size_t features_select(const struct features *features, enum split split, int attribute,
                       uint32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < features->n_pairs; i++) {
        if (features->pair_split[i] != (int32_t)split ||
            (attribute >= 0 && features->pair_attribute[i] != attribute))
            continue;
        if (out)
            out[n] = (uint32_t)i;
        n++;
    }
    return n;
}
