#include "encode/standard.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "encode/floats.h"
#include "io/json.h"

/* Sums over the rows, per feature. */
struct sums {
    double *mean, *squares; /* running mean and sum of squared deviations (Welford) */
    double *raw_squares;
    size_t n_present;
};

static struct standard standard_create(size_t width)
{
    float *block = mem_zero(2 * width * sizeof *block);
    return (struct standard){.width = width, .mean = block, .scale = block + width};
}

void standard_done(struct standard *standard)
{
    free(standard->mean);
    *standard = (struct standard){0};
}

static void add_row(struct sums *sums, const enum scaling *scaling, size_t width,
                    const float *row, size_t n_before)
{
    bool is_present = false;
    for (size_t i = 0; i < width; i++) {
        double x = (double)row[i], step = x - sums->mean[i];
        sums->mean[i] += step / (double)(n_before + 1);
        sums->squares[i] += step * (x - sums->mean[i]);
        sums->raw_squares[i] += x * x;
        is_present |= scaling[i] == SCALING_PRESENT && x != 0;
    }
    sums->n_present += is_present;
}

static enum status check_row(const float *row, size_t width, size_t place,
                             struct error *err)
{
    for (size_t i = 0; i < width; i++)
        if (!isfinite(row[i]))
            return error_set(err, STATUS_NUMERIC,
                             "feature %zu of row %zu is not a finite number", i, place);
    return STATUS_OK;
}

/* 1 / deviation; 0 when it is nothing but rounding of values about this large. */
static float inverse(double deviation, double magnitude)
{
    return deviation > 1e-6 * (magnitude + 1e-6) ? (float)(1 / deviation) : 0;
}

static struct standard from_sums(const struct sums *sums, const enum scaling *scaling,
                                 size_t width, size_t n)
{
    struct standard result = standard_create(width);
    for (size_t i = 0; i < width; i++) {
        double n_present = sums->n_present ? (double)sums->n_present : 1;
        switch (scaling[i]) {
        case SCALING_NONE:
            result.scale[i] = 1;
            break;
        case SCALING_CENTRED:
            result.mean[i] = (float)sums->mean[i];
            result.scale[i] =
                inverse(sqrt(sums->squares[i] / (double)n), fabs(sums->mean[i]));
            break;
        case SCALING_PRESENT:
            result.scale[i] = inverse(sqrt(sums->raw_squares[i] / n_present), 0);
            break;
        }
    }
    return result;
}

enum status standard_fit(struct standard *standard, const enum scaling *scaling,
                         size_t width, const float *rows, const uint32_t *which, size_t n,
                         struct error *err)
{
    if (!n)
        return error_set(err, STATUS_SHAPE,
                         "there are no training rows to take mean and scale from");
    double *block = mem_zero(3 * width * sizeof *block);
    struct sums sums = {block, block + width, block + 2 * width, 0};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        size_t place = which ? which[i] : i;
        status = check_row(rows + place * width, width, place, err);
        add_row(&sums, scaling, width, rows + place * width, i);
    }
    if (status == STATUS_OK) {
        standard_done(standard);
        *standard = from_sums(&sums, scaling, width, n);
    }
    free(block);
    return status;
}

void standard_apply(const struct standard *standard, float *rows, size_t n)
{
    if (!standard->mean)
        return;
    for (size_t row = 0; row < n; row++, rows += standard->width)
        for (size_t i = 0; i < standard->width; i++) {
            if (standard->mean[i] == 0 && standard->scale[i] == 1)
                continue;
            float y = (rows[i] - standard->mean[i]) * standard->scale[i];
            y = y < STANDARD_LIMIT ? y : STANDARD_LIMIT;
            rows[i] = y > -STANDARD_LIMIT ? y : -STANDARD_LIMIT;
        }
}

struct json *standard_to_json(const struct standard *standard)
{
    struct json *json = json_object();
    json_put(json, "mean", floats_to_json(standard->mean, standard->width));
    json_put(json, "scale", floats_to_json(standard->scale, standard->width));
    return json;
}

enum status standard_from_json(struct standard *standard, size_t width,
                               const struct json *json, struct error *err)
{
    struct standard result = standard_create(width);
    enum status status = floats_from_json(result.mean, width, json, "mean", err);
    if (status == STATUS_OK)
        status = floats_from_json(result.scale, width, json, "scale", err);
    if (status != STATUS_OK) {
        standard_done(&result);
        return status;
    }
    standard_done(standard);
    *standard = result;
    return STATUS_OK;
}
