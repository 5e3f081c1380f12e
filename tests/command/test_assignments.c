#include "near.h"

#include <string.h>

#include "command/assignments.h"
#include "command/line.h"
#include "rows.h"

/* Reads one statement and joins the words that line_parse would get. */
static void check(const char *text, const char *want)
{
    struct script script = {.name = "", .text = text, .length = strlen(text)};
    struct statement statement = {0};
    struct error err;
    struct arena arena = {0};
    const char *out[16];
    struct text joined = {0};
    assert_int_equal(script_next(&script, &statement, &err), SCRIPT_STATEMENT);
    const struct command *command = command_find(rows, statement.texts[0], &err);
    assert_non_null(command);
    assignments_to_options(command, statement.words, statement.n, out, &arena);
    for (size_t i = 0; i < statement.n; i++)
        text_printf(&joined, "%s%s", i ? "|" : "", out[i]);
    assert_string_equal(joined.bytes, want);
    text_done(&joined);
    arena_done(&arena);
    statement_done(&statement);
}

static void test_assignments(void **state)
{
    (void)state;
    check("fit f heads=5 --out m", "fit|f|--heads=5|--out|m");
    check("fit f out=m.csv json=yes seed=3", "fit|f|--out=m.csv|--json=yes|--seed=3");
    check("fit f note=\"a b\" note=", "fit|f|--note=a b|--note=");
    check("fit \"heads=5\" hea'ds=5' heads\\=5", "fit|heads=5|heads=5|heads=5");
    check("fit heds=5 =5 features=f", "fit|heds=5|=5|features=f");
    check("fit --note heads=5 -o heads=6 heads=7",
          "fit|--note|heads=5|-o|heads=6|--heads=7");
    check("fit --note=x heads=5 --resume heads=6",
          "fit|--note=x|--heads=5|--resume|--heads=6");
    check("fit -q heads=5 -k7 heads=6", "fit|-q|--heads=5|-k7|--heads=6");
    check("fit heads=5 -- heads=6", "fit|--heads=5|--|heads=6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assignments),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
