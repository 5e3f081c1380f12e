/* Models in files: what is written comes back, what others wrote is read, what is no model is
 * refused by file and tensor. */
#include "given.h"

#include <sys/stat.h>

#include "base/rng.h"
#include "core/checkpoint.h"
#include "io/json.h"
#include "io/safetensors.h"

static struct folder folder;

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

static const struct shape shapes[] = {
    {ROUTER_MLP, 4, 9, 7, 5},
    {ROUTER_LINEAR, 3, 0, 7, 5},
    {ROUTER_STATIC, 2, 0, 0, 5},
    {ROUTER_NONE, 1, 0, 0, 5},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static struct model make(const struct shape *shape, bool with_single)
{
    struct model model;
    struct error err = {0};
    assert_int_equal(model_create(&model, shape, &err), STATUS_OK);
    model_draw(&model, 3, 0);
    if (with_single) {
        model.single = malloc(shape->response_width * sizeof(float));
        for (size_t i = 0; i < shape->response_width; i++)
            model.single[i] = (float)i - 1.7f;
    }
    return model;
}

static struct model open_model(const char *path, struct json **metadata)
{
    struct model model;
    struct json *texts = NULL;
    struct error err = {0};
    if (checkpoint_open(path, &model, &texts, &err))
        fail_msg("%s", err.message);
    if (metadata)
        *metadata = texts;
    else
        json_free(texts);
    return model;
}

static void save(const char *path, const struct model *model, enum dtype dtype)
{
    struct error err = {0};
    if (checkpoint_save(path, model, NULL, dtype, &err))
        fail_msg("%s", err.message);
}

static void assert_same_shape(const struct shape *got, const struct shape *want)
{
    assert_int_equal(got->router, want->router);
    assert_int_equal(got->n_heads, want->n_heads);
    assert_int_equal(got->n_hidden, want->n_hidden);
    assert_int_equal(got->prompt_width, want->prompt_width);
    assert_int_equal(got->response_width, want->response_width);
}

/* ---- what we write ---- */

static void test_round_trip(void **state)
{
    (void)state;
    /* Half a unit of the last place that the type keeps, and its smallest number. */
    static const struct {
        enum dtype dtype;
        double relative, absolute;
    } types[] = {{DTYPE_F32, 0, 0}, {DTYPE_F16, 0x1p-11, 0x1p-25}, {DTYPE_BF16, 0x1p-8, 0}};
    const char *path = folder_path(&folder, "model.safetensors");
    for (size_t s = 0; s < SHAPES; s++)
        for (size_t t = 0; t < 3; t++)
            for (int with_single = 0; with_single < 2; with_single++) {
                struct model model = make(&shapes[s], with_single);
                save(path, &model, types[t].dtype);
                struct model back = open_model(path, NULL);
                assert_same_shape(&back.shape, &shapes[s]);
                for (size_t i = 0; i < shape_parameters(&shapes[s]); i++)
                    assert_near((double)back.block[i], (double)model.block[i],
                                types[t].relative, types[t].absolute);
                assert_int_equal(back.single != NULL, with_single);
                for (size_t i = 0; i < 5 && with_single; i++)
                    assert_near((double)back.single[i], (double)model.single[i],
                                types[t].relative, types[t].absolute);
                model_done(&model);
                model_done(&back);
            }
}

/* PyTorch reads ours by these names. */
static void test_names_of_tensors(void **state)
{
    (void)state;
    static const struct {
        size_t shape;
        bool with_single;
        const char *tensors; /* in the order of their names */
    } cases[] = {
        {0, false,
         "router.0.bias F32 [9]; router.0.weight F32 [9, 7]; router.2.bias F32 [4]; "
         "router.2.weight F32 [4, 9]; score.weight F32 [4, 5]; "},
        {1, true,
         "router.bias F32 [3]; router.weight F32 [3, 7]; score.weight F32 [3, 5]; "
         "single.weight F32 [1, 5]; "},
        {2, false, "router F32 [2]; score.weight F32 [2, 5]; "},
        {3, false, "score.weight F32 [1, 5]; "},
    };
    const char *path = folder_path(&folder, "names.safetensors");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct model model = make(&shapes[cases[c].shape], cases[c].with_single);
        struct error err = {0};
        save(path, &model, DTYPE_F32);
        struct safetensors *file = safetensors_open(path, &err);
        assert_non_null(file);
        char tensors[512] = "", text[TENSOR_TEXT];
        for (size_t i = 0; i < safetensors_count(file); i++) {
            const struct tensor *tensor = safetensors_at(file, i, &err);
            size_t at = strlen(tensors);
            snprintf(tensors + at, sizeof tensors - at, "%s %s; ", tensor->name,
                     tensor_describe(tensor, text));
        }
        assert_string_equal(tensors, cases[c].tensors);
        safetensors_free(file);
        model_done(&model);
    }
}

static void test_metadata(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "metadata.safetensors");
    struct model model = make(&shapes[2], false);
    struct json *metadata = json_object(), *back;
    struct error err = {0};
    json_put_text(metadata, "format", "microscope.model/1");
    json_put_text(metadata, "settings", "{\"heads\":2,\"alpha\":0.5}");
    assert_int_equal(checkpoint_save(path, &model, metadata, DTYPE_F32, &err), STATUS_OK);
    model_done(&model);
    model = open_model(path, &back);
    assert_int_equal(json_length(back), 2);
    for (const struct json *item = json_first(metadata); item; item = json_next(item))
        assert_string_equal(json_text(json_get(back, json_key(item))), json_text(item));
    json_free(back);
    json_free(metadata);
    model_done(&model);
}

static void test_same_model_same_bytes(void **state)
{
    (void)state;
    struct model model = make(&shapes[0], true);
    char *bytes[2];
    size_t length[2];
    for (size_t i = 0; i < 2; i++) {
        const char *path = folder_path(&folder, i ? "one" : "other");
        save(path, &model, DTYPE_BF16);
        bytes[i] = folder_read(path, &length[i]);
    }
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(bytes[0], bytes[1], length[0]);
    free(bytes[0]);
    free(bytes[1]);
    model_done(&model);
}

/* A type that cannot hold a weight, and files that cannot be written: nothing changes. */
static void test_failing_to_save(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "kept.safetensors");
    struct model model = make(&shapes[0], true);
    save(path, &model, DTYPE_F32);
    size_t length, again, entries = folder_each(folder.path, NULL);
    char *before = folder_read(path, &length);

    struct error err = {0};
    model.tail.last[3] = -70000;
    assert_int_equal(checkpoint_save(path, &model, NULL, DTYPE_F16, &err), STATUS_NUMERIC);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, "-70000, too large for F16"));
    model.tail.last[3] = 0;
    model.single[1] = 70000;
    assert_int_equal(checkpoint_save(path, &model, NULL, DTYPE_F16, &err), STATUS_NUMERIC);
    model.single[1] = 3.4e38f;
    assert_int_equal(checkpoint_save(path, &model, NULL, DTYPE_BF16, &err), STATUS_NUMERIC);
    model.single[1] = NAN;
    assert_int_equal(checkpoint_save(path, &model, NULL, DTYPE_F32, &err), STATUS_NUMERIC);
    model.single[1] = 0;
    model.heads[2] = INFINITY;
    assert_int_equal(checkpoint_save(path, &model, NULL, DTYPE_F32, &err), STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "the model holds NaN or infinity"));
    model.heads[2] = 0;
    assert_int_equal(checkpoint_save(folder.path, &model, NULL, DTYPE_F32, &err),
                     STATUS_IO);
    assert_int_equal(
        checkpoint_save(folder_path(&folder, "no/where"), &model, NULL, DTYPE_F32, &err),
        STATUS_IO);
    assert_int_equal(checkpoint_save("/dev/full", &model, NULL, DTYPE_F32, &err),
                     STATUS_IO);

    char *after = folder_read(path, &again);
    assert_int_equal(again, length);
    assert_memory_equal(after, before, length);
    assert_int_equal(folder_each(folder.path, NULL), entries);
    free(before);
    free(after);
    model_done(&model);
}

/* ---- what others wrote ---- */

#define MATRIX(name, rows, columns)                                                        \
    {                                                                                      \
        name, DTYPE_F32, 2, {rows, columns}, NULL                                          \
    }
#define VECTOR(name, n)                                                                    \
    {                                                                                      \
        name, DTYPE_F32, 1, {n}, NULL                                                      \
    }

static struct model open_given(const struct given *given)
{
    return open_model(write_tensors(&folder, given, NULL, NULL), NULL);
}

/* The heads of a Shared-Base run are the sum of two matrices. */
static void test_shared_base(void **state)
{
    (void)state;
    const float prior[] = {10, 20, 30, 40, 50, 60};
    const struct given given[GIVEN_MAX] = {
        MATRIX("score.learnable_net.weight", 3, 2),
        {"score.prior_net.weight", DTYPE_F32, 2, {3, 2}, prior},
        VECTOR("router", 3),
    };
    struct model model = open_given(given);
    assert_int_equal(model.shape.router, ROUTER_STATIC);
    assert_int_equal(model.shape.n_heads, 3);
    for (size_t i = 0; i < 6; i++)
        assert_true(model.heads[i] == (float)i + prior[i]);
    for (size_t k = 0; k < 3; k++)
        assert_true(model.tail.last_bias[k] == (float)k);
    model_done(&model);
}

static void test_logits_by_another_name(void **state)
{
    (void)state;
    const struct given given[GIVEN_MAX] = {MATRIX("score.weight", 3, 2),
                                           VECTOR("router.logits", 3)};
    struct model model = open_given(given);
    assert_int_equal(model.shape.router, ROUTER_STATIC);
    assert_true(model.tail.last_bias[2] == 2);
    model_done(&model);
}

/* Heads that nobody weighs weigh the same; one head alone is plain Bradley-Terry. */
static void test_heads_without_router(void **state)
{
    (void)state;
    for (size_t K = 1; K <= 4; K += 3) {
        const struct given given[GIVEN_MAX] = {MATRIX("score.weight", K, 2)};
        struct model model = open_given(given);
        assert_int_equal(model.shape.router, K == 1 ? ROUTER_NONE : ROUTER_STATIC);
        float log_f[4];
        struct error err;
        assert_int_equal(model_log_weights(&model, NULL, NULL, 1, log_f, &err), STATUS_OK);
        for (size_t k = 0; k < K; k++)
            assert_near((double)log_f[k], -log((double)K), 1e-6, 1e-7);
        model_done(&model);
    }
}

static void test_element_types(void **state)
{
    (void)state;
    static const enum dtype types[] = {DTYPE_F64, DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    for (size_t t = 0; t < 4; t++) {
        const struct given given[GIVEN_MAX] = {
            {"score.weight", types[t], 2, {2, 3}, NULL},
            {"router.weight", types[(t + 1) % 4], 2, {2, 4}, NULL},
            {"router.bias", types[t], 1, {2}, NULL},
            {"lm_head.weight", DTYPE_I32, 1, {3}, (const int32_t[]){1, 2, 3}},
        };
        struct model model = open_given(given);
        assert_int_equal(model.shape.router, ROUTER_LINEAR);
        for (size_t i = 0; i < 6; i++)
            assert_true(model.heads[i] == (float)i);
        for (size_t i = 0; i < 8; i++)
            assert_true(model.input[i] == (float)i);
        model_done(&model);
    }
}

/* Only the shards of the tensors that are needed are opened. */
static void test_sharded(void **state)
{
    (void)state;
    const struct given first[GIVEN_MAX] = {MATRIX("score.weight", 2, 3),
                                           VECTOR("router.0.bias", 4)};
    const struct given second[GIVEN_MAX] = {
        MATRIX("router.0.weight", 4, 5), MATRIX("router.2.weight", 2, 4),
        VECTOR("router.2.bias", 2), MATRIX("single.weight", 1, 3)};
    static const char index[] =
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {"
        "\"score.weight\": \"a.safetensors\", \"router.0.bias\": \"a.safetensors\","
        "\"router.0.weight\": \"b.safetensors\", \"router.2.weight\": \"b.safetensors\","
        "\"router.2.bias\": \"b.safetensors\", \"single.weight\": \"b.safetensors\","
        "\"model.layers.0.weight\": \"not-here.safetensors\"}}";
    assert_int_equal(rename(write_tensors(&folder, first, NULL, NULL),
                            folder_path(&folder, "a.safetensors")),
                     0);
    assert_int_equal(rename(write_tensors(&folder, second, NULL, NULL),
                            folder_path(&folder, "b.safetensors")),
                     0);
    const char *path =
        folder_write(&folder, "model.safetensors.index.json", index, sizeof index - 1);
    struct json *metadata = NULL;
    struct model model = open_model(path, &metadata);
    assert_same_shape(&model.shape, &(struct shape){ROUTER_MLP, 2, 4, 5, 3});
    assert_true(model.input[19] == 19 && model.tail.last[7] == 7);
    assert_true(model.tail.first_bias[3] == 3 && model.single[2] == 2);
    assert_int_equal(json_length(metadata), 0);
    json_free(metadata);
    model_done(&model);

    assert_int_equal(unlink(folder_path(&folder, "b.safetensors")), 0);
    struct error err = {0};
    assert_int_equal(checkpoint_open(path, &model, &metadata, &err), STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "b.safetensors"));
}

/* ---- what is no model ---- */

static void test_refused(void **state)
{
    (void)state;
    const float nan_at_4[] = {0, 0, 0, 0, NAN, 0};
    const float infinite[] = {0, -INFINITY};
    const struct {
        struct given given[GIVEN_MAX];
        enum status status;
        const char *part;
    } cases[] = {
        {{MATRIX("response", 2, 3)}, STATUS_FORMAT, "no tensor 'score.weight'"},
        {{VECTOR("score.weight", 3)},
         STATUS_SHAPE,
         "tensor 'score.weight' is F32 [3], a model has 2 dimensions"},
        {{{"score.weight", DTYPE_F32, 3, {1, 2, 3}, NULL}},
         STATUS_SHAPE,
         "tensor 'score.weight' is F32 [1, 2, 3]"},
        {{{"score.weight", DTYPE_I32, 2, {1, 2}, NULL}},
         STATUS_SHAPE,
         "tensor 'score.weight' is I32 [1, 2], a model has 2 dimensions of real numbers"},
        {{MATRIX("score.weight", 0, 3)},
         STATUS_SHAPE,
         "tensor 'score.weight' is F32 [0, 3]"},
        {{MATRIX("score.weight", 3, 0)},
         STATUS_SHAPE,
         "tensor 'score.weight' is F32 [3, 0]"},
        {{MATRIX("score.weight", 1025, 1)}, STATUS_SHAPE, "1025 heads"},
        {{{"score.weight", DTYPE_F32, 2, {2, 3}, nan_at_4}},
         STATUS_NUMERIC,
         "tensor 'score.weight' holds NaN or infinity at element 4"},
        {{MATRIX("score.weight", 2, 3), {"router", DTYPE_F32, 1, {2}, infinite}},
         STATUS_NUMERIC,
         "tensor 'router' holds NaN or infinity at element 1"},
        {{MATRIX("score.weight", 2, 3), VECTOR("router", 3)},
         STATUS_SHAPE,
         "tensor 'router' is F32 [3], its other tensors want [2]"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router", 1, 2)},
         STATUS_SHAPE,
         "tensor 'router' is F32 [1, 2], a model has 1 dimensions"},
        {{MATRIX("score.weight", 2, 3), MATRIX("single.weight", 1, 4)},
         STATUS_SHAPE,
         "tensor 'single.weight' is F32 [1, 4], its other tensors want [1, 3]"},
        {{MATRIX("score.weight", 2, 3), MATRIX("single.weight", 2, 3)},
         STATUS_SHAPE,
         "tensor 'single.weight' is F32 [2, 3]"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router.weight", 2, 4)},
         STATUS_NOT_FOUND,
         "has no tensor 'router.bias'"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router.weight", 3, 4),
          VECTOR("router.bias", 3)},
         STATUS_SHAPE,
         "tensor 'router.weight' is F32 [3, 4], its other tensors want [2, 4]"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router.0.weight", 5, 4),
          VECTOR("router.0.bias", 5), MATRIX("router.2.weight", 2, 4),
          VECTOR("router.2.bias", 2)},
         STATUS_SHAPE,
         "tensor 'router.2.weight' is F32 [2, 4], its other tensors want [2, 5]"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router.0.weight", 5, 4),
          VECTOR("router.0.bias", 4), MATRIX("router.2.weight", 2, 5),
          VECTOR("router.2.bias", 2)},
         STATUS_SHAPE,
         "tensor 'router.0.bias' is F32 [4], its other tensors want [5]"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router.0.weight", 5, 4),
          VECTOR("router.0.bias", 5), MATRIX("router.2.weight", 2, 5)},
         STATUS_NOT_FOUND,
         "has no tensor 'router.2.bias'"},
        {{MATRIX("score.weight", 2, 3), MATRIX("router.0.weight", 65537, 1)},
         STATUS_SHAPE,
         "65537 hidden units"},
        {{MATRIX("score.learnable_net.weight", 2, 3)},
         STATUS_NOT_FOUND,
         "has no tensor 'score.prior_net.weight'"},
        {{MATRIX("score.learnable_net.weight", 2, 3),
          MATRIX("score.prior_net.weight", 2, 2)},
         STATUS_SHAPE,
         "tensor 'score.prior_net.weight' is F32 [2, 2], its other tensors want [2, 3]"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const char *path = write_tensors(&folder, cases[c].given, NULL, NULL);
        struct model model;
        struct json *metadata;
        struct error err = {0};
        enum status status = checkpoint_open(path, &model, &metadata, &err);
        if (status != cases[c].status || !strstr(err.message, cases[c].part))
            fail_msg("case %zu gives %d and \"%s\", not %d and \"%s\"", c, status,
                     err.message, cases[c].status, cases[c].part);
        const char *first = strstr(err.message, path);
        assert_non_null(first);
        assert_null(strstr(first + 1, path)); /* the file is named once */
    }
}

/* Wherever the file is cut, it is refused. */
static void test_cut_short(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "whole.safetensors");
    struct model model = make(&shapes[0], true);
    save(path, &model, DTYPE_F32);
    model_done(&model);
    size_t length;
    char *bytes = folder_read(path, &length);
    for (size_t n = 0; n < length; n += 13) {
        const char *cut = folder_write(&folder, "cut.safetensors", bytes, n);
        struct json *metadata;
        struct error err = {0};
        assert_int_equal(checkpoint_open(cut, &model, &metadata, &err), STATUS_FORMAT);
        assert_non_null(strstr(err.message, cut));
    }
    free(bytes);
}

static void test_no_file(void **state)
{
    (void)state;
    struct model model;
    struct json *metadata;
    struct error err = {0};
    const char *path = folder_path(&folder, "nothing-here");
    assert_int_equal(checkpoint_open(path, &model, &metadata, &err), STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(checkpoint_open(folder.path, &model, &metadata, &err), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_names_of_tensors),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_same_model_same_bytes),
        cmocka_unit_test(test_failing_to_save),
        cmocka_unit_test(test_shared_base),
        cmocka_unit_test(test_logits_by_another_name),
        cmocka_unit_test(test_heads_without_router),
        cmocka_unit_test(test_element_types),
        cmocka_unit_test(test_sharded),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_no_file),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
