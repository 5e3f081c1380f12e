#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "encode/endpoint_inside.h"
#include "encode/endpoint_plan.h"

/* Encoders that one address has had, of which the cache keeps apart so many. */
enum { GENERATIONS = 100 };
static const size_t name_bytes = 12;

/* ---- what normalisation took away ----
 *
 *     y = v * sqrt(D) / |v ./ w|
 *
 * since before the gain w an RMSNorm's output has length sqrt(D). */
static void restore_row(float *row, const float *gain, size_t width)
{
    double square = 0;
    for (size_t i = 0; i < width; i++) {
        double part = gain[i] != 0 ? (double)row[i] / (double)gain[i] : 0;
        square += part * part;
    }
    double scale = sqrt((double)width / square);
    for (size_t i = 0; i < width; i++)
        row[i] = (float)((double)row[i] * scale);
}

void endpoint_restore(const struct endpoint *endpoint, float *rows, size_t n)
{
    if (!endpoint->gain || !endpoint->is_unit)
        return;
    for (size_t i = 0; i < n; i++)
        restore_row(rows + i * endpoint->width, endpoint->gain, endpoint->width);
}

/* ---- the cache ---- */

/* What the cache has of the fingerprint's texts: all rows, or NULL. */
static float *read_probe(const struct endpoint *endpoint, const struct vector_cache *cache,
                         const unsigned char *keys)
{
    size_t width = endpoint->width;
    float *rows = mem_alloc(FINGERPRINT_TEXTS * width * sizeof *rows);
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++)
        if (!vector_cache_get(cache, keys + i * SHA256_BYTES, rows + i * width)) {
            free(rows);
            return NULL;
        }
    return rows;
}

/* Does the cache belong to this encoder? One that is empty does from here on. */
static bool claim(const struct endpoint *endpoint, struct vector_cache *cache,
                  const unsigned char *keys, const struct fingerprint *raw,
                  struct error *err)
{
    if (vector_cache_count(cache) == 0)
        return vector_cache_put(cache, keys, raw->rows, FINGERPRINT_TEXTS, err) ==
               STATUS_OK;
    struct fingerprint before = {.width = endpoint->width};
    before.rows = read_probe(endpoint, cache, keys);
    struct error ignored;
    bool is = before.rows && fingerprint_compare(raw, &before, &ignored) == STATUS_OK;
    fingerprint_done(&before);
    return is;
}

static void make_keys(const struct endpoint *endpoint, unsigned char *keys)
{
    struct plan plan;
    plan_make(&plan, endpoint->probe, FINGERPRINT_TEXTS, endpoint->plain,
              endpoint->identity, NULL);
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++)
        memcpy(keys + plan_text(&plan, i, 0) * SHA256_BYTES, plan_key(&plan, i),
               SHA256_BYTES);
    plan_done(&plan);
}

/* A server that has got another model gets another cache, and finds the old one again when it has
 * the old model again. */
static void open_cache(struct endpoint *endpoint, const struct fingerprint *raw)
{
    if (!endpoint->cache_folder)
        return;
    unsigned char keys[FINGERPRINT_TEXTS * SHA256_BYTES];
    struct error err = {.message = "too many encoders at this address"};
    make_keys(endpoint, keys);
    for (int g = 0; g < GENERATIONS && !endpoint->cache; g++) {
        struct text name = {0};
        for (size_t i = 0; i < name_bytes; i++)
            text_printf(&name, "%02x", endpoint->identity[i]);
        text_printf(&name, "-%zu-%d", endpoint->width, g);
        struct vector_cache *cache =
            vector_cache_open(endpoint->cache_folder, name.bytes, endpoint->width, &err);
        text_done(&name);
        if (!cache)
            break;
        if (claim(endpoint, cache, keys, raw, &err))
            endpoint->cache = cache;
        else
            vector_cache_free(cache);
    }
    if (!endpoint->cache)
        endpoint_warn(endpoint, "vectors are not kept: %s", err.message);
}

/* ---- the fingerprint ---- */

struct endpoint_run *endpoint_probe(struct endpoint *endpoint, bool is_live, double began)
{
    const struct run_options options = {
        .template = endpoint->plain,
        .is_live = is_live,
        .is_probe = true,
        .began = began,
        .tokens = &endpoint->probe_tokens,
    };
    return endpoint_run_start(endpoint, endpoint->probe, FINGERPRINT_TEXTS, &options);
}

/* Unit vectors: are they wanted, or can they be put right? */
static enum status check_unit(struct endpoint *endpoint, struct error *err)
{
    if (endpoint->gain && endpoint->n_gain != endpoint->width)
        return error_set(err, STATUS_SHAPE,
                         "the gain has %zu values, the server's vectors %zu",
                         endpoint->n_gain, endpoint->width);
    if (!endpoint->is_unit || endpoint->gain)
        return STATUS_OK;
    if (endpoint->expect_raw)
        return error_set(err, STATUS_FAILED,
                         "it normalises its vectors to length 1, which takes their length "
                         "from a reward head: tell it not to (docs/encoders.md), or give "
                         "the gain of the model's last norm");
    endpoint_warn(endpoint, "the server normalises its vectors to length 1");
    return STATUS_OK;
}

static enum status settle(struct endpoint *endpoint, struct fingerprint *raw,
                          struct error *err)
{
    enum status status = check_unit(endpoint, err);
    if (status)
        return status;
    struct fingerprint found = *raw;
    size_t n_bytes = FINGERPRINT_TEXTS * raw->width * sizeof *raw->rows;
    found.rows = memcpy(mem_alloc(n_bytes), raw->rows, n_bytes);
    endpoint_restore(endpoint, found.rows, FINGERPRINT_TEXTS);
    if (endpoint->wanted.rows)
        status = fingerprint_compare(&found, &endpoint->wanted, err);
    if (status) {
        fingerprint_done(&found);
        return status;
    }
    endpoint->found = found;
    endpoint->is_connected = true;
    open_cache(endpoint, raw);
    return STATUS_OK;
}

enum status endpoint_settle(struct endpoint *endpoint, struct endpoint_run *probe,
                            struct error *err)
{
    enum status status = endpoint_run_finish(probe, err);
    if (status)
        return status;
    struct fingerprint raw = {.tokens = endpoint->probe_tokens};
    size_t before = endpoint->width;
    raw.rows = endpoint_run_take_rows(probe, &raw.width);
    endpoint->width = raw.width;
    endpoint->is_unit = fingerprint_is_unit(&raw);
    status = settle(endpoint, &raw, err);
    if (status) {
        endpoint->width = before;
        endpoint_blame(endpoint, err);
    }
    fingerprint_done(&raw);
    return status;
}

enum status endpoint_meet(struct endpoint *endpoint, bool is_live, struct error *err)
{
    if (endpoint->is_connected)
        return STATUS_OK;
    endpoint_forget(endpoint);
    struct endpoint_run *probe = endpoint_probe(endpoint, is_live, clock_seconds());
    struct error failure;
    enum status status = endpoint_run_whole(probe, &failure);
    if (!status)
        status = endpoint_settle(endpoint, probe, &failure);
    endpoint_run_free(probe);
    if (status && err)
        *err = failure;
    return status;
}

enum status endpoint_connect(struct endpoint *endpoint, struct error *err)
{
    return endpoint_meet(endpoint, false, err);
}
