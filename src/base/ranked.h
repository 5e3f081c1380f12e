/* Things by a value, the largest first. */
#ifndef BASE_RANKED_H
#define BASE_RANKED_H

#include <stddef.h>

struct ranked {
    double value;
    size_t index; /* of the thing; orders equal values */
};

/* For qsort: falling values, then rising indices. */
int ranked_falling(const void *a, const void *b);

#endif
