#include "session/held.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "core/checkpoint.h"
#include "core/linalg.h"
#include "io/json.h"
#include "io/mapping.h"
#include "session/origin.h"

enum { PRINT_HEAD = 1 << 20, PRINT_PIECE = 4096, PRINT_PIECES = 64 };

enum status held_print(const char *path, uint64_t *print, struct error *err)
{
    struct mapping map;
    enum status status = mapping_open(&map, path, err);
    if (status)
        return status;
    const char *bytes = (const char *)map.bytes;
    size_t head = map.length < PRINT_HEAD ? map.length : PRINT_HEAD;
    size_t rest = map.length - head;
    uint64_t hash = text_hash(bytes ? bytes : "", head, map.length);
    for (size_t i = 0; rest && i < PRINT_PIECES; i++) {
        size_t at = head + rest / PRINT_PIECES * i, left = map.length - at;
        hash = text_hash(bytes + at, left < PRINT_PIECE ? left : PRINT_PIECE, hash);
    }
    mapping_done(&map);
    *print = hash;
    return STATUS_OK;
}

const char *given_name(const struct given *given, enum held_kind kind)
{
    static const char unsaved[] = "the model of this session";
    if (!given)
        return NULL;
    switch (kind) {
    case HELD_CORPUS:
        return given->corpus ? given->corpus->path : NULL;
    case HELD_FEATURES:
        return given->features ? given->features->path : NULL;
    case HELD_MODEL:
        if (!given->model)
            return NULL;
        return given->model->path ? given->model->path : unsaved;
    case HELD_NOTHING:
        break;
    }
    return NULL;
}

struct held_features *held_features_open(const char *path, struct error *err)
{
    struct held_features *held = mem_zero(sizeof *held);
    linalg_init();
    enum status status = features_open(&held->features, path, err);
    /* A folder of arrays, or an index of shards, has no bytes of its own to know it by. */
    if (!status && held_print(path, &held->print, NULL))
        held->print = held->features.hash;
    if (status) {
        free(held);
        return NULL;
    }
    atomic_init(&held->count, 1);
    held->path = mem_copy_text(path);
    return held;
}

static uint64_t parameters_print(const struct model *model)
{
    size_t bytes = shape_parameters(&model->shape) * sizeof *model->block;
    return text_hash((const char *)model->block, bytes, model->shape.n_heads);
}

struct held_model *held_model_make(struct model *model, struct json *metadata)
{
    struct held_model *held = mem_zero(sizeof *held);
    atomic_init(&held->count, 1);
    held->model = *model;
    held->metadata = metadata ? metadata : json_object();
    held->print = parameters_print(model);
    *model = (struct model){0};
    return held;
}

struct held_model *held_model_open(const char *path, struct error *err)
{
    struct model model;
    struct json *metadata = NULL;
    linalg_init();
    if (checkpoint_open(path, &model, &metadata, err))
        return NULL;
    struct held_model *held = held_model_make(&model, metadata);
    held->path = mem_copy_text(path);
    uint64_t print;
    if (held_print(path, &print, NULL) == STATUS_OK)
        held->print = print;
    return held;
}

struct held_corpus *held_corpus_open(const char *path, const struct held_features *features,
                                     const struct corpus_watch *watch, struct error *err)
{
    struct held_corpus *held = mem_zero(sizeof *held);
    enum status status = corpus_read(&held->corpus, path, watch, err);
    if (!status) {
        status = origin_check(&held->corpus, &features->features, err);
        if (status)
            error_prefix(err, "'%s'", path);
    }
    if (status) {
        corpus_done(&held->corpus);
        free(held);
        return NULL;
    }
    atomic_init(&held->count, 1);
    held->path = mem_copy_text(path);
    return held;
}

/* ---- counts ---- */

static void take(atomic_size_t *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

/* Whether it was the last one. */
static bool give_back(atomic_size_t *count)
{
    return atomic_fetch_sub_explicit(count, 1, memory_order_acq_rel) == 1;
}

struct held_corpus *held_corpus_ref(struct held_corpus *corpus)
{
    if (corpus)
        take(&corpus->count);
    return corpus;
}

struct held_features *held_features_ref(struct held_features *features)
{
    if (features)
        take(&features->count);
    return features;
}

struct held_model *held_model_ref(struct held_model *model)
{
    if (model)
        take(&model->count);
    return model;
}

void held_corpus_unref(struct held_corpus *corpus)
{
    if (!corpus || !give_back(&corpus->count))
        return;
    corpus_done(&corpus->corpus);
    free(corpus->path);
    free(corpus);
}

void held_features_unref(struct held_features *features)
{
    if (!features || !give_back(&features->count))
        return;
    features_done(&features->features);
    free(features->path);
    free(features);
}

void held_model_unref(struct held_model *model)
{
    if (!model || !give_back(&model->count))
        return;
    model_done(&model->model);
    json_free(model->metadata);
    free(model->path);
    free(model);
}
