#include "synthetic.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "io/safetensors_writer.h"
#include "measure.h"

enum { ATTRIBUTES = 5 };

/* Two numbers a draw: hundreds of millions are wanted. */
static void write_rows(struct safetensors_writer *writer, struct rng *rng, size_t n_rows,
                       size_t width, double shift)
{
    const float scale = (float)(sqrt(12.0) / (double)UINT32_MAX);
    const float middle = (float)(sqrt(12.0) / 2 - shift);
    float *row = mem_alloc((width + 1) * sizeof *row);
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t d = 0; d < width; d += 2) {
            uint64_t bits = rng_next(rng);
            row[d] = (float)(uint32_t)bits * scale - middle;
            row[d + 1] = (float)(bits >> 32) * scale - middle;
        }
        safetensors_writer_bytes(writer, row, width * sizeof *row);
    }
    free(row);
}

/* Added to every number of a chosen response: 0.8 standard deviations of the margin of a
 * head of equal weights. */
static double shift_of(size_t width)
{
    return 0.8 * sqrt(2.0 / (double)width);
}

static struct safetensors_writer *writer_open(const char *path)
{
    struct error err = {0};
    struct safetensors_writer *writer = safetensors_writer_open(path, &err);
    must(err.status, &err);
    return writer;
}

static void write_indices(struct safetensors_writer *writer, size_t n, size_t divisor,
                          size_t modulus, size_t offset)
{
    for (size_t i = 0; i < n; i++) {
        int32_t index = (int32_t)(i / divisor % modulus + offset);
        safetensors_writer_bytes(writer, &index, sizeof index);
    }
}

void synthetic_raw(const char *path, size_t n, size_t width)
{
    struct error err = {0};
    struct rng rng;
    const size_t shape[] = {n, width};
    struct safetensors_writer *writer = writer_open(path);
    rng_init(&rng, 1, 0);
    safetensors_writer_declare(writer, "attribute", DTYPE_I32, 1, &n);
    safetensors_writer_declare(writer, "prompt", DTYPE_F32, 2, shape);
    safetensors_writer_declare(writer, "chosen", DTYPE_F32, 2, shape);
    safetensors_writer_declare(writer, "rejected", DTYPE_F32, 2, shape);
    write_indices(writer, n, 1, ATTRIBUTES, 0);
    write_rows(writer, &rng, n, width, 0);
    write_rows(writer, &rng, n, width, shift_of(width));
    write_rows(writer, &rng, n, width, 0);
    must(safetensors_writer_commit(writer, &err), &err);
}

void synthetic_grouped(const char *path, size_t n, size_t width, size_t group)
{
    struct error err = {0};
    struct rng rng;
    const size_t prompts[] = {(n + group - 1) / group, width}, responses[] = {2 * n, width};
    struct safetensors_writer *writer = writer_open(path);
    rng_init(&rng, 2, 0);
    safetensors_writer_declare(writer, "pair.prompt", DTYPE_I32, 1, &n);
    safetensors_writer_declare(writer, "pair.chosen", DTYPE_I32, 1, &n);
    safetensors_writer_declare(writer, "pair.rejected", DTYPE_I32, 1, &n);
    safetensors_writer_declare(writer, "prompt", DTYPE_F32, 2, prompts);
    safetensors_writer_declare(writer, "response", DTYPE_F32, 2, responses);
    write_indices(writer, n, group, prompts[0], 0);
    write_indices(writer, n, 1, n, 0);
    write_indices(writer, n, 1, n, n);
    write_rows(writer, &rng, prompts[0], width, 0);
    write_rows(writer, &rng, n, width, shift_of(width));
    write_rows(writer, &rng, n, width, 0);
    must(safetensors_writer_commit(writer, &err), &err);
}

void synthetic_sparse(const char *path)
{
    const size_t width = 4096, n = 203451, bytes = n * width * sizeof(float);
    struct text header = {0};
    text_add(&header, "{");
    const char *const names[] = {"prompt", "chosen", "rejected"};
    for (size_t i = 0; i < 3; i++)
        text_printf(&header,
                    "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%zu,%zu],"
                    "\"data_offsets\":[%zu,%zu]}",
                    i ? "," : "", names[i], n, width, i * bytes, (i + 1) * bytes);
    text_add(&header, "}");
    while (header.length % 8)
        text_add_char(&header, ' ');
    unsigned char length[8];
    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)header.length >> 8 * i);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(length, sizeof length, 1, file) != 1 ||
        fwrite(header.bytes, header.length, 1, file) != 1 || fflush(file) ||
        ftruncate(fileno(file), (off_t)(sizeof length + header.length + 3 * bytes)) ||
        fclose(file)) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    text_done(&header);
}

double synthetic_bytes(size_t n, size_t width)
{
    return 3.0 * (double)n * (double)width * sizeof(float);
}
