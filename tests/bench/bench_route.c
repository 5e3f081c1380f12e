/* Microseconds from a typed text to the router's weights, with the encoder "surface": a prompt of a
 * sentence or of 200 words, with a context and without; and to the nearest of 5,000 known contexts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/contexts.h"
#include "core/linalg.h"
#include "corpus/corpus.h"
#include "io/json.h"
#include "measure.h"
#include "session/encoding.h"
#include "session/route.h"

enum { CONTEXTS = 5000, HEADS = 10, HIDDEN = 128, TURNS = 200, CALLS = 20 };

static const char sentence[] = "Could you help me plan a long weekend by the sea?";
static const char criterion[] = "Keep it short, friendly and factual, with examples.";

static struct typed_text text_of(const char *bytes)
{
    return (struct typed_text){bytes, bytes ? strlen(bytes) : 0};
}

/* One pair a context, each of some words of its own. */
static void make_corpus(struct corpus *corpus)
{
    struct pair pair = PAIR_NONE;
    pair.prompt = passages_add_text(&corpus->prompts, sentence);
    pair.chosen = passages_add_text(&corpus->responses, "Go by train.");
    pair.rejected = passages_add_text(&corpus->responses, "It depends.");
    pair.split = CORPUS_TRAIN;
    for (int i = 0; i < CONTEXTS; i++) {
        char words[64];
        snprintf(words, sizeof words, "style%d, tone%d and length%d", i % 71, i % 37, i);
        pair.context = passages_add_text(&corpus->contexts, words);
        corpus_add(corpus, &pair);
    }
}

static struct model make_model(const struct features *features)
{
    struct error err = {0};
    struct model model;
    struct shape shape = {ROUTER_MLP, HEADS, HIDDEN, features->prompt.n_columns,
                          features->chosen.n_columns};
    must(model_create(&model, &shape, &err), &err);
    model_draw(&model, 1, 0);
    return model;
}

/* Texts change from call to call, as typed ones do: nothing is encoded twice. */
static void measure(struct route *route, const struct contexts *contexts, const char *what,
                    const char *prompt, const char *context)
{
    struct error err = {0};
    struct sample sample = {0};
    struct near_context near[5];
    for (int turn = 0; turn < TURNS; turn++) {
        struct text typed[CALLS] = {{0}};
        for (int i = 0; i < CALLS; i++)
            text_printf(&typed[i], "%s %d", prompt, turn * CALLS + i);
        double began = clock_seconds();
        for (int i = 0; i < CALLS; i++) {
            struct typed_text text = {typed[i].bytes, typed[i].length};
            must(route_text(route, text, text_of(context), &err), &err);
            if (contexts)
                contexts_nearest(contexts, route->part, 5, near);
        }
        sample_add(&sample, 1e6 * (clock_seconds() - began) / CALLS);
        for (int i = 0; i < CALLS; i++)
            text_done(&typed[i]);
    }
    struct json *line = line_begin("route");
    json_put_text(line, "what", what);
    json_put_number(line, "bytes",
                    (double)(strlen(prompt) + (context ? strlen(context) : 0)));
    line_put_sample(line, "microseconds", &sample);
    line_end(line);
}

int main(void)
{
    struct corpus corpus = {0};
    struct encoding encoding;
    struct encoding_options options = {.encoder = "surface"};
    struct error err = {0};
    struct text long_prompt = {0};
    linalg_init();
    make_corpus(&corpus);
    must(encoding_make(&encoding, &corpus, &options, &err), &err);
    struct model model = make_model(&encoding.features);
    struct route *route = route_create(&encoding.features, &model, NULL, &err);
    must(err.status, &err);
    struct contexts *contexts = contexts_create(&encoding.features, &err);
    must(err.status, &err);
    for (int i = 0; i < 20; i++)
        text_add(&long_prompt, sentence);
    line_machine("route");
    measure(route, NULL, "prompt", sentence, NULL);
    measure(route, NULL, "prompt and context", sentence, criterion);
    measure(route, NULL, "200 words and context", long_prompt.bytes, criterion);
    measure(route, contexts, "and the nearest of 5,000 contexts", sentence, criterion);
    contexts_free(contexts);
    route_free(route);
    model_done(&model);
    text_done(&long_prompt);
    encoding_done(&encoding);
    corpus_done(&corpus);
    return EXIT_SUCCESS;
}
