#include "folder.h"
#include "near.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"

enum { AS_IT_IS = -1 };

/* Writes a file of prefix, header and n_data zeros; `announced` bytes of header, or as many
 * as there are. */
static const char *write_file(struct folder *folder, const char *name, const char *header,
                              long long announced, size_t n_data)
{
    static unsigned char bytes[1 << 16];
    size_t n = strlen(header);
    uint64_t length = announced == AS_IT_IS ? n : (uint64_t)announced;
    assert_true(8 + n + n_data <= sizeof bytes);
    memset(bytes, 0, sizeof bytes);
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(length >> (8 * i));
    memcpy(bytes + 8, header, n);
    return folder_write(folder, name, bytes, 8 + n + n_data);
}

static void refuse(const char *path, enum status status, const char *part)
{
    struct error err = {0};
    struct safetensors *file = safetensors_open(path, &err);
    if (file || err.status != status || !strstr(err.message, part) ||
        !strstr(err.message, path)) {
        print_error("'%s' gave %d \"%s\", want %d with \"%s\"\n", path, (int)err.status,
                    file ? "(opened)" : err.message, (int)status, part);
        fail();
    }
}

#define F32 "\"dtype\":\"F32\""
#define ONE "\"a\":{" F32 ",\"shape\":[2,3],\"data_offsets\":[0,24]}"

static void test_hostile_headers(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        long long announced;
        size_t n_data;
        const char *part;
    } cases[] = {
        {"", 0, 0, "header does not begin with '{'"},
        {"{" ONE "}", 1000, 24, "announces a header of 1000 bytes but has only"},
        {"{" ONE "}", 100000001, 24, "more than 100000000"},
        {"{" ONE "}", INT64_MAX, 24, "more than 100000000"},
        {"{" ONE "}", -2, 24, "header of 18446744073709551614 bytes"},
        {"[1]", AS_IT_IS, 0, "header does not begin with '{'"},
        {" {" ONE "}", AS_IT_IS, 24, "header does not begin with '{'"},
        {"{" ONE, AS_IT_IS, 24, "not valid JSON at byte"},
        {"{" ONE "} x", AS_IT_IS, 24, "not valid JSON at byte"},
        {"{\"a\xff\":{}}", AS_IT_IS, 0, "invalid UTF-8 at byte 3"},
        {"{\"a\\u0000\":{}}", AS_IT_IS, 0, "NUL character"},
        {"{" ONE "," ONE "}", AS_IT_IS, 24, "the header has 'a' twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", AS_IT_IS, 0,
         "has '__metadata__' twice"},
        {"{\"__metadata__\":[]}", AS_IT_IS, 0, "__metadata__ is no object"},
        {"{\"__metadata__\":{\"k\":1}}", AS_IT_IS, 0, "__metadata__ 'k' is no string"},
        {"{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", AS_IT_IS, 0,
         "__metadata__ has 'k' twice"},
        {"{\"a\":3}", AS_IT_IS, 0, "tensor 'a' is not described by an object"},
        {"{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "tensor 'a' has no 'dtype'"},
        {"{\"a\":{" F32 ",\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "tensor 'a' has no 'shape'"},
        {"{\"a\":{" F32 ",\"shape\":[1]}}", AS_IT_IS, 4,
         "tensor 'a' has no 'data_offsets'"},
        {"{\"a\":{" F32 "," F32 ",\"shape\":[1],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "tensor 'a' has 'dtype' twice"},
        {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", AS_IT_IS,
         4, "dtype 'F8_E4M3' is not supported"},
        {"{\"a\":{\"dtype\":3,\"shape\":[4],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "dtype is no string"},
        {"{\"a\":{" F32 ",\"shape\":1,\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "shape is no array"},
        {"{\"a\":{" F32 ",\"shape\":[2,-1],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "dimension 2 of its shape is no whole number"},
        {"{\"a\":{" F32 ",\"shape\":[1.5],\"data_offsets\":[0,6]}}", AS_IT_IS, 6,
         "dimension 1 of its shape is no whole number"},
        {"{\"a\":{" F32 ",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "dimension 1 of its shape is no whole number"},
        {"{\"a\":{" F32 ",\"shape\":[1e300],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "dimension 1 of its shape is no whole number"},
        {"{\"a\":{" F32 ",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", AS_IT_IS,
         4, "more than 8 dimensions"},
        {"{\"a\":{" F32 ",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
         AS_IT_IS, 0, "size of F32 [4294967296, 4294967296] overflows"},
        {"{\"a\":{" F32 ",\"shape\":[4611686018427387],\"data_offsets\":[0,4]}}", AS_IT_IS,
         4, "takes 18446744073709548 bytes, its data_offsets span 4"},
        {"{\"a\":{" F32 ",\"shape\":[1],\"data_offsets\":[0]}}", AS_IT_IS, 4,
         "data_offsets are not two whole numbers"},
        {"{\"a\":{" F32 ",\"shape\":[1],\"data_offsets\":[0,4,8]}}", AS_IT_IS, 4,
         "data_offsets are not two whole numbers"},
        {"{\"a\":{" F32 ",\"shape\":[1],\"data_offsets\":[-4,0]}}", AS_IT_IS, 4,
         "data_offsets are not two whole numbers"},
        {"{\"a\":{" F32 ",\"shape\":[1],\"data_offsets\":[4,0]}}", AS_IT_IS, 4,
         "begins at byte 4 and ends before, at byte 0"},
        {"{" ONE "}", AS_IT_IS, 20,
         "tensor 'a' ends at byte 24 of the data, but there are 20"},
        {"{\"a\":{" F32 ",\"shape\":[2],\"data_offsets\":[0,4]}}", AS_IT_IS, 4,
         "tensor 'a': F32 [2] takes 8 bytes, its data_offsets span 4"},
        {"{\"b\":{" F32 ",\"shape\":[2],\"data_offsets\":[4,12]},"
         "\"a\":{" F32 ",\"shape\":[2],\"data_offsets\":[0,8]}}",
         AS_IT_IS, 12, "tensor 'b' begins at byte 4 of the data, inside tensor 'a'"},
        {"{\"b\":{" F32 ",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"a\":{" F32 ",\"shape\":[2],\"data_offsets\":[0,8]}}",
         AS_IT_IS, 8, "inside tensor"},
        {"{\"b\":{" F32 ",\"shape\":[1],\"data_offsets\":[8,12]},"
         "\"a\":{" F32 ",\"shape\":[1],\"data_offsets\":[0,4]}}",
         AS_IT_IS, 12, "bytes 4 to 8 of the data belong to no tensor"},
        {"{" ONE "}", AS_IT_IS, 25, "bytes 24 to 25 of the data belong to no tensor"},
        {"{}", AS_IT_IS, 3, "bytes 0 to 3 of the data belong to no tensor"},
        {"{\"a\\u001b[31m\":3}", AS_IT_IS, 0, "tensor 'a\\x1b[31m' is not described"},
    };
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(write_file(&folder, "case", cases[i].header, cases[i].announced,
                          cases[i].n_data),
               STATUS_FORMAT, cases[i].part);
    folder_remove(&folder);
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    refuse(folder_write(&folder, "empty", "", 0), STATUS_FORMAT, "it has 0 bytes");
    refuse(folder_write(&folder, "short", "1234567", 7), STATUS_FORMAT, "it has 7 bytes");
    refuse(folder_write(&folder, "zipped", "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10),
           STATUS_FORMAT, "compressed with gzip");
    refuse(folder_write(&folder, "text", "{\"a\": 1, \"b\": 2}", 16), STATUS_FORMAT,
           "it is no safetensors file");
    refuse(folder.path, STATUS_IO, "it is a directory");
    refuse(folder_path(&folder, "nowhere"), STATUS_NOT_FOUND, "No such file");
    folder_remove(&folder);
}

/* Every prefix of a valid file is refused. */
static void test_file_cut_short_anywhere(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    unsigned char bytes[256];
    FILE *whole = fopen(write_file(&folder, "whole", "{" ONE "}", AS_IT_IS, 24), "rb");
    assert_non_null(whole);
    size_t n = fread(bytes, 1, sizeof bytes, whole);
    fclose(whole);
    for (size_t i = 0; i < n; i++)
        refuse(folder_write(&folder, "cut", bytes, i), STATUS_FORMAT, "");
    folder_remove(&folder);
}

static void test_unusual_but_valid(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t n_data, n_tensors;
    } cases[] = {
        {"{}", 0, 0},
        {"{}      ", 0, 0},
        {"{\"__metadata__\":{}}", 0, 0},
        {"{\"a\":{" F32 ",\"shape\":[],\"data_offsets\":[0,4]}}", 4, 1},
        {"{\"a\":{" F32 ",\"shape\":[0,7],\"data_offsets\":[0,0]}}", 0, 1},
        {"{\"b\":{" F32 ",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"a\":{" F32 ",\"shape\":[0],\"data_offsets\":[4,4]}}",
         4, 2},
        {"{\"b\":{" F32 ",\"shape\":[1],\"data_offsets\":[4,8]},"
         "\"a\":{\"data_offsets\":[0,4]," F32 ",\"shape\":[1],\"more\":null}}",
         8, 2},
        {"{\"a\":{" F32 ",\"shape\":[1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", 8, 1},
    };
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *path =
            write_file(&folder, "case", cases[i].header, AS_IT_IS, cases[i].n_data);
        struct safetensors *file = safetensors_open(path, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(safetensors_count(file), cases[i].n_tensors);
        for (size_t j = 0; j < cases[i].n_tensors; j++)
            assert_non_null(safetensors_at(file, j, &err));
        safetensors_free(file);
    }
    folder_remove(&folder);
}

static void test_lookup(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = write_file(
        &folder, "f",
        "{\"c\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},\"__metadata__\":{"
        "\"k\":\"text\",\"l\":\"\"},\"a\":{" F32
        ",\"shape\":[2,1],\"data_offsets\":[8,16]}}",
        AS_IT_IS, 16);
    struct error err = {0};
    struct safetensors *file = safetensors_open(path, &err);
    assert_non_null(file);
    assert_string_equal(safetensors_path(file), path);
    assert_string_equal(safetensors_name(file, 0), "a");
    assert_string_equal(safetensors_name(file, 1), "c");
    assert_true(safetensors_has(file, "c"));
    assert_false(safetensors_has(file, "b"));
    assert_false(safetensors_has(file, "__metadata__"));
    const struct tensor *tensor = safetensors_find(file, "a", &err);
    assert_non_null(tensor);
    assert_int_equal(tensor->dtype, DTYPE_F32);
    assert_int_equal(tensor->n_elements, 2);
    assert_ptr_equal(tensor, safetensors_at(file, 0, &err));
    struct rows rows = tensor_rows(tensor);
    assert_int_equal(rows.n_rows, 2);
    assert_int_equal(rows.n_columns, 1);
    assert_null(safetensors_find(file, "b", &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "has no tensor 'b'"));
    assert_string_equal(json_text(json_get(safetensors_metadata(file), "k")), "text");
    assert_int_equal(json_length(safetensors_metadata(file)), 2);
    safetensors_free(file);
    folder_remove(&folder);
}

/* A header of any length puts the data anywhere; what is read must be aligned and right. */
static void test_misaligned_data_are_copied(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    for (size_t spaces = 0; spaces < 8; spaces++) {
        char header[128];
        unsigned char bytes[256] = {0};
        int n =
            snprintf(header, sizeof header,
                     "{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}%*s",
                     (int)spaces, "");
        const double values[] = {1.5, -2.25};
        bytes[0] = (unsigned char)n;
        memcpy(bytes + 8, header, (size_t)n);
        memcpy(bytes + 8 + n, values, sizeof values);
        struct error err = {0};
        struct safetensors *file = safetensors_open(
            folder_write(&folder, "f", bytes, 8 + (size_t)n + sizeof values), &err);
        assert_non_null(file);
        const struct tensor *tensor = safetensors_find(file, "a", &err);
        assert_non_null(tensor);
        assert_int_equal((uintptr_t)tensor->data % 8, 0);
        assert_memory_equal(tensor->data, values, sizeof values);
        assert_ptr_equal(safetensors_find(file, "a", &err)->data, tensor->data);
        safetensors_free(file);
    }
    folder_remove(&folder);
}

static void write_shard(struct folder *folder, const char *name, const char *tensor,
                        float value)
{
    struct error err = {0};
    struct safetensors_writer *writer =
        safetensors_writer_open(folder_path(folder, name), &err);
    assert_non_null(writer);
    safetensors_writer_declare(writer, tensor, DTYPE_F32, 1, (size_t[]){1});
    safetensors_writer_floats(writer, &value, 1);
    assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_OK);
}

static const char *write_index(struct folder *folder, const char *text)
{
    return folder_write(folder, "model.safetensors.index.json", text, strlen(text));
}

static void test_shards_are_opened_when_needed(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    write_shard(&folder, "one", "x", 1.0f);
    write_shard(&folder, "two", "y", 2.0f);
    const char *path = write_index(
        &folder, "{\"metadata\":{\"total_size\":8},\"weight_map\":"
                 "{\"y\":\"two\",\"x\":\"one\",\"z\":\"missing\",\"w\":\"one\"}}");
    struct error err = {0};
    struct safetensors *file = safetensors_open(path, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(safetensors_count(file), 4);
    assert_string_equal(safetensors_name(file, 0), "w");
    assert_null(safetensors_metadata(file));
    for (size_t round = 0; round < 2; round++) {
        const struct tensor *x = safetensors_find(file, "x", &err);
        const struct tensor *y = safetensors_find(file, "y", &err);
        assert_true(x && y);
        assert_true(*(const float *)x->data == 1.0f && *(const float *)y->data == 2.0f);
    }
    assert_null(safetensors_find(file, "z", &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "/missing'"));
    assert_null(safetensors_find(file, "w", &err));
    assert_int_equal(err.status, STATUS_FORMAT);
    assert_non_null(strstr(err.message, "the index says that tensor 'w' is in"));
    assert_null(safetensors_find(file, "v", &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    safetensors_free(file);
    folder_remove(&folder);
}

static void test_hostile_indexes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "not valid JSON"},
        {"{\"weight_map\":", "not valid JSON"},
        {"[]", "no object 'weight_map'"},
        {"{}", "no object 'weight_map'"},
        {"{\"weight_map\":[]}", "no object 'weight_map'"},
        {"{\"weight_map\":{\"x\":1}}", "the file of 'x' is no string"},
        {"{\"weight_map\":{\"x\":\"a\",\"x\":\"b\"}}", "weight_map has 'x' twice"},
        {"{\"weight_map\":{\"x\":\"../secret\"}}",
         "the file '../secret' of 'x' is not the name"},
        {"{\"weight_map\":{\"x\":\"/etc/passwd\"}}", "is not the name of a file beside"},
        {"{\"weight_map\":{\"x\":\"sub/a\"}}", "is not the name of a file beside"},
        {"{\"weight_map\":{\"x\":\"..\"}}", "is not the name of a file beside"},
        {"{\"weight_map\":{\"x\":\".\"}}", "is not the name of a file beside"},
        {"{\"weight_map\":{\"x\":\"\"}}", "is not the name of a file beside"},
    };
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(write_index(&folder, cases[i].text), STATUS_FORMAT, cases[i].part);
    folder_remove(&folder);
}

/* An index that names itself, or another index, is no way to endless depth. */
static void test_index_of_indexes(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path =
        write_index(&folder, "{\"weight_map\":{\"x\":\"model.safetensors.index.json\"}}");
    struct error err = {0};
    struct safetensors *file = safetensors_open(path, &err);
    assert_non_null(file);
    assert_null(safetensors_find(file, "x", &err));
    assert_int_equal(err.status, STATUS_FORMAT);
    safetensors_free(file);
    folder_remove(&folder);
}

static long faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

/* Ten gigabytes of zeros that take no room on the disk: opening them reads the header's
 * pages. */
static void test_large_file_costs_its_header(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = write_file(
        &folder, "large",
        "{\"a\":{" F32 ",\"shape\":[2684354560],\"data_offsets\":[0,10737418240]}}       ",
        AS_IT_IS, 0);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size % 8, 0); /* aligned: nothing is copied */
    if (truncate(path, info.st_size + 10737418240)) {
        print_message("the file system refuses a file of ten gigabytes: not tested\n");
        folder_remove(&folder);
        skip();
    }
    struct error err = {0};
    long before = faults();
    double start = clock_seconds();
    struct safetensors *file = safetensors_open(path, &err);
    double seconds = clock_seconds() - start;
    long touched = faults() - before;
    assert_string_equal(err.message, "");
    const struct tensor *tensor = safetensors_find(file, "a", &err);
    assert_non_null(tensor);
    assert_int_equal(tensor->n_elements, 2684354560);
    assert_true(((const float *)tensor->data)[2684354559] == 0.0f);
    print_message("# opened in %.3f ms, %ld page faults\n", 1e3 * seconds, touched);
    assert_true(touched < 1000);
    safetensors_free(file);
    folder_remove(&folder);
}

static void test_reference_file(void **state)
{
    (void)state;
    char path[512];
    const char *root = getenv("MICROSCOPE_SOURCE");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/tests/reference/init_mlp.safetensors", root);
    struct error err = {0};
    struct safetensors *file = safetensors_open(path, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(safetensors_count(file), 5);
    const struct tensor *tensor = safetensors_find(file, "router.0.weight", &err);
    assert_non_null(tensor);
    char text[TENSOR_TEXT];
    assert_string_equal(tensor_describe(tensor, text), "F32 [8, 12]");
    assert_null(safetensors_metadata(file));
    safetensors_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_headers),
        cmocka_unit_test(test_files_that_are_none),
        cmocka_unit_test(test_file_cut_short_anywhere),
        cmocka_unit_test(test_unusual_but_valid),
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_misaligned_data_are_copied),
        cmocka_unit_test(test_shards_are_opened_when_needed),
        cmocka_unit_test(test_hostile_indexes),
        cmocka_unit_test(test_index_of_indexes),
        cmocka_unit_test(test_large_file_costs_its_header),
        cmocka_unit_test(test_reference_file),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
