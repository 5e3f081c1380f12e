#include "session/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "corpus/corpus.h"
#include "io/json.h"

enum status origin_check(struct corpus *corpus, const struct features *features,
                         struct error *err)
{
    const char *want = json_text(json_get(features->metadata, "corpus"));
    if (!want)
        return error_set(err, STATUS_NOT_FOUND,
                         "the features do not say which corpus they were made from, so "
                         "its texts cannot be told apart");
    if (corpus->n_pairs != features->n_pairs)
        return error_set(err, STATUS_SHAPE,
                         "the corpus has %zu pairs, the features have %zu: they were made "
                         "from another one",
                         corpus->n_pairs, features->n_pairs);
    for (size_t i = 0; i < corpus->n_pairs; i++)
        if (corpus->pairs[i].split == CORPUS_UNSPLIT)
            corpus->pairs[i].split = (enum corpus_split)features->pair_split[i];
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, corpus_hash(corpus));
    if (strcmp(hash, want) != 0)
        return error_set(err, STATUS_FORMAT,
                         "the corpus has the hash %s, the features were made from one "
                         "with %.40s",
                         hash, want);
    return STATUS_OK;
}
