#include "encode/surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/surface_prompt.h"
#include "encode/surface_response.h"
#include "io/json.h"

enum { VERSION = 1, HASHED_MAX = 4096 };

struct surface {
    struct vocabulary *vocabulary;
    struct lexicon *lexicon;
    struct tally_scratch *tally;
    struct overlap *overlap;
    size_t hashed;
    struct surface_layout layout;
    char (*names)[40]; /* (layout.width) */

    /* The prompt last met, and what was made of it. */
    struct text prompt_text;
    struct tokens prompt;
    float *prompt_row; /* (layout.width) with the context's blocks zero */
    bool has_prompt, is_indexed, is_measured;

    struct tokens tokens; /* of a response or context */
};

static enum status read_settings(const struct json *settings, size_t *hashed,
                                 struct error *err)
{
    double number;
    const struct json *version = json_get(settings, "version");
    if (!json_number(version, &number) || number < 1 || number != floor(number))
        return error_set(err, STATUS_FORMAT,
                         "settings of encoder 'surface' have no whole number 'version'");
    if (number > VERSION)
        return error_set(err, STATUS_FORMAT,
                         "settings are of version %.0f of encoder 'surface', this program "
                         "knows versions up to %d",
                         number, VERSION);
    const struct json *json = json_get(settings, "hashed");
    if (!json)
        return STATUS_OK;
    if (!json_number(json, &number) || !(number >= 0 && number <= HASHED_MAX) ||
        number != floor(number))
        return error_set(err, STATUS_FORMAT,
                         "'hashed' of encoder 'surface' is not a whole number from 0 to %d",
                         HASHED_MAX);
    *hashed = (size_t)number;
    return STATUS_OK;
}

static void *surface_open(const char *name, const struct encoder_opening *opening,
                          struct error *err)
{
    (void)name;
    const struct json *settings = opening->settings;
    size_t hashed = SURFACE_HASHED;
    if (settings && read_settings(settings, &hashed, err) != STATUS_OK)
        return NULL;
    struct surface *surface = mem_zero(sizeof *surface);
    surface->vocabulary = vocabulary_create();
    surface->lexicon = lexicon_create();
    surface->tally = tally_scratch_create(surface->vocabulary);
    surface->overlap = overlap_create();
    surface->hashed = hashed;
    surface->layout = surface_layout(hashed);
    size_t width = surface->layout.width;
    surface->prompt_row = mem_zero(width * sizeof *surface->prompt_row);
    surface->names = mem_zero(width * sizeof *surface->names);
    for (size_t i = 0; i < width; i++)
        surface_prompt_feature(&surface->layout, i, surface->names[i]);
    return surface;
}

static void surface_close(void *self)
{
    struct surface *surface = self;
    vocabulary_free(surface->vocabulary);
    lexicon_free(surface->lexicon);
    tally_scratch_free(surface->tally);
    overlap_free(surface->overlap);
    free(surface->names);
    text_done(&surface->prompt_text);
    tokens_done(&surface->prompt);
    free(surface->prompt_row);
    tokens_done(&surface->tokens);
    free(surface);
}

static size_t surface_width(const void *self, enum encoder_side side)
{
    const struct surface *surface = self;
    return side == ENCODER_PROMPT ? surface->layout.width : surface_response_width();
}

static const char *surface_feature(const void *self, enum encoder_side side, size_t index)
{
    const struct surface *surface = self;
    return side == ENCODER_PROMPT ? surface->names[index] : surface_response_feature(index);
}

static enum scaling surface_scaling(const void *self, enum encoder_side side, size_t index)
{
    const struct surface *surface = self;
    return side == ENCODER_PROMPT ? surface_prompt_scaling(&surface->layout, index)
                                  : SCALING_CENTRED;
}

/* Makes surface->prompt the words of this text; does nothing when they already are. */
static void meet_prompt(struct surface *surface, struct encoder_text text)
{
    size_t length = text.bytes ? text.length : 0;
    if (surface->has_prompt && surface->prompt_text.length == length &&
        (!length || memcmp(surface->prompt_text.bytes, text.bytes, length) == 0))
        return;
    text_clear(&surface->prompt_text);
    text_append(&surface->prompt_text, text.bytes, length);
    tokens_read(&surface->prompt, surface->prompt_text.bytes, length);
    surface->has_prompt = true;
    surface->is_indexed = surface->is_measured = false;
}

static enum status surface_prompts(void *self, const struct encoder_prompt *texts, size_t n,
                                   float *out, struct error *err)
{
    (void)err;
    struct surface *surface = self;
    const struct surface_layout *layout = &surface->layout;
    struct tally tally;
    for (size_t i = 0; i < n; i++, out += layout->width) {
        meet_prompt(surface, texts[i].prompt);
        if (!surface->is_measured) {
            tally_tokens(surface->tally, &surface->prompt, &tally);
            surface_prompt_measure(layout, surface->lexicon, &surface->prompt, &tally,
                                   tally_classes(surface->tally), surface->prompt_row);
            surface->is_measured = true;
        }
        memcpy(out, surface->prompt_row, layout->width * sizeof *out);
        if (!texts[i].context.bytes)
            continue;
        tokens_read(&surface->tokens, texts[i].context.bytes, texts[i].context.length);
        tally_tokens(surface->tally, &surface->tokens, &tally);
        surface_context_measure(layout, surface->lexicon, &surface->tokens,
                                tally_classes(surface->tally), out);
    }
    return STATUS_OK;
}

static enum status surface_responses(void *self, const struct encoder_response *texts,
                                     size_t n, float *out, struct error *err)
{
    (void)err;
    struct surface *surface = self;
    for (size_t i = 0; i < n; i++, out += surface_response_width()) {
        struct encoder_text response = texts[i].response;
        struct tally tally;
        struct overlap_measures overlap;
        meet_prompt(surface, texts[i].prompt);
        if (!surface->is_indexed)
            overlap_index(surface->overlap, &surface->prompt, surface->vocabulary);
        surface->is_indexed = true;
        tokens_read(&surface->tokens, response.bytes, response.bytes ? response.length : 0);
        tally_tokens(surface->tally, &surface->tokens, &tally);
        overlap_measure(surface->overlap, &surface->tokens, tally_classes(surface->tally),
                        &overlap);
        surface_response_measure(&surface->tokens, &tally, &overlap, out);
    }
    return STATUS_OK;
}

static bool surface_adds_context(const void *self)
{
    (void)self;
    return true;
}

static void surface_settings(const void *self, struct json *object)
{
    const struct surface *surface = self;
    json_put_number(object, "version", VERSION);
    json_put_number(object, "hashed", (double)surface->hashed);
}

const struct encoder_kind surface_kind = {
    .name = "surface",
    .label = "surface",
    .adds_context = surface_adds_context,
    .open = surface_open,
    .close = surface_close,
    .width = surface_width,
    .feature = surface_feature,
    .scaling = surface_scaling,
    .prompts = surface_prompts,
    .responses = surface_responses,
    .settings = surface_settings,
};
