#include "near.h"

#include <math.h>
#include <string.h>

#include "command/where.h"

static const struct where_column columns[] = {
    {"head", NULL, COLUMN_TEXT},      {"attribute", NULL, COLUMN_TEXT},
    {"accuracy", NULL, COLUMN_SHARE}, {"accuracy_interval", "95 %", COLUMN_INTERVAL},
    {"pairs", NULL, COLUMN_COUNT},    {"single_head", "single head", COLUMN_SHARE},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static const struct {
    const char *head, *attribute;
    double accuracy, low, high, pairs, single;
} table[] = {
    /* a */ {"h1", "humor", 0.8, 0.7, 0.9, 100, 0.6},
    /* b */ {"h2", "Formality", 0.5, 0.4, 0.6, 20, 0.55},
    /* c */ {"h10", "humorless, dry", 0.3, 0.2, 0.4, 1000, 0.3},
    /* d */ {"mix", NULL, (double)NAN, (double)NAN, (double)NAN, 0, (double)NAN},
    /* e */ {"\xc3\x89t\xc3\xa9 (x)", "", 1, 1, 1, 3, 0.9},
};
enum { N_ROWS = sizeof table / sizeof *table };

static struct cell cell(const void *rows, size_t row, size_t column)
{
    (void)rows;
    const double numbers[] = {
        0, 0, table[row].accuracy, table[row].low, table[row].pairs, table[row].single};
    struct cell cell = {.value = numbers[column], .high = table[row].high};
    cell.text = column == 0 ? table[row].head : column == 1 ? table[row].attribute : NULL;
    return cell;
}

/* Compares the rows that are kept, as letters. */
static void check(const char *expression, const char *want)
{
    struct error err = {0};
    struct where *where = where_create(expression, columns, N_COLUMNS, NULL, &err);
    if (!where)
        fail_msg("%s: %s", expression, err.message);
    char kept[N_ROWS + 1] = "";
    for (size_t row = 0; row < N_ROWS; row++)
        if (where_keeps(where, cell, NULL, row))
            strncat(kept, &"abcde"[row], 1);
    where_free(where);
    if (strcmp(kept, want) != 0)
        fail_msg("%s keeps '%s', not '%s'", expression, kept, want);
}

static void test_rows_that_are_kept(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "abcde"},
        {"  ", "abcde"},
        {"attribute=humor", "a"},
        {"attribute=HUMOR", ""},
        {"attribute=formality", "b"},
        {"attribute=Formality", "b"},
        {"attribute=FORMALITY", ""},
        {"attribute!=humor", "bcde"},
        {"not attribute=humor", "bcde"},
        {"attribute='humorless, dry'", "c"},
        {"attribute=humor,formality", "ab"},
        {"attribute!=humor,formality", "cde"},
        {"attribute=missing", "d"},
        {"attribute!=missing", "abce"},
        {"attribute='missing'", ""},
        {"attribute=missing,humor", "ad"},
        {"attribute=''", "e"},
        {"attribute~humor", "ac"},
        {"attribute~^humor$", "a"},
        {"attribute!~humor", "bde"},
        {"attribute~(humor|form)", "abc"},
        {"attribute~/s, d/", "c"},
        {"attribute~'s, d'", "c"},
        {"attribute~Humor", ""},
        {"attribute~\\Form", "b"},
        {"head<h10", "ab"},
        {"head<=h2", "ab"},
        {"head>h2", "cde"},
        {"head='\xc3\xa9t\xc3\xa9 (x)'", "e"},
        {"accuracy>0.5", "ae"},
        {"accuracy>=0.5", "abe"},
        {"accuracy<=50%", "bc"},
        {"accuracy = .5", "b"},
        {"accuracy!=0.5", "acde"},
        {"accuracy=missing", "d"},
        {"accuracy=0.3,0.8", "ac"},
        {"not accuracy>0.5", "bcd"},
        {"pairs>1e2", "c"},
        {"pairs<1000 pairs>-1", "abde"},
        {"accuracy>single_head", "ae"},
        {"accuracy=single", "c"},
        {"accuracy<accuracy_interval.high", "abc"},
        {"accuracy_interval>0.5", "ae"},
        {"accuracy_interval<0.5", "c"},
        {"accuracy_interval=0.5", "b"},
        {"accuracy_interval!=0.5", "acde"},
        {"accuracy_interval=missing", "d"},
        {"accuracy_interval.low>=0.4", "abe"},
        {"accuracy_interval_high<0.9", "bc"},
        {"\"95 %\">0.6", "ae"},
        {"\"single head\"=0.3", "c"},
        {"Single-Head=0.3", "c"},
        {"attr=humor or attr=formality accuracy<0.6", "ab"},
        {"(attr=humor or attr=formality) accuracy<0.6", "b"},
        {"attr=humor OR (pairs<10 AND head=mix)", "ad"},
        {"!(attr~humor) !pairs<10", "b"},
        {"not not attr=humor", "a"},
        {"/hum/", "ac"},
        {"/H/ or /mix/", "d"},
        {"!/h/", "de"},
        {"/\\(x\\)/", "e"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i][0], cases[i][1]);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *expression, *want;
        size_t offset, length;
        bool incomplete;
    } cases[] = {
        {"attribte=x", "there is no column 'attribte'; did you mean 'attribute'?", 0, 8,
         false},
        {"xyz=1", "there is no column 'xyz'; there are 'head', 'attribute', 'accuracy', ",
         0, 3, false},
        {"a=1", "the column 'a' could be 'attribute' or 'accuracy' or 'accuracy_interval'",
         0, 1, false},
        {"accuracy>high", "'high' is no number, at character 10 of the filter", 9, 4,
         false},
        {"accuracy>0.5x", "'0.5x' is no number", 9, 4, true},
        {"accuracy>0.5x or", "'0.5x' is no number", 9, 4, false},
        {"pairs~1", "~ looks into texts, and this column has numbers", 6, 0, false},
        {"attr=x)", "')' closes nothing, at character 7 of the filter", 6, 1, false},
        {"attr=x )", "')' closes nothing", 7, 1, false},
        {"\xc3\xa9=x", "there is no column '\xc3\xa9'", 0, 2, false},
        {"attr=\xc3\xa9 = 5",
         "a comparison is wanted, such as accuracy>0.7, at character 8", 8, 1, false},
        {"attr and pairs>1", "after a column comes one of", 0, 4, false},
        {"attr~a{2,1}b pairs>1", "'a{2,1}b' is no regular expression: Invalid content of ",
         5, 7, false},
        {"attr=, pairs>1", "a value is wanted", 5, 0, false},
        /* what is being typed */
        {"attr", "after a column comes one of", 0, 4, true},
        {"zz", "after a column comes one of", 0, 2, true},
        {"attr=", "a value is wanted", 5, 0, true},
        {"attr=a,", "a value is wanted", 7, 0, true},
        {"attr='a", "the quote is not closed", 5, 2, true},
        {"attr~", "a regular expression is wanted", 5, 0, true},
        {"attr~(a", "'(a' is no regular expression", 5, 2, true},
        {"attr~/a", "the expression between / and / is not closed", 5, 2, true},
        {"/a", "the expression between / and / is not closed", 0, 2, true},
        {"(attr=x", "the bracket is not closed", 0, 7, true},
        {"attr=x and", "a comparison is wanted", 10, 0, true},
        {"attr=x or ", "a comparison is wanted", 10, 0, true},
        {"not", "a comparison is wanted", 3, 0, true},
        {"!", "a comparison is wanted", 1, 0, true},
        {"accuracy>-", "'-' is no number", 9, 1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct where_problem problem = {0};
        assert_null(where_create(cases[i].expression, columns, N_COLUMNS, &problem, &err));
        assert_int_equal(err.status, STATUS_USAGE);
        if (!strstr(err.message, cases[i].want))
            fail_msg("%s: %s", cases[i].expression, err.message);
        if (problem.offset != cases[i].offset || problem.length != cases[i].length ||
            problem.incomplete != cases[i].incomplete)
            fail_msg("%s: at %zu+%zu, %d", cases[i].expression, problem.offset,
                     problem.length, problem.incomplete);
        assert_null(where_create(cases[i].expression, columns, N_COLUMNS, NULL, NULL));
    }
}

static void test_bounds(void **state)
{
    (void)state;
    struct text deep = {0};
    struct error err;
    for (int i = 0; i < 200; i++)
        text_add_char(&deep, '(');
    assert_null(where_create(deep.bytes, columns, N_COLUMNS, NULL, &err));
    assert_non_null(strstr(err.message, "the filter is too deep"));
    text_clear(&deep);
    for (int i = 0; i < 20000; i++) /* side by side is not deep */
        text_add(&deep, "pairs>0 or ");
    text_add(&deep, "pairs=0");
    check(deep.bytes, "abcde");
    text_clear(&deep);
    text_add(&deep, "attr~");
    for (int i = 0; i < 501; i++)
        text_add_char(&deep, 'a');
    assert_null(where_create(deep.bytes, columns, N_COLUMNS, NULL, &err));
    assert_non_null(strstr(err.message, "the regular expression is too long"));
    text_done(&deep);
}

/* Before there are columns only the form is held. */
static void test_without_columns(void **state)
{
    (void)state;
    struct error err;
    struct where *where = where_create("any>thing (x~'y' or z=1,2)", NULL, 0, NULL, &err);
    assert_non_null(where);
    where_free(where);
    assert_null(where_create("any>", NULL, 0, NULL, &err));
    assert_string_equal(err.message, "a value is wanted, at character 5 of the filter");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_that_are_kept),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_without_columns),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
