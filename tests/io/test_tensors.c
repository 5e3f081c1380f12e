#include "folder.h"

#include "io/json.h"
#include "io/tensors.h"
#include "io/tensors_writer.h"

static struct folder folder;

static const float matrix[6] = {1, -2, 3.5f, 0, 1e-3f, 65000};
static const int32_t column[3] = {-1, 0, 7};

/* Two arrays and one without elements, in whatever form the path asks for. */
static enum status write_as(const char *path, enum dtype dtype, struct error *err)
{
    struct tensors_writer *writer = tensors_writer_open(path, err);
    if (!writer)
        return err->status;
    const size_t three = 3, nothing[] = {0, 5}, shape[] = {3, 2};
    tensors_writer_metadata(writer, "encoder", "test \xc3\xa9");
    tensors_writer_declare(writer, "column", DTYPE_I32, 1, &three);
    tensors_writer_declare(writer, "matrix", dtype, 2, shape);
    tensors_writer_declare(writer, "nothing", DTYPE_F32, 2, nothing);
    tensors_writer_bytes(writer, column, 4);
    tensors_writer_bytes(writer, column + 1, 8);
    tensors_writer_floats(writer, matrix, 1);
    tensors_writer_floats(writer, matrix + 1, 5);
    return tensors_writer_commit(writer, err);
}

static void check(const char *path, enum dtype dtype)
{
    struct error err = {0};
    struct tensors *tensors = tensors_open(path, &err);
    if (!tensors)
        fail_msg("%s", err.message);
    static const char *const names[] = {"column", "matrix", "nothing"};
    assert_int_equal(tensors_count(tensors), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(tensors_name(tensors, i), names[i]);
        assert_true(tensors_has(tensors, names[i]));
    }
    const struct tensor *tensor = tensors_find(tensors, "matrix", &err);
    assert_non_null(tensor);
    assert_int_equal(tensor->dtype, dtype);
    assert_int_equal(tensor->rank, 2);
    assert_int_equal(tensor->shape[0], 3);
    float values[6];
    dtype_widen(values, tensor->data, dtype, 6);
    for (size_t i = 0; i < 4; i++)
        assert_true(values[i] == matrix[i]);
    tensor = tensors_find(tensors, "column", &err);
    assert_memory_equal(tensor->data, column, sizeof column);
    tensor = tensors_find(tensors, "nothing", &err);
    assert_int_equal(tensor->n_elements, 0);
    assert_int_equal(tensor->shape[1], 5);
    assert_null(tensors_find(tensors, "other", &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_string_equal(json_text(json_get(tensors_metadata(tensors), "encoder")),
                        "test \xc3\xa9");
    assert_string_equal(tensors_path(tensors), path);
    assert_false(tensors_is_single(tensors));
    tensors_free(tensors);
}

static void test_written_and_read(void **state)
{
    (void)state;
    static const char *const names[] = {"x.safetensors", "x.npz", "arrays/"};
    for (size_t i = 0; i < 3; i++)
        for (int again = 0; again < 2; again++) {
            struct error err = {0};
            enum dtype dtype = again ? DTYPE_F16 : DTYPE_F32;
            const char *path = folder_path(&folder, names[i]);
            if (write_as(path, dtype, &err))
                fail_msg("%s", err.message);
            assert_int_equal(tensors_writer_is_numpy(path), i > 0);
            check(path, dtype);
        }
    assert_int_equal(folder_each(folder.path, NULL), 3); /* nothing temporary is left */
}

static void test_one_file_and_prefix(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(write_as(folder_path(&folder, "arrays/"), DTYPE_F32, &err), STATUS_OK);
    struct tensors *one = tensors_open(folder_path(&folder, "arrays/matrix.npy"), &err);
    assert_non_null(one);
    assert_true(tensors_is_single(one));
    assert_int_equal(tensors_count(one), 1);
    assert_string_equal(tensors_name(one, 0), "matrix");
    tensors_free(one);
    assert_int_equal(rename(folder_path(&folder, "arrays/matrix.npy"),
                            folder_path(&folder, "run.matrix.npy")),
                     0);
    folder_write(&folder, "run.broken.npy", "no", 2);
    struct tensors *prefix = tensors_open(folder_path(&folder, "run"), &err);
    assert_non_null(prefix);
    assert_int_equal(tensors_count(prefix), 2);
    assert_non_null(tensors_find(prefix, "matrix", &err));
    assert_null(tensors_find(prefix, "broken", &err)); /* an error when it is asked for */
    assert_int_equal(err.status, STATUS_FORMAT);
    assert_non_null(strstr(err.message, "run.broken.npy'"));
    tensors_free(prefix);
}

static void test_refusals(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(tensors_open(folder_path(&folder, "none"), &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_null(tensors_open("/", &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "no NumPy files"));
    assert_int_equal(write_as(folder_path(&folder, "b.npz"), DTYPE_BF16, &err),
                     STATUS_USAGE);
    assert_non_null(strstr(err.message, "NumPy has no BF16"));
    assert_int_not_equal(access(folder_path(&folder, "b.npz"), F_OK), 0);
    assert_int_equal(tensors_writer_check(folder_path(&folder, "b.npy"), &err),
                     STATUS_USAGE);
    assert_int_equal(tensors_writer_check("/no/such/b.npz", &err), STATUS_IO);
    assert_int_equal(tensors_writer_check(folder.path, &err), STATUS_IO);
    assert_int_equal(tensors_writer_check(folder_path(&folder, "new/"), &err), STATUS_OK);
    assert_null(tensors_writer_open("/no/such/b.npz", &err));
    struct tensors_writer *writer = tensors_writer_open("/dev/null/no/", &err);
    if (writer) { /* folders are made when there is something to put in */
        const size_t one = 1;
        tensors_writer_declare(writer, "a", DTYPE_F32, 1, &one);
        tensors_writer_floats(writer, matrix, 1);
        assert_int_equal(tensors_writer_commit(writer, &err), STATUS_IO);
    }
    writer = tensors_writer_open(folder_path(&folder, "c.npz"), &err);
    tensors_writer_abandon(writer);
    assert_int_not_equal(access(folder_path(&folder, "c.npz"), F_OK), 0);

    /* Metadata of NumPy's that are none. */
    static const char array[] =
        "\x93NUMPY\1\0\x38\0{'descr': '|u1', 'fortran_order': False, "
        "'shape': (2,)}\n[]";
    folder_write(&folder, "m.__metadata__.npy", array, sizeof array - 1);
    assert_null(tensors_open(folder_path(&folder, "m"), &err));
    assert_non_null(strstr(err.message, "no JSON object of texts"));
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_written_and_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_one_file_and_prefix, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_refusals, make_folder, remove_folder),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
