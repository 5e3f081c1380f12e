#include "corpus/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "corpus/pair.h"
#include "corpus/record.h"
#include "io/file.h"

const char *corpus_split_name(enum corpus_split split)
{
    static const char *const names[] = {"unsplit", "train", "holdout", "test"};
    return names[split - CORPUS_UNSPLIT];
}

bool corpus_add(struct corpus *corpus, const struct pair *pair)
{
    if (pair->chosen == pair->rejected) {
        corpus->n_equal++;
        return false;
    }
    MEM_RESERVE(corpus->pairs, corpus->n_pairs, corpus->pairs_room);
    struct pair *added = &corpus->pairs[corpus->n_pairs++];
    *added = *pair;
    if (pair->id)
        added->id = arena_copy(&corpus->ids, pair->id, strlen(pair->id));
    return true;
}

enum status corpus_check_room(const struct corpus *corpus, struct error *err)
{
    /* A record adds at most as many passages as its line has bytes. */
    const size_t most = (size_t)INT32_MAX - SOURCE_LINE_MAX;
    if (corpus->n_pairs < most && corpus->prompts.n < most && corpus->responses.n < most &&
        corpus->extras.n < most)
        return STATUS_OK;
    return error_set(err, STATUS_NO_MEMORY, "a corpus holds at most %zu pairs and texts",
                     most);
}

/* ---- reading ---- */

struct reading {
    struct corpus corpus;
    struct text id;
};

static enum status take_pair(void *self, const struct record *record, struct error *err)
{
    struct reading *reading = self;
    struct pair pair;
    text_clear(&reading->id);
    enum status status = corpus_check_room(&reading->corpus, err);
    if (!status)
        status = record_label(record, "id", &reading->id, err);
    if (!status)
        status = pair_read(&reading->corpus, record, &pair, err);
    if (status)
        return status;
    pair.id = reading->id.length ? reading->id.bytes : NULL;
    corpus_add(&reading->corpus, &pair);
    return STATUS_OK;
}

enum status corpus_read(struct corpus *corpus, const char *path,
                        const struct corpus_watch *watch, struct error *err)
{
    struct reading reading = {0};
    enum status status = record_each(path, watch, NULL, take_pair, &reading, err);
    if (!status && !reading.corpus.n_pairs)
        status =
            error_set(err, STATUS_FORMAT,
                      "'%s' holds no pairs: chosen and rejected are the same in all", path);
    text_done(&reading.id);
    if (status)
        corpus_done(&reading.corpus);
    else
        *corpus = reading.corpus;
    return status;
}

/* ---- writing ---- */

enum { LOOK_EVERY = 1024 }; /* pairs between two looks at the cancel flag */

enum status corpus_write(const struct corpus *corpus, const char *path,
                         const struct corpus_watch *watch, struct error *err)
{
    struct sink *sink = sink_open(path, err);
    if (!sink)
        return err ? err->status : STATUS_IO;
    struct text line = {0};
    bool stop = false;
    for (size_t i = 0; i < corpus->n_pairs && !stop; i++) {
        text_clear(&line);
        pair_write(corpus, &corpus->pairs[i], &line);
        text_add_char(&line, '\n');
        sink_write(sink, line.bytes, line.length);
        if (!watch || i % LOOK_EVERY)
            continue;
        if (watch->progress)
            watch->progress(watch->self, i, corpus->n_pairs);
        stop = cancel_asked(watch->cancel);
    }
    text_done(&line);
    if (stop) {
        sink_abandon(sink);
        return error_set(err, STATUS_CANCELLED, "writing '%s' was stopped", path);
    }
    return sink_commit(sink, err);
}

/* ---- hash ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return rng_mix(hash ^ (value + 0x9e3779b97f4a7c15u));
}

static uint64_t mix_passage(uint64_t hash, const struct passages *passages, int32_t index)
{
    return mix(hash, index < 0 ? 0 : passages->items[index].hash);
}

static uint64_t mix_number(uint64_t hash, double value)
{
    uint64_t bits = 1; /* of no number that is a rating but for a denormal */
    if (!isnan(value))
        memcpy(&bits, &value, sizeof bits);
    return mix(hash, bits);
}

uint64_t corpus_hash(const struct corpus *corpus)
{
    uint64_t hash = mix(0, corpus->n_pairs);
    for (size_t i = 0; i < corpus->n_pairs; i++) {
        const struct pair *pair = &corpus->pairs[i];
        hash = mix(hash, pair->id ? text_hash(pair->id, strlen(pair->id), 0) : 0);
        hash = mix_passage(hash, &corpus->prompts, pair->prompt);
        hash = mix_passage(hash, &corpus->responses, pair->chosen);
        hash = mix_passage(hash, &corpus->responses, pair->rejected);
        hash = mix_passage(hash, &corpus->attributes, pair->attribute);
        hash = mix_passage(hash, &corpus->contexts, pair->context);
        hash = mix_passage(hash, &corpus->users, pair->user);
        hash = mix_passage(hash, &corpus->origins, pair->origin);
        hash = mix_passage(hash, &corpus->extras, pair->extra);
        hash = mix_number(hash, pair->chosen_rating);
        hash = mix_number(hash, pair->rejected_rating);
        hash = mix(hash, (uint64_t)(pair->split - CORPUS_UNSPLIT));
    }
    return hash;
}

void corpus_done(struct corpus *corpus)
{
    passages_done(&corpus->prompts);
    passages_done(&corpus->responses);
    passages_done(&corpus->contexts);
    passages_done(&corpus->attributes);
    passages_done(&corpus->users);
    passages_done(&corpus->origins);
    passages_done(&corpus->extras);
    arena_done(&corpus->ids);
    free(corpus->pairs);
    *corpus = (struct corpus){0};
}
