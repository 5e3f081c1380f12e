#include "command/adapting_report.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

enum status adapting_watch(struct adapting *adapting, struct call *call,
                           const struct adapting_watcher *watcher, double *seconds,
                           struct error *err)
{
    size_t n_done = 0;
    double began = clock_seconds(), total = (double)adapting_total(adapting);
    enum status status = STATUS_OK;
    progress_begin(call->progress, "adapting", "runs");
    while (!status && !adapting_finished(adapting)) {
        status = adapting_step(adapting, err);
        progress_update(call->progress, adapting_done(adapting), total);
        if (!status && watcher->run && adapting_ended(adapting) != n_done) {
            n_done = adapting_ended(adapting);
            watcher->run(adapting, n_done, watcher->self);
        }
        bool stops = cancel_asked(call->cancel) && !adapting_finished(adapting);
        if (status == STATUS_CANCELLED || (!status && stops))
            status = error_set(err, STATUS_CANCELLED,
                               "adapting was stopped after %.0f of %.0f runs",
                               floor(adapting_done(adapting)), total);
    }
    progress_end(call->progress);
    *seconds = clock_seconds() - began;
    return status;
}

struct over_runs adapting_over_runs(const struct adapting *adapting, size_t setting,
                                    size_t n_runs,
                                    double (*of)(const struct adapting_run *run))
{
    double *values = mem_alloc(n_runs * sizeof *values);
    struct over_runs over = {0};
    for (size_t r = 0; r < n_runs; r++) {
        values[r] = of(adapting_result(adapting, setting, r));
        over.mean += values[r] / (double)n_runs;
    }
    over.interval = interval_mean(values, n_runs);
    free(values);
    return over;
}

double adapting_accuracy(const struct adapting_run *run)
{
    return evaluation_row(&run->evaluation, PREDICTOR_MIXTURE)->mean;
}

double adapting_nll(const struct adapting_run *run)
{
    return run->evaluation.nll;
}

double adapting_cross_entropy(const struct adapting_run *run)
{
    return run->losses.cross_entropy;
}

double adapting_label_entropy(const struct adapting_run *run)
{
    return run->losses.label_entropy;
}

static const struct evaluated_row *
row_before(const struct adapting *adapting, enum routing routing, enum predictor predictor)
{
    return evaluation_row(adapting_before(adapting, routing), predictor);
}

void adapting_report_before(const struct adapting *adapting, struct report *report)
{
    const struct evaluated_row *single =
        row_before(adapting, ROUTE_PROMPT, PREDICTOR_SINGLE);
    report_real(report, "single_head", single ? single->mean : (double)NAN, 3, NULL);
    report_real(report, "by_prompt",
                row_before(adapting, ROUTE_PROMPT, PREDICTOR_MIXTURE)->mean, 3, NULL);
    report_real(report, "by_context",
                row_before(adapting, ROUTE_CONTEXT, PREDICTOR_MIXTURE)->mean, 3, NULL);
    report_real(report, "best_head",
                row_before(adapting, ROUTE_PROMPT, PREDICTOR_ORACLE)->mean, 3, NULL);
}

/* ---- by attribute ---- */

static void add_cell(struct table *table, const struct evaluated_row *row, size_t a)
{
    if (row)
        table_number(table, row->cells[a].accuracy);
    else
        table_missing(table);
}

static double accuracy_of(const struct adapting_run *run, enum weigh_rule rule, size_t a)
{
    return adapting_routes(rule)
               ? evaluation_row(&run->evaluation, PREDICTOR_MIXTURE)->cells[a].accuracy
               : run->rule_accuracy[a * WEIGH_COUNT + (size_t)rule];
}

static void add_accuracies(const struct adapting *adapting, size_t n_runs,
                           enum weigh_rule rule, struct report *report)
{
    const struct evaluation *before = adapting_before(adapting, ROUTE_PROMPT);
    struct table *table = report_table(
        report, "accuracy", "accuracy by attribute; adapted: mean over the runs");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "by_prompt", COLUMN_SHARE, 3, NULL);
    table_column(table, "by_context", COLUMN_SHARE, 3, NULL);
    table_column(table, "adapted", COLUMN_SHARE, 3, NULL);
    table_column(table, "adapted_interval", COLUMN_INTERVAL, 3, NULL);
    table_title(table, "95 %");
    table_column(table, "single", COLUMN_SHARE, 3, NULL);
    table_column(table, "oracle", COLUMN_SHARE, 3, NULL);
    table_title(table, "best (oracle)");
    double *values = mem_alloc(n_runs * sizeof *values);
    for (size_t a = 0; a < before->n_attributes; a++) {
        double mean = 0;
        for (size_t r = 0; r < n_runs; r++) {
            values[r] = accuracy_of(adapting_result(adapting, 0, r), rule, a);
            mean += values[r] / (double)n_runs;
        }
        struct interval interval = interval_mean(values, n_runs);
        table_row(table);
        table_text(table, before->attributes[a]);
        table_number(table, (double)before->attribute_pairs[a]);
        add_cell(table, row_before(adapting, ROUTE_PROMPT, PREDICTOR_MIXTURE), a);
        add_cell(table, row_before(adapting, ROUTE_CONTEXT, PREDICTOR_MIXTURE), a);
        table_number(table, mean);
        table_interval(table, interval.low, interval.high);
        add_cell(table, row_before(adapting, ROUTE_PROMPT, PREDICTOR_SINGLE), a);
        add_cell(table, row_before(adapting, ROUTE_PROMPT, PREDICTOR_ORACLE), a);
    }
    free(values);
}

/* ---- all predictors ---- */

/* A row whose figures do not depend on the budget. */
static void add_fixed(struct table *table, const char *name, double mean, double nll,
                      double single)
{
    table_row(table);
    table_text(table, name);
    table_text(table, NULL);
    table_number(table, mean);
    table_missing(table);
    table_number(table, mean - single);
    table_number(table, nll);
}

static void add_measured(struct table *table, const char *name, const char *labels,
                         struct over_runs accuracy, double nll, double single)
{
    table_row(table);
    table_text(table, name);
    table_text(table, labels);
    table_number(table, accuracy.mean);
    table_interval(table, accuracy.interval.low, accuracy.interval.high);
    table_number(table, accuracy.mean - single);
    table_number(table, nll);
}

static void add_rules(const struct adapting *adapting, size_t n_runs, struct table *table,
                      double single)
{
    static const char *const marks[WEIGH_COUNT] = {
        [WEIGH_SCRATCH] = "control", [WEIGH_FROM_SINGLE] = "control"};
    double *values = mem_alloc(n_runs * sizeof *values);
    for (size_t w = 0; w < WEIGH_COUNT; w++) {
        struct over_runs accuracy = {0};
        double nll = 0;
        for (size_t r = 0; r < n_runs; r++) {
            const struct rule_score *score = &adapting_result(adapting, 0, r)->rules[w];
            values[r] = score->mean;
            accuracy.mean += score->mean / (double)n_runs;
            nll += score->nll / (double)n_runs;
        }
        accuracy.interval = interval_mean(values, n_runs);
        if (isnan(accuracy.mean))
            continue;
        add_measured(table, weigh_rule_names[w], "of its attribute", accuracy, nll, single);
        if (marks[w])
            table_mark(table, marks[w]);
    }
    free(values);
}

static void add_summary(const struct adapting *adapting, size_t n_runs,
                        struct report *report)
{
    const struct evaluation *by_prompt = adapting_before(adapting, ROUTE_PROMPT);
    const struct evaluation *by_context = adapting_before(adapting, ROUTE_CONTEXT);
    const struct evaluated_row *row = evaluation_row(by_prompt, PREDICTOR_SINGLE);
    double single = row ? row->mean : (double)NAN;
    struct table *table = report_table(
        report, "summary", "mean over attributes; intervals over the runs' budgets");
    table_column(table, "predictor", COLUMN_TEXT, 0, NULL);
    table_column(table, "labels", COLUMN_TEXT, 0, NULL);
    table_column(table, "mean", COLUMN_SHARE, 3, NULL);
    table_column(table, "mean_interval", COLUMN_INTERVAL, 3, NULL);
    table_title(table, "95 %");
    table_column(table, "difference", COLUMN_REAL, 3, NULL);
    table_title(table, "minus single");
    table_column(table, "nll", COLUMN_REAL, 4, "nats");
    if (row)
        add_fixed(table, "single head", single, by_prompt->single_nll, single);
    add_fixed(table, "router on prompts",
              evaluation_row(by_prompt, PREDICTOR_MIXTURE)->mean, by_prompt->nll, single);
    add_fixed(table, "router on contexts",
              evaluation_row(by_context, PREDICTOR_MIXTURE)->mean, by_context->nll, single);
    add_measured(table, "adapted router", "of all",
                 adapting_over_runs(adapting, 0, n_runs, adapting_accuracy),
                 adapting_over_runs(adapting, 0, n_runs, adapting_nll).mean, single);
    add_rules(adapting, n_runs, table, single);
    add_fixed(table, "best head", evaluation_row(by_prompt, PREDICTOR_ORACLE)->mean,
              (double)NAN, single);
    table_mark(table, "oracle");
}

/* ---- runs ---- */

static void add_runs(const struct adapting *adapting, size_t n_runs, struct report *report)
{
    struct table *table = report_table(
        report, "runs", "runs, each on a budget of its own; losses of the last epoch");
    table_column(table, "run", COLUMN_COUNT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "learning_rate", COLUMN_REAL, 4, NULL);
    table_column(table, "cross_entropy", COLUMN_REAL, 4, "nats");
    table_column(table, "label_entropy", COLUMN_REAL, 4, "nats");
    table_column(table, "nll", COLUMN_REAL, 4, "nats");
    table_column(table, "mean", COLUMN_SHARE, 3, NULL);
    for (size_t r = 0; r < n_runs; r++) {
        const struct adapting_run *run = adapting_result(adapting, 0, r);
        table_row(table);
        table_number(table, (double)r + 1);
        table_number(table, (double)run->n_pairs);
        table_number(table, run->learning_rate);
        table_number(table, run->losses.cross_entropy);
        table_number(table, run->losses.label_entropy);
        table_number(table, run->evaluation.nll);
        table_number(table, adapting_accuracy(run));
    }
}

static void add_verdict(const struct adapting *adapting, size_t n_runs,
                        struct report *report)
{
    struct over_runs adapted = adapting_over_runs(adapting, 0, n_runs, adapting_accuracy);
    double before = row_before(adapting, ROUTE_CONTEXT, PREDICTOR_MIXTURE)->mean;
    size_t n_short = adapting_result(adapting, 0, 0)->n_short;
    if (n_short)
        report_note(report,
                    "%zu attributes have fewer pairs with contexts than the budget; all of "
                    "theirs were used.",
                    n_short);
    report_note(report,
                "The adapted router reads contexts and knows no attribute (%+.3f against "
                "the same router before). The rules below it are told the attribute of "
                "every pair, and weigh the heads by its labels alone; scratch and "
                "from-single are controls that know no mixture.",
                adapted.mean - before);
    report_note(report, "Intervals are over budgets, on the same pairs to evaluate on; "
                        "'eval --route context' has those over prompts.");
}

void adapting_report(const struct adapting *adapting, size_t n_runs, enum weigh_rule rule,
                     struct report *report)
{
    add_accuracies(adapting, n_runs, rule, report);
    add_summary(adapting, n_runs, report);
    add_runs(adapting, n_runs, report);
    add_verdict(adapting, n_runs, report);
}
