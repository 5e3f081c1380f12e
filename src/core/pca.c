#include "core/pca.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/linalg.h"

/* The Krylov space: vectors beyond those asked for, blocks, restarts, and the residual of a
 * vector, relative to the largest eigenvalue, at which it stands still. */
enum { BEYOND = 14, BLOCKS = 4, RESTARTS = 40 };
static const double still = 1e-5;

static void make_covariance(struct gram *gram, bool centred)
{
    size_t width = gram->width;
    double n = (double)gram->n;
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < width; j++) {
            double *c = &gram->moments[i * width + j];
            *c = centred ? (*c - gram->sum[i] * gram->sum[j] / n) / (n - 1) : *c / n;
        }
}

/* ---- a block Krylov space; vectors are rows of width numbers ---- */

struct krylov {
    struct team *team;
    const double *matrix;                    /* (width, width) */
    size_t width, block, n;                  /* n: vectors in the basis */
    double *basis, *image;                   /* (BLOCKS * block, width): V and V C */
    double *small, *values, *turn, *scratch; /* scratch (block, width) */
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes out of the rows [from, to) of the basis what the rows before them have of it. */
static void remove_earlier(struct krylov *krylov, size_t from, size_t to)
{
    size_t width = krylov->width, n = to - from;
    double *rows = krylov->basis + from * width, *taken = krylov->scratch;
    if (!from || !n)
        return;
    linalg_product_double_nt(n, from, width, rows, krylov->basis, krylov->small);
    linalg_product_double(n, width, from, krylov->small, krylov->basis, taken);
    for (size_t i = 0; i < n * width; i++)
        rows[i] -= taken[i];
}

/* Makes the rows [from, to) of the basis orthogonal to those before and to one another, twice
 * over, and of length 1; those that vanish are left out. Returns where the basis ends. */
static size_t orthogonalise(struct krylov *krylov, size_t from, size_t to)
{
    size_t width = krylov->width, kept = from;
    for (size_t i = from; i < to; i++) {
        double *v = krylov->basis + i * width, length = sqrt(dot(v, v, width));
        for (size_t d = 0; d < width && length > 0; d++)
            v[d] /= length;
    }
    remove_earlier(krylov, from, to);
    remove_earlier(krylov, from, to);
    for (size_t i = from; i < to; i++) {
        double *v = krylov->basis + kept * width;
        memmove(v, krylov->basis + i * width, width * sizeof *v);
        for (int twice = 0; twice < 2; twice++)
            for (size_t j = from; j < kept; j++) {
                const double *u = krylov->basis + j * width;
                double along = dot(u, v, width);
                for (size_t d = 0; d < width; d++)
                    v[d] -= along * u[d];
            }
        double length = sqrt(dot(v, v, width));
        if (!(length > 1e-10)) /* of 1, which it was at first */
            continue;
        for (size_t d = 0; d < width; d++)
            v[d] /= length;
        kept++;
    }
    return kept;
}

/* Vectors times the matrix, which is symmetric; threads share the vectors. */
struct product {
    const struct krylov *krylov;
    const double *from;
    double *to;
    size_t n;
};

static void multiply_lane(void *arg, size_t thread)
{
    const struct product *product = arg;
    const struct krylov *krylov = product->krylov;
    size_t threads = team_size(krylov->team), width = krylov->width;
    size_t begin = product->n * thread / threads;
    size_t end = product->n * (thread + 1) / threads;
    linalg_product_double(end - begin, width, width, product->from + begin * width,
                          krylov->matrix, product->to + begin * width);
}

static void apply(const struct krylov *krylov, const double *from, size_t n, double *to)
{
    struct product product = {krylov, from, to, n};
    team_run(krylov->team, multiply_lane, &product);
}

/* Grows the basis to all its blocks from the one that it holds, whose images are known after a
 * restart. */
static void grow(struct krylov *krylov, bool known)
{
    size_t width = krylov->width, from = 0;
    if (!known)
        krylov->n = orthogonalise(krylov, 0, krylov->n);
    for (size_t b = 0; b < BLOCKS; b++) {
        if (b || !known)
            apply(krylov, krylov->basis + from * width, krylov->n - from,
                  krylov->image + from * width);
        if (b + 1 == BLOCKS)
            return;
        size_t last = krylov->n - from;
        memcpy(krylov->basis + krylov->n * width, krylov->image + from * width,
               last * width * sizeof *krylov->basis);
        from = krylov->n;
        krylov->n = orthogonalise(krylov, krylov->n, krylov->n + last);
        if (krylov->n == from)
            return;
    }
}

/* Best vectors of the space (Rayleigh and Ritz), `most` of them, into the place of the basis,
 * with their images. */
static bool reduce(struct krylov *krylov, size_t most)
{
    double *scratch = krylov->scratch;
    size_t width = krylov->width, n = krylov->n;
    most = most < n ? most : n;
    linalg_product_double_nt(n, n, width, krylov->basis, krylov->image, krylov->small);
    if (!linalg_eigen(krylov->small, n, most, krylov->values, krylov->turn))
        return false;
    linalg_product_double(most, width, n, krylov->turn, krylov->basis, scratch);
    memcpy(krylov->basis, scratch, most * width * sizeof *scratch);
    linalg_product_double(most, width, n, krylov->turn, krylov->image, scratch);
    memcpy(krylov->image, scratch, most * width * sizeof *scratch);
    krylov->n = most;
    return true;
}

/* How far the first vectors are from standing still. */
static double residual(const struct krylov *krylov, size_t n)
{
    double worst = 0;
    for (size_t k = 0; k < n && k < krylov->n; k++) {
        const double *v = krylov->basis + k * krylov->width;
        const double *image = krylov->image + k * krylov->width;
        double sum = 0;
        for (size_t d = 0; d < krylov->width; d++) {
            double off = image[d] - krylov->values[k] * v[d];
            sum += off * off;
        }
        worst = fmax(worst, sqrt(sum));
    }
    return worst / fmax(krylov->values[0], 1e-300);
}

static bool krylov_init(struct krylov *krylov, const struct gram *gram, size_t wanted,
                        struct team *team)
{
    size_t width = gram->width, block = wanted + BEYOND < width ? wanted + BEYOND : width;
    size_t most = BLOCKS * block;
    *krylov = (struct krylov){
        .team = team, .matrix = gram->moments, .width = width, .block = block};
    krylov->basis = mem_array(most, width * sizeof *krylov->basis);
    krylov->image = mem_array(most, width * sizeof *krylov->image);
    krylov->small = mem_array(most, most * sizeof *krylov->small);
    krylov->turn = mem_array(most, most * sizeof *krylov->turn);
    krylov->values = mem_array(most, sizeof *krylov->values);
    krylov->scratch = mem_array(block, width * sizeof *krylov->scratch);
    return krylov->basis && krylov->image && krylov->small && krylov->turn &&
           krylov->values && krylov->scratch;
}

static void krylov_done(struct krylov *krylov)
{
    free(krylov->basis);
    free(krylov->image);
    free(krylov->small);
    free(krylov->turn);
    free(krylov->values);
    free(krylov->scratch);
}

static void start_anywhere(struct krylov *krylov)
{
    struct rng rng;
    rng_init(&rng, 0, 0);
    krylov->n = krylov->block;
    for (size_t i = 0; i < krylov->n * krylov->width; i++)
        krylov->basis[i] = rng_normal(&rng);
}

static enum status iterate(struct krylov *krylov, struct pca *pca,
                           const struct cancel *cancel, struct error *err)
{
    start_anywhere(krylov);
    for (int restart = 0; restart < RESTARTS; restart++) {
        if (cancel_asked(cancel))
            return error_set(err, STATUS_CANCELLED, "principal components were stopped");
        grow(krylov, restart > 0);
        if (!reduce(krylov, krylov->block))
            break;
        if (residual(krylov, pca->n_components) < still)
            break;
    }
    if (krylov->n < pca->n_components)
        return error_set(err, STATUS_FAILED, "principal components do not converge");
    memcpy(pca->components, krylov->basis,
           pca->n_components * pca->width * sizeof *pca->components);
    memcpy(pca->variances, krylov->values, pca->n_components * sizeof *pca->variances);
    return STATUS_OK;
}

static enum status decompose(struct gram *gram, struct pca *pca, struct team *team,
                             const struct cancel *cancel, struct error *err)
{
    if (gram->width <= PCA_WHOLE)
        return linalg_eigen(gram->moments, gram->width, pca->n_components, pca->variances,
                            pca->components)
                   ? STATUS_OK
                   : error_set(err, STATUS_FAILED, "principal components do not converge");
    struct krylov krylov;
    enum status status =
        krylov_init(&krylov, gram, pca->n_components, team)
            ? iterate(&krylov, pca, cancel, err)
            : error_set(err, STATUS_NO_MEMORY,
                        "no memory for principal components of %zu numbers", gram->width);
    krylov_done(&krylov);
    return status;
}

enum status pca_make(struct pca *out, const struct gram_source *source, size_t n_components,
                     bool centred, struct team *team, const struct cancel *cancel,
                     struct error *err)
{
    struct gram gram;
    size_t most = source->n > (centred ? 1 : 0) ? source->n - (centred ? 1 : 0) : 0;
    most = most < source->width ? most : source->width;
    struct pca made = {.n_components = n_components < most ? n_components : most,
                       .width = source->width};
    if (!most)
        return error_set(err, STATUS_SHAPE,
                         "principal components want two pairs at least, not %zu",
                         source->n);
    enum status status = gram_make(&gram, source, team, cancel, err);
    if (status)
        return status;
    make_covariance(&gram, centred);
    made.components = mem_zero(made.n_components * made.width * sizeof *made.components);
    made.variances = mem_zero(made.n_components * sizeof *made.variances);
    status = decompose(&gram, &made, team, cancel, err);
    gram_done(&gram);
    if (status)
        pca_done(&made);
    else
        *out = made;
    return status;
}

void pca_done(struct pca *pca)
{
    free(pca->components);
    free(pca->variances);
    *pca = (struct pca){0};
}
