#include "encode/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"

struct part {
    const struct encoder_kind *kind;
    char *name;
    void *self;
    size_t offset[ENCODER_SIDES]; /* of its first feature in a row */
    size_t twin;                  /* parts of the same kind up to here */
};

struct join {
    struct part *parts;
    size_t n;
    size_t width[ENCODER_SIDES];
    char (*names[ENCODER_SIDES])[KIND_NAME]; /* of all features; "": it has none */
    float *scratch;                          /* rows of one part */
    size_t scratch_room;
};

static void join_close(void *self)
{
    struct join *join = self;
    for (size_t i = 0; i < join->n; i++) {
        if (join->parts[i].self)
            join->parts[i].kind->close(join->parts[i].self);
        free(join->parts[i].name);
    }
    free(join->parts);
    for (int side = 0; side < ENCODER_SIDES; side++)
        free(join->names[side]);
    free(join->scratch);
    free(join);
}

/* ---- opening ---- */

/* The part's settings in those of the whole. */
static enum status find_settings(const struct part *part, const struct json *item,
                                 const struct json **settings, struct error *err)
{
    const char *name = json_text(json_get(item, "encoder"));
    *settings = json_get(item, "settings");
    if (!name || strcmp(name, part->name) != 0 || !json_is_object(*settings))
        return error_set(err, STATUS_FORMAT,
                         "settings of a joined encoder lack those of its part '%s'",
                         part->name);
    return STATUS_OK;
}

/* What the part knows of the choices. */
static struct encoder_choices own_choices(const struct encoder_kind *kind,
                                          const struct encoder_choices *choices)
{
    struct encoder_choices own = choices ? *choices : (struct encoder_choices){0};
    if (!(kind->choices & CHOICE_SIF))
        own.sif = 0;
    if (!(kind->choices & CHOICE_COMPONENT))
        own.removes_component = false;
    return own;
}

static enum status open_part(struct join *join, const char *name, size_t length,
                             const struct encoder_opening *opening, const struct json *item,
                             struct error *err)
{
    join->parts = mem_resize(join->parts, (join->n + 1) * sizeof *join->parts);
    struct part *part = &join->parts[join->n++];
    *part = (struct part){.name = mem_copy(name, length)};
    part->kind = kind_find(part->name, err);
    if (!part->kind)
        return err ? err->status : STATUS_NOT_FOUND;
    for (size_t i = 0; i < join->n; i++)
        if (join->parts[i].kind == part->kind)
            part->twin++;
    struct encoder_choices choices = own_choices(part->kind, opening->choices);
    struct encoder_opening own = {.choices = &choices, .watch = opening->watch};
    enum status status =
        opening->settings ? find_settings(part, item, &own.settings, err) : STATUS_OK;
    if (status)
        return status;
    part->self = part->kind->open(part->name, &own, err);
    if (!part->self)
        return err ? err->status : STATUS_FAILED;
    for (int side = 0; side < ENCODER_SIDES; side++) {
        part->offset[side] = join->width[side];
        join->width[side] += part->kind->width(part->self, (enum encoder_side)side);
    }
    return STATUS_OK;
}

static void name_features(struct join *join, enum encoder_side side)
{
    join->names[side] = mem_zero(join->width[side] * sizeof *join->names[side]);
    for (size_t i = 0; i < join->n; i++) {
        const struct part *part = &join->parts[i];
        size_t width = part->kind->width(part->self, side);
        for (size_t j = 0; j < width; j++) {
            const char *name = part->kind->feature(part->self, side, j);
            char *out = join->names[side][part->offset[side] + j];
            if (name && part->twin > 1)
                snprintf(out, KIND_NAME, "%s (part %zu)", name, i + 1);
            else if (name)
                snprintf(out, KIND_NAME, "%s", name);
        }
    }
}

static void *join_open(const char *name, const struct encoder_opening *opening,
                       struct error *err)
{
    struct join *join = mem_zero(sizeof *join);
    const struct json *parts = json_get(opening->settings, "parts");
    const struct json *item = json_is_array(parts) ? json_first(parts) : NULL;
    struct error inner = {0};
    for (;;) {
        size_t length = kind_part_length(name);
        if (open_part(join, name, length, opening, item, &inner)) {
            error_set(err, inner.status, "%s", inner.message);
            join_close(join);
            return NULL;
        }
        if (!name[length])
            break;
        name += length + 1;
        item = item ? json_next(item) : NULL;
    }
    for (int side = 0; side < ENCODER_SIDES; side++)
        name_features(join, (enum encoder_side)side);
    return join;
}

unsigned join_choices(const char *name)
{
    unsigned known = 0;
    for (;;) {
        size_t length = kind_part_length(name);
        char *part = mem_copy(name, length);
        const struct encoder_kind *kind = kind_find(part, NULL);
        known |= kind ? kind->choices : 0;
        free(part);
        if (!name[length])
            return known;
        name += length + 1;
    }
}

static void join_settings(const void *self, struct json *object)
{
    const struct join *join = self;
    struct json *parts = json_put(object, "parts", json_array());
    for (size_t i = 0; i < join->n; i++) {
        struct json *item = json_push(parts, json_object());
        json_put_text(item, "encoder", join->parts[i].name);
        join->parts[i].kind->settings(join->parts[i].self,
                                      json_put(item, "settings", json_object()));
    }
}

/* ---- what it is ---- */

static bool join_adds_context(const void *self)
{
    const struct join *join = self;
    for (size_t i = 0; i < join->n; i++)
        if (!join->parts[i].kind->adds_context(join->parts[i].self))
            return false;
    return true;
}

static size_t join_width(const void *self, enum encoder_side side)
{
    const struct join *join = self;
    return join->width[side];
}

static const char *join_feature(const void *self, enum encoder_side side, size_t index)
{
    const struct join *join = self;
    const char *name = join->names[side][index];
    return *name ? name : NULL;
}

static enum scaling join_scaling(const void *self, enum encoder_side side, size_t index)
{
    const struct join *join = self;
    size_t i = join->n - 1;
    while (i && join->parts[i].offset[side] > index)
        i--;
    const struct part *part = &join->parts[i];
    return part->kind->scaling(part->self, side, index - part->offset[side]);
}

static size_t join_coverage(const void *self, struct encoder_coverage *out, size_t room)
{
    const struct join *join = self;
    size_t n = 0;
    for (size_t i = 0; i < join->n; i++) {
        const struct part *part = &join->parts[i];
        size_t more =
            part->kind->coverage ? part->kind->coverage(part->self, out + n, room - n) : 0;
        for (size_t j = 0; j < more; j++)
            out[n++].name = part->name;
    }
    return n;
}

/* The first one that a part has. */
static const char *join_warning(const void *self)
{
    const struct join *join = self;
    const char *warning = NULL;
    for (size_t i = 0; i < join->n && !warning; i++)
        if (join->parts[i].kind->warning)
            warning = join->parts[i].kind->warning(join->parts[i].self);
    return warning;
}

/* ---- encoding ---- */

static float *scratch_for(struct join *join, size_t n)
{
    if (n > join->scratch_room) {
        join->scratch = mem_resize(join->scratch, n * sizeof *join->scratch);
        join->scratch_room = n;
    }
    return join->scratch;
}

/* The columns of one part, from rows of the whole and into them. */
static void take_columns(const struct join *join, const struct part *part,
                         enum encoder_side side, size_t n, const float *whole, float *own)
{
    size_t width = part->kind->width(part->self, side);
    for (size_t i = 0; i < n; i++)
        memcpy(own + i * width, whole + i * join->width[side] + part->offset[side],
               width * sizeof *own);
}

static void put_columns(const struct join *join, const struct part *part,
                        enum encoder_side side, size_t n, const float *own, float *whole)
{
    size_t width = part->kind->width(part->self, side);
    for (size_t i = 0; i < n; i++)
        memcpy(whole + i * join->width[side] + part->offset[side], own + i * width,
               width * sizeof *own);
}

static enum status join_prompts(void *self, const struct encoder_prompt *texts, size_t n,
                                float *out, struct error *err)
{
    struct join *join = self;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < join->n && !status; i++) {
        const struct part *part = &join->parts[i];
        float *own = scratch_for(join, n * part->kind->width(part->self, ENCODER_PROMPT));
        status = part->kind->prompts(part->self, texts, n, own, err);
        put_columns(join, part, ENCODER_PROMPT, status ? 0 : n, own, out);
    }
    return status;
}

static enum status join_responses(void *self, const struct encoder_response *texts,
                                  size_t n, float *out, struct error *err)
{
    struct join *join = self;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < join->n && !status; i++) {
        const struct part *part = &join->parts[i];
        float *own = scratch_for(join, n * part->kind->width(part->self, ENCODER_RESPONSE));
        status = part->kind->responses(part->self, texts, n, own, err);
        put_columns(join, part, ENCODER_RESPONSE, status ? 0 : n, own, out);
    }
    return status;
}

static bool part_reduces(const struct part *part)
{
    return part->kind->fit && part->kind->reduces(part->self);
}

static bool join_reduces(const void *self)
{
    const struct join *join = self;
    for (size_t i = 0; i < join->n; i++)
        if (part_reduces(&join->parts[i]))
            return true;
    return false;
}

static enum status join_fit(void *self, enum encoder_side side, const float *rows, size_t n,
                            struct error *err)
{
    struct join *join = self;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < join->n && !status; i++) {
        const struct part *part = &join->parts[i];
        if (!part_reduces(part))
            continue;
        size_t width = part->kind->width(part->self, side);
        float *own = mem_array(n, width * sizeof *own);
        if (!own)
            return error_set(err, STATUS_NO_MEMORY, "no memory for %zu rows of '%s'", n,
                             part->name);
        take_columns(join, part, side, n, rows, own);
        status = part->kind->fit(part->self, side, own, n, err);
        free(own);
    }
    return status;
}

static void join_reduce(const void *self, enum encoder_side side, float *rows, size_t n)
{
    const struct join *join = self;
    for (size_t i = 0; i < join->n; i++) {
        const struct part *part = &join->parts[i];
        if (!part_reduces(part))
            continue;
        size_t width = part->kind->width(part->self, side);
        float *own = mem_alloc(width * sizeof *own);
        for (size_t j = 0; j < n; j++) {
            float *row = rows + j * join->width[side];
            take_columns(join, part, side, 1, row, own);
            part->kind->reduce(part->self, side, own, 1);
            put_columns(join, part, side, 1, own, row);
        }
        free(own);
    }
}

const struct encoder_kind join_kind = {
    .name = "join",
    .label = "a+b",
    .adds_context = join_adds_context,
    .open = join_open,
    .close = join_close,
    .width = join_width,
    .feature = join_feature,
    .scaling = join_scaling,
    .prompts = join_prompts,
    .responses = join_responses,
    .settings = join_settings,
    .reduces = join_reduces,
    .fit = join_fit,
    .reduce = join_reduce,
    .coverage = join_coverage,
    .warning = join_warning,
};
