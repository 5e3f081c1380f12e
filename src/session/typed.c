#include "session/typed.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/encoder.h"
#include "io/json.h"

struct typed {
    struct encoder *encoder;
};

static struct encoder *open_encoder(const struct features *features,
                                    const struct encoder_watch *watch, struct error *err)
{
    const char *name = json_text(json_get(features->metadata, "encoder"));
    const char *written = json_text(json_get(features->metadata, "encoder.settings"));
    if (!name) {
        error_set(
            err, STATUS_NOT_FOUND,
            "the features do not say which encoder made them, so typed text cannot be "
            "encoded alike; 'microscope encode' makes features that do");
        return NULL;
    }
    if (!written) {
        error_set(err, STATUS_FORMAT,
                  "the features name the encoder '%s' without its settings, so typed text "
                  "cannot be encoded alike",
                  name);
        return NULL;
    }
    struct encoder *encoder = encoder_reopen(name, written, watch, err);
    if (!encoder)
        error_prefix(err, "encoder of the features");
    return encoder;
}

struct typed *typed_open(const struct features *features, const struct encoder_watch *watch,
                         struct error *err)
{
    struct encoder *encoder = open_encoder(features, watch, err);
    if (!encoder)
        return NULL;
    size_t width = encoder_width(encoder, ENCODER_PROMPT);
    if (width != features->prompt.n_columns) {
        error_set(err, STATUS_SHAPE,
                  "the encoder '%s' makes %zu numbers of a prompt, the features have %zu",
                  encoder_name(encoder), width, features->prompt.n_columns);
        encoder_free(encoder);
        return NULL;
    }
    struct typed *typed = mem_zero(sizeof *typed);
    typed->encoder = encoder;
    return typed;
}

struct typed *typed_create(const struct features *features, struct error *err)
{
    return typed_open(features, NULL, err);
}

void typed_free(struct typed *typed)
{
    if (!typed)
        return;
    encoder_free(typed->encoder);
    free(typed);
}

size_t typed_width(const struct typed *typed)
{
    return encoder_width(typed->encoder, ENCODER_PROMPT);
}

bool typed_adds_context(const struct typed *typed)
{
    return encoder_adds_context(typed->encoder);
}

static enum status check_text(struct typed_text text, const char *what, struct error *err)
{
    size_t valid = text.bytes ? utf8_check(text.bytes, text.length) : text.length;
    return valid == text.length
               ? STATUS_OK
               : error_set(err, STATUS_USAGE, "the %s is not valid UTF-8 at byte %zu", what,
                           valid);
}

enum status typed_encode_each(struct typed *typed, const struct typed_text *prompts,
                              size_t n, struct typed_text context, float *out,
                              struct error *err)
{
    enum status status = STATUS_OK;
    struct encoder_prompt *texts = mem_array(n + 1, sizeof *texts);
    if (!texts)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu prompts", n);
    for (size_t i = 0; i < n && !status; i++) {
        status = check_text(prompts[i], "prompt", err);
        texts[i] = (struct encoder_prompt){{prompts[i].bytes, prompts[i].length},
                                           {context.bytes, context.length}};
    }
    if (!status)
        status = check_text(context, "context", err);
    if (!status)
        status = encoder_prompts(typed->encoder, texts, n, out, err);
    free(texts);
    return status;
}

enum status typed_encode(struct typed *typed, struct typed_text prompt,
                         struct typed_text context, float *out, struct error *err)
{
    return typed_encode_each(typed, &prompt, 1, context, out, err);
}

enum status typed_context_part(struct typed *typed, struct typed_text context, float *out,
                               struct error *err)
{
    if (!encoder_adds_context(typed->encoder))
        return error_set(
            err, STATUS_USAGE,
            "the encoder '%s' needs the texts of the prompts to add a context; "
            "the corpus that the features were made from has them",
            encoder_name(typed->encoder));
    size_t width = typed_width(typed);
    const struct typed_text none = {NULL, 0}, empty = {"", 0};
    float *rows = mem_alloc(2 * width * sizeof *rows);
    enum status status = typed_encode(typed, empty, context, rows, err);
    if (!status)
        status = typed_encode(typed, empty, none, rows + width, err);
    for (size_t j = 0; j < width && !status; j++)
        out[j] = rows[j] - rows[width + j];
    free(rows);
    return status;
}
