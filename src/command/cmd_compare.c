#include "command/cmd_compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "command/again.h"
#include "command/compare_report.h"
#include "command/subject.h"
#include "core/armo.h"
#include "core/linalg.h"
#include "io/json.h"
#include "session/comparing.h"
#include "session/training.h"

#define ARGS struct compare_args
#include "command/field_rows.h"

struct compare_args {
    const char *features, *model, *test, *methods, *verbosity;
    size_t runs, budget, heads, hidden, restarts, epochs, batch, patience, components,
        resamples;
    double alpha, tau, learning_rate, holdout, temperature;
    int reference, labels, by, units, ensemble, hyre;
    bool standardise;
};

static const char *const label_choices[] = {"train", "test", NULL};
static const char *const by_choices[] = {"attribute", "user", NULL};
static const char *const unit_choices[] = {"auto", "attribute", "user", "context", NULL};

static const struct field compare_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct compare_args, features),
     .help = "features of the pairs to train on"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     .initial = "",
     FIELD_AT(struct compare_args, model),
     .help = "a mixture to take in place of those that are trained for micro"},
    {.name = "methods",
     .type = FIELD_TEXT,
     .initial = "all",
     .value = "LIST",
     FIELD_AT(struct compare_args, methods),
     .help = "methods, joined by commas; the reference takes part in any case"},
    {.name = "reference",
     .type = FIELD_CHOICE,
     .choices = method_names,
     .initial = "single",
     .value = "METHOD",
     FIELD_AT(struct compare_args, reference),
     .help = "method that differences are taken to"},
    {.name = "test",
     .type = FIELD_PATH,
     .initial = "",
     FIELD_AT(struct compare_args, test),
     .help = "other features, whose pairs are labelled and scored"},
    COUNT("runs", runs, 1, 1000, "5", "runs, each with its own labelled pairs and starts"),
    COUNT("budget", budget, 0, 1000000000, "50", "labelled pairs of each group"),
    CHOICE("labels", labels, label_choices, "train",
           "split that they come from; those of test are not scored"),
    CHOICE("by", by, by_choices, "attribute",
           "groups: what is adapted to, and averaged over"),
    CHOICE(
        "units", units, unit_choices, "auto",
        "what training pairs belong together by; auto: users, else contexts, attributes"),
    COUNT("heads", heads, 2, MODEL_HEADS_MAX, "10", "heads of mixtures and ensembles"),
    COUNT("hidden", hidden, 1, MODEL_HIDDEN_MAX, TRAINING_TEXT(TRAINING_HIDDEN),
          "hidden units of the router"),
    COUNT("restarts", restarts, 1, 1000, TRAINING_TEXT(TRAINING_RESTARTS),
          "starts of a mixture; the best on hold-out wins"),
    REAL("alpha", alpha, 1000, TRAINING_TEXT(TRAINING_ALPHA), "weight of the entropy term"),
    REAL("tau", tau, HUGE_VAL, "0.001", "above 0; of the adapted router"),
    TRAINING_PACE,
    COUNT("patience", patience, 0, 100000, TRAINING_TEXT(TRAINING_PATIENCE),
          "epochs without gain of any model before training stops; 0: never"),
    TRAINING_SHARE_HELD_OUT,
    CHOICE("ensemble", ensemble, ensemble_kind_names, "plain",
           "how the heads of shared-base and hyre come to differ"),
    CHOICE("hyre", hyre, hyre_loss_names, "sum",
           "losses of labelled pairs in hyre's weights"),
    {.name = "standardise",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct compare_args, standardise),
     .help =
         "divide margins by their head's deviation in hyre and micro-hyre, as drm does"},
    REAL("temperature", temperature, 1e9, "1", "above 0; of hyre, micro-hyre and drm"),
    COUNT("components", components, 1, 1000, "50", "principal components of drm"),
    {.name = "verbosity",
     .type = FIELD_TEXT,
     .initial = "auto",
     .value = "NAME",
     FIELD_AT(struct compare_args, verbosity),
     .help = "attribute that armo-linear takes out of the others; none: it takes out none"},
    COUNT("resamples", resamples, 0, 100000, "1000",
          "of the bootstrap over prompts; 0: none"),
    {0},
};

/* ---- reading the arguments ---- */

static enum status choose(const char *name, bool *chosen, struct error *err)
{
    for (size_t m = 0; m < METHOD_COUNT; m++)
        if (strcmp(name, method_names[m]) == 0) {
            chosen[m] = true;
            return STATUS_OK;
        }
    char shown[80];
    const char *nearest = words_nearest(name, method_names, METHOD_COUNT);
    text_show(shown, sizeof shown, name);
    if (nearest)
        return error_set(err, STATUS_USAGE, "--methods: there is no '%s'; is it '%s'?",
                         shown, nearest);
    return error_set(err, STATUS_USAGE,
                     "--methods: there is no '%s'; 'compare --help' lists them", shown);
}

static enum status read_methods(const char *list, bool *chosen, struct error *err)
{
    enum status status = STATUS_OK;
    bool all = strcmp(list, "all") == 0;
    for (size_t m = 0; m < METHOD_COUNT; m++)
        chosen[m] = all;
    for (bool more = !all; more && !status;) {
        size_t length = strcspn(list, ",");
        char *word = mem_copy(list, length);
        status = choose(word, chosen, err);
        free(word);
        more = list[length] == ',';
        list += length + more;
    }
    return status;
}

static enum status read_verbosity(const struct compare_args *args,
                                  const struct features *features, int *attribute,
                                  struct error *err)
{
    bool automatic = strcmp(args->verbosity, "auto") == 0;
    *attribute = automatic ? armo_verbosity(features) : -1;
    if (automatic || strcmp(args->verbosity, "none") == 0)
        return STATUS_OK;
    return subject_find_attribute(features, args->verbosity, attribute, err);
}

static enum status check_args(const struct compare_args *args, struct error *err)
{
    if (!(args->tau > 0))
        return error_set(err, STATUS_USAGE, "--tau wants a number above 0, not %g",
                         args->tau);
    if (!(args->temperature > 0))
        return error_set(err, STATUS_USAGE, "--temperature wants a number above 0, not %g",
                         args->temperature);
    return STATUS_OK;
}

static int units_of(int choice)
{
    static const int by[] = {-1, GROUP_ATTRIBUTE, GROUP_USER, GROUP_CONTEXT};
    return by[choice];
}

static enum status make_options(const struct call *call, const struct features *features,
                                struct comparing_options *out, struct error *err)
{
    const struct compare_args *args = call->args;
    struct comparing_options options = comparing_defaults();
    options.train_name = args->features;
    options.test_name = args->test ? args->test : args->features;
    options.reference = (enum method)args->reference;
    options.runs = args->runs;
    options.budget = args->budget;
    options.labels = args->labels ? SPLIT_TEST : SPLIT_TRAIN;
    options.by = args->by ? GROUP_USER : GROUP_ATTRIBUTE;
    options.units = units_of(args->units);
    options.n_heads = args->heads;
    options.n_hidden = args->hidden;
    options.restarts = args->restarts;
    options.alpha = args->alpha;
    options.tau = args->tau;
    options.holdout = args->holdout;
    options.recipe.epochs = args->epochs;
    options.recipe.batch = args->batch;
    options.recipe.learning_rate = args->learning_rate;
    options.recipe.patience = args->patience;
    options.ensemble = (enum ensemble_kind)args->ensemble;
    options.loss = (enum hyre_loss)args->hyre;
    options.standardise = args->standardise;
    options.temperature = args->temperature;
    options.components = args->components;
    options.resamples = args->resamples;
    options.seed = call->seed;
    options.cancel = call->cancel;
    if (read_methods(args->methods, options.chosen, err) ||
        read_verbosity(args, features, &options.verbosity, err))
        return err->status;
    *out = options;
    return STATUS_OK;
}

/* ---- running ---- */

/* What is compared: training features and perhaps a given model, and the features that are scored
 * (the same unless --test). */
struct sides {
    struct subject subject;
    struct features other;
    const struct features *test;
};

static void sides_done(struct sides *sides)
{
    features_done(&sides->other);
    subject_done(&sides->subject);
}

/* Statistics of an encoder belong to the corpus that they were fitted on. */
static void compare_encoders(const struct sides *sides, struct report *report)
{
    static const char *const keys[] = {"encoder", "encoder.settings"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const char *ours = json_text(json_get(sides->subject.features.metadata, keys[k]));
        const char *theirs = json_text(json_get(sides->test->metadata, keys[k]));
        if (!ours || !theirs || strcmp(ours, theirs) == 0)
            continue;
        report_note(
            report, "%s",
            k ? "The two features come from one encoder with statistics of each "
                "corpus of its own, so that the same text has other numbers in them."
              : "The two features come from different encoders: the figures may mean "
                "nothing.");
        return;
    }
}

static enum status open_sides(struct sides *sides, struct call *call, struct error *err)
{
    const struct compare_args *args = call->args;
    *sides = (struct sides){0};
    linalg_init();
    enum status status =
        args->model ? subject_open(&sides->subject, call, args->features, args->model, err)
                    : subject_open_features(&sides->subject, call, args->features, err);
    if (status)
        return status;
    sides->test = &sides->subject.features;
    if (!args->test)
        return STATUS_OK;
    status = features_open(&sides->other, args->test, err);
    sides->test = &sides->other;
    if (status)
        subject_done(&sides->subject);
    else
        compare_encoders(sides, call->report);
    return status;
}

static enum status watch(struct comparing *comparing, const struct compare_report *what,
                         struct call *call, struct error *err)
{
    struct comparing_progress at = comparing_progress(comparing),
                              before = {.run = SIZE_MAX};
    size_t runs = what->options->runs;
    enum status status = STATUS_OK;
    progress_begin(call->progress, "comparing", NULL);
    while (!status && !comparing_finished(comparing)) {
        if (at.run != before.run || at.method != before.method) {
            struct text line = {0};
            text_printf(&line, "run %zu of %zu: %s", at.run + 1, runs,
                        method_names[at.method]);
            progress_say(call->progress, line.bytes);
            text_done(&line);
            compare_show(what, call);
        }
        before = at;
        status = comparing_step(comparing, err);
        at = comparing_progress(comparing);
        progress_update(call->progress, at.done, at.total);
        if (!status && cancel_asked(call->cancel) && !comparing_finished(comparing))
            status = STATUS_CANCELLED;
    }
    progress_end(call->progress);
    if (status == STATUS_CANCELLED)
        return error_set(err, STATUS_CANCELLED,
                         "the comparison was stopped in run %zu of %zu", at.run + 1, runs);
    return status;
}

static enum status compare_sides(struct sides *sides, struct call *call, struct error *err)
{
    const struct compare_args *args = call->args;
    const struct features *train = &sides->subject.features;
    struct comparing_options options = {0};
    enum status status = make_options(call, train, &options, err);
    if (status)
        return status;
    struct team *team = team_create(comparing_threads(train, &options, call->threads));
    struct comparing *comparing =
        comparing_create(train, sides->test, args->model ? &sides->subject.model : NULL,
                         &options, team, err);
    struct text line = {0};
    again_add(call->command, args, "methods", call->seed, &line);
    const struct compare_report what = {comparing, &options, line.bytes};
    status = comparing ? watch(comparing, &what, call, err) : err->status;
    if (!status)
        compare_report(&what, call);
    text_done(&line);
    comparing_free(comparing);
    team_free(team);
    return status;
}

static enum status run_compare(struct call *call, struct error *err)
{
    const struct compare_args *args = call->args;
    struct sides sides;
    enum status status = check_args(args, err);
    if (!status)
        status = open_sides(&sides, call, err);
    if (status)
        return status;
    status = subject_check_split(sides.test, SPLIT_TEST, err);
    if (!status)
        status = compare_sides(&sides, call, err);
    if (status == STATUS_SHAPE)
        error_prefix(err, "'%s'", args->test ? args->test : args->features);
    sides_done(&sides);
    return status;
}

const struct command cmd_compare = {
    .name = "compare",
    .group = "model",
    .help = "every method on the same pairs, labels and test pairs",
    .more =
        "methods\n"
        "  single single-lbfgs       one head, by AdamW and to convergence\n"
        "  static static-em          a mixture with the same weights for all pairs\n"
        "  shared-base               an ensemble with frozen random parts\n"
        "  armo-linear               heads by ratings, a gate by pairs\n"
        "  micro micro-context       heads and router; the router reads contexts\n"
        "  maxmin                    a head for each cluster of users\n"
        "  hyre micro-hyre           an ensemble, or micro's heads, reweighted by labels\n"
        "  drm                       principal components, reweighted by labels\n"
        "  drm-uniform drm-gaussian  the same with random directions: controls\n"
        "  pal-a-linear vpl-linear   prototypes, or a latent vector, for each user\n"
        "  micro-adapted             the router, fine-tuned on labels and contexts\n"
        "  hedge em stack em-residual   micro's heads weighed by each group's labels\n"
        "  scratch from-single       labels alone, labels and the single head: controls\n"
        "  best-head                 the head that is best on the answers: an oracle\n"
        "\n"
        "Each row says what its method was told, and which line gives it alone. What the\n"
        "data lack (ratings, users, contexts) makes a method not applicable.\n"
        "\n"
        "examples\n"
        "  microscope compare s.features.safetensors\n"
        "  microscope compare s.features.safetensors --methods em --reference scratch\n"
        "  microscope compare s.features.safetensors --labels test --budget 16\n"
        "  microscope compare a.features.safetensors --test b.features.safetensors",
    .fields = compare_fields,
    .args_size = sizeof(struct compare_args),
    .run = run_compare,
};
