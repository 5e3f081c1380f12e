/* How fast `pairs` are imported: one line of JSON. The file is made here: prompts with four
 * pairs each, responses that mostly come once, line breaks and characters beyond ASCII. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "corpus/import.h"
#include "io/file.h"
#include "io/json.h"

enum { FILE_BYTES = 200 * 1000 * 1000, ROUNDS = 3 };

static void add_words(struct text *out, struct rng *rng, size_t n)
{
    static const char *const words[] = {
        "the",    "answer", "is",    "caf\xc3\xa9", "because", "of", "light", "water",
        "\"so\"", "and",    "every", "we",          "1.5",     "\n", "then"};
    for (size_t i = 0; i < n; i++) {
        text_add(out, words[rng_below(rng, sizeof words / sizeof *words)]);
        text_add_char(out, ' ');
    }
}

static void add_member(struct text *line, const char *key, const struct text *value)
{
    text_printf(line, "%s\"%s\":", line->length > 1 ? "," : "", key);
    json_quote(line, value->bytes, value->length);
}

/* Returns the number of bytes. */
static size_t make_file(const char *path)
{
    struct error err;
    struct rng rng;
    struct text line = {0}, prompt = {0}, response = {0};
    struct sink *sink = sink_open(path, &err);
    size_t total = 0;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; sink && total < FILE_BYTES; i++) {
        if (i % 4 == 0) {
            text_clear(&prompt);
            add_words(&prompt, &rng, 20 + rng_below(&rng, 100));
        }
        text_clear(&line);
        text_add(&line, "{");
        add_member(&line, "prompt", &prompt);
        for (int side = 0; side < 2; side++) {
            text_clear(&response);
            add_words(&response, &rng, 20 + rng_below(&rng, 300));
            add_member(&line, side ? "rejected" : "chosen", &response);
        }
        text_printf(&line, ",\"attribute\":\"a%zu\",\"n\":%zu}\n", i % 5, i % 100);
        sink_write(sink, line.bytes, line.length);
        total += line.length;
    }
    text_done(&line);
    text_done(&prompt);
    text_done(&response);
    if (!sink || sink_commit(sink, &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(EXIT_FAILURE);
    }
    return total;
}

int main(void)
{
    char folder[] = "/tmp/microscope-bench-XXXXXX";
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    struct text path = {0};
    text_printf(&path, "%s/pairs.jsonl", folder);
    size_t n_bytes = make_file(path.bytes), n_pairs = 0, n_allocations = 0;
    double best = 0.0;
    int code = EXIT_SUCCESS;
    for (int round = 0; round < ROUNDS && !code; round++) {
        struct corpus corpus = {0};
        struct import_options options = IMPORT_DEFAULTS;
        struct import_counts counts;
        struct error err;
        size_t before = mem_allocations();
        double start = clock_seconds();
        if (import_file(&corpus, import_format_find("pairs"), path.bytes, &options, NULL,
                        &counts, &err)) {
            fprintf(stderr, "%s\n", err.message);
            code = EXIT_FAILURE;
            break;
        }
        double rate = (double)n_bytes / 1e6 / (clock_seconds() - start);
        best = rate > best ? rate : best;
        n_pairs = corpus.n_pairs;
        n_allocations = mem_allocations() - before;
        corpus_done(&corpus);
    }
    if (!code)
        printf("{\"bench\":\"import\",\"mb_per_s\":%.1f,\"mb\":%.1f,\"pairs\":%zu,"
               "\"allocations_per_pair\":%.2f}\n",
               best, (double)n_bytes / 1e6, n_pairs,
               (double)n_allocations / (double)n_pairs);
    unlink(path.bytes);
    rmdir(folder);
    text_done(&path);
    return code;
}
