#include "session/typed.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/encoder.h"
#include "io/json.h"

static enum status check_context(const char *context, size_t length, struct error *err)
{
    if (!length)
        return error_set(err, STATUS_USAGE, "the context is empty");
    if (length > TYPED_CONTEXT_MAX)
        return error_set(err, STATUS_USAGE,
                         "the context has %zu bytes, at most %d are read", length,
                         TYPED_CONTEXT_MAX);
    size_t valid = utf8_check(context, length);
    if (valid < length)
        return error_set(err, STATUS_USAGE, "the context is not UTF-8 at byte %zu", valid);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)context[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
            return error_set(err, STATUS_USAGE,
                             "the context holds a control character at byte %zu", i);
    }
    return STATUS_OK;
}

static struct encoder *open_encoder(const struct features *features, struct error *err)
{
    const char *name = json_text(json_get(features->metadata, "encoder"));
    const char *text = json_text(json_get(features->metadata, "encoder.settings"));
    if (!name) {
        error_set(err, STATUS_NOT_FOUND,
                  "the features do not say which encoder made them, so a context cannot be "
                  "encoded");
        return NULL;
    }
    struct json *settings = text ? json_parse(text, strlen(text), err) : NULL;
    struct encoder *encoder = NULL;
    if (settings || !text)
        encoder = encoder_open(name, settings, err);
    if (!encoder)
        error_prefix(err, "encoder '%s'", name);
    json_free(settings);
    return encoder;
}

static enum status check_encoder(const struct encoder *encoder,
                                 const struct features *features, struct error *err)
{
    size_t width = encoder_width(encoder, ENCODER_PROMPT);
    if (!encoder_adds_context(encoder))
        return error_set(err, STATUS_USAGE,
                         "the encoder '%s' needs the texts of the prompts to add a context",
                         encoder_name(encoder));
    if (!features->prompt.n_rows)
        return error_set(err, STATUS_NOT_FOUND, "the features hold no prompts");
    if (width != features->prompt.n_columns)
        return error_set(
            err, STATUS_SHAPE,
            "the encoder '%s' makes %zu numbers a prompt, the features have %zu",
            encoder_name(encoder), width, features->prompt.n_columns);
    return STATUS_OK;
}

/* What the context adds to any prompt: [Dp] */
static enum status encode_context(struct encoder *encoder, const char *context,
                                  size_t length, float *out, struct error *err)
{
    size_t width = encoder_width(encoder, ENCODER_PROMPT);
    const struct encoder_text nothing = {"", 0};
    const struct encoder_prompt texts[2] = {{nothing, {context, length}}, {nothing, {0}}};
    float *rows = mem_alloc(2 * width * sizeof *rows);
    enum status status = encoder_prompts(encoder, texts, 2, rows, err);
    for (size_t j = 0; j < width && !status; j++)
        out[j] = rows[j] - rows[width + j];
    free(rows);
    return status;
}

enum status typed_rows(const struct features *features, const char *context,
                       const uint32_t *which, size_t n, float *out, struct error *err)
{
    size_t length = strlen(context), width = features->prompt.n_columns;
    if (check_context(context, length, err))
        return err->status;
    struct encoder *encoder = open_encoder(features, err);
    if (!encoder)
        return err->status;
    float *added = mem_alloc((width + 1) * sizeof *added);
    enum status status = check_encoder(encoder, features, err);
    if (!status)
        status = encode_context(encoder, context, length, added, err);
    for (size_t i = 0; i < n && !status; i++) {
        float *row = out + i * width;
        dtype_widen(row, rows_at(&features->prompt, which[i], 0), features->prompt.dtype,
                    width);
        for (size_t j = 0; j < width; j++)
            row[j] += added[j];
    }
    free(added);
    encoder_free(encoder);
    return status;
}
