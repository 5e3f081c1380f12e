#include "command/hedge_report.h"

#include <math.h>
#include <stdio.h>

#include "core/interval.h"
#include "core/logistic.h"
#include "core/offer.h"

/* ---- steps ---- */

enum vector { PROBABILITY, BEFORE, AFTER, N_VECTORS };
static const char *const vector_names[] = {"p", "before", "after"};
static const char *const vector_titles[] = {
    "what each head gives the response that was chosen", "weights before the label",
    "weights after it"};

static void add_head_columns(struct table *table, enum vector vector, size_t n_heads)
{
    for (size_t k = 0; k < n_heads; k++) {
        char name[40], title[24];
        snprintf(name, sizeof name, "%s_h%zu", vector_names[vector], k + 1);
        snprintf(title, sizeof title, "h%zu", k + 1);
        table_column(table, name, COLUMN_SHARE, 3, NULL);
        table_title(table, title);
    }
}

static void add_head_cells(struct table *table, const struct hedge_step *step,
                           enum vector vector, size_t n_heads)
{
    for (size_t k = 0; k < n_heads; k++)
        table_number(table, vector == PROBABILITY ? logistic(step->margin[k])
                            : vector == BEFORE    ? step->before[k]
                                                  : step->after[k]);
}

static void add_step_columns(struct table *table)
{
    table_column(table, "label", COLUMN_COUNT, 0, NULL);
    table_column(table, "pair", COLUMN_COUNT, 0, NULL);
    table_column(table, "probability", COLUMN_SHARE, 3, NULL);
    table_title(table, "P before");
    table_column(table, "right", COLUMN_COUNT, 0, NULL);
    table_column(table, "loss", COLUMN_REAL, 3, "nats");
    table_column(table, "best_head", COLUMN_TEXT, 0, NULL);
    table_column(table, "regret", COLUMN_REAL, 3, "nats");
    table_column(table, "bound", COLUMN_REAL, 3, "nats");
}

static void add_step_cells(struct table *table, const struct hedge_step *step, size_t i,
                           size_t pair)
{
    char head[24];
    snprintf(head, sizeof head, "h%zu", step->best + 1);
    table_number(table, (double)(i + 1));
    table_number(table, (double)pair);
    table_number(table, exp(step->log_probability));
    table_number(table, step->lead > 0);
    table_number(table, -step->log_probability);
    table_text(table, head);
    table_number(table, step->regret);
    table_number(table, step->bound);
}

/* Ten heads in one table would be three screens wide. */
static void report_vectors(struct report *report, const struct hedge *hedge,
                           const size_t *pairs, size_t n_heads)
{
    for (int v = 0; v < N_VECTORS; v++) {
        struct table *table = report_table(report, vector_names[v], vector_titles[v]);
        table_column(table, "pair", COLUMN_COUNT, 0, NULL);
        add_head_columns(table, (enum vector)v, n_heads);
        for (size_t i = 0; i < hedge_steps(hedge); i++) {
            struct hedge_step step = hedge_step(hedge, i);
            table_row(table);
            table_number(table, (double)pairs[i]);
            add_head_cells(table, &step, (enum vector)v, n_heads);
        }
    }
}

void hedge_report_steps(struct report *report, const struct hedge *hedge,
                        const size_t *pairs, size_t n_heads, enum table_mode mode)
{
    bool for_people = table_mode_is_shown(mode);
    struct table *table = report_table(report, "steps", "labelled pairs, one by one");
    add_step_columns(table);
    for (int v = 0; v < N_VECTORS && !for_people; v++)
        add_head_columns(table, (enum vector)v, n_heads);
    for (size_t i = 0; i < hedge_steps(hedge); i++) {
        struct hedge_step step = hedge_step(hedge, i);
        table_row(table);
        add_step_cells(table, &step, i, pairs[i]);
        for (int v = 0; v < N_VECTORS && !for_people; v++)
            add_head_cells(table, &step, (enum vector)v, n_heads);
    }
    if (for_people)
        report_vectors(report, hedge, pairs, n_heads);
}

/* ---- the test pairs ---- */

static void add_score(struct table *table, const char *name, size_t right, size_t n,
                      double loss)
{
    struct interval interval = interval_wilson(right, n);
    table_row(table);
    table_text(table, name);
    table_number(table, (double)right / (double)n);
    table_interval(table, interval.low, interval.high);
    table_number(table, loss);
}

void hedge_report_scores(struct report *report, const struct labelling *labelling,
                         struct labelling_score before, struct labelling_score after)
{
    const struct labelled_set *test = &labelling->test;
    const struct predictions *predictions = &test->predictions;
    struct table *table = report_table(report, "test", "test pairs of the attribute");
    table_column(table, "weights", COLUMN_TEXT, 0, NULL);
    table_column(table, "accuracy", COLUMN_SHARE, 3, NULL);
    table_column(table, "accuracy_interval", COLUMN_INTERVAL, 3, NULL);
    table_title(table, "95 %");
    table_column(table, "nll", COLUMN_REAL, 4, "nats per pair");
    add_score(table, "adapted", after.right, test->n, after.loss);
    add_score(table, "prior", before.right, test->n, before.loss);
    if (!predictions->single_log_probability)
        return;
    size_t right = 0;
    double loss = 0;
    for (size_t i = 0; i < test->n; i++) {
        right += predictions->right[(i + 1) * predictions->n_predictors - 1];
        loss -= predictions->single_log_probability[i] / (double)test->n;
    }
    add_score(table, "single head", right, test->n, loss);
}

/* ---- orders ---- */

/* Labels in random order, between two counts of them where need be, after which the
 * accuracy first reaches `wanted`; NaN: never. */
static double labels_to_reach(const double *accuracy, size_t most, double wanted)
{
    if (accuracy[0] >= wanted)
        return 0;
    for (size_t i = 1; i <= most; i++)
        if (accuracy[i] >= wanted)
            return (double)i - (accuracy[i] - wanted) / (accuracy[i] - accuracy[i - 1]);
    return (double)NAN;
}

void hedge_report_orders(struct report *report, const double *accuracy, const double *loss,
                         size_t most)
{
    struct table *table =
        report_table(report, "orders",
                     "test pairs after so many labels, mean over attributes and seeds");
    table_column(table, "labels", COLUMN_COUNT, 0, NULL);
    for (int o = OFFER_FILE; o <= OFFER_INFORMATIVE; o++) {
        char name[40];
        snprintf(name, sizeof name, "accuracy_%s", offer_order_names[o]);
        table_column(table, name, COLUMN_SHARE, 3, NULL);
    }
    for (int o = OFFER_FILE; o <= OFFER_INFORMATIVE; o++) {
        char name[40];
        snprintf(name, sizeof name, "nll_%s", offer_order_names[o]);
        table_column(table, name, COLUMN_REAL, 4, "nats per pair");
    }
    table_column(table, "random_labels", COLUMN_REAL, 1, NULL);
    table_title(table, "random needs");
    const double *random = accuracy + OFFER_RANDOM * (most + 1);
    for (size_t i = 0; i <= most; i++) {
        table_row(table);
        table_number(table, (double)i);
        for (int o = OFFER_FILE; o <= OFFER_INFORMATIVE; o++)
            table_number(table, accuracy[(size_t)o * (most + 1) + i]);
        for (int o = OFFER_FILE; o <= OFFER_INFORMATIVE; o++)
            table_number(table, loss[(size_t)o * (most + 1) + i]);
        table_number(table, labels_to_reach(random, most,
                                            accuracy[OFFER_INFORMATIVE * (most + 1) + i]));
    }
}
