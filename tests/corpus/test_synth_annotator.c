#include "near.h"

#include "base/rng.h"
#include "corpus/synth_annotator.h"

static const struct synth_answer plain = {.share = {[STYLE_PLAIN] = 1}, .n_words = 45};
static const struct synth_answer mixed = {
    .share = {[STYLE_PLAIN] = 0.5, [STYLE_WARM] = 0.5}, .n_words = 45};

static void test_each_attribute_likes_one_style_best_and_filler_least(void **state)
{
    (void)state;
    static const enum synth_style best[ATTRIBUTE_COUNT] = {
        [ATTRIBUTE_CLARITY] = STYLE_PLAIN,     [ATTRIBUTE_FACTUAL] = STYLE_FIGURES,
        [ATTRIBUTE_RIGOR] = STYLE_EVIDENCE,    [ATTRIBUTE_PEDAGOGY] = STYLE_TEACHING,
        [ATTRIBUTE_FRIENDLINESS] = STYLE_WARM, [ATTRIBUTE_NARRATIVE] = STYLE_STORY,
        [ATTRIBUTE_LINGUISTIC] = STYLE_ORNATE, [ATTRIBUTE_CREATIVITY] = STYLE_INVENTION,
        [ATTRIBUTE_HUMOR] = STYLE_JOKE,
    };
    for (size_t a = 0; a < ATTRIBUTE_COUNT; a++)
        for (size_t user = 0; user < SYNTH_N_USERS; user++) {
            double utility[STYLE_COUNT];
            for (size_t s = 0; s < STYLE_COUNT; s++) {
                struct synth_answer answer = {.n_words = 45};
                answer.share[s] = 1;
                utility[s] =
                    synth_annotator_utility(user, (enum synth_attribute)a, &answer);
            }
            for (size_t s = 0; s < STYLE_COUNT; s++) {
                assert_true(utility[s] <= utility[best[a]]);
                assert_true(utility[s] >= utility[STYLE_FILLER]);
            }
        }
}

static void test_preferences_follow_the_logistic(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct rng rng;
    rng_init(&rng, 5, 0);
    const double noises[] = {1, 5, 1e6};
    for (size_t i = 0; i < 3; i++) {
        double margin = synth_annotator_utility(3, ATTRIBUTE_FRIENDLINESS, &mixed) -
                        synth_annotator_utility(3, ATTRIBUTE_FRIENDLINESS, &plain);
        double want = 1 / (1 + exp(-margin / noises[i]));
        size_t n = 0;
        for (size_t k = 0; k < N; k++)
            n += synth_annotator_prefers(3, ATTRIBUTE_FRIENDLINESS, &mixed, &plain,
                                         noises[i], &rng);
        assert_near((double)n / N, want, 0, 0.015);
    }
}

static void test_a_group_is_asked_mostly_for_its_own_attributes(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct rng rng;
    rng_init(&rng, 6, 0);
    for (size_t a = 0; a < ATTRIBUTE_COUNT; a++) {
        size_t n_users[SYNTH_N_USERS] = {0}, n_groups[SYNTH_N_GROUPS] = {0}, most = 0;
        for (size_t i = 0; i < N; i++) {
            size_t user = synth_annotator_draw((enum synth_attribute)a, &rng);
            assert_in_range(user, 0, SYNTH_N_USERS - 1);
            n_users[user]++;
            n_groups[user % SYNTH_N_GROUPS]++;
        }
        for (size_t g = 0; g < SYNTH_N_GROUPS; g++)
            most = n_groups[g] > most ? n_groups[g] : most;
        assert_near((double)most / N, 0.85, 0, 0.03);
        for (size_t user = 0; user < SYNTH_N_USERS; user++)
            assert_true(n_users[user] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_attribute_likes_one_style_best_and_filler_least),
        cmocka_unit_test(test_preferences_follow_the_logistic),
        cmocka_unit_test(test_a_group_is_asked_mostly_for_its_own_attributes),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
