#include "encode/surface_response.h"

#include <math.h>

/* Chosen from 73 candidates by backward elimination on the held-out accuracy of linear
 * Bradley-Terry heads, on three sets of human ratings (news summaries, summaries of
 * opinions, replies in dialogues). Those that these sets cannot judge, as they hold no such
 * texts (code, lists, humour, politeness, address ...), were kept for what preferences are
 * known to turn on. */
#define FEATURES(X)                                                                        \
    X(LOG_WORDS, "log-words")                                                              \
    X(LOG_SENTENCES, "log-sentences")                                                      \
    X(WORD_LENGTH, "word-length")                                                          \
    X(SENTENCE_LENGTH, "sentence-length")                                                  \
    X(SENTENCE_VARIATION, "sentence-variation")                                            \
    X(LONG_WORDS, "long-words")                                                            \
    X(DIFFERENT_WORDS, "different-words")                                                  \
    X(REPEATED_BIGRAMS, "repeated-bigrams")                                                \
    X(REPEATED_TRIGRAMS, "repeated-trigrams")                                              \
    X(COMMAS, "commas")                                                                    \
    X(FULL_STOPS, "full-stops")                                                            \
    X(QUESTIONS, "questions")                                                              \
    X(EXCLAMATIONS, "exclamations")                                                        \
    X(QUOTES, "quotes")                                                                    \
    X(PARENTHESES, "parentheses")                                                          \
    X(COLONS, "colons")                                                                    \
    X(LIST_ITEMS, "list-items")                                                            \
    X(HEADINGS, "headings")                                                                \
    X(CODE, "code")                                                                        \
    X(SYMBOLS, "symbols")                                                                  \
    X(CONTENT_PRECISION, "content-precision")                                              \
    X(BIGRAM_PRECISION, "bigram-precision")                                                \
    X(RECALL, "recall")                                                                    \
    X(SALIENCE, "salience")                                                                \
    X(DENSITY, "density")                                                                  \
    X(LONGEST_RUN, "longest-run")                                                          \
    X(LEAD, "lead")                                                                        \
    X(COPIED_SENTENCES, "copied-sentences")                                                \
    X(NUMBERS, "numbers")                                                                  \
    X(NAMES, "names")                                                                      \
    X(HEDGES, "hedges")                                                                    \
    X(BOOSTERS, "boosters")                                                                \
    X(POLITE, "polite")                                                                    \
    X(FIRST_PERSON, "first-person")                                                        \
    X(SECOND_PERSON, "second-person")                                                      \
    X(THIRD_PERSON, "third-person")                                                        \
    X(CONNECTIVES, "connectives")                                                          \
    X(NEGATIONS, "negations")                                                              \
    X(PAST, "past")                                                                        \
    X(HUMOUR, "humour")                                                                    \
    X(EXAMPLES, "examples")                                                                \
    X(POSITIVE, "positive")                                                                \
    X(NEGATIVE, "negative")                                                                \
    X(ADJECTIVES, "adjectives")                                                            \
    X(CONTRACTIONS, "contractions")                                                        \
    X(COMPLETE, "complete")                                                                \
    X(SMALL_STARTS, "small-starts")                                                        \
    X(IMPERATIVE_STARTS, "imperative-starts")

#define CONSTANT(constant, name) constant,
#define NAME(constant, name)     name,

enum feature { FEATURES(CONSTANT) N_FEATURES };
static const char *const names[N_FEATURES] = {FEATURES(NAME)};

static const struct {
    enum feature feature;
    enum word_class class;
} class_features[] = {
    {HEDGES, CLASS_HEDGE},           {BOOSTERS, CLASS_BOOSTER},
    {POLITE, CLASS_POLITE},          {FIRST_PERSON, CLASS_FIRST},
    {SECOND_PERSON, CLASS_SECOND},   {THIRD_PERSON, CLASS_THIRD},
    {CONNECTIVES, CLASS_CONNECTIVE}, {NEGATIONS, CLASS_NEGATION},
    {HUMOUR, CLASS_HUMOUR},          {EXAMPLES, CLASS_EXAMPLE},
    {POSITIVE, CLASS_POSITIVE},      {NEGATIVE, CLASS_NEGATIVE},
};

size_t surface_response_width(void)
{
    return N_FEATURES;
}

const char *surface_response_feature(size_t index)
{
    return index < N_FEATURES ? names[index] : NULL;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void measure_shape(const struct tokens *text, const struct tally *tally, float *out)
{
    const double n = (double)text->n, sentences = (double)text->n_sentences;
    const double mean = ratio(n, sentences);
    const double variance = ratio(tally->sentence_squares, sentences) - mean * mean;
    out[LOG_WORDS] = (float)log1p(n);
    out[LOG_SENTENCES] = (float)log1p(sentences);
    out[WORD_LENGTH] = (float)ratio(tally->bytes, n);
    out[SENTENCE_LENGTH] = (float)log1p(mean);
    out[SENTENCE_VARIATION] = (float)(variance > 0 ? sqrt(variance) / mean : 0);
    out[LONG_WORDS] = (float)tokens_rate(text, tally->long_words);
    out[DIFFERENT_WORDS] = (float)ratio(tally->different, n);
    out[REPEATED_BIGRAMS] = (float)tokens_rate(text, tally->repeated_bigrams);
    out[REPEATED_TRIGRAMS] = (float)tokens_rate(text, tally->repeated_trigrams);
    out[COMPLETE] = text->is_complete;
    out[SMALL_STARTS] = (float)ratio(tally->small_starts, sentences);
    out[IMPERATIVE_STARTS] = (float)ratio(tally->imperative_starts, sentences);
}

static void measure_marks(const struct tokens *text, float *out)
{
    const uint32_t *mark = text->marks;
    out[COMMAS] = (float)tokens_rate(text, mark[',']);
    out[FULL_STOPS] = (float)tokens_rate(text, mark['.']);
    out[QUESTIONS] = (float)tokens_rate(text, mark['?']);
    out[EXCLAMATIONS] = (float)tokens_rate(text, mark['!']);
    out[QUOTES] = (float)tokens_rate(text, mark['"']);
    out[PARENTHESES] = (float)tokens_rate(text, (double)mark['('] + mark['[']);
    out[COLONS] = (float)tokens_rate(text, (double)mark[':'] + mark[';']);
    out[LIST_ITEMS] = (float)log1p((double)text->n_list_items);
    out[HEADINGS] = (float)log1p((double)text->n_headings);
    out[CODE] = (float)log1p(tokens_code_marks(text));
    out[SYMBOLS] = (float)tokens_rate(text, (double)text->n_symbols);
}

static void measure_style(const struct tokens *text, const struct tally *tally, float *out)
{
    for (size_t i = 0; i < sizeof class_features / sizeof *class_features; i++)
        out[class_features[i].feature] =
            (float)tokens_rate(text, tally->classes[class_features[i].class]);
    out[NUMBERS] =
        (float)tokens_rate(text, (double)tally->numbers + tally->classes[CLASS_NUMERAL]);
    out[NAMES] = (float)tokens_rate(text, tally->names);
    out[PAST] = (float)tokens_rate(text, tally->past);
    out[ADJECTIVES] = (float)tokens_rate(text, tally->adjectives);
    out[CONTRACTIONS] = (float)tokens_rate(text, tally->contractions);
}

void surface_response_measure(const struct tokens *response, const struct tally *tally,
                              const struct overlap_measures *overlap, float *out)
{
    measure_shape(response, tally, out);
    measure_marks(response, out);
    measure_style(response, tally, out);
    out[CONTENT_PRECISION] = (float)overlap->content_precision;
    out[BIGRAM_PRECISION] = (float)overlap->bigram_precision;
    out[RECALL] = (float)overlap->recall;
    out[SALIENCE] = (float)overlap->salience;
    out[DENSITY] = (float)log1p(overlap->density);
    out[LONGEST_RUN] = (float)log1p(overlap->longest_run);
    out[LEAD] = (float)overlap->lead;
    out[COPIED_SENTENCES] = (float)overlap->copied_sentences;
}
