/* A run whose features come from a scripted server: corpus, features and model in a folder, held. */
#ifndef TESTS_SESSION_SERVED_RUN_H
#define TESTS_SESSION_SERVED_RUN_H

#include "folder.h"
#include "near.h"
#include "server.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/checkpoint.h"
#include "corpus/corpus.h"
#include "io/json.h"
#include "session/encoding.h"
#include "session/held.h"

enum { SERVED_PROMPTS = 100, SERVED_TRAIN = 90, SERVED_WIDTH = 6, SERVED_HEADS = 4 };

enum served_mood { SERVED_WELL, SERVED_SLOW, SERVED_HANGS, SERVED_WIDE, SERVED_REFUSES };

struct served {
    struct folder folder;
    struct server *server;
    int port;
    char address[100];
    atomic_int mood;       /* enum served_mood */
    atomic_size_t n_texts; /* that were asked for */
    atomic_size_t n_stale; /* of them with "never" in it */
    struct held_features *features;
    struct held_model *model;
    struct held_corpus *corpus;
};

static inline void served_answer(struct visit *visit, const struct server_request *request,
                                 void *arg)
{
    struct served *served = arg;
    enum served_mood mood = (enum served_mood)atomic_load(&served->mood);
    struct server_vectors how = {.width = SERVED_WIDTH + (mood == SERVED_WIDE)};
    size_t n = request_texts(request);
    atomic_fetch_add(&served->n_texts, n);
    for (size_t i = 0; i < n; i++) {
        char *text = request_text(request, i);
        atomic_fetch_add(&served->n_stale, text && strstr(text, "never") ? 1 : 0);
        free(text);
    }
    if (mood == SERVED_SLOW)
        poll(NULL, 0, 200);
    if (mood == SERVED_HANGS)
        visit_stall(visit);
    else if (mood == SERVED_REFUSES)
        visit_json(visit, 401, "{\"error\":{\"message\":\"who are you\"}}");
    else
        visit_vectors(visit, request, &how);
}

static inline void served_leave(struct served *served)
{
    server_stop(served->server);
    served->server = NULL;
}

static inline void served_return(struct served *served)
{
    served->server = server_start_at(served->port, served_answer, served);
}

/* Of the two attributes "brief" and "vivid", in turn; the last prompts are the test split. */
static inline void served_make_corpus(struct corpus *corpus)
{
    static const char *const attributes[] = {"brief", "vivid"};
    static const char *const contexts[] = {"Keep it short and plain.",
                                           "Tell it with many colours."};
    char text[80];
    for (size_t p = 0; p < SERVED_PROMPTS; p++) {
        struct pair pair = PAIR_NONE;
        snprintf(text, sizeof text, "Describe place number %zu.", p);
        pair.prompt = passages_add_text(&corpus->prompts, text);
        pair.context = p % 5 ? -1 : passages_add_text(&corpus->contexts, contexts[p % 2]);
        pair.attribute = passages_add_text(&corpus->attributes, attributes[p % 2]);
        snprintf(text, sizeof text, "It is place %zu.", p);
        pair.chosen = passages_add_text(&corpus->responses, text);
        snprintf(text, sizeof text, "A wide green valley, the %zuth of them.", p);
        pair.rejected = passages_add_text(&corpus->responses, text);
        pair.split = p < SERVED_TRAIN ? CORPUS_TRAIN : CORPUS_TEST;
        assert_true(corpus_add(corpus, &pair));
    }
}

static inline void served_write_model(const char *path)
{
    struct shape shape = {ROUTER_MLP, SERVED_HEADS, 8, SERVED_WIDTH, SERVED_WIDTH};
    struct model model;
    struct error err = {0};
    struct json *metadata = json_object();
    assert_int_equal(shape_normalise(&shape, &err), STATUS_OK);
    assert_int_equal(model_create(&model, &shape, &err), STATUS_OK);
    model_draw(&model, 1, 0);
    if (checkpoint_save(path, &model, metadata, DTYPE_F32, &err))
        fail_msg("%s", err.message);
    json_free(metadata);
    model_done(&model);
}

static inline const char *served_path(const struct served *served, const char *name)
{
    return folder_path(&served->folder, name);
}

static inline void served_open(struct served *served)
{
    struct corpus corpus = {0};
    struct encoding encoding;
    struct error err = {0};
    *served = (struct served){0};
    folder_make(&served->folder);
    setenv("XDG_CACHE_HOME", served->folder.path, 1);
    served->server = server_start(served_answer, served);
    served->port = server_port(served->server);
    snprintf(served->address, sizeof served->address, "http://127.0.0.1:%d#tiny",
             served->port);
    served_make_corpus(&corpus);
    const struct encoding_options options = {.encoder = served->address};
    if (corpus_write(&corpus, served_path(served, "run.jsonl"), NULL, &err) ||
        encoding_make(&encoding, &corpus, &options, &err) ||
        features_save(served_path(served, "run.features.safetensors"), &encoding.features,
                      DTYPE_F32, &err))
        fail_msg("%s", err.message);
    encoding_done(&encoding);
    corpus_done(&corpus);
    served_write_model(served_path(served, "run.model.safetensors"));
    served->features =
        held_features_open(served_path(served, "run.features.safetensors"), &err);
    served->model = held_model_open(served_path(served, "run.model.safetensors"), &err);
    assert_string_equal(err.message, "");
    served->corpus =
        held_corpus_open(served_path(served, "run.jsonl"), served->features, NULL, &err);
    assert_string_equal(err.message, "");
    atomic_store(&served->n_texts, 0);
}

static inline void served_close(struct served *served)
{
    held_corpus_unref(served->corpus);
    held_model_unref(served->model);
    held_features_unref(served->features);
    if (served->server)
        served_leave(served);
    folder_remove(&served->folder);
}

#endif
