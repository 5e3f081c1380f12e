/* The shipped demo population, held. */
#ifndef TESTS_SESSION_SHIPPED_H
#define TESTS_SESSION_SHIPPED_H

#include "near.h"

#include <stdio.h>
#include <stdlib.h>

#include "session/held.h"

struct shipped {
    struct held_features *features;
    struct held_model *model;
    struct held_corpus *corpus;
};

static inline const char *shipped_path(const char *name)
{
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/data/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

static inline void shipped_open(struct shipped *shipped)
{
    struct error err = {0};
    shipped->features = held_features_open(shipped_path("demo.features.safetensors"), &err);
    shipped->model = held_model_open(shipped_path("demo.model.safetensors"), &err);
    assert_string_equal(err.message, "");
    shipped->corpus =
        held_corpus_open(shipped_path("demo.jsonl.gz"), shipped->features, NULL, &err);
    assert_string_equal(err.message, "");
}

static inline void shipped_done(struct shipped *shipped)
{
    held_corpus_unref(shipped->corpus);
    held_model_unref(shipped->model);
    held_features_unref(shipped->features);
}

#endif
