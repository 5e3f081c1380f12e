#include "near.h"
#include "scratch.h"

#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"

static size_t read_bytes(const char *path, unsigned char *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, room, file);
    fclose(file);
    assert_true(n < room);
    return n;
}

static void test_bytes_of_a_file(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_create(&scratch);
    const char *path = scratch_path(&scratch, "f.safetensors");
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
    unsigned char bytes[512];
    size_t n = read_bytes(path, bytes, sizeof bytes), n_header = sizeof header - 1;
    size_t padded = (n_header + 7) / 8 * 8;
    assert_int_equal(n, 8 + padded + sizeof data);
    assert_int_equal(bytes[0] + 256 * bytes[1], padded);
    assert_memory_equal(bytes + 8, header, n_header);
    for (size_t i = 8 + n_header; i < 8 + padded; i++)
        assert_int_equal(bytes[i], ' ');
    assert_memory_equal(bytes + 8 + padded, data, sizeof data);
    scratch_remove(&scratch);
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
    struct scratch scratch;
    scratch_create(&scratch);
    for (size_t t = 0; t < 3; t++) {
        const char *path = scratch_path(&scratch, "f.safetensors");
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
    scratch_remove(&scratch);
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
    struct scratch scratch;
    scratch_create(&scratch);
    unsigned char first[512], second[512];
    write_something(scratch_path(&scratch, "a"));
    write_something(scratch_path(&scratch, "b"));
    size_t n = read_bytes(scratch_path(&scratch, "a"), first, sizeof first);
    assert_int_equal(read_bytes(scratch_path(&scratch, "b"), second, sizeof second), n);
    assert_memory_equal(first, second, n);
    scratch_remove(&scratch);
}

static void test_nothing_is_half_written(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_create(&scratch);
    struct error err = {0};
    const char *path = scratch_write(&scratch, "old", "before", 6);
    struct safetensors_writer *writer = safetensors_writer_open(path, &err);
    assert_non_null(writer);
    safetensors_writer_declare(writer, "w", DTYPE_F32, 1, (size_t[]){2});
    safetensors_writer_floats(writer, (float[]){1.0f}, 1);
    safetensors_writer_abandon(writer);
    unsigned char bytes[16];
    assert_int_equal(read_bytes(path, bytes, sizeof bytes), 6);
    assert_memory_equal(bytes, "before", 6);
    assert_int_equal(scratch_count(&scratch), 1);
    scratch_remove(&scratch);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_of_a_file),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_equal_input_gives_equal_bytes),
        cmocka_unit_test(test_nothing_is_half_written),
        cmocka_unit_test(test_places_that_cannot_be_written),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
