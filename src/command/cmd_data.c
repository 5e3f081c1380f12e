#include "command/cmd_data.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/words.h"
#include "command/call.h"
#include "command/cmd_convert.h"
#include "command/dtypes.h"
#include "command/split_fields.h"
#include "command/watch.h"
#include "core/features.h"
#include "corpus/import.h"
#include "encode/encoder.h"
#include "io/file.h"
#include "io/tensors_writer.h"
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
    double test, holdout, sif;
    bool heads_see_context, remove_component;
    int profile;
    const char *template, *gain;
    size_t batch, requests;
    double timeout;
    bool raw, fresh;
};

const char *const dtype_choices[] = {"f32", "f16", "bf16", NULL};
const enum dtype dtype_chosen[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};

/* In the order of enum endpoint_profile; a test holds them to its names. */
static const char *const profile_choices[] = {"none", "llama",  "vllm", "vllm-old",
                                              "tei",  "ollama", NULL};

static const struct field encode_fields[] = {
    {.name = "corpus",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct encode_args, corpus),
     .help = "corpus made by import; - is standard input; features are taken as they are"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct encode_args, out),
     .help = "features to write (safetensors)"},
    {.name = "encoder",
     .type = FIELD_TEXT,
     FIELD_AT(struct encode_args, encoder),
     .initial = "surface",
     .help = "what turns text into numbers; see below"},
    {.name = "sif",
     .type = FIELD_REAL,
     FIELD_AT(struct encode_args, sif),
     .min = 0,
     .max = 1,
     .initial = "0",
     .help =
         "word vectors: weigh words by sif / (sif + frequency), say 0.001; 0: all alike"},
    {.name = "remove-component",
     .type = FIELD_FLAG,
     FIELD_AT(struct encode_args, remove_component),
     .initial = "no",
     .help = "word vectors: take out the first principal component of the training texts"},
    {.name = "profile",
     .type = FIELD_CHOICE,
     FIELD_AT(struct encode_args, profile),
     .choices = profile_choices,
     .initial = "none",
     .help = "endpoint: which server it is, and so how it is asked for raw vectors"},
    {.name = "template",
     .type = FIELD_TEXT,
     FIELD_AT(struct encode_args, template),
     .initial = "",
     .help = "endpoint: raw, llama-3, chatml, or a file with {prompt} and {response}"},
    {.name = "gain",
     .type = FIELD_PATH,
     FIELD_AT(struct encode_args, gain),
     .initial = "",
     .help = "endpoint: the model's checkpoint, whose last norm undoes unit vectors"},
    {.name = "batch",
     .type = FIELD_COUNT,
     FIELD_AT(struct encode_args, batch),
     .min = 0,
     .max = 4096,
     .initial = "0",
     .unit = "texts",
     .help = "endpoint: texts in a request; 0: 32"},
    {.name = "requests",
     .type = FIELD_COUNT,
     FIELD_AT(struct encode_args, requests),
     .min = 0,
     .max = 64,
     .initial = "0",
     .help = "endpoint: requests under way at once; 0: 2"},
    {.name = "timeout",
     .type = FIELD_REAL,
     FIELD_AT(struct encode_args, timeout),
     .min = 0,
     .max = 86400,
     .initial = "0",
     .unit = "s",
     .help = "endpoint: for a request of 8192 tokens; 0: 120"},
    {.name = "raw",
     .type = FIELD_FLAG,
     FIELD_AT(struct encode_args, raw),
     .initial = "no",
     .help = "endpoint: refuse vectors that were normalised, unless --gain undoes it"},
    {.name = "fresh",
     .type = FIELD_FLAG,
     FIELD_AT(struct encode_args, fresh),
     .initial = "no",
     .help = "endpoint: neither read nor write the cache of vectors"},
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

/* How many words of the texts the encoder has no numbers for, a row a part that counts them. */
static void report_coverage(struct report *report, const struct encoder *encoder)
{
    struct encoder_coverage coverage[16];
    size_t n = encoder_coverage(encoder, coverage, sizeof coverage / sizeof *coverage);
    if (!n)
        return;
    struct table *table =
        report_table(report, "coverage", "words that the encoder does not know");
    table_column(table, "encoder", COLUMN_TEXT, 0, NULL);
    table_column(table, "words", COLUMN_COUNT, 0, NULL);
    table_column(table, "unknown", COLUMN_COUNT, 0, NULL);
    table_column(table, "unknown_share", COLUMN_SHARE, 4, NULL);
    for (size_t i = 0; i < n; i++) {
        double words = (double)coverage[i].n_words;
        table_row(table);
        table_text(table, coverage[i].name);
        table_number(table, words);
        table_number(table, (double)coverage[i].n_unknown);
        table_number(table,
                     words > 0 ? (double)coverage[i].n_unknown / words : (double)NAN);
    }
}

/* Once the encoder is open, which for a file of vectors takes a while when it is met first. */
static void begin_encoding(void *self)
{
    progress_end(self);
    progress_begin(self, "encoding", "texts");
}

static enum status encode_corpus(struct call *call, struct corpus *corpus,
                                 struct error *err)
{
    const struct encode_args *args = call->args;
    struct encoder_choices choices = {
        .sif = args->sif,
        .removes_component = args->remove_component,
        .profile = args->profile,
        .template = args->template,
        .gain = args->gain,
        .batch = args->batch,
        .requests = args->requests,
        .timeout = args->timeout,
        .is_raw = args->raw,
        .keeps_none = args->fresh,
    };
    struct encoding_options options = {
        .encoder = args->encoder,
        .choices = &choices,
        .source = args->corpus,
        .heads_see_context = args->heads_see_context,
        .progress = watch_real,
        .opened = begin_encoding,
        .self = call->progress,
        .cancel = call->cancel,
    };
    struct encoding encoding;
    double began = clock_seconds();
    progress_begin(call->progress, "opening the encoder", "bytes");
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
        report_coverage(call->report, encoding.encoder);
        const char *warning = encoder_warning(encoding.encoder);
        if (warning)
            report_note(call->report, "Of the encoder: %s.", warning);
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
    if (convert_is_features(args->corpus))
        return convert_features(call, args->corpus, args->out, dtype_chosen[args->dtype],
                                err);
    enum status status = split_check(&split, err);
    if (!status)
        status = tensors_writer_check(args->out, err);
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
    .more =
        "The encoder's statistics are fitted on the texts of training pairs and kept\n"
        "in the file, so that a text typed later is encoded alike. Pairs that have no\n"
        "split yet are given one by prompt. Features that others made (safetensors,\n"
        "NumPy's files) are written in our layout, as convert does.\n"
        "\n"
        "encoders\n"
        "  surface          named features of the text itself: built in, no files\n"
        "  vectors:FILE     word vectors (GloVe, word2vec; text, gzip or not), averaged\n"
        "  model2vec:DIR    static embeddings: tokenizer.json and model.safetensors\n"
        "  http://HOST#MODEL, https://HOST#MODEL\n"
        "                   an embeddings server, such as the backbone itself; its\n"
        "                   key in MICROSCOPE_API_KEY; see docs/encoders.md\n"
        "  a+b              one beside the other: surface+vectors:FILE\n"
        "\n"
        "examples\n"
        "  microscope encode s.jsonl.gz --out s.features.safetensors\n"
        "  microscope encode s.jsonl.gz --out s.features.safetensors --dtype f16\n"
        "  microscope encode s.jsonl.gz --encoder surface+vectors:glove.6B.50d.txt.gz \\\n"
        "      --sif 0.001 --remove-component --out s.features.safetensors",
    .fields = encode_fields,
    .args_size = sizeof(struct encode_args),
    .run = run_encode,
};
