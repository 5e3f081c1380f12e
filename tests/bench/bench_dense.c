/* Ridge regression on 20,000 responses of 3,072 numbers, and the 50 largest principal components of
 * them, against scikit-learn on the same rows, measured in turns (peer_sklearn.py; without
 * scikit-learn a line says so). The rows are of falling variance, as features of a backbone are.
 *
 *   ridge    one penalty       ridges   ArmoRM's nine       pca   50 components
 *   times_peer   seconds of scikit-learn / ours; above 1, ours is faster
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "core/linalg.h"
#include "core/pca.h"
#include "core/ridge.h"
#include "io/json.h"
#include "measure.h"
#include "peer.h"

enum { ROWS = 20000, WIDTH = 3072, RANK = 256, COMPONENTS = 50, TURNS = 3, THREADS = 2 };
enum work { WORK_RIDGE, WORK_RIDGES, WORK_PCA, WORKS };
static const char *const work_names[] = {"ridge", "ridges", "pca"};

struct data {
    size_t n;
    float *x;       /* (n, WIDTH), targets behind them */
    double *target; /* [n] */
    uint32_t *which;
    struct rows rows;
};

static void fill(float *out, size_t n, double scale, struct rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(scale * (2 * rng_uniform(rng) - 1));
}

/* Few directions of variances that fall as 1 / k, and noise in all of them. */
static void make_data(struct data *data, size_t n)
{
    struct rng rng;
    rng_init(&rng, 1, 1);
    *data = (struct data){.n = n,
                          .x = mem_alloc((n * WIDTH + n) * sizeof *data->x),
                          .target = mem_alloc(n * sizeof *data->target),
                          .which = mem_alloc(n * sizeof *data->which)};
    float *blend = mem_alloc(n * RANK * sizeof *blend);
    float *direction = mem_alloc((size_t)RANK * WIDTH * sizeof *direction);
    fill(data->x, n * WIDTH, 0.5, &rng);
    fill(blend, n * RANK, 1, &rng);
    for (size_t k = 0; k < RANK; k++)
        fill(direction + k * WIDTH, WIDTH, 1 / sqrt((double)k + 1), &rng);
    linalg_product_nn(n, WIDTH, RANK, (struct matrix){blend, RANK},
                      (struct matrix){direction, WIDTH}, (struct matrix){data->x, WIDTH},
                      true);
    for (size_t i = 0; i < n; i++) {
        data->which[i] = (uint32_t)i;
        data->x[n * WIDTH + i] = blend[i * RANK] - blend[i * RANK + 7];
        data->target[i] = (double)data->x[n * WIDTH + i];
    }
    data->rows = (struct rows){data->x, DTYPE_F32, n, WIDTH, WIDTH};
    free(blend);
    free(direction);
}

static void write_data(const struct data *data, const char *path)
{
    FILE *file = fopen(path, "wb");
    size_t n = data->n * WIDTH + data->n;
    if (!file || fwrite(data->x, sizeof *data->x, n, file) != n || fclose(file)) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

/* ---- ours ---- */

static void run_ridge(const struct data *data, size_t first, size_t end, struct team *team)
{
    struct gram_rows rows = {&data->rows, data->which, data->n};
    struct ridge ridge;
    struct error err = {0};
    double *w = mem_alloc(WIDTH * sizeof *w);
    must(ridge_make(&ridge, &rows, data->target, 1, team, NULL, &err), &err);
    /* With fewer rows than numbers (MICROSCOPE_BENCH_SMALL) the smallest may be too small. */
    for (size_t a = first; a < end; a++)
        (void)ridge_solve(&ridge, ridge_alphas[a], w, &err);
    ridge_done(&ridge);
    free(w);
}

/* Returns the variance that the components have. */
static double run_pca(const struct data *data, struct team *team)
{
    struct gram_rows rows = {&data->rows, data->which, data->n};
    struct gram_source source = gram_of_rows(&rows);
    struct pca pca;
    struct error err = {0};
    double sum = 0;
    must(pca_make(&pca, &source, COMPONENTS, true, team, NULL, &err), &err);
    for (size_t k = 0; k < pca.n_components; k++)
        sum += pca.variances[k];
    pca_done(&pca);
    return sum;
}

static double measure(const struct data *data, enum work work, struct team *team,
                      double *variance)
{
    double began = clock_seconds();
    if (work == WORK_PCA)
        *variance = run_pca(data, team);
    else if (work == WORK_RIDGE)
        run_ridge(data, 4, 5, team); /* 1 */
    else
        run_ridge(data, 0, RIDGE_ALPHAS, team);
    return clock_seconds() - began;
}

/* ---- the peer ---- */

static const char *sklearn_missing(void)
{
    static char script[512];
    const char *root = getenv("MICROSCOPE_SOURCE");
    if (!root)
        return "MICROSCOPE_SOURCE does not name the project's folder";
    if (system("/usr/bin/python3 -c 'import sklearn' >/dev/null 2>&1"))
        return "/usr/bin/python3 has no scikit-learn (python3-sklearn)";
    snprintf(script, sizeof script, "%s/tests/bench/peer_sklearn.py", root);
    setenv("MICROSCOPE_PEER", script, 1);
    return NULL;
}

struct lane {
    struct team *team;
    struct peer *peer;
    struct sample ours[WORKS], theirs[WORKS];
    double variance;
};

static void run_lane(struct lane *lane, const struct data *data, const char *path)
{
    char sizes[3][16], threads[8];
    snprintf(sizes[0], sizeof sizes[0], "%zu", data->n);
    snprintf(sizes[1], sizeof sizes[1], "%d", WIDTH);
    snprintf(sizes[2], sizeof sizes[2], "%d", TURNS);
    snprintf(threads, sizeof threads, "%zu", team_size(lane->team));
    setenv("OPENBLAS_NUM_THREADS", threads, 1);
    const char *const arguments[] = {path, sizes[0], sizes[1], sizes[2], NULL};
    if (path)
        lane->peer = peer_create(arguments);
    for (int turn = 0; turn < TURNS; turn++)
        for (int w = 0; w < WORKS; w++) {
            double seconds;
            sample_add(&lane->ours[w],
                       measure(data, (enum work)w, lane->team, &lane->variance));
            if (lane->peer && peer_next(lane->peer, &seconds))
                sample_add(&lane->theirs[w], seconds);
        }
    peer_free(lane->peer);
}

static void print(const struct lane *lane, const struct data *data)
{
    for (int w = 0; w < WORKS; w++) {
        struct json *line = line_begin("dense");
        json_put_text(line, "work", work_names[w]);
        json_put_number(line, "rows", (double)data->n);
        json_put_number(line, "width", WIDTH);
        json_put_number(line, "threads", (double)team_size(lane->team));
        line_put_sample(line, "seconds", &lane->ours[w]);
        if (w == WORK_PCA)
            line_put(line, "variance", lane->variance);
        if (lane->theirs[w].n) {
            struct sample ratios = sample_ratios(&lane->theirs[w], &lane->ours[w]);
            line_put_sample(line, "peer_seconds", &lane->theirs[w]);
            line_put_sample(line, "times_peer", &ratios);
        }
        line_end(line);
    }
}

int main(void)
{
    struct data data;
    const char *path = NULL, *missing = sklearn_missing();
    linalg_init();
    make_data(&data, bench_pairs(ROWS));
    if (missing) {
        line_skip("dense", "scikit-learn", missing);
    } else {
        scratch_make("dense", (double)data.n * (WIDTH + 1) * sizeof *data.x);
        path = scratch_path("rows.f32");
        write_data(&data, path);
    }
    line_machine("dense");
    for (size_t t = 1; t <= THREADS && t <= jobs_processors(); t++) {
        struct lane lane = {.team = team_create(t)};
        run_lane(&lane, &data, path);
        print(&lane, &data);
        team_free(lane.team);
    }
    line_machine("dense");
    free(data.x);
    free(data.target);
    free(data.which);
    return EXIT_SUCCESS;
}
