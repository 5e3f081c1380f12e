/* The command line that runs a command again. */
#include "near.h"

#include <string.h>

#include "command/again.h"
#include "command/line.h"

struct brew_args {
    const char *tea, *milk;
    size_t cups;
    double sugar;
    int kind;
    bool iced;
    struct texts guests;
};

static const char *const kinds[] = {"green", "black", NULL};
static const struct field brew_fields[] = {
    {.name = "tea",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct brew_args, tea)},
    {.name = "milk", .type = FIELD_TEXT, .initial = "", FIELD_AT(struct brew_args, milk)},
    {.name = "cups",
     .type = FIELD_COUNT,
     .min = 1,
     .max = 99,
     .initial = "2",
     FIELD_AT(struct brew_args, cups)},
    {.name = "sugar",
     .type = FIELD_REAL,
     .max = 9,
     .initial = "0.5",
     FIELD_AT(struct brew_args, sugar)},
    {.name = "kind",
     .type = FIELD_CHOICE,
     .choices = kinds,
     .initial = "green",
     FIELD_AT(struct brew_args, kind)},
    {.name = "iced", .type = FIELD_FLAG, .initial = "no", FIELD_AT(struct brew_args, iced)},
    {.name = "guest",
     .type = FIELD_TEXTS,
     .initial = "",
     FIELD_AT(struct brew_args, guests)},
    {0},
};
static const struct command brew = {
    .name = "brew", .fields = brew_fields, .args_size = sizeof(struct brew_args)};
static const struct command *const table[] = {&brew, NULL};

/* Words in, and the line that comes of them. */
static void check(const char *const *words, const char *except, const char *want)
{
    struct line line;
    struct error err = {0};
    struct text text = {0};
    size_t n = 0;
    while (words[n])
        n++;
    if (line_parse(&line, table, words, n, &err))
        fail_msg("%s", err.message);
    again_add(&brew, line.args, except, line.common.seed, &text);
    assert_string_equal(text.bytes, want);
    text_done(&text);
    line_done(&line);
}

static void test_lines(void **state)
{
    (void)state;
#define CHECK(except, want, ...)                                                           \
    check((const char *const[]){"brew", __VA_ARGS__, NULL}, except, want)
    CHECK(NULL, "microscope brew assam", "assam");
    CHECK(NULL, "microscope brew assam", "assam", "--cups", "2", "--sugar", "0.5");
    CHECK(NULL, "microscope brew assam --cups 3 --sugar 0.25 --kind black --iced", "--kind",
          "black", "--iced", "--cups=3", "assam", "--sugar", "0.25");
    CHECK("cups", "microscope brew assam --milk 'a drop'", "assam", "--cups", "3", "--milk",
          "a drop");
    CHECK(NULL, "microscope brew 'it'\\''s tea' --seed 7", "it's tea", "--seed", "7");
    CHECK(NULL, "microscope brew assam --guest Ada --guest 'Grace H.'", "assam", "--guest",
          "Ada", "--guest", "Grace H.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
