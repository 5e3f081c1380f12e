/* What the machine itself can do, on the shapes and the memory of training. */
#ifndef TESTS_BENCH_MACHINE_H
#define TESTS_BENCH_MACHINE_H

#include "base/jobs.h"
#include "core/features.h"

/* ---- products: heads (K) and first layer (H) with a batch of B rows, and back ---- */

enum product {
    PRODUCT_FORWARD_HIDDEN,  /* [H, D] x [B, D]^T */
    PRODUCT_FORWARD_HEADS,   /* [K, D] x [B, D]^T */
    PRODUCT_GRADIENT_HIDDEN, /* [H, B] x [B, D] */
    PRODUCT_GRADIENT_HEADS,  /* [K, B] x [B, D] */
    PRODUCT_COUNT,
};
extern const char *const product_names[];

struct products;

/* team is borrowed; its threads share the columns D, as the trainer's do. */
struct products *products_create(size_t batch, size_t width, size_t n_heads,
                                 size_t n_hidden, struct team *team);
void products_free(struct products *products);
double products_flops(const struct products *products, enum product product);

/* Seconds of one product: the best of five tries of some 5 ms each. */
double products_seconds(struct products *products, enum product product);

/* ---- memory: chosen, rejected and prompt rows, each once, F32 ---- */

enum reading {
    READING_IN_ORDER, /* numbers read, and nothing done with them */
    READING_SHUFFLED,
    READING_GATHERED, /* shuffled, into blocks of prompts and differences */
    READING_COUNT,
};
extern const char *const reading_names[];

/* Seconds for the pairs whose rows are `order` [n]; threads share the pairs. */
double reading_seconds(const struct features *features, const uint32_t *order, size_t n,
                       enum reading reading, struct team *team);

/* ---- Adam: seconds of one update of n parameters, gradient's norm included ---- */
double adam_seconds(size_t n, struct team *team);

#endif
