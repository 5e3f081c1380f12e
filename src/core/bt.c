#include "core/bt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/lbfgs.h"
#include "core/logistic.h"

const double bt_ridges[BT_RIDGES] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

/* Rows are multiplied in float, everything else is double. */
struct pass {
    const struct bt_problem *problem;
    float *w, *gradient; /* [width] */
};

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

/* The float sum is emptied into the double one every so many pairs. */
enum { BLOCK = 256 };

static void empty(struct pass *pass, double *gradient)
{
    for (size_t d = 0; d < pass->problem->contrasts->width; d++)
        gradient[d] += (double)pass->gradient[d];
    memset(pass->gradient, 0, pass->problem->contrasts->width * sizeof *pass->gradient);
}

static double pass_over(struct pass *pass, const double *w, double *gradient)
{
    const struct bt_problem *problem = pass->problem;
    const struct contrasts *contrasts = problem->contrasts;
    size_t width = contrasts->width, n = problem->which ? problem->n : contrasts->n;
    double sum = ridge_part(problem, w, gradient);
    for (size_t d = 0; d < width; d++)
        pass->w[d] = (float)w[d];
    memset(pass->gradient, 0, width * sizeof *pass->gradient);
    for (size_t j = 0; j < n; j++) {
        size_t i = problem->which ? problem->which[j] : j;
        double c = problem->weight ? problem->weight[i] : 1;
        const float *row = contrasts_row(contrasts, i);
        double margin = contrast_dot(row, pass->w, width);
        sum -= c * log_logistic(margin);
        if (gradient)
            contrast_add(pass->gradient, (float)(-c * logistic(-margin)), row, width);
        if (gradient && (j + 1) % BLOCK == 0)
            empty(pass, gradient);
    }
    if (gradient)
        empty(pass, gradient);
    return sum;
}

static double value(void *self, const double *w, double *gradient)
{
    return pass_over(self, w, gradient);
}

double bt_objective(const struct bt_problem *problem, const double *w, double *gradient)
{
    size_t width = problem->contrasts->width;
    struct pass pass = {problem, mem_alloc(2 * width * sizeof(float)), NULL};
    pass.gradient = pass.w + width;
    double sum = pass_over(&pass, w, gradient);
    free(pass.w);
    return sum;
}

enum status bt_fit(const struct bt_problem *problem, double *w, double *objective,
                   struct error *err)
{
    size_t width = problem->contrasts->width;
    size_t n = problem->which ? problem->n : problem->contrasts->n;
    struct pass pass = {problem, mem_alloc(2 * width * sizeof(float)), NULL};
    pass.gradient = pass.w + width;
    struct lbfgs_problem search = {.n = width,
                                   .value = value,
                                   .self = &pass,
                                   .tolerance = problem->tolerance * (double)(n ? n : 1),
                                   .iterations = problem->iterations,
                                   .cancel = problem->cancel};
    struct lbfgs_result result;
    enum status status = lbfgs_minimise(&search, w, &result, err);
    if (!status && objective)
        *objective = result.value;
    free(pass.w);
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
