/* Megabytes of text per second and core that the encoder "surface" takes. A prompt counts
 * once, however many responses it has. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "encode/encoder.h"

enum { PROMPTS = 400, RESPONSES = 6, PROMPT_WORDS = 350, RESPONSE_WORDS = 120, ROUNDS = 9 };

static const char *const function_words[] = {
    "the", "of", "and", "to",   "a",    "in", "is", "it",  "you", "that", "he",   "was",
    "for", "on", "are", "with", "they", "be", "at", "one", "has", "this", "from", "don't"};

/* Half function words, half made-up words whose ranks are spread over 20,000 like Zipf's.
 */
static void add_word(struct text *text, struct rng *rng, bool is_first)
{
    char word[32];
    size_t n = 0;
    if (rng_below(rng, 2)) {
        const size_t n_words = sizeof function_words / sizeof *function_words;
        snprintf(word, sizeof word, "%s", function_words[rng_below(rng, n_words)]);
    } else {
        uint64_t rank = 1;
        for (double u = rng_uniform(rng); u > 0 && rank < 20000 && u * (double)rank < 1;)
            rank = rank * 2 + rng_below(rng, 2);
        for (uint64_t left = rng_mix(rank); n < 3 + rank % 7; left /= 26)
            word[n++] = (char)('a' + left % 26);
        word[n] = '\0';
    }
    if (is_first || rng_below(rng, 12) == 0)
        word[0] = (char)(word[0] & ~0x20);
    text_add(text, word);
}

static void add_sentences(struct text *text, struct rng *rng, size_t n_words)
{
    bool is_first = true;
    for (size_t i = 0; i < n_words; i++) {
        add_word(text, rng, is_first);
        is_first = rng_below(rng, 18) == 0;
        text_add(text, is_first ? ". " : rng_below(rng, 14) ? " " : ", ");
    }
    text_add(text, "\n");
}

/* Responses copy half of their sentences' worth of text from the prompt. */
static void add_response(struct text *text, struct rng *rng, const struct text *prompt)
{
    add_sentences(text, rng, RESPONSE_WORDS / 2);
    size_t length = RESPONSE_WORDS * 5 / 2;
    text_append(text, prompt->bytes + rng_below(rng, prompt->length - length), length);
}

static struct encoder_text as_text(const struct text *text)
{
    return (struct encoder_text){text->bytes, text->length};
}

/* Of this process, so that what else the machine does is not measured. */
static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

int main(void)
{
    static struct text prompts[PROMPTS], responses[PROMPTS * RESPONSES];
    static struct encoder_prompt asked[PROMPTS];
    static struct encoder_response answered[PROMPTS * RESPONSES];
    struct rng rng;
    size_t prompt_bytes = 0, response_bytes = 0;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < PROMPTS; i++) {
        add_sentences(&prompts[i], &rng, PROMPT_WORDS);
        prompt_bytes += prompts[i].length;
        asked[i].prompt = as_text(&prompts[i]);
        for (size_t j = i * RESPONSES; j < (i + 1) * RESPONSES; j++) {
            add_response(&responses[j], &rng, &prompts[i]);
            response_bytes += responses[j].length;
            answered[j] =
                (struct encoder_response){asked[i].prompt, as_text(&responses[j])};
        }
    }
    struct encoder *encoder = encoder_open("surface", NULL, NULL);
    float *rows = mem_array((size_t)PROMPTS * RESPONSES,
                            sizeof *rows * encoder_width(encoder, ENCODER_RESPONSE));
    float *prompt_rows =
        mem_array(PROMPTS, sizeof *rows * encoder_width(encoder, ENCODER_PROMPT));
    double best_prompts = 1e9, best_responses = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        encoder_responses(encoder, answered, (size_t)PROMPTS * RESPONSES, rows, NULL);
        double middle = cpu_seconds();
        encoder_prompts(encoder, asked, PROMPTS, prompt_rows, NULL);
        double end = cpu_seconds();
        best_responses = middle - start < best_responses ? middle - start : best_responses;
        best_prompts = end - middle < best_prompts ? end - middle : best_prompts;
    }
    double response_rate = 1e-6 * (double)(response_bytes + prompt_bytes) / best_responses;
    double prompt_rate = 1e-6 * (double)prompt_bytes / best_prompts;
    printf("{\"bench\": \"surface\", \"mb_per_s\": %.1f, \"responses_mb_per_s\": %.1f, "
           "\"prompts_mb_per_s\": %.1f, \"bytes\": %zu}\n",
           response_rate < prompt_rate ? response_rate : prompt_rate, response_rate,
           prompt_rate, prompt_bytes + response_bytes);
    encoder_free(encoder);
    free(rows);
    free(prompt_rows);
    for (size_t i = 0; i < PROMPTS; i++)
        text_done(&prompts[i]);
    for (size_t i = 0; i < (size_t)PROMPTS * RESPONSES; i++)
        text_done(&responses[i]);
    return 0;
}
