#include "command/ablate_budget.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "command/adapting_report.h"
#include "command/cmd_ablate.h"
#include "command/subject.h"

/* What differs between the two. */
struct axis {
    const char *name, *title;
    const char *usual; /* values */
    double least, most;
    bool is_budget;
};

static const struct axis budget_axis = {
    "budget",
    "accuracy against the labelled pairs of each attribute",
    "0,5,10,20,50,100",
    0,
    1e9,
    true};
static const struct axis tau_axis = {
    "tau", "accuracy against tau", "0.0001,0.001,0.01,0.1,1,10", 1e-12, HUGE_VAL, false};

struct ablation {
    const struct call *call;
    const struct axis *axis;
    struct ablate_values values;
    size_t runs, budget; /* budget: where it is not varied */
    enum split split;
};

static struct adapting_setting setting_of(const struct ablation *ablation, double value)
{
    double tau = adapt_defaults().tau;
    return ablation->axis->is_budget ? (struct adapting_setting){(size_t)value, tau}
                                     : (struct adapting_setting){ablation->budget, value};
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
                      const struct ablation *ablation, struct table *table)
{
    size_t n_runs = ablation->runs;
    struct over_runs accuracy =
        adapting_over_runs(adapting, setting, n_runs, adapting_accuracy);
    table_row(table);
    table_number(table, ablation->values.items[setting]);
    table_number(table, (double)adapting_result(adapting, setting, 0)->n_pairs);
    table_number(table, accuracy.mean);
    table_interval(table, accuracy.interval.low, accuracy.interval.high);
    table_number(table, adapting_over_runs(adapting, setting, n_runs, adapting_nll).mean);
    if (!ablation->axis->is_budget) {
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

/* All points whose runs are among the first n_done. */
static void fill(const struct adapting *adapting, const struct ablation *ablation,
                 size_t n_done, struct table *table)
{
    add_columns(table, ablation->axis);
    for (size_t i = 0; i < n_done / ablation->runs; i++)
        add_point(adapting, i, ablation, table);
}

/* Points as they come, for whoever looks on. */
static void show(const struct adapting *adapting, size_t n_done, const void *self)
{
    const struct ablation *ablation = self;
    if (n_done % ablation->runs || !ablation->call->show)
        return;
    struct table *table = table_create(ablation->axis->name, ablation->axis->title);
    fill(adapting, ablation, n_done, table);
    call_show(ablation->call, table);
}

static void report_points(struct call *call, const struct adapting *adapting,
                          const struct ablation *ablation, double seconds)
{
    const struct axis *axis = ablation->axis;
    struct report *report = call->report;
    report_text(report, "split", split_choices[ablation->split]);
    report_count(report, "runs", ablation->runs, NULL);
    if (axis->is_budget)
        report_real(report, "tau", adapt_defaults().tau, 6, NULL);
    else
        report_count(report, "budget", ablation->budget, "pairs an attribute");
    report_real(report, "seconds", seconds, 3, "s");
    adapting_report_before(adapting, report);
    fill(adapting, ablation, adapting_total(adapting),
         report_table(report, axis->name, axis->title));
    bool is_short = false;
    for (size_t i = 0; i < ablation->values.n; i++)
        is_short = is_short || adapting_result(adapting, i, 0)->n_short;
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

static enum status adapt_to_all(struct call *call, const struct subject *subject,
                                const struct ablation *ablation, struct error *err)
{
    struct adapting_options options = {
        .adapt = adapt_defaults(),
        .rule = RULE_PROBABILITY,
        .split = ablation->split,
        .with_rules = ablation->axis->is_budget,
        .runs = ablation->runs,
        .seed = call->seed,
        .cancel = call->cancel,
    };
    options.adapt.learning_rate = 0; /* chosen for every budget */
    size_t n = ablation->values.n;
    struct adapting_setting *settings = mem_alloc(n * sizeof *settings);
    for (size_t i = 0; i < n; i++)
        settings[i] = setting_of(ablation, ablation->values.items[i]);
    struct team *team = team_create(
        adapt_threads(&subject->model.shape, options.adapt.batch, call->threads));
    struct adapting *adapting = adapting_create(&subject->features, &subject->model,
                                                settings, n, &options, team, err);
    const struct adapting_watcher watcher = {show, ablation};
    double seconds = 0;
    enum status status =
        adapting ? adapting_watch(adapting, call, &watcher, &seconds, err) : err->status;
    if (!status)
        report_points(call, adapting, ablation, seconds);
    adapting_free(adapting);
    team_free(team);
    free(settings);
    return status;
}

static enum status run(struct call *call, const struct axis *axis, struct error *err)
{
    const struct ablate_args *args = call->args;
    struct ablation ablation = {.call = call,
                                .axis = axis,
                                .runs = args->seeds,
                                .budget = args->budget,
                                .split = (enum split)args->split};
    struct subject subject;
    if (!args->model)
        return error_set(err, STATUS_USAGE,
                         "ablate %s adapts a model: name it behind the features",
                         axis->name);
    enum status status = ablate_values_read(args, axis->usual, axis->least, axis->most,
                                            axis->is_budget, &ablation.values, err);
    if (status)
        return status;
    status = subject_open(&subject, call, args->features, args->model, err);
    if (!status) {
        status = subject_check_split(&subject.features, ablation.split, err);
        if (!status)
            status = adapt_to_all(call, &subject, &ablation, err);
        if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
            error_prefix(err, "'%s'", args->features);
        subject_done(&subject);
    }
    free(ablation.values.items);
    return status;
}

enum status ablate_budget(struct call *call, struct error *err)
{
    return run(call, &budget_axis, err);
}

enum status ablate_tau(struct call *call, struct error *err)
{
    return run(call, &tau_axis, err);
}
