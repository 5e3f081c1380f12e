#include "command/cmd_head.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/subject.h"
#include "command/watch.h"
#include "core/correlation.h"
#include "core/evaluate.h"
#include "core/predict.h"
#include "corpus/corpus.h"
#include "encode/encoder.h"
#include "io/json.h"
#include "session/origin.h"

struct head_args {
    const char *model, *features, *corpus;
    size_t head, top, pairs, resamples;
    int split;
};

static const struct field head_fields[] = {
    {.name = "model",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct head_args, model),
     .help = "model made by train, or a released checkpoint"},
    {.name = "head",
     .type = FIELD_COUNT,
     .positional = true,
     FIELD_AT(struct head_args, head),
     .min = 1,
     .max = MODEL_HEADS_MAX,
     .help = "its number, from 1"},
    {.name = "features",
     .type = FIELD_PATH,
     FIELD_AT(struct head_args, features),
     .help = "features of the pairs"},
    {.name = "corpus",
     .type = FIELD_PATH,
     FIELD_AT(struct head_args, corpus),
     .initial = "",
     .help = "corpus that the features were made from: shows the pairs' texts"},
    {.name = "split",
     .type = FIELD_CHOICE,
     FIELD_AT(struct head_args, split),
     .choices = split_choices,
     .initial = "test",
     .help = "pairs to look at"},
    {.name = "top",
     .type = FIELD_COUNT,
     FIELD_AT(struct head_args, top),
     .min = 0,
     .max = 1000000,
     .initial = "12",
     .help = "weights to show, the largest first"},
    {.name = "pairs",
     .type = FIELD_COUNT,
     FIELD_AT(struct head_args, pairs),
     .min = 0,
     .max = 1000000,
     .initial = "3",
     .help = "pairs to show that it decides most surely right, and wrong"},
    {.name = "resamples",
     .type = FIELD_COUNT,
     FIELD_AT(struct head_args, resamples),
     .min = 0,
     .max = 1000000,
     .initial = "1000",
     .help = "draws of the bootstrap; 0: no interval of the mean"},
    {0},
};

/* What is looked at: one head, on the pairs of one split. */
struct look {
    const struct subject *subject;
    const struct corpus *corpus; /* NULL: no texts */
    size_t k;
    struct predictions predictions;
    struct evaluation evaluation;
};

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

static void add_weights(const struct look *look, size_t top, struct report *report)
{
    const struct features *features = &look->subject->features;
    size_t D = look->subject->model.shape.response_width;
    const float *weights = look->subject->model.heads + look->k * D;
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

static void add_attributes(const struct look *look, struct report *report)
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

static enum status add_others(const struct look *look, struct report *report,
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

static void add_texts(const struct look *look, const struct ranked *shown, size_t n,
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
static bool same_responses(const struct look *look, size_t i, size_t j)
{
    const struct features *features = &look->subject->features;
    uint32_t a = look->predictions.pairs[i], b = look->predictions.pairs[j];
    return features->pair_chosen[a] == features->pair_chosen[b] &&
           features->pair_rejected[a] == features->pair_rejected[b];
}

/* Appends up to n of the ranked pairs, as long as they lie on one side of 0, the first of
 * those that compare the same responses; returns how many. */
static size_t take_pairs(const struct look *look, const struct ranked *ranked, size_t n,
                         double side, struct ranked *shown)
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
static size_t choose_pairs(const struct look *look, size_t n, struct ranked *shown)
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

static void add_pairs(const struct look *look, size_t n, struct report *report)
{
    const struct features *features = &look->subject->features;
    size_t most = n < look->predictions.n ? n : look->predictions.n;
    struct ranked *shown = mem_alloc((2 * most + 1) * sizeof *shown);
    size_t n_shown = choose_pairs(look, most, shown);
    struct table *table =
        report_table(report, "pairs", "what it decides most surely right, and wrong");
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

/* ---- the command ---- */

static enum status head_report(struct call *call, const struct look *look,
                               struct error *err)
{
    const struct head_args *args = call->args;
    const struct evaluated_row *row = &look->evaluation.rows[look->k];
    struct report *report = call->report;
    report_count(report, "head", args->head, NULL);
    report_count(report, "heads", look->predictions.n_heads, NULL);
    report_text(report, "split", split_choices[args->split]);
    report_count(report, "pairs", look->predictions.n, NULL);
    report_real(report, "weight", row->load, 3, NULL);
    report_real(report, "accuracy", row->mean, 3, NULL);
    report_interval(report, "accuracy_interval", row->mean_interval.low,
                    row->mean_interval.high, 3, NULL);
    add_weights(look, args->top, report);
    add_attributes(look, report);
    enum status status =
        look->predictions.n_heads > 1 ? add_others(look, report, err) : STATUS_OK;
    if (!status)
        add_pairs(look, args->pairs, report);
    if (!status && args->pairs && !look->corpus)
        report_note(report, "--corpus shows the texts of these pairs.");
    return status;
}

static enum status look_at(struct call *call, const struct subject *subject,
                           const struct corpus *corpus, struct error *err)
{
    const struct head_args *args = call->args;
    const struct features *features = &subject->features;
    struct evaluate_options options = {.split = (enum split)args->split,
                                       .rule = RULE_PROBABILITY,
                                       .resamples = args->resamples,
                                       .seed = call->seed};
    enum status status = subject_check_split(features, options.split, err);
    if (status)
        return status;
    size_t n = features_select(features, options.split, -1, NULL);
    uint32_t *pairs = mem_alloc(n * sizeof *pairs);
    features_select(features, options.split, -1, pairs);
    struct look look = {.subject = subject, .corpus = corpus, .k = args->head - 1};
    status = predictions_make(&look.predictions, features, &subject->model, pairs, n,
                              options.rule, err);
    if (!status) {
        evaluate_predictions(features, &look.predictions, &options, &look.evaluation);
        status = head_report(call, &look, err);
        evaluation_done(&look.evaluation);
        predictions_done(&look.predictions);
    }
    free(pairs);
    return status;
}

static enum status read_corpus(struct call *call, const struct features *features,
                               struct corpus *corpus, struct error *err)
{
    const struct head_args *args = call->args;
    struct corpus_watch watch = watch_corpus(call);
    progress_begin(call->progress, "reading", "bytes");
    enum status status = corpus_read(corpus, args->corpus, &watch, err);
    progress_end(call->progress);
    if (status)
        return status;
    status = origin_check(corpus, features, err);
    if (status)
        error_prefix(err, "'%s'", args->corpus);
    return status;
}

static enum status run_head(struct call *call, struct error *err)
{
    const struct head_args *args = call->args;
    struct subject subject;
    struct corpus corpus = {0};
    enum status status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    if (args->head > subject.model.shape.n_heads)
        status = error_set(err, STATUS_USAGE, "'%s' has %zu heads and no head %zu",
                           args->model, subject.model.shape.n_heads, args->head);
    else if (args->corpus)
        status = read_corpus(call, &subject.features, &corpus, err);
    if (!status) {
        status = look_at(call, &subject, args->corpus ? &corpus : NULL, err);
        if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
            error_prefix(err, "'%s'", args->features);
    }
    corpus_done(&corpus);
    subject_done(&subject);
    return status;
}

const struct command cmd_head = {
    .name = "head",
    .group = "model",
    .help = "what one head looks at, and what it is good for",
    .more = "Features of the built-in encoder have names and one scale, so its largest\n"
            "weights can be read. Pairs are counted from 1, in the order of the corpus.\n"
            "\n"
            "examples\n"
            "  microscope head s.model.safetensors 3 --features s.features.safetensors\n"
            "  microscope head s.model.safetensors 3 --features s.features.safetensors \\\n"
            "      --corpus s.jsonl.gz --pairs 5",
    .fields = head_fields,
    .args_size = sizeof(struct head_args),
    .run = run_head,
};
