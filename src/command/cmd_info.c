#include "command/cmd_info.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/call.h"
#include "command/census_report.h"
#include "command/watch.h"
#include "core/checkpoint.h"
#include "core/features.h"
#include "io/json.h"
#include "io/tensors.h"

struct info_args {
    const char *file;
};

static const struct field info_fields[] = {
    {.name = "file",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct info_args, file),
     .help = "a corpus, features, a model, or any safetensors, .npz or .npy file"},
    {0},
};

static enum status info_corpus(struct call *call, const char *path, struct error *err)
{
    struct corpus corpus = {0};
    struct corpus_watch watch = watch_corpus(call);
    progress_begin(call->progress, "reading", "bytes");
    enum status status = corpus_read(&corpus, path, &watch, err);
    progress_end(call->progress);
    if (status)
        return status;
    struct census census;
    status = census_take(&census, &corpus, err);
    if (!status) {
        report_text(call->report, "kind", "corpus");
        census_report(&census, &corpus, call->report);
        census_done(&census);
    }
    corpus_done(&corpus);
    return status;
}

static void add_matrix(struct table *table, const char *name, const struct rows *rows)
{
    if (!rows->n_rows)
        return;
    table_row(table);
    table_text(table, name);
    table_number(table, (double)rows->n_rows);
    table_number(table, (double)rows->n_columns);
    table_text(table, dtype_name(rows->dtype));
}

/* The texts of a file's metadata that are short enough to be read. */
static void add_metadata(struct report *report, const struct json *metadata)
{
    enum { LONGEST = 400 };
    if (!json_first(metadata))
        return;
    struct table *table = report_table(report, "metadata", "what the file says of itself");
    table_column(table, "key", COLUMN_TEXT, 0, NULL);
    table_column(table, "value", COLUMN_TEXT, 0, NULL);
    for (const struct json *item = json_first(metadata); item; item = json_next(item)) {
        const char *value = json_text(item);
        size_t length = value ? strlen(value) : 0;
        char shown[64];
        snprintf(shown, sizeof shown, "(%zu bytes)", length);
        table_row(table);
        table_text(table, json_key(item));
        table_text(table, length > LONGEST ? shown : value);
    }
}

static void add_feature_attributes(struct report *report, const struct features *features)
{
    size_t n = features->n_attributes;
    if (!n || !features->n_pairs)
        return;
    size_t *counts = mem_zero(n * ATTRIBUTE_COUNTS * sizeof *counts);
    for (size_t i = 0; i < features->n_pairs; i++)
        if (features->pair_attribute[i] >= 0)
            counts[features->pair_attribute[i] * ATTRIBUTE_COUNTS +
                   features->pair_split[i]]++;
    report_attribute_pairs(report, features->attributes, counts, n, false);
    free(counts);
}

static void describe_features(struct report *report, const struct features *features)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, features->hash);
    report_text(report, "kind", "features");
    report_text(report, "layout", features->layout);
    report_count(report, "pairs", features->n_pairs, NULL);
    for (int s = 0; s < SPLIT_COUNT && features->n_pairs; s++) {
        char key[32];
        snprintf(key, sizeof key, "%s_pairs", split_name((enum split)s));
        report_count(report, key, features_select(features, (enum split)s, -1, NULL), NULL);
    }
    report_text(report, "hash", hash);
    struct table *table = report_table(report, "matrices", NULL);
    table_column(table, "matrix", COLUMN_TEXT, 0, NULL);
    table_column(table, "rows", COLUMN_COUNT, 0, NULL);
    table_column(table, "columns", COLUMN_COUNT, 0, NULL);
    table_column(table, "numbers", COLUMN_TEXT, 0, NULL);
    add_matrix(table, "prompt", &features->prompt);
    add_matrix(table, "context", &features->context);
    bool is_one = features->chosen.data == features->rejected.data;
    add_matrix(table, is_one ? "response" : "chosen", &features->chosen);
    if (!is_one)
        add_matrix(table, "rejected", &features->rejected);
    add_matrix(table, "labels", &features->labels);
    add_feature_attributes(report, features);
    add_metadata(report, features->metadata);
}

static enum status info_model(struct call *call, const char *path, struct error *err)
{
    struct model model;
    struct json *metadata = NULL;
    enum status status = checkpoint_open(path, &model, &metadata, err);
    if (status)
        return status;
    struct report *report = call->report;
    report_text(report, "kind", "model");
    report_text(report, "router", router_names[model.shape.router]);
    report_count(report, "heads", model.shape.n_heads, NULL);
    if (model.shape.n_hidden)
        report_count(report, "hidden", model.shape.n_hidden, "units");
    if (model.shape.prompt_width)
        report_count(report, "prompt_width", model.shape.prompt_width, NULL);
    report_count(report, "response_width", model.shape.response_width, NULL);
    report_count(report, "parameters", shape_parameters(&model.shape), NULL);
    report_flag(report, "single_head", model.single != NULL);
    add_metadata(report, metadata);
    model_done(&model);
    json_free(metadata);
    return STATUS_OK;
}

/* Any arrays. */
static enum status info_tensors(struct call *call, struct tensors *file, struct error *err)
{
    report_text(call->report, "kind", "tensors");
    struct table *table = report_table(call->report, "tensors", NULL);
    table_column(table, "tensor", COLUMN_TEXT, 0, NULL);
    table_column(table, "type_and_shape", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < tensors_count(file); i++) {
        const struct tensor *tensor = tensors_find(file, tensors_name(file, i), err);
        if (!tensor)
            return err->status;
        char shown[TENSOR_TEXT];
        table_row(table);
        table_text(table, tensor->name);
        table_text(table, tensor_describe(tensor, shown));
    }
    add_metadata(call->report, tensors_metadata(file));
    return STATUS_OK;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static enum status info_features(struct call *call, const char *path, struct error *err)
{
    struct features features;
    enum status status = features_open(&features, path, err);
    if (!status) {
        describe_features(call->report, &features);
        features_done(&features);
    }
    return status;
}

/* Do the names fit a layout of features? */
static bool is_features(const struct tensors *file)
{
    return (tensors_has(file, "response") && tensors_has(file, "pair.chosen")) ||
           (tensors_has(file, "chosen") && tensors_has(file, "rejected")) ||
           (tensors_has(file, "embeddings") &&
            (tensors_has(file, "labels") || tensors_has(file, "prompt_embeddings")));
}

static enum status run_info(struct call *call, struct error *err)
{
    const struct info_args *args = call->args;
    bool is_text = ends_in(args->file, ".jsonl") || ends_in(args->file, ".gz") ||
                   (ends_in(args->file, ".json") && !ends_in(args->file, ".index.json")) ||
                   strcmp(args->file, "-") == 0;
    if (is_text)
        return info_corpus(call, args->file, err);
    struct tensors *file = tensors_open(args->file, err);
    if (!file)
        return err->status;
    const char *format = json_text(json_get(tensors_metadata(file), "format"));
    enum status status;
    if (tensors_has(file, "score.weight") ||
        tensors_has(file, "score.learnable_net.weight"))
        status = info_model(call, args->file, err);
    else if ((format && strcmp(format, "microscope.features/1") == 0) || is_features(file))
        status = info_features(call, args->file, err);
    else
        status = info_tensors(call, file, err);
    tensors_free(file);
    return status;
}

const struct command cmd_info = {
    .name = "info",
    .group = "data",
    .help = "say what a file holds and where it came from",
    .more = "For a corpus: counts, attributes, how often they conflict, lengths, splits,\n"
            "origins. For features and models: sizes, settings and hashes.\n"
            "\n"
            "examples\n"
            "  microscope info s.jsonl.gz\n"
            "  microscope info s.model.safetensors",
    .fields = info_fields,
    .args_size = sizeof(struct info_args),
    .run = run_info,
};
