#include "folder.h"
#include "near.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"

static void test_bytes_of_a_file(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_path(&folder, "f.safetensors");
    struct error err = {0};
    struct safetensors_writer *writer = safetensors_writer_open(path, &err);
    assert_non_null(writer);
    const int32_t indices[] = {7, -1};
    const float values[] = {1.0f, -2.0f};
    safetensors_writer_metadata(writer, "k", "old");
    safetensors_writer_metadata(writer, "q\"", "line\n\xff");
    safetensors_writer_metadata(writer, "k", "new");
    safetensors_writer_declare(writer, "i", DTYPE_I32, 1, (size_t[]){2});
    safetensors_writer_declare(writer, "none", DTYPE_F32, 2, (size_t[]){0, 3});
    safetensors_writer_declare(writer, "w", DTYPE_BF16, 2, (size_t[]){2, 1});
    safetensors_writer_bytes(writer, indices, 3);
    safetensors_writer_bytes(writer, (const char *)indices + 3, sizeof indices - 3);
    safetensors_writer_floats(writer, values, 1);
    safetensors_writer_floats(writer, values + 1, 1);
    assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_OK);

    static const char header[] =
        "{\"__metadata__\":{\"k\":\"new\",\"q\\\"\":\"line\\n\xef\xbf\xbd\"},"
        "\"i\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[8,8]},"
        "\"w\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[8,12]}}";
    static const unsigned char data[] = {7,    0,    0,    0,    0xff, 0xff,
                                         0xff, 0xff, 0x80, 0x3f, 0,    0xc0};
    size_t n, n_header = sizeof header - 1, padded = (n_header + 7) / 8 * 8;
    char *bytes = folder_read(path, &n);
    assert_int_equal(n, 8 + padded + sizeof data);
    assert_int_equal((unsigned char)bytes[0] + 256 * (unsigned char)bytes[1], padded);
    assert_memory_equal(bytes + 8, header, n_header);
    for (size_t i = 8 + n_header; i < 8 + padded; i++)
        assert_int_equal(bytes[i], ' ');
    assert_memory_equal(bytes + 8 + padded, data, sizeof data);
    free(bytes);
    folder_remove(&folder);
}

/* Values of every real type come back as the type rounds them, written in pieces of any
 * size. */
static void test_round_trip(void **state)
{
    (void)state;
    enum { N = 3000 };
    static float values[N], wide[N], rounded[N];
    static uint32_t narrow[N];
    for (size_t i = 0; i < N; i++)
        values[i] = (float)i * 0.731f - 1000.0f;
    const enum dtype types[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    struct folder folder;
    folder_make(&folder);
    for (size_t t = 0; t < 3; t++) {
        const char *path = folder_path(&folder, "f.safetensors");
        struct error err = {0};
        struct safetensors_writer *writer = safetensors_writer_open(path, &err);
        assert_non_null(writer);
        safetensors_writer_declare(writer, "a", types[t], 2, (size_t[]){5, 100});
        safetensors_writer_declare(writer, "b", types[t], 1, (size_t[]){N - 500});
        safetensors_writer_floats(writer, values, 7);
        safetensors_writer_floats(writer, values + 7, 2000);
        safetensors_writer_floats(writer, values + 2007, N - 2007);
        assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_OK);
        struct safetensors *file = safetensors_open(path, &err);
        assert_non_null(file);
        const struct tensor *a = safetensors_find(file, "a", &err);
        const struct tensor *b = safetensors_find(file, "b", &err);
        assert_true(a && b && a->dtype == types[t]);
        dtype_widen(wide, a->data, a->dtype, 500);
        dtype_widen(wide + 500, b->data, b->dtype, N - 500);
        dtype_narrow(narrow, values, types[t], N);
        dtype_widen(rounded, narrow, types[t], N);
        assert_memory_equal(wide, rounded, sizeof wide);
        safetensors_free(file);
    }
    folder_remove(&folder);
}

static void write_something(const char *path)
{
    struct error err = {0};
    struct safetensors_writer *writer = safetensors_writer_open(path, &err);
    assert_non_null(writer);
    safetensors_writer_metadata(writer, "seed", "3");
    safetensors_writer_declare(writer, "w", DTYPE_F32, 1, (size_t[]){1});
    safetensors_writer_floats(writer, (float[]){0.5f}, 1);
    assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_OK);
}

static void test_equal_input_gives_equal_bytes(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *a = folder_path(&folder, "a"), *b = folder_path(&folder, "b");
    size_t n, n_again;
    write_something(a);
    write_something(b);
    char *first = folder_read(a, &n), *second = folder_read(b, &n_again);
    assert_int_equal(n, n_again);
    assert_memory_equal(first, second, n);
    free(first);
    free(second);
    folder_remove(&folder);
}

static void test_nothing_is_half_written(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    struct error err = {0};
    const char *path = folder_write(&folder, "old", "before", 6);
    struct safetensors_writer *writer = safetensors_writer_open(path, &err);
    assert_non_null(writer);
    safetensors_writer_declare(writer, "w", DTYPE_F32, 1, (size_t[]){2});
    safetensors_writer_floats(writer, (float[]){1.0f}, 1);
    safetensors_writer_abandon(writer);
    assert_file_holds(path, "before");
    assert_int_equal(folder_each(folder.path, NULL), 1);
    folder_remove(&folder);
}

static void test_places_that_cannot_be_written(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(safetensors_writer_open("f.safetensors.gz", &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_null(safetensors_writer_open("/nowhere/f.safetensors", &err));
    assert_int_equal(err.status, STATUS_IO);
    if (access("/dev/full", W_OK))
        return;
    struct safetensors_writer *writer = safetensors_writer_open("/dev/full", &err);
    assert_non_null(writer);
    safetensors_writer_declare(writer, "w", DTYPE_F32, 1, (size_t[]){1});
    safetensors_writer_floats(writer, (float[]){1.0f}, 1);
    assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "No space left"));
}

/* Asked beforehand: the answer of opening, and nothing is left or changed. */
static void test_check(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *kept = folder_write(&folder, "kept", "words", 5);
    const struct {
        const char *path;
        enum status status;
    } cases[] = {
        {folder_path(&folder, "new.safetensors"), STATUS_OK},
        {kept, STATUS_OK},
        {"-", STATUS_OK},
        {folder_path(&folder, "new.safetensors.gz"), STATUS_USAGE},
        {folder.path, STATUS_IO},
        {"/nowhere/f.safetensors", STATUS_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_int_equal(safetensors_writer_check(cases[i].path, &err), cases[i].status);
        assert_true(!cases[i].status || strstr(err.message, cases[i].path));
    }
    assert_file_holds(kept, "words");
    assert_int_equal(folder_each(folder.path, NULL), 1);
    folder_remove(&folder);
}

/* Whoever reads a pipe must not see an end before there was a beginning. */
static void test_check_leaves_pipes_alone(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_path(&folder, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    struct pollfd reader = {.fd = open(path, O_RDONLY | O_NONBLOCK), .events = POLLIN};
    struct error err = {0};
    assert_int_equal(safetensors_writer_check(path, &err), STATUS_OK);
    assert_int_equal(poll(&reader, 1, 0), 0);
    close(reader.fd);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_of_a_file),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_equal_input_gives_equal_bytes),
        cmocka_unit_test(test_nothing_is_half_written),
        cmocka_unit_test(test_places_that_cannot_be_written),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_check_leaves_pipes_alone),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
