#include "command/cmd_demo.h"

#include <string.h>

#include "base/clock.h"
#include "command/call.h"
#include "command/census_report.h"
#include "command/evaluation_report.h"
#include "command/shipped.h"
#include "command/split_fields.h"
#include "command/training_report.h"
#include "command/watch.h"
#include "core/linalg.h"
#include "corpus/split.h"
#include "corpus/synth.h"
#include "io/json.h"
#include "session/encoding.h"
#include "session/training.h"

/* ---- synth ---- */

struct synth_args {
    const char *out;
    size_t prompts;
    double noise, test, holdout;
};

static const struct field synth_fields[] = {
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct synth_args, out),
     .help = "corpus to write; .gz compresses, - is standard output"},
    {.name = "prompts",
     .type = FIELD_COUNT,
     FIELD_AT(struct synth_args, prompts),
     .min = 1,
     .max = 288000,
     .initial = "640",
     .help = "prompts; there are about ten pairs of each"},
    {.name = "noise",
     .type = FIELD_REAL,
     FIELD_AT(struct synth_args, noise),
     .min = 0.001,
     .max = 1000,
     .initial = "1",
     .help = "how undecided the annotators are; smaller: surer"},
    SPLIT_FIELDS(struct synth_args),
    {0},
};

static enum status run_synth(struct call *call, struct error *err)
{
    const struct synth_args *args = call->args;
    struct synth_options options = {.prompts = args->prompts,
                                    .seed = call->seed,
                                    .noise = args->noise,
                                    .test = args->test,
                                    .holdout = args->holdout};
    struct corpus corpus = {0};
    enum status status = synth_population(&corpus, &options, err);
    if (status)
        return status;
    struct corpus_watch watch = watch_corpus(call);
    progress_begin(call->progress, "writing", "pairs");
    status = corpus_write(&corpus, args->out, &watch, err);
    progress_end(call->progress);
    struct census census;
    if (!status)
        status = census_take(&census, &corpus, err);
    if (!status) {
        if (strcmp(args->out, "-") == 0)
            report_yield_output(call->report);
        census_report(&census, &corpus, call->report);
        census_done(&census);
    }
    corpus_done(&corpus);
    return status;
}

const struct command cmd_synth = {
    .name = "synth",
    .group = "data",
    .help = "make the demo population: attributes in conflict",
    .more =
        "Topics and requests, answers in several styles, annotators of latent groups who\n"
        "value opposed attributes, and contexts in many wordings, some of which are kept\n"
        "for the test. The same options give the same bytes.\n"
        "\n"
        "example\n"
        "  microscope synth --prompts 2000 --seed 7 --out population.jsonl.gz",
    .fields = synth_fields,
    .args_size = sizeof(struct synth_args),
    .run = run_synth,
};

/* ---- demo ---- */

struct demo_args {
    size_t heads, restarts;
};

static const struct field demo_fields[] = {
    {.name = "heads",
     .type = FIELD_COUNT,
     FIELD_AT(struct demo_args, heads),
     .min = 1,
     .max = MODEL_HEADS_MAX,
     .initial = "10",
     .help = "heads in the mixture"},
    {.name = "restarts",
     .type = FIELD_COUNT,
     FIELD_AT(struct demo_args, restarts),
     .min = 1,
     .max = 256,
     .initial = TRAINING_TEXT(TRAINING_RESTARTS),
     .help = "runs side by side; the best on the hold-out wins"},
    {0},
};

static void describe_corpus(struct report *report, const struct corpus *corpus,
                            const struct census *census)
{
    report_note(
        report,
        "1. The data. %zu pairs: two answers to a prompt, one of which an annotator "
        "preferred. Annotators judged by %zu attributes, such as '%s' and '%s', which "
        "often disagree: of two answers judged by two attributes, %.0f %% of the time "
        "one attribute prefers what the other rejects. The attribute is not shown to "
        "the training.",
        census->n_pairs, census->n_attributes, corpus->attributes.items[0].plain,
        corpus->attributes.items[corpus->attributes.n - 1].plain,
        100 * census_conflict_rate(census));
}

static void describe_features(struct report *report, const struct encoding *encoding,
                              double seconds)
{
    const struct features *features = &encoding->features;
    report_note(report,
                "2. The features. The built-in encoder turned %zu texts (%.1f MB) into %zu "
                "numbers a prompt and %zu named ones a response, in %.2f s.",
                encoding->n_texts, (double)encoding->n_bytes / 1e6,
                features->prompt.n_columns, features->chosen.n_columns, seconds);
}

static void describe_training(struct report *report, const struct training *training,
                              size_t heads)
{
    report_note(
        report,
        "3. The training. %zu mixtures of %zu reward heads, each with a router that "
        "weighs the heads by the prompt, and one single head to compare with, all side "
        "by side on %zu pairs. The mixture with the best likelihood on %zu held-out "
        "pairs is kept.",
        training_restarts(training), heads, training_pairs(training),
        training_holdout(training));
}

static enum status demo_evaluate(struct call *call, const struct features *features,
                                 const struct training *training, struct error *err)
{
    struct model model;
    struct json *metadata = NULL;
    enum status status = training_result(training, &model, &metadata, err);
    if (status)
        return status;
    struct evaluate_options options = {.split = SPLIT_TEST,
                                       .rule = RULE_PROBABILITY,
                                       .resamples = 1000,
                                       .seed = call->seed,
                                       .workers = {.cancel = call->cancel}};
    struct evaluation evaluation;
    status = evaluate(features, &model, &options, &evaluation, err);
    if (!status) {
        report_note(
            call->report,
            "4. The result, on %zu pairs of prompts that were in neither. A cell of the "
            "table is the share of an attribute's pairs that a head decides as the "
            "annotator did: 0.5 is a coin, near 1 a head that has specialised in the "
            "attribute, near 0 one that wants its opposite. The router's weight is what "
            "the router gives the head on average.",
            evaluation.n_pairs);
        evaluation_report(&evaluation, call->report, call->mode);
        evaluation_done(&evaluation);
    }
    model_done(&model);
    json_free(metadata);
    return status;
}

static enum status demo_train(struct call *call, const struct features *features,
                              struct error *err)
{
    const struct demo_args *args = call->args;
    struct training_options options = training_defaults();
    options.router = args->heads == 1 ? ROUTER_NONE : ROUTER_MLP;
    options.n_heads = args->heads;
    options.restarts = args->restarts;
    options.recipe.seed = call->seed;
    struct team *team = team_create(training_threads(features, &options, call->threads));
    struct training *training = training_create(features, &options, team, err);
    double seconds = 0;
    enum status status =
        training ? training_run(training, call, &seconds, err) : err->status;
    if (!status) {
        describe_training(call->report, training, args->heads);
        training_report(training, call->report, seconds);
        status = demo_evaluate(call, features, training, err);
    }
    training_free(training);
    team_free(team);
    return status;
}

static enum status demo_on(struct call *call, const struct corpus *corpus,
                           struct error *err)
{
    struct census census;
    enum status status = census_take(&census, corpus, err);
    if (status)
        return status;
    describe_corpus(call->report, corpus, &census);
    census_done(&census);
    struct encoding_options options = {.encoder = "surface",
                                       .progress = watch_real,
                                       .self = call->progress,
                                       .cancel = call->cancel};
    struct encoding encoding;
    double began = clock_seconds();
    progress_begin(call->progress, "encoding", "texts");
    status = encoding_make(&encoding, corpus, &options, err);
    progress_end(call->progress);
    if (status)
        return status;
    describe_features(call->report, &encoding, clock_seconds() - began);
    status = demo_train(call, &encoding.features, err);
    encoding_done(&encoding);
    return status;
}

static enum status run_demo(struct call *call, struct error *err)
{
    struct text path = {0};
    struct corpus corpus = {0};
    struct corpus_watch watch = watch_corpus(call);
    linalg_init();
    enum status status = shipped_find("demo.jsonl.gz", &path, err);
    if (!status)
        status = corpus_read(&corpus, path.bytes, &watch, err);
    if (!status) {
        status = demo_on(call, &corpus, err);
        report_note(call->report,
                    "The same on your own data: microscope import, encode, train, eval; "
                    "'microscope help' explains them.");
        corpus_done(&corpus);
    }
    text_done(&path);
    return status;
}

const struct command cmd_demo = {
    .name = "demo",
    .group = "model",
    .help = "the whole job on the shipped demo population",
    .more =
        "Reads the shipped corpus, encodes it, trains a mixture and evaluates it. On a\n"
        "terminal and without options, it opens the workbench on the shipped model.\n"
        "\n"
        "examples\n"
        "  microscope demo\n"
        "  microscope demo --heads 4 --seed 2",
    .fields = demo_fields,
    .args_size = sizeof(struct demo_args),
    .run = run_demo,
};
