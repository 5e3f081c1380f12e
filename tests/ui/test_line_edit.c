#include "ui/shown.h"

#include "ui/line_edit.h"

/* Keys by name, or a text in quotes that is typed. */
static enum line_answer press(struct line_edit *edit, const char *keys)
{
    enum line_answer answer = LINE_IGNORED;
    char word[64];
    while (*keys) {
        size_t length = strcspn(keys, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, keys);
        keys += length + (keys[length] == ' ');
        if (word[0] != '\'') {
            answer = line_edit_key(edit, key_of(word));
            continue;
        }
        for (const char *at = word + 1, *end = word + strlen(word); at < end;) {
            int32_t code = utf8_next(&at, end);
            answer = line_edit_key(edit, (struct key){code == '_' ? ' ' : code, 0});
        }
    }
    return answer;
}

static void test_keys_edit(void **state)
{
    (void)state;
    /* '| is the cursor; in typed texts _ is a blank */
    static const struct {
        const char *keys, *wanted;
    } cases[] = {
        {"'abc", "abc|"},
        {"'abc Left Left 'x", "ax|bc"},
        {"'abc Ctrl-A 'x End 'y", "xabcy|"},
        {"'abc Backspace", "ab|"},
        {"'abc Home Del", "|bc"},
        {"'cafe\u0301 Backspace", "caf|"},
        {"'日本 Left Backspace", "|本"},
        {"'one_two_three Alt-b 'x", "one two x|three"},
        {"'one_two_three Ctrl-W", "one two |"},
        {"'one_two Ctrl-A Alt-f 'x", "onex| two"},
        {"'one_two Ctrl-A Alt-d", "| two"},
        {"'one_two Alt-Backspace", "one |"},
        {"'one_two Ctrl-Left 'x", "one x|two"},
        {"'one_two Ctrl-A Ctrl-K", "|"},
        {"'one_two Ctrl-U 'x Ctrl-Y", "xone two|"},
        {"'ab Ctrl-T", "ba|"},
        {"'ab_cd Ctrl-W Ctrl-_", "ab cd|"},
        {"'x Left Left Left Right Right Right", "x|"},
        {"Backspace Ctrl-K Ctrl-U Ctrl-W Alt-b Alt-f Ctrl-T Del", "|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line_edit edit = {0};
        struct text marked = {0};
        press(&edit, cases[i].keys);
        const char *text = line_edit_text(&edit);
        text_append(&marked, text, edit.at);
        text_add_char(&marked, '|');
        text_add(&marked, text + edit.at);
        assert_string_equal(marked.bytes, cases[i].wanted);
        text_done(&marked);
        line_edit_done(&edit);
    }
}

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        enum line_answer wanted;
    } cases[] = {
        {"'a", LINE_CHANGED},
        {"'a Left", LINE_MOVED},
        {"'a Enter", LINE_ENTERED},
        {"'a Esc", LINE_LEFT},
        {"'a Ctrl-C", LINE_LEFT},
        {"Backspace", LINE_LEFT},
        {"Ctrl-D", LINE_LEFT},
        {"'a F5", LINE_IGNORED},
        {"'a Alt-[", LINE_IGNORED},
        {"'a Tab", LINE_IGNORED},
        {"'a Ctrl-A Ctrl-D", LINE_CHANGED},
        {"Up", LINE_MOVED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line_edit edit = {0};
        assert_int_equal(press(&edit, cases[i].keys), cases[i].wanted);
        line_edit_done(&edit);
    }
}

/* A30 */
static void test_paste_is_text(void **state)
{
    (void)state;
    struct line_edit edit = {0};
    press(&edit, "'ab Left");
    assert_int_equal(
        line_edit_take(
            &edit, &(struct event){.kind = EVENT_PASTE, .text = "x\ny\tq", .length = 5}),
        LINE_CHANGED);
    assert_string_equal(line_edit_text(&edit), "ax y qb");
    press(&edit, "Ctrl-_");
    assert_string_equal(line_edit_text(&edit), "ab");
    line_edit_done(&edit);
}

static const char *history(void *owner, size_t back)
{
    static const char *const lines[] = {"newest", "older"};
    (void)owner;
    return back <= 2 ? lines[back - 1] : NULL;
}

static void test_history_comes_back_to_what_was_typed(void **state)
{
    (void)state;
    struct line_edit edit = {.history = history};
    press(&edit, "'mine Up");
    assert_string_equal(line_edit_text(&edit), "newest");
    press(&edit, "Up Up Up");
    assert_string_equal(line_edit_text(&edit), "older");
    press(&edit, "Ctrl-N Down");
    assert_string_equal(line_edit_text(&edit), "mine");
    press(&edit, "Down");
    assert_string_equal(line_edit_text(&edit), "mine");
    line_edit_done(&edit);
}

static void complete(void *owner, const char *bytes, size_t at, size_t *start,
                     struct line_edit *edit)
{
    static const char *const words[] = {"prune", "prompt", "pin"};
    (void)owner;
    while (*start > 0 && bytes[*start - 1] != ' ')
        --*start;
    for (size_t i = 0; i < 3; i++)
        if (strncmp(words[i], bytes + *start, at - *start) == 0)
            line_candidate(edit, words[i]);
}

static void test_tab_completes(void **state)
{
    (void)state;
    struct line_edit edit = {.complete = complete};
    struct shown shown;
    press(&edit, "'x_pi Tab");
    assert_string_equal(line_edit_text(&edit), "x pin");
    line_edit_set(&edit, "");
    press(&edit, "'p Tab Tab");
    assert_string_equal(line_edit_text(&edit), "prune");
    press(&edit, "Tab");
    assert_string_equal(line_edit_text(&edit), "prompt");
    press(&edit, "Shift-Tab");
    assert_string_equal(line_edit_text(&edit), "prune");
    shown_open(&shown, 3, 10, DEPTH_NONE, GLYPHS_UNICODE);
    line_edit_draw_candidates(&edit, &shown.pen, 2, 2);
    assert_string_equal(shown_text(&shown), "\nprune\nprompt\n");
    shown_done(&shown);
    press(&edit, "'! Tab");
    assert_string_equal(line_edit_text(&edit), "prune!");
    line_edit_done(&edit);
}

static void test_the_cursor_stays_in_view(void **state)
{
    (void)state;
    struct line_edit edit = {0};
    struct shown shown;
    shown_open(&shown, 1, 8, DEPTH_NONE, GLYPHS_UNICODE);
    press(&edit, "'abcdefghijkl");
    line_edit_draw(&edit, &shown.pen, 0, 1, 6, true);
    assert_string_equal(shown_text(&shown), " hijkl\n");
    assert_int_equal(shown.canvas.cursor_column, 6);
    press(&edit, "Home");
    line_edit_draw(&edit, &shown.pen, 0, 1, 6, true);
    assert_string_equal(shown_text(&shown), " abcde…\n");
    assert_int_equal(shown.canvas.cursor_column, 1);
    line_edit_set(&edit, "日本語日本語");
    line_edit_draw(&edit, &shown.pen, 0, 1, 6, true);
    assert_int_equal(shown.canvas.cursor_column, 6);
    shown_has(&shown, "本語");
    line_edit_done(&edit);
    shown_done(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_edit),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_paste_is_text),
        cmocka_unit_test(test_history_comes_back_to_what_was_typed),
        cmocka_unit_test(test_tab_completes),
        cmocka_unit_test(test_the_cursor_stays_in_view),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
