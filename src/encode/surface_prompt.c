#include "encode/surface_prompt.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE(X)                                                                           \
    X(LOG_WORDS, "log-words")                                                              \
    X(WORD_LENGTH, "word-length")                                                          \
    X(SENTENCE_LENGTH, "sentence-length")                                                  \
    X(LINES, "lines")                                                                      \
    X(QUESTION_MARKS, "question-marks")                                                    \
    X(QUESTION_WORDS, "question-words")                                                    \
    X(IMPERATIVES, "imperatives")                                                          \
    X(FIRST_PERSON, "first-person")                                                        \
    X(POLITE, "polite")                                                                    \
    X(NUMBERS, "numbers")                                                                  \
    X(NAMES, "names")                                                                      \
    X(CODE, "code")

#define CONSTANT(constant, name) constant,
#define NAME(constant, name)     name,

enum shape { SHAPE(CONSTANT) N_SHAPE };
static const char *const shape_names[N_SHAPE] = {SHAPE(NAME)};

struct surface_layout surface_layout(size_t hashed)
{
    struct surface_layout layout = {.prompt_concepts = 0, .shape = CONCEPT_COUNT};
    layout.prompt_hashed = layout.shape + N_SHAPE;
    layout.context_concepts = layout.prompt_hashed + hashed * 2 / 5;
    layout.context_hashed = layout.context_concepts + CONCEPT_COUNT;
    layout.width = layout.context_hashed + hashed - hashed * 2 / 5;
    return layout;
}

void surface_prompt_feature(const struct surface_layout *layout, size_t index,
                            char name[40])
{
    enum { ROOM = 40 };
    if (index < layout->shape)
        snprintf(name, ROOM, "prompt.%s", concept_name((enum concept)index));
    else if (index < layout->prompt_hashed)
        snprintf(name, ROOM, "prompt.%s", shape_names[index - layout->shape]);
    else if (index < layout->context_concepts)
        snprintf(name, ROOM, "prompt.hashed-%zu", index - layout->prompt_hashed);
    else if (index < layout->context_hashed)
        snprintf(name, ROOM, "context.%s",
                 concept_name((enum concept)(index - layout->context_concepts)));
    else
        snprintf(name, ROOM, "context.hashed-%zu", index - layout->context_hashed);
}

enum scaling surface_prompt_scaling(const struct surface_layout *layout, size_t index)
{
    if (index < layout->prompt_hashed)
        return SCALING_CENTRED;
    bool is_concept = index >= layout->context_concepts && index < layout->context_hashed;
    return is_concept ? SCALING_PRESENT : SCALING_NONE;
}

static void measure_concepts(const struct lexicon *lexicon, const struct tokens *tokens,
                             float *out)
{
    int32_t counts[CONCEPT_COUNT];
    lexicon_count(lexicon, tokens, counts);
    for (size_t i = 0; i < CONCEPT_COUNT; i++)
        out[i] = (float)copysign(log1p(abs(counts[i])), counts[i]);
}

static void add_hashed(float *out, size_t width, uint64_t hash)
{
    out[hash % width] += hash >> 63 ? -1.0f : 1.0f;
}

static void measure_hashed(const struct tokens *tokens, const uint32_t *classes, float *out,
                           size_t width)
{
    memset(out, 0, width * sizeof *out);
    if (!width)
        return;
    uint64_t before = 0; /* hash of the content word before */
    for (size_t i = 0; i < tokens->n; i++) {
        const struct token *token = &tokens->list[i];
        if (classes[i] & 1u << CLASS_FUNCTION)
            continue;
        add_hashed(out, width, token->hash);
        if (before)
            add_hashed(out, width, token_pair_hash(before, token->hash));
        before = token->hash;
    }
    double squares = 0;
    for (size_t i = 0; i < width; i++)
        squares += (double)out[i] * (double)out[i];
    for (size_t i = 0; squares > 0 && i < width; i++)
        out[i] = (float)((double)out[i] / sqrt(squares));
}

static void measure_shape(const struct tokens *tokens, const struct tally *tally,
                          float *out)
{
    const double n = (double)tokens->n, sentences = (double)tokens->n_sentences;
    out[LOG_WORDS] = (float)log1p(n);
    out[WORD_LENGTH] = (float)(n > 0 ? tally->bytes / n : 0);
    out[SENTENCE_LENGTH] = (float)(sentences > 0 ? log1p(n / sentences) : 0);
    out[LINES] = (float)log1p((double)tokens->n_lines);
    out[QUESTION_MARKS] = (float)log1p(tokens->marks['?']);
    out[QUESTION_WORDS] = (float)tokens_rate(tokens, tally->classes[CLASS_QUESTION]);
    out[IMPERATIVES] = (float)(sentences > 0 ? tally->imperative_starts / sentences : 0);
    out[FIRST_PERSON] = (float)tokens_rate(tokens, tally->classes[CLASS_FIRST]);
    out[POLITE] = (float)tokens_rate(tokens, tally->classes[CLASS_POLITE]);
    out[NUMBERS] = (float)tokens_rate(tokens, tally->numbers);
    out[NAMES] = (float)tokens_rate(tokens, tally->names);
    out[CODE] = (float)log1p(tokens_code_marks(tokens));
}

void surface_prompt_measure(const struct surface_layout *layout,
                            const struct lexicon *lexicon, const struct tokens *tokens,
                            const struct tally *tally, const uint32_t *classes, float *row)
{
    measure_concepts(lexicon, tokens, row + layout->prompt_concepts);
    measure_shape(tokens, tally, row + layout->shape);
    measure_hashed(tokens, classes, row + layout->prompt_hashed,
                   layout->context_concepts - layout->prompt_hashed);
}

void surface_context_measure(const struct surface_layout *layout,
                             const struct lexicon *lexicon, const struct tokens *tokens,
                             const uint32_t *classes, float *row)
{
    measure_concepts(lexicon, tokens, row + layout->context_concepts);
    measure_hashed(tokens, classes, row + layout->context_hashed,
                   layout->width - layout->context_hashed);
}
