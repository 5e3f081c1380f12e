#include "core/lbfgs.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MEMORY = 10, TRIALS = 40 };
static const double enough = 1e-4, flat = 0.9; /* of the Wolfe conditions */

struct search {
    const struct lbfgs_problem *problem;
    double *block;
    double *x, *gradient;           /* [n] where we stand */
    double *trial, *trial_gradient; /* [n] */
    double *direction;              /* [n] */
    double *steps, *bends;          /* (MEMORY, n) s and y, a ring */
    double curvature[MEMORY];       /* 1 / (s . y) */
    size_t n_kept, newest;
    double value;
    struct lbfgs_result result;
    bool cancelled;
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static bool search_init(struct search *search, const struct lbfgs_problem *problem,
                        const double *x)
{
    size_t n = problem->n;
    double *block = mem_array(5 + 2 * MEMORY, (n ? n : 1) * sizeof *block);
    *search = (struct search){.problem = problem, .block = block};
    if (!block)
        return false;
    search->x = block;
    search->gradient = block + n;
    search->trial = block + 2 * n;
    search->trial_gradient = block + 3 * n;
    search->direction = block + 4 * n;
    search->steps = block + 5 * n;
    search->bends = search->steps + MEMORY * n;
    memcpy(search->x, x, n * sizeof *x);
    return true;
}

/* The two loops: direction = -H gradient. */
static void find_direction(struct search *search)
{
    size_t n = search->problem->n;
    double weight[MEMORY], *d = search->direction;
    for (size_t i = 0; i < n; i++)
        d[i] = -search->gradient[i];
    for (size_t k = 0; k < search->n_kept; k++) {
        size_t at = (search->newest + MEMORY - k) % MEMORY;
        const double *s = search->steps + at * n, *y = search->bends + at * n;
        weight[at] = search->curvature[at] * dot(s, d, n);
        for (size_t i = 0; i < n; i++)
            d[i] -= weight[at] * y[i];
    }
    if (search->n_kept) {
        const double *y = search->bends + search->newest * n;
        double scale = 1 / (search->curvature[search->newest] * dot(y, y, n));
        for (size_t i = 0; i < n; i++)
            d[i] *= scale;
    }
    for (size_t k = search->n_kept; k-- > 0;) {
        size_t at = (search->newest + MEMORY - k) % MEMORY;
        const double *s = search->steps + at * n, *y = search->bends + at * n;
        double back = weight[at] - search->curvature[at] * dot(y, d, n);
        for (size_t i = 0; i < n; i++)
            d[i] += back * s[i];
    }
}

/* A point of the line and what is known of it. */
struct point {
    double length, value, slope;
};

static struct point look(struct search *search, double length)
{
    const struct lbfgs_problem *problem = search->problem;
    struct point point = {.length = length, .value = HUGE_VAL};
    if (cancel_asked(problem->cancel)) {
        search->cancelled = true;
        return point;
    }
    for (size_t i = 0; i < problem->n; i++)
        search->trial[i] = search->x[i] + length * search->direction[i];
    point.value = problem->value(problem->self, search->trial, search->trial_gradient);
    point.slope = dot(search->trial_gradient, search->direction, problem->n);
    search->result.n_values++;
    if (!isfinite(point.value))
        point.value = HUGE_VAL;
    return point;
}

/* Lowest point of the cubic through two points, kept off their ends. */
static double between(const struct point *a, const struct point *b)
{
    double width = b->length - a->length;
    double d1 = a->slope + b->slope - 3 * (b->value - a->value) / width;
    double root = d1 * d1 - a->slope * b->slope;
    double at = a->length + width / 2;
    if (root > 0 && isfinite(root)) {
        double d2 = copysign(sqrt(root), width);
        at = b->length - width * (b->slope + d2 - d1) / (b->slope - a->slope + 2 * d2);
    }
    double low = a->length + 0.1 * width, high = a->length + 0.9 * width;
    return isfinite(at) ? fmin(fmax(at, fmin(low, high)), fmax(low, high))
                        : a->length + width / 2;
}

/* Goes along the direction to a point that meets both conditions; the trial is then the new
 * place. When none is found, to the lowest of those tried; false when that is where we are. */
static bool walk(struct search *search, double first)
{
    const struct point here = {
        0, search->value, dot(search->gradient, search->direction, search->problem->n)};
    struct point low = here, high = {0}, at;
    bool bracketed = false;
    double length = first;
    for (int trial = 0; trial < TRIALS; trial++) {
        at = look(search, length);
        if (search->cancelled)
            return false;
        if (at.value > here.value + enough * at.length * here.slope ||
            at.value >= low.value) {
            high = at;
            bracketed = true;
        } else if (fabs(at.slope) <= -flat * here.slope) {
            search->value = at.value;
            return true;
        } else {
            if (at.slope * (bracketed ? high.length - low.length : 1) >= 0) {
                high = low;
                bracketed = true;
            }
            low = at;
        }
        length = bracketed ? between(&low, &high) : 2 * length;
    }
    if (low.length <= 0)
        return false;
    at = look(search, low.length);
    search->value = at.value;
    return !search->cancelled && at.value < here.value;
}

/* Keeps step and bend of the move that was made, and makes it. */
static void move(struct search *search)
{
    size_t n = search->problem->n, at = (search->newest + 1) % MEMORY;
    double *s = search->steps + at * n, *y = search->bends + at * n;
    for (size_t i = 0; i < n; i++) {
        s[i] = search->trial[i] - search->x[i];
        y[i] = search->trial_gradient[i] - search->gradient[i];
    }
    double bend = dot(s, y, n);
    if (bend > 1e-300 && bend > 1e-12 * dot(y, y, n)) {
        search->curvature[at] = 1 / bend;
        search->newest = at;
        search->n_kept += search->n_kept < MEMORY;
    }
    memcpy(search->x, search->trial, n * sizeof *search->x);
    memcpy(search->gradient, search->trial_gradient, n * sizeof *search->gradient);
}

static void run(struct search *search)
{
    const struct lbfgs_problem *problem = search->problem;
    size_t n = problem->n;
    while (search->result.iterations < problem->iterations) {
        double norm = sqrt(dot(search->gradient, search->gradient, n));
        if (norm <= problem->tolerance)
            return;
        find_direction(search);
        bool downhill = dot(search->direction, search->gradient, n) < 0;
        if (!downhill) {
            search->n_kept = 0;
            find_direction(search);
        }
        if (!walk(search, search->n_kept ? 1 : fmin(1, 1 / norm)))
            return;
        move(search);
        search->result.iterations++;
    }
}

enum status lbfgs_minimise(const struct lbfgs_problem *problem, double *x,
                           struct lbfgs_result *result, struct error *err)
{
    struct search search;
    size_t n = problem->n;
    if (!search_init(&search, problem, x))
        return error_set(err, STATUS_NO_MEMORY, "no memory to fit %zu numbers", n);
    search.value = problem->value(problem->self, search.x, search.gradient);
    search.result.n_values = 1;
    enum status status = STATUS_OK;
    if (isfinite(search.value))
        run(&search);
    else
        status = error_set(err, STATUS_NUMERIC, "the loss is not finite at the start");
    if (search.cancelled)
        status = error_set(err, STATUS_CANCELLED, "a fit was stopped");
    search.result.value = search.value;
    search.result.gradient_norm = sqrt(dot(search.gradient, search.gradient, n));
    memcpy(x, search.x, n * sizeof *x);
    if (result)
        *result = search.result;
    free(search.block);
    return status;
}
