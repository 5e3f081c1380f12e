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

/* Occurrences per word. Five words are added so that one comma in a text of two words does
 * not outweigh everything. */
static double rate(double n, const struct words *text)
{
    return n / ((double)text->n + 5);
}

static void measure_shape(const struct words *text, const struct tally *tally, float *out)
{
    const double n = (double)text->n, sentences = (double)text->n_sentences;
    const double mean = ratio(n, sentences);
    const double variance = ratio(tally->sentence_squares, sentences) - mean * mean;
    out[LOG_WORDS] = (float)log1p(n);
    out[LOG_SENTENCES] = (float)log1p(sentences);
    out[WORD_LENGTH] = (float)ratio(tally->bytes, n);
    out[SENTENCE_LENGTH] = (float)log1p(mean);
    out[SENTENCE_VARIATION] = (float)(variance > 0 ? sqrt(variance) / mean : 0);
    out[LONG_WORDS] = (float)rate(tally->long_words, text);
    out[DIFFERENT_WORDS] = (float)ratio(tally->different, n);
    out[REPEATED_BIGRAMS] = (float)rate(tally->repeated_bigrams, text);
    out[REPEATED_TRIGRAMS] = (float)rate(tally->repeated_trigrams, text);
    out[COMPLETE] = text->is_complete;
    out[SMALL_STARTS] = (float)ratio(tally->small_starts, sentences);
    out[IMPERATIVE_STARTS] = (float)ratio(tally->imperative_starts, sentences);
}

static double code_marks(const struct words *text)
{
    const uint32_t *mark = text->marks;
    return 4.0 * (double)text->n_fences + mark['`'] + mark['{'] + mark['='] + mark['_'] +
           mark['<'];
}

static void measure_marks(const struct words *text, float *out)
{
    const uint32_t *mark = text->marks;
    out[COMMAS] = (float)rate(mark[','], text);
    out[FULL_STOPS] = (float)rate(mark['.'], text);
    out[QUESTIONS] = (float)rate(mark['?'], text);
    out[EXCLAMATIONS] = (float)rate(mark['!'], text);
    out[QUOTES] = (float)rate(mark['"'], text);
    out[PARENTHESES] = (float)rate((double)mark['('] + mark['['], text);
    out[COLONS] = (float)rate((double)mark[':'] + mark[';'], text);
    out[LIST_ITEMS] = (float)log1p((double)text->n_list_items);
    out[HEADINGS] = (float)log1p((double)text->n_headings);
    out[CODE] = (float)log1p(code_marks(text));
    out[SYMBOLS] = (float)rate((double)text->n_symbols, text);
}

static void measure_style(const struct words *text, const struct tally *tally, float *out)
{
    for (size_t i = 0; i < sizeof class_features / sizeof *class_features; i++)
        out[class_features[i].feature] =
            (float)rate(tally->classes[class_features[i].class], text);
    out[NUMBERS] =
        (float)rate((double)tally->numbers + tally->classes[CLASS_NUMERAL], text);
    out[NAMES] = (float)rate(tally->names, text);
    out[PAST] = (float)rate(tally->past, text);
    out[ADJECTIVES] = (float)rate(tally->adjectives, text);
    out[CONTRACTIONS] = (float)rate(tally->contractions, text);
}

void surface_response_measure(const struct words *response, const struct tally *tally,
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
