#include "command/cmd_head.h"

#include <stdlib.h>

#include "base/memory.h"
#include "command/head_report.h"
#include "command/subject.h"
#include "command/watch.h"
#include "corpus/corpus.h"
#include "session/origin.h"

struct head_args {
    const char *model, *features, *corpus;
    size_t head, top, pairs, resamples;
    int split;
};

static const struct field head_fields[] = {
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
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
     .held = HELD_FEATURES,
     FIELD_AT(struct head_args, features),
     .help = "features of the pairs"},
    {.name = "corpus",
     .type = FIELD_PATH,
     .held = HELD_CORPUS,
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

static enum status look_at(struct call *call, const struct subject *subject,
                           const struct corpus *corpus, const struct workers *workers,
                           struct error *err)
{
    const struct head_args *args = call->args;
    const struct features *features = &subject->features;
    struct evaluate_options options = {.split = (enum split)args->split,
                                       .rule = RULE_PROBABILITY,
                                       .resamples = args->resamples,
                                       .seed = call->seed,
                                       .workers = *workers};
    enum status status = subject_check_split(features, options.split, err);
    if (status)
        return status;
    size_t n = features_select(features, options.split, -1, NULL);
    uint32_t *pairs = mem_alloc(n * sizeof *pairs);
    features_select(features, options.split, -1, pairs);
    struct head_look look = {.features = features,
                             .model = &subject->model,
                             .corpus = corpus,
                             .split = options.split,
                             .k = args->head - 1,
                             .top = args->top,
                             .pairs = args->pairs};
    status = predictions_make(
        &look.predictions, features, &subject->model, pairs, n,
        (struct predict_options){options.rule, options.routing, *workers}, err);
    if (!status) {
        evaluate_predictions(features, &look.predictions, &options, &look.evaluation);
        status = cancel_asked(call->cancel)
                     ? error_set(err, STATUS_CANCELLED, "it was stopped in the bootstrap")
                     : head_report(&look, call, err);
        evaluation_done(&look.evaluation);
        predictions_done(&look.predictions);
    }
    free(pairs);
    return status;
}

static enum status run_head(struct call *call, struct error *err)
{
    const struct head_args *args = call->args;
    struct subject subject;
    struct held_corpus *corpus = NULL;
    enum status status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    if (args->head > subject.model.shape.n_heads)
        status = error_set(err, STATUS_USAGE, "'%s' has %zu heads and no head %zu",
                           args->model, subject.model.shape.n_heads, args->head);
    else if (args->corpus) {
        corpus = subject_corpus(&subject, call, args->corpus, err);
        status = corpus ? STATUS_OK : err->status;
    }
    if (!status) {
        struct workers workers = {team_create(call->threads), call->cancel};
        status = look_at(call, &subject, corpus ? &corpus->corpus : NULL, &workers, err);
        team_free(workers.team);
        if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
            error_prefix(err, "'%s'", args->features);
    }
    held_corpus_unref(corpus);
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
