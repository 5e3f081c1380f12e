#include "command/ablate_budget.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "command/adapting_report.h"

/* What differs between the two. */
struct axis {
    const char *name, *title;
    bool is_budget;
};

static const struct axis budget_axis = {
    "budget", "accuracy against the labelled pairs of each attribute", true};
static const struct axis tau_axis = {"tau", "accuracy against tau", false};

static enum status make_settings(const struct ablate_budget *ablation,
                                 const struct axis *axis, struct adapting_setting *settings,
                                 struct error *err)
{
    const double most = 1e9;
    for (size_t i = 0; i < ablation->n_values; i++) {
        double value = ablation->values[i];
        settings[i] = (struct adapting_setting){ablation->budget, ablation->tau};
        if (!axis->is_budget) {
            if (!(value > 0))
                return error_set(err, STATUS_USAGE, "tau is a number above 0, not %g",
                                 value);
            settings[i].tau = value;
            continue;
        }
        if (!(value >= 0 && value <= most) || value != floor(value))
            return error_set(err, STATUS_USAGE,
                             "a budget is a whole number of pairs from 0 to %g, not %g",
                             most, value);
        settings[i].budget = (size_t)value;
    }
    return STATUS_OK;
}

static void add_columns(struct table *table, const struct axis *axis)
{
    table_column(table, axis->name, axis->is_budget ? COLUMN_COUNT : COLUMN_REAL,
                 axis->is_budget ? 0 : 6, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "adapted", COLUMN_SHARE, 3, NULL);
    table_column(table, "adapted_interval", COLUMN_INTERVAL, 3, NULL);
    table_title(table, "95 %");
    table_column(table, "nll", COLUMN_REAL, 4, "nats");
    if (!axis->is_budget) {
        table_column(table, "label_entropy", COLUMN_REAL, 4, "nats");
        table_column(table, "cross_entropy", COLUMN_REAL, 4, "nats");
        return;
    }
    for (size_t w = 0; w < WEIGH_COUNT; w++)
        table_column(table, weigh_rule_names[w], COLUMN_SHARE, 3, NULL);
}

static double mean_of_rule(const struct adapting *adapting, size_t setting, size_t n_runs,
                           size_t rule)
{
    double mean = 0;
    for (size_t r = 0; r < n_runs; r++)
        mean += adapting_result(adapting, setting, r)->rules[rule].mean / (double)n_runs;
    return mean;
}

static void add_point(const struct adapting *adapting, size_t setting,
                      const struct ablate_budget *ablation, const struct axis *axis,
                      struct table *table)
{
    size_t n_runs = ablation->runs;
    struct over_runs accuracy =
        adapting_over_runs(adapting, setting, n_runs, adapting_accuracy);
    table_row(table);
    table_number(table, ablation->values[setting]);
    table_number(table, (double)adapting_result(adapting, setting, 0)->n_pairs);
    table_number(table, accuracy.mean);
    table_interval(table, accuracy.interval.low, accuracy.interval.high);
    table_number(table, adapting_over_runs(adapting, setting, n_runs, adapting_nll).mean);
    if (!axis->is_budget) {
        table_number(
            table,
            adapting_over_runs(adapting, setting, n_runs, adapting_label_entropy).mean);
        table_number(
            table,
            adapting_over_runs(adapting, setting, n_runs, adapting_cross_entropy).mean);
        return;
    }
    for (size_t w = 0; w < WEIGH_COUNT; w++)
        table_number(table, mean_of_rule(adapting, setting, n_runs, w));
}

static void report_points(struct call *call, const struct adapting *adapting,
                          const struct ablate_budget *ablation, const struct axis *axis,
                          double seconds)
{
    struct report *report = call->report;
    report_text(report, "split", split_choices[ablation->split]);
    report_count(report, "runs", ablation->runs, NULL);
    if (axis->is_budget)
        report_real(report, "tau", ablation->tau, 6, NULL);
    else
        report_count(report, "budget", ablation->budget, "pairs an attribute");
    report_real(report, "seconds", seconds, 3, "s");
    adapting_report_before(adapting, report);
    struct table *table = report_table(report, axis->name, axis->title);
    add_columns(table, axis);
    bool is_short = false;
    for (size_t i = 0; i < ablation->n_values; i++) {
        add_point(adapting, i, ablation, axis, table);
        is_short = is_short || adapting_result(adapting, i, 0)->n_short;
    }
    if (is_short)
        report_note(report, "Where an attribute has fewer pairs with contexts than the "
                            "budget, all of them were used.");
    report_note(report,
                "adapted is the router, which reads contexts and knows no attribute; "
                "intervals are over the runs' budgets.");
    if (axis->is_budget)
        report_note(report,
                    "The other columns are told the attribute of every pair and weigh the "
                    "heads by its labels alone; scratch and from-single are controls that "
                    "know no mixture.");
}

static enum status run(struct call *call, const struct subject *subject,
                       const struct ablate_budget *ablation, const struct axis *axis,
                       struct error *err)
{
    struct adapting_options options = {
        .adapt = adapt_defaults(),
        .rule = RULE_PROBABILITY,
        .split = ablation->split,
        .with_rules = axis->is_budget,
        .runs = ablation->runs,
        .seed = call->seed,
    };
    options.adapt.learning_rate = 0; /* chosen for every budget */
    struct adapting_setting *settings = mem_alloc(ablation->n_values * sizeof *settings);
    struct team *team =
        team_create(adapting_threads(&subject->model, options.adapt.batch, call->threads));
    struct adapting *adapting = NULL;
    double seconds = 0;
    enum status status = make_settings(ablation, axis, settings, err);
    if (!status) {
        adapting = adapting_create(&subject->features, &subject->model, settings,
                                   ablation->n_values, &options, team, err);
        status = adapting ? adapting_watch(adapting, call, &seconds, err) : err->status;
    }
    if (!status)
        report_points(call, adapting, ablation, axis, seconds);
    adapting_free(adapting);
    team_free(team);
    free(settings);
    return status;
}

enum status ablate_budget_run(struct call *call, const struct subject *subject,
                              const struct ablate_budget *ablation, struct error *err)
{
    return run(call, subject, ablation, &budget_axis, err);
}

enum status ablate_budget_run_tau(struct call *call, const struct subject *subject,
                                  const struct ablate_budget *ablation, struct error *err)
{
    return run(call, subject, ablation, &tau_axis, err);
}
