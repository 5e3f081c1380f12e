#include "near.h"

#include <string.h>

#include "command/topic.h"

static void test_every_topic_is_a_short_page(void **state)
{
    (void)state;
    for (const struct topic *topic = topics; topic->name; topic++) {
        size_t lines = 0;
        for (const char *at = topic->text; *at; lines++) {
            size_t length = strcspn(at, "\n");
            if (text_width(at, length) > 80 || at[length] != '\n')
                fail_msg("%s: the line '%.*s'", topic->name, (int)length, at);
            assert_true(!length || at[length - 1] != ' ');
            at += length + 1;
        }
        if (lines < 3 || lines > 15)
            fail_msg("%s has %zu lines", topic->name, lines);
        assert_true(strlen(topic->title) <= 60 && !strchr(topic->title, '.'));
        assert_null(strchr(topic->name, ' '));
        assert_non_null(topic->also);
        /* topics of a group stand together */
        for (const struct topic *other = topics; other + 1 < topic; other++)
            assert_false(strcmp(other->group, topic->group) == 0 &&
                         strcmp(topic[-1].group, topic->group) != 0);
    }
}

static void test_find(void **state)
{
    (void)state;
    const struct {
        const char *name, *want;
    } cases[] = {
        {"margin", "margin"}, {"margins", "margin"}, {"ci", "interval"},
        {"stage2", "adapt"},  {"heads", "head"},     {"where", "filters"},
        {"", NULL},           {"marg", NULL},        {"ba", NULL},
        {"best", "oracle"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct topic *topic = topic_find(cases[i].name);
        if (cases[i].want)
            assert_string_equal(topic->name, cases[i].want);
        else
            assert_null(topic);
    }
}

/* A word leads to one topic, and every name to its own. */
static void test_words_are_not_taken_twice(void **state)
{
    (void)state;
    for (const struct topic *topic = topics; topic->name; topic++) {
        assert_ptr_equal(topic_find(topic->name), topic);
        char also[256];
        assert_true(strlen(topic->also) < sizeof also);
        strcpy(also, topic->also);
        for (char *word = strtok(also, " "); word; word = strtok(NULL, " "))
            if (topic_find(word) != topic)
                fail_msg("'%s' of '%s' leads to '%s'", word, topic->name,
                         topic_find(word)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_topic_is_a_short_page),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_words_are_not_taken_twice),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
