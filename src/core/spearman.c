#include "core/spearman.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

struct placed {
    double value;
    size_t at;
};

static int compare_placed(const void *a, const void *b)
{
    double x = ((const struct placed *)a)->value, y = ((const struct placed *)b)->value;
    return (x > y) - (x < y);
}

void spearman_ranks(const double *values, size_t n, double *rank)
{
    struct placed *placed = mem_alloc((n + 1) * sizeof *placed);
    for (size_t i = 0; i < n; i++)
        placed[i] = (struct placed){values[i], i};
    qsort(placed, n, sizeof *placed, compare_placed);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && placed[end].value <= placed[i].value; end++) {
        }
        for (size_t j = i; j < end; j++)
            rank[placed[j].at] = (double)(i + end + 1) / 2;
    }
    free(placed);
}

double spearman_of_ranks(const double *a, const double *b, size_t n)
{
    double mean = (double)(n + 1) / 2, ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (a[i] - mean) * (b[i] - mean);
        aa += (a[i] - mean) * (a[i] - mean);
        bb += (b[i] - mean) * (b[i] - mean);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}
