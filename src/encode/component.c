#include "encode/component.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { ROUNDS_MOST = 300 };

static double dot(const float *x, const double *u, size_t width)
{
    double sum = 0;
    for (size_t j = 0; j < width; j++)
        sum += (double)x[j] * u[j];
    return sum;
}

/* Length 1, unless it is 0; returns the length that it had. */
static double normalise(double *u, size_t width)
{
    double squares = 0;
    for (size_t j = 0; j < width; j++)
        squares += u[j] * u[j];
    double length = sqrt(squares);
    for (size_t j = 0; j < width && length > 0; j++)
        u[j] /= length;
    return length;
}

static const float *longest(size_t width, const float *rows, size_t stride, size_t n)
{
    const float *best = rows;
    double most = -1;
    for (size_t i = 0; i < n; i++) {
        const float *row = rows + i * stride;
        double squares = 0;
        for (size_t j = 0; j < width; j++)
            squares += (double)row[j] * (double)row[j];
        if (squares > most) {
            most = squares;
            best = row;
        }
    }
    return best;
}

void component_fit(float *u, size_t width, const float *rows, size_t stride, size_t n)
{
    memset(u, 0, width * sizeof *u);
    if (!n)
        return;
    double *block = mem_zero(2 * width * sizeof *block), *now = block, *next = now + width;
    const float *start = longest(width, rows, stride, n);
    for (size_t j = 0; j < width; j++)
        now[j] = (double)start[j];
    double length = normalise(now, width), moved = 1;
    for (int round = 0; round < ROUNDS_MOST && length > 0 && moved > 1e-14; round++) {
        memset(next, 0, width * sizeof *next);
        for (size_t i = 0; i < n; i++) {
            const float *row = rows + i * stride;
            double share = dot(row, now, width);
            for (size_t j = 0; j < width; j++)
                next[j] += share * (double)row[j];
        }
        length = normalise(next, width);
        moved = 0;
        for (size_t j = 0; j < width; j++)
            moved += (next[j] - now[j]) * (next[j] - now[j]);
        memcpy(now, next, width * sizeof *now);
    }
    for (size_t j = 0; j < width; j++)
        u[j] = length > 0 && isfinite(now[j]) ? (float)now[j] : 0;
    free(block);
}

void component_remove(const float *u, size_t width, float *rows, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float *row = rows + i * stride;
        double share = 0;
        for (size_t j = 0; j < width; j++)
            share += (double)row[j] * (double)u[j];
        for (size_t j = 0; j < width; j++)
            row[j] = (float)((double)row[j] - share * (double)u[j]);
    }
}
