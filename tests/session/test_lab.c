/* The context lab on the shipped demo population: the same settings give the same figures
 * whatever way led to them, and they are those of the hedge command. */
#include "shipped.h"

#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "io/json.h"
#include "session/lab.h"
#include "session/lab_tuning.h"

static struct shipped shipped;

static int set_up(void **state)
{
    (void)state;
    shipped_open(&shipped);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    shipped_done(&shipped);
    return 0;
}

static struct lab *open_lab(void)
{
    struct error err = {0};
    struct lab *lab = lab_create(shipped.features, shipped.model, shipped.corpus, &err);
    assert_string_equal(err.message, "");
    return lab;
}

static void set(struct lab *lab, const struct lab_settings *settings)
{
    struct error err = {0};
    lab_set(lab, settings, &err);
    assert_string_equal(err.message, "");
}

/* ---- settings ---- */

static void settings_are_plain_data(void **state)
{
    (void)state;
    struct lab_settings a = lab_settings_make(), b;
    lab_settings_set_context(&a, "short");
    lab_settings_add_label(&a, (struct lab_label){.pair = 3});
    lab_settings_copy(&b, &a);
    assert_true(lab_settings_equal(&a, &b));
    for (uint32_t i = 0; i < 40; i++)
        lab_settings_add_label(&b, (struct lab_label){.pair = i, .turned = i % 2});
    assert_false(lab_settings_equal(&a, &b));
    b.n_labels = 1;
    assert_true(lab_settings_equal(&a, &b));
    b.labels[0].turned = true;
    assert_false(lab_settings_equal(&a, &b));
    b.labels[0].turned = false;
    b.tau = 2;
    assert_false(lab_settings_equal(&a, &b));
    b.tau = 1;
    lab_settings_set_context(&b, "");
    assert_false(lab_settings_equal(&a, &b));
    lab_settings_set_context(&a, NULL);
    assert_true(lab_settings_equal(&a, &b));
    lab_settings_done(&a);
    lab_settings_done(&b);
    lab_settings_done(&b);
}

/* ---- the hedge command ---- */

/* A course of the command beside the lab: the same attribute, context, order and seed. */
struct course {
    struct labelling labelling;
    struct hedge *hedge;
    struct offer *offer;
    struct labelling_score before;
    struct lab *lab;
    struct lab_settings settings;
};

static void course_begin(struct course *course, enum weigh_rule rule)
{
    static const char *const context = "keep it short and factual";
    struct error err = {0};
    struct labelling *labelling = &course->labelling;
    labelling_open(labelling, &shipped.features->features, &shipped.model->model, 1,
                   context, NULL, &err);
    course->hedge =
        hedge_create(&(struct hedge_settings){.rule = rule,
                                              .n_heads = labelling->n_heads,
                                              .log_prior = labelling->mean_log_prior,
                                              .tau = 1,
                                              .strength = 1},
                     &err);
    assert_string_equal(err.message, "");
    const struct labelled_set *train = &labelling->train;
    struct offer_pairs from = {train->n, labelling->n_heads, train->predictions.margin,
                               train->log_prior};
    course->offer = offer_create(&from, OFFER_INFORMATIVE, 64, 7);
    course->before = labelling_score(labelling, course->hedge);
    course->lab = open_lab();
    course->settings = lab_settings_make();
    course->settings.attribute = 1;
    course->settings.rule = rule;
    course->settings.pool = 64;
    course->settings.seed = 7;
    lab_settings_set_context(&course->settings, context);
    set(course->lab, &course->settings);
}

static void course_done(struct course *course)
{
    lab_settings_done(&course->settings);
    lab_free(course->lab);
    offer_free(course->offer);
    hedge_free(course->hedge);
    labelling_done(&course->labelling);
}

/* Both offer the same pair and say the same of it. */
static void course_label(struct course *course, size_t i)
{
    const struct labelled_set *train = &course->labelling.train;
    size_t place, K = course->labelling.n_heads;
    uint32_t pair;
    struct error err;
    assert_true(offer_next(course->offer, course->hedge, &place));
    assert_true(lab_next(course->lab, &pair));
    assert_int_equal(pair, train->pairs[place]);
    hedge_update(course->hedge, train->log_prior + place * K,
                 train->predictions.margin + place * K, &err);
    lab_settings_add_label(&course->settings, (struct lab_label){.pair = pair});
    set(course->lab, &course->settings);
    struct hedge_step want = hedge_step(course->hedge, i);
    struct lab_step got = lab_step(course->lab, i);
    assert_near(got.probability, exp(want.log_probability), 0, 0);
    assert_int_equal(got.right, want.lead > 0);
    assert_memory_equal(got.after, want.after, K * sizeof *got.after);
}

/* What `hedge --attribute 1 --context ... --order informative` does, label by label. */
static void figures_are_those_of_hedge(void **state)
{
    (void)state;
    for (int rule = WEIGH_HEDGE; rule <= WEIGH_EM; rule++) {
        struct course course;
        course_begin(&course, (enum weigh_rule)rule);
        for (size_t i = 0; i < 16; i++)
            course_label(&course, i);
        struct hedge_step last = hedge_step(course.hedge, 15);
        struct lab_figures figures = lab_figures(course.lab);
        assert_int_equal(figures.n_steps, 16);
        assert_int_equal(figures.best, last.best);
        assert_near(figures.regret, last.regret, 0, 0);
        assert_near(figures.bound, last.bound, 0, 0);
        assert_near(figures.loss, last.loss, 0, 0);
        struct labelling_score after = labelling_score(&course.labelling, course.hedge);
        struct lab_score score = lab_score(course.lab);
        assert_int_equal(score.n, course.labelling.test.n);
        assert_int_equal(score.before.right, course.before.right);
        assert_int_equal(score.after.right, after.right);
        assert_near(score.after.loss, after.loss, 0, 0);
        course_done(&course);
    }
}

/* ---- the same settings, the same figures ---- */

static void assert_same(struct lab *a, struct lab *b, size_t n_labels)
{
    struct lab_figures x = lab_figures(a), y = lab_figures(b);
    size_t bytes = x.n_heads * sizeof(double);
    assert_int_equal(x.n_candidates, y.n_candidates);
    assert_int_equal(x.has_context, y.has_context);
    assert_memory_equal(x.router, y.router, bytes);
    assert_memory_equal(x.context, y.context, bytes);
    assert_memory_equal(x.now, y.now, bytes);
    assert_memory_equal(x.losses, y.losses, bytes);
    assert_int_equal(x.n_steps, y.n_steps);
    assert_int_equal(x.right, y.right);
    assert_near(x.regret, y.regret, 0, 0);
    assert_near(x.bound, y.bound, 0, 0);
    for (size_t i = 0; i < n_labels; i++)
        assert_near(lab_step(a, i).probability, lab_step(b, i).probability, 0, 0);
    uint32_t one = 0, other = 0;
    assert_int_equal(lab_next(a, &one), lab_next(b, &other));
    assert_int_equal(one, other);
    struct lab_score s = lab_score(a), t = lab_score(b);
    assert_int_equal(s.n, t.n);
    assert_int_equal(s.before.right, t.before.right);
    assert_int_equal(s.after.right, t.after.right);
}

/* One thing of the settings becomes another. */
static void change_something(struct lab_settings *settings, struct lab *lab,
                             struct rng *rng)
{
    static const char *const contexts[] = {NULL, "be brief", "tell me a story, please", ""};
    uint32_t pair;
    switch (rng_below(rng, 10)) {
    case 0:
        lab_settings_set_context(settings, contexts[rng_below(rng, 4)]);
        break;
    case 1:
        settings->attribute = (int32_t)rng_below(rng, 4) - 1;
        break;
    case 2:
        settings->rule = rng_below(rng, 2) ? WEIGH_EM : WEIGH_HEDGE;
        break;
    case 3:
        settings->tau = 0.25 * (double)(1 + rng_below(rng, 8));
        break;
    case 4:
        settings->order = (enum offer_order)rng_below(rng, 3);
        settings->pool = rng_below(rng, 2) * 50;
        break;
    case 5:
        settings->n_labels -= settings->n_labels ? rng_below(rng, settings->n_labels) : 0;
        break;
    case 6:
        if (settings->n_labels)
            settings->labels[rng_below(rng, settings->n_labels)].turned ^= true;
        break;
    case 7:
        settings->known = rng_below(rng, 2) ? (int64_t)rng_below(rng, 500) : -1;
        break;
    default:
        if (lab_next(lab, &pair))
            lab_settings_add_label(settings,
                                   (struct lab_label){.pair = pair,
                                                      .turned = rng_below(rng, 3) == 0,
                                                      .skipped = rng_below(rng, 5) == 0});
    }
}

static void any_way_leads_to_the_same(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 11, 0);
    struct lab *walked = open_lab();
    struct lab_settings settings = lab_settings_make();
    for (size_t step = 0; step < 120; step++) {
        change_something(&settings, walked, &rng);
        set(walked, &settings);
        if (step % 3 == 0) {
            struct lab *fresh = open_lab();
            set(fresh, &settings);
            assert_same(walked, fresh, settings.n_labels);
            lab_free(fresh);
        }
    }
    lab_settings_done(&settings);
    lab_free(walked);
}

/* ---- what it shows ---- */

static void shows_what_a_context_does(void **state)
{
    (void)state;
    struct lab *lab = open_lab();
    struct lab_settings settings = lab_settings_make();
    struct near_context near[3];
    struct lab_figures figures = lab_figures(lab);
    assert_false(figures.has_context);
    assert_ptr_equal(figures.context, figures.router);
    assert_int_equal(lab_nearest(lab, 3, near), 0);
    assert_null(lab_untyped(lab));
    lab_settings_set_context(&settings, "I want humor and a playful tone.");
    set(lab, &settings);
    figures = lab_figures(lab);
    double sums[3] = {0}, moved = 0;
    for (size_t k = 0; k < figures.n_heads; k++) {
        sums[0] += figures.router[k];
        sums[1] += figures.context[k];
        sums[2] += figures.now[k];
        moved += fabs(figures.context[k] - figures.router[k]);
    }
    for (size_t i = 0; i < 3; i++)
        assert_near(sums[i], 1, 1e-6, 0);
    assert_true(moved > 0.01);
    /* Before any label, the rule's weights are the router's. */
    assert_near(figures.now[2], figures.context[2], 1e-9, 0);
    assert_int_equal(lab_nearest(lab, 3, near), 3);
    assert_true(near[0].cosine > near[2].cosine && near[0].cosine > 0.5);
    assert_non_null(lab_context_text(lab, &near[0]));
    /* The nearest context chosen by its row, in place of text, says much the same. */
    double typed = figures.now[0];
    lab_settings_set_context(&settings, NULL);
    settings.known = (int64_t)near[0].row;
    set(lab, &settings);
    assert_true(lab_figures(lab).has_context);
    assert_near(lab_figures(lab).now[0], typed, 0, 0.1);
    assert_int_equal(lab_nearest(lab, 1, near), 1);
    assert_near(near[0].cosine, 1, 1e-3, 0);
    const struct near_context *known;
    size_t n = lab_known(lab, &known);
    assert_true(n > 10);
    for (size_t i = 1; i < n; i++)
        assert_true(known[i - 1].row < known[i].row);
    lab_settings_done(&settings);
    lab_free(lab);
}

static void forecasts_any_training_pair(void **state)
{
    (void)state;
    struct lab *lab = open_lab();
    struct lab_settings settings = lab_settings_make();
    struct error err = {0};
    struct lab_forecast one, other;
    double heads[64], probability;
    size_t left = 0, n = 0, K = lab_figures(lab).n_heads;
    lab_settings_set_context(&settings, "be brief");
    lab_settings_add_label(&settings, (struct lab_label){.pair = 0});
    set(lab, &settings);
    assert_int_equal(lab_forecast(lab, 1, &one, &err), STATUS_OK);
    probability = one.probability;
    memcpy(heads, one.heads, K * sizeof *heads);
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += one.heads[k] * one.weights[k];
    assert_near(sum, probability, 1e-9, 0);
    /* The same pair when it is no candidate. */
    settings.attribute = (shipped.features->features.pair_attribute[1] + 1) % 9;
    set(lab, &settings);
    assert_int_equal(lab_forecast(lab, 1, &other, &err), STATUS_OK);
    for (size_t k = 0; k < K; k++)
        assert_near(other.heads[k], heads[k], 1e-5, 0);
    assert_near(other.probability, probability, 1e-4, 0);
    for (uint32_t i = 0; i < 1000; i++) {
        left += lab_chosen_left(lab, i);
        n += lab_chosen_left(lab, i) == lab_chosen_left(lab, i + 1);
    }
    assert_true(left > 430 && left < 570 && n > 430 && n < 570);
    uint32_t test = 0;
    while (shipped.features->features.pair_split[test] != SPLIT_TEST)
        test++;
    assert_int_equal(lab_forecast(lab, test, &one, &err), STATUS_SHAPE);
    lab_settings_done(&settings);
    lab_free(lab);
}

/* ---- refusals ---- */

static void refuses_and_stays(void **state)
{
    (void)state;
    struct lab *lab = open_lab();
    struct lab_settings good = lab_settings_make(), bad;
    lab_settings_set_context(&good, "be brief");
    lab_settings_add_label(&good, (struct lab_label){.pair = 0});
    set(lab, &good);
    double before = lab_figures(lab).now[0];
    static const struct {
        const char *context;
        double tau;
        int32_t attribute;
        int64_t known;
        uint32_t pair;
        enum status status;
        const char *message;
    } cases[] = {
        {"caf\xe9", 1, -1, -1, 0, STATUS_USAGE, "not valid UTF-8 at byte 3"},
        {NULL, 0, -1, -1, 0, STATUS_USAGE, "tau is 0"},
        {NULL, 1, 9, -1, 0, STATUS_SHAPE, "no attribute 10"},
        {NULL, 1, -1, 1000000, 0, STATUS_SHAPE, "no pair has context row 1000000"},
        {NULL, 1, -1, -1, 1000000, STATUS_SHAPE, "no training pair"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        lab_settings_copy(&bad, &good);
        lab_settings_set_context(&bad, cases[i].context);
        bad.tau = cases[i].tau;
        bad.attribute = cases[i].attribute;
        bad.known = cases[i].known;
        lab_settings_add_label(&bad, (struct lab_label){.pair = cases[i].pair});
        assert_int_equal(lab_set(lab, &bad, &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_near(lab_figures(lab).now[0], before, 0, 0);
        assert_int_equal(lab_figures(lab).n_steps, 1);
        lab_settings_done(&bad);
    }
    lab_settings_done(&good);
    lab_free(lab);
}

/* Features that do not say who encoded them: no text, but their own contexts, and labels. */
static void works_without_an_encoder(void **state)
{
    (void)state;
    struct error err = {0};
    struct held_features unnamed = *shipped.features;
    unnamed.features.metadata = NULL;
    struct lab *lab = lab_create(&unnamed, shipped.model, NULL, &err);
    assert_non_null(lab);
    assert_non_null(strstr(lab_untyped(lab), "do not say which encoder"));
    struct lab_settings settings = lab_settings_make();
    lab_settings_set_context(&settings, "short");
    assert_int_equal(lab_set(lab, &settings, &err), STATUS_USAGE);
    lab_settings_set_context(&settings, NULL);
    settings.known = 0;
    set(lab, &settings);
    struct near_context near;
    assert_int_equal(lab_nearest(lab, 1, &near), 1);
    assert_null(lab_context_text(lab, &near));
    lab_settings_done(&settings);
    lab_free(lab);
}

/* ---- fine-tuning ---- */

static struct lab_tuning *tune(struct lab *lab, const struct lab_settings *settings,
                               struct team *team)
{
    struct error err = {0};
    struct adapt_options options = lab_tuning_defaults();
    struct lab_tuning *tuning = lab_tuning_create(lab, settings, &options, team, &err);
    assert_string_equal(err.message, "");
    while (!lab_tuning_finished(tuning))
        assert_int_equal(lab_tuning_step(tuning, &err), STATUS_OK);
    return tuning;
}

static void label_some(struct lab *lab, struct lab_settings *settings, size_t n)
{
    for (uint32_t pair; settings->n_labels < n && lab_next(lab, &pair);) {
        lab_settings_add_label(settings, (struct lab_label){.pair = pair});
        set(lab, settings);
    }
}

/* Sixteen labels of a context of each attribute: better on its test pairs, read with that
 * context, on average. */
static void tuning_helps_on_the_demo(void **state)
{
    (void)state;
    const struct features *features = &shipped.features->features;
    struct team *team = team_create(1);
    struct lab *lab = open_lab();
    double before = 0, after = 0;
    for (size_t a = 0; a < features->n_attributes; a++) {
        struct lab_settings settings = lab_settings_make();
        uint32_t pair = 0;
        while (features->pair_attribute[pair] != (int32_t)a ||
               features->pair_context[pair] < 0 ||
               features->pair_split[pair] != SPLIT_TRAIN)
            pair++;
        settings.attribute = (int32_t)a;
        settings.known = features->pair_context[pair];
        set(lab, &settings);
        label_some(lab, &settings, 16);
        struct lab_tuning *tuning = tune(lab, &settings, team);
        struct lab_tuning_progress progress = lab_tuning_progress(tuning);
        assert_int_equal(progress.n_labels, 16);
        assert_int_equal(progress.epochs, progress.n_epochs);
        assert_true(progress.losses[progress.epochs - 1].cross_entropy <
                    progress.losses[0].cross_entropy);
        before += (double)progress.before.right / (double)progress.before.n;
        after += (double)progress.after.right / (double)progress.after.n;
        lab_tuning_free(tuning);
        lab_settings_done(&settings);
    }
    before /= (double)features->n_attributes;
    after /= (double)features->n_attributes;
    print_message("# context %.3f, fine-tuned %.3f\n", before, after);
    assert_true(after > before + 0.02);
    lab_free(lab);
    team_free(team);
}

/* The model that comes out gives the accuracy that was said, by `eval` with the same context,
 * and its file says where it is from. */
static void tuned_model_is_what_was_scored(void **state)
{
    (void)state;
    struct error err = {0};
    struct team *team = team_create(1);
    struct lab *lab = open_lab();
    struct lab_settings settings = lab_settings_make();
    settings.attribute = 1;
    lab_settings_set_context(&settings, "keep it short and factual");
    set(lab, &settings);
    label_some(lab, &settings, 8);
    settings.labels[3].turned = true;
    settings.labels[5].skipped = true;
    set(lab, &settings);
    struct lab_tuning *tuning = tune(lab, &settings, team);
    struct lab_tuning_progress progress = lab_tuning_progress(tuning);
    assert_int_equal(progress.n_labels, 7);
    struct model model;
    struct json *metadata;
    assert_int_equal(lab_tuning_model(tuning, &model, &metadata, &err), STATUS_OK);
    assert_non_null(strstr(json_text(json_get(metadata, "adapted")), "short and factual"));
    assert_non_null(json_text(json_get(metadata, "adapted_from")));
    struct labelling labelling;
    assert_int_equal(labelling_open(&labelling, &shipped.features->features, &model, 1,
                                    settings.context, NULL, &err),
                     STATUS_OK);
    struct hedge *hedge = hedge_create(
        &(struct hedge_settings){.n_heads = labelling.n_heads, .tau = 1}, &err);
    struct labelling_score score = labelling_score(&labelling, hedge);
    assert_int_equal(score.right, progress.after.right);
    assert_near(score.loss, progress.after.nll, 1e-5, 0);
    hedge_free(hedge);
    labelling_done(&labelling);
    model_done(&model);
    json_free(metadata);
    lab_tuning_free(tuning);
    settings.n_labels = 0;
    set(lab, &settings);
    struct adapt_options options = lab_tuning_defaults();
    assert_null(lab_tuning_create(lab, &settings, &options, team, &err));
    assert_non_null(strstr(err.message, "no labels to learn from"));
    lab_settings_set_context(&settings, NULL);
    set(lab, &settings);
    assert_null(lab_tuning_create(lab, &settings, &options, team, &err));
    assert_non_null(strstr(err.message, "no context"));
    lab_settings_done(&settings);
    lab_free(lab);
    team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_plain_data),
        cmocka_unit_test(figures_are_those_of_hedge),
        cmocka_unit_test(any_way_leads_to_the_same),
        cmocka_unit_test(shows_what_a_context_does),
        cmocka_unit_test(forecasts_any_training_pair),
        cmocka_unit_test(refuses_and_stays),
        cmocka_unit_test(works_without_an_encoder),
        cmocka_unit_test(tuning_helps_on_the_demo),
        cmocka_unit_test(tuned_model_is_what_was_scored),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
