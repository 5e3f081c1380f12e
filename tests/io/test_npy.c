#include "folder.h"
#include "near.h"

#include <stdbool.h>

#include "io/npy.h"

/* Writes magic, version, length, header and data. */
static const char *write_npy(struct folder *folder, int major, const char *header,
                             const void *data, size_t n_data)
{
    unsigned char bytes[512] = "\x93NUMPY";
    size_t n = strlen(header), start = major == 1 ? 10 : 12;
    bytes[6] = (unsigned char)major;
    bytes[8] = (unsigned char)n;
    bytes[9] = (unsigned char)(n >> 8);
    memcpy(bytes + start, header, n);
    if (n_data)
        memcpy(bytes + start + n, data, n_data);
    return folder_write(folder, "f.npy", bytes, start + n + n_data);
}

static void test_headers_that_are_read(void **state)
{
    (void)state;
    static const struct {
        int major;
        const char *header, *described;
        size_t n_data;
    } cases[] = {
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }   \n",
         "F32 [3, 2]", 24},
        {2, "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", "F64 [3]", 24},
        {3, "{\"shape\":(12,1),\"fortran_order\":False,\"descr\":\"<f2\"}", "F16 [12, 1]",
         24},
        {1, "{'descr': '<i8', 'fortran_order': False, 'shape': (3L,)}", "I64 [3]", 24},
        {1, "{'descr': '<i4', 'fortran_order': False, 'shape': (6,)}", "I32 [6]", 24},
        {1, "{'descr': '<i2', 'fortran_order': False, 'shape': (12,)}", "I16 [12]", 24},
        {1, "{'descr': '|i1', 'fortran_order': False, 'shape': (24,)}", "I8 [24]", 24},
        {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (24,)}", "U8 [24]", 24},
        {1, "{'descr': '|b1', 'fortran_order': False, 'shape': (24,)}", "BOOL [24]", 24},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", "F32 []", 4},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5)}", "F32 [0, 5]", 0},
    };
    unsigned char data[24];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 7);
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct npy npy;
        npy_open(&npy,
                 write_npy(&folder, cases[i].major, cases[i].header, data, cases[i].n_data),
                 &err);
        assert_string_equal(err.message, "");
        char text[TENSOR_TEXT];
        assert_string_equal(tensor_describe(&npy.tensor, text), cases[i].described);
        assert_int_equal((uintptr_t)npy.tensor.data % dtype_size(npy.tensor.dtype), 0);
        assert_memory_equal(npy.tensor.data, data, cases[i].n_data);
        npy_done(&npy);
    }
    folder_remove(&folder);
}

static void refuse(const char *path, enum status status, const char *part)
{
    struct error err = {0};
    struct npy npy = {.header_length = 99};
    if (npy_open(&npy, path, &err) != status || !strstr(err.message, part) ||
        !strstr(err.message, path) || npy.header_length != 99) {
        print_error("'%s' gave %d \"%s\", want %d with \"%s\"\n", path, (int)err.status,
                    err.message, (int)status, part);
        fail();
    }
}

#define F4      "'descr': '<f4', "
#define C_ORDER "'fortran_order': False, "
#define TWO     "'shape': (2,)"

static void test_headers_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        int major;
        const char *header, *part;
    } cases[] = {
        {4, "{" F4 C_ORDER TWO "}", "format version 4.0"},
        {0, "{" F4 C_ORDER TWO "}", "format version 0.0"},
        {1, "", "header byte 0: expected '{'"},
        {1, "[]", "header byte 0: expected '{'"},
        {1, "{", "expected a key in quotes"},
        {1, "{'descr", "expected a key in quotes"},
        {1, "{'descr'}", "expected ':'"},
        {1, "{" F4 C_ORDER "}", "the header lacks one of"},
        {1, "{" F4 F4 C_ORDER TWO "}", "the header has 'descr' twice"},
        {1, "{" F4 C_ORDER TWO ", 'more': 1}", "the header has a key 'more'"},
        {1, "{" F4 C_ORDER TWO "} x", "expected the end of the header"},
        {1, "{" F4 C_ORDER TWO " 'x'", "expected ',' or '}'"},
        {1, "{'descr': '>f4', " C_ORDER TWO "}", "'>f4' is big-endian; save it as '<f4'"},
        {1, "{'descr': '<c8', " C_ORDER TWO "}", "type '<c8' is not supported"},
        {1, "{'descr': '<V2', " C_ORDER TWO "}", "type '<V2' is not supported"},
        {1, "{'descr': '|O', " C_ORDER TWO "}", "type '|O' is not supported"},
        {1, "{'descr': '', " C_ORDER TWO "}", "type '' is not supported"},
        {1, "{'descr': 4, " C_ORDER TWO "}", "expected a type"},
        {1, "{'descr': [('a', '<f4')], " C_ORDER TWO "}", "it holds records"},
        {1, "{" F4 "'fortran_order': True, " TWO "}", "it is in Fortran order"},
        {1, "{" F4 "'fortran_order': 1, " TWO "}", "expected True or False"},
        {1, "{" F4 C_ORDER "'shape': [2]}", "expected '(' and a shape"},
        {1, "{" F4 C_ORDER "'shape': (-2,)}", "expected a dimension"},
        {1, "{" F4 C_ORDER "'shape': (2", "expected ',' or ')'"},
        {1, "{" F4 C_ORDER "'shape': (99999999999999999999,)}", "expected a dimension"},
        {1, "{" F4 C_ORDER "'shape': (1,1,1,1,1,1,1,1,1)}", "more than 8 dimensions"},
        {1, "{" F4 C_ORDER "'shape': (4294967296, 4294967296)}", "overflows"},
        {1, "{" F4 C_ORDER "'shape': (3,)}",
         "F32 [3] takes 12 bytes, the file has 8; it is cut"},
        {1, "{" F4 C_ORDER "'shape': (1,)}", "F32 [1] takes 4 bytes, the file has 8"},
    };
    struct folder folder;
    folder_make(&folder);
    const float data[] = {1.0f, 2.0f};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(write_npy(&folder, cases[i].major, cases[i].header, data, sizeof data),
               STATUS_FORMAT, cases[i].part);
    folder_remove(&folder);
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    refuse(folder_write(&folder, "f", "", 0), STATUS_FORMAT, "no NumPy file");
    refuse(folder_write(&folder, "f", "\x93NUMPY\1", 7), STATUS_FORMAT, "no NumPy file");
    refuse(folder_write(&folder, "f",
                        "PK\3\4"
                        "567890",
                        10),
           STATUS_FORMAT, "no NumPy file");
    refuse(folder_write(&folder, "f", "\x93NUMPY\2\0\xff\xff", 10), STATUS_FORMAT,
           "cut short");
    refuse(folder_write(&folder, "f", "\x93NUMPY\1\0\xff\0{}", 12), STATUS_FORMAT,
           "header of 255 bytes; the file is cut short");
    refuse(folder.path, STATUS_IO, "it is a directory");
    refuse(folder_path(&folder, "nowhere"), STATUS_NOT_FOUND, "No such file");
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers_that_are_read),
        cmocka_unit_test(test_headers_that_are_refused),
        cmocka_unit_test(test_files_that_are_none),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
