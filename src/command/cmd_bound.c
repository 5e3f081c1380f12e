#include "command/cmd_bound.h"

#include <math.h>

#include "command/subject.h"
#include "core/bound.h"

struct bound_args {
    const char *features, *model;
    int split;
};

static const struct field bound_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct bound_args, features),
     .help = "features of the pairs"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct bound_args, model),
     .help = "model whose heads are taken as the groups"},
    {.name = "split",
     .type = FIELD_CHOICE,
     FIELD_AT(struct bound_args, split),
     .choices = split_choices,
     .initial = "test",
     .help = "pairs to estimate on"},
    {0},
};

static void add_line(struct table *table, const char *name, double nats, double whole)
{
    table_row(table);
    table_text(table, name);
    table_number(table, nats);
    table_number(table, nats / whole);
}

/* From what nobody can undercut up to what the single head pays; each line holds the ones before. */
static void add_levels(struct report *report, const struct bound *bound)
{
    double whole = isnan(bound->single) ? bound->floor : bound->single;
    struct table *table = report_table(
        report, "levels", "cross-entropy of a single reward, from below; nats per pair");
    table_column(table, "level", COLUMN_TEXT, 0, NULL);
    table_column(table, "nats", COLUMN_REAL, 4, "nats");
    table_column(table, "share", COLUMN_REAL, 3, NULL);
    table_title(table, isnan(bound->single) ? "of the floor" : "of the single head's");
    add_line(table, "entropy H, needs to know who judges", bound->entropy, whole);
    add_line(table, "H + (T), means over pairs", bound->entropy + bound->of_means, whole);
    add_line(table, "H + (T'), pair by pair", bound->entropy + bound->pointwise, whole);
    add_line(table, "H + (T''), weighted", bound->entropy + bound->weighted, whole);
    add_line(table, "floor, attained by the mixture", bound->floor, whole);
    if (!isnan(bound->single))
        add_line(table, "the single head", bound->single, whole);
}

void bound_verdict(const struct bound *bound, struct text *out)
{
    text_printf(out,
                "Of the single head's %.4f nats, any reward pays %.4f (%.1f %%), and %.4f "
                "are the price of one reward where the mixture has several.",
                bound->single, bound->floor, 100 * bound->floor / bound->single,
                bound->single - bound->floor);
}

static void add_verdict(struct report *report, const struct bound *bound)
{
    struct text verdict = {0};
    report_note(report,
                "If the heads are the groups and the router knows their shares: H is what "
                "remains when it is known for every pair who judges, which no reward is "
                "told; %.4f nats between H and the floor are the groups' disagreement, "
                "which no reward of the prompt and the responses can undercut.",
                bound->floor - bound->entropy);
    if (isnan(bound->single)) {
        report_note(report, "The model holds no single head to compare with; train makes "
                            "one unless it is told --no-single.");
        return;
    }
    bound_verdict(bound, &verdict);
    report_note(report, "%s", verdict.bytes);
    text_done(&verdict);
}

static void bound_report(const struct bound_estimate *estimate, struct report *report)
{
    const struct bound *bound = &estimate->bound;
    report_count(report, "pairs", estimate->n_pairs, NULL);
    report_count(report, "prompts", estimate->n_prompts, NULL);
    report_real(report, "rho", bound->rho, 6, NULL);
    report_real(report, "entropy", bound->entropy, 4, "nats per pair");
    report_real(report, "of_means", bound->of_means, 4, "nats per pair");
    report_real(report, "pointwise", bound->pointwise, 4, "nats per pair");
    report_real(report, "weighted", bound->weighted, 4, "nats per pair");
    report_real(report, "floor", bound->floor, 4, "nats per pair");
    report_real(report, "single", bound->single, 4, "nats per pair");
    report_real(report, "observed_single", estimate->observed_single, 4, "nats per pair");
    report_real(report, "observed_mixture", estimate->observed_mixture, 4, "nats per pair");
    add_levels(report, bound);
    add_verdict(report, bound);
    report_note(report,
                "observed is what the labels of these pairs say; the other figures trust "
                "the model, and are as good as it is.");
}

static enum status run_bound(struct call *call, struct error *err)
{
    const struct bound_args *args = call->args;
    enum split split = (enum split)args->split;
    struct subject subject;
    struct bound_estimate estimate;
    enum status status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    status = subject_check_split(&subject.features, split, err);
    struct workers workers = {team_create(call->threads), call->cancel};
    if (!status)
        status = bound_estimate(&subject.features, &subject.model, split, &workers,
                                &estimate, err);
    team_free(workers.team);
    if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
        error_prefix(err, "'%s'", args->features);
    if (!status) {
        report_text(call->report, "split", split_choices[args->split]);
        bound_report(&estimate, call->report);
    }
    subject_done(&subject);
    return status;
}

const struct command cmd_bound = {
    .name = "bound",
    .group = "model",
    .help = "how much of a single reward's loss is irreducible",
    .more =
        "Takes the model's heads as groups of judges and its router's weights as their\n"
        "shares, and gives the lower bounds of the paper's Theorem 3.2, in the form in\n"
        "which it holds, beside the losses of the single head and of the mixture.\n"
        "\n"
        "example\n"
        "  microscope bound s.features.safetensors s.model.safetensors --split holdout",
    .fields = bound_fields,
    .args_size = sizeof(struct bound_args),
    .run = run_bound,
};
