#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/script.h"

/* Values of the tests: heads is 8, last.accuracy is 0.7 and last.best "h 3", HOME has no keys. */
static enum status expand(void *context, const char *name, const char *key, bool *takes_key,
                          struct text *out, struct error *err)
{
    (void)context;
    if (strcmp(name, "heads") == 0 && !key)
        text_add(out, "8");
    else if (strcmp(name, "last") == 0 && key && strcmp(key, "accuracy") == 0)
        text_add(out, "0.7");
    else if (strcmp(name, "last") == 0 && key && strcmp(key, "best") == 0)
        text_add(out, "h 3");
    else if (strcmp(name, "HOME") == 0)
        text_add(out, "/home/me");
    else
        return error_set(err, STATUS_NOT_FOUND, "there is no '%s'", name);
    if (strcmp(name, "HOME") == 0)
        *takes_key = false;
    return STATUS_OK;
}

static struct script open_script(const char *text, size_t length)
{
    return (struct script){
        .name = "work.ms", .text = text, .length = length, .expand = expand};
}

/* "one|two;" for each statement, with > or >> FILE before the ; and & behind it; then how the text
 * ends: nothing, "...", or the place of the error and its message. */
static void add_statements(struct script *script, struct text *out)
{
    struct statement statement = {0};
    struct error err = {0};
    enum script_result result;
    text_add(out, "");
    while ((result = script_next(script, &statement, &err)) == SCRIPT_STATEMENT) {
        for (size_t i = 0; i < statement.n; i++) {
            assert_ptr_equal(statement.texts[i], statement.words[i].text);
            assert_int_equal(strlen(statement.texts[i]), statement.words[i].length);
            text_printf(out, "%s%s", i ? "|" : "", statement.texts[i]);
        }
        if (statement.redirected)
            text_printf(out, "%s%s", statement.append ? ">>" : ">", statement.file.text);
        text_add(out, statement.background ? "&;" : ";");
    }
    if (result == SCRIPT_INCOMPLETE)
        text_add(out, "...");
    if (result == SCRIPT_ERROR)
        text_printf(out, "%zu:%zu+%zu %s", script->wrong.line, script->wrong.column,
                    script->wrong_length, err.message);
    statement_done(&statement);
}

static void check(const char *text, size_t length, const char *want)
{
    struct text out = {0};
    struct script script = open_script(text, length);
    add_statements(&script, &out);
    assert_string_equal(out.bytes, want);
    text_done(&out);
}

static void test_statements(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {" \n;;\n\t; ", ""},
        {"eval a b", "eval|a|b;"},
        {"eval a b\nroute c; bound", "eval|a|b;route|c;bound;"},
        {"eval a\r\nroute\r\n", "eval|a;route;"},
        {"# all\n  # of it\neval a # the rest\n#", "eval|a;"},
        {"-- a comment\neval -- -a\n--\n--help", "eval|--|-a;--help;"},
        {"eval a#b c", "eval|a#b|c;"},
        {"eval 'a b' \"c d\" e\\ f", "eval|a b|c d|e f;"},
        {"eval a'b c'd\"e\"", "eval|ab cde;"},
        {"eval '' \"\"", "eval||;"},
        {"eval 'a\nb'", "eval|a\nb;"},
        {"eval 'a\\n$heads'", "eval|a\\n$heads;"},
        {"eval \"a\\n\\t\\\"\\\\\\$x\\d\"", "eval|a\n\t\"\\$x\\d;"},
        {"eval \\n \\; \\# \\' \\$heads", "eval|n|;|#|'|$heads;"},
        {"eval a\\\nb \\\n c \\\r\n d", "eval|ab|c|d;"},
        {"eval \"a\\\nb\"", "eval|ab;"},
        {"eval x=1&y=2 a&", "eval|x=1&y=2|a&;"},
        {"eval a & route b", "eval|a&;route|b;"},
        {"eval&;b", "eval&;b;"},
        {"eval > a.csv; route b >>c.md", "eval>a.csv;route|b>>c.md;"},
        {"eval >a.csv b >'c'", "1:15+1 the result has one file already"},
        {"eval > 'a b' c", "eval|c>a b;"},
        {"> a eval b > c", "1:12+1 the result has one file already"},
        {"> a.csv eval b", "eval|b>a.csv;"},
        {"eval --where accuracy>0.7", "eval|--where|accuracy>0.7;"},
        {"eval (a='x y' or b>1) c", "eval|(a='x y' or b>1)|c;"},
        {"eval (a\nor [b;c] # {d})", "eval|(a or [b;c] # {d});"},
        {"eval x(')' \\) \"]\")", "eval|x(')' \\) \"]\");"},
        {"eval ) a]", "eval|)|a];"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i][0], strlen(cases[i][0]), cases[i][1]);
}

static void test_expansions(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"train --heads $heads", "train|--heads|8;"},
        {"a${heads}b $last.accuracy \"$last.best\" $last.best", "a8b|0.7|h 3|h 3;"},
        {"a $HOME/x.csv $HOME.csv ${HOME}.csv ${last.accuracy}",
         "a|/home/me/x.csv|/home/me.csv|/home/me.csv|0.7;"},
        {"a $ $1 $$ 5$ \"$\" ($heads '$heads' \"$heads\")",
         "a|$|$1|$$|5$|$|(8 '$heads' \"8\");"},
        {"a x$nothing", "1:4+8 there is no 'nothing'"},
        {"a ${last.worst}", "1:3+13 there is no 'last'"},
        {"a ${}", "1:3+2 after '${' comes a name, perhaps a point and a key, and '}'"},
        {"a ${heads b",
         "1:3+2 after '${' comes a name, perhaps a point and a key, and '}'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    struct text out = {0};
    struct script script = {.name = "", .text = "a $x.y ${z}", .length = 11};
    add_statements(&script, &out); /* without values they stay as they are written */
    assert_string_equal(out.bytes, "a|$x.y|${z};");
    text_done(&out);
}

static void test_incomplete(void **state)
{
    (void)state;
    static const char *const cases[] = {"a 'b",   "a \"b\\", "a (b",
                                        "a [b)c", "a b\\",   "a b\\\n",
                                        "a \\\n", "a (\"b)", "a \"b\n\nc ;"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct statement statement = {0};
        struct text whole = {0};
        struct error err = {0};
        text_printf(&whole, "one; %s", cases[i]);
        struct script script = open_script(whole.bytes, whole.length);
        assert_int_equal(script_next(&script, &statement, &err), SCRIPT_STATEMENT);
        enum script_result result = script_next(&script, &statement, &err);
        if (strcmp(cases[i], "a [b)c") == 0) {
            assert_int_equal(result, SCRIPT_ERROR);
        } else {
            assert_int_equal(result, SCRIPT_INCOMPLETE);
            assert_int_equal(script.at.offset, 5); /* where more text may come behind */
            assert_true(*err.message);
        }
        statement_done(&statement);
        text_done(&whole);
    }
}

static void test_errors(void **state)
{
    (void)state;
    const struct {
        const char *text;
        size_t length;
        const char *want;
    } cases[] = {
        {"a\nb\0c", 5, "a;2:2+1 there is a NUL byte in the text"},
        {"# \xff", 3, "1:3+1 the byte 0xff is no UTF-8"},
        {"'\xc3\xa9' \xc3", 6, "1:5+1 the byte 0xc3 is no UTF-8"},
        {"a (b]", 5, "1:5+1 ']' where ')' closes the bracket of line 1"},
        {"a | b", 5,
         "1:3+1 there are no pipes and no conditions; '> FILE' writes a result"},
        {"a && b", 6,
         "1:3+2 there is no '&&'; a script stops at the first error by itself"},
        {"a >= b", 6, "1:3+2 an expression with '>=' stands in quotes or brackets"},
        {"a < b", 5, "1:3+1 nothing is read through '<'; name the file"},
        {"a >", 3, "1:3+1 a file comes after '>'"},
        {"a >> ; b", 8, "1:3+2 a file comes after '>>'"},
        {" & a", 4, "1:2+1 a command comes before '&'"},
        {"> a;", 4, "1:1+1 a command comes before the file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].length, cases[i].want);
    struct text deep = {0};
    text_add(&deep, "a ");
    for (int i = 0; i < 65; i++)
        text_add_char(&deep, '(');
    check(deep.bytes, deep.length, "1:67+1 brackets are more than 64 deep");
    text_done(&deep);
}

static void test_reading_goes_on_behind_an_error(void **state)
{
    (void)state;
    static const char text[] = "a\nb $no; c\nd (]\ne\nf \0\ng";
    struct script script = open_script(text, sizeof text - 1);
    struct text out = {0};
    for (int i = 0; i < 4; i++)
        add_statements(&script, &out);
    assert_string_equal(out.bytes, "a;2:3+3 there is no 'no'"
                                   "3:4+1 ']' where ')' closes the bracket of line 3"
                                   "e;5:3+1 there is a NUL byte in the textg;");
    text_done(&out);
}

static void test_places(void **state)
{
    (void)state;
    static const char text[] =
        "one\n  \xc3\xa9val 'b c'd \"e\" x=\"y\" \\\n \xe6\x97\xa5 > f  # g\n";
    struct script script = open_script(text, sizeof text - 1);
    struct statement statement = {0};
    struct error err;
    assert_int_equal(script_next(&script, &statement, &err), SCRIPT_STATEMENT);
    assert_int_equal(script_next(&script, &statement, &err), SCRIPT_STATEMENT);
    static const size_t want[][5] = {
        /* line, column, offset, end, plain */
        {2, 3, 6, 11, 5},   {2, 8, 12, 18, 0}, {2, 15, 19, 22, 0},
        {2, 19, 23, 28, 2}, {3, 2, 32, 35, 3},
    };
    assert_int_equal(statement.n, 5);
    for (size_t i = 0; i < 5; i++) {
        const struct script_word *word = &statement.words[i];
        assert_int_equal(word->at.line, want[i][0]);
        assert_int_equal(word->at.column, want[i][1]);
        assert_int_equal(word->at.offset, want[i][2]);
        assert_int_equal(word->end, want[i][3]);
        assert_int_equal(word->plain, want[i][4]);
        struct script_place place = script_place(&script, word->at.offset);
        assert_memory_equal(&place, &word->at, sizeof place);
    }
    assert_string_equal(statement.file.text, "f");
    assert_int_equal(statement.file.at.column, 6);
    assert_int_equal(statement.begin, 6);
    assert_int_equal(statement.end, 39);
    assert_int_equal(script_next(&script, &statement, &err), SCRIPT_END);
    statement_done(&statement);
}

static void check_shown(const char *line, size_t offset, size_t length, const char *want)
{
    struct script script = open_script(line, strlen(line));
    struct text out = {0};
    script_error_show(&script, script_place(&script, offset), length, "no", NULL, &out);
    assert_string_equal(out.bytes, want);
    text_done(&out);
}

static void test_shown(void **state)
{
    (void)state;
    check_shown("eval --tpo 5\n", 5, 5,
                "work.ms:1:6: error: no\neval --tpo 5\n     ^~~~~\n");
    check_shown("a\r\n\tb\tc\r\nd", 6, 1,
                "work.ms:2:4: error: no\n        b       c\n                ^\n");
    check_shown(
        "\xe6\x97\xa5\xe6\x9c\xac e\xcc\x81 x y", 11, 1, /* wide, and combining */
        "work.ms:1:7: error: no\n\xe6\x97\xa5\xe6\x9c\xac e\xcc\x81 x y\n       ^\n");
    check_shown("\xe6\x97\xa5\xe6\x9c\xac", 0, 6,
                "work.ms:1:1: error: no\n\xe6\x97\xa5\xe6\x9c\xac\n^~~~\n");
    check_shown("a \x1b[2J", 2, 1, "work.ms:1:3: error: no\na \\x1b[2J\n  ^~~~\n");
    check_shown("ab", 2, 1, "work.ms:1:3: error: no\nab\n  ^\n");
    check_shown("ab\n", 2, 5, "work.ms:1:3: error: no\nab\n  ^\n");
    check_shown("a bc\nd", 2, 50, "work.ms:1:3: error: no\na bc\n  ^~\n");
    check_shown("", 0, 1, "work.ms:1:1: error: no\n\n^\n");
}

/* A long line is cut around the place, wherever that is. */
static void test_long_lines_are_cut(void **state)
{
    (void)state;
    struct text line = {0};
    for (int i = 0; i < 1000; i++)
        text_add(&line, "\xc3\xa9");
    for (size_t offset = 0; offset <= 2000; offset += 2) {
        struct script script = open_script(line.bytes, line.length);
        struct text out = {0};
        script_error_show(&script, script_place(&script, offset), 2, "no", "Hint.", &out);
        const char *shown = strchr(out.bytes, '\n') + 1, *caret = strchr(shown, '\n') + 1;
        assert_int_equal(utf8_check(out.bytes, out.length), out.length);
        assert_true(text_width(shown, strcspn(shown, "\n")) <= 102);
        assert_true(strcspn(caret, "^") <= text_width(shown, strcspn(shown, "\n")));
        assert_non_null(strstr(caret, "^\nHint.\n"));
        text_done(&out);
    }
    text_done(&line);
}

/* Bounds with room for sanitizers and a busy machine; the figures of a release build are in the
 * benchmarks. Twice the text must not take four times as long. */
static void test_large_scripts(void **state)
{
    (void)state;
    struct text text = {0};
    while (text.length < 2 << 20)
        text_add(&text,
                 "eval features.safetensors \"a model\" --where 'accuracy>0.7' # why\n");
    double begin = clock_seconds();
    struct script script = open_script(text.bytes, text.length);
    struct statement statement = {0};
    struct error err;
    size_t n = 0, allocations = 0;
    for (; script_next(&script, &statement, &err) == SCRIPT_STATEMENT; n++)
        if (n == 10)
            allocations = mem_allocations();
    assert_int_equal(mem_allocations(), allocations);
    double seconds = clock_seconds() - begin;
    print_message("# %zu statements, %.2f us each\n", n, 1e6 * seconds / (double)n);
    assert_true(n > 30000);
    statement_done(&statement);
    text_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_expansions),
        cmocka_unit_test(test_incomplete),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_reading_goes_on_behind_an_error),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_large_scripts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
