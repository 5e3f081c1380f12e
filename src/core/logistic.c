#include "core/logistic.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { NEWTON_STEPS = 200, HALVINGS = 60 };
static const double tolerance = 1e-9; /* of the gradient, relative to what it can be */

double logistic(double margin)
{
    double e = exp(-fabs(margin));
    return margin >= 0 ? 1 / (1 + e) : e / (1 + e);
}

double log_logistic(double margin)
{
    return fmin(margin, 0) - log1p(exp(-fabs(margin)));
}

/* Scratch of one fit. Per pair: margin and curvature sigma(m) sigma(-m), and the products of
 * a direction with x; per feature: gradient, Newton's step, residual, direction, Hessian
 * times direction. */
struct fit {
    const struct logistic_problem *problem;
    double *margin, *curvature, *along;                  /* [n] */
    double *gradient, *step, *residual, *towards, *bent; /* [width] */
    double *block;
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add_scaled(double *to, double factor, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += factor * x[i];
}

static void multiply(const struct logistic_problem *problem, const double *b, double *out)
{
    for (size_t i = 0; i < problem->n; i++)
        out[i] = dot(problem->x + i * problem->width, b, problem->width);
}

static double objective(const struct logistic_problem *problem, const double *margin,
                        const double *b)
{
    double sum = problem->ridge / 2 * dot(b, b, problem->width);
    for (size_t i = 0; i < problem->n; i++)
        sum -= log_logistic(margin[i]);
    return sum;
}

/* Gradient at b and curvatures; returns the gradient's largest possible norm, that of
 * margins all hopeless. */
static double differentiate(struct fit *fit, const double *b)
{
    const struct logistic_problem *problem = fit->problem;
    size_t width = problem->width;
    double most = problem->ridge * sqrt(dot(b, b, width));
    for (size_t j = 0; j < width; j++)
        fit->gradient[j] = problem->ridge * b[j];
    for (size_t i = 0; i < problem->n; i++) {
        const double *x = problem->x + i * width;
        double wrong = logistic(-fit->margin[i]);
        fit->curvature[i] = wrong * logistic(fit->margin[i]);
        add_scaled(fit->gradient, -wrong, x, width);
        most += sqrt(dot(x, x, width));
    }
    return most;
}

/* bent = (X' C X + ridge) towards */
static void bend(struct fit *fit)
{
    const struct logistic_problem *problem = fit->problem;
    size_t width = problem->width;
    for (size_t j = 0; j < width; j++)
        fit->bent[j] = problem->ridge * fit->towards[j];
    for (size_t i = 0; i < problem->n; i++) {
        const double *x = problem->x + i * width;
        add_scaled(fit->bent, fit->curvature[i] * dot(x, fit->towards, width), x, width);
    }
}

/* step = -H^-1 gradient by conjugate gradients, to a share of the gradient that shrinks
 * with it, so that Newton's convergence stays faster than linear. */
static void solve_step(struct fit *fit, double share)
{
    size_t width = fit->problem->width;
    double first = dot(fit->gradient, fit->gradient, width), now = first;
    for (size_t j = 0; j < width; j++) {
        fit->step[j] = 0;
        fit->residual[j] = fit->towards[j] = -fit->gradient[j];
    }
    size_t most = 10 * (width < fit->problem->n ? width : fit->problem->n) + 10;
    for (size_t round = 0; round < most && now > share * share * first; round++) {
        bend(fit);
        double length = now / dot(fit->towards, fit->bent, width);
        add_scaled(fit->step, length, fit->towards, width);
        add_scaled(fit->residual, -length, fit->bent, width);
        double next = dot(fit->residual, fit->residual, width);
        for (size_t j = 0; j < width; j++)
            fit->towards[j] = fit->residual[j] + next / now * fit->towards[j];
        now = next;
    }
}

/* Goes along the step as far as the objective falls; false: no farther, b is at the
 * minimum as well as doubles tell. */
static bool walk(struct fit *fit, double *b)
{
    const struct logistic_problem *problem = fit->problem;
    size_t n = problem->n, width = problem->width;
    double before = objective(problem, fit->margin, b), length = 1;
    double slope = dot(fit->gradient, fit->step, width);
    multiply(problem, fit->step, fit->along);
    add_scaled(fit->margin, 1, fit->along, n);
    add_scaled(b, 1, fit->step, width);
    for (int halved = 0; halved < HALVINGS; halved++) {
        if (objective(problem, fit->margin, b) <= before + 1e-4 * length * slope)
            return true;
        length /= 2;
        add_scaled(fit->margin, -length, fit->along, n);
        add_scaled(b, -length, fit->step, width);
    }
    return false;
}

static enum status check(const struct logistic_problem *problem, struct error *err)
{
    for (size_t i = 0; i < problem->n; i++) {
        bool finite = !problem->offset || isfinite(problem->offset[i]);
        for (size_t j = 0; j < problem->width; j++)
            finite = finite && isfinite(problem->x[i * problem->width + j]);
        if (!finite)
            return error_set(err, STATUS_NUMERIC, "labelled pair %zu is not finite", i);
    }
    return STATUS_OK;
}

static bool fit_init(struct fit *fit, const struct logistic_problem *problem)
{
    size_t n = problem->n, width = problem->width;
    double *block = mem_array(3 * n + 5 * width + 1, sizeof *block);
    *fit = (struct fit){.problem = problem, .block = block};
    if (!block)
        return false;
    double **const parts[] = {&fit->margin, &fit->curvature, &fit->along,   &fit->gradient,
                              &fit->step,   &fit->residual,  &fit->towards, &fit->bent};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        *parts[p] = block;
        block += p < 3 ? n : width;
    }
    return true;
}

enum status logistic_fit(const struct logistic_problem *problem, double *b,
                         struct error *err)
{
    struct fit fit;
    size_t width = problem->width;
    if (check(problem, err))
        return err->status;
    if (!fit_init(&fit, problem))
        return error_set(err, STATUS_NO_MEMORY,
                         "no memory for a regression on %zu pairs of %zu features",
                         problem->n, width);
    memset(b, 0, width * sizeof *b);
    if (problem->offset)
        memcpy(fit.margin, problem->offset, problem->n * sizeof *fit.margin);
    for (int step = 0; step < NEWTON_STEPS; step++) {
        double most = differentiate(&fit, b);
        double norm = sqrt(dot(fit.gradient, fit.gradient, width));
        if (norm <= tolerance * most)
            break;
        solve_step(&fit, fmin(0.1, sqrt(norm / most)));
        if (!walk(&fit, b))
            break;
    }
    free(fit.block);
    return STATUS_OK;
}
