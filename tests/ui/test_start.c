#include "tried.h"

#include <sys/stat.h>

#include "folder.h"
#include "ui/start.h"

static void copy_file(const struct folder *folder, const char *from, const char *to)
{
    size_t length;
    char *bytes = folder_read(tried_data(from), &length);
    folder_write(folder, to, bytes, length);
    free(bytes);
}

static void start(struct tried *tried, const struct folder *folder)
{
    struct error err = {0};
    tried_open(tried, 24, 100);
    start_here(tried->workbench, folder->path, &err);
    assert_string_equal(err.message, "");
    workbench_update(tried->workbench);
}

static void test_A01_one_pair_is_opened_with_its_texts(void **state)
{
    (void)state;
    struct folder folder;
    struct tried tried = {0};
    folder_make(&folder);
    copy_file(&folder, "demo.features.safetensors", "own.features.safetensors");
    copy_file(&folder, "demo.model.safetensors", "own.model.safetensors");
    copy_file(&folder, "demo.jsonl.gz", "own.jsonl.gz");
    folder_write(&folder, "broken.safetensors", "xx", 2); /* nobody asked for it */
    start(&tried, &folder);
    tried_has(&tried, "own · 6,376 pairs");
    tried_has(&tried, "K=10");
    tried_lacks(&tried, "Which are to be opened");
    tried_done(&tried);
    folder_remove(&folder);
}

static void test_A01_nothing_says_three_ways_on(void **state)
{
    (void)state;
    struct folder folder;
    struct tried tried = {0};
    folder_make(&folder);
    start(&tried, &folder);
    tried_has(&tried, "microscope demo");
    tried_has(&tried, "microscope FEATURES MODEL");
    tried_has(&tried, "microscope import");
    assert_non_null(strstr(tried_row(&tried, -1), "d demo"));
    tried_key(&tried, "d");
    workbench_wait(tried.workbench);
    tried_has(&tried, "demo · 6,376 pairs");
    tried_done(&tried);
    folder_remove(&folder);
}

static void test_A01_several_are_chosen_from(void **state)
{
    (void)state;
    struct folder folder;
    struct tried tried = {0};
    folder_make(&folder);
    copy_file(&folder, "demo.features.safetensors", "own.features.safetensors");
    copy_file(&folder, "demo.model.safetensors", "first.safetensors");
    copy_file(&folder, "demo.model.safetensors", "second.safetensors");
    start(&tried, &folder);
    tried_has(&tried, "Which are to be opened");
    tried_has(&tried, "nothing is open");
    tried_key(&tried, "/");
    tried_type(&tried, "second");
    tried_lacks(&tried, "first.safetensors");
    tried_keys(&tried, "Enter Enter");
    workbench_wait(tried.workbench);
    tried_has(&tried, "own · 6,376 pairs");
    tried_key(&tried, "8");
    tried_run(&tried, "info");
    workbench_wait(tried.workbench);
    tried_done(&tried);
    folder_remove(&folder);
}

static void test_features_alone_are_offered(void **state)
{
    (void)state;
    struct folder folder;
    struct tried tried = {0};
    folder_make(&folder);
    copy_file(&folder, "demo.features.safetensors", "own.features.safetensors");
    start(&tried, &folder);
    tried_has(&tried, "no model yet");
    tried_key(&tried, "Enter");
    workbench_wait(tried.workbench);
    tried_has(&tried, "own · 6,376 pairs");
    tried_done(&tried);
    folder_remove(&folder);
}

static void test_A02_demo_is_at_hand(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct error err = {0};
    tried_open(&tried, 24, 100);
    assert_int_equal(start_demo(tried.workbench, &err), STATUS_OK);
    tried_has(&tried, "demo · 6,376 pairs");
    tried_done(&tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_A01_one_pair_is_opened_with_its_texts),
        cmocka_unit_test(test_A01_nothing_says_three_ways_on),
        cmocka_unit_test(test_A01_several_are_chosen_from),
        cmocka_unit_test(test_features_alone_are_offered),
        cmocka_unit_test(test_A02_demo_is_at_hand),
    };
    char data[512];
    snprintf(data, sizeof data, "%s/data", getenv("MICROSCOPE_SOURCE"));
    setenv("MICROSCOPE_DATA", data, 1);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
