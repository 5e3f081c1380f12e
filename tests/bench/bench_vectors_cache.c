/* The cache of vectors: a million keys, answered from disk (as far as the system keeps a file in
 * memory), in random order and in the order in which they came. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "encode/vector_cache.h"
#include "io/json.h"
#include "measure.h"

enum { WIDTH = 256, BATCH = 4096, TURNS = 5 };

static void key_of(size_t i, unsigned char key[SHA256_BYTES])
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, &i, sizeof i);
    sha256_finish(&sha, key);
}

/* What is measured is the cache, not the hashing: keys are made before. */
static unsigned char *make_keys(size_t n)
{
    unsigned char *keys = mem_alloc(n * SHA256_BYTES);
    for (size_t i = 0; i < n; i++)
        key_of(i, keys + i * SHA256_BYTES);
    return keys;
}

static double fill(struct vector_cache *cache, const unsigned char *keys, size_t n)
{
    struct error err;
    float *rows = mem_zero(BATCH * WIDTH * sizeof *rows);
    double began = clock_seconds();
    for (size_t i = 0; i < n; i += BATCH) {
        size_t now = n - i < BATCH ? n - i : BATCH;
        for (size_t j = 0; j < now; j++)
            rows[j * WIDTH] = (float)(i + j);
        must(vector_cache_put(cache, keys + i * SHA256_BYTES, rows, now, &err), &err);
    }
    must(vector_cache_sync(cache, &err), &err);
    free(rows);
    return clock_seconds() - began;
}

static double look_up(const struct vector_cache *cache, const unsigned char *keys,
                      const uint32_t *order, size_t n)
{
    float row[WIDTH];
    size_t n_there = 0;
    double began = clock_seconds();
    for (size_t i = 0; i < n; i++)
        n_there += vector_cache_get(cache, keys + (size_t)order[i] * SHA256_BYTES, row) &&
                   row[0] == (float)order[i];
    double seconds = clock_seconds() - began;
    if (n_there != n) {
        fprintf(stderr, "%zu of %zu keys are there\n", n_there, n);
        exit(EXIT_FAILURE);
    }
    return seconds;
}

static void measure(const char *folder, const unsigned char *keys, size_t n)
{
    struct error err;
    struct sample open = {0}, shuffled = {0}, in_order = {0};
    uint32_t *order = mem_alloc(n * sizeof *order);
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (int turn = 0; turn < TURNS; turn++) {
        double began = clock_seconds();
        struct vector_cache *cache = vector_cache_open(folder, "cache", WIDTH, &err);
        must(cache ? STATUS_OK : err.status, &err);
        sample_add(&open, clock_seconds() - began);
        for (size_t i = 0; i < n; i++)
            order[i] = (uint32_t)i;
        sample_add(&in_order, 1e6 * look_up(cache, keys, order, n) / (double)n);
        rng_shuffle(&rng, order, n);
        sample_add(&shuffled, 1e6 * look_up(cache, keys, order, n) / (double)n);
        vector_cache_free(cache);
    }
    struct json *line = line_begin("vectors_cache");
    json_put_number(line, "keys", (double)n);
    json_put_number(line, "width", WIDTH);
    line_put_sample(line, "open_seconds", &open);
    line_put_sample(line, "in_order_microseconds", &in_order);
    line_put_sample(line, "shuffled_microseconds", &shuffled);
    line_end(line);
    free(order);
}

int main(void)
{
    size_t n = bench_pairs(1000000);
    struct error err;
    scratch_make("vectors_cache", (double)n * (WIDTH * sizeof(float) + 40));
    const char *path = scratch_path("cache.keys");
    scratch_path("cache.rows");
    char *folder = mem_copy(path, (size_t)(strrchr(path, '/') - path));
    struct vector_cache *cache = vector_cache_open(folder, "cache", WIDTH, &err);
    must(cache ? STATUS_OK : err.status, &err);
    unsigned char *keys = make_keys(n);
    line_machine("vectors_cache");
    double seconds = fill(cache, keys, n);
    vector_cache_free(cache);
    struct json *line = line_begin("vectors_cache");
    json_put_number(line, "keys", (double)n);
    line_put(line, "write_seconds", seconds);
    line_end(line);
    measure(folder, keys, n);
    free(keys);
    free(folder);
    return EXIT_SUCCESS;
}
