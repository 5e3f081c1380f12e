#include "folder.h"
#include "reopened.h"

static struct folder folder;
static char one[200], two[200]; /* "vectors:FOLDER/one+1.txt", "vectors:FOLDER/two.txt" */

static struct encoder *open_join(const char *a, const char *b, const char *c)
{
    char name[700];
    struct error err = {0};
    snprintf(name, sizeof name, "%s+%s%s%s", a, b, c ? "+" : "", c ? c : "");
    struct encoder *encoder = encoder_open(name, NULL, &err);
    if (!encoder)
        fail_msg("%s", err.message);
    assert_string_equal(encoder_name(encoder), name);
    return encoder;
}

static void test_columns_and_names(void **state)
{
    (void)state;
    struct encoder *surface = encoder_open("surface", NULL, NULL);
    struct encoder *join = open_join(one, "surface", two);
    float row[256], alone[256];
    for (int side = 0; side < ENCODER_SIDES; side++) {
        enum encoder_side s = (enum encoder_side)side;
        size_t blocks = s == ENCODER_PROMPT ? 2 : 1, n = encoder_width(surface, s);
        assert_int_equal(encoder_width(join, s), n + blocks * (2 + 1));
        if (s == ENCODER_PROMPT)
            encode_prompt(join, "the cat", "sat", row);
        else
            encode_response(join, "the cat", row);
        if (s == ENCODER_PROMPT)
            encode_prompt(surface, "the cat", "sat", alone);
        else
            encode_response(surface, "the cat", alone);
        assert_memory_equal(row + 2 * blocks, alone, n * sizeof *row);
        assert_row(row, (const double[]){0.5, 1, 4, 4}, 2 * blocks);
        assert_row(row + 2 * blocks + n, (const double[]){7, 0}, blocks);
        for (size_t j = 0; j < n; j++)
            assert_string_equal(encoder_feature(join, s, 2 * blocks + j),
                                encoder_feature(surface, s, j));
    }
    assert_string_equal(encoder_feature(join, ENCODER_RESPONSE, 0), "vectors.0");
    size_t last = encoder_width(join, ENCODER_RESPONSE) - 1;
    assert_string_equal(encoder_feature(join, ENCODER_RESPONSE, last),
                        "vectors.0 (part 3)");
    assert_true(encoder_adds_context(join));
    struct encoder_coverage coverage[4];
    assert_int_equal(encoder_coverage(join, coverage, 4), 2);
    assert_string_equal(coverage[0].name, one);
    assert_string_equal(coverage[1].name, two);
    assert_int_equal(coverage[1].n_unknown, 3);
    assert_int_equal(encoder_coverage(join, coverage, 1), 1);
    encoder_free(surface);
    encoder_free(join);
}

static const char *const texts[] = {"the cat", "cat sat", "the sat", "the cat sat sat"};
enum { N = sizeof texts / sizeof *texts };

static void test_settings(void **state)
{
    (void)state;
    char name[500];
    struct encoder_choices choices = {.sif = 0.01, .removes_component = true};
    snprintf(name, sizeof name, "surface+%s", one);
    struct encoder *join =
        encoder_create(name, &(struct encoder_opening){.choices = &choices}, NULL);
    assert_non_null(join);
    size_t width = encoder_width(join, ENCODER_RESPONSE);
    float *rows = malloc(N * width * sizeof *rows), *row = malloc(width * sizeof *row);
    assert_non_null(rows);
    assert_non_null(row);
    for (size_t i = 0; i < N; i++)
        encode_response(join, texts[i], rows + i * width);
    assert_int_equal(encoder_fit(join, ENCODER_RESPONSE, rows, NULL, N, NULL), STATUS_OK);
    encoder_standardise(join, ENCODER_RESPONSE, rows, N);
    struct encoder *again = reopen(join, NULL);
    assert_non_null(again);
    for (size_t i = 0; i < N; i++) {
        encode_response(again, texts[i], row);
        assert_memory_equal(row, rows + i * width, width * sizeof *row);
    }
    struct json *settings = encoder_settings(join);
    const struct json *part = json_next(json_first(json_get(settings, "parts")));
    assert_string_equal(json_text(json_get(part, "encoder")), one);
    assert_non_null(json_get(json_get(part, "settings"), "components"));
    json_free(settings);
    free(rows);
    free(row);
    encoder_free(again);
    encoder_free(join);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *name, *settings;
        enum status status;
        const char *message;
    } cases[] = {
        {"surface+surfaces", NULL, STATUS_NOT_FOUND, "'surface+surfaces'"},
        {"nothing+surface", NULL, STATUS_NOT_FOUND, "'nothing'"},
        {"surface+vectors:", NULL, STATUS_USAGE, "names no file"},
        {"surface+vectors:/no/file", NULL, STATUS_NOT_FOUND, "'/no/file'"},
        {"surface+surface", "{}", STATUS_FORMAT, "its part 'surface'"},
        {"surface+surface",
         "{\"parts\": [{\"encoder\": \"surface\", \"settings\": {\"version\": 1}}]}",
         STATUS_FORMAT, "its part 'surface'"},
        {"surface+surface", "{\"parts\": [{\"encoder\": \"surface\", \"settings\": {}}]}",
         STATUS_FORMAT, "'version'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *text = cases[i].settings;
        struct json *settings = text ? json_parse(text, strlen(text), NULL) : NULL;
        struct encoder *encoder = encoder_open(cases[i].name, settings, &err);
        if (encoder || err.status != cases[i].status ||
            !strstr(err.message, cases[i].message))
            fail_msg("case %zu: %d, %s", i, err.status, err.message);
        json_free(settings);
    }
}

static int make_folder(void **state)
{
    (void)state;
    static const char first[] = "the 1 0\ncat 0 2\nsat 4 4\n", second[] = "cat 7\n";
    folder_make(&folder);
    snprintf(one, sizeof one, "vectors:%s",
             folder_write(&folder, "one+1.txt", first, sizeof first - 1));
    snprintf(two, sizeof two, "vectors:%s",
             folder_write(&folder, "two.txt", second, sizeof second - 1));
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
        cmocka_unit_test(test_columns_and_names),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
