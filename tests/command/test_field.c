#include "near.h"

#include <string.h>

#include "command/field.h"

struct values {
    size_t count;
    double real;
    const char *text, *path;
    int choice;
    bool flag;
    struct texts texts;
};

static const char *const routers[] = {"mlp", "linear", "static", NULL};

static const struct field count = {.name = "epochs",
                                   .type = FIELD_COUNT,
                                   FIELD_AT(struct values, count),
                                   .min = 1,
                                   .max = 1000,
                                   .unit = "epochs"};
static const struct field seed = {
    .name = "seed", .type = FIELD_COUNT, FIELD_AT(struct values, count), .max = HUGE_VAL};
static const struct field real = {
    .name = "alpha", .type = FIELD_REAL, FIELD_AT(struct values, real), .max = HUGE_VAL};
static const struct field share = {
    .name = "share", .type = FIELD_REAL, FIELD_AT(struct values, real), .max = 0.5};
static const struct field free_real = {.name = "shift",
                                       .type = FIELD_REAL,
                                       FIELD_AT(struct values, real),
                                       .min = -HUGE_VAL,
                                       .max = HUGE_VAL};
static const struct field below = {.name = "below",
                                   .type = FIELD_REAL,
                                   FIELD_AT(struct values, real),
                                   .min = -HUGE_VAL,
                                   .max = 0};
static const struct field text = {
    .name = "context", .type = FIELD_TEXT, FIELD_AT(struct values, text)};
static const struct field path = {
    .name = "out", .type = FIELD_PATH, FIELD_AT(struct values, path)};
static const struct field features = {.name = "features",
                                      .type = FIELD_PATH,
                                      FIELD_AT(struct values, path),
                                      .positional = true};
static const struct field choice = {.name = "router",
                                    .type = FIELD_CHOICE,
                                    FIELD_AT(struct values, choice),
                                    .choices = routers};
static const struct field flag = {
    .name = "resume", .type = FIELD_FLAG, FIELD_AT(struct values, flag)};
static const struct field list = {
    .name = "files", .type = FIELD_PATHS, FIELD_AT(struct values, texts)};

static void test_counts(void **state)
{
    (void)state;
    const struct {
        const struct field *field;
        const char *text;
        size_t want;
    } cases[] = {
        {&count, "1", 1},   {&count, "1000", 1000},
        {&count, "007", 7}, {&seed, "9007199254740992", 9007199254740992u},
        {&seed, "0", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct values values = {0};
        assert_int_equal(field_parse(cases[i].field, cases[i].text, &values, NULL, NULL),
                         STATUS_OK);
        assert_int_equal(values.count, cases[i].want);
    }
}

static void test_reals(void **state)
{
    (void)state;
    const struct {
        const struct field *field;
        const char *text;
        double want;
    } cases[] = {
        {&real, "0.5", 0.5}, {&real, "5e-4", 5e-4},         {&real, ".25", 0.25},
        {&real, "+2", 2},    {&free_real, "-1.5E3", -1500}, {&share, "0.5", 0.5},
        {&real, "0", 0},     {&free_real, "-0.1", -0.1},    {&real, "1e-400", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct values values = {.real = 99};
        assert_int_equal(field_parse(cases[i].field, cases[i].text, &values, NULL, NULL),
                         STATUS_OK);
        assert_true(values.real == cases[i].want);
    }
}

static void test_words(void **state)
{
    (void)state;
    struct values values = {0};
    struct arena arena = {0};
    assert_int_equal(field_parse(&text, "", &values, &arena, NULL), STATUS_OK);
    assert_string_equal(values.text, "");
    assert_int_equal(field_parse(&path, "-", &values, &arena, NULL), STATUS_OK);
    assert_string_equal(values.path, "-");
    assert_int_equal(field_parse(&choice, "static", &values, &arena, NULL), STATUS_OK);
    assert_int_equal(values.choice, 2);
    const struct {
        const char *text;
        bool want;
    } flags[] = {{"yes", true},  {"no", false},    {"on", true}, {"off", false},
                 {"true", true}, {"false", false}, {"1", true},  {"0", false}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        assert_int_equal(field_parse(&flag, flags[i].text, &values, &arena, NULL),
                         STATUS_OK);
        assert_int_equal(values.flag, flags[i].want);
    }
    arena_done(&arena);
}

static void test_lists_grow(void **state)
{
    (void)state;
    struct values values = {0};
    struct arena arena = {0};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(field_parse(&list, names[i], &values, &arena, NULL), STATUS_OK);
    assert_int_equal(values.texts.n, 9);
    for (size_t i = 0; i < 9; i++)
        assert_ptr_equal(values.texts.items[i], names[i]);
    arena_done(&arena);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const struct field *field;
        const char *text, *want;
    } cases[] = {
        {&count, "0", "--epochs wants a whole number from 1 to 1000 (epochs), not '0'"},
        {&count, "1001",
         "--epochs wants a whole number from 1 to 1000 (epochs), not '1001'"},
        {&count, "", "--epochs wants a whole number from 1 to 1000 (epochs), not ''"},
        {&count, "5.0", "--epochs wants a whole number from 1 to 1000 (epochs), not '5.0'"},
        {&count, " 5", "--epochs wants a whole number from 1 to 1000 (epochs), not ' 5'"},
        {&count, "5x", "--epochs wants a whole number from 1 to 1000 (epochs), not '5x'"},
        {&seed, "-1", "--seed wants a whole number, not '-1'"},
        {&seed, "9007199254740993", "--seed wants a whole number, not '9007199254740993'"},
        {&seed, "99999999999999999999",
         "--seed wants a whole number, not "
         "'99999999999999999999'"},
        {&real, "-0.5", "--alpha wants a number of at least 0, not '-0.5'"},
        {&real, "nan", "--alpha wants a number of at least 0, not 'nan'"},
        {&real, "inf", "--alpha wants a number of at least 0, not 'inf'"},
        {&real, "1e999", "--alpha wants a number of at least 0, not '1e999'"},
        {&real, "0x10", "--alpha wants a number of at least 0, not '0x10'"},
        {&real, "1,5", "--alpha wants a number of at least 0, not '1,5'"},
        {&real, ".", "--alpha wants a number of at least 0, not '.'"},
        {&real, "1e", "--alpha wants a number of at least 0, not '1e'"},
        {&share, "0.51", "--share wants a number from 0 to 0.5, not '0.51'"},
        {&free_real, "", "--shift wants a number, not ''"},
        {&below, "1", "--below wants a number of at most 0, not '1'"},
        {&path, "", "--out wants a file name, not ''"},
        {&features, "", "FEATURES wants a file name, not ''"},
        {&choice, "liner",
         "--router wants one of mlp, linear, static, not 'liner'; did you "
         "mean 'linear'?"},
        {&choice, "", "--router wants one of mlp, linear, static, not ''"},
        {&choice, "zzz", "--router wants one of mlp, linear, static, not 'zzz'"},
        {&flag, "maybe", "--resume wants yes or no, not 'maybe'"},
        {&flag, "\x1b[2J", "--resume wants yes or no, not '\\x1b[2J'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct values values, before;
        memset(&values, 0x55, sizeof values);
        before = values;
        struct error err = {0};
        assert_int_equal(field_parse(cases[i].field, cases[i].text, &values, NULL, &err),
                         STATUS_USAGE);
        assert_string_equal(err.message, cases[i].want);
        assert_memory_equal(&values, &before, sizeof values);
    }
}

static void test_a_long_value_is_cut_in_the_message(void **state)
{
    (void)state;
    char long_text[4000];
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    struct values values = {0};
    struct error err = {0};
    field_parse(&count, long_text, &values, NULL, &err);
    assert_true(strlen(err.message) < 150);
    assert_non_null(strstr(err.message, "xxx\xe2\x80\xa6'"));
}

static void test_reset(void **state)
{
    (void)state;
    struct values values;
    memset(&values, 0x55, sizeof values);
    struct field field = count;
    field.initial = "7";
    assert_int_equal(field_reset(&field, &values, NULL, NULL), STATUS_OK);
    assert_int_equal(values.count, 7);
    field = text;
    field.initial = "";
    assert_int_equal(field_reset(&field, &values, NULL, NULL), STATUS_OK);
    assert_null(values.text);
    field = list;
    assert_int_equal(field_reset(&field, &values, NULL, NULL), STATUS_OK);
    assert_int_equal(values.texts.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_reals),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_lists_grow),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_long_value_is_cut_in_the_message),
        cmocka_unit_test(test_reset),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
