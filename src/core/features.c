#include "core/features.h"

#include <string.h>

#include "base/text.h"
#include "core/features_files.h"

const char *split_name(enum split split)
{
    static const char *const names[SPLIT_COUNT] = {"train", "holdout", "test"};
    return names[split];
}

/* Every name that some layout has. */
static bool is_known(const char *name)
{
    static const char *const names[] = {"response",    "prompt",           "context",
                                        "labels",      "pair.chosen",      "pair.rejected",
                                        "pair.prompt", "pair.context",     "pair.attribute",
                                        "pair.user",   "pair.split",       "chosen",
                                        "rejected",    "attribute",        "split",
                                        "embeddings",  "prompt_embeddings"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static enum status check_map(const struct features_files *files, struct error *err)
{
    char shown[80];
    for (size_t i = 0; i < files->n_map; i++) {
        const struct features_map *entry = &files->map[i];
        if (!is_known(entry->name))
            return error_set(
                err, STATUS_USAGE,
                "no layout of features has a tensor '%s'; expected chosen, "
                "rejected, prompt, attribute, split, response, labels and others",
                text_show(shown, sizeof shown, entry->name));
        if (!tensors_has(files->tensors, entry->tensor))
            return error_set(err, STATUS_NOT_FOUND, "'%s' has no tensor '%s'", files->path,
                             text_show(shown, sizeof shown, entry->tensor));
    }
    if (tensors_is_single(files->tensors) && !files->n_map)
        return error_set(err, STATUS_USAGE,
                         "'%s' is one array; name the folder that holds chosen.npy and "
                         "rejected.npy, or what their names begin with",
                         files->path);
    return STATUS_OK;
}

enum status features_open_mapped(struct features *features, const char *path,
                                 const struct features_map *map, size_t n,
                                 struct error *err)
{
    struct error inner;
    struct features result = {.files = features_files_open(path, &inner)};
    if (!result.files)
        return error_set(err, inner.status, "%s", inner.message);
    result.files->map = map;
    result.files->n_map = n;
    result.metadata = tensors_metadata(result.files->tensors);
    enum status status = check_map(result.files, err);
    if (!status)
        status = features_layout_read(&result, err);
    if (status) {
        features_done(&result);
        return status;
    }
    result.hash = result.files->hash;
    result.files->map = NULL;
    result.files->n_map = 0;
    *features = result;
    return STATUS_OK;
}

enum status features_open(struct features *features, const char *path, struct error *err)
{
    return features_open_mapped(features, path, NULL, 0, err);
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
