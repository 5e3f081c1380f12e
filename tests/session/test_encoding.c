#include "folder.h"
#include "near.h"

#include "base/memory.h"
#include "corpus/corpus.h"
#include "encode/encoder.h"
#include "io/json.h"
#include "session/encoding.h"

/* ---- a corpus in memory ---- */

struct line {
    const char *prompt, *chosen, *rejected, *attribute, *context, *user;
    enum corpus_split split;
};

static const char sky[] = "Why is the sky blue?", poem[] = "Write a poem about the sea.";
static const char brief[] = "Be brief.", light[] = "Blue light scatters more.";

/* The same words under two prompts, the same pair for two attributes, a context that comes
 * again and again. */
static const struct line lines[] = {
    {sky, light, "Because.", "clarity", NULL, NULL, CORPUS_TRAIN},
    {sky, light, "It mirrors the sea, I think?", "brevity", brief, "anna", CORPUS_TRAIN},
    {poem, light, "The sea, the sea!", "clarity", brief, NULL, CORPUS_TEST},
    {poem, "The sea, the sea!", light, NULL, "Rhyme.", "ben", CORPUS_HOLDOUT},
    {sky, "It mirrors the sea, I think?", "Because.", "brevity", brief, "anna",
     CORPUS_TRAIN},
};
enum { LINES = sizeof lines / sizeof *lines };

static int32_t number(struct passages *passages, const char *text)
{
    return text ? passages_add_text(passages, text) : -1;
}

static void add_line(struct corpus *corpus, const struct line *line)
{
    struct pair pair = PAIR_NONE;
    pair.prompt = number(&corpus->prompts, line->prompt);
    pair.chosen = number(&corpus->responses, line->chosen);
    pair.rejected = number(&corpus->responses, line->rejected);
    pair.attribute = number(&corpus->attributes, line->attribute);
    pair.context = number(&corpus->contexts, line->context);
    pair.user = number(&corpus->users, line->user);
    pair.split = line->split;
    assert_true(corpus_add(corpus, &pair));
}

static struct corpus make_corpus(const struct line *given, size_t n)
{
    struct corpus corpus = {0};
    for (size_t i = 0; i < n; i++)
        add_line(&corpus, &given[i]);
    return corpus;
}

/* Many prompts, so that texts are encoded in several goes. */
static struct corpus make_large_corpus(size_t n)
{
    struct corpus corpus = {0};
    for (size_t i = 0; i < n; i++) {
        char prompt[64], chosen[64];
        snprintf(prompt, sizeof prompt, "What is %zu times %zu?", i, i * 7 % 31);
        snprintf(chosen, sizeof chosen, "It is %zu.", i * (i * 7 % 31));
        add_line(&corpus, &(struct line){prompt, chosen, "Who knows?", NULL,
                                         i % 3 ? NULL : brief, NULL, CORPUS_TRAIN});
    }
    return corpus;
}

static struct encoding encode(const struct corpus *corpus)
{
    struct encoding_options options = {.encoder = "surface", .source = "sky.jsonl"};
    struct encoding encoding;
    struct error err = {0};
    if (encoding_make(&encoding, corpus, &options, &err))
        fail_msg("%s", err.message);
    return encoding;
}

static const char *told(const struct encoding *encoding, const char *key)
{
    return json_text(json_get(encoding->features.metadata, key));
}

/* ---- rows and pairs ---- */

static void test_rows_are_distinct(void **state)
{
    (void)state;
    struct corpus corpus = make_corpus(lines, LINES);
    struct encoding encoding = encode(&corpus);
    const struct features *features = &encoding.features;
    assert_int_equal(features->n_pairs, LINES);
    assert_int_equal(features->prompt.n_rows, 2);
    assert_int_equal(features->context.n_rows, 3);
    assert_int_equal(features->chosen.n_rows, 5);
    assert_ptr_equal(features->chosen.data, features->rejected.data);
    assert_int_equal(features->context.n_columns, features->prompt.n_columns);
    assert_int_equal(encoding.n_texts, 2 + 3 + 5);
    /* Pairs that share a text share its row; the same words to another prompt are another. */
    assert_int_equal(features->pair_chosen[0], features->pair_chosen[1]);
    assert_int_equal(features->pair_rejected[0], features->pair_rejected[4]);
    assert_int_equal(features->pair_rejected[1], features->pair_chosen[4]);
    assert_int_equal(features->pair_chosen[2], features->pair_rejected[3]);
    assert_int_not_equal(features->pair_chosen[0], features->pair_chosen[2]);
    assert_int_equal(features->pair_context[1], features->pair_context[4]);
    assert_int_not_equal(features->pair_context[1], features->pair_context[2]);
    assert_int_equal(features->pair_context[0], -1);
    encoding_done(&encoding);
    corpus_done(&corpus);
}

static struct encoder_text text_of(const char *string)
{
    return (struct encoder_text){string, string ? strlen(string) : 0};
}

enum { WIDEST = 4096 };

static void assert_prompt_row(struct encoder *encoder, const char *prompt,
                              const char *context, const struct rows *rows, int32_t row)
{
    float want[WIDEST];
    assert_true(rows->n_columns <= WIDEST);
    struct encoder_prompt text = {text_of(prompt), text_of(context)};
    assert_int_equal(encoder_prompts(encoder, &text, 1, want, NULL), STATUS_OK);
    assert_memory_equal(rows_at(rows, (size_t)row, 0), want,
                        rows->n_columns * sizeof *want);
}

static void assert_response_row(struct encoder *encoder, const char *prompt,
                                const char *response, const struct rows *rows, int32_t row)
{
    float want[WIDEST];
    assert_true(rows->n_columns <= WIDEST);
    struct encoder_response text = {text_of(prompt), text_of(response)};
    assert_int_equal(encoder_responses(encoder, &text, 1, want, NULL), STATUS_OK);
    assert_memory_equal(rows_at(rows, (size_t)row, 0), want,
                        rows->n_columns * sizeof *want);
}

/* Every index leads to the row that its texts give when they are typed later, with the
 * encoder that the metadata describes. */
static void test_indices_lead_to_the_texts(void **state)
{
    (void)state;
    struct corpus corpus = make_corpus(lines, LINES);
    struct encoding encoding = encode(&corpus);
    const struct features *features = &encoding.features;
    const char *text = told(&encoding, "encoder.settings");
    struct json *settings = json_parse(text, strlen(text), NULL);
    struct encoder *encoder = encoder_open(told(&encoding, "encoder"), settings, NULL);
    assert_non_null(encoder);
    for (size_t i = 0; i < LINES; i++) {
        assert_prompt_row(encoder, lines[i].prompt, NULL, &features->prompt,
                          features->pair_prompt[i]);
        if (lines[i].context)
            assert_prompt_row(encoder, lines[i].prompt, lines[i].context,
                              &features->context, features->pair_context[i]);
        assert_response_row(encoder, lines[i].prompt, lines[i].chosen, &features->chosen,
                            features->pair_chosen[i]);
        assert_response_row(encoder, lines[i].prompt, lines[i].rejected,
                            &features->rejected, features->pair_rejected[i]);
    }
    encoder_free(encoder);
    json_free(settings);
    encoding_done(&encoding);
    corpus_done(&corpus);
}

/* A response that is judged under a context and without one is two answers to the heads then, and the
 * row is what the encoder makes of prompt and context together. */
static void test_heads_that_see_the_context(void **state)
{
    (void)state;
    struct corpus corpus = make_corpus(lines, LINES);
    struct encoding_options options = {.encoder = "surface", .heads_see_context = true};
    struct encoding seen, plain = encode(&corpus);
    struct error err;
    assert_int_equal(encoding_make(&seen, &corpus, &options, &err), 0);
    const struct features *features = &seen.features;
    /* sky: light and "Because." without, light, "It mirrors" and "Because." with `brief`; poem: two
     * answers under each of two contexts. */
    assert_int_equal(features->chosen.n_rows, 2 + 3 + 2 + 2);
    assert_int_equal(plain.features.chosen.n_rows, 3 + 2);
    assert_true(features->pair_chosen[0] != features->pair_chosen[1]);
    assert_int_equal(features->pair_rejected[1], features->pair_chosen[4]);
    assert_string_equal(told(&seen, "heads_see"), "prompt and context");
    assert_null(told(&plain, "heads_see"));

    struct json *settings = json_parse(told(&seen, "encoder.settings"),
                                       strlen(told(&seen, "encoder.settings")), &err);
    struct encoder *encoder = encoder_open("surface", settings, &err);
    char question[128];
    snprintf(question, sizeof question, "%s\n\n%s", sky, brief);
    struct encoder_response text = {{question, strlen(question)}, {light, strlen(light)}};
    size_t width = encoder_width(encoder, ENCODER_RESPONSE);
    float *want = mem_alloc(width * sizeof *want);
    assert_int_equal(encoder_responses(encoder, &text, 1, want, &err), 0);
    assert_memory_equal(rows_at(&features->chosen, (size_t)features->pair_chosen[1], 0),
                        want, width * sizeof *want);
    free(want);
    encoder_free(encoder);
    json_free(settings);
    encoding_done(&seen);
    encoding_done(&plain);
    corpus_done(&corpus);
}

static void test_what_pairs_carry(void **state)
{
    (void)state;
    struct corpus corpus = make_corpus(lines, LINES);
    struct encoding encoding = encode(&corpus);
    const struct features *features = &encoding.features;
    assert_int_equal(features->n_attributes, 2);
    assert_string_equal(features->attributes[0], "clarity");
    assert_string_equal(features->attributes[1], "brevity");
    assert_memory_equal(features->pair_attribute, ((int32_t[]){0, 1, 0, -1, 1}), 20);
    assert_memory_equal(features->pair_user, ((int32_t[]){-1, 0, -1, 1, 0}), 20);
    assert_memory_equal(
        features->pair_split,
        ((int32_t[]){SPLIT_TRAIN, SPLIT_TRAIN, SPLIT_TEST, SPLIT_HOLDOUT, SPLIT_TRAIN}),
        20);
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)corpus_hash(&corpus));
    assert_string_equal(told(&encoding, "corpus"), hash);
    assert_string_equal(told(&encoding, "encoder"), "surface");
    assert_string_equal(told(&encoding, "source"), "sky.jsonl");
    encoding_done(&encoding);
    assert_null(encoding.arrays);
    corpus_done(&corpus);
}

/* No attributes, contexts or users at all. */
static void test_bare_pairs(void **state)
{
    (void)state;
    const struct line bare = {sky, light, "Because.", NULL, NULL, NULL, CORPUS_TRAIN};
    struct corpus corpus = make_corpus(&bare, 1);
    struct encoding encoding = encode(&corpus);
    assert_int_equal(encoding.features.context.n_rows, 0);
    assert_int_equal(encoding.features.n_attributes, 0);
    assert_null(encoding.features.pair_user);
    assert_int_equal(encoding.features.pair_attribute[0], -1);
    encoding_done(&encoding);
    corpus_done(&corpus);
}

static void assert_same_rows(const struct rows *a, const struct rows *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t i = 0; i < a->n_rows; i++)
        assert_memory_equal(rows_at(a, i, 0), rows_at(b, i, 0),
                            a->n_columns * sizeof(float));
}

static void test_saved_and_opened(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_path(&folder, "sky.features.safetensors");
    struct corpus corpus = make_corpus(lines, LINES);
    struct encoding encoding = encode(&corpus);
    const struct features *made = &encoding.features;
    struct features opened;
    struct error err = {0};
    assert_int_equal(features_save(path, made, DTYPE_F32, &err), STATUS_OK);
    if (features_open(&opened, path, &err))
        fail_msg("%s", err.message);
    assert_string_equal(opened.layout, made->layout);
    assert_same_rows(&opened.prompt, &made->prompt);
    assert_same_rows(&opened.context, &made->context);
    assert_same_rows(&opened.chosen, &made->chosen);
    const int32_t *columns[][2] = {
        {opened.pair_prompt, made->pair_prompt},
        {opened.pair_context, made->pair_context},
        {opened.pair_chosen, made->pair_chosen},
        {opened.pair_rejected, made->pair_rejected},
        {opened.pair_attribute, made->pair_attribute},
        {opened.pair_user, made->pair_user},
        {opened.pair_split, made->pair_split},
    };
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        assert_memory_equal(columns[c][0], columns[c][1], LINES * sizeof(int32_t));
    assert_int_equal(opened.n_attributes, 2);
    assert_string_equal(opened.attributes[1], "brevity");
    static const char *const keys[] = {"encoder", "encoder.settings", "corpus", "source"};
    for (size_t k = 0; k < 4; k++)
        assert_string_equal(json_text(json_get(opened.metadata, keys[k])),
                            told(&encoding, keys[k]));
    features_done(&opened);
    encoding_done(&encoding);
    corpus_done(&corpus);
    folder_remove(&folder);
}

static void test_same_corpus_same_bytes(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    char *bytes[2];
    size_t length[2];
    for (size_t run = 0; run < 2; run++) {
        const char *path = folder_path(&folder, run ? "one" : "other");
        struct corpus corpus = make_large_corpus(700);
        struct encoding encoding = encode(&corpus);
        struct error err;
        assert_int_equal(features_save(path, &encoding.features, DTYPE_BF16, &err), 0);
        bytes[run] = folder_read(path, &length[run]);
        encoding_done(&encoding);
        corpus_done(&corpus);
    }
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(bytes[0], bytes[1], length[0]);
    free(bytes[0]);
    free(bytes[1]);
    folder_remove(&folder);
}

static char *settings_of(const struct line *given)
{
    struct corpus corpus = make_corpus(given, LINES);
    struct encoding encoding = encode(&corpus);
    char *settings = mem_copy_text(told(&encoding, "encoder.settings"));
    encoding_done(&encoding);
    corpus_done(&corpus);
    return settings;
}

/* What training pairs use makes the statistics: prompts, contexts and responses; what stands
 * in the other splits has no part in them. */
static void test_statistics_are_of_training_pairs(void **state)
{
    (void)state;
    static const char other[] = "1. Be creative and friendly: list ten rivers!";
    char *settings = settings_of(lines);
    for (size_t i = 0; i < LINES; i++)
        for (size_t what = 0; what < 4; what++) {
            struct line changed[LINES];
            memcpy(changed, lines, sizeof lines);
            const char **texts[] = {&changed[i].prompt, &changed[i].chosen,
                                    &changed[i].rejected, &changed[i].context};
            *texts[what] = other;
            char *others = settings_of(changed);
            bool same = strcmp(settings, others) == 0;
            assert_true(same == (lines[i].split != CORPUS_TRAIN));
            free(others);
        }
    free(settings);
}

/* ---- progress, stopping, refusals ---- */

struct watcher {
    struct cancel cancel;
    double last, total, stop_at;
    size_t n_calls;
};

static void watch(void *self, double done, double total)
{
    struct watcher *watcher = self;
    assert_true(done > watcher->last && done <= total);
    assert_true(watcher->n_calls == 0 || total == watcher->total);
    watcher->last = done;
    watcher->total = total;
    watcher->n_calls++;
    if (done >= watcher->stop_at)
        atomic_store(&watcher->cancel.asked, true);
}

static void test_progress_and_cancel(void **state)
{
    (void)state;
    enum { PAIRS = 1200, CONTEXTS = PAIRS / 3, TEXTS = PAIRS + CONTEXTS + 2 * PAIRS };
    struct corpus corpus = make_large_corpus(PAIRS);
    for (double stop_at = 0; stop_at <= 6000; stop_at += 1500) {
        struct watcher watcher = {.stop_at = stop_at};
        struct encoding_options options = {.encoder = "surface",
                                           .progress = watch,
                                           .self = &watcher,
                                           .cancel = &watcher.cancel};
        struct encoding encoding = {.n_bytes = 99};
        struct error err = {0};
        enum status status = encoding_make(&encoding, &corpus, &options, &err);
        assert_true(watcher.total == TEXTS);
        if (stop_at < TEXTS) {
            assert_int_equal(status, STATUS_CANCELLED);
            assert_int_equal(encoding.n_bytes, 99);
            assert_true(watcher.last < stop_at + 1025);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_true(watcher.last == TEXTS);
        assert_int_equal(encoding.n_texts, TEXTS);
        encoding_done(&encoding);
    }
    corpus_done(&corpus);
}

static void test_refused(void **state)
{
    (void)state;
    struct line untrained[LINES];
    memcpy(untrained, lines, sizeof lines);
    for (size_t i = 0; i < LINES; i++)
        untrained[i].split = i % 2 ? CORPUS_TEST : CORPUS_HOLDOUT;
    const struct {
        const struct line *lines;
        size_t n;
        const char *encoder;
        enum status status;
        const char *part;
    } cases[] = {
        {lines, 0, "surface", STATUS_SHAPE, "the corpus has no pairs"},
        {untrained, LINES, "surface", STATUS_SHAPE, "no pairs in the train split"},
        {lines, LINES, "surfaces", STATUS_NOT_FOUND, "'surfaces'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corpus corpus = make_corpus(cases[i].lines, cases[i].n);
        struct encoding_options options = {.encoder = cases[i].encoder};
        struct encoding encoding = {.n_bytes = 99};
        struct error err = {0};
        assert_int_equal(encoding_make(&encoding, &corpus, &options, &err),
                         cases[i].status);
        assert_non_null(strstr(err.message, cases[i].part));
        assert_int_equal(encoding.n_bytes, 99);
        corpus_done(&corpus);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_distinct),
        cmocka_unit_test(test_indices_lead_to_the_texts),
        cmocka_unit_test(test_heads_that_see_the_context),
        cmocka_unit_test(test_what_pairs_carry),
        cmocka_unit_test(test_bare_pairs),
        cmocka_unit_test(test_saved_and_opened),
        cmocka_unit_test(test_same_corpus_same_bytes),
        cmocka_unit_test(test_statistics_are_of_training_pairs),
        cmocka_unit_test(test_progress_and_cancel),
        cmocka_unit_test(test_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
