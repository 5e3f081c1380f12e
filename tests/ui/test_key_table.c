/* Every key of every view is a command line that can be typed, and says what it does. */
#include "near.h"

#include <stdio.h>
#include <string.h>

#include "command/assignments.h"
#include "command/cmd_display.h"
#include "command/line.h"
#include "command/script.h"
#include "command/table.h"
#include "session/held.h"
#include "ui/view.h"

static void check_statement(const struct binding *row, const struct statement *statement)
{
    /* Keys are pressed where files are open. */
    static char path[] = "open";
    struct held_features features = {.path = path};
    struct held_model model = {.path = path};
    struct held_corpus corpus = {.path = path};
    const struct given given = {&corpus, &features, &model, NULL};
    const struct line_context context = {.given = &given};
    struct error err = {0};
    struct line line;
    const struct command *command = command_find(command_table, statement->texts[0], &err);
    if (!command)
        fail_msg("%s %s: %s", row->where, row->key, err.message);
    if (line_parse_within(&line, command_table, statement->texts, statement->n, &context,
                          &err))
        fail_msg("%s %s: '%s': %s", row->where, row->key, row->command, err.message);
    line_done(&line);
}

static void check_row(const struct binding *row)
{
    struct error err = {0};
    struct script script = {
        .name = row->key, .text = row->command, .length = strlen(row->command)};
    struct statement statement = {0};
    enum script_result result;
    size_t n = 0;
    while ((result = script_next(&script, &statement, &err)) == SCRIPT_STATEMENT) {
        check_statement(row, &statement);
        n++;
    }
    assert_int_equal(result, SCRIPT_END);
    assert_true(n > 0);
    statement_done(&statement);
    if (!row->help || !*row->help)
        fail_msg("%s %s has no help", row->where, row->key);
    struct key key;
    if (key_parse(row->key, &key, &err))
        fail_msg("%s: %s", row->where, err.message);
}

static void test_every_key_is_a_command_with_help(void **state)
{
    (void)state;
    for (const struct binding *row = key_table; row->key; row++)
        check_row(row);
    for (size_t i = 0; view_table[i]; i++)
        for (const struct binding *row = view_table[i]->keys; row && row->key; row++)
            check_row(row);
}

/* A view's rows are its own or those of its modes: "heads", "heads.pairs". */
static void test_views_bind_keys_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; view_table[i]; i++) {
        const struct view *view = view_table[i];
        size_t length = strlen(view->name);
        assert_string_equal(view->name, view_names[i]);
        assert_true(view->title && *view->title);
        for (const struct binding *row = view->keys; row && row->key; row++)
            if (strncmp(row->where, view->name, length) != 0 ||
                (row->where[length] && row->where[length] != '.'))
                fail_msg("%s has a row of '%s'", view->name, row->where);
    }
    assert_null(view_table[N_VIEWS]);
}

/* What ends, suspends or is taken by multiplexers is left alone. */
static void test_keys_that_are_not_ours_stay_free(void **state)
{
    (void)state;
    static const char *const taken[] = {"Ctrl-Z", "Ctrl-\\", "Ctrl-A"};
    for (const struct binding *row = key_table; row->key; row++)
        for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
            assert_string_not_equal(row->key, taken[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_is_a_command_with_help),
        cmocka_unit_test(test_views_bind_keys_of_their_own),
        cmocka_unit_test(test_keys_that_are_not_ours_stay_free),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
