#include "small.h"

#include <math.h>

#include "core/contexts.h"
#include "core/linalg.h"
#include "session/route.h"

static struct typed_text text(const char *string)
{
    return (struct typed_text){string, string ? strlen(string) : 0};
}

static struct model draw(const struct features *features, enum router router, size_t K)
{
    struct shape shape = {router, K, 8, features->prompt.n_columns,
                          features->chosen.n_columns};
    struct model model;
    struct error err;
    assert_int_equal(shape_normalise(&shape, &err), 0);
    assert_int_equal(model_create(&model, &shape, &err), 0);
    model_draw(&model, 1, 0);
    return model;
}

/* The weights are those that the model gives the same text's row of the features. */
static void test_weights_are_the_model_s(void **state)
{
    (void)state;
    static const struct {
        enum router router;
        size_t K;
    } cases[] = {{ROUTER_MLP, 5}, {ROUTER_LINEAR, 3}, {ROUTER_STATIC, 4}, {ROUTER_NONE, 1}};
    struct small small;
    struct error err;
    small_make(&small);
    const struct features *features = &small.encoding.features;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t K = cases[c].K;
        struct model model = draw(features, cases[c].router, K);
        struct route *route = route_create(features, &model, NULL, &err);
        assert_non_null(route);
        assert_int_equal(route_text(route, text(small_pairs[0].prompt),
                                    text(small_pairs[0].context), &err),
                         0);
        assert_true(route->has_context);
        const struct route_side *sides[] = {&route->without, &route->with};
        const struct rows *rows[] = {&features->prompt, &features->context};
        uint32_t which[] = {(uint32_t)features->pair_prompt[0],
                            (uint32_t)features->pair_context[0]};
        for (size_t s = 0; s < 2; s++) {
            float want[5];
            double sum = 0, entropy = 0;
            assert_int_equal(model_log_weights(&model, rows[s], &which[s], 1, want, &err),
                             0);
            for (size_t k = 0; k < K; k++) {
                assert_near((double)sides[s]->weights[k], exp((double)want[k]), 1e-6, 0);
                sum += (double)sides[s]->weights[k];
                entropy -= exp((double)want[k]) * (double)want[k];
            }
            assert_near(sum, 1, 1e-5, 0);
            assert_near(sides[s]->entropy, entropy, 1e-6, 1e-9);
        }
        bool reads = model.shape.prompt_width != 0;
        assert_int_equal(route->with.weights[0] != route->without.weights[0], reads);
        route_free(route);
        model_done(&model);
    }
    small_done(&small);
}

static void test_without_context_and_after_a_refusal(void **state)
{
    (void)state;
    struct small small;
    struct error err;
    small_make(&small);
    struct model model = draw(&small.encoding.features, ROUTER_MLP, 3);
    struct route *route = route_create(&small.encoding.features, &model, NULL, &err);
    assert_int_equal(route_text(route, text("Why?"), text(NULL), &err), 0);
    assert_false(route->has_context);
    float kept[3];
    memcpy(kept, route->with.weights, sizeof kept);
    assert_memory_equal(kept, route->without.weights, sizeof kept);
    for (size_t d = 0; d < route->width; d++)
        assert_true(route->part[d] == 0.0f);
    assert_int_equal(route_text(route, text("Other"), text("\xff"), &err), STATUS_USAGE);
    assert_memory_equal(kept, route->with.weights, sizeof kept);
    assert_false(route->has_context);
    route_free(route);
    model_done(&model);
    small_done(&small);
}

static void test_a_router_of_another_width(void **state)
{
    (void)state;
    struct small small;
    struct error err;
    small_make(&small);
    struct shape shape = {ROUTER_LINEAR, 2, 0, 10, 10};
    struct model model;
    assert_int_equal(model_create(&model, &shape, &err), 0);
    assert_null(route_create(&small.encoding.features, &model, NULL, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
    assert_string_equal(err.message, "the model's router reads 10 numbers a prompt, the "
                                     "features have 64");
    model_done(&model);
    small_done(&small);
}

/* The known context nearest to a typed one is that context, whatever the prompt. */
static void test_finds_its_own_context(void **state)
{
    (void)state;
    struct small small;
    struct error err;
    small_make(&small);
    const struct features *features = &small.encoding.features;
    struct model model = draw(features, ROUTER_MLP, 3);
    struct route *route = route_create(features, &model, NULL, &err);
    struct contexts *contexts = contexts_create(features, &err);
    assert_non_null(contexts);
    assert_int_equal(contexts_count(contexts), 2);
    struct near_context near[4];
    route_text(route, text("A prompt nobody knows"), text("Tell me a story."), &err);
    assert_int_equal(contexts_nearest(contexts, route->part, 4, near), 2);
    assert_int_equal(near[0].pair, 1);
    assert_near(near[0].cosine, 1, 1e-6, 0);
    assert_true(near[1].cosine < 0.99);
    route_text(route, text("Why?"), text("Keep it short."), &err);
    assert_int_equal(contexts_nearest(contexts, route->part, 4, near), 2);
    assert_int_equal(near[0].pair, 0);
    assert_int_equal(near[0].n_pairs, 2);
    route_text(route, text("Why?"), text(NULL), &err);
    assert_int_equal(contexts_nearest(contexts, route->part, 4, near), 0);
    contexts_free(contexts);
    route_free(route);
    model_done(&model);
    small_done(&small);
}

static int set_up(void **state)
{
    (void)state;
    linalg_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_are_the_model_s),
        cmocka_unit_test(test_without_context_and_after_a_refusal),
        cmocka_unit_test(test_a_router_of_another_width),
        cmocka_unit_test(test_finds_its_own_context),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, NULL);
}
