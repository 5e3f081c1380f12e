#include "lines.h"

#include "corpus/record.h"

/* Takers get their check through self; nothing is asserted about files here but lines. */
struct visit {
    enum status (*check)(const struct record *record, struct error *err);
    size_t lines[8], n;
};

static enum status take(void *self, const struct record *record, struct error *err)
{
    struct visit *visit = self;
    visit->lines[visit->n++ % 8] = record->line;
    return visit->check ? visit->check(record, err) : STATUS_OK;
}

static enum status each(const char *lines, struct visit *visit, struct record_tally *tally,
                        struct error *err)
{
    return record_each(write_lines("r.jsonl", lines), NULL, tally, take, visit, err);
}

static void assert_each(const char *line, enum status (*check)(const struct record *record,
                                                               struct error *err))
{
    struct visit visit = {.check = check};
    struct error err = {0};
    if (each(line, &visit, NULL, &err))
        fail_msg("%s", err.message);
    assert_int_equal(visit.n, 1);
}

static void test_lines_are_numbered_as_in_the_file(void **state)
{
    (void)state;
    struct visit visit = {0};
    struct record_tally tally = {0};
    struct error err = {0};
    assert_int_equal(each("\n{}\n \t\n{\"a\":1}\r\n\r\n{}", &visit, &tally, &err),
                     STATUS_OK);
    assert_int_equal(visit.n, 3);
    assert_int_equal(tally.n_records, 3);
    const size_t want[] = {2, 4, 6};
    assert_memory_equal(visit.lines, want, sizeof want);
}

static enum status refuse(const struct record *record, struct error *err)
{
    return error_set(err, record->line == 3 ? STATUS_NO_MEMORY : STATUS_FORMAT, "no");
}

static void test_only_bad_records_are_skipped(void **state)
{
    (void)state;
    struct visit visit = {.check = refuse};
    struct record_tally tally = {.skip_bad = true};
    struct error err = {0};
    assert_int_equal(each("{}\n{}\n{}\n{}\n", &visit, &tally, &err), STATUS_NO_MEMORY);
    assert_contains(err.message, "line 3: no");
    assert_int_equal(tally.n_bad, 2);
    assert_contains(tally.first_bad.message, "line 1: no");
}

static enum status check_getters(const struct record *record, struct error *err)
{
    const char *text = NULL;
    double number = 0;
    int32_t index = 7;
    struct text label = {0};
    struct passages set = {0};
    assert_int_equal(record_text(record, "t", &text, err), STATUS_OK);
    assert_string_equal(text, "x");
    assert_int_equal(record_text(record, "n", &text, err), STATUS_FORMAT);
    assert_int_equal(record_text(record, "none", &text, err), STATUS_FORMAT);
    assert_int_equal(record_number(record, "n", &number, err), STATUS_OK);
    assert_near(number, 1e20, 0, 0);
    assert_int_equal(record_number(record, "null", &number, err), STATUS_OK);
    assert_true(isnan(number));
    assert_int_equal(record_number(record, "t", &number, err), STATUS_FORMAT);
    assert_int_equal(record_label(record, "n", &label, err), STATUS_OK);
    assert_string_equal(label.bytes, "100000000000000000001");
    assert_int_equal(record_label(record, "null", &label, err), STATUS_OK);
    assert_int_equal(record_label(record, "flag", &label, err), STATUS_FORMAT);
    assert_string_equal(label.bytes, "100000000000000000001");
    assert_int_equal(record_name(record, "none", &set, &index, err), STATUS_OK);
    assert_int_equal(index, -1);
    assert_int_equal(record_name(record, "t", &set, &index, err), STATUS_OK);
    assert_int_equal(index, 0);
    assert_int_equal(record_name(record, "twice", &set, &index, err), STATUS_FORMAT);
    assert_string_equal(err->message, "the key 'twice' comes twice");
    assert_int_equal(index, 0);
    text_done(&label);
    passages_done(&set);
    return STATUS_OK;
}

static void test_getters(void **state)
{
    (void)state;
    assert_each("{\"twice\":\"a\",\"t\":\"x\",\"n\":100000000000000000001,\"null\":null,"
                "\"flag\":true,\"twice\":\"b\"}",
                check_getters);
}

static void join(void *self, const char *key, const char *value, size_t length)
{
    assert_int_equal(strlen(value), length);
    text_printf(self, "%s=%s;", key, value);
}

static enum status check_unknown(const struct record *record, struct error *err)
{
    static const char *const known[] = {"b", "d"};
    struct text joined = {0};
    (void)err;
    record_unknown(record, known, 2, join, &joined);
    assert_string_equal(joined.bytes,
                        "a=1.0;c={\"b\" : [ 1,\"}\" ]};q\"=-0;e=\"\\u00e9\\\\\";f=1;g=[];");
    text_done(&joined);
    return STATUS_OK;
}

static void test_unknown_members_to_the_letter(void **state)
{
    (void)state;
    assert_each("{\"a\":1.0 ,\"b\":[\"a\",{}], \"c\" : {\"b\" : [ 1,\"}\" ]},\"q\\\"\":-0,"
                "\"d\":\"\\\\\\\"\",\"e\":\"\\u00e9\\\\\",\"f\":01,\"g\":[]}",
                check_unknown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_numbered_as_in_the_file),
        cmocka_unit_test(test_only_bad_records_are_skipped),
        cmocka_unit_test(test_getters),
        cmocka_unit_test(test_unknown_members_to_the_letter),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
