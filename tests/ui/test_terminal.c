/* The toolkit's demo on a terminal that tmux draws. */
#include "ui/colored.h"
#include "ui/terminal.h"

static char command[512];

static const char *demo(const char *before, const char *after)
{
    static char line[1024];
    snprintf(line, sizeof line, "%s '%s' %s", before, command, after);
    return line;
}

static void need_tmux(void)
{
    if (!terminal_present()) {
        print_message("# tmux is not installed: skipped\n");
        skip();
    }
}

static void test_keys_move_and_are_echoed(void **state)
{
    (void)state;
    struct terminal terminal;
    need_tmux();
    terminal_start(&terminal, 80, 24, demo("TERM=tmux-256color", ""));
    terminal_sees(&terminal, "toolkit demo 80x24");
    terminal_keys(&terminal, "j Down");
    terminal_sees(&terminal, "Down -> go down");
    terminal_sees(&terminal, "▸   3");
    terminal_keys(&terminal, "F9");
    terminal_sees(&terminal, "F9 -> nothing");
    terminal_keys(&terminal, "M-[");
    terminal_sees(&terminal, "Alt-[ -> nothing");
    /* A26, A27: wide characters keep the columns, escapes are shown */
    terminal_sees(&terminal, "日本語 838");
    terminal_sees(&terminal, "\\x1b]0;owned\\x07");
    terminal_keys(&terminal, "q");
    terminal_sees(&terminal, "[rc 0]");
    terminal_end(&terminal);
}

static void test_search_and_filter_as_typed(void **state)
{
    (void)state;
    struct terminal terminal;
    need_tmux();
    terminal_start(&terminal, 80, 24, demo("TERM=tmux-256color", ""));
    terminal_sees(&terminal, "toolkit demo 80x24");
    terminal_keys(&terminal, "/");
    terminal_sees(&terminal, "cancel");
    terminal_type(&terminal, "boiler 433");
    terminal_keys(&terminal, "Enter");
    terminal_sees(&terminal, "1 of 1");
    terminal_keys(&terminal, "f");
    terminal_type(&terminal, "score>0.95 /pump/");
    terminal_sees(&terminal, "FILTER score>0.95");
    terminal_keys(&terminal, "Escape");
    terminal_sees(&terminal, "search");
    terminal_end(&terminal);
}

/* A30 */
static void test_pasted_text_is_no_keys(void **state)
{
    (void)state;
    struct terminal terminal;
    need_tmux();
    terminal_start(&terminal, 80, 24, demo("TERM=tmux-256color", ""));
    terminal_sees(&terminal, "toolkit demo");
    TMUX(&terminal, NULL, "set-buffer", "qqq\nq");
    TMUX(&terminal, NULL, "paste-buffer", "-p");
    terminal_sees(&terminal, "pasted qqq\\nq");
    terminal_end(&terminal);
}

/* A21 */
static void test_sizes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{200, 60}, {80, 24}, {40, 12},
                                   {20, 5},   {1, 1},   {80, 24}};
    struct terminal terminal;
    struct text first = {0};
    need_tmux();
    terminal_start(&terminal, 80, 24, demo("TERM=tmux-256color", ""));
    terminal_sees(&terminal, "toolkit demo 80x24");
    terminal_keys(&terminal, "PageDown j");
    terminal_sees(&terminal, "j -> go down");
    text_add(&first, terminal_screen(&terminal));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char title[64];
        terminal_resize(&terminal, sizes[i][0], sizes[i][1]);
        snprintf(title, sizeof title, "toolkit demo %dx%d", sizes[i][0], sizes[i][1]);
        if (sizes[i][0] >= 40)
            terminal_sees(&terminal, title);
        if (sizes[i][0] == 20)
            terminal_sees(&terminal, "▸");
        if (sizes[i][0] == 1)
            terminal_sleep(0.1);
    }
    assert_string_equal(terminal_screen(&terminal), first.bytes);
    terminal_keys(&terminal, "q");
    terminal_sees(&terminal, "[rc 0]");
    text_done(&first);
    terminal_end(&terminal);
}

/* A22 */
static void test_resize_storm(void **state)
{
    (void)state;
    struct terminal terminal;
    struct text after = {0};
    need_tmux();
    terminal_start(&terminal, 80, 24, demo("TERM=tmux-256color", ""));
    terminal_sees(&terminal, "toolkit demo 80x24");
    for (int i = 0; i < 50; i++)
        terminal_resize(&terminal, 20 + i * 37 % 120, 2 + i * 13 % 50);
    terminal_resize(&terminal, 90, 28);
    terminal_sees(&terminal, "toolkit demo 90x28");
    terminal_keys(&terminal, "C-l");
    terminal_sees(&terminal, "Ctrl-L -> redraw");
    text_add(&after, terminal_screen(&terminal));
    terminal_keys(&terminal, "C-l");
    terminal_sleep(0.2);
    assert_string_equal(terminal_screen(&terminal), after.bytes);
    text_done(&after);
    terminal_end(&terminal);
}

/* A32 */
static void test_stopping_and_going_on(void **state)
{
    (void)state;
    struct terminal terminal;
    struct text before = {0};
    need_tmux();
    terminal_start(&terminal, 80, 24, "PS1='sh> ' sh -i");
    terminal_sees(&terminal, "sh>");
    terminal_type(&terminal,
                  demo("stty -a >/tmp/microscope-test-$$; TERM=tmux-256color", ""));
    terminal_keys(&terminal, "Enter");
    terminal_sees(&terminal, "toolkit demo 80x24");
    terminal_keys(&terminal, "j");
    terminal_sees(&terminal, "j -> go down");
    text_add(&before, terminal_screen(&terminal));
    terminal_keys(&terminal, "C-z");
    terminal_sees(&terminal, "sh>");
    terminal_type(&terminal, "stty -a | cmp - /tmp/microscope-test-$$ && echo sa''me");
    terminal_keys(&terminal, "Enter");
    terminal_sees(&terminal, "same");
    terminal_type(&terminal, "rm /tmp/microscope-test-$$; fg");
    terminal_keys(&terminal, "Enter");
    terminal_sees(&terminal, "toolkit demo 80x24");
    terminal_sleep(0.1);
    assert_string_equal(terminal_screen(&terminal), before.bytes);
    terminal_keys(&terminal, "C-z");
    terminal_sees(&terminal, "sh>");
    terminal_resize(&terminal, 70, 20);
    terminal_type(&terminal, "fg");
    terminal_keys(&terminal, "Enter");
    terminal_sees(&terminal, "toolkit demo 70x20");
    terminal_keys(&terminal, "q");
    terminal_sees(&terminal, "sh>");
    text_done(&before);
    terminal_end(&terminal);
}

static void test_colours_arrive(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *has, *lacks;
    } cases[] = {
        {"TERM=tmux-256color", "", "48;5;", "48;2;"},
        {"TERM=tmux-256color", "--color 16", "[", "48;5;"},
        {"TERM=tmux-256color", "--color none", "7m", NULL},
        {"TERM=tmux-256color NO_COLOR=1", "", "7m", NULL},
        {"TERM=screen", "", "[4", "48;5;"},
    };
    need_tmux();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct terminal terminal;
        terminal_start(&terminal, 80, 24, demo(cases[i].before, cases[i].after));
        terminal_sees(&terminal, "toolkit demo");
        const char *screen = terminal_colored(&terminal);
        if (!strstr(screen, cases[i].has))
            fail_msg("%s %s: no '%s' in\n%s", cases[i].before, cases[i].after, cases[i].has,
                     screen);
        assert_int_equal(sets_color(screen), cases[i].lacks != NULL);
        if (cases[i].lacks && strstr(screen, cases[i].lacks))
            fail_msg("%s %s: '%s' in\n%s", cases[i].before, cases[i].after, cases[i].lacks,
                     screen);
        terminal_end(&terminal);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_move_and_are_echoed),
        cmocka_unit_test(test_search_and_filter_as_typed),
        cmocka_unit_test(test_pasted_text_is_no_keys),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_resize_storm),
        cmocka_unit_test(test_stopping_and_going_on),
        cmocka_unit_test(test_colours_arrive),
    };
    if (argc < 2)
        return 2;
    snprintf(command, sizeof command, "%s", argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
