#include "lines.h"

#include "base/text.h"
#include "corpus/passage.h"

static void test_equal_texts_share_an_index(void **state)
{
    (void)state;
    struct passages set = {0};
    assert_int_equal(passages_find(&set, "a"), -1);
    assert_int_equal(passages_add_text(&set, "a"), 0);
    assert_int_equal(passages_add_text(&set, ""), 1);
    assert_int_equal(passages_add(&set, "abc", 1), 0);
    assert_int_equal(passages_add(&set, "abc", 3), 2);
    assert_int_equal(passages_add_text(&set, ""), 1);
    assert_int_equal(passages_find(&set, "abc"), 2);
    assert_int_equal(passages_find(&set, "ab"), -1);
    assert_int_equal(set.n, 3);
    passages_done(&set);
    assert_int_equal(set.n, 0);
}

static void test_many_texts_keep_their_index(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct passages set = {0};
    char name[16];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < N; i++) {
            snprintf(name, sizeof name, "text %d", i);
            assert_int_equal(passages_add_text(&set, name), i);
        }
    assert_int_equal(set.n, N);
    for (int i = 0; i < N; i++) {
        snprintf(name, sizeof name, "text %d", i);
        assert_string_equal(set.items[i].plain, name);
        assert_int_equal(set.items[i].length, strlen(name));
    }
    passages_done(&set);
}

static void test_plain_text_of_conversations(void **state)
{
    (void)state;
    struct passages set = {0};
    const struct turn_draft one[] = {{"user", "Hi", NULL}};
    const struct turn_draft two[] = {{"user", "Hi", NULL}, {"assistant", "Yes?", NULL}};
    int32_t a = passages_add_turns(&set, one, 1), b = passages_add_turns(&set, two, 2);
    assert_string_equal(set.items[a].plain, "Hi");
    assert_string_equal(set.items[b].plain, "user: Hi\n\nassistant: Yes?");
    assert_int_equal(set.items[b].n_turns, 2);
    const struct turn *turn = &set.items[b].turns[1];
    assert_memory_equal(set.items[b].plain + turn->start, "Yes?", turn->length);
    passages_done(&set);
}

/* Forms that have one plain text in common are different passages all the same. */
static void test_form_tells_passages_apart(void **state)
{
    (void)state;
    const struct turn_draft user[] = {{"user", "Hi", NULL}},
                            system[] = {{"system", "Hi", NULL}},
                            marked[] = {{"user", "Hi", "\"name\":\"x\""}},
                            two[] = {{"user", "a", NULL}, {"user", "b", NULL}},
                            glued[] = {{"user", "a\n\nuser: b", NULL}, {"user", "", NULL}},
                            glued_on[] = {{"user", "a", NULL},
                                          {"user", "b\n\nuser: ", NULL}};
    struct passages set = {0};
    assert_int_equal(passages_add_text(&set, "Hi"), 0);
    assert_int_equal(passages_add_turns(&set, user, 1), 1);
    assert_int_equal(passages_add_turns(&set, system, 1), 2);
    assert_int_equal(passages_add_turns(&set, marked, 1), 3);
    assert_int_equal(passages_add_turns(&set, two, 2), 4);
    assert_int_equal(passages_add_turns(&set, glued, 2), 5);
    assert_int_equal(passages_add_turns(&set, glued_on, 2), 6);
    assert_string_equal(set.items[5].plain, set.items[6].plain);
    assert_int_equal(passages_add_turns(&set, marked, 1), 3);
    assert_int_equal(passages_add_turns(&set, glued, 2), 5);
    assert_int_equal(passages_find(&set, "Hi"), 0);
    passages_done(&set);
}

static void test_written_as_they_came(void **state)
{
    (void)state;
    struct passages set = {0};
    const struct turn_draft turns[] = {{"user", "\"1\"\n", NULL},
                                       {"assistant", "", "\"name\":\"x\",\"n\":[1]"}};
    struct text out = {0};
    passages_add_text(&set, "caf\xc3\xa9\t\x01");
    passages_add_turns(&set, turns, 2);
    passage_write(&set.items[0], &out);
    assert_string_equal(out.bytes, "\"caf\xc3\xa9\\t\\u0001\"");
    text_clear(&out);
    passage_write(&set.items[1], &out);
    assert_string_equal(
        out.bytes, "[{\"role\":\"user\",\"content\":\"\\\"1\\\"\\n\"},"
                   "{\"role\":\"assistant\",\"content\":\"\",\"name\":\"x\",\"n\":[1]}]");
    text_done(&out);
    passages_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_texts_share_an_index),
        cmocka_unit_test(test_many_texts_keep_their_index),
        cmocka_unit_test(test_plain_text_of_conversations),
        cmocka_unit_test(test_form_tells_passages_apart),
        cmocka_unit_test(test_written_as_they_came),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
