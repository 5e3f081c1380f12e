#include "ui/shown.h"

/* ---- names ---- */

static void test_names_read_and_write(void **state)
{
    (void)state;
    static const struct {
        const char *name, *wanted; /* NULL: the same */
    } cases[] = {
        {"q", NULL},
        {"Q", NULL},
        {"Space", NULL},
        {" ", "Space"},
        {"Enter", NULL},
        {"return", "Enter"},
        {"Tab", NULL},
        {"Shift-Tab", NULL},
        {"Esc", NULL},
        {"escape", "Esc"},
        {"F1", NULL},
        {"f12", "F12"},
        {"PgUp", NULL},
        {"pagedown", "PgDn"},
        {"Ctrl-R", NULL},
        {"ctrl-r", "Ctrl-R"},
        {"Ctrl-Shift-r", "Ctrl-R"},
        {"Alt-[", NULL},
        {"alt+x", "Alt-x"},
        {"[", NULL},
        {"-", NULL},
        {"Ctrl--", NULL},
        {"+", NULL},
        {"é", NULL},
        {"Ctrl-Alt-Up", NULL},
        {"Alt-Ctrl-Up", "Ctrl-Alt-Up"},
        {"Backspace", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[KEY_NAME];
        const char *wanted = cases[i].wanted ? cases[i].wanted : cases[i].name;
        assert_string_equal(key_name(key_of(cases[i].name), name), wanted);
    }
    static const char *const wrong[] = {"", "Foo", "F13", "F0", "Ctrl-", "ab", "Hyper-x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error err;
        struct key key;
        assert_int_equal(key_parse(wrong[i], &key, &err), STATUS_USAGE);
        assert_non_null(strstr(err.message, "is no key"));
    }
}

/* ---- the built-in table ---- */

static void test_table_is_whole(void **state)
{
    (void)state;
    for (const struct binding *row = key_table; row->key; row++) {
        struct key key = key_of(row->key);
        char name[KEY_NAME];
        assert_string_equal(key_name(key, name), row->key);
        assert_true(*row->where && *row->command && *row->help);
        for (const struct binding *other = key_table; other != row; other++)
            assert_false(strcmp(other->where, row->where) == 0 &&
                         key_equal(key_of(other->key), key));
        /* signals and what multiplexers take are left alone */
        assert_string_not_equal(row->key, "Ctrl-Z");
        assert_string_not_equal(row->key, "Ctrl-\\");
    }
}

/* ---- maps ---- */

static const struct binding rows[] = {
    {"all", "q", "quit", "leave", "quit", 1},
    {"all", "?", "keys", "these keys", "help", 90},
    {"all", "c", "do scale", "next scale", NULL, 0},
    {"all", "s", "do sort-turn", "sort", "sort", 5},
    {"prune", "[", "do lower", "lower", "lower", 50},
    {"prune", "c", "do commit", "commit", "commit", 60},
    {"text", "Enter", "accept", "take it over", "accept", 9},
    {NULL, NULL, NULL, NULL, NULL, 0},
};

static const char *command_of(const struct key_map *map, const char *where, bool mode,
                              const char *key)
{
    const struct binding *row = key_map_find(map, where, mode, key_of(key));
    return row ? row->command : "";
}

static void test_a_place_comes_before_all(void **state)
{
    (void)state;
    struct key_map map;
    key_map_open(&map, rows);
    assert_string_equal(command_of(&map, "heads", false, "c"), "do scale");
    assert_string_equal(command_of(&map, "prune", false, "c"), "do commit");
    assert_string_equal(command_of(&map, "prune", false, "q"), "quit");
    assert_string_equal(command_of(&map, "heads", false, "["), "");
    assert_string_equal(command_of(&map, "text", true, "Enter"), "accept");
    assert_string_equal(command_of(&map, "text", true, "q"), ""); /* it types a q */
    key_map_done(&map);
}

/* A03 */
static void test_keys_can_be_bound_anew(void **state)
{
    (void)state;
    struct key_map map;
    struct error err;
    key_map_open(&map, rows);
    assert_int_equal(key_map_config(&map, "prune: (", "do lower", &err), STATUS_OK);
    assert_int_equal(key_map_config(&map, "x", "quit", &err), STATUS_OK);
    assert_int_equal(key_map_config(&map, "heads: c", NULL, &err), STATUS_OK);
    assert_int_equal(key_map_config(&map, ":", "prompt", &err), STATUS_OK);
    assert_string_equal(command_of(&map, "prune", false, "("), "do lower");
    assert_string_equal(command_of(&map, "prune", false, "["), "do lower");
    assert_string_equal(command_of(&map, "ablate", false, "x"), "quit");
    assert_string_equal(command_of(&map, "heads", false, "c"), "");
    assert_string_equal(command_of(&map, "router", false, "c"), "do scale");
    assert_string_equal(command_of(&map, "router", false, ":"), "prompt");
    const struct binding *row = key_map_find(&map, "prune", false, key_of("("));
    assert_string_equal(row->help, "lower");
    assert_string_equal(key_map_key_of(&map, "prune", "do lower"), "(");
    assert_null(key_map_key_of(&map, "heads", "do lower"));
    assert_int_equal(key_map_config(&map, "Foo", "quit", &err), STATUS_USAGE);
    assert_int_equal(key_map_config(&map, "q", NULL, &err), STATUS_OK);
    assert_string_equal(command_of(&map, "heads", false, "q"), "");
    key_map_done(&map);
}

static void test_rows_of_a_place_for_the_help(void **state)
{
    (void)state;
    static const char *const wanted[] = {"[", "c", "q", "?", "s"};
    struct key_map map;
    size_t n = 0;
    key_map_open(&map, rows);
    for (const struct binding *row; (row = key_map_row(&map, "prune", false, n)); n++)
        assert_string_equal(row->key, wanted[n]);
    assert_int_equal(n, 5);
    key_map_done(&map);
}

/* A04 */
static void test_hints_drop_from_the_right(void **state)
{
    (void)state;
    struct key_map map;
    struct shown shown;
    key_map_open(&map, rows);
    shown_open(&shown, 1, 60, DEPTH_NONE, GLYPHS_UNICODE);
    key_map_draw_hints(&map, "prune", false, NULL, &shown.pen, 0);
    assert_string_equal(shown_text(&shown), "c commit  [ lower  s sort  q quit  ? help\n");
    shown_clear(&shown);
    struct pen narrow = pen_columns(&shown.pen, 0, 27);
    key_map_draw_hints(&map, "prune", false, NULL, &narrow, 0);
    assert_string_equal(shown_text(&shown), "c commit  [ lower  ? help\n");
    shown_clear(&shown);
    struct pen tiny = pen_columns(&shown.pen, 0, 4);
    key_map_draw_hints(&map, "prune", false, NULL, &tiny, 0);
    assert_string_equal(shown_text(&shown), "\n");
    key_map_draw_hints(&map, "text", true, NULL, &shown.pen, 0);
    assert_string_equal(shown_text(&shown), "Enter accept\n");
    key_map_done(&map);
    shown_done(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_read_and_write),
        cmocka_unit_test(test_table_is_whole),
        cmocka_unit_test(test_a_place_comes_before_all),
        cmocka_unit_test(test_keys_can_be_bound_anew),
        cmocka_unit_test(test_rows_of_a_place_for_the_help),
        cmocka_unit_test(test_hints_drop_from_the_right),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
