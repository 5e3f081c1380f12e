#include "command/cmd_route.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/subject.h"
#include "command/watch.h"
#include "core/contexts.h"
#include "encode/encoder.h"
#include "session/opening.h"
#include "session/reading.h"
#include "session/route.h"

enum { NEAREST_MOST = 1000 };

struct route_args {
    const char *features, *model, *prompt, *context, *corpus;
    size_t nearest;
};

static const struct field route_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct route_args, features),
     .help = "features made by encode, whose encoder reads the text; or a corpus, which "
             "the encoder named in the model reads"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct route_args, model),
     .help = "model made by train or adapt"},
    {.name = "prompt",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct route_args, prompt),
     .help = "text of the prompt, in quotes"},
    {.name = "context",
     .type = FIELD_TEXT,
     FIELD_AT(struct route_args, context),
     .initial = "",
     .help = "text of a context to put beside it"},
    {.name = "nearest",
     .type = FIELD_COUNT,
     FIELD_AT(struct route_args, nearest),
     .min = 0,
     .max = NEAREST_MOST,
     .initial = "5",
     .help = "known contexts to list, nearest first"},
    {.name = "corpus",
     .type = FIELD_PATH,
     .held = HELD_CORPUS,
     FIELD_AT(struct route_args, corpus),
     .initial = "",
     .help = "corpus of the features, to show these contexts' texts"},
    {0},
};

static void add_weights(struct report *report, const struct route *route)
{
    struct table *table = report_table(report, "weights", "weights of the router");
    size_t top = 0;
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "weight", COLUMN_SHARE, 4, NULL);
    if (route->has_context) {
        table_title(table, "prompt alone");
        table_column(table, "weight_with_context", COLUMN_SHARE, 4, NULL);
        table_title(table, "with context");
        table_column(table, "difference", COLUMN_REAL, 4, NULL);
    }
    for (size_t k = 1; k < route->n_heads; k++)
        top = route->with.weights[k] > route->with.weights[top] ? k : top;
    for (size_t k = 0; k < route->n_heads; k++) {
        double without = (double)route->without.weights[k];
        double with = (double)route->with.weights[k];
        char name[32];
        snprintf(name, sizeof name, "h%zu", k + 1);
        table_row(table);
        table_text(table, name);
        table_number(table, without);
        if (route->has_context) {
            table_number(table, with);
            table_number(table, with - without);
        }
        if (k == top)
            table_mark(table, "largest");
    }
}

/* The text of a pair's context; NULL: it has none. */
static const char *context_of(const struct corpus *corpus, uint32_t pair)
{
    int32_t passage = pair < corpus->n_pairs ? corpus->pairs[pair].context : -1;
    return passage < 0 ? NULL : corpus->contexts.items[passage].plain;
}

static void add_nearest(struct report *report, const struct features *features,
                        const struct corpus *corpus, const struct near_context *near,
                        size_t n)
{
    struct table *table =
        report_table(report, "nearest", "known contexts nearest to this one");
    table_column(table, "context", corpus ? COLUMN_TEXT : COLUMN_COUNT, 0, NULL);
    if (!corpus)
        table_title(table, "context row");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "cosine", COLUMN_REAL, 3, NULL);
    for (size_t i = 0; i < n; i++) {
        int32_t a = near[i].attribute;
        table_row(table);
        if (corpus)
            table_text(table, context_of(corpus, near[i].pair));
        else
            table_number(table, (double)near[i].row);
        table_text(table, a < 0 ? NULL : features->attributes[a]);
        table_number(table, (double)near[i].n_pairs);
        table_number(table, near[i].cosine);
    }
}

static enum status find_nearest(struct call *call, const struct features *features,
                                const struct route *route, const struct corpus *corpus,
                                struct error *err)
{
    const struct route_args *args = call->args;
    struct contexts *contexts = contexts_create(features, err);
    if (!contexts)
        return err->status;
    struct near_context *near = mem_zero((args->nearest + 1) * sizeof *near);
    size_t n = contexts_nearest(contexts, route->part, args->nearest, near);
    report_count(call->report, "known_contexts", contexts_count(contexts), NULL);
    if (n)
        add_nearest(call->report, features, corpus, near, n);
    else if (contexts_count(contexts) && args->nearest)
        report_note(call->report,
                    "The encoder finds nothing in this context that it knows: it changes "
                    "no feature, and so no weight.");
    free(near);
    contexts_free(contexts);
    return STATUS_OK;
}

static enum status route_on(struct call *call, const struct features *features,
                            const struct model *model, const struct corpus *corpus,
                            struct error *err)
{
    const struct route_args *args = call->args;
    const struct encoder_watch watch = {.cancel = call->cancel};
    struct route *route = route_create(features, model, &watch, err);
    if (!route) {
        error_prefix(err, "'%s'", args->features);
        return err->status;
    }
    struct typed_text prompt = {args->prompt, strlen(args->prompt)}, context = {0};
    if (args->context)
        context = (struct typed_text){args->context, strlen(args->context)};
    enum status status = route_text(route, prompt, context, err);
    if (!status) {
        report_real(call->report, "entropy", route->without.entropy, 4, "nats");
        report_real(call->report, "entropy_with_context",
                    route->has_context ? route->with.entropy : (double)NAN, 4, "nats");
        report_real(call->report, "entropy_most", log((double)route->n_heads), 4, "nats");
        add_weights(call->report, route);
        if (route->has_context && args->nearest)
            status = find_nearest(call, features, route, corpus, err);
    }
    route_free(route);
    return status;
}

/* ---- by a corpus ---- */

static bool is_corpus(const struct call *call)
{
    const struct route_args *args = call->args;
    enum held_kind kind = HELD_FEATURES;
    struct error unread; /* whoever opens the file says what is wrong with it */
    return args->features != given_name(call->given, HELD_FEATURES) &&
           !opening_kind(args->features, &kind, &unread) && kind == HELD_CORPUS;
}

/* The corpus in place of features, encoded as the model's own were. */
static enum status route_read(struct call *call, const struct held_model *held,
                              const struct corpus *corpus, struct error *err)
{
    const struct route_args *args = call->args;
    struct reading reading;
    bool wants_contexts = args->context && args->nearest;
    enum status status =
        reading_open(&reading, corpus, held->metadata, wants_contexts, call->cancel, err);
    if (status)
        return status == STATUS_CANCELLED ? status : error_prefix(err, "'%s'", args->model);
    status = route_on(call, &reading.features, &held->model, corpus, err);
    reading_done(&reading);
    return status;
}

static enum status route_by_corpus(struct call *call, struct error *err)
{
    const struct route_args *args = call->args;
    struct corpus corpus = {0};
    struct corpus_watch watch = watch_corpus(call);
    if (args->corpus && args->corpus != given_name(call->given, HELD_CORPUS))
        return error_set(err, STATUS_USAGE,
                         "'%s' is a corpus itself and has no use for --corpus",
                         args->features);
    struct held_model *held = args->model == given_name(call->given, HELD_MODEL)
                                  ? held_model_ref(call->given->model)
                                  : held_model_open(args->model, err);
    if (!held)
        return err->status;
    progress_begin(call->progress, "reading", "bytes");
    enum status status = corpus_read(&corpus, args->features, &watch, err);
    progress_end(call->progress);
    if (!status)
        status = route_read(call, held, &corpus, err);
    corpus_done(&corpus);
    held_model_unref(held);
    return status;
}

static enum status run_route(struct call *call, struct error *err)
{
    const struct route_args *args = call->args;
    struct subject subject;
    struct held_corpus *corpus = NULL;
    if (is_corpus(call))
        return route_by_corpus(call, err);
    enum status status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    if (args->corpus) {
        corpus = subject_corpus(&subject, call, args->corpus, err);
        status = corpus ? STATUS_OK : err->status;
    }
    if (!status)
        status = route_on(call, &subject.features, &subject.model,
                          corpus ? &corpus->corpus : NULL, err);
    held_corpus_unref(corpus);
    subject_done(&subject);
    return status;
}

const struct command cmd_route = {
    .name = "route",
    .group = "model",
    .help = "the router's weights for any text, with a context or not",
    .more =
        "The text is encoded by the encoder of the features, with their statistics; when\n"
        "a corpus is given (a name that ends in .jsonl, .json or .gz), by the encoder\n"
        "that the model's file names with its settings. It must be UTF-8; control\n"
        "characters count as spaces. How near a known context is, is the cosine of what\n"
        "the two do to the router's input.\n"
        "\n"
        "examples\n"
        "  microscope route s.features.safetensors s.model.safetensors \"Plan a trip\"\n"
        "  microscope route s.features.safetensors s.model.safetensors \"Plan a trip\" \\\n"
        "      --context \"keep it short and factual\" --corpus s.jsonl.gz\n"
        "  microscope route s.jsonl.gz s.model.safetensors \"Plan a trip\"",
    .fields = route_fields,
    .args_size = sizeof(struct route_args),
    .run = run_route,
};
