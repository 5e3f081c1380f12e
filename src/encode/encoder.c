#include "encode/encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/join.h"
#include "encode/kind.h"
#include "encode/model2vec.h"
#include "encode/remote.h"
#include "encode/surface.h"
#include "encode/vectors.h"
#include "io/json.h"

struct encoder {
    const struct encoder_kind *kind;
    char *name;
    void *self;
    struct standard standards[ENCODER_SIDES];
};

static const struct encoder_kind *const kinds[] = {
    &surface_kind, &vectors_kind, &model2vec_kind, &http_kind, &https_kind, NULL};

static const char *const side_keys[ENCODER_SIDES] = {
    [ENCODER_PROMPT] = "prompt",
    [ENCODER_RESPONSE] = "response",
};

/* ---- names ---- */

static bool takes_file(const struct encoder_kind *kind)
{
    return kind->name[strlen(kind->name) - 1] == ':';
}

/* Does a name of this kind begin here? */
static bool begins(const struct encoder_kind *kind, const char *name)
{
    size_t n = strlen(kind->name);
    return strncmp(name, kind->name, n) == 0 &&
           (takes_file(kind) || name[n] == '\0' || name[n] == '+');
}

const struct encoder_kind *kind_find(const char *name, struct error *err)
{
    struct text wanted = {0};
    for (size_t i = 0; kinds[i]; i++) {
        if (takes_file(kinds[i]) ? begins(kinds[i], name)
                                 : strcmp(kinds[i]->name, name) == 0) {
            text_done(&wanted);
            return kinds[i];
        }
        text_printf(&wanted, "%s'%s'",
                    !i             ? ""
                    : kinds[i + 1] ? ", "
                                   : " or ",
                    kinds[i]->label);
    }
    char shown[200];
    error_set(err, STATUS_NOT_FOUND,
              "there is no encoder '%s'; expected %s, or several joined by '+'",
              text_show(shown, sizeof shown, name), wanted.bytes);
    text_done(&wanted);
    return NULL;
}

size_t kind_part_length(const char *name)
{
    for (const char *plus = strchr(name, '+'); plus; plus = strchr(plus + 1, '+'))
        for (size_t i = 0; kinds[i]; i++)
            if (begins(kinds[i], plus + 1))
                return (size_t)(plus - name);
    return strlen(name);
}

/* ---- opening ---- */

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
                                encoder->name, side_keys[side]);
    }
    return STATUS_OK;
}

/* Refuses choices that no part of the encoder knows. */
static enum status check_choices(const struct encoder_kind *kind, const char *name,
                                 const struct encoder_choices *choices, struct error *err)
{
    static const struct encoder_choices none;
    const struct encoder_choices *made = choices ? choices : &none;
    const struct {
        bool is_made;
        unsigned choice;
        const char *lacks;
    } checks[] = {
        {made->sif > 0, CHOICE_SIF, "has no words to weigh; only 'vectors:FILE' has"},
        {made->removes_component, CHOICE_COMPONENT,
         "has no component to remove; only 'vectors:FILE' and 'model2vec:DIR' have"},
        {made->profile || made->template || made->gain || made->batch || made->requests ||
             made->timeout > 0 || made->is_raw || made->keeps_none,
         CHOICE_REMOTE,
         "works here; profile, template, gain, batch, requests, timeout, raw and fresh "
         "are of 'http://HOST#MODEL'"},
    };
    unsigned known = kind == &join_kind ? join_choices(name) : kind->choices;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i].is_made && !(known & checks[i].choice))
            return error_set(err, STATUS_USAGE, "encoder '%s' %s", name, checks[i].lacks);
    return STATUS_OK;
}

struct encoder *encoder_create(const char *name, const struct encoder_opening *opening,
                               struct error *err)
{
    const struct json *settings = opening->settings;
    bool is_joined = name[kind_part_length(name)] != '\0';
    const struct encoder_kind *kind = is_joined ? &join_kind : kind_find(name, err);
    if (!kind || (!settings && check_choices(kind, name, opening->choices, err)))
        return NULL;
    if (settings && !json_is_object(settings)) {
        error_set(err, STATUS_FORMAT, "settings of encoder '%s' are not a JSON object",
                  name);
        return NULL;
    }
    void *self = kind->open(name, opening, err);
    if (!self)
        return NULL;
    struct encoder *encoder = mem_zero(sizeof *encoder);
    encoder->kind = kind;
    encoder->name = mem_copy_text(name);
    encoder->self = self;
    if (settings && read_statistics(encoder, settings, err) != STATUS_OK) {
        encoder_free(encoder);
        return NULL;
    }
    return encoder;
}

struct encoder *encoder_open(const char *name, const struct json *settings,
                             struct error *err)
{
    return encoder_create(name, &(struct encoder_opening){.settings = settings}, err);
}

struct encoder *encoder_reopen(const char *name, const char *settings,
                               const struct encoder_watch *watch, struct error *err)
{
    struct json *parsed = json_parse(settings, strlen(settings), err);
    const struct encoder_opening opening = {.settings = parsed, .watch = watch};
    struct encoder *encoder = parsed ? encoder_create(name, &opening, err) : NULL;
    json_free(parsed);
    return encoder;
}

void encoder_free(struct encoder *encoder)
{
    if (!encoder)
        return;
    for (int side = 0; side < ENCODER_SIDES; side++)
        standard_done(&encoder->standards[side]);
    encoder->kind->close(encoder->self);
    free(encoder->name);
    free(encoder);
}

/* ---- what it is ---- */

const char *encoder_name(const struct encoder *encoder)
{
    return encoder->name;
}

size_t encoder_width(const struct encoder *encoder, enum encoder_side side)
{
    return encoder->kind->width(encoder->self, side);
}

bool encoder_adds_context(const struct encoder *encoder)
{
    return encoder->kind->adds_context(encoder->self);
}

const char *encoder_feature(const struct encoder *encoder, enum encoder_side side,
                            size_t index)
{
    if (index >= encoder_width(encoder, side))
        return NULL;
    return encoder->kind->feature(encoder->self, side, index);
}

size_t encoder_coverage(const struct encoder *encoder, struct encoder_coverage *out,
                        size_t room)
{
    size_t n =
        encoder->kind->coverage ? encoder->kind->coverage(encoder->self, out, room) : 0;
    for (size_t i = 0; i < n; i++)
        if (!out[i].name)
            out[i].name = encoder->name;
    return n;
}

const char *encoder_warning(const struct encoder *encoder)
{
    return encoder->kind->warning ? encoder->kind->warning(encoder->self) : NULL;
}

/* ---- encoding ---- */

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

/* The kind's own statistics from the rows, and the rows that the standardisation is fitted on then:
 * [n, width], free them. */
static enum status fit_kind(struct encoder *encoder, enum encoder_side side,
                            const float *rows, const uint32_t *which, size_t n,
                            float **reduced, struct error *err)
{
    size_t width = encoder_width(encoder, side);
    float *copy = mem_array(n, width * sizeof *copy);
    if (!copy)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu training rows of %zu", n,
                         width);
    for (size_t i = 0; i < n; i++)
        memcpy(copy + i * width, rows + (which ? which[i] : i) * width,
               width * sizeof *copy);
    enum status status = encoder->kind->fit(encoder->self, side, copy, n, err);
    if (status) {
        free(copy);
        return status;
    }
    encoder->kind->reduce(encoder->self, side, copy, n);
    *reduced = copy;
    return STATUS_OK;
}

enum status encoder_fit(struct encoder *encoder, enum encoder_side side, const float *rows,
                        const uint32_t *which, size_t n, struct error *err)
{
    size_t width = encoder_width(encoder, side);
    float *reduced = NULL;
    enum status status = STATUS_OK;
    enum scaling *scaling = mem_alloc(width * sizeof *scaling);
    for (size_t i = 0; i < width; i++)
        scaling[i] = encoder->kind->scaling(encoder->self, side, i);
    if (n && encoder->kind->fit && encoder->kind->reduces(encoder->self))
        status = fit_kind(encoder, side, rows, which, n, &reduced, err);
    if (!status)
        status = standard_fit(&encoder->standards[side], scaling, width,
                              reduced ? reduced : rows, reduced ? NULL : which, n, err);
    free(scaling);
    free(reduced);
    return status;
}

bool encoder_is_fitted(const struct encoder *encoder, enum encoder_side side)
{
    return encoder->standards[side].mean != NULL;
}

void encoder_standardise(const struct encoder *encoder, enum encoder_side side, float *rows,
                         size_t n)
{
    if (!encoder_is_fitted(encoder, side))
        return;
    if (encoder->kind->reduce)
        encoder->kind->reduce(encoder->self, side, rows, n);
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
