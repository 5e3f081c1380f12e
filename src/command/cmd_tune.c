#include <math.h>

#include "command/call.h"
#include "command/cmd_lab.h"
#include "command/model_out.h"
#include "command/subject.h"
#include "command/watch.h"
#include "encode/encoder.h"
#include "session/lab.h"
#include "session/lab_tuning.h"

struct tune_args {
    const char *features, *model, *out;
    size_t epochs, batch;
    double tau, learning_rate;
};

static const struct field tune_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct tune_args, features),
     .help = "features of the labelled pairs"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct tune_args, model),
     .help = "model whose router is tuned"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     .initial = "",
     FIELD_AT(struct tune_args, out),
     .help = "model to write"},
    {.name = "epochs",
     .type = FIELD_COUNT,
     .min = 1,
     .max = 100000,
     .initial = "10",
     FIELD_AT(struct tune_args, epochs),
     .help = "passes over the labels"},
    {.name = "batch",
     .type = FIELD_COUNT,
     .min = 1,
     .max = 1000000000,
     .initial = "32",
     FIELD_AT(struct tune_args, batch),
     .help = "pairs a step"},
    {.name = "tau",
     .type = FIELD_REAL,
     .min = 1e-9,
     .max = 1e9,
     .initial = "1",
     FIELD_AT(struct tune_args, tau),
     .help = "small: targets go to the best head of a pair, large: they stay"},
    {.name = "learning-rate",
     .type = FIELD_REAL,
     .min = 1e-12,
     .max = 1000,
     .initial = "0.001",
     FIELD_AT(struct tune_args, learning_rate),
     .help = "AdamW's rate"},
    {0},
};

static struct table *make_curve(const struct lab_tuning_progress *at)
{
    struct table *table = table_create("epochs", "router on the labels, nats per pair");
    table_column(table, "epoch", COLUMN_COUNT, 0, NULL);
    table_column(table, "cross_entropy", COLUMN_REAL, 4, "nats");
    table_column(table, "label_entropy", COLUMN_REAL, 4, "nats");
    for (size_t e = 0; e < at->epochs; e++) {
        table_row(table);
        table_number(table, (double)e + 1);
        table_number(table, at->losses[e].cross_entropy);
        table_number(table, at->losses[e].label_entropy);
    }
    return table;
}

static void report_accuracy(struct report *report, const char *key,
                            const struct lab_tuning_accuracy *accuracy)
{
    double share =
        accuracy->n ? (double)accuracy->right / (double)accuracy->n : (double)NAN;
    report_real(report, key, share, 3, NULL);
}

static enum status run_steps(struct call *call, struct lab_tuning *tuning,
                             struct error *err)
{
    enum status status = STATUS_OK;
    size_t shown = 0;
    progress_begin(call->progress, "tuning the router", "epochs");
    while (!status && !lab_tuning_finished(tuning)) {
        status = lab_tuning_step(tuning, err);
        struct lab_tuning_progress at = lab_tuning_progress(tuning);
        progress_update(call->progress, (double)at.epochs, (double)at.n_epochs);
        if (at.epochs > shown)
            call_show(call, make_curve(&at));
        shown = at.epochs;
        if (!status && cancel_asked(call->cancel) && !lab_tuning_finished(tuning))
            status = error_set(err, STATUS_CANCELLED,
                               "tuning was stopped after %zu of %zu epochs", at.epochs,
                               at.n_epochs);
    }
    progress_end(call->progress);
    return status;
}

static enum status finish_tuning(struct call *call, struct lab_tuning *tuning,
                                 struct error *err)
{
    const struct tune_args *args = call->args;
    struct lab_tuning_progress at = lab_tuning_progress(tuning);
    struct model model;
    struct json *metadata = NULL;
    enum status status = lab_tuning_model(tuning, &model, &metadata, err);
    if (!status)
        status = model_out(call, &model, metadata, args->out, DTYPE_F32, err);
    if (status)
        return status;
    report_count(call->report, "labels", at.n_labels, NULL);
    report_count(call->report, "test_pairs", at.before.n, NULL);
    report_accuracy(call->report, "accuracy_before", &at.before);
    report_accuracy(call->report, "accuracy_after", &at.after);
    struct table *curve = make_curve(&at);
    report_add_table(call->report, curve);
    return STATUS_OK;
}

static enum status tune_subject(struct call *call, const struct subject *subject,
                                struct error *err)
{
    const struct tune_args *args = call->args;
    struct adapt_options options = lab_tuning_defaults();
    options.epochs = args->epochs;
    options.batch = args->batch;
    options.tau = args->tau;
    options.learning_rate = args->learning_rate;
    options.seed = call->seed;
    struct lab *lab =
        lab_create(subject->held_features, subject->held_model, call->given->corpus, err);
    const struct encoder_watch watch = {
        .progress = watch_real, .self = call->progress, .cancel = call->cancel};
    progress_begin(call->progress, "encoding", "texts");
    enum status status =
        lab ? lab_set_whole(lab, call->given->lab, &watch, err) : err->status;
    progress_end(call->progress);
    struct team *team = team_create(1);
    struct lab_tuning *tuning = NULL;
    if (!status) {
        tuning = lab_tuning_create(lab, call->given->lab, &options, team, err);
        status = tuning ? run_steps(call, tuning, err) : err->status;
    }
    if (!status)
        status = finish_tuning(call, tuning, err);
    lab_tuning_free(tuning);
    team_free(team);
    lab_free(lab);
    return status;
}

static enum status run_tune(struct call *call, struct error *err)
{
    const struct tune_args *args = call->args;
    struct subject subject;
    enum status status = model_out_check(call, args->out, err);
    if (!status)
        status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    status = tune_subject(call, &subject, err);
    subject_done(&subject);
    return status;
}

const struct command cmd_tune = {
    .name = "tune",
    .group = "lab",
    .help = "fine-tune the router on the labels that were given",
    .more =
        "Algorithm 1 of the paper on the session's labels and its context. The session\n"
        "goes on with the tuned model; 'undo' goes back.\n"
        "\n"
        "example\n"
        "  tune --epochs 20",
    .fields = tune_fields,
    .args_size = sizeof(struct tune_args),
    .kind = COMMAND_WITHIN,
    .run = run_tune,
};
