/* Ratings of a corpus beside its features. */
#include "small.h"

#include "session/ratings.h"

static void test_labels(void **state)
{
    (void)state;
    struct small small;
    struct error err = {0};
    float *labels;
    small_make(&small);
    const struct features *features = &small.encoding.features;
    assert_int_equal(features->labels.n_rows, 0);
    assert_int_equal(ratings_make(&labels, features, &small.corpus, &err), STATUS_OK);
    assert_null(labels);
    /* "Go by train." is rated twice for two attributes, "Light is scattered." twice for one. */
    small.corpus.pairs[0].chosen_rating = 4;
    small.corpus.pairs[0].rejected_rating = 1;
    small.corpus.pairs[1].rejected_rating = 2;
    small.corpus.pairs[2].chosen_rating = 3;
    small.corpus.pairs[3].chosen_rating = 4;
    assert_int_equal(ratings_make(&labels, features, &small.corpus, &err), STATUS_OK);
    size_t A = features->n_attributes, rated = 0;
    assert_int_equal(A, 2);
    size_t train = (size_t)features->pair_chosen[0] * A;
    size_t light = (size_t)features->pair_chosen[2] * A;
    assert_int_equal(features->pair_chosen[0], features->pair_rejected[1]);
    assert_near((double)labels[train], 4, 0, 0);
    assert_near((double)labels[train + 1], 2, 0, 0);
    assert_near((double)labels[(size_t)features->pair_rejected[0] * A], 1, 0, 0);
    assert_near((double)labels[light], 3.5, 0, 0);
    for (size_t i = 0; i < features->chosen.n_rows * A; i++)
        rated += isnan(labels[i]) ? 0 : 1;
    assert_int_equal(rated, 4);
    free(labels);
    /* encode puts them into the features. */
    struct encoding encoding;
    struct encoding_options options = {.encoder = "surface"};
    assert_int_equal(encoding_make(&encoding, &small.corpus, &options, &err), 0);
    assert_int_equal(encoding.features.labels.n_rows, encoding.features.chosen.n_rows);
    assert_int_equal(encoding.features.labels.n_columns, 2);
    encoding_done(&encoding);
    small_done(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_labels)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
