#include "command/training_report.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"

/* Mean over the restarts, and the single head: for whoever watches. */
static void show_curve(const struct training *training, const struct call *call)
{
    const struct trainer *trainer = training_trainer(training);
    size_t n = training_restarts(training), n_epochs = trainer_progress(trainer).epoch;
    struct table *table = table_create("curve", "likelihood by epoch, nats per pair");
    table_column(table, "epoch", COLUMN_COUNT, 0, NULL);
    table_column(table, "train_nll", COLUMN_REAL, 4, "nats");
    table_column(table, "holdout_nll", COLUMN_REAL, 4, "nats");
    if (training_has_single(training))
        table_column(table, "single_holdout_nll", COLUMN_REAL, 4, "nats");
    for (size_t e = 0; e < n_epochs; e++) {
        double train = 0, holdout = 0;
        for (size_t m = 0; m < n; m++) {
            struct trainer_losses losses = trainer_losses(trainer, m, e);
            train += losses.nll / (double)n;
            holdout += losses.holdout_nll / (double)n;
        }
        table_row(table);
        table_number(table, (double)e + 1);
        table_number(table, train);
        table_number(table, holdout);
        if (training_has_single(training))
            table_number(table, trainer_losses(trainer, n, e).holdout_nll);
    }
    call_show(call, table);
}

enum status training_run(struct training *training, struct call *call, double *seconds,
                         struct error *err)
{
    const struct trainer *trainer = training_trainer(training);
    double began = clock_seconds(), pairs = (double)training_pairs(training);
    enum status status = STATUS_OK;
    size_t shown = 0;
    progress_begin(call->progress, "training", "pairs");
    while (!status && !training_finished(training)) {
        status = training_step(training, err);
        struct trainer_progress at = trainer_progress(trainer);
        double share = (double)at.step / (double)at.n_steps;
        double total = pairs * (double)at.n_epochs;
        progress_update(call->progress, share * total, total);
        if (call->show && at.epoch > shown)
            show_curve(training, call);
        shown = at.epoch;
        if (!status && cancel_asked(call->cancel) && !training_finished(training))
            status =
                error_set(err, STATUS_CANCELLED, "training was stopped at step %zu of %zu",
                          at.step, at.n_steps);
    }
    progress_end(call->progress);
    *seconds = clock_seconds() - began;
    return status;
}

static void add_run(struct table *table, const struct training *training, size_t member,
                    const char *name, const char *mark)
{
    const struct trainer *trainer = training_trainer(training);
    double nll;
    size_t epoch = trainer_best_epoch(trainer, member, &nll);
    table_row(table);
    table_text(table, name);
    if (trainer_progress(trainer).epoch) {
        struct trainer_losses losses = trainer_losses(trainer, member, epoch);
        table_number(table, (double)epoch + 1);
        table_number(table, losses.nll);
        table_number(table, nll);
        table_number(table, 0 - losses.regulariser);
    }
    if (mark)
        table_mark(table, mark);
}

void training_report(const struct training *training, struct report *report, double seconds)
{
    const struct trainer *trainer = training_trainer(training);
    struct trainer_progress at = trainer_progress(trainer);
    size_t n = training_restarts(training), best = training_best(training);
    report_count(report, "training_pairs", training_pairs(training), NULL);
    report_count(report, "holdout_pairs", training_holdout(training), NULL);
    report_count(report, "epochs", at.epoch, NULL);
    report_count(report, "steps", at.step, NULL);
    report_real(report, "seconds", seconds, 3, "s");
    struct table *table = report_table(report, "runs", "runs; losses in nats per pair");
    table_column(table, "run", COLUMN_TEXT, 0, NULL);
    table_column(table, "best_epoch", COLUMN_COUNT, 0, NULL);
    table_column(table, "train_nll", COLUMN_REAL, 4, "nats");
    table_column(table, "holdout_nll", COLUMN_REAL, 4, "nats");
    table_column(table, "router_entropy", COLUMN_REAL, 3, "nats");
    for (size_t m = 0; m < n; m++) {
        char name[32];
        snprintf(name, sizeof name, n > 1 ? "restart %zu" : "mixture", m + 1);
        add_run(table, training, m, name, m == best && n > 1 ? "chosen" : NULL);
    }
    if (training_has_single(training))
        add_run(table, training, n, "single head", NULL);
    if (at.stopped_early)
        report_note(
            report,
            "Stopped after %zu of %zu epochs: no run had got better on the hold-out.",
            at.epoch, at.n_epochs);
}
