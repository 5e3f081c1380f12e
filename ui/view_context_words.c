/* The numbers of the context view explained, and what it shows as tables and as a picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/explained.h"
#include "ui/plot.h"
#include "ui/view_context_inside.h"

#define SET(member_, ...) snprintf(out->member_, sizeof out->member_, __VA_ARGS__)

static const struct explanation blank = {.value = (double)NAN,
                                         .interval = {(double)NAN, (double)NAN}};

/* ---- weights ---- */

static const char *const column_words[N_CONTEXT_COLUMNS] = {
    [CONTEXT_HEAD] = "now",
    [CONTEXT_ROUTER] = "by the router alone",
    [CONTEXT_WITH] = "with the context",
    [CONTEXT_NOW] = "now, after the labels",
    [CONTEXT_BAR] = "now, after the labels",
};

static void explain_router(const struct context_view *view, enum context_column column,
                           struct explanation *out)
{
    bool with = column == CONTEXT_WITH;
    out->equation = "E4";
    out->n = view->figures.n_candidates;
    SET(definition,
        "the mean of the weights that the router gives to the head for the "
        "prompts of the pairs that can be labelled%s",
        with ? ", each with the context behind it" : ", by the prompt alone");
    SET(formula, "mean over the pairs of softmax(router(x))_k");
    const struct lab_figures *figures = &view->figures;
    if (with && figures->n_estimated)
        SET(values,
            "%zu pairs; %zu of their %zu prompts were read with the context, the others "
            "are estimated by what it did to those",
            out->n, figures->n_prompts - figures->n_estimated, figures->n_prompts);
    else
        SET(values, "%zu pairs", out->n);
}

static void explain_now(const struct context_view *view, size_t head,
                        struct explanation *out)
{
    const struct lab_settings *settings = &view->settings;
    const double *values = view->values + head * N_CONTEXT_COLUMNS;
    double prior = view->figures.context[head];
    bool em = settings->rule == WEIGH_EM;
    out->equation = em ? "E22" : "E20";
    SET(definition,
        "what the head counts after the labels: the router's weight with the "
        "context, times how well the head explains the answers that were chosen");
    if (em)
        SET(formula, "maximum of sum log(sum w_k sigma(m_k)) + prior");
    else
        SET(formula, "f exp(-L / tau) / sum of the same over the heads%s",
            settings->share > 0 ? ", with share" : "");
    if (!view->figures.n_steps)
        SET(values, "no labels yet, so the weight of the router: %.4f", prior);
    else if (em)
        SET(values, "f %.4f, strength %g, %zu labels: %.4f", prior, settings->strength,
            view->figures.n_steps, values[CONTEXT_NOW]);
    else
        SET(values, "f %.4f, L %.3f, tau %g, share %g: %.4f", prior,
            view->figures.losses[head], settings->tau, settings->share,
            values[CONTEXT_NOW]);
}

static void explain_loss(const struct context_view *view, size_t head, bool behind,
                         struct explanation *out)
{
    const struct lab_figures *figures = &view->figures;
    size_t best = context_best(view);
    out->equation = behind ? "E21" : "E20";
    out->n = figures->n_steps;
    if (behind) {
        SET(definition,
            "how many nats the head loses more than h%zu, which explains the "
            "labels best",
            best + 1);
        SET(formula, "L_k - min_j L_j");
        SET(values, "%.4f - %.4f", figures->losses[head], figures->losses[best]);
    } else {
        SET(definition,
            "what the head pays for the answers that were chosen: little when it "
            "preferred them too");
        SET(formula, "sum over the labels of -log sigma(m_k)");
        SET(values, "%zu labels", figures->n_steps);
    }
}

static void explain_head(const struct context_view *view, size_t head, size_t column,
                         struct explanation *out)
{
    const double *values = view->values + head * N_CONTEXT_COLUMNS;
    if (column == CONTEXT_LOSS || column == CONTEXT_BEHIND) {
        SET(what, "%s of %s", column == CONTEXT_LOSS ? "loss" : "nats behind the best",
            view->names[head]);
        explain_loss(view, head, column == CONTEXT_BEHIND, out);
    } else if (column == CONTEXT_CHANGE) {
        SET(what, "change of the weight of %s", view->names[head]);
        SET(definition,
            "its weight now less that of the router alone: what context and labels "
            "did together");
        SET(formula, "now - router");
        SET(values, "%.4f - %.4f", values[CONTEXT_NOW], values[CONTEXT_ROUTER]);
        out->equation = "E20";
    } else {
        SET(what, "weight of %s, %s", view->names[head], column_words[column]);
        if (column == CONTEXT_ROUTER || column == CONTEXT_WITH)
            explain_router(view, (enum context_column)column, out);
        else
            explain_now(view, head, out);
    }
}

static void explain_entropy(const struct context_view *view, size_t column,
                            struct explanation *out)
{
    size_t K = view->figures.n_heads;
    SET(what, "entropy of the weights, %s",
        column_words[column] ? column_words[column] : column_words[CONTEXT_NOW]);
    SET(definition,
        "how spread the weights are, in nats: 0 when one head has all, %.2f when the "
        "%zu heads have the same",
        log((double)K), K);
    SET(formula, "- sum over the heads of w_k log w_k");
    SET(values, "%zu heads, whose weights sum to %.2f", K, view->sum);
    out->equation = "E4";
}

static bool explain_weights(const struct context_view *view, struct text *text)
{
    size_t row = listing_row(&view->listing, &view->state), column = view->state.column;
    struct explanation explanation = blank, *out = &explanation;
    if (row == SIZE_MAX)
        return false;
    size_t shown = column == CONTEXT_HEAD || column == CONTEXT_BAR ? CONTEXT_NOW : column;
    out->value = view->values[row * N_CONTEXT_COLUMNS + shown];
    if (row < view->figures.n_heads)
        explain_head(view, row, column, out);
    else
        explain_entropy(view, column, out);
    explained_add(out, text);
    return true;
}

/* ---- pairs and steps ---- */

static void explain_regret(const struct context_view *view, struct explanation *out)
{
    const struct lab_figures *figures = &view->figures;
    SET(what, "regret after %zu label%s", figures->n_steps,
        figures->n_steps == 1 ? "" : "s");
    SET(definition,
        "how many nats the mixture lost on the labels, each forecast before it was "
        "seen, more than the head that turned out best");
    SET(formula, "sum of -log P - min_k L_k");
    SET(values, "%.4f - %.4f; at most %.4f whatever labels come", figures->loss,
        figures->losses[context_best(view)], figures->bound);
    if (isnan(figures->bound))
        SET(values, "%.4f - %.4f; the rule em has no bound", figures->loss,
            figures->losses[context_best(view)]);
    out->value = figures->regret;
    out->n = figures->n_steps;
    out->equation = "E21";
}

static void explain_score(const struct context_view *view, struct explanation *out)
{
    const struct lab_score *score = &view->score;
    SET(what, "test accuracy, before and after the labels");
    SET(definition,
        "the share of the attribute's test pairs that the mixture decides as the "
        "data has it, by the weights of now");
    SET(formula, "right / pairs");
    SET(values, "without labels %zu / %zu, with them %zu / %zu", score->before.right,
        score->n, score->after.right, score->n);
    out->value = (double)score->after.right / (double)score->n;
    out->n = score->n;
    out->equation = "E6";
}

static void explain_forecast(const struct context_view *view, struct explanation *out)
{
    bool left = lab_chosen_left(view->lab, view->pair);
    double p = view->forecast.probability;
    SET(what, "what the mixture says of pair #%u", view->pair + 1);
    SET(definition,
        "the probability that answer A is the better one, by the weights for this "
        "prompt, now; a label would tell %.4f nats about the heads (E24)",
        view->forecast.information);
    SET(formula, "sum over the heads of w_k sigma(m_k)");
    SET(values, "A %.4f, B %.4f", left ? p : 1 - p, left ? 1 - p : p);
    out->value = left ? p : 1 - p;
    out->equation = "E1";
}

/* Not of the pair itself, unless that was asked for: whoever labels is not to be led. */
static bool explain_answers(const struct context_view *view, struct text *text)
{
    struct explanation explanation = blank;
    if (view->is_revealed && view->has_forecast) {
        explain_forecast(view, &explanation);
        explained_add(&explanation, text);
    }
    if (view->figures.n_steps) {
        text_add(text, text->length ? "\n" : "");
        explanation = blank;
        explain_regret(view, &explanation);
        explained_add(&explanation, text);
    }
    if (view->score.n) {
        text_add(text, text->length ? "\n" : "");
        explanation = blank;
        explain_score(view, &explanation);
        explained_add(&explanation, text);
    }
    return text->length > 0;
}

static bool explain_step(const struct context_view *view, struct text *text)
{
    struct explanation explanation = blank, *out = &explanation;
    if (view->step >= view->figures.n_labels)
        return false;
    struct lab_step step = lab_step(view->lab, view->step);
    if (step.label.skipped) {
        text_printf(text,
                    "step %zu skips pair #%u: it teaches nothing and is not offered "
                    "again\n",
                    view->step + 1, step.label.pair + 1);
        return true;
    }
    SET(what, "forecast of step %zu, pair #%u", view->step + 1, step.label.pair + 1);
    SET(definition,
        "the probability that the mixture gave to the answer that was then chosen, "
        "before it was; more than a half (by E6) is right");
    SET(formula, "sum over the heads of w_k sigma(m_k), of the weights before");
    SET(values, "%.4f: %s; regret so far %.3f, best head h%zu", step.probability,
        step.right ? "right" : "wrong", step.regret, step.best + 1);
    out->value = step.probability;
    out->equation = "E20";
    explained_add(out, text);
    return true;
}

bool context_explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct context_view *view = self;
    (void)snapshot;
    if (!view->lab)
        return false;
    if (view->pane == CONTEXT_WEIGHTS)
        return explain_weights(view, out);
    if (view->pane == CONTEXT_HISTORY)
        return explain_step(view, out);
    return explain_answers(view, out);
}

/* ---- copies and files ---- */

bool context_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct context_view *view = self;
    (void)snapshot;
    if (!view->lab)
        return false;
    size_t row = listing_row(&view->listing, &view->state);
    if (view->pane == CONTEXT_WEIGHTS && row != SIZE_MAX) {
        size_t column =
            view->state.column == CONTEXT_BAR ? CONTEXT_NOW : view->state.column;
        if (column == CONTEXT_HEAD)
            text_add(out, view->names[row]);
        else
            text_printf(out, "%.17g", view->values[row * N_CONTEXT_COLUMNS + column]);
    } else if (view->pane == CONTEXT_HISTORY && view->step < view->figures.n_labels) {
        text_printf(out, "%.17g", lab_step(view->lab, view->step).probability);
    } else if (view->has_pair) {
        text_printf(out, "%u", view->pair + 1);
    }
    return out->length > 0;
}

static void report_weights(const struct context_view *view, struct report *report)
{
    static const enum context_column shown[] = {CONTEXT_ROUTER, CONTEXT_WITH,
                                                CONTEXT_NOW,    CONTEXT_CHANGE,
                                                CONTEXT_LOSS,   CONTEXT_BEHIND};
    struct table *table = report_table(report, "weights", "weights of the heads");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    for (size_t c = 0; c < sizeof shown / sizeof *shown; c++)
        table_column(table, view->listing.columns[shown[c]].name, COLUMN_REAL, 3, NULL);
    for (size_t i = 0; i < view->state.n_shown; i++) {
        size_t row = view->state.order[i];
        table_row(table);
        table_text(table, view->names[row]);
        for (size_t c = 0; c < sizeof shown / sizeof *shown; c++)
            table_number(table, view->values[row * N_CONTEXT_COLUMNS + shown[c]]);
    }
}

static void report_history(const struct context_view *view, struct report *report)
{
    struct table *table = report_table(report, "history", "labels, in their order");
    table_column(table, "step", COLUMN_COUNT, 0, NULL);
    table_column(table, "pair", COLUMN_COUNT, 0, NULL);
    table_column(table, "preferred", COLUMN_TEXT, 0, NULL);
    table_column(table, "side", COLUMN_TEXT, 0, NULL);
    table_column(table, "probability", COLUMN_SHARE, 3, NULL);
    table_column(table, "forecast", COLUMN_TEXT, 0, NULL);
    table_column(table, "regret", COLUMN_REAL, 3, "nats");
    table_column(table, "bound", COLUMN_REAL, 3, "nats");
    for (size_t i = 0; i < view->figures.n_labels; i++) {
        struct lab_step step = lab_step(view->lab, i);
        bool skipped = step.label.skipped;
        double missing = (double)NAN;
        table_row(table);
        table_number(table, (double)i + 1);
        table_number(table, (double)step.label.pair + 1);
        table_text(table, skipped ? "neither" : step.label.turned ? "rejected" : "chosen");
        table_text(table, skipped ? NULL : context_choice(view, &step.label));
        table_number(table, step.probability);
        table_text(table, skipped ? NULL : step.right ? "right" : "wrong");
        table_number(table, skipped ? missing : step.regret);
        table_number(table, skipped ? missing : step.bound);
    }
}

void context_report(void *self, const struct snapshot *snapshot, struct report *report)
{
    const struct context_view *view = self;
    const struct lab_settings *settings = &view->settings;
    const struct lab_figures *figures = &view->figures;
    if (!view->lab)
        return;
    const struct features *features = &snapshot->state->features->features;
    report_text(report, "context",
                settings->context && *settings->context ? settings->context : NULL);
    report_text(report, "attribute",
                settings->attribute >= 0 ? features->attributes[settings->attribute]
                                         : "any");
    report_text(report, "rule", weigh_rule_names[settings->rule]);
    report_real(report, "tau", settings->tau, 3, NULL);
    report_real(report, "share", settings->share, 3, NULL);
    report_text(report, "order", offer_order_names[settings->order]);
    report_count(report, "labels", figures->n_steps, NULL);
    report_count(report, "right", figures->right, NULL);
    report_real(report, "regret", figures->regret, 3, "nats");
    report_real(report, "bound", figures->bound, 3, "nats");
    if (view->score.n) {
        double n = (double)view->score.n;
        report_count(report, "test_pairs", view->score.n, NULL);
        report_real(report, "accuracy_before", (double)view->score.before.right / n, 3,
                    NULL);
        report_real(report, "accuracy_after", (double)view->score.after.right / n, 3, NULL);
    }
    report_weights(view, report);
    if (figures->n_labels)
        report_history(view, report);
    if (view->curve.table)
        report_add_table(report, table_copy(view->curve.table));
}

bool context_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                     struct text *svg)
{
    const struct context_view *view = self;
    (void)snapshot;
    size_t K = view->figures.n_heads;
    if (!view->lab)
        return false;
    struct chart_colors colors;
    const char **names = mem_alloc(K * sizeof *names);
    double *values = mem_alloc(K * sizeof *values);
    for (size_t k = 0; k < K; k++) {
        names[k] = view->names[k];
        values[k] = view->values[k * N_CONTEXT_COLUMNS + CONTEXT_NOW];
    }
    const struct chart_bars bars = {.title = "weights of the heads",
                                    .labels = names,
                                    .values = values,
                                    .n = K,
                                    .least = 0,
                                    .most = view->full,
                                    .decimals = 2};
    plot_colors(look, &colors);
    chart_svg_bars(&bars, &colors, 0, 0, svg);
    free(names);
    free(values);
    return true;
}
