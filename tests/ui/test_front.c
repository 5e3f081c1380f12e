/* What the words of a command line ask for. Here nothing is a terminal, so there is no screen. */
#include "near.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/table.h"
#include "ui/front.h"

enum { MOST = 8 };

/* Splits at blanks. */
static size_t split(const char *line, char *room, const char **words)
{
    size_t n = 0;
    strcpy(room, line);
    for (char *word = strtok(room, " "); word; word = strtok(NULL, " "))
        words[n++] = word;
    return n;
}

static enum status read_line(struct front_line *front, const char *line, struct error *err)
{
    static char room[512];
    static const char *words[MOST];
    return front_read(front, command_table, words, split(line, room, words), err);
}

static void test_words_lead_to_commands(void **state)
{
    (void)state;
    static const struct {
        const char *line, *wanted; /* the words that are run */
    } cases[] = {
        {"eval a.safetensors b.safetensors", "eval a.safetensors b.safetensors"},
        {"demo --heads 4", "demo --heads 4"},
        {"nosuch", "nosuch"},
        {"", "help"},
        {"demo", "demo"},
        {"--theme light demo", "demo"},
        {"data/demo.features.safetensors data/demo.model.safetensors",
         "eval data/demo.features.safetensors data/demo.model.safetensors"},
        {"data/demo.model.safetensors data/demo.features.safetensors",
         "eval data/demo.features.safetensors data/demo.model.safetensors"},
        {"data/demo.jsonl.gz", "info data/demo.jsonl.gz"},
        {"missing.safetensors", "info missing.safetensors"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct front_line front;
        struct error err = {0};
        assert_int_equal(read_line(&front, cases[i].line, &err), STATUS_OK);
        assert_int_equal(front.kind, FRONT_COMMAND);
        struct text line = {0};
        for (size_t w = 0; w < front.n; w++)
            text_printf(&line, "%s%s", w ? " " : "", front.words[w]);
        assert_string_equal(line.bytes, cases[i].wanted);
        text_done(&line);
        front_done(&front);
    }
}

static void test_A24_a_screen_that_is_asked_for_must_be_there(void **state)
{
    (void)state;
    struct front_line front;
    struct error err = {0};
    assert_int_equal(read_line(&front, "--tui demo", &err), STATUS_USAGE);
    assert_non_null(strstr(err.message, "no screen"));
    front_done(&front);
}

static void test_options_are_checked(void **state)
{
    (void)state;
    struct front_line front;
    struct error err = {0};
    assert_int_equal(read_line(&front, "--theme", &err), STATUS_USAGE);
    assert_string_equal(err.message, "--theme wants a value");
    front_done(&front);
    assert_int_equal(read_line(&front, "--self-test-crash=nothing", &err), STATUS_USAGE);
    front_done(&front);
}

static void test_themes_are_checked_without_a_screen(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum status status;
    } cases[] = {{"--check-theme themes/dark.json", STATUS_OK},
                 {"--check-theme=themes/light.json", STATUS_OK},
                 {"--check-theme meson.build", STATUS_FORMAT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct front_line front;
        struct error err = {0};
        assert_int_equal(read_line(&front, cases[i].line, &err), STATUS_OK);
        assert_int_equal(front.kind, FRONT_THEME);
        assert_int_equal(front_run(&front, command_table, NULL, NULL, &err),
                         cases[i].status);
        front_done(&front);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_lead_to_commands),
        cmocka_unit_test(test_A24_a_screen_that_is_asked_for_must_be_there),
        cmocka_unit_test(test_options_are_checked),
        cmocka_unit_test(test_themes_are_checked_without_a_screen),
    };
    if (chdir(getenv("MICROSCOPE_SOURCE")))
        return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
