#include "command/head_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranked.h"
#include "core/correlation.h"
#include "corpus/corpus.h"
#include "session/head_page.h"

/* ---- weights ---- */

static void add_weights(const struct head_look *look, size_t top, struct report *report)
{
    size_t D = look->model->shape.response_width;
    const float *weights = look->model->heads + look->k * D;
    struct feature_names *names = feature_names_open(look->features);
    if (feature_names_missing(names))
        report_note(report, "The features have numbers for names: %s.",
                    feature_names_missing(names));
    uint32_t *ranked = mem_alloc(D * sizeof *ranked);
    head_rank_weights(look->model, look->k, ranked);
    struct table *table = report_table(report, "weights", "what it looks at");
    table_column(table, "feature", COLUMN_TEXT, 0, NULL);
    table_column(table, "weight", COLUMN_REAL, 3, NULL);
    for (size_t i = 0; i < D && i < top; i++) {
        const char *name = feature_name(names, ranked[i]);
        char number[32];
        snprintf(number, sizeof number, "%u", ranked[i]);
        table_row(table);
        table_text(table, name ? name : number);
        table_number(table, (double)weights[ranked[i]]);
    }
    free(ranked);
    feature_names_free(names);
}

/* ---- accuracy ---- */

static void add_attributes(const struct head_look *look, struct report *report)
{
    const struct evaluation *evaluation = &look->evaluation;
    const struct evaluated_row *row = &evaluation->rows[look->k];
    const struct evaluated_row *oracle = evaluation_row(evaluation, PREDICTOR_ORACLE);
    struct ranked *ranked = mem_alloc(evaluation->n_attributes * sizeof *ranked);
    size_t n = 0;
    for (size_t a = 0; a < evaluation->n_attributes; a++)
        if (evaluation->attribute_pairs[a])
            ranked[n++] = (struct ranked){row->cells[a].accuracy, a};
    qsort(ranked, n, sizeof *ranked, ranked_falling);
    struct table *table =
        report_table(report, "attributes", "attributes by its accuracy, 95 % intervals");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "accuracy", COLUMN_SHARE, 3, NULL);
    table_column(table, "accuracy_interval", COLUMN_INTERVAL, 3, NULL);
    for (size_t i = 0; i < n; i++) {
        size_t a = ranked[i].index;
        table_row(table);
        table_text(table, evaluation->attributes[a]);
        table_number(table, (double)evaluation->attribute_pairs[a]);
        table_number(table, row->cells[a].accuracy);
        table_interval(table, row->cells[a].interval.low, row->cells[a].interval.high);
        if (oracle->cells[a].head == look->k)
            table_mark(table, "best head");
    }
    free(ranked);
}

static enum status add_others(const struct head_look *look, struct call *call,
                              struct error *err)
{
    const struct correlation_options options = {.statistic = STATISTIC_MARGIN,
                                                .cancel = call->cancel};
    size_t K = look->predictions.n_heads;
    struct correlation correlation;
    enum status status = correlation_make(&correlation, look->predictions.margin,
                                          look->predictions.n, K, &options, err);
    if (status)
        return status;
    uint32_t *others = mem_alloc(K * sizeof *others);
    head_rank_others(&correlation, look->k, others);
    struct table *table = report_table(call->report, "others",
                                       "correlation of its margins with the other heads'");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "correlation", COLUMN_REAL, 3, NULL);
    table_column(table, "weight", COLUMN_SHARE, 3, NULL);
    for (size_t i = 0; i + 1 < K; i++) {
        char name[24];
        snprintf(name, sizeof name, "h%u", others[i] + 1);
        table_row(table);
        table_text(table, name);
        table_number(table, correlation_at(&correlation, look->k, others[i]));
        table_number(table, look->evaluation.rows[others[i]].load);
    }
    free(others);
    correlation_done(&correlation);
    return STATUS_OK;
}

/* ---- pairs ---- */

static void add_text(struct table *table, double number, const char *what,
                     const struct passages *passages, int32_t index)
{
    if (index < 0)
        return;
    table_row(table);
    table_number(table, number);
    table_text(table, what);
    table_text(table, passages->items[index].plain);
}

static void add_texts(const struct head_look *look, const uint32_t *shown, size_t n,
                      struct report *report)
{
    const struct corpus *corpus = look->corpus;
    struct table *table = report_table(report, "texts", "their texts");
    table_column(table, "pair", COLUMN_COUNT, 0, NULL);
    table_column(table, "part", COLUMN_TEXT, 0, NULL);
    table_column(table, "text", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = look->predictions.pairs[shown[i]];
        const struct pair *pair = &corpus->pairs[at];
        double number = (double)at + 1;
        add_text(table, number, "prompt", &corpus->prompts, pair->prompt);
        add_text(table, number, "context", &corpus->contexts, pair->context);
        add_text(table, number, "chosen", &corpus->responses, pair->chosen);
        add_text(table, number, "rejected", &corpus->responses, pair->rejected);
    }
}

static void add_pairs(const struct head_look *look, size_t n, struct report *report)
{
    const struct features *features = look->features;
    const struct predictions *predictions = &look->predictions;
    size_t most = n < predictions->n ? n : predictions->n;
    uint32_t *shown = mem_alloc((2 * most + 1) * sizeof *shown);
    struct head_surest surest = {.right = shown, .wrong = shown + most};
    head_find_surest(features, predictions, look->k, most, &surest);
    size_t n_shown = surest.n_right + surest.n_wrong;
    memmove(shown + surest.n_right, surest.wrong, surest.n_wrong * sizeof *shown);
    struct table *table =
        report_table(report, "surest", "what it decides most surely right, and wrong");
    table_column(table, "pair", COLUMN_COUNT, 0, NULL);
    table_column(table, "verdict", COLUMN_TEXT, 0, NULL);
    table_column(table, "margin", COLUMN_REAL, 3, "nats");
    table_column(table, "probability", COLUMN_SHARE, 3, NULL);
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < n_shown; i++) {
        uint32_t pair = predictions->pairs[shown[i]];
        double margin =
            (double)predictions->margin[shown[i] * predictions->n_heads + look->k];
        int32_t attribute = features->pair_attribute[pair];
        table_row(table);
        table_number(table, (double)pair + 1);
        table_text(table, margin > 0 ? "right" : "wrong");
        table_number(table, margin);
        table_number(table, 1 / (1 + exp(-margin)));
        table_text(table, attribute < 0 ? NULL : features->attributes[attribute]);
    }
    if (look->corpus)
        add_texts(look, shown, n_shown, report);
    free(shown);
}

enum status head_report(const struct head_look *look, struct call *call, struct error *err)
{
    const struct evaluated_row *row = &look->evaluation.rows[look->k];
    struct report *report = call->report;
    report_count(report, "head", look->k + 1, NULL);
    report_count(report, "heads", look->predictions.n_heads, NULL);
    report_text(report, "split", split_name(look->split));
    report_count(report, "pairs", look->predictions.n, NULL);
    report_real(report, "weight", row->load, 3, NULL);
    report_real(report, "accuracy", row->mean, 3, NULL);
    report_interval(report, "accuracy_interval", row->mean_interval.low,
                    row->mean_interval.high, 3, NULL);
    add_weights(look, look->top, report);
    add_attributes(look, report);
    enum status status =
        look->predictions.n_heads > 1 ? add_others(look, call, err) : STATUS_OK;
    if (!status)
        add_pairs(look, look->pairs, report);
    if (!status && look->pairs && !look->corpus)
        report_note(report, "--corpus shows the texts of these pairs.");
    return status;
}
