/* Named texts stay in order, and a copy is its own. */
#include "near.h"

#include <string.h>

#include "session/entries.h"

static void test_put_get_remove(void **state)
{
    (void)state;
    struct entries entries = {0}, copy;
    static const char *const names[] = {"tau", "heads", "share", "alpha", "seed"};
    for (size_t i = 0; i < 5; i++)
        assert_true(entries_put(&entries, names[i], names[i]));
    assert_false(entries_put(&entries, "tau", "tau"));
    assert_true(entries_put(&entries, "tau", "0.5"));
    for (size_t i = 1; i < entries.n; i++)
        assert_true(strcmp(entries.items[i - 1].name, entries.items[i].name) < 0);
    assert_string_equal(entries_get(&entries, "tau"), "0.5");
    assert_string_equal(entries_get(&entries, "alpha"), "alpha");
    assert_null(entries_get(&entries, "alp"));
    entries_copy(&copy, &entries);
    assert_true(entries_put(&entries, "alpha", NULL));
    assert_false(entries_put(&entries, "alpha", NULL));
    assert_null(entries_get(&entries, "alpha"));
    assert_int_equal(entries.n, 4);
    assert_string_equal(entries_get(&copy, "alpha"), "alpha");
    entries_done(&entries);
    entries_done(&copy);
    assert_int_equal(entries.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_put_get_remove)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
