#include "ui/shown.h"

#include "ui/input.h"

/* What an event says, in words. */
static void describe(const struct event *event, struct text *out)
{
    char name[KEY_NAME];
    static const char *const actions[] = {"press", "release", "drag", "wheel up",
                                          "wheel down"};
    if (event->kind == EVENT_KEY)
        text_add(out, key_name(event->key, name));
    else if (event->kind == EVENT_MOUSE)
        text_printf(out, "%s %d at %d,%d%s", actions[event->mouse.action],
                    event->mouse.button, event->mouse.row, event->mouse.column,
                    event->mouse.mods & MOD_CTRL ? " ctrl" : "");
    else if (event->kind == EVENT_PASTE)
        text_printf(out, "paste(%.*s)", (int)event->length, event->text);
    else
        text_add(out, event->kind == EVENT_FOCUS_IN ? "focus" : "unfocus");
    text_add_char(out, ';');
}

static void take_all(struct input *input, bool late, struct text *out)
{
    struct event event;
    while (input_next(input, late, &event))
        describe(&event, out);
}

static const struct {
    const char *bytes, *wanted;
} cases[] = {
    {"q", "q;"},
    {"Q ", "Q;Space;"},
    {"\xc3\xa9\xe6\x97\xa5", "é;日;"},
    {"\r\n\t", "Enter;Enter;Tab;"},
    {"\x7f\b", "Backspace;Backspace;"},
    {"\x03\x12\x1c", "Ctrl-C;Ctrl-R;Ctrl-\\;"},
    {"\033", "Esc;"},
    {"\033\033", "Esc;Esc;"},
    {"\033[A\033OA", "Up;Up;"},
    {"\033[1;5C\033[1;2D\033[1;3A", "Ctrl-Right;Shift-Left;Alt-Up;"},
    {"\033[H\033[4~\033[5~\033[6~\033[2~\033[3~", "Home;End;PgUp;PgDn;Ins;Del;"},
    {"\033OP\033[11~\033[[A\033[15~\033[24~", "F1;F1;F1;F5;F12;"},
    {"\033[Z", "Shift-Tab;"},
    {"\033b\033[", "Alt-b;Alt-[;"},
    {"\033\r", "Alt-Enter;"},
    {"\033[<0;10;5M\033[<0;10;5m", "press 1 at 4,9;release 1 at 4,9;"},
    {"\033[<64;1;1M\033[<65;300;250M", "wheel up 0 at 0,0;wheel down 0 at 249,299;"},
    {"\033[<34;2;3M\033[<16;2;3M", "drag 3 at 2,1;press 1 at 2,1 ctrl;"},
    {"\033[M !!", "press 1 at 0,0;"},
    {"\033[I\033[O", "focus;unfocus;"},
    {"\033[200~ab\rq\033[A\033[201~x", "paste(ab\nq\033[A);x;"},
    {"\033[200~\033[201~", "paste();"},
    {"\033[99~\033[>0;1cq", "q;"}, /* not known: swallowed, not typed */
    {"\033[97;5u", "Ctrl-A;"},
    {"\033[27;5;114~", "Ctrl-R;"},
    {"\xff\xc3", ""},
    {"\033[12", ""},
};

static void test_bytes_become_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct input input = {0};
        struct text said = {0};
        text_append(&said, "", 0);
        input_feed(&input, cases[i].bytes, strlen(cases[i].bytes));
        take_all(&input, false, &said);
        take_all(&input, true, &said);
        assert_string_equal(said.bytes, cases[i].wanted);
        assert_false(input_waits(&input));
        text_done(&said);
        input_done(&input);
    }
}

/* The same events however the bytes come: one by one, none of them late. */
static void test_bytes_may_come_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct input input = {0}, whole = {0};
        struct text said = {0}, wanted = {0};
        text_append(&said, "", 0);
        text_append(&wanted, "", 0);
        input_feed(&whole, cases[i].bytes, strlen(cases[i].bytes));
        take_all(&whole, false, &wanted);
        take_all(&whole, true, &wanted);
        for (const char *at = cases[i].bytes; *at; at++) {
            input_feed(&input, at, 1);
            take_all(&input, false, &said);
        }
        take_all(&input, true, &said);
        assert_string_equal(said.bytes, wanted.bytes);
        text_done(&said);
        text_done(&wanted);
        input_done(&input);
        input_done(&whole);
    }
}

static void test_esc_waits_for_what_may_follow(void **state)
{
    (void)state;
    struct input input = {0};
    struct event event;
    input_feed(&input, "\033", 1);
    assert_false(input_next(&input, false, &event));
    assert_true(input_waits(&input));
    input_feed(&input, "[A", 2);
    assert_true(input_next(&input, false, &event));
    assert_int_equal(event.key.code, KEY_CODE_UP);
    input_done(&input);
}

static void test_sequences_can_be_learned(void **state)
{
    (void)state;
    struct input input = {0};
    struct event event;
    input_learn(&input, NULL, (struct key){KEY_CODE_UP, 0});
    input_learn(&input, "\033[9~~", (struct key){KEY_CODE_F1, MOD_SHIFT});
    input_feed(&input, "\033[9~~", 5);
    assert_true(input_next(&input, false, &event));
    assert_int_equal(event.key.code, KEY_CODE_F1);
    assert_int_equal(event.key.mods, MOD_SHIFT);
    input_done(&input);
}

static void test_any_bytes_are_taken(void **state)
{
    (void)state;
    struct input input = {0};
    struct event event;
    unsigned seed = 1;
    for (int round = 0; round < 2000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1103515245u + 12345u;
            bytes[i] = (char)(seed >> 16);
            if (seed >> 30 == 0)
                bytes[i] = "\033[<;M~O0"[(seed >> 20) & 7];
        }
        input_feed(&input, bytes, sizeof bytes);
        for (int late = 0; late < 2; late++)
            while (input_next(&input, late, &event))
                assert_int_not_equal(event.kind, EVENT_NONE);
        assert_false(input_waits(&input));
    }
    input_done(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_become_events),
        cmocka_unit_test(test_bytes_may_come_one_by_one),
        cmocka_unit_test(test_esc_waits_for_what_may_follow),
        cmocka_unit_test(test_sequences_can_be_learned),
        cmocka_unit_test(test_any_bytes_are_taken),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
