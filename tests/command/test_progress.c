#include "near.h"

#include <string.h>

#include "command/progress.h"

static double now;

static double fake_clock(void)
{
    return now;
}

/* Keeps every line that is shown, one a line; "(gone)" for a line taken away. */
static struct text shown;

static void keep(struct progress *progress, const char *line)
{
    (void)progress;
    text_printf(&shown, "%s\n", line ? line : "(gone)");
}

static struct progress make(size_t cells)
{
    now = 1000;
    text_done(&shown);
    text_add(&shown, "");
    return (struct progress){.show = keep, .clock = fake_clock, .cells = cells};
}

static void test_lines(void **state)
{
    (void)state;
    struct progress progress = make(79);
    progress_begin(&progress, "reading 'a\x1b'", "pairs");
    progress_update(&progress, 0, 4000);
    now += 1;
    progress_update(&progress, 1000, 4000);
    now += 1;
    progress_say(&progress, "epoch 2 of 3");
    progress_update(&progress, 3000, 4000);
    now += 7200;
    progress_update(&progress, 3001, 4000);
    progress_end(&progress);
    progress_end(&progress);
    assert_string_equal(shown.bytes, "reading 'a\\x1b'  25 %  1,000 pairs/s  0:03 left\n"
                                     "epoch 2 of 3  75 %  1,500 pairs/s  0:01 left\n"
                                     "epoch 2 of 3  75 %  0.417 pairs/s  39:57 left\n"
                                     "(gone)\n");
    progress_done(&progress);
}

static void test_at_most_ten_lines_a_second(void **state)
{
    (void)state;
    struct progress progress = make(79);
    progress_begin(&progress, "x", "pairs");
    for (int i = 0; i < 1000; i++) {
        now += 0.001;
        progress_update(&progress, i, 1000);
    }
    size_t lines = 0;
    for (const char *c = shown.bytes; *c; c++)
        lines += *c == '\n';
    assert_in_range(lines, 7, 10);
    progress_done(&progress);
}

static void test_short_work_shows_nothing(void **state)
{
    (void)state;
    struct progress progress = make(79);
    progress_begin(&progress, "x", "pairs");
    now += 0.19;
    progress_update(&progress, 1, 1);
    progress_end(&progress);
    assert_string_equal(shown.bytes, "");
    progress_done(&progress);
}

static void test_resumed_work_has_a_true_rate(void **state)
{
    (void)state;
    struct progress progress = make(79);
    progress_begin(&progress, "x", "pairs");
    progress_update(&progress, 900, 1000);
    now += 5;
    progress_update(&progress, 950, 1000);
    assert_string_equal(shown.bytes, "x  95 %  10 pairs/s  0:05 left\n");
    progress_done(&progress);
}

static void test_without_total_or_unit(void **state)
{
    (void)state;
    struct progress progress = make(79);
    progress_begin(&progress, "x", "bytes");
    progress_update(&progress, 0, 0);
    now += 2;
    progress_update(&progress, 5000, 0);
    progress_begin(&progress, "y", NULL);
    progress_update(&progress, 0, 2);
    now += 2;
    progress_update(&progress, 1, 2);
    assert_string_equal(shown.bytes, "x  5,000 bytes  2,500 bytes/s  0:02\n"
                                     "(gone)\n"
                                     "y  50 %  0:02 left\n");
    progress_done(&progress);
}

static void test_narrow_and_silent(void **state)
{
    (void)state;
    struct progress progress = make(12);
    progress_begin(&progress, "reading", "pairs");
    now += 1;
    progress_update(&progress, 1, 2);
    assert_string_equal(shown.bytes, "reading  50\xe2\x80\xa6\n");
    progress_done(&progress);

    progress = make(0);
    progress_begin(&progress, "reading", "pairs");
    now += 1;
    progress_update(&progress, 1, 2);
    progress_done(&progress);
    assert_string_equal(shown.bytes, "");

    progress_begin(NULL, "reading", "pairs");
    progress_say(NULL, "x");
    progress_update(NULL, 1, 2);
    progress_end(NULL);
    text_done(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_at_most_ten_lines_a_second),
        cmocka_unit_test(test_short_work_shows_nothing),
        cmocka_unit_test(test_resumed_work_has_a_true_rate),
        cmocka_unit_test(test_without_total_or_unit),
        cmocka_unit_test(test_narrow_and_silent),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
