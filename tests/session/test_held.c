/* What a run holds: shared by count, known again by its print. */
#include "folder.h"
#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/held.h"

static const char *shipped(const char *name)
{
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/data/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

static void opens_the_shipped_files(void **state)
{
    (void)state;
    struct error err = {0};
    struct held_features *features =
        held_features_open(shipped("demo.features.safetensors"), &err);
    assert_non_null(features);
    struct held_model *model = held_model_open(shipped("demo.model.safetensors"), &err);
    assert_non_null(model);
    struct held_corpus *corpus =
        held_corpus_open(shipped("demo.jsonl.gz"), features, NULL, &err);
    assert_non_null(corpus);
    assert_int_equal(corpus->corpus.n_pairs, features->features.n_pairs);
    assert_ptr_equal(held_model_ref(model), model);
    held_model_unref(model);
    assert_int_equal(model->model.shape.response_width,
                     features->features.chosen.n_columns);
    held_corpus_unref(corpus);
    held_model_unref(model);
    held_features_unref(features);
    held_model_unref(NULL);
}

static void refuses_what_is_not_there(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(held_model_open("no such file", &err));
    assert_non_null(strstr(err.message, "no such file"));
    uint64_t print;
    assert_int_equal(held_print("no such file", &print, &err), STATUS_NOT_FOUND);
}

static void knows_a_file_again(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_path(&folder, "big");
    uint64_t first, again, changed;
    size_t length = (3u << 20) + 17;
    char *bytes = calloc(1, length);
    assert_non_null(bytes);
    folder_write(&folder, "big", bytes, length);
    assert_int_equal(held_print(path, &first, NULL), STATUS_OK);
    assert_int_equal(held_print(path, &again, NULL), STATUS_OK);
    assert_true(first == again);
    bytes[5] = 1;
    folder_write(&folder, "big", bytes, length);
    assert_int_equal(held_print(path, &changed, NULL), STATUS_OK);
    assert_true(first != changed);
    bytes[5] = 0;
    folder_write(&folder, "big", bytes, length - 1);
    assert_int_equal(held_print(path, &changed, NULL), STATUS_OK);
    assert_true(first != changed);
    free(bytes);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_shipped_files),
        cmocka_unit_test(refuses_what_is_not_there),
        cmocka_unit_test(knows_a_file_again),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
