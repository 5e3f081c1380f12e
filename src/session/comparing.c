#include "session/comparing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "session/comparing_inside.h"
#include "session/training.h"

/* Weight of making what is needed, for progress, beside that of the methods. */
static const double need_weights[NEED_COUNT] = {[NEED_SINGLE] = 1,
                                                [NEED_MIXTURE] = 12,
                                                [NEED_STATIC] = 4,
                                                [NEED_ENSEMBLE] = 3,
                                                [NEED_ADAPTED] = 4};

struct comparing_options comparing_defaults(void)
{
    struct comparing_options options = {.reference = METHOD_SINGLE,
                                        .runs = 5,
                                        .budget = 50,
                                        .labels = SPLIT_TRAIN,
                                        .by = GROUP_ATTRIBUTE,
                                        .units = -1,
                                        .n_heads = 10,
                                        .tau = 1e-3,
                                        .temperature = 1,
                                        .components = 50,
                                        .verbosity = -1,
                                        .resamples = 1000,
                                        .seed = 1};
    struct training_options training = training_defaults();
    options.n_hidden = training.n_hidden;
    options.restarts = training.restarts;
    options.alpha = training.alpha;
    options.holdout = training.holdout;
    options.recipe = training.recipe;
    for (size_t m = 0; m < METHOD_COUNT; m++)
        options.chosen[m] = true;
    return options;
}

size_t comparing_threads(const struct features *train,
                         const struct comparing_options *options, size_t most)
{
    struct training_options like = training_defaults();
    like.n_heads = options->n_heads;
    like.n_hidden = options->n_hidden;
    like.restarts = options->restarts;
    like.recipe = options->recipe;
    return training_threads(train, &like, most);
}

/* ---- making ---- */

static enum status check(const struct features *train, const struct features *test,
                         const struct model *given, struct error *err)
{
    if (train->chosen.n_columns != test->chosen.n_columns)
        return error_set(err, STATUS_SHAPE,
                         "responses to train on have %zu numbers, those to score on %zu",
                         train->chosen.n_columns, test->chosen.n_columns);
    if (given && given->shape.response_width != train->chosen.n_columns)
        return error_set(err, STATUS_SHAPE,
                         "the model's heads read %zu numbers a response, the features "
                         "have %zu",
                         given->shape.response_width, train->chosen.n_columns);
    return STATUS_OK;
}

/* Test pairs that are in a group. */
static enum status list_test(struct comparing *comparing, struct error *err)
{
    const struct features *test = comparing->test;
    size_t n = features_select(test, SPLIT_TEST, -1, NULL);
    comparing->test_pairs = mem_alloc((n + 1) * sizeof *comparing->test_pairs);
    features_select(test, SPLIT_TEST, -1, comparing->test_pairs);
    for (size_t i = 0; i < n; i++)
        if (comparing->groups.of_pair[comparing->test_pairs[i]] >= 0)
            comparing->test_pairs[comparing->n_test++] = comparing->test_pairs[i];
    return comparing->n_test
               ? STATUS_OK
               : error_set(err, STATUS_SHAPE, "no pair of the test split has %s %s",
                           comparing->options.by == GROUP_USER ? "a" : "an",
                           group_by_names[comparing->options.by]);
}

/* What says which training pairs belong together, of the ways that are tried in order. */
static void find_units(const struct comparing *comparing, bool by_context,
                       struct groups *out)
{
    static const enum group_by order[] = {GROUP_USER, GROUP_CONTEXT, GROUP_ATTRIBUTE};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        int asked = comparing->options.units;
        bool wanted =
            asked < 0 ? by_context || order[i] != GROUP_CONTEXT : asked == (int)order[i];
        if (!wanted || !groups_known(comparing->train, order[i]))
            continue;
        groups_make(out, comparing->train, order[i]);
        return;
    }
}

static enum status begin_run(struct comparing *comparing, struct error *err);

struct comparing *comparing_create(const struct features *train,
                                   const struct features *test, const struct model *given,
                                   const struct comparing_options *options,
                                   struct team *team, struct error *err)
{
    assert(options->runs);
    if (check(train, test, given, err))
        return NULL;
    struct comparing *comparing = mem_zero(sizeof *comparing);
    comparing->train = train;
    comparing->test = test;
    comparing->given = given;
    comparing->options = *options;
    comparing->team = team;
    for (int m = 0; m < METHOD_COUNT; m++)
        comparing->takes_part[m] = options->chosen[m] || m == (int)options->reference;
    enum status status =
        division_make(&comparing->division, train, options->holdout, options->seed, err);
    groups_make(&comparing->groups, test, options->by);
    find_units(comparing, true, &comparing->clusters);
    find_units(comparing, false, &comparing->choosers);
    if (!status)
        status = list_test(comparing, err);
    if (!status && !given && options->n_heads > comparing->division.n_train)
        status = error_set(err, STATUS_SHAPE,
                           "%zu heads are more than the %zu pairs to train on",
                           options->n_heads, comparing->division.n_train);
    for (int m = 0; m < METHOD_COUNT && !status; m++)
        if (comparing->takes_part[m])
            comparing->right[m] = mem_alloc(options->runs * comparing->n_test);
    if (!status)
        status = begin_run(comparing, err);
    if (!status)
        return comparing;
    comparing_free(comparing);
    return NULL;
}

static void end_run(struct comparing *comparing)
{
    struct comparing_run *now = &comparing->now;
    budget_done(&now->budget);
    budget_done(&now->with_context);
    contrasts_done(&now->asked_rows);
    contrasts_done(&now->label_rows);
    model_done(&now->single);
    model_done(&now->mixture);
    model_done(&now->fixed);
    model_done(&now->adapted);
    trainer_free(now->trainer);
    adapt_budget_free(now->adapting);
    hard_em_free(now->hard_em);
    static_em_free(now->static_em);
    free(now->asked);
    free(now->place);
    free(now->ensemble);
    free(now->scales);
    free(now->right);
    *now = (struct comparing_run){0};
}

void comparing_free(struct comparing *comparing)
{
    if (!comparing)
        return;
    end_run(comparing);
    division_done(&comparing->division);
    groups_done(&comparing->groups);
    groups_done(&comparing->clusters);
    groups_done(&comparing->choosers);
    contrasts_done(&comparing->pairs);
    contrasts_done(&comparing->held);
    pca_done(&comparing->pca);
    armo_done(&comparing->armo);
    free(comparing->cluster);
    free(comparing->chooser);
    free(comparing->lbfgs);
    free(comparing->test_pairs);
    for (int m = 0; m < METHOD_COUNT; m++) {
        free(comparing->missing[m]);
        free(comparing->right[m]);
    }
    free(comparing);
}

/* ---- a run ---- */

/* The pairs that are scored: of the test split all but the labelled ones. */
static void list_asked(struct comparing *comparing)
{
    struct comparing_run *now = &comparing->now;
    size_t n = comparing->n_test;
    uint8_t *labelled = mem_zero(comparing->test->n_pairs + 1);
    for (size_t i = 0; i < now->budget.n; i++)
        labelled[now->budget.pairs[i]] = 1;
    now->asked = mem_alloc((n + 1) * sizeof *now->asked);
    now->place = mem_alloc((n + 1) * sizeof *now->place);
    for (size_t i = 0; i < n; i++) {
        if (labelled[comparing->test_pairs[i]])
            continue;
        now->place[now->n_asked] = i;
        now->asked[now->n_asked++] = comparing->test_pairs[i];
    }
    now->right = mem_zero(n + 1);
    free(labelled);
}

static bool part_in(const struct comparing *comparing, int method)
{
    return comparing->takes_part[method] && !comparing->missing[method];
}

static int next_method(const struct comparing *comparing, int from)
{
    while (from < METHOD_COUNT && !part_in(comparing, from))
        from++;
    return from;
}

static enum status begin_run(struct comparing *comparing, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    now->seed = rng_mix(comparing->options.seed) + comparing->run;
    groups_draw(&now->budget, &comparing->groups, comparing->options.labels,
                comparing->options.budget, now->seed);
    if (!comparing->run) {
        comparing->n_labels = now->budget.n;
        comparing->n_short = now->budget.n_short;
    }
    list_asked(comparing);
    comparing->method = next_method(comparing, 0);
    if (!now->n_asked)
        return error_set(err, STATUS_SHAPE,
                         "all pairs of the test split are labelled: a smaller budget "
                         "leaves some to score");
    enum status status = contrasts_make(&now->asked_rows, comparing->test,
                                        (struct pair_list){now->asked, now->n_asked}, err);
    if (!status)
        status = contrasts_make(&now->label_rows, comparing->test,
                                (struct pair_list){now->budget.pairs, now->budget.n}, err);
    return comparing_blame(comparing->options.test_name, status, err);
}

/* ---- a step ---- */

static void keep_right(struct comparing *comparing)
{
    const struct comparing_run *now = &comparing->now;
    uint8_t *right =
        comparing->right[comparing->method] + comparing->run * comparing->n_test;
    memset(right, 2, comparing->n_test);
    for (size_t i = 0; i < now->n_asked; i++)
        right[now->place[i]] = now->right[i];
}

/* What a method says about data that are not for it; others end the comparison. */
static bool is_no_match(enum status status)
{
    return status == STATUS_SHAPE || status == STATUS_FAILED;
}

/* Leaves the method out, and what it was making. */
static void give_up(struct comparing *comparing, const char *reason)
{
    struct comparing_run *now = &comparing->now;
    free(comparing->missing[comparing->method]);
    comparing->missing[comparing->method] = mem_copy_text(reason);
    trainer_free(now->trainer);
    adapt_budget_free(now->adapting);
    hard_em_free(now->hard_em);
    static_em_free(now->static_em);
    now->trainer = NULL;
    now->adapting = NULL;
    now->hard_em = NULL;
    now->static_em = NULL;
}

static enum status lacks_labels(const struct comparing *comparing, struct error *err)
{
    bool wants = method_rows[comparing->method].told & TOLD_LABELS;
    if (!wants || comparing->now.budget.n || !comparing->options.budget)
        return STATUS_OK;
    return error_set(err, STATUS_SHAPE,
                     "there are no pairs to label in the %s split; --labels test takes "
                     "them from the test split",
                     split_name(comparing->options.labels));
}

/* Something that the method needs and that is not there; NEED_COUNT: nothing. */
static enum need next_need(const struct comparing *comparing)
{
    unsigned needs = method_rows[comparing->method].needs;
    for (int need = 0; need < NEED_COUNT; need++)
        if (needs & 1u << need && !comparing->now.made[need])
            return (enum need)need;
    return NEED_COUNT;
}

static enum status step_method(struct comparing *comparing, bool *done, struct error *err)
{
    enum status status = lacks_labels(comparing, err);
    if (status)
        return status;
    enum need need = next_need(comparing);
    if (need == NEED_COUNT)
        return method_rows[comparing->method].step(comparing, done, err);
    return comparing_make(comparing, need, &comparing->now.made[need], err);
}

enum status comparing_step(struct comparing *comparing, struct error *err)
{
    assert(!comparing->finished);
    if (comparing->method == METHOD_COUNT) {
        end_run(comparing);
        comparing->run++;
        comparing->finished = comparing->run == comparing->options.runs;
        return comparing->finished ? STATUS_OK : begin_run(comparing, err);
    }
    bool done = false;
    struct error reason = {0};
    enum status status = step_method(comparing, &done, &reason);
    if (is_no_match(status)) {
        give_up(comparing, reason.message);
        done = true;
    } else if (status) {
        return error_set(err, status, "%s", reason.message);
    } else if (done) {
        keep_right(comparing);
    }
    if (done)
        comparing->method = next_method(comparing, comparing->method + 1);
    return STATUS_OK;
}

bool comparing_finished(const struct comparing *comparing)
{
    return comparing->finished;
}

struct comparing_progress comparing_progress(const struct comparing *comparing)
{
    double total = 0, done = 0;
    unsigned needs = 0;
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (!part_in(comparing, m))
            continue;
        total += method_rows[m].weight;
        done += m < comparing->method ? method_rows[m].weight : 0;
        needs |= method_rows[m].needs;
    }
    for (int need = 0; need < NEED_COUNT; need++) {
        total += needs & 1u << need ? need_weights[need] : 0;
        done += comparing->now.made[need] ? need_weights[need] : 0;
    }
    if (!comparing->finished && comparing->method < METHOD_COUNT) {
        enum need need = next_need(comparing);
        if (need < NEED_COUNT)
            done += need_weights[need] * comparing_made_share(comparing, need);
    }
    double runs = (double)comparing->options.runs, run = (double)comparing->run;
    return (struct comparing_progress){
        .done = comparing->finished ? runs * total : run * total + fmin(done, total),
        .total = runs * total,
        .run = comparing->run,
        .method = (enum method)(comparing->method < METHOD_COUNT ? comparing->method : 0)};
}

const char *comparing_group_name(const struct comparing *comparing, size_t group,
                                 char name[160])
{
    return groups_name(&comparing->groups, group, name);
}

static const char *name_of(const struct groups *groups)
{
    return groups->of_pair ? group_by_names[groups->by] : NULL;
}

const char *comparing_clusters(const struct comparing *comparing)
{
    return name_of(&comparing->clusters);
}

const char *comparing_choosers(const struct comparing *comparing)
{
    return name_of(&comparing->choosers);
}
