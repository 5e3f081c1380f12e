#include "encode/encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "encode/kind.h"
#include "encode/surface.h"
#include "io/json.h"

struct encoder {
    const struct encoder_kind *kind;
    void *self;
    struct standard standards[ENCODER_SIDES];
};

static const struct encoder_kind *const kinds[] = {&surface_kind, NULL};

static const char *const side_keys[ENCODER_SIDES] = {
    [ENCODER_PROMPT] = "prompt",
    [ENCODER_RESPONSE] = "response",
};

static const struct encoder_kind *find_kind(const char *name, struct error *err)
{
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    error_set(err, STATUS_NOT_FOUND, "there is no encoder '%s'; expected '%s'", name,
              surface_kind.name);
    return NULL;
}

static enum status read_statistics(struct encoder *encoder, const struct json *settings,
                                   struct error *err)
{
    for (int side = 0; side < ENCODER_SIDES; side++) {
        const struct json *json = json_get(settings, side_keys[side]);
        if (!json)
            continue;
        size_t width = encoder_width(encoder, (enum encoder_side)side);
        if (standard_from_json(&encoder->standards[side], width, json, err) != STATUS_OK)
            return error_prefix(err, "settings of encoder '%s', statistics of '%s'",
                                encoder->kind->name, side_keys[side]);
    }
    return STATUS_OK;
}

struct encoder *encoder_open(const char *name, const struct json *settings,
                             struct error *err)
{
    const struct encoder_kind *kind = find_kind(name, err);
    if (!kind)
        return NULL;
    if (settings && !json_is_object(settings)) {
        error_set(err, STATUS_FORMAT, "settings of encoder '%s' are not a JSON object",
                  name);
        return NULL;
    }
    void *self = kind->open(settings, err);
    if (!self)
        return NULL;
    struct encoder *encoder = mem_zero(sizeof *encoder);
    encoder->kind = kind;
    encoder->self = self;
    if (settings && read_statistics(encoder, settings, err) != STATUS_OK) {
        encoder_free(encoder);
        return NULL;
    }
    return encoder;
}

void encoder_free(struct encoder *encoder)
{
    if (!encoder)
        return;
    for (int side = 0; side < ENCODER_SIDES; side++)
        standard_done(&encoder->standards[side]);
    encoder->kind->close(encoder->self);
    free(encoder);
}

const char *encoder_name(const struct encoder *encoder)
{
    return encoder->kind->name;
}

size_t encoder_width(const struct encoder *encoder, enum encoder_side side)
{
    return encoder->kind->width(encoder->self, side);
}

bool encoder_adds_context(const struct encoder *encoder)
{
    return encoder->kind->adds_context;
}

const char *encoder_feature(const struct encoder *encoder, enum encoder_side side,
                            size_t index)
{
    if (index >= encoder_width(encoder, side))
        return NULL;
    return encoder->kind->feature(encoder->self, side, index);
}

enum status encoder_prompts(struct encoder *encoder, const struct encoder_prompt *texts,
                            size_t n, float *out, struct error *err)
{
    enum status status = encoder->kind->prompts(encoder->self, texts, n, out, err);
    if (status == STATUS_OK)
        encoder_standardise(encoder, ENCODER_PROMPT, out, n);
    return status;
}

enum status encoder_responses(struct encoder *encoder, const struct encoder_response *texts,
                              size_t n, float *out, struct error *err)
{
    enum status status = encoder->kind->responses(encoder->self, texts, n, out, err);
    if (status == STATUS_OK)
        encoder_standardise(encoder, ENCODER_RESPONSE, out, n);
    return status;
}

enum status encoder_fit(struct encoder *encoder, enum encoder_side side, const float *rows,
                        const uint32_t *which, size_t n, struct error *err)
{
    size_t width = encoder_width(encoder, side);
    enum scaling *scaling = mem_alloc(width * sizeof *scaling);
    for (size_t i = 0; i < width; i++)
        scaling[i] = encoder->kind->scaling(encoder->self, side, i);
    enum status status =
        standard_fit(&encoder->standards[side], scaling, width, rows, which, n, err);
    free(scaling);
    return status;
}

bool encoder_is_fitted(const struct encoder *encoder, enum encoder_side side)
{
    return encoder->standards[side].mean != NULL;
}

void encoder_standardise(const struct encoder *encoder, enum encoder_side side, float *rows,
                         size_t n)
{
    standard_apply(&encoder->standards[side], rows, n);
}

struct json *encoder_settings(const struct encoder *encoder)
{
    struct json *settings = json_object();
    encoder->kind->settings(encoder->self, settings);
    for (int side = 0; side < ENCODER_SIDES; side++)
        if (encoder_is_fitted(encoder, (enum encoder_side)side))
            json_put(settings, side_keys[side],
                     standard_to_json(&encoder->standards[side]));
    return settings;
}
