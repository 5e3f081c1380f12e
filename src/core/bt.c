#include "core/bt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/kernel.h"
#include "base/memory.h"
#include "base/vector.h"
#include "core/lbfgs.h"

const double bt_ridges[BT_RIDGES] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

enum { LANES = 8 };

/* Lanes are summed apart so that the loop is vectorised without changing its result. */
KERNEL static double dot(const float *x, const double *w, size_t n)
{
    double lanes[LANES] = {0}, sum = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lanes[j] += (double)x[i + j] * w[i + j];
    for (size_t i = whole; i < n; i++)
        sum += (double)x[i] * w[i];
    for (size_t j = 0; j < LANES; j++)
        sum += lanes[j];
    return sum;
}

static double ridge_part(const struct bt_problem *problem, const double *w,
                         double *gradient)
{
    double sum = 0;
    for (size_t d = 0; d < problem->contrasts->width; d++) {
        double off = w[d] - (problem->centre ? problem->centre[d] : 0);
        sum += problem->ridge / 2 * off * off;
        if (gradient)
            gradient[d] = problem->ridge * off;
    }
    return sum;
}

double bt_objective(const struct bt_problem *problem, const double *w, double *gradient)
{
    const struct contrasts *contrasts = problem->contrasts;
    size_t width = contrasts->width, n = problem->which ? problem->n : contrasts->n;
    double sum = ridge_part(problem, w, gradient);
    for (size_t j = 0; j < n; j++) {
        size_t i = problem->which ? problem->which[j] : j;
        double c = problem->weight ? problem->weight[i] : 1;
        const float *row = contrasts_row(contrasts, i);
        if (c == 0)
            continue;
        double margin = dot(row, w, width), e = exp(-fabs(margin));
        sum += c * (log(1 + e) - fmin(margin, 0));
        if (gradient)
            vector_add_double(gradient, -c * (margin >= 0 ? e : 1) / (1 + e), row, width);
    }
    return sum;
}

static double value(void *self, const double *w, double *gradient)
{
    return bt_objective(self, w, gradient);
}

enum status bt_fit(const struct bt_problem *problem, double *w, double *objective,
                   struct error *err)
{
    size_t n = problem->which ? problem->n : problem->contrasts->n;
    struct bt_problem copy = *problem;
    struct lbfgs_problem search = {.n = problem->contrasts->width,
                                   .value = value,
                                   .self = &copy,
                                   .tolerance = problem->tolerance * (double)(n ? n : 1),
                                   .iterations = problem->iterations,
                                   .cancel = problem->cancel};
    struct lbfgs_result result;
    enum status status = lbfgs_minimise(&search, w, &result, err);
    if (!status && objective)
        *objective = result.value;
    return status;
}

double bt_nll(const struct contrasts *contrasts, const double *w)
{
    struct bt_problem problem = {.contrasts = contrasts};
    return bt_objective(&problem, w, NULL) / (double)contrasts->n;
}

enum status bt_fit_chosen(const struct contrasts *train, const struct contrasts *holdout,
                          const struct cancel *cancel, double *w, double *ridge,
                          struct error *err)
{
    size_t bytes = train->width * sizeof *w;
    double *at = mem_zero(bytes), best = HUGE_VAL, chosen = bt_ridges[0];
    enum status status = STATUS_OK;
    for (size_t r = 0; r < BT_RIDGES && !status; r++) {
        struct bt_problem problem = {.contrasts = train,
                                     .ridge = bt_ridges[r] * (double)train->n,
                                     .tolerance = 1e-6,
                                     .iterations = 500,
                                     .cancel = cancel};
        status = bt_fit(&problem, at, NULL, err);
        double nll = !status && holdout->n ? bt_nll(holdout, at) : -(double)r;
        if (status || nll >= best)
            continue;
        best = nll;
        chosen = bt_ridges[r];
        memcpy(w, at, bytes);
    }
    free(at);
    if (!status && ridge)
        *ridge = chosen;
    return status;
}
