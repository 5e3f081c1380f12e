#include "corpus/split.h"

#include "base/rng.h"
#include "base/text.h"

enum status split_check(const struct split_options *options, struct error *err)
{
    double test = options->test, holdout = options->holdout;
    if (!(test >= 0.0 && test <= 1.0))
        return error_set(err, STATUS_USAGE, "the test share is %g, expected 0 to 1", test);
    if (!(holdout >= 0.0 && holdout <= 1.0))
        return error_set(err, STATUS_USAGE, "the hold-out share is %g, expected 0 to 1",
                         holdout);
    if (test + holdout > 1.0 + 1e-12)
        return error_set(err, STATUS_USAGE,
                         "test %g and hold-out %g together are more than the whole", test,
                         holdout);
    return STATUS_OK;
}

enum corpus_split split_of_prompt(const char *text, size_t length,
                                  const struct split_options *options)
{
    uint64_t hash = rng_mix(text_hash(text, length, rng_mix(options->seed)));
    double u = (double)(hash >> 11) * 0x1p-53;
    if (u < options->test)
        return CORPUS_TEST;
    return u < options->test + options->holdout ? CORPUS_HOLDOUT : CORPUS_TRAIN;
}

size_t split_assign(struct corpus *corpus, const struct split_options *options)
{
    size_t n_given = 0;
    for (size_t i = 0; i < corpus->n_pairs; i++) {
        struct pair *pair = &corpus->pairs[i];
        if (pair->split != CORPUS_UNSPLIT)
            continue;
        const struct passage *prompt = &corpus->prompts.items[pair->prompt];
        pair->split = split_of_prompt(prompt->plain, prompt->length, options);
        n_given++;
    }
    return n_given;
}
