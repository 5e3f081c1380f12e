/* What a run of the program holds: a corpus, features and a model, each counted, so that states
 * that can be undone, jobs on other threads and views share them.
 *
 * Immutable once made. A count is taken with held_x_ref and given back with held_x_unref; both
 * may be called on any thread, and with NULL. The last one frees.
 */
#ifndef SESSION_HELD_H
#define SESSION_HELD_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"
#include "core/model.h"
#include "corpus/corpus.h"
#include "session/held_kind.h"

struct json;
struct lab_settings;

struct held_corpus {
    atomic_size_t count;
    struct corpus corpus; /* every pair has the split that the features give it */
    char *path;
};

struct held_features {
    atomic_size_t count;
    struct features features;
    char *path;
    uint64_t print; /* held_print of the file */
};

struct held_model {
    atomic_size_t count;
    struct model model;
    struct json *metadata; /* an object */
    char *path;            /* NULL: made in this run and not in a file */
    uint64_t print;        /* held_print of the file; of the parameters without one */
};

/* What a command is given by the run that it is part of. Borrowed: the owner keeps its counts. */
struct given {
    struct held_corpus *corpus; /* NULL: none is open, as for the others */
    struct held_features *features;
    struct held_model *model;
    const struct lab_settings *lab; /* NULL: there is no session */
};

/* How what is held is called in messages: its path. NULL when there is none. The same text, at the
 * same place, for as long as it is held. */
const char *given_name(const struct given *given, enum held_kind kind);

/* Opened from a file, with a count of one; NULL on failure, errors as of features_open and
 * checkpoint_open. */
struct held_features *held_features_open(const char *path, struct error *err);
struct held_model *held_model_open(const char *path, struct error *err);

/* The corpus that the features were made from: STATUS_SHAPE and STATUS_FORMAT for another one
 * (origin_check). */
struct held_corpus *held_corpus_open(const char *path, const struct held_features *features,
                                     const struct corpus_watch *watch, struct error *err);

/* Takes over a model that was made in this run, and its metadata (NULL: none). */
struct held_model *held_model_make(struct model *model, struct json *metadata);

struct held_corpus *held_corpus_ref(struct held_corpus *corpus);
struct held_features *held_features_ref(struct held_features *features);
struct held_model *held_model_ref(struct held_model *model);
void held_corpus_unref(struct held_corpus *corpus);
void held_features_unref(struct held_features *features);
void held_model_unref(struct held_model *model);

/* By which a saved session knows a file again: a hash of its size, its first megabyte and
 * 64 pieces of 4 KiB spread evenly over the rest, so that a file of any size takes milliseconds.
 * STATUS_NOT_FOUND, STATUS_IO. */
enum status held_print(const char *path, uint64_t *print, struct error *err);

#endif
