#include "near.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "ui/config.h"

struct home {
    struct folder folder;
    char before[512];
};

/* A folder that is the current one, and the configuration's. */
static void open_home(struct home *home)
{
    folder_make(&home->folder);
    assert_non_null(getcwd(home->before, sizeof home->before));
    assert_int_equal(chdir(home->folder.path), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", home->folder.path, 1), 0);
    assert_int_equal(mkdir("microscope", 0700), 0);
    static const char *const names[] = {"MICROSCOPE_THEME", "MICROSCOPE_COLOR",
                                        "MICROSCOPE_GLYPHS", "MICROSCOPE_MOUSE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static void close_home(struct home *home)
{
    assert_int_equal(chdir(home->before), 0);
    folder_remove(&home->folder);
}

static void put(struct home *home, const char *name, const char *text)
{
    folder_write(&home->folder, name, text, strlen(text));
}

static void test_the_nearest_wins(void **state)
{
    (void)state;
    struct home home;
    struct config config;
    struct error err = {0};
    open_home(&home);
    assert_int_equal(config_open(&config, NULL, &err), STATUS_OK);
    assert_null(config.values[CONFIG_THEME].value);
    assert_string_equal(config.values[CONFIG_THEME].source, "built in");
    config_done(&config);

    put(&home, "microscope/config.json",
        "{\"theme\": \"light\", \"color\": 256, \"mouse\": false, \"glyphs\": \"ascii\","
        " \"keys\": {\"W\": \"view log\", \"x\": null}, \"settings\": {\"heads\": 8}}");
    put(&home, ".microscope.json", "{\"glyphs\": \"braille\", \"color\": \"16\"}");
    setenv("MICROSCOPE_COLOR", "8", 1);
    assert_int_equal(config_open(&config, NULL, &err), STATUS_OK);
    config_give(&config, CONFIG_THEME, "mono", "--theme");
    const struct {
        enum config_name name;
        const char *value, *source;
    } wanted[] = {{CONFIG_THEME, "mono", "--theme"},
                  {CONFIG_COLOR, "8", "$MICROSCOPE_COLOR"},
                  {CONFIG_GLYPHS, "braille", "./.microscope.json"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_string_equal(config.values[wanted[i].name].value, wanted[i].value);
        assert_string_equal(config.values[wanted[i].name].source, wanted[i].source);
    }
    assert_string_equal(config.values[CONFIG_MOUSE].value, "off");
    assert_int_equal(config.n_keys, 2);
    assert_string_equal(config.keys[0].value, "view log");
    assert_null(config.keys[1].value);
    assert_string_equal(config.settings[0].name, "heads");
    assert_string_equal(config.settings[0].value, "8");
    struct text out = {0};
    config_show(&config, &out);
    assert_non_null(strstr(out.bytes, "--theme"));
    assert_non_null(strstr(out.bytes, "view log"));
    text_done(&out);
    config_done(&config);
    close_home(&home);
}

static void test_wrong_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *part;
    } cases[] = {
        {"microscope/config.json", "{\"theme\": ", "config.json"},
        {"microscope/config.json", "[]", "must hold one object"},
        {"microscope/config.json", "{\"thme\": \"light\"}", "\"thme\" is none of"},
        {"microscope/config.json", "{\"theme\": []}", "\"theme\" must be a text"},
        {"microscope/config.json", "{\"keys\": []}", "\"keys\" must be an object"},
        {"microscope/config.json", "{\"keys\": {\"x\": 1}}", "\"x\" must be a command"},
        {"microscope/config.json", "{\"settings\": {\"heads\": []}}", "\"heads\" must be"},
        {".microscope.json", "{\"keys\": {}}", "user's own"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct home home;
        struct config config;
        struct error err = {0};
        open_home(&home);
        put(&home, cases[i].file, cases[i].text);
        assert_int_equal(config_open(&config, NULL, &err), STATUS_FORMAT);
        if (!strstr(err.message, cases[i].part))
            fail_msg("'%s' is not in '%s'", cases[i].part, err.message);
        close_home(&home);
    }
}

static void test_a_named_file_must_be_there(void **state)
{
    (void)state;
    struct home home;
    struct config config;
    struct error err = {0};
    open_home(&home);
    assert_int_not_equal(config_open(&config, "nowhere.json", &err), STATUS_OK);
    assert_non_null(strstr(err.message, "nowhere.json"));
    close_home(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_nearest_wins),
        cmocka_unit_test(test_wrong_files_are_refused),
        cmocka_unit_test(test_a_named_file_must_be_there),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
