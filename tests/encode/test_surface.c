#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "encode/encoder.h"

struct fixture {
    struct encoder *encoder;
    size_t n_prompt, n_response;
};

static int open_fixture(void **state)
{
    struct fixture *fixture = mem_zero(sizeof *fixture);
    fixture->encoder = encoder_open("surface", NULL, NULL);
    fixture->n_prompt = encoder_width(fixture->encoder, ENCODER_PROMPT);
    fixture->n_response = encoder_width(fixture->encoder, ENCODER_RESPONSE);
    *state = fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    encoder_free(fixture->encoder);
    free(fixture);
    return 0;
}

static struct encoder_text text_of(const char *string)
{
    return (struct encoder_text){string, string ? strlen(string) : 0};
}

static size_t index_of(const struct encoder *encoder, enum encoder_side side,
                       const char *name)
{
    for (size_t i = 0; i < encoder_width(encoder, side); i++)
        if (strcmp(encoder_feature(encoder, side, i), name) == 0)
            return i;
    fail_msg("no feature '%s'", name);
    return 0;
}

enum { WIDEST = 128 };

static void encode_response(struct encoder *encoder, const char *prompt,
                            const char *response, float *row)
{
    struct encoder_response text = {text_of(prompt), text_of(response)};
    assert_int_equal(encoder_responses(encoder, &text, 1, row, NULL), STATUS_OK);
}

static void encode_prompt(struct encoder *encoder, const char *prompt, const char *context,
                          float *row)
{
    struct encoder_prompt text = {text_of(prompt), text_of(context)};
    assert_int_equal(encoder_prompts(encoder, &text, 1, row, NULL), STATUS_OK);
}

static void test_responses(void **state)
{
    const struct fixture *fixture = *state;
    const char *prompt = "Why does the red kite circle over the old mill?";
    const struct {
        const char *response, *feature;
        double wanted;
    } cases[] = {
        {"", "log-words", 0},
        {"", "word-length", 0},
        {"", "complete", 0},
        {"One two three.", "log-words", log(4)},
        {"One two. Three.", "log-sentences", log(3)},
        {"aa bbbb", "word-length", 3},
        {"One two. One two three four.", "sentence-length", log(4)},
        {"One two. One two three four.", "sentence-variation", 1.0 / 3},
        {"a b a b", "different-words", 0.5},
        {"a b a b", "repeated-bigrams", 1.0 / 9},
        {"one, two, three", "commas", 2.0 / 8},
        {"Really?! \"Yes\" (no): maybe", "questions", 1.0 / 9},
        {"Really?! \"Yes\" (no): maybe", "exclamations", 1.0 / 9},
        {"Really?! \"Yes\" (no): maybe", "quotes", 2.0 / 9},
        {"Really?! \"Yes\" (no): maybe", "parentheses", 1.0 / 9},
        {"Really?! \"Yes\" (no): maybe", "colons", 1.0 / 9},
        {"- one\n- two\n", "list-items", log(3)},
        {"# one\n\ntwo", "headings", log(2)},
        {"```\nx = 1\n```", "code", log(10)},
        {"hot \xf0\x9f\x94\xa5", "symbols", 1.0 / 6},
        {"The red kite.", "content-precision", 1},
        {"The red kite.", "bigram-precision", 1},
        {"The red kite.", "longest-run", log(4)},
        {"The red kite.", "density", log(4)},
        {"The red kite.", "copied-sentences", 1},
        {"Two boats, 3 nets", "numbers", 2.0 / 9},
        {"We met Anna", "names", 1.0 / 8},
        {"Perhaps.", "hedges", 1.0 / 6},
        {"I do.", "first-person", 1.0 / 7},
        {"You do.", "second-person", 1.0 / 7},
        {"He does.", "third-person", 1.0 / 7},
        {"Please.", "polite", 1.0 / 6},
        {"She walked.", "past", 1.0 / 7},
        {"Don't", "contractions", 1.0 / 7},
        {"Don't", "negations", 1.0 / 7},
        {"Done.", "complete", 1},
        {"Done. but", "small-starts", 0.5},
        {"Write it. It is.", "imperative-starts", 0.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float row[WIDEST];
        encode_response(fixture->encoder, prompt, cases[i].response, row);
        size_t at = index_of(fixture->encoder, ENCODER_RESPONSE, cases[i].feature);
        if (fabs((double)row[at] - cases[i].wanted) > 1e-6)
            print_error("'%s': %s\n", cases[i].response, cases[i].feature);
        assert_near((double)row[at], cases[i].wanted, 1e-6, 0);
    }
}

static void test_prompts(void **state)
{
    const struct fixture *fixture = *state;
    const struct {
        const char *prompt, *context, *feature;
        double wanted;
    } cases[] = {
        {"What is it?", NULL, "prompt.question-marks", log(2)},
        {"What is it?", NULL, "prompt.question-words", 2.0 / 8},
        {"Write it.", NULL, "prompt.imperatives", 1},
        {"Write a brief, short note", NULL, "prompt.concise", log(3)},
        {"Write a brief, short note", NULL, "context.concise", 0},
        {"Write", "Be brief", "context.concise", log(2)},
        {"Write", "Be brief", "prompt.concise", 0},
        {"Write", "don't be funny", "context.humorous", -log(2)},
        {NULL, "Be brief", "prompt.log-words", 0},
        {"", "", "context.concise", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float row[WIDEST];
        encode_prompt(fixture->encoder, cases[i].prompt, cases[i].context, row);
        size_t at = index_of(fixture->encoder, ENCODER_PROMPT, cases[i].feature);
        assert_near((double)row[at], cases[i].wanted, 1e-6, 0);
    }
}

static void test_no_context_is_zero(void **state)
{
    const struct fixture *fixture = *state;
    float without[WIDEST], with[WIDEST];
    encode_prompt(fixture->encoder, "Explain the tides to me", NULL, without);
    encode_prompt(fixture->encoder, "Explain the tides to me", "Use vivid stories", with);
    size_t n_different = 0;
    for (size_t i = 0; i < fixture->n_prompt; i++) {
        const char *name = encoder_feature(fixture->encoder, ENCODER_PROMPT, i);
        if (strncmp(name, "context.", 8) == 0) {
            assert_true(without[i] == 0);
            n_different += with[i] != 0;
        } else {
            assert_true(without[i] == with[i]);
        }
    }
    assert_true(n_different > 1);
}

static void test_hashed_parts_have_length_one(void **state)
{
    const struct fixture *fixture = *state;
    float row[WIDEST];
    encode_prompt(fixture->encoder, "tides and whales", "sailors, harbours and gulls", row);
    double prompt = 0, context = 0;
    for (size_t i = 0; i < fixture->n_prompt; i++) {
        const char *name = encoder_feature(fixture->encoder, ENCODER_PROMPT, i);
        if (strncmp(name, "prompt.hashed", 13) == 0)
            prompt += (double)row[i] * (double)row[i];
        if (strncmp(name, "context.hashed", 14) == 0)
            context += (double)row[i] * (double)row[i];
    }
    assert_near(prompt, 1, 1e-6, 0);
    assert_near(context, 1, 1e-6, 0);
}

/* Whatever was encoded before, and wherever the bytes stand. */
static void test_equal_texts_give_equal_bytes(void **state)
{
    const struct fixture *fixture = *state;
    struct encoder *other = encoder_open("surface", NULL, NULL);
    char copy[] = "Tell me of the sea. It was cold, he said!";
    float first[WIDEST], second[WIDEST];
    encode_response(fixture->encoder, "Another prompt", "Another response, much longer",
                    first);
    encode_prompt(fixture->encoder, "Of the sea", "Be brief", first);
    encode_response(fixture->encoder, "The sea is cold", copy, first);
    encode_response(other, "The sea is cold", "Tell me of the sea. It was cold, he said!",
                    second);
    assert_memory_equal(first, second, fixture->n_response * sizeof *first);
    encode_response(fixture->encoder, "The sea is cold", copy, second);
    assert_memory_equal(first, second, fixture->n_response * sizeof *first);
    copy[0] = 'S'; /* the same buffer as a prompt, with another content */
    encode_prompt(fixture->encoder, copy, NULL, first);
    copy[0] = 'T';
    encode_prompt(fixture->encoder, copy, NULL, first);
    encode_prompt(other, copy, NULL, second);
    assert_memory_equal(first, second, fixture->n_prompt * sizeof *first);
    encoder_free(other);
}

static void test_names(void **state)
{
    const struct fixture *fixture = *state;
    assert_true(fixture->n_prompt <= 64);
    for (int side = 0; side < ENCODER_SIDES; side++) {
        size_t width = encoder_width(fixture->encoder, (enum encoder_side)side);
        for (size_t i = 0; i < width; i++) {
            const char *name =
                encoder_feature(fixture->encoder, (enum encoder_side)side, i);
            assert_true(name && *name);
            assert_int_equal(index_of(fixture->encoder, (enum encoder_side)side, name), i);
        }
        assert_null(encoder_feature(fixture->encoder, (enum encoder_side)side, width));
    }
}

static void assert_finite(const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_true(isfinite(row[i]));
}

static void encode_all(const struct fixture *fixture, struct encoder_text a,
                       struct encoder_text b)
{
    float row[WIDEST];
    struct encoder_prompt prompt = {a, b};
    struct encoder_response response = {a, b};
    assert_int_equal(encoder_prompts(fixture->encoder, &prompt, 1, row, NULL), STATUS_OK);
    assert_finite(row, fixture->n_prompt);
    assert_int_equal(encoder_responses(fixture->encoder, &response, 1, row, NULL),
                     STATUS_OK);
    assert_finite(row, fixture->n_response);
}

static void test_strange_texts(void **state)
{
    const struct fixture *fixture = *state;
    const char *texts[] = {
        "",
        " ",
        "\n\n\n",
        ".",
        "'",
        "''",
        "'s",
        "n't",
        "```",
        "#",
        "# ",
        "-",
        "- ",
        "1.",
        "1. ",
        "\xff\xfe",
        "\xc3",
        "\xf0\x9f\x98",
        "\x01\x02\x1b[0m",
        "\xe6\x97\xa5\xe6\x9c\xac",
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
        "\xcc\x81\xcc\x81",
        "\xef\xbb\xbfxyz",
        "\xe2\x80\x99",
        "a\xe2\x80\x99",
        "a'",
        "an't",
        "9.",
        "9.9.",
        "\xd9\xa3.\xd9\xa3",
        "?!?!",
        "e.g. i.e. U.S.",
        "don\xe2\x80\x99t",
        "\xe2\x80\xa2",
        "\xe2\x80\xa2 x",
    };
    const size_t n = sizeof texts / sizeof *texts;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            encode_all(fixture, text_of(texts[i]), text_of(texts[j]));
    const char with_nul[] = "before\0after";
    encode_all(fixture, (struct encoder_text){with_nul, sizeof with_nul},
               (struct encoder_text){with_nul, sizeof with_nul});
}

/* Exact allocations, so that the sanitizers see a read past the end. */
static void test_random_bytes(void **state)
{
    const struct fixture *fixture = *state;
    static const char alphabet[] =
        "aAn't \n.,'`\"-#*19?()\xe2\x80\x99\xc3\x89\xcc\x81\xf0\x9f\x98\x80";
    struct rng rng;
    rng_init(&rng, 7, 0);
    for (int round = 0; round < 4000; round++) {
        struct encoder_text texts[2];
        char *bytes[2];
        for (int k = 0; k < 2; k++) {
            size_t length = rng_below(&rng, 60);
            bytes[k] = mem_alloc(length);
            for (size_t i = 0; i < length; i++)
                bytes[k][i] = round % 2 ? (char)rng_below(&rng, 256)
                                        : alphabet[rng_below(&rng, sizeof alphabet)];
            texts[k] = (struct encoder_text){bytes[k], length};
        }
        encode_all(fixture, texts[0], texts[1]);
        free(bytes[0]);
        free(bytes[1]);
    }
}

static void test_a_megabyte(void **state)
{
    const struct fixture *fixture = *state;
    const char *units[] = {"word ",        "don't be funny, ",
                           "\xe6\x97\xa5", "\xf0\x9f\x98\x80",
                           ".\n",          "- a\n",
                           "\"",           "\x80",
                           "a b c d e f. "};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct text text = {0};
        while (text.length < 1 << 20)
            text_add(&text, units[i]);
        struct encoder_text whole = {text.bytes, text.length};
        encode_all(fixture, whole, whole);
        text_done(&text);
    }
}

/* After the longest text, nothing is allocated any more. */
static void test_no_allocation_per_text(void **state)
{
    const struct fixture *fixture = *state;
    const char *prompts[] = {"What is the longest of the rivers here?", "Why?"};
    const char *responses[] = {"A long response about rivers, which is the longest.", "No.",
                               "Yes."};
    float row[WIDEST];
    size_t before = 0;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 6; i++) {
            encode_response(fixture->encoder, prompts[i % 2], responses[i % 3], row);
            encode_prompt(fixture->encoder, prompts[i % 2], responses[i % 3], row);
        }
        assert_true(round == 0 || mem_allocations() == before);
        before = mem_allocations();
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_responses),
        TEST(test_prompts),
        TEST(test_no_context_is_zero),
        TEST(test_hashed_parts_have_length_one),
        TEST(test_equal_texts_give_equal_bytes),
        TEST(test_names),
        TEST(test_strange_texts),
        TEST(test_random_bytes),
        TEST(test_a_megabyte),
        TEST(test_no_allocation_per_text),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
