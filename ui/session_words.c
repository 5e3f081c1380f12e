#include "ui/session_words.h"

#include <stdio.h>
#include <string.h>

/* More would help nobody, and there may be millions. */
enum { PROMPTS_MOST = 200 };

static void add_heads(const struct state *state, const char *typed,
                      struct completions *found)
{
    size_t n = state->model ? state->model->model.shape.n_heads : 0;
    for (size_t k = 1; k <= n; k++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", k);
        completions_add(found, typed, name, NULL);
    }
}

static void add_attributes(const struct state *state, const char *typed,
                           struct completions *found)
{
    const struct features *features = state->features ? &state->features->features : NULL;
    for (size_t a = 0; features && a < features->n_attributes; a++)
        completions_add(found, typed, features->attributes[a], NULL);
}

static void add_prompts(const struct state *state, const char *typed,
                        struct completions *found)
{
    const struct corpus *corpus = state->corpus ? &state->corpus->corpus : NULL;
    size_t length = strlen(typed);
    for (size_t i = 0; corpus && i < corpus->n_pairs && found->n < PROMPTS_MOST; i++) {
        const struct pair *pair = &corpus->pairs[i];
        if (pair->id && strncmp(pair->id, typed, length) == 0)
            completions_add(found, typed, pair->id,
                            corpus->prompts.items[pair->prompt].plain);
    }
}

static void add_results(const struct interpreter *interpreter, const char *typed,
                        struct completions *found)
{
    for (size_t i = interpreter_results(interpreter); i-- > 0;)
        completions_add(found, typed, interpreter_result_name(interpreter, i), NULL);
}

bool session_words_hold(void *context, const struct field *field)
{
    const struct interpreter *interpreter = context;
    const struct state *state = workspace_state(interpreter_workspace(interpreter));
    switch (field->held) {
    case HELD_FEATURES:
        return state->features;
    case HELD_MODEL:
        return state->model;
    case HELD_CORPUS:
        return state->corpus;
    case HELD_NOTHING:
        break;
    }
    return false;
}

void session_words_add(void *context, enum complete_kind kind, const char *typed,
                       struct completions *found)
{
    struct interpreter *interpreter = context;
    const struct state *state = workspace_state(interpreter_workspace(interpreter));
    if (kind == COMPLETE_HEADS)
        add_heads(state, typed, found);
    else if (kind == COMPLETE_ATTRIBUTES)
        add_attributes(state, typed, found);
    else if (kind == COMPLETE_PROMPTS)
        add_prompts(state, typed, found);
    else if (kind == COMPLETE_RESULTS)
        add_results(interpreter, typed, found);
}
