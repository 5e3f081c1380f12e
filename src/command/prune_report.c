#include "command/prune_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/difference.h"
#include "core/evaluate.h"

/* What a smaller set of heads may cost the mixture and the best head on the pairs that
 * decide, to be recommended. */
static const double harmless = 0.005;

struct head_name {
    char text[24];
};

static const char *name_head(struct head_name *name, size_t k)
{
    snprintf(name->text, sizeof name->text, "h%zu", k + 1);
    return name->text;
}

static void add_heads(const struct pruning *pruning, struct report *report)
{
    const struct prune_index *index = &pruning->index;
    struct table *table =
        report_table(report, "heads", "heads by the weight that the router gives them");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "weight", COLUMN_SHARE, 3, NULL);
    table_column(table, "verdict", COLUMN_TEXT, 0, NULL);
    table_column(table, "cluster", COLUMN_TEXT, 0, NULL);
    table_column(table, "correlation", COLUMN_REAL, 3, NULL);
    table_title(table, "correlation with it");
    for (size_t a = 0; a < index->n_heads; a++) {
        struct head_name name;
        size_t k = index->order[a], leader = pruning->leader[k];
        table_row(table);
        table_text(table, name_head(&name, k));
        table_number(table, index->importance[k]);
        table_text(table, leader == k ? "kept" : pruning->merge ? "merged" : "dropped");
        table_text(table, name_head(&name, leader));
        if (leader != k)
            table_number(table, correlation_at(&pruning->correlation, k, leader));
    }
}

static void add_correlation(const struct pruning *pruning, struct report *report)
{
    struct table *table =
        report_table(report, "correlation", "correlation of the heads over the pairs");
    struct head_name name;
    size_t K = pruning->index.n_heads;
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    for (size_t k = 0; k < K; k++)
        table_column(table, name_head(&name, k), COLUMN_REAL, 2, NULL);
    for (size_t j = 0; j < K; j++) {
        table_row(table);
        table_text(table, name_head(&name, j));
        for (size_t k = 0; k < K; k++)
            table_number(table, correlation_at(&pruning->correlation, j, k));
    }
}

static void add_difference(struct table *table, enum split split, const char *predictor,
                           const char *mark, const struct difference *difference)
{
    table_row(table);
    table_text(table, split_name(split));
    table_text(table, predictor);
    table_number(table, difference->before);
    table_number(table, difference->after);
    table_number(table, difference->gap);
    table_interval(table, difference->interval.low, difference->interval.high);
    if (mark)
        table_mark(table, mark);
}

static void add_nll(struct report *report, const struct prune_view *view,
                    const struct predictions *after)
{
    double nll[2] = {0, 0};
    for (size_t i = 0; i < after->n; i++) {
        nll[0] -= view->predictions.log_probability[i] / (double)after->n;
        nll[1] -= after->log_probability[i] / (double)after->n;
    }
    char key[48];
    snprintf(key, sizeof key, "%s_nll_before", split_name(view->split));
    report_real(report, key, nll[0], 4, "nats per pair");
    snprintf(key, sizeof key, "%s_nll_after", split_name(view->split));
    report_real(report, key, nll[1], 4, "nats per pair");
}

/* How far the weights of the written model are from the sums of those merged. */
static enum status add_divergence(const struct pruning *pruning,
                                  const struct prune_view *view,
                                  const struct predictions *written, struct report *report,
                                  struct error *err)
{
    struct predictions exact;
    double nats = 0;
    enum status status =
        prune_predict(&exact, &view->predictions, pruning->leader, pruning->merge, err);
    if (status)
        return status;
    for (size_t i = 0; i < exact.n * exact.n_heads; i++)
        nats += exp((double)exact.log_weight[i]) *
                ((double)exact.log_weight[i] - (double)written->log_weight[i]);
    char key[48];
    snprintf(key, sizeof key, "%s_divergence", split_name(view->split));
    report_real(report, key, fmax(0, nats / (double)exact.n), 6,
                "nats from exactly merged weights");
    predictions_done(&exact);
    return STATUS_OK;
}

static enum status add_accuracy(const struct pruning *pruning, struct call *call,
                                size_t resamples, struct error *err)
{
    struct differences differences[2];
    for (size_t v = 0; v < pruning->n_views; v++) {
        const struct prune_view *view = &pruning->views[v];
        struct predictions after;
        enum status status = predictions_make(
            &after, pruning->features, &pruning->model, view->pairs, view->predictions.n,
            (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT}, err);
        if (status)
            return status;
        differences_make(pruning->features, &view->predictions, &after, resamples,
                         call->seed, &differences[v]);
        add_nll(call->report, view, &after);
        if (pruning->merge)
            status = add_divergence(pruning, view, &after, call->report, err);
        predictions_done(&after);
        if (status)
            return status;
    }
    struct table *table = report_table(call->report, "accuracy",
                                       "accuracy before and after, mean over attributes; "
                                       "95 % intervals by bootstrap over prompts");
    table_column(table, "split", COLUMN_TEXT, 0, NULL);
    table_column(table, "predictor", COLUMN_TEXT, 0, NULL);
    table_column(table, "before", COLUMN_SHARE, 3, NULL);
    table_column(table, "after", COLUMN_SHARE, 3, NULL);
    table_column(table, "difference", COLUMN_REAL, 3, NULL);
    table_column(table, "difference_interval", COLUMN_INTERVAL, 3, NULL);
    for (size_t v = 0; v < pruning->n_views; v++) {
        enum split split = pruning->views[v].split;
        add_difference(table, split, "mixture", NULL, &differences[v].mixture);
        add_difference(table, split, "best head", "oracle", &differences[v].oracle);
    }
    report_note(call->report,
                "The best head is an oracle: for each attribute the head that does best on "
                "these very pairs. Before and after choose among their own heads.");
    return STATUS_OK;
}

enum status prune_report(const struct pruning *pruning, struct call *call, size_t resamples,
                         struct error *err)
{
    struct report *report = call->report;
    report_text(report, "split", split_name(pruning->views[0].split));
    report_count(report, "pairs", pruning->views[0].predictions.n, NULL);
    report_real(report, "threshold", pruning->threshold, 3, NULL);
    report_count(report, "heads_before", pruning->index.n_heads, NULL);
    report_count(report, "heads_after", pruning->model.shape.n_heads, NULL);
    add_heads(pruning, report);
    add_correlation(pruning, report);
    return add_accuracy(pruning, call, resamples, err);
}

/* ---- the curve ---- */

/* Accuracies of one cut on one split, without intervals. */
struct scores {
    double mixture, oracle;
};

static enum status score(const struct pruning *pruning, const struct prune_view *view,
                         const uint32_t *leader, struct scores *scores, struct error *err)
{
    struct predictions after;
    enum status status =
        prune_predict(&after, &view->predictions, leader, pruning->merge, err);
    if (status)
        return status;
    struct evaluate_options options = {.split = view->split};
    struct evaluation evaluation;
    evaluate_predictions(pruning->features, &after, &options, &evaluation);
    scores->mixture = evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean;
    scores->oracle = evaluation_row(&evaluation, PREDICTOR_ORACLE)->mean;
    evaluation_done(&evaluation);
    predictions_done(&after);
    return STATUS_OK;
}

static struct table *begin_curve(const struct pruning *pruning, struct report *report)
{
    struct table *table = report_table(
        report, "curve", "every cut: from the threshold down to, without it, the next");
    table_column(table, "threshold", COLUMN_REAL, 4, NULL);
    table_column(table, "heads", COLUMN_COUNT, 0, NULL);
    for (size_t v = 0; v < pruning->n_views; v++) {
        char name[48];
        snprintf(name, sizeof name, "%s_mixture", split_name(pruning->views[v].split));
        table_column(table, name, COLUMN_SHARE, 3, NULL);
        snprintf(name, sizeof name, "%s_best_head", split_name(pruning->views[v].split));
        table_column(table, name, COLUMN_SHARE, 3, NULL);
    }
    return table;
}

/* The smallest set of heads so far that costs no more than `harmless`. */
struct advice {
    struct scores full, least;
    double threshold;
    size_t n_kept;
};

static void add_scores(struct table *table, const struct scores *scores)
{
    table_number(table, scores->mixture);
    table_number(table, scores->oracle);
}

static enum status add_cut(const struct pruning *pruning, struct table *table,
                           double threshold, const struct prune_cut *cut,
                           const uint32_t *leader, struct advice *advice, struct error *err)
{
    struct scores scores[2];
    for (size_t v = 0; v < pruning->n_views; v++) {
        enum status status = score(pruning, &pruning->views[v], leader, &scores[v], err);
        if (status)
            return status;
    }
    table_row(table);
    table_number(table, threshold);
    table_number(table, (double)cut->n_kept);
    for (size_t v = 0; v < pruning->n_views; v++)
        add_scores(table, &scores[v]);
    if (pruning->threshold <= threshold && pruning->threshold > cut->closest)
        table_mark(table, "this one");
    if (cut->n_kept < advice->n_kept &&
        scores[0].mixture >= advice->full.mixture - harmless &&
        scores[0].oracle >= advice->full.oracle - harmless) {
        advice->n_kept = cut->n_kept;
        advice->least = scores[0];
        advice->threshold = threshold;
    }
    return STATUS_OK;
}

static void add_advice(const struct pruning *pruning, struct report *report,
                       const struct advice *advice)
{
    size_t K = pruning->index.n_heads;
    const char *split = split_name(pruning->views[0].split);
    if (advice->n_kept < K)
        report_note(report,
                    "The smallest set of heads that costs neither the mixture nor the best "
                    "head more than %.3f on the %s split: %zu of %zu, with --threshold "
                    "%.4f (mixture %.3f after %.3f, best head %.3f after %.3f).",
                    harmless, split, advice->n_kept, K, advice->threshold,
                    advice->least.mixture, advice->full.mixture, advice->least.oracle,
                    advice->full.oracle);
    else
        report_note(report,
                    "Every smaller set of heads costs the mixture or the best head more "
                    "than %.3f on the %s split.",
                    harmless, split);
}

enum status prune_report_curve(struct pruning *pruning, struct call *call,
                               struct error *err)
{
    size_t K = pruning->index.n_heads;
    uint32_t *leader = mem_alloc(K * sizeof *leader);
    struct advice advice = {.n_kept = K};
    double threshold = 1;
    for (size_t k = 0; k < K; k++)
        leader[k] = (uint32_t)k;
    enum status status = score(pruning, &pruning->views[0], leader, &advice.full, err);
    struct table *table = begin_curve(pruning, call->report);
    progress_begin(call->progress, "pruning", "heads");
    for (bool more = true; more && !status;) {
        struct prune_cut cut = prune_at(&pruning->index, threshold, leader);
        status = add_cut(pruning, table, threshold, &cut, leader, &advice, err);
        progress_update(call->progress, (double)(K - cut.n_kept), (double)K);
        if (!status && cancel_asked(call->cancel))
            status = error_set(err, STATUS_CANCELLED,
                               "the curve was stopped at %zu heads; nothing was written",
                               cut.n_kept);
        more = cut.n_kept > 1;
        threshold = cut.closest;
    }
    progress_end(call->progress);
    if (!status)
        add_advice(pruning, call->report, &advice);
    free(leader);
    return status;
}
