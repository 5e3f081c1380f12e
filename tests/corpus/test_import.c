#include "lines.h"

#include "base/text.h"
#include "corpus/import.h"

/* Everything in the training split, so that the lines can be compared. */
#define PLAIN ((struct import_options){.split = {.test = 0, .holdout = 0}})

static enum status import_lines(const char *format, const char *lines,
                                const struct import_options *options, struct corpus *corpus,
                                struct import_counts *counts, struct error *err)
{
    const struct import_format *found = import_format_find(format);
    assert_non_null(found);
    *corpus = (struct corpus){0};
    *counts = (struct import_counts){0};
    return import_file(corpus, found, write_lines("in.jsonl", lines), options, NULL, counts,
                       err);
}

static void assert_imports(const char *format, const char *lines,
                           const struct import_options *options, const char *wanted)
{
    struct corpus corpus;
    struct import_counts counts;
    struct error err = {0};
    if (import_lines(format, lines, options, &corpus, &counts, &err))
        fail_msg("%s: %s", format, err.message);
    assert_written(&corpus, wanted);
    assert_int_equal(counts.n_pairs, corpus.n_pairs);
    corpus_done(&corpus);
}

/* ---- each format, from its records to the pairs ---- */

static const struct {
    const char *format, *in, *out;
} conversions[] = {
    {"pairs",
     "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"user\":\"u\",\"x\":[1]}\n"
     "{\"id\":\"k\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":"
     "\"test\","
     "\"origin\":\"elsewhere\"}\n",
     "{\"id\":\"1\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"user\":\"u\","
     "\"split\":\"train\",\"origin\":\"pairs in.jsonl\",\"x\":[1]}\n"
     "{\"id\":\"k\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":"
     "\"test\","
     "\"origin\":\"elsewhere\"}\n"},
    /* by prompt, also when not side by side; ratings missing and equal */
    {"ratings",
     "{\"prompt\":\"p\",\"response\":\"a\",\"wit\":1,\"care\":2.5,\"system\":\"S\"}\n"
     "{\"prompt\":\"q\",\"response\":\"a\",\"wit\":1,\"care\":1,\"system\":\"S\"}\n"
     "{\"prompt\":\"p\",\"response\":\"b\",\"wit\":4,\"care\":2,\"system\":\"T\"}\n"
     "{\"prompt\":\"q\",\"response\":\"b\",\"wit\":1,\"care\":null,\"system\":\"S\"}\n",
     "{\"id\":\"1-3.wit\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\","
     "\"attribute\":\"wit\",\"split\":\"train\",\"chosen_rating\":4,\"rejected_rating\":1,"
     "\"origin\":\"ratings in.jsonl\",\"chosen_system\":\"T\",\"rejected_system\":\"S\"}\n"
     "{\"id\":\"1-3.care\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"care\",\"split\":\"train\",\"chosen_rating\":2.5,\"rejected_rating\":"
     "2,"
     "\"origin\":\"ratings "
     "in.jsonl\",\"chosen_system\":\"S\",\"rejected_system\":\"T\"}\n"},
    /* by prompt_id, which is no attribute though it is a number; user and context keep
       apart */
    {"ratings",
     "{\"prompt_id\":1,\"prompt\":\"p\",\"response\":\"a\",\"wit\":1,\"id\":\"i\",\"k\":"
     "\"v\"}\n"
     "{\"prompt_id\":2,\"prompt\":\"p\",\"response\":\"b\",\"wit\":2}\n"
     "{\"prompt_id\":1,\"prompt\":\"p\",\"response\":\"c\",\"wit\":3,\"user\":\"u\"}\n"
     "{\"prompt_id\":1,\"prompt\":\"p\",\"response\":\"d\",\"wit\":4,\"context\":\"c\"}\n"
     "{\"prompt_id\":1,\"prompt\":\"p\",\"response\":\"e\",\"wit\":5,\"k\":\"v\"}\n",
     "{\"id\":\"i-5.wit\",\"prompt\":\"p\",\"chosen\":\"e\",\"rejected\":\"a\","
     "\"attribute\":\"wit\",\"split\":\"train\",\"chosen_rating\":5,\"rejected_rating\":1,"
     "\"origin\":\"ratings in.jsonl\",\"prompt_id\":1,\"k\":\"v\"}\n"},
    /* members that would be taken for the schema's own get another name */
    {"ratings",
     "{\"prompt\":\"p\",\"response\":\"a\",\"wit\":1,\"chosen\":true,\"rating\":\"x\"}\n"
     "{\"prompt\":\"p\",\"response\":\"b\",\"wit\":2,\"chosen\":true,\"rating\":\"y\"}\n",
     "{\"id\":\"1-2.wit\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\","
     "\"attribute\":\"wit\",\"split\":\"train\",\"chosen_rating\":2,\"rejected_rating\":1,"
     "\"origin\":\"ratings in.jsonl\",\"original_chosen\":true,"
     "\"original_chosen_rating\":\"y\",\"original_rejected_rating\":\"x\"}\n"},
    {"helpsteer2",
     "{\"prompt\":\"p\",\"response\":\"a\",\"helpfulness\":3,\"correctness\":3,"
     "\"coherence\":4,"
     "\"complexity\":1,\"verbosity\":0,\"tokens\":17}\n"
     "{\"prompt\":\"p\",\"response\":\"b\",\"helpfulness\":1,\"correctness\":3,"
     "\"coherence\":4,"
     "\"complexity\":2,\"verbosity\":0,\"tokens\":21}\n",
     "{\"id\":\"1-2.helpfulness\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"helpfulness\",\"split\":\"train\",\"chosen_rating\":3,"
     "\"rejected_rating\":1,\"origin\":\"helpsteer2 in.jsonl\",\"chosen_tokens\":17,"
     "\"rejected_tokens\":21}\n"
     "{\"id\":\"1-2.complexity\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\","
     "\"attribute\":\"complexity\",\"split\":\"train\",\"chosen_rating\":2,"
     "\"rejected_rating\":1,\"origin\":\"helpsteer2 in.jsonl\",\"chosen_tokens\":21,"
     "\"rejected_tokens\":17}\n"},
    {"rpr",
     "{\"prompt\":\"p\",\"response_a\":\"a\",\"response_b\":\"b\",\"criteria_x\":\"Be "
     "brief.\","
     "\"criteria_y\":\"Be warm.\",\"category_x\":\"Clarity & Conciseness\","
     "\"category_y\":\" User-Friendliness!\",\"n\":1}\n",
     "{\"id\":\"1.x\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"clarity-and-conciseness\",\"context\":\"Be "
     "brief.\",\"split\":\"train\","
     "\"origin\":\"rpr in.jsonl\",\"n\":1}\n"
     "{\"id\":\"1.y\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\","
     "\"attribute\":\"user-friendliness\",\"context\":\"Be warm.\",\"split\":\"train\","
     "\"origin\":\"rpr in.jsonl\",\"n\":1}\n"},
    {"pku-saferlhf",
     "{\"prompt\":\"p\",\"response_0\":\"a\",\"response_1\":\"b\",\"better_response_id\":0,"
     "\"safer_response_id\":1,\"is_response_0_safe\":false}\n",
     "{\"id\":\"1.better\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"better\",\"split\":\"train\",\"origin\":\"pku-saferlhf in.jsonl\","
     "\"chosen_response_id\":0,\"is_response_0_safe\":false}\n"
     "{\"id\":\"1.safer\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\","
     "\"attribute\":\"safer\",\"split\":\"train\",\"origin\":\"pku-saferlhf in.jsonl\","
     "\"chosen_response_id\":1,\"is_response_0_safe\":false}\n"},
    {"rewardbench",
     "{\"id\":30,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"subset\":\"hep-"
     "go\"}\n"
     "{\"id\":31,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"subset\":\"new\","
     "\"chosen_model\":\"m\"}\n",
     "{\"id\":\"30\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"reasoning\",\"split\":\"train\",\"origin\":\"rewardbench in.jsonl\","
     "\"subset\":\"hep-go\"}\n"
     "{\"id\":\"31\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"new\",\"split\":\"train\",\"origin\":\"rewardbench in.jsonl\","
     "\"subset\":\"new\",\"chosen_model\":\"m\"}\n"},
    {"rewardbench-subsets",
     "{\"id\":30,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"subset\":\"hep-"
     "go\"}\n",
     "{\"id\":\"30\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"hep-go\",\"split\":\"train\",\"origin\":\"rewardbench-subsets "
     "in.jsonl\","
     "\"subset\":\"hep-go\"}\n"},
    {"preference-700k",
     "{\"chosen\":[{\"role\":\"user\",\"content\":\"p\"},{\"role\":\"assistant\","
     "\"content\":\"a\"}],"
     "\"rejected\":[{\"role\":\"user\",\"content\":\"p\"},"
     "{\"role\":\"assistant\",\"content\":\"b\"}],\"chosen_score\":5,\"rejected_score\":1."
     "5,"
     "\"prompt\":\"p\"}\n"
     "{\"chosen\":[{\"role\":\"user\",\"content\":\"p\"},{\"role\":\"assistant\","
     "\"content\":\"a\"},"
     "{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"c\"}],"
     "\"rejected\":[{\"role\":\"user\",\"content\":\"p\"},"
     "{\"role\":\"assistant\",\"content\":\"a\"}]}\n",
     "{\"id\":\"1\",\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],\"chosen\":\"a\","
     "\"rejected\":\"b\",\"split\":\"train\",\"chosen_rating\":5,\"rejected_rating\":1.5,"
     "\"origin\":\"preference-700k in.jsonl\",\"original_prompt\":\"p\"}\n"
     "{\"id\":\"2\",\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],"
     "\"chosen\":[{\"role\":\"assistant\",\"content\":\"a\"},{\"role\":\"user\","
     "\"content\":\"q\"},"
     "{\"role\":\"assistant\",\"content\":\"c\"}],\"rejected\":\"a\",\"split\":\"train\","
     "\"origin\":\"preference-700k in.jsonl\"}\n"},
    {"hh",
     "{\"chosen\":\"\\n\\nHuman: p\\n\\nAssistant: yes\",\"rejected\":\"\\n\\nHuman: "
     "p\\n\\n"
     "Assistant: yes, and no\"}\n"
     "{\"chosen\":\"\\n\\nHuman: p\\n\\nAssistant: a\\n\\nHuman: q\\nr\\n\\nAssistant: b "
     "\","
     "\"rejected\":\"\\n\\nHuman: p\\n\\nAssistant: a\\n\\nHuman: "
     "q\\nr\\n\\nAssistant:\"}\n"
     /* the dialogues part before their last turn */
     "{\"chosen\":\"\\n\\nHuman: p\\n\\nAssistant: a\\n\\nHuman: q\\n\\nAssistant: b\","
     "\"rejected\":\"\\n\\nHuman: p\\n\\nAssistant: c\"}\n",
     "{\"id\":\"1\",\"prompt\":\"p\",\"chosen\":\"yes\",\"rejected\":\"yes, and no\","
     "\"split\":\"train\",\"origin\":\"hh in.jsonl\"}\n"
     "{\"id\":\"2\",\"prompt\":[{\"role\":\"user\",\"content\":\"p\"},"
     "{\"role\":\"assistant\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"q\\nr\"}]"
     ","
     "\"chosen\":\"b\",\"rejected\":\"\",\"split\":\"train\",\"origin\":\"hh in.jsonl\"}\n"
     "{\"id\":\"3\",\"prompt\":\"p\",\"chosen\":\"a\\n\\nHuman: q\\n\\nAssistant: b\","
     "\"rejected\":\"c\",\"split\":\"train\",\"origin\":\"hh in.jsonl\"}\n"},
    {"ultrafeedback",
     "{\"instruction\":\"p\",\"source\":\"s\",\"completions\":["
     "{\"response\":\"a\",\"model\":\"m\",\"annotations\":{\"helpfulness\":{\"Rating\":"
     "\"5\"},"
     "\"honesty\":{\"Rating\":\"N/A\"},\"truthfulness\":{\"Rating\":2}}},"
     "{\"response\":\"b\",\"model\":\"n\",\"annotations\":{\"helpfulness\":{\"Rating\":"
     "\"1\"},"
     "\"honesty\":{\"Rating\":\"3\"},\"truthfulness\":{\"Rating\":\"2\"}}}]}\n",
     "{\"id\":\"1/0-1/1.helpfulness\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
     "\"attribute\":\"helpfulness\",\"split\":\"train\",\"chosen_rating\":5,"
     "\"rejected_rating\":1,\"origin\":\"ultrafeedback in.jsonl\",\"chosen_model\":\"m\","
     "\"source\":\"s\",\"rejected_model\":\"n\"}\n"},
};

static void test_conversions(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
        assert_imports(conversions[i].format, conversions[i].in, &options,
                       conversions[i].out);
}

/* What an importer wrote is a corpus and imports as one, unchanged. */
static void test_imported_corpora_import_again(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
        assert_imports("pairs", conversions[i].out, &options, conversions[i].out);
}

static void test_every_format_is_tried(void **state)
{
    (void)state;
    for (size_t i = 0; i < import_format_count(); i++) {
        const char *name = import_format_name(import_format_at(i));
        bool tried = false;
        for (size_t j = 0; j < sizeof conversions / sizeof *conversions; j++)
            tried = tried || strcmp(conversions[j].format, name) == 0;
        assert_true(tried);
        assert_ptr_equal(import_format_find(name), import_format_at(i));
        assert_true(strlen(import_format_help(import_format_at(i))) > 10);
    }
    assert_null(import_format_at(import_format_count()));
    assert_null(import_format_find("parquet"));
}

/* ---- options ---- */

static const char three_rated[] =
    "{\"prompt\":\"p\",\"response\":\"a\",\"wit\":1,\"care\":1}\n"
    "{\"prompt\":\"p\",\"response\":\"b\",\"wit\":2,\"care\":3}\n"
    "{\"prompt\":\"p\",\"response\":\"c\",\"wit\":4,\"care\":2}\n";

static void count(const char *format, const char *lines,
                  const struct import_options *options, struct import_counts *counts)
{
    struct corpus corpus;
    struct error err = {0};
    if (import_lines(format, lines, options, &corpus, counts, &err))
        fail_msg("%s", err.message);
    corpus_done(&corpus);
}

static void test_min_gap(void **state)
{
    (void)state;
    static const struct {
        double min_gap;
        size_t n_pairs;
    } cases[] = {{0, 6}, {1, 6}, {1.5, 3}, {2, 3}, {3, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_options options = PLAIN;
        struct import_counts counts;
        options.min_gap = cases[i].min_gap;
        count("ratings", three_rated, &options, &counts);
        assert_int_equal(counts.n_pairs, cases[i].n_pairs);
        assert_int_equal(counts.dropped[IMPORT_CLOSE], 6 - cases[i].n_pairs);
        assert_int_equal(counts.n_records, 3);
    }
}

static void test_gaps_of_means(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    struct import_counts counts;
    options.min_gap = 0.2;
    count("ratings",
          "{\"prompt\":\"p\",\"response\":\"a\",\"x\":0.3,\"y\":0.30000000000000004}\n"
          "{\"prompt\":\"p\",\"response\":\"b\",\"x\":0.1,\"y\":0.3}\n",
          &options, &counts);
    assert_int_equal(counts.n_pairs, 1); /* 0.3 - 0.1 < 0.2 in binary */
    assert_int_equal(counts.dropped[IMPORT_CLOSE], 1);
}

static void test_named_attributes(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    options.attributes = "car,care";
    assert_imports(
        "ratings",
        "{\"prompt\":\"p\",\"response\":\"a\",\"wit\":1,\"care\":2}\n"
        "{\"prompt\":\"p\",\"response\":\"b\",\"wit\":1,\"care\":3}\n",
        &options,
        "{\"id\":\"1-2.care\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\","
        "\"attribute\":\"care\",\"split\":\"train\",\"chosen_rating\":3,"
        "\"rejected_rating\":2,\"origin\":\"ratings in.jsonl\",\"wit\":1}\n");
}

static void test_drop_unanimous(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    struct import_counts counts;
    options.drop_unanimous = true;
    /* a < b under both; a < c under both; b, c in conflict */
    count("ratings", three_rated, &options, &counts);
    assert_int_equal(counts.n_pairs, 2);
    assert_int_equal(counts.dropped[IMPORT_UNANIMOUS], 4);
    options.split.test = 1;
    count("ratings", three_rated, &options, &counts);
    assert_int_equal(counts.n_pairs, 6);
    assert_int_equal(counts.dropped[IMPORT_UNANIMOUS], 0);
}

static void test_equal_texts_are_counted(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    struct import_counts counts;
    count("ratings",
          "{\"prompt\":\"p\",\"response\":\"a\",\"x\":1}\n"
          "{\"prompt\":\"p\",\"response\":\"a\",\"x\":2}\n"
          "{\"prompt\":\"p\",\"response\":\"b\",\"x\":3,\"y\":1}\n",
          &options, &counts);
    assert_int_equal(counts.n_pairs, 2);
    assert_int_equal(counts.dropped[IMPORT_SAME], 1);
    assert_int_equal(counts.dropped[IMPORT_UNRATED], 2);
    for (int i = 0; i < IMPORT_DROP_COUNT; i++)
        assert_true(strlen(import_drop_name((enum import_drop)i)) > 3);
}

static void test_contexts(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    options.contexts =
        write_lines("contexts.json", "{\"wit\": \"Be funny.\",\n \"other\": \"x\"}");
    struct import_counts counts;
    struct corpus corpus;
    struct error err = {0};
    assert_int_equal(import_lines("ratings", three_rated, &options, &corpus, &counts, &err),
                     STATUS_OK);
    assert_int_equal(counts.n_contexts, 3);
    for (size_t i = 0; i < corpus.n_pairs; i++) {
        bool wit = strcmp(plain(&corpus.attributes, corpus.pairs[i].attribute), "wit") == 0;
        assert_string_equal(plain(&corpus.contexts, corpus.pairs[i].context),
                            wit ? "Be funny." : "-");
    }
    corpus_done(&corpus);
}

static void test_splits_are_by_prompt(void **state)
{
    (void)state;
    struct text lines = {0};
    for (int i = 0; i < 400; i++)
        text_printf(&lines, "{\"prompt\":\"p%d\",\"response\":\"r%d\",\"x\":%d,\"y\":%d}\n",
                    i % 100, i, i / 100, -i);
    struct import_options options = IMPORT_DEFAULTS;
    struct import_counts counts;
    struct corpus corpus;
    struct error err = {0};
    assert_int_equal(import_lines("ratings", lines.bytes, &options, &corpus, &counts, &err),
                     STATUS_OK);
    assert_int_equal(corpus.n_pairs, 100 * 6 * 2);
    size_t n[CORPUS_SPLIT_COUNT] = {0};
    for (size_t i = 0; i < corpus.n_pairs; i++) {
        const struct pair *pair = &corpus.pairs[i];
        const struct passage *prompt = &corpus.prompts.items[pair->prompt];
        assert_int_equal(pair->split,
                         split_of_prompt(prompt->plain, prompt->length, &options.split));
        n[pair->split]++;
    }
    assert_true(n[CORPUS_TRAIN] > n[CORPUS_TEST] && n[CORPUS_TEST] > n[CORPUS_HOLDOUT]);
    corpus_done(&corpus);
    text_done(&lines);
}

static void test_bad_records_can_be_skipped(void **state)
{
    (void)state;
    struct import_options options = PLAIN;
    options.skip_bad = true;
    struct import_counts counts;
    count("pairs",
          "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n"
          "{\"prompt\":\"p\",\"chosen\":3,\"rejected\":\"b\"}\n"
          "not JSON\n"
          "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"b\"}\n",
          &options, &counts);
    assert_int_equal(counts.n_records, 4);
    assert_int_equal(counts.n_pairs, 2);
    assert_int_equal(counts.n_bad, 2);
    assert_contains(counts.first_bad.message, "line 2: 'chosen' is neither a string");
    count("ultrafeedback",
          "{\"instruction\":\"p\",\"completions\":[{\"response\":\"a\",\"annotations\":"
          "{\"honesty\":{\"Rating\":1}}},{\"response\":3}]}\n"
          "{\"instruction\":\"q\",\"completions\":[{\"response\":\"a\",\"annotations\":"
          "{\"honesty\":{\"Rating\":1}}},{\"response\":\"b\",\"annotations\":"
          "{\"honesty\":{\"Rating\":2}}}]}\n",
          &options, &counts);
    assert_int_equal(counts.n_pairs, 1);
    assert_int_equal(counts.n_bad, 1);
}

/* ---- bad input ---- */

static const struct {
    const char *format, *lines, *message;
} bad_records[] = {
    {"ratings", "", "is empty"},
    {"pairs", "{\"prompt\":\"p\",\"chosen\":\"a\"}",
     "line 1: the key 'rejected' is missing"},
    {"ratings", "{\"prompt\":\"p\",\"x\":1}", "line 1: the key 'response' is missing"},
    {"ratings", "{\"prompt\":\"p\",\"response\":\"a\",\"x\":1}",
     "gives no pairs (1 records)"},
    {"ratings",
     "{\"prompt\":\"p\",\"response\":\"a\",\"x\":1}\n"
     "{\"prompt\":\"p\",\"response\":\"b\",\"x\":1}",
     "gives no pairs (2 records, 1 dropped: ratings too close)"},
    {"ratings", "{\"prompt\":\"p\",\"response\":\"a\",\"x\":1e999}",
     "line 1: 'x' is 1e999, no finite number"},
    {"ratings", "{\"prompt\":\"p\",\"response\":\"a\",\"x\":NaN}", "not valid JSON"},
    {"ratings", "{\"prompt\":\"p\",\"response\":\"a\",\"x\":1,\"x\":2}",
     "line 1: the key of a rating comes twice"},
    {"ratings",
     "{\"prompt_id\":\"1\",\"prompt\":\"p\",\"response\":\"a\"}\n"
     "{\"prompt_id\":\"1\",\"prompt\":\"q\",\"response\":\"a\"}\n",
     "line 2: the prompt is not that of line 1, which has the same 'prompt_id'"},
    {"ratings",
     "{\"prompt\":\"p\",\"response\":\"a\",\"split\":\"train\"}\n"
     "{\"prompt\":\"p\",\"response\":\"b\",\"split\":\"test\"}\n",
     "line 2: 'split' is not that of line 1"},
    {"helpsteer2", "{\"prompt\":\"p\",\"response\":\"a\",\"coherence\":5}",
     "'coherence' is 5, expected 0 to 4"},
    {"helpsteer2", "{\"prompt\":\"p\",\"response\":\"a\",\"verbosity\":-1}",
     "'verbosity' is -1, expected 0 to 4"},
    {"rpr",
     "{\"prompt\":\"p\",\"response_a\":\"a\",\"response_b\":\"b\",\"criteria_x\":"
     "\"c\"}",
     "the key 'category_x' is missing"},
    {"pku-saferlhf",
     "{\"prompt\":\"p\",\"response_0\":\"a\",\"response_1\":\"b\",\"better_response_"
     "id\":2,"
     "\"safer_response_id\":0}",
     "'better_response_id' is neither 0 nor 1"},
    {"pku-saferlhf",
     "{\"prompt\":\"p\",\"response_0\":\"a\",\"response_1\":\"b\",\"better_response_"
     "id\":1}",
     "'safer_response_id' is neither 0 nor 1"},
    {"rewardbench", "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}",
     "the key 'subset' is missing"},
    {"preference-700k", "{\"chosen\":\"a\",\"rejected\":\"b\"}",
     "'chosen' is no list of {role, content}"},
    {"preference-700k", "{\"rejected\":[{\"role\":\"user\",\"content\":\"p\"}]}",
     "'chosen' is no list"},
    {"preference-700k",
     "{\"chosen\":[{\"role\":\"user\",\"content\":\"p\"},{\"role\":\"assistant\","
     "\"content\":"
     "\"a\"}],\"rejected\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":"
     "\"assistant\","
     "\"content\":\"a\"}]}",
     "'chosen' and 'rejected' do not begin with the same turn"},
    {"hh", "{\"chosen\":\"Human: p\",\"rejected\":\"\"}",
     "'chosen' does not begin with \"\\n\\nHuman:\""},
    {"hh",
     "{\"chosen\":\"\\n\\nHuman: p\\n\\nAssistant: a\",\"rejected\":\"\\n\\nHuman: "
     "q\"}",
     "have no \"\\n\\nAssistant:\" in common"},
    {"ultrafeedback", "{\"instruction\":\"p\"}", "'completions' is no list"},
    {"ultrafeedback", "{\"instruction\":\"p\",\"completions\":[{}]}",
     "completion 1 has no string 'response'"},
    {"ultrafeedback", "{\"instruction\":\"p\",\"completions\":[{\"response\":\"a\"}]}",
     "completion 1 has no 'annotations'"},
    {"ultrafeedback",
     "{\"instruction\":\"p\",\"completions\":[{\"response\":\"a\",\"annotations\":"
     "{\"honesty\":{\"Rating\":\"good\"}}}]}",
     "completion 1: the Rating of 'honesty' is neither a number nor N/A"},
    {"ultrafeedback", "{\"completions\":[]}", "the key 'instruction' is missing"},
};

static void test_bad_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_records / sizeof *bad_records; i++) {
        struct corpus corpus;
        struct import_counts counts;
        struct error err = {0};
        struct import_options options = PLAIN;
        enum status status = import_lines(bad_records[i].format, bad_records[i].lines,
                                          &options, &corpus, &counts, &err);
        if (status != STATUS_FORMAT)
            print_error("%s case %zu: %s\n", bad_records[i].format, i,
                        bad_records[i].message);
        assert_int_equal(status, STATUS_FORMAT);
        assert_contains(err.message, bad_records[i].message);
        assert_contains(err.message, "in.jsonl");
        assert_null(corpus.pairs);
        assert_int_equal(counts.n_records, 0);
    }
}

static void test_bad_options(void **state)
{
    (void)state;
    struct corpus corpus;
    struct import_counts counts;
    struct error err = {0};
    struct import_options gap = PLAIN, split = PLAIN, contexts = PLAIN;
    gap.min_gap = -1;
    split.split.test = 2;
    contexts.contexts = folder_path(&folder, "nothing.json");
    assert_int_equal(import_lines("ratings", three_rated, &gap, &corpus, &counts, &err),
                     STATUS_USAGE);
    assert_int_equal(import_lines("ratings", three_rated, &split, &corpus, &counts, &err),
                     STATUS_USAGE);
    assert_int_equal(
        import_lines("ratings", three_rated, &contexts, &corpus, &counts, &err),
        STATUS_NOT_FOUND);
    assert_null(corpus.pairs);
}

static void test_too_many_responses_of_a_prompt(void **state)
{
    (void)state;
    struct text lines = {0};
    for (int i = 0; i <= 2000; i++)
        text_printf(&lines, "{\"prompt\":\"\",\"response\":\"r%d\",\"x\":%d}\n", i, i);
    struct corpus corpus;
    struct import_counts counts;
    struct error err = {0};
    struct import_options options = PLAIN;
    assert_int_equal(import_lines("ratings", lines.bytes, &options, &corpus, &counts, &err),
                     STATUS_FORMAT);
    assert_contains(err.message,
                    "line 2001: the prompt of line 1 has more than 2000 responses");
    text_done(&lines);
}

static void test_too_many_ratings_of_a_response(void **state)
{
    (void)state;
    struct text line = {0};
    text_add(&line, "{\"prompt\":\"\",\"response\":\"r\"");
    for (int i = 0; i <= 256; i++)
        text_printf(&line, ",\"x%d\":1", i);
    text_add(&line, "}");
    struct corpus corpus;
    struct import_counts counts;
    struct error err = {0};
    struct import_options options = PLAIN;
    assert_int_equal(import_lines("ratings", line.bytes, &options, &corpus, &counts, &err),
                     STATUS_FORMAT);
    assert_contains(err.message, "line 1: more than 256 ratings");
    text_done(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_imported_corpora_import_again),
        cmocka_unit_test(test_every_format_is_tried),
        cmocka_unit_test(test_min_gap),
        cmocka_unit_test(test_gaps_of_means),
        cmocka_unit_test(test_named_attributes),
        cmocka_unit_test(test_drop_unanimous),
        cmocka_unit_test(test_equal_texts_are_counted),
        cmocka_unit_test(test_contexts),
        cmocka_unit_test(test_splits_are_by_prompt),
        cmocka_unit_test(test_bad_records_can_be_skipped),
        cmocka_unit_test(test_bad_records),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_too_many_responses_of_a_prompt),
        cmocka_unit_test(test_too_many_ratings_of_a_response),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
