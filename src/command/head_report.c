#include "command/head_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/correlation.h"
#include "corpus/corpus.h"
#include "encode/encoder.h"
#include "io/json.h"

struct ranked {
    double value;
    size_t index;
};

static int by_value_falling(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* ---- weights ---- */

/* The encoder that made the features, to name them; NULL with a note why not. */
static struct encoder *open_encoder(const struct features *features, struct report *report)
{
    const char *name = json_text(json_get(features->metadata, "encoder"));
    const char *text = json_text(json_get(features->metadata, "encoder.settings"));
    struct error err = {0};
    struct json *settings = text ? json_parse(text, strlen(text), &err) : NULL;
    struct encoder *encoder = NULL;
    if (!name)
        error_set(&err, STATUS_NOT_FOUND, "the file does not say which encoder made them");
    else if (!text || settings)
        encoder = encoder_open(name, settings, &err);
    json_free(settings);
    if (encoder && encoder_width(encoder, ENCODER_RESPONSE) != features->chosen.n_columns) {
        error_set(&err, STATUS_SHAPE, "encoder '%s' has %zu of them, the file has %zu",
                  name, encoder_width(encoder, ENCODER_RESPONSE),
                  features->chosen.n_columns);
        encoder_free(encoder);
        encoder = NULL;
    }
    if (!encoder)
        report_note(report, "The features have numbers for names: %s.", err.message);
    return encoder;
}

static void add_weights(const struct head_look *look, size_t top, struct report *report)
{
    const struct features *features = look->features;
    size_t D = look->model->shape.response_width;
    const float *weights = look->model->heads + look->k * D;
    struct encoder *encoder = open_encoder(features, report);
    struct ranked *ranked = mem_alloc(D * sizeof *ranked);
    for (size_t d = 0; d < D; d++)
        ranked[d] = (struct ranked){fabs((double)weights[d]), d};
    qsort(ranked, D, sizeof *ranked, by_value_falling);
    struct table *table = report_table(report, "weights", "what it looks at");
    table_column(table, "feature", COLUMN_TEXT, 0, NULL);
    table_column(table, "weight", COLUMN_REAL, 3, NULL);
    for (size_t i = 0; i < D && i < top; i++) {
        size_t d = ranked[i].index;
        const char *name = encoder ? encoder_feature(encoder, ENCODER_RESPONSE, d) : NULL;
        char number[32];
        snprintf(number, sizeof number, "%zu", d);
        table_row(table);
        table_text(table, name ? name : number);
        table_number(table, (double)weights[d]);
    }
    free(ranked);
    encoder_free(encoder);
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
    qsort(ranked, n, sizeof *ranked, by_value_falling);
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

static enum status add_others(const struct head_look *look, struct report *report,
                              struct error *err)
{
    size_t K = look->predictions.n_heads;
    struct correlation correlation;
    enum status status =
        correlation_make(&correlation, look->predictions.margin, look->predictions.n, K,
                         STATISTIC_MARGIN, false, err);
    if (status)
        return status;
    struct ranked *ranked = mem_alloc(K * sizeof *ranked);
    size_t n = 0;
    for (size_t j = 0; j < K; j++)
        if (j != look->k)
            ranked[n++] = (struct ranked){correlation_at(&correlation, look->k, j), j};
    qsort(ranked, n, sizeof *ranked, by_value_falling);
    struct table *table =
        report_table(report, "others", "correlation of its margins with the other heads'");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "correlation", COLUMN_REAL, 3, NULL);
    table_column(table, "weight", COLUMN_SHARE, 3, NULL);
    for (size_t i = 0; i < n; i++) {
        char name[24];
        snprintf(name, sizeof name, "h%zu", ranked[i].index + 1);
        table_row(table);
        table_text(table, name);
        table_number(table, ranked[i].value);
        table_number(table, look->evaluation.rows[ranked[i].index].load);
    }
    free(ranked);
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

static void add_texts(const struct head_look *look, const struct ranked *shown, size_t n,
                      struct report *report)
{
    const struct corpus *corpus = look->corpus;
    struct table *table = report_table(report, "texts", "their texts");
    table_column(table, "pair", COLUMN_COUNT, 0, NULL);
    table_column(table, "part", COLUMN_TEXT, 0, NULL);
    table_column(table, "text", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = look->predictions.pairs[shown[i].index];
        const struct pair *pair = &corpus->pairs[at];
        double number = (double)at + 1;
        add_text(table, number, "prompt", &corpus->prompts, pair->prompt);
        add_text(table, number, "context", &corpus->contexts, pair->context);
        add_text(table, number, "chosen", &corpus->responses, pair->chosen);
        add_text(table, number, "rejected", &corpus->responses, pair->rejected);
    }
}

/* Whether two pairs compare the same responses, as when several attributes judged them. */
static bool same_responses(const struct head_look *look, size_t i, size_t j)
{
    const struct features *features = look->features;
    uint32_t a = look->predictions.pairs[i], b = look->predictions.pairs[j];
    return features->pair_chosen[a] == features->pair_chosen[b] &&
           features->pair_rejected[a] == features->pair_rejected[b];
}

/* Appends up to n of the ranked pairs, as long as they lie on one side of 0, the first of
 * those that compare the same responses; returns how many. */
static size_t take_pairs(const struct head_look *look, const struct ranked *ranked,
                         size_t n, double side, struct ranked *shown)
{
    size_t count = 0;
    for (size_t i = 0; i < look->predictions.n && count < n; i++) {
        if (side * ranked[i].value <= 0)
            break;
        if (!count || !same_responses(look, ranked[i].index, shown[count - 1].index))
            shown[count++] = ranked[i];
    }
    return count;
}

/* Up to n pairs that it decides right and n that it decides wrong, surest first; returns
 * how many. */
static size_t choose_pairs(const struct head_look *look, size_t n, struct ranked *shown)
{
    const struct predictions *predictions = &look->predictions;
    size_t n_pairs = predictions->n, K = predictions->n_heads;
    struct ranked *ranked = mem_alloc(n_pairs * sizeof *ranked);
    for (size_t i = 0; i < n_pairs; i++)
        ranked[i] = (struct ranked){(double)predictions->margin[i * K + look->k], i};
    qsort(ranked, n_pairs, sizeof *ranked, by_value_falling);
    size_t count = take_pairs(look, ranked, n, 1, shown);
    for (size_t i = 0; i < n_pairs / 2; i++) {
        struct ranked swap = ranked[i];
        ranked[i] = ranked[n_pairs - 1 - i];
        ranked[n_pairs - 1 - i] = swap;
    }
    count += take_pairs(look, ranked, n, -1, shown + count);
    free(ranked);
    return count;
}

static void add_pairs(const struct head_look *look, size_t n, struct report *report)
{
    const struct features *features = look->features;
    size_t most = n < look->predictions.n ? n : look->predictions.n;
    struct ranked *shown = mem_alloc((2 * most + 1) * sizeof *shown);
    size_t n_shown = choose_pairs(look, most, shown);
    struct table *table =
        report_table(report, "surest", "what it decides most surely right, and wrong");
    table_column(table, "pair", COLUMN_COUNT, 0, NULL);
    table_column(table, "verdict", COLUMN_TEXT, 0, NULL);
    table_column(table, "margin", COLUMN_REAL, 3, "nats");
    table_column(table, "probability", COLUMN_SHARE, 3, NULL);
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < n_shown; i++) {
        uint32_t pair = look->predictions.pairs[shown[i].index];
        int32_t attribute = features->pair_attribute[pair];
        table_row(table);
        table_number(table, (double)pair + 1);
        table_text(table, shown[i].value > 0 ? "right" : "wrong");
        table_number(table, shown[i].value);
        table_number(table, 1 / (1 + exp(-shown[i].value)));
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
        look->predictions.n_heads > 1 ? add_others(look, report, err) : STATUS_OK;
    if (!status)
        add_pairs(look, look->pairs, report);
    if (!status && look->pairs && !look->corpus)
        report_note(report, "--corpus shows the texts of these pairs.");
    return status;
}
