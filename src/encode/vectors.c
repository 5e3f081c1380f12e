#include "encode/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"
#include "encode/files.h"
#include "encode/pooled.h"
#include "encode/tokens.h"
#include "encode/word_cache.h"
#include "io/json.h"

enum { VERSION = 1 };

struct vectors {
    struct pooled pooled; /* first: pooled.h */
    char *path;
    struct word_table table;
    double sif;
    float *weights; /* (n_rows) of the words; NULL: all 1 */
    struct tokens tokens;
};

/* ---- a text ---- */

static void pool(void *self, struct encoder_text text, float *row)
{
    struct vectors *vectors = self;
    const struct word_table *table = &vectors->table;
    size_t D = table->dimension, n_known = 0;
    memset(row, 0, D * sizeof *row);
    tokens_read(&vectors->tokens, text.bytes, text.bytes ? text.length : 0);
    for (size_t i = 0; i < vectors->tokens.n; i++) {
        int64_t word = word_table_find(table, vectors->tokens.list[i].hash);
        if (word < 0)
            continue;
        n_known++;
        vector_add(row, vectors->weights ? vectors->weights[word] : 1,
                   table->rows + (size_t)word * D, D);
    }
    vectors->pooled.n_words += vectors->tokens.n;
    vectors->pooled.n_unknown += vectors->tokens.n - n_known;
    for (size_t j = 0; j < D && n_known; j++)
        row[j] /= (float)n_known;
}

/* ---- opening ---- */

static void vectors_close(void *self)
{
    struct vectors *vectors = self;
    pooled_done(&vectors->pooled);
    word_table_done(&vectors->table);
    tokens_done(&vectors->tokens);
    free(vectors->weights);
    free(vectors->path);
    free(vectors);
}

static void weigh(struct vectors *vectors)
{
    size_t V = vectors->table.n_rows;
    double harmonic = 0;
    if (!(vectors->sif > 0))
        return;
    vectors->weights = mem_alloc(V * sizeof *vectors->weights);
    for (size_t r = V; r; r--)
        harmonic += 1.0 / (double)r;
    for (size_t r = 1; r <= V; r++)
        vectors->weights[r - 1] =
            (float)(vectors->sif / (vectors->sif + 1.0 / ((double)r * harmonic)));
}

static enum status read_settings(struct vectors *vectors, const struct json *settings,
                                 struct error *err)
{
    double version;
    if (!json_number(json_get(settings, "version"), &version) || version != VERSION)
        return error_set(
            err, STATUS_FORMAT,
            "settings of encoder 'vectors' are not of version %d, the one this "
            "program knows",
            VERSION);
    const struct json *sif = json_get(settings, "sif");
    if (sif &&
        (!json_number(sif, &vectors->sif) || !(vectors->sif > 0 && vectors->sif <= 1)))
        return error_set(err, STATUS_FORMAT,
                         "'sif' of encoder 'vectors' is not a number from 0 to 1");
    return STATUS_OK;
}

static enum status open_file(struct vectors *vectors, const char *name,
                             const struct encoder_opening *opening, struct error *err)
{
    const struct json *settings = opening->settings;
    enum status status = settings ? read_settings(vectors, settings, err) : STATUS_OK;
    if (status)
        return status;
    if (!settings && opening->choices)
        vectors->sif = opening->choices->sif;
    vectors->path = files_find(name, name + strlen(vectors_kind.name), settings, err);
    if (!vectors->path)
        return err->status;
    uint64_t hash = 0;
    if (settings)
        status = word_cache_hash(&hash, vectors->path, err);
    if (!status)
        status = files_check(name, vectors->path, settings, hash, err);
    return status ? status
                  : word_cache_open(&vectors->table, vectors->path, opening->watch, err);
}

static void *vectors_open(const char *name, const struct encoder_opening *opening,
                          struct error *err)
{
    struct error inner = {0};
    struct vectors *vectors = mem_zero(sizeof *vectors);
    enum status status = open_file(vectors, name, opening, &inner);
    if (!status) {
        vectors->pooled.dimension = vectors->table.dimension;
        vectors->pooled.pool = pool;
        status = pooled_open(&vectors->pooled, "vectors", opening, &inner);
    }
    if (status) {
        error_set(err, inner.status, "%s", inner.message);
        vectors_close(vectors);
        return NULL;
    }
    weigh(vectors);
    return vectors;
}

static void vectors_settings(const void *self, struct json *object)
{
    const struct vectors *vectors = self;
    json_put_number(object, "version", VERSION);
    files_note(object, vectors->path, vectors->table.source_hash);
    if (vectors->sif > 0)
        json_put_number(object, "sif", vectors->sif);
    pooled_settings(&vectors->pooled, object);
}

const struct encoder_kind vectors_kind = {
    .name = "vectors:",
    .label = "vectors:FILE",
    .choices = CHOICE_SIF | CHOICE_COMPONENT,
    .adds_context = pooled_adds_context,
    .open = vectors_open,
    .close = vectors_close,
    .width = pooled_width,
    .feature = pooled_feature,
    .scaling = pooled_scaling,
    .prompts = pooled_prompts,
    .responses = pooled_responses,
    .settings = vectors_settings,
    .reduces = pooled_reduces,
    .fit = pooled_fit,
    .reduce = pooled_reduce,
    .coverage = pooled_coverage,
};
