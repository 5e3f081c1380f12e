#include "small.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "io/json.h"
#include "session/typed.h"

static struct typed_text text(const char *string)
{
    return (struct typed_text){string, string ? strlen(string) : 0};
}

static void test_gives_the_rows_of_the_features(void **state)
{
    (void)state;
    struct small small;
    struct error err;
    small_make(&small);
    const struct features *features = &small.encoding.features;
    struct typed *typed = typed_create(features, &err);
    assert_non_null(typed);
    size_t width = typed_width(typed);
    assert_int_equal(width, features->prompt.n_columns);
    float *row = mem_array(width, sizeof *row);
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        int32_t prompt = features->pair_prompt[i], context = features->pair_context[i];
        struct typed_text typed_prompt = text(small_pairs[i].prompt);
        assert_int_equal(typed_encode(typed, typed_prompt, text(NULL), row, &err), 0);
        assert_memory_equal(row, rows_at(&features->prompt, (size_t)prompt, 0),
                            width * sizeof *row);
        if (context < 0)
            continue;
        assert_int_equal(
            typed_encode(typed, typed_prompt, text(small_pairs[i].context), row, &err), 0);
        assert_memory_equal(row, rows_at(&features->context, (size_t)context, 0),
                            width * sizeof *row);
    }
    free(row);
    typed_free(typed);
    small_done(&small);
}

static void test_any_text(void **state)
{
    (void)state;
    enum { MEGABYTE = 1 << 20 };
    struct small small;
    struct error err;
    small_make(&small);
    struct typed *typed = typed_create(&small.encoding.features, &err);
    char *large = mem_alloc(MEGABYTE);
    for (size_t i = 0; i < MEGABYTE; i++)
        large[i] = i % 7 == 6 ? ' ' : (char)('a' + i * 31 % 26);
    const struct {
        const char *what;
        struct typed_text text;
        size_t bad; /* byte that is refused; SIZE_MAX: none */
    } cases[] = {
        {"empty", text(""), SIZE_MAX},
        {"a megabyte", {large, MEGABYTE}, SIZE_MAX},
        {"control characters", text("\x01\x1b[31mred\x7f\r\n\t"), SIZE_MAX},
        {"NUL", {"a\0b", 3}, SIZE_MAX},
        {"letters of many scripts", text("Größe 東京 مرحبا 🌊"), SIZE_MAX},
        {"a lone byte", text("caf\xe9!"), 3},
        {"cut short", text("\xe6\x9d"), 0},
        {"a surrogate", text("x\xed\xa0\x80"), 1},
        {"overlong", text("ab\xc0\xaf"), 2},
    };
    size_t width = typed_width(typed);
    float *row = mem_array(width, sizeof *row), *kept = mem_array(width, sizeof *kept);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int side = 0; side < 2; side++) {
            print_message("# %s\n", cases[c].what);
            struct typed_text prompt = side ? text("Plan a trip.") : cases[c].text;
            struct typed_text context = side ? cases[c].text : text(NULL);
            memcpy(kept, row, width * sizeof *row);
            enum status status = typed_encode(typed, prompt, context, row, &err);
            if (cases[c].bad == SIZE_MAX) {
                assert_int_equal(status, STATUS_OK);
                for (size_t d = 0; d < width; d++)
                    assert_true(isfinite(row[d]));
                continue;
            }
            char want[80];
            snprintf(want, sizeof want, "the %s is not valid UTF-8 at byte %zu",
                     side ? "context" : "prompt", cases[c].bad);
            assert_int_equal(status, STATUS_USAGE);
            assert_string_equal(err.message, want);
            assert_memory_equal(row, kept, width * sizeof *row);
        }
    free(kept);
    free(row);
    free(large);
    typed_free(typed);
    small_done(&small);
}

/* Control characters are spaces. */
static void test_control_characters_are_spaces(void **state)
{
    (void)state;
    struct small small;
    struct error err;
    small_make(&small);
    struct typed *typed = typed_create(&small.encoding.features, &err);
    size_t bytes = typed_width(typed) * sizeof(float);
    float *a = mem_alloc(bytes), *b = mem_alloc(bytes);
    struct typed_text prompt = text("Plan a trip.");
    typed_encode(typed, prompt, text("keep it short"), a, &err);
    typed_encode(typed, prompt, text("keep\x01it\x02short"), b, &err);
    assert_memory_equal(a, b, bytes);
    free(a);
    free(b);
    typed_free(typed);
    small_done(&small);
}

static void test_refused_features(void **state)
{
    (void)state;
    static const struct {
        const char *encoder, *settings;
        enum status status;
        const char *message;
    } cases[] = {
        {NULL, NULL, STATUS_NOT_FOUND, "do not say which encoder made them"},
        {"surface", NULL, STATUS_FORMAT, "'surface' without its settings"},
        {"surface", "{", STATUS_FORMAT, "encoder of the features: "},
        {"surface", "{}", STATUS_FORMAT, "no whole number 'version'"},
        {"surface", "{\"version\":99}", STATUS_FORMAT, "are of version 99"},
        {"surface", "{\"version\":1,\"hashed\":40}", STATUS_SHAPE, "the features have 64"},
        {"bert", "{}", STATUS_NOT_FOUND, "there is no encoder 'bert'"},
    };
    struct small small;
    small_make(&small);
    struct features features = small.encoding.features;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct error err = {0};
        struct json *metadata = json_object();
        if (cases[c].encoder)
            json_put_text(metadata, "encoder", cases[c].encoder);
        if (cases[c].settings)
            json_put_text(metadata, "encoder.settings", cases[c].settings);
        features.metadata = metadata;
        assert_null(typed_create(&features, &err));
        print_message("# %s\n", err.message);
        assert_int_equal(err.status, cases[c].status);
        assert_non_null(strstr(err.message, cases[c].message));
        json_free(metadata);
    }
    struct error err = {0};
    features.metadata = NULL;
    assert_null(typed_create(&features, &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    small_done(&small);
}

/* A prompt's row and the part of a context are the row of both, to a rounding. */
static void test_context_part(void **state)
{
    (void)state;
    struct small small;
    struct error err;
    small_make(&small);
    struct typed *typed = typed_create(&small.encoding.features, &err);
    size_t width = typed_width(typed);
    float *prompt = mem_array(width, sizeof *prompt),
          *part = mem_array(width, sizeof *part);
    float *both = mem_array(width, sizeof *both);
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        struct typed_text context = text(small_pairs[i].context);
        typed_encode(typed, text(small_pairs[i].prompt), text(NULL), prompt, &err);
        typed_encode(typed, text(small_pairs[i].prompt), context, both, &err);
        assert_int_equal(typed_context_part(typed, context, part, &err), STATUS_OK);
        for (size_t j = 0; j < width; j++)
            assert_near((double)(prompt[j] + part[j]), (double)both[j], 1e-6, 1e-6);
    }
    part[0] = 77;
    assert_int_equal(typed_context_part(typed, text("\xff"), part, &err), STATUS_USAGE);
    assert_true(part[0] == 77);
    free(prompt);
    free(part);
    free(both);
    typed_free(typed);
    small_done(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_the_rows_of_the_features),
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_control_characters_are_spaces),
        cmocka_unit_test(test_refused_features),
        cmocka_unit_test(test_context_part),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
