#include "command/cmd_data.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/words.h"
#include "command/call.h"
#include "command/dtypes.h"
#include "command/split_fields.h"
#include "command/watch.h"
#include "core/features.h"
#include "corpus/import.h"
#include "io/file.h"
#include "io/safetensors_writer.h"
#include "session/encoding.h"

/* ---- import ---- */

struct import_args {
    const char *format, *input, *out, *attributes, *contexts;
    double min_gap, test, holdout;
    bool drop_unanimous, skip_bad;
};

static const struct field import_fields[] = {
    {.name = "format",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct import_args, format),
     .help = "how the file's records look; see below"},
    {.name = "input",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct import_args, input),
     .help = "JSON Lines, gzip or not; - is standard input"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct import_args, out),
     .help = "corpus to write; .gz compresses, - is standard output"},
    SPLIT_FIELDS(struct import_args),
    {.name = "min-gap",
     .type = FIELD_REAL,
     FIELD_AT(struct import_args, min_gap),
     .min = 0,
     .max = HUGE_VAL,
     .initial = "0",
     .help = "least difference of two ratings that makes a pair; 0: any"},
    {.name = "drop-unanimous",
     .type = FIELD_FLAG,
     FIELD_AT(struct import_args, drop_unanimous),
     .initial = "no",
     .help = "drop training pairs on which all attributes agree"},
    {.name = "attributes",
     .type = FIELD_TEXT,
     FIELD_AT(struct import_args, attributes),
     .initial = "",
     .help = "names that count in ratings, with commas; all numeric keys otherwise"},
    {.name = "contexts",
     .type = FIELD_TEXT,
     FIELD_AT(struct import_args, contexts),
     .initial = "",
     .help = "give attributes a context: builtin, or a JSON file {attribute: sentence}"},
    {.name = "skip-bad",
     .type = FIELD_FLAG,
     FIELD_AT(struct import_args, skip_bad),
     .initial = "no",
     .help = "leave wrong records out instead of refusing the file"},
    {0},
};

static void report_import(struct call *call, const struct import_counts *counts,
                          const struct corpus *corpus)
{
    struct report *report = call->report;
    report_count(report, "records", counts->n_records, NULL);
    report_count(report, "pairs", counts->n_pairs, NULL);
    report_count(report, "prompts", corpus->prompts.n, NULL);
    report_count(report, "responses", corpus->responses.n, NULL);
    report_count(report, "attributes", corpus->attributes.n, NULL);
    if (counts->n_contexts)
        report_count(report, "contexts_given", counts->n_contexts, NULL);
    if (counts->n_bad) {
        report_count(report, "left_out", counts->n_bad, NULL);
        report_note(report, "The first record left out: %s.", counts->first_bad.message);
    }
    struct table *dropped = NULL;
    for (int d = 0; d < IMPORT_DROP_COUNT; d++) {
        if (!counts->dropped[d])
            continue;
        if (!dropped) {
            dropped = report_table(report, "dropped", "pairs not made");
            table_column(dropped, "reason", COLUMN_TEXT, 0, NULL);
            table_column(dropped, "pairs", COLUMN_COUNT, 0, NULL);
        }
        table_row(dropped);
        table_text(dropped, import_drop_name((enum import_drop)d));
        table_number(dropped, (double)counts->dropped[d]);
    }
}

static enum status run_import(struct call *call, struct error *err)
{
    const struct import_args *args = call->args;
    const struct import_format *format = import_format_find(args->format);
    if (!format) {
        const char *names[32];
        size_t n = import_format_count();
        for (size_t i = 0; i < n; i++)
            names[i] = import_format_name(import_format_at(i));
        const char *near = words_nearest(args->format, names, n);
        return error_set(err, STATUS_USAGE,
                         "there is no format '%s'%s%s%s (see 'microscope help import')",
                         args->format, near ? "; did you mean '" : "", near ? near : "",
                         near ? "'?" : "");
    }
    struct import_options options = {
        .min_gap = args->min_gap,
        .attributes = args->attributes,
        .drop_unanimous = args->drop_unanimous,
        .skip_bad = args->skip_bad,
        .split = {.test = args->test, .holdout = args->holdout, .seed = call->seed},
        .contexts = args->contexts,
    };
    struct corpus corpus = {0};
    struct import_counts counts;
    struct corpus_watch watch = watch_corpus(call);
    enum status status = sink_check(args->out, err);
    if (status)
        return status;
    progress_begin(call->progress, "reading", "bytes");
    status = import_file(&corpus, format, args->input, &options, &watch, &counts, err);
    progress_end(call->progress);
    if (!status) {
        progress_begin(call->progress, "writing", "pairs");
        status = corpus_write(&corpus, args->out, &watch, err);
        progress_end(call->progress);
    }
    if (!status) {
        if (strcmp(args->out, "-") == 0)
            report_yield_output(call->report);
        report_import(call, &counts, &corpus);
    }
    corpus_done(&corpus);
    return status;
}

const struct command cmd_import = {
    .name = "import",
    .group = "data",
    .help = "make a corpus of preference pairs from a data set",
    .more =
        "formats\n"
        "  pairs            {prompt, chosen, rejected, ...}\n"
        "  ratings          {prompt, response, any numeric keys}: every numeric key is an\n"
        "                   attribute; a pair wherever two responses' ratings differ\n"
        "  helpsteer2       ratings with HelpSteer2's five attributes\n"
        "  ultrafeedback    {instruction, completions: [{response, annotations}]}\n"
        "  rpr              {prompt, response_a, response_b, criteria_x, criteria_y, ...}\n"
        "  pku-saferlhf     {prompt, response_0, response_1, better_response_id, ...}\n"
        "  preference-700k  {chosen, rejected} as lists of {role, content}\n"
        "  hh               {chosen, rejected} as transcripts of Human and Assistant\n"
        "  rewardbench      {prompt, chosen, rejected, subset}: attributes are categories\n"
        "  rewardbench-subsets  the same, attributes are the subsets themselves\n"
        "\n"
        "Pairs are split by prompt: the split of a prompt depends on its text and --seed\n"
        "alone, so it is the same in every file.\n"
        "\n"
        "examples\n"
        "  microscope import ratings summeval.ratings.jsonl.gz --out s.jsonl.gz\n"
        "  microscope import helpsteer2 train.jsonl.gz --drop-unanimous --out h.jsonl.gz",
    .fields = import_fields,
    .args_size = sizeof(struct import_args),
    .run = run_import,
};

/* ---- encode ---- */

struct encode_args {
    const char *corpus, *out, *encoder;
    int dtype;
    double test, holdout;
    bool heads_see_context;
};

const char *const dtype_choices[] = {"f32", "f16", "bf16", NULL};
const enum dtype dtype_chosen[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};

static const struct field encode_fields[] = {
    {.name = "corpus",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct encode_args, corpus),
     .help = "corpus made by import; - is standard input"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct encode_args, out),
     .help = "features to write (safetensors)"},
    {.name = "encoder",
     .type = FIELD_TEXT,
     FIELD_AT(struct encode_args, encoder),
     .initial = "surface",
     .help = "what turns text into numbers; surface is built in"},
    {.name = "dtype",
     .type = FIELD_CHOICE,
     FIELD_AT(struct encode_args, dtype),
     .choices = dtype_choices,
     .initial = "f32",
     .help = "numbers in the file: f16 and bf16 take half the space"},
    {.name = "heads-see-context",
     .type = FIELD_FLAG,
     FIELD_AT(struct encode_args, heads_see_context),
     .initial = "no",
     .help = "encode responses as answers to prompt and context, not to the prompt alone"},
    SPLIT_FIELDS(struct encode_args),
    {0},
};

static enum status encode_corpus(struct call *call, struct corpus *corpus,
                                 struct error *err)
{
    const struct encode_args *args = call->args;
    struct encoding_options options = {
        .encoder = args->encoder,
        .source = args->corpus,
        .heads_see_context = args->heads_see_context,
        .progress = watch_real,
        .self = call->progress,
        .cancel = call->cancel,
    };
    struct encoding encoding;
    double began = clock_seconds();
    progress_begin(call->progress, "encoding", "texts");
    enum status status = encoding_make(&encoding, corpus, &options, err);
    progress_end(call->progress);
    if (status)
        return status;
    double seconds = clock_seconds() - began;
    const struct features *features = &encoding.features;
    status = features_save(args->out, features, dtype_chosen[args->dtype], err);
    if (!status) {
        if (strcmp(args->out, "-") == 0)
            report_yield_output(call->report);
        report_count(call->report, "pairs", features->n_pairs, NULL);
        report_count(call->report, "prompts", features->prompt.n_rows, NULL);
        report_count(call->report, "contexts", features->context.n_rows, NULL);
        report_count(call->report, "responses", features->chosen.n_rows, NULL);
        report_count(call->report, "prompt_features", features->prompt.n_columns, NULL);
        report_count(call->report, "response_features", features->chosen.n_columns, NULL);
        report_count(call->report, "bytes", encoding.n_bytes, NULL);
        report_real(call->report, "seconds", seconds, 3, "s");
    }
    encoding_done(&encoding);
    return status;
}

static enum status run_encode(struct call *call, struct error *err)
{
    const struct encode_args *args = call->args;
    struct split_options split = {args->test, args->holdout, call->seed};
    struct corpus corpus = {0};
    struct corpus_watch watch = watch_corpus(call);
    enum status status = split_check(&split, err);
    if (!status)
        status = safetensors_writer_check(args->out, err);
    if (status)
        return status;
    progress_begin(call->progress, "reading", "bytes");
    status = corpus_read(&corpus, args->corpus, &watch, err);
    progress_end(call->progress);
    if (status)
        return status;
    size_t n_assigned = split_assign(&corpus, &split);
    if (n_assigned)
        report_note(call->report, "%zu pairs had no split and were given one by prompt.",
                    n_assigned);
    status = encode_corpus(call, &corpus, err);
    corpus_done(&corpus);
    return status;
}

const struct command cmd_encode = {
    .name = "encode",
    .group = "data",
    .help = "turn the texts of a corpus into features",
    .more = "The encoder's statistics are fitted on the texts of training pairs and kept\n"
            "in the file, so that a text typed later is encoded alike. Pairs that have no\n"
            "split yet are given one by prompt.\n"
            "\n"
            "examples\n"
            "  microscope encode s.jsonl.gz --out s.features.safetensors\n"
            "  microscope encode s.jsonl.gz --out s.features.safetensors --dtype f16",
    .fields = encode_fields,
    .args_size = sizeof(struct encode_args),
    .run = run_encode,
};
