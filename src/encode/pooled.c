#include "encode/pooled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "encode/component.h"
#include "encode/floats.h"
#include "io/json.h"

static const char *const block_keys[POOLED_BLOCKS] = {"prompt", "context", "response"};

/* ---- opening ---- */

static enum status read_components(struct pooled *pooled, const struct json *settings,
                                   struct error *err)
{
    const struct json *components = json_get(settings, "components");
    if (!components)
        return STATUS_OK;
    pooled->removes_component = true;
    for (int b = 0; b < POOLED_BLOCKS; b++) {
        if (!json_get(components, block_keys[b]))
            continue;
        pooled->components[b] = mem_zero(pooled->dimension * sizeof(float));
        if (floats_from_json(pooled->components[b], pooled->dimension, components,
                             block_keys[b], err))
            return error_prefix(err, "'components' of the settings");
    }
    return STATUS_OK;
}

enum status pooled_open(struct pooled *pooled, const char *label,
                        const struct encoder_opening *opening, struct error *err)
{
    static const char *const before[POOLED_BLOCKS] = {"prompt.", "context.", ""};
    size_t D = pooled->dimension;
    pooled->names = mem_zero(POOLED_BLOCKS * D * sizeof *pooled->names);
    for (int b = 0; b < POOLED_BLOCKS; b++)
        for (size_t j = 0; j < D; j++)
            snprintf(pooled->names[(size_t)b * D + j], sizeof *pooled->names, "%s%s.%zu",
                     before[b], label, j);
    if (opening->settings)
        return read_components(pooled, opening->settings, err);
    pooled->removes_component = opening->choices && opening->choices->removes_component;
    return STATUS_OK;
}

void pooled_done(struct pooled *pooled)
{
    for (int b = 0; b < POOLED_BLOCKS; b++)
        free(pooled->components[b]);
    free(pooled->names);
}

void pooled_settings(const struct pooled *pooled, struct json *object)
{
    if (!pooled->removes_component)
        return;
    struct json *components = json_put(object, "components", json_object());
    for (int b = 0; b < POOLED_BLOCKS; b++)
        if (pooled->components[b])
            json_put(components, block_keys[b],
                     floats_to_json(pooled->components[b], pooled->dimension));
}

/* ---- what it is ---- */

bool pooled_adds_context(const void *self)
{
    (void)self;
    return true;
}

size_t pooled_width(const void *self, enum encoder_side side)
{
    const struct pooled *pooled = self;
    return side == ENCODER_PROMPT ? 2 * pooled->dimension : pooled->dimension;
}

const char *pooled_feature(const void *self, enum encoder_side side, size_t index)
{
    const struct pooled *pooled = self;
    return pooled->names[side == ENCODER_PROMPT ? index : 2 * pooled->dimension + index];
}

enum scaling pooled_scaling(const void *self, enum encoder_side side, size_t index)
{
    const struct pooled *pooled = self;
    return side == ENCODER_PROMPT && index >= pooled->dimension ? SCALING_PRESENT
                                                                : SCALING_CENTRED;
}

size_t pooled_coverage(const void *self, struct encoder_coverage *out, size_t room)
{
    const struct pooled *pooled = self;
    if (room)
        *out = (struct encoder_coverage){NULL, pooled->n_words, pooled->n_unknown};
    return room ? 1 : 0;
}

/* ---- encoding ---- */

enum status pooled_prompts(void *self, const struct encoder_prompt *texts, size_t n,
                           float *out, struct error *err)
{
    (void)err;
    struct pooled *pooled = self;
    size_t D = pooled->dimension;
    for (size_t i = 0; i < n; i++, out += 2 * D) {
        const struct encoder_text *now = &texts[i].prompt;
        if (i && now->bytes == texts[i - 1].prompt.bytes &&
            now->length == texts[i - 1].prompt.length)
            memcpy(out, out - 2 * D, D * sizeof *out);
        else
            pooled->pool(self, *now, out);
        if (texts[i].context.bytes)
            pooled->pool(self, texts[i].context, out + D);
        else
            memset(out + D, 0, D * sizeof *out);
    }
    return STATUS_OK;
}

enum status pooled_responses(void *self, const struct encoder_response *texts, size_t n,
                             float *out, struct error *err)
{
    (void)err;
    struct pooled *pooled = self;
    for (size_t i = 0; i < n; i++)
        pooled->pool(self, texts[i].response, out + i * pooled->dimension);
    return STATUS_OK;
}

/* ---- components ---- */

static bool is_zero(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] != 0)
            return false;
    return true;
}

static void fit_block(struct pooled *pooled, enum pooled_block block, const float *rows,
                      size_t stride, size_t n)
{
    size_t D = pooled->dimension;
    float *u = pooled->components[block];
    if (!u)
        u = pooled->components[block] = mem_zero(D * sizeof *u);
    component_fit(u, D, rows, stride, n);
    if (is_zero(u, D)) {
        free(u);
        pooled->components[block] = NULL;
    }
}

bool pooled_reduces(const void *self)
{
    const struct pooled *pooled = self;
    return pooled->removes_component;
}

enum status pooled_fit(void *self, enum encoder_side side, const float *rows, size_t n,
                       struct error *err)
{
    (void)err;
    struct pooled *pooled = self;
    size_t D = pooled->dimension;
    if (side == ENCODER_RESPONSE) {
        fit_block(pooled, POOLED_RESPONSE, rows, D, n);
        return STATUS_OK;
    }
    fit_block(pooled, POOLED_PROMPT, rows, 2 * D, n);
    fit_block(pooled, POOLED_CONTEXT, rows + D, 2 * D, n);
    return STATUS_OK;
}

static void reduce_block(const struct pooled *pooled, enum pooled_block block, float *rows,
                         size_t stride, size_t n)
{
    if (pooled->components[block])
        component_remove(pooled->components[block], pooled->dimension, rows, stride, n);
}

void pooled_reduce(const void *self, enum encoder_side side, float *rows, size_t n)
{
    const struct pooled *pooled = self;
    size_t D = pooled->dimension;
    if (side == ENCODER_RESPONSE) {
        reduce_block(pooled, POOLED_RESPONSE, rows, D, n);
        return;
    }
    reduce_block(pooled, POOLED_PROMPT, rows, 2 * D, n);
    reduce_block(pooled, POOLED_CONTEXT, rows + D, 2 * D, n);
}
