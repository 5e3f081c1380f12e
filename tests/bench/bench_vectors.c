/* Megabytes of text per second and core that the encoders "vectors:FILE" (25 and 300 numbers a word) and
 * "model2vec:DIR" (256) take, and megabytes of a file of vectors that are read per second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "encode/encoder.h"
#include "encode/word_text.h"
#include "io/file.h"
#include "io/json.h"
#include "io/safetensors_writer.h"

enum { TEXTS = 2400, WORDS = 120, VOCABULARY = 20000, ROUNDS = 7 };

static char folder[64];

static void path_of(char *out, const char *name)
{
    snprintf(out, 128, "%s/%s", folder, name);
}

/* The word of a rank: short ones first. */
static size_t spell(uint64_t rank, char word[16])
{
    size_t n = 0, length = (rank > 500 ? 5 : rank > 50 ? 3 : 2) + rank % 5;
    for (uint64_t left = rng_mix(rank); n < length; left /= 26)
        word[n++] = (char)('a' + left % 26);
    word[n] = '\0';
    return n;
}

/* Ranks like Zipf's law, some of them beyond the vocabulary. */
static void add_words(struct text *text, struct rng *rng)
{
    for (size_t i = 0; i < WORDS; i++) {
        double u = rng_uniform(rng);
        uint64_t rank = 1;
        for (double top = 1.1 * VOCABULARY; top > 1 && rng_uniform(rng) < 0.75; top /= 4)
            rank = 1 + (uint64_t)(u * top);
        char word[16];
        text_append(text, word, spell(rank, word));
        text_add(text, i % 12 == 11 ? ". " : i % 7 == 6 ? ", " : " ");
    }
}

static void write_vectors(const char *path, size_t dimension)
{
    struct rng rng;
    struct sink *sink = sink_open(path, NULL);
    rng_init(&rng, 1, dimension);
    for (size_t i = 1; i <= VOCABULARY; i++) {
        char word[16], number[32];
        spell(i, word);
        sink_text(sink, word);
        for (size_t j = 0; j < dimension; j++) {
            snprintf(number, sizeof number, " %.5f", rng_normal(&rng));
            sink_text(sink, number);
        }
        sink_text(sink, "\n");
    }
    sink_commit(sink, NULL);
}

static void write_tokenizer(const char *path)
{
    struct json *document = json_object();
    struct json *model = json_object(), *vocabulary = json_object();
    json_put_text(json_put(document, "normalizer", json_object()), "type",
                  "BertNormalizer");
    json_put_text(json_put(document, "pre_tokenizer", json_object()), "type",
                  "BertPreTokenizer");
    json_put(document, "model", model);
    json_put_text(model, "type", "WordPiece");
    json_put_text(model, "unk_token", "[UNK]");
    json_put_number(vocabulary, "[UNK]", 0);
    for (size_t i = 1; i <= VOCABULARY; i++) {
        char word[16];
        spell(i, word);
        json_put_number(vocabulary, word, (double)i);
    }
    json_put(model, "vocab", vocabulary);
    char *text = json_write(document, false);
    struct sink *sink = sink_open(path, NULL);
    sink_text(sink, text);
    sink_commit(sink, NULL);
    free(text);
    json_free(document);
}

static void write_model(const char *path, size_t dimension)
{
    const size_t shape[] = {VOCABULARY + 1, dimension};
    struct safetensors_writer *writer = safetensors_writer_open(path, NULL);
    safetensors_writer_declare(writer, "embeddings", DTYPE_F32, 2, shape);
    struct rng rng;
    rng_init(&rng, 2, 0);
    for (size_t i = 0; i < shape[0] * dimension; i++) {
        float value = (float)rng_normal(&rng);
        safetensors_writer_floats(writer, &value, 1);
    }
    safetensors_writer_commit(writer, NULL);
}

/* Of this process, so that what else the machine does is not measured. */
static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static double rate(const char *name, const struct encoder_response *texts, size_t bytes,
                   double *unknown)
{
    struct error err = {0};
    struct encoder *encoder = encoder_open(name, NULL, &err);
    if (!encoder) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    float *rows = mem_array(TEXTS, sizeof *rows * encoder_width(encoder, ENCODER_RESPONSE));
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        encoder_responses(encoder, texts, TEXTS, rows, NULL);
        double took = cpu_seconds() - start;
        best = took < best ? took : best;
    }
    struct encoder_coverage coverage;
    encoder_coverage(encoder, &coverage, 1);
    *unknown = (double)coverage.n_unknown / (double)coverage.n_words;
    free(rows);
    encoder_free(encoder);
    return 1e-6 * (double)bytes / best;
}

static double reading_rate(const char *path)
{
    struct word_table table;
    struct stat info;
    double start = cpu_seconds();
    if (stat(path, &info) || word_text_read(&table, path, NULL, NULL))
        return 0;
    word_table_done(&table);
    return 1e-6 * (double)info.st_size / (cpu_seconds() - start);
}

int main(void)
{
    static struct text texts[TEXTS];
    static struct encoder_response answered[TEXTS];
    char small[128], large[128], tokens[128], tensors[128], name[160];
    size_t bytes = 0;
    struct rng rng;
    strcpy(folder, "/tmp/microscope-bench-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < TEXTS; i++) {
        add_words(&texts[i], &rng);
        answered[i].response = (struct encoder_text){texts[i].bytes, texts[i].length};
        bytes += texts[i].length;
    }
    path_of(small, "25.txt");
    path_of(large, "300.txt");
    path_of(tokens, "tokenizer.json");
    path_of(tensors, "model.safetensors");
    write_vectors(small, 25);
    write_vectors(large, 300);
    write_tokenizer(tokens);
    write_model(tensors, 256);
    double unknown[3], rates[3];
    snprintf(name, sizeof name, "vectors:%s", small);
    rates[0] = rate(name, answered, bytes, &unknown[0]);
    snprintf(name, sizeof name, "vectors:%s", large);
    rates[1] = rate(name, answered, bytes, &unknown[1]);
    snprintf(name, sizeof name, "model2vec:%s", folder);
    rates[2] = rate(name, answered, bytes, &unknown[2]);
    printf("{\"bench\": \"vectors\", \"mb_per_s\": %.1f, \"mb_per_s_300\": %.1f, "
           "\"model2vec_mb_per_s\": %.1f, \"reading_mb_per_s\": %.1f, \"unknown\": %.3f, "
           "\"bytes\": %zu}\n",
           rates[0], rates[1], rates[2], reading_rate(large), unknown[0], bytes);
    const char *const files[] = {"25.txt",         "25.txt.cache.safetensors",
                                 "300.txt",        "300.txt.cache.safetensors",
                                 "tokenizer.json", "model.safetensors"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        path_of(path, files[i]);
        unlink(path);
    }
    rmdir(folder);
    for (size_t i = 0; i < TEXTS; i++)
        text_done(&texts[i]);
    return 0;
}
