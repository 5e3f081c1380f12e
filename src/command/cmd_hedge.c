#include "command/cmd_hedge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/hedge_report.h"
#include "command/subject.h"
#include "command/watch.h"
#include "core/offer.h"
#include "session/labelling.h"
#include "session/routed.h"

struct hedge_args {
    const char *features, *model, *attribute, *context, *corpus;
    size_t pairs, pool, compare_orders;
    double tau, share, strength;
    int rule, order;
};

static const char *const online_rules[] = {"hedge", "em", NULL}; /* by enum weigh_rule */

static const struct field hedge_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct hedge_args, features),
     .help = "features of the pairs"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct hedge_args, model),
     .help = "model made by train, or a released checkpoint"},
    {.name = "attribute",
     .type = FIELD_TEXT,
     .letter = 'a',
     FIELD_AT(struct hedge_args, attribute),
     .initial = "",
     .value = "NAME",
     .help = "adapt to training pairs of this attribute; --compare-orders: only to it"},
    {.name = "context",
     .type = FIELD_TEXT,
     .letter = 'c',
     FIELD_AT(struct hedge_args, context),
     .initial = "",
     .help = "what to route on beside each prompt: the prior"},
    {.name = "corpus",
     .type = FIELD_PATH,
     .held = HELD_CORPUS,
     FIELD_AT(struct hedge_args, corpus),
     .initial = "",
     .help = "corpus of the features: its prompts' texts, where --context wants them"},
    {.name = "pairs",
     .type = FIELD_COUNT,
     FIELD_AT(struct hedge_args, pairs),
     .min = 0,
     .max = 100000,
     .initial = "16",
     .help = "labels to take, one by one"},
    {.name = "tau",
     .type = FIELD_REAL,
     FIELD_AT(struct hedge_args, tau),
     .min = HEDGE_TAU_MIN,
     .max = HEDGE_TAU_MAX,
     .initial = "1",
     .help = "divides the losses: smaller follows the best head sooner; hedge only"},
    {.name = "share",
     .type = FIELD_REAL,
     FIELD_AT(struct hedge_args, share),
     .min = 0,
     .max = 1,
     .initial = "0",
     .help = "weight put back to the prior after each label; hedge only"},
    {.name = "strength",
     .type = FIELD_REAL,
     FIELD_AT(struct hedge_args, strength),
     .min = 1e-6,
     .max = 1e6,
     .initial = "1",
     .help = "strength of the prior; em only"},
    {.name = "rule",
     .type = FIELD_CHOICE,
     FIELD_AT(struct hedge_args, rule),
     .choices = online_rules,
     .initial = "hedge",
     .help = "hedge bets on one head, em mixes several"},
    {.name = "order",
     .type = FIELD_CHOICE,
     FIELD_AT(struct hedge_args, order),
     .choices = offer_order_names,
     .initial = "file",
     .help = "which pair is labelled next"},
    {.name = "pool",
     .type = FIELD_COUNT,
     FIELD_AT(struct hedge_args, pool),
     .min = 0,
     .max = 1000000000,
     .initial = "0",
     .help = "pairs to choose from, drawn by seed; 0: all"},
    {.name = "compare-orders",
     .type = FIELD_COUNT,
     FIELD_AT(struct hedge_args, compare_orders),
     .min = 0,
     .max = 10000,
     .initial = "0",
     .value = "SEEDS",
     .help = "compare the three orders over so many seeds and all attributes"},
    {0},
};

/* ---- one course ---- */

static struct hedge_settings settings_of(const struct hedge_args *args)
{
    return (struct hedge_settings){.rule = (enum weigh_rule)args->rule,
                                   .tau = args->tau,
                                   .share = args->share,
                                   .strength = args->strength};
}

/* Labels pairs until there are enough; notes which. */
static enum status label_pairs(const struct call *call, const struct labelling *labelling,
                               struct hedge *hedge, size_t *pairs, struct error *err)
{
    const struct hedge_args *args = call->args;
    const struct labelled_set *train = &labelling->train;
    size_t K = labelling->n_heads, pair;
    struct offer_pairs from = {train->n, K, train->predictions.margin, train->log_prior};
    struct offer *offer =
        offer_create(&from, (enum offer_order)args->order, args->pool, call->seed);
    enum status status = STATUS_OK;
    while (hedge_steps(hedge) < args->pairs && !status && offer_next(offer, hedge, &pair)) {
        if (cancel_asked(call->cancel)) {
            status = error_set(err, STATUS_CANCELLED, "stopped after %zu labels",
                               hedge_steps(hedge));
            break;
        }
        pairs[hedge_steps(hedge)] = train->pairs[pair];
        status = hedge_update(hedge, train->log_prior + pair * K,
                              train->predictions.margin + pair * K, err);
    }
    offer_free(offer);
    return status;
}

static void report_course(struct call *call, const struct labelling *labelling,
                          const struct hedge *hedge, const size_t *pairs,
                          struct labelling_score before)
{
    const struct hedge_args *args = call->args;
    size_t n = hedge_steps(hedge), right = 0;
    for (size_t i = 0; i < n; i++)
        right += hedge_step(hedge, i).lead > 0;
    report_text(call->report, "attribute", args->attribute);
    report_text(call->report, "context", args->context);
    report_text(call->report, "rule", online_rules[args->rule]);
    report_text(call->report, "order", offer_order_names[args->order]);
    report_count(call->report, "labels", n, NULL);
    report_count(call->report, "test_pairs", labelling->test.n, NULL);
    report_real(call->report, "prequential_accuracy",
                n ? (double)right / (double)n : (double)NAN, 3, NULL);
    if (n) {
        struct hedge_step last = hedge_step(hedge, n - 1);
        report_real(call->report, "regret", last.regret, 3, "nats");
        report_real(call->report, "bound", last.bound, 3, "nats");
    }
    if (n < args->pairs)
        report_note(call->report, "There are only %zu pairs to label; all were used.", n);
    hedge_report_steps(call->report, hedge, pairs, labelling->n_heads, call->mode);
    hedge_report_scores(call->report, labelling, before, labelling_score(labelling, hedge));
}

static enum status run_course(struct call *call, const struct features *features,
                              const struct model *model, const char *context,
                              struct error *err)
{
    const struct hedge_args *args = call->args;
    const struct encoder_watch watch = {.cancel = call->cancel};
    struct labelling labelling = {0};
    int attribute = -1;
    enum status status = subject_find_attribute(features, args->attribute, &attribute, err);
    if (!status)
        status =
            labelling_open(&labelling, features, model, attribute, context, &watch, err);
    if (status)
        return status;
    struct hedge_settings settings = settings_of(args);
    settings.n_heads = labelling.n_heads;
    settings.log_prior = labelling.mean_log_prior;
    struct hedge *hedge = hedge_create(&settings, err);
    size_t *pairs = mem_alloc((args->pairs + 1) * sizeof *pairs);
    status = hedge ? STATUS_OK : err->status;
    if (!status) {
        struct labelling_score before = labelling_score(&labelling, hedge);
        status = label_pairs(call, &labelling, hedge, pairs, err);
        if (!status)
            report_course(call, &labelling, hedge, pairs, before);
    }
    free(pairs);
    hedge_free(hedge);
    labelling_done(&labelling);
    return status;
}

/* ---- orders compared ---- */

enum { N_ORDERS = OFFER_INFORMATIVE + 1 };

/* Sums over courses: [order, labels]. */
struct comparison {
    size_t most, n_courses, n_attributes;
    double *accuracy, *loss;
    struct labelling_score *scores; /* [most + 1] of one course */
};

static enum status compare_on(struct call *call, const struct labelling *labelling,
                              struct comparison *comparison, struct error *err)
{
    const struct hedge_args *args = call->args;
    size_t width = comparison->most + 1, seeds = args->compare_orders;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < seeds * N_ORDERS && !status; c++) {
        size_t order = c % N_ORDERS;
        struct labelling_course course = {.settings = settings_of(args),
                                          .order = (enum offer_order)order,
                                          .most = comparison->most,
                                          .pool = args->pool,
                                          .seed = call->seed + c / N_ORDERS,
                                          .cancel = call->cancel};
        status = labelling_run(labelling, &course, comparison->scores, err);
        for (size_t i = 0; i < width && !status; i++) {
            comparison->accuracy[order * width + i] +=
                (double)comparison->scores[i].right / (double)labelling->test.n;
            comparison->loss[order * width + i] += comparison->scores[i].loss;
        }
    }
    comparison->n_attributes++;
    comparison->n_courses += seeds;
    return status;
}

static enum status compare_attributes(struct call *call, const struct features *features,
                                      const struct model *model, const char *context,
                                      struct comparison *comparison, struct error *err)
{
    const struct hedge_args *args = call->args;
    const struct encoder_watch watch = {.cancel = call->cancel};
    int first = 0, end = (int)features->n_attributes;
    enum status status = STATUS_OK;
    if (args->attribute || !end) {
        status = subject_find_attribute(features, args->attribute, &first, err);
        end = first + 1;
    }
    progress_begin(call->progress, "comparing orders", "attributes");
    for (int a = first; a < end && !status; a++) {
        struct labelling labelling;
        bool is_there = features_select(features, SPLIT_TRAIN, a, NULL) &&
                        features_select(features, SPLIT_TEST, a, NULL);
        if (!is_there && !args->attribute)
            continue; /* of several attributes those that have pairs */
        status = labelling_open(&labelling, features, model, a, context, &watch, err);
        if (status)
            break;
        status = compare_on(call, &labelling, comparison, err);
        labelling_done(&labelling);
        progress_update(call->progress, a - first + 1, end - first);
    }
    progress_end(call->progress);
    if (!status && !comparison->n_courses)
        status = error_set(err, STATUS_SHAPE,
                           "no attribute has pairs in both the train and the test split");
    return status;
}

static enum status run_comparison(struct call *call, const struct features *features,
                                  const struct model *model, const char *context,
                                  struct error *err)
{
    const struct hedge_args *args = call->args;
    size_t cells = N_ORDERS * (args->pairs + 1);
    struct comparison comparison = {
        .most = args->pairs,
        .accuracy = mem_zero(cells * sizeof *comparison.accuracy),
        .loss = mem_zero(cells * sizeof *comparison.loss),
        .scores = mem_zero((args->pairs + 1) * sizeof *comparison.scores)};
    enum status status =
        compare_attributes(call, features, model, context, &comparison, err);
    if (!status) {
        for (size_t i = 0; i < cells; i++) {
            comparison.accuracy[i] /= (double)comparison.n_courses;
            comparison.loss[i] /= (double)comparison.n_courses;
        }
        report_text(call->report, "rule", online_rules[args->rule]);
        report_text(call->report, "context", args->context);
        report_count(call->report, "attributes", comparison.n_attributes, NULL);
        report_count(call->report, "seeds", args->compare_orders, NULL);
        hedge_report_orders(call->report, comparison.accuracy, comparison.loss,
                            args->pairs);
    }
    free(comparison.accuracy);
    free(comparison.loss);
    free(comparison.scores);
    return status;
}

/* ---- the command ---- */

/* context: to be added to the prompts; NULL: none, or they carry it. */
static enum status run_on(struct call *call, const struct features *features,
                          const struct model *model, const char *context, struct error *err)
{
    const struct hedge_args *args = call->args;
    return args->compare_orders ? run_comparison(call, features, model, context, err)
                                : run_course(call, features, model, context, err);
}

/* An encoder that has to read prompt and context together is given the texts of the corpus; what follows
 * then meets prompts that carry the context. */
static enum status run_by_texts(struct call *call, const struct subject *subject,
                                struct error *err)
{
    const struct hedge_args *args = call->args;
    const struct typed_text context = {args->context, strlen(args->context)};
    const struct encoder_watch watch = {
        .progress = watch_real, .self = call->progress, .cancel = call->cancel};
    struct routed routed;
    int attribute = -1;
    struct held_corpus *held = subject_corpus(subject, call, args->corpus, err);
    enum status status = held ? STATUS_OK : err->status;
    if (!status && args->attribute)
        status =
            subject_find_attribute(&subject->features, args->attribute, &attribute, err);
    progress_begin(call->progress, "encoding", "texts");
    if (!status)
        status = routed_open(&routed, &subject->features, &held->corpus, attribute, context,
                             &watch, err);
    progress_end(call->progress);
    held_corpus_unref(held);
    if (status)
        return status;
    status = run_on(call, &routed.features, &subject->model, NULL, err);
    routed_done(&routed);
    return status;
}

static enum status run_hedge(struct call *call, struct error *err)
{
    const struct hedge_args *args = call->args;
    struct subject subject;
    enum status status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    bool by_texts = args->context && args->corpus && shape_inputs(&subject.model.shape) &&
                    routed_wants_texts(&subject.features);
    status = by_texts ? run_by_texts(call, &subject, err)
                      : run_on(call, &subject.features, &subject.model, args->context, err);
    if (status == STATUS_SHAPE || status == STATUS_NUMERIC || status == STATUS_NOT_FOUND ||
        status == STATUS_FORMAT)
        error_prefix(err, "'%s'", args->features);
    subject_done(&subject);
    return status;
}

const struct command cmd_hedge = {
    .name = "hedge",
    .group = "model",
    .help = "watch the weights of the heads follow labelled pairs",
    .more =
        "Labels training pairs of one attribute, one by one, and shows what the mixture\n"
        "thought of each before it saw the label. --context is encoded as the features\n"
        "were and decides, with each pair's prompt, the router's weights to start from.\n"
        "The heads stay as they are. In the end the test pairs are decided. An encoder\n"
        "that runs elsewhere reads context and prompt together and wants --corpus.\n"
        "\n"
        "examples\n"
        "  microscope hedge s.features.safetensors s.model.safetensors \\\n"
        "    --attribute clarity --context \"keep it short and factual\" --pairs 16\n"
        "  microscope hedge s.features.safetensors s.model.safetensors \\\n"
        "    --compare-orders 20 --pool 128",
    .fields = hedge_fields,
    .args_size = sizeof(struct hedge_args),
    .run = run_hedge,
};
