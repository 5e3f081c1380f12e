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
    const struct prune_index *index = &pruning->curve->index;
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
            table_number(table, correlation_at(&pruning->curve->correlation, k, leader));
    }
}

static void add_correlation(const struct pruning *pruning, struct report *report)
{
    struct table *table =
        report_table(report, "correlation", "correlation of the heads over the pairs");
    struct head_name name;
    size_t K = pruning->curve->index.n_heads;
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    for (size_t k = 0; k < K; k++)
        table_column(table, name_head(&name, k), COLUMN_REAL, 2, NULL);
    for (size_t j = 0; j < K; j++) {
        table_row(table);
        table_text(table, name_head(&name, j));
        for (size_t k = 0; k < K; k++)
            table_number(table, correlation_at(&pruning->curve->correlation, j, k));
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
    char key[48];
    snprintf(key, sizeof key, "%s_nll_before", split_name(view->split));
    report_real(report, key, predictions_nll(&view->predictions), 4, "nats per pair");
    snprintf(key, sizeof key, "%s_nll_after", split_name(view->split));
    report_real(report, key, predictions_nll(after), 4, "nats per pair");
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
    for (size_t v = 0; v < pruning->curve->n_views; v++) {
        const struct prune_view *view = &pruning->curve->views[v];
        struct predictions after;
        enum status status = predictions_make(
            &after, pruning->features, &pruning->model, view->pairs, view->predictions.n,
            (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT,
                                     pruning->curve->options.workers},
            err);
        if (status)
            return status;
        struct differences_options options = {resamples, call->seed, call->cancel};
        differences_make(pruning->features, &view->predictions, &after, &options,
                         &differences[v]);
        if (cancel_asked(call->cancel))
            status =
                error_set(err, STATUS_CANCELLED, "pruning was stopped in the bootstrap");
        add_nll(call->report, view, &after);
        if (!status && pruning->merge)
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
    for (size_t v = 0; v < pruning->curve->n_views; v++) {
        enum split split = pruning->curve->views[v].split;
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
    report_text(report, "split", split_name(pruning->curve->views[0].split));
    report_count(report, "pairs", pruning->curve->views[0].predictions.n, NULL);
    report_real(report, "threshold", pruning->threshold, 3, NULL);
    report_count(report, "heads_before", pruning->curve->index.n_heads, NULL);
    report_count(report, "heads_after", pruning->model.shape.n_heads, NULL);
    add_heads(pruning, report);
    add_correlation(pruning, report);
    return add_accuracy(pruning, call, resamples, err);
}

/* ---- the curve ---- */

static struct table *begin_curve(const struct pruning *pruning, struct report *report)
{
    struct table *table = report_table(
        report, "curve", "every cut: from the threshold down to, without it, the next");
    table_column(table, "threshold", COLUMN_REAL, 4, NULL);
    table_column(table, "heads", COLUMN_COUNT, 0, NULL);
    for (size_t v = 0; v < pruning->curve->n_views; v++) {
        char name[48];
        snprintf(name, sizeof name, "%s_mixture",
                 split_name(pruning->curve->views[v].split));
        table_column(table, name, COLUMN_SHARE, 3, NULL);
        snprintf(name, sizeof name, "%s_best_head",
                 split_name(pruning->curve->views[v].split));
        table_column(table, name, COLUMN_SHARE, 3, NULL);
    }
    return table;
}

static void add_cut(const struct pruning *pruning, struct table *table,
                    const struct prune_point *point)
{
    table_row(table);
    table_number(table, point->high);
    table_number(table, (double)point->n_kept);
    for (size_t v = 0; v < pruning->curve->n_views; v++) {
        table_number(table, point->differences[v].mixture.after);
        table_number(table, point->differences[v].oracle.after);
    }
    if (pruning->threshold <= point->high && pruning->threshold > point->low)
        table_mark(table, "this one");
}

/* The smallest set of heads that costs no more than `harmless`; NULL: all of them. */
static const struct prune_point *find_advice(const struct prune_curve *curve)
{
    const struct prune_point *least = NULL;
    for (size_t p = 0; p < curve->n_points; p++) {
        const struct prune_point *point = &curve->points[p];
        const struct differences *differences = &point->differences[0];
        if (point->n_kept < (least ? least->n_kept : curve->index.n_heads) &&
            differences->mixture.after >= differences->mixture.before - harmless &&
            differences->oracle.after >= differences->oracle.before - harmless)
            least = point;
    }
    return least;
}

static void add_advice(const struct prune_curve *curve, struct report *report)
{
    const struct prune_point *least = find_advice(curve);
    const char *split = split_name(curve->views[0].split);
    if (!least) {
        report_note(report,
                    "Every smaller set of heads costs the mixture or the best head more "
                    "than %.3f on the %s split.",
                    harmless, split);
        return;
    }
    const struct differences *differences = &least->differences[0];
    report_note(report,
                "The smallest set of heads that costs neither the mixture nor the best "
                "head more than %.3f on the %s split: %zu of %zu, with --threshold "
                "%.4f (mixture %.3f after %.3f, best head %.3f after %.3f).",
                harmless, split, least->n_kept, curve->index.n_heads, least->high,
                differences->mixture.after, differences->mixture.before,
                differences->oracle.after, differences->oracle.before);
}

enum status prune_report_curve(struct pruning *pruning, struct call *call,
                               struct error *err)
{
    struct prune_curve *curve = pruning->curve;
    enum status status = STATUS_OK;
    progress_begin(call->progress, "pruning", "cuts");
    for (size_t done = 0; !prune_curve_scored(curve) && !status; done++) {
        status = prune_curve_step(curve, err);
        progress_update(call->progress, (double)done,
                        (double)(curve->n_points * curve->n_views));
        if (!status && cancel_asked(call->cancel))
            status = error_set(err, STATUS_CANCELLED, "the curve was stopped");
    }
    progress_end(call->progress);
    if (status)
        return status;
    struct table *table = begin_curve(pruning, call->report);
    for (size_t p = 0; p < curve->n_points; p++)
        add_cut(pruning, table, &curve->points[p]);
    add_advice(curve, call->report);
    return STATUS_OK;
}
