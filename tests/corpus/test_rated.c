#include "lines.h"

#include "corpus/rated.h"

/* A response with the ratings x, y, z of one digit each; '-' for none. */
static enum status add(struct corpus *corpus, struct rated *rated, const char *group,
                       const char *text, const char *ratings, struct error *err)
{
    static const char *const names[] = {"x", "y", "z"};
    struct rated_response response = {
        .prompt = passages_add_text(&corpus->prompts, group[0] == 'q' ? "q" : "p"),
        .response = passages_add_text(&corpus->responses, text),
        .context = -1,
        .user = -1,
        .split = CORPUS_UNSPLIT,
        .line = rated->n_responses + 1};
    rated_begin(rated);
    for (size_t i = 0; ratings[i]; i++) {
        if (ratings[i] == '-')
            continue;
        enum status status = rated_rate(
            rated, passages_add_text(&corpus->attributes, names[i]), ratings[i] - '0', err);
        if (status)
            return status;
    }
    return rated_add(rated, group, &response, err);
}

static void test_pairs_of_groups(void **state)
{
    (void)state;
    struct corpus corpus = {0};
    struct rated rated = {0};
    struct rated_drops drops = {0};
    struct error err = {0};
    assert_int_equal(add(&corpus, &rated, "p1", "a", "12-", &err), STATUS_OK);
    assert_int_equal(add(&corpus, &rated, "q1", "a", "1", &err), STATUS_OK);
    assert_int_equal(add(&corpus, &rated, "p1", "b", "-3", &err), STATUS_OK);
    assert_int_equal(add(&corpus, &rated, "p2", "d", "9", &err), STATUS_OK);
    assert_int_equal(add(&corpus, &rated, "p1", "c", "523", &err), STATUS_OK);
    assert_int_equal(rated_pairs(&rated, 0, -1, &corpus, &drops, NULL, &err), STATUS_OK);
    static const char *const want[] = {"1-3.y", "1-5.x", "3-5.y"};
    assert_int_equal(corpus.n_pairs, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(corpus.pairs[i].id, want[i]);
    assert_string_equal(plain(&corpus.responses, corpus.pairs[1].chosen), "c");
    assert_string_equal(plain(&corpus.responses, corpus.pairs[1].rejected), "a");
    assert_string_equal(plain(&corpus.responses, corpus.pairs[2].chosen), "b");
    assert_near(corpus.pairs[2].chosen_rating, 3, 0, 0);
    assert_near(corpus.pairs[2].rejected_rating, 2, 0, 0);
    assert_int_equal(drops.close, 1);   /* y of 1 and 5 */
    assert_int_equal(drops.unrated, 4); /* x of 1-3, z of 1-5, x and z of 3-5 */
    rated_done(&rated);
    corpus_done(&corpus);
}

static void test_what_was_begun_and_not_added_is_forgotten(void **state)
{
    (void)state;
    struct corpus corpus = {0};
    struct rated rated = {0};
    struct rated_drops drops = {0};
    struct error err = {0};
    rated_begin(&rated);
    int32_t x = passages_add_text(&corpus.attributes, "x");
    assert_int_equal(rated_rate(&rated, x, 5, &err), STATUS_OK);
    assert_int_equal(rated_rate(&rated, x, 6, &err), STATUS_FORMAT);
    assert_int_equal(rated_note(&rated, "k", "1", 1, &err), STATUS_OK);
    assert_int_equal(add(&corpus, &rated, "p1", "a", "1", &err), STATUS_OK);
    assert_int_equal(add(&corpus, &rated, "p1", "b", "2", &err), STATUS_OK);
    assert_int_equal(rated_pairs(&rated, 0, -1, &corpus, &drops, NULL, &err), STATUS_OK);
    assert_int_equal(corpus.n_pairs, 1);
    assert_near(corpus.pairs[0].chosen_rating, 2, 0, 0);
    assert_int_equal(corpus.pairs[0].extra, -1);
    rated_done(&rated);
    corpus_done(&corpus);
}

static void test_cancelling(void **state)
{
    (void)state;
    struct corpus corpus = {0};
    struct rated rated = {0};
    struct rated_drops drops = {0};
    struct error err = {0};
    struct cancel cancel;
    atomic_init(&cancel.asked, true);
    assert_int_equal(add(&corpus, &rated, "p1", "a", "1", &err), STATUS_OK);
    assert_int_equal(rated_pairs(&rated, 0, -1, &corpus, &drops, &cancel, &err),
                     STATUS_CANCELLED);
    rated_done(&rated);
    corpus_done(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_of_groups),
        cmocka_unit_test(test_what_was_begun_and_not_added_is_forgotten),
        cmocka_unit_test(test_cancelling),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
