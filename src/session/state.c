#include "session/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void state_init(struct state *state)
{
    *state = (struct state){.lab = lab_settings_make()};
}

void state_copy(struct state *out, const struct state *of)
{
    *out = *of;
    held_corpus_ref(of->corpus);
    held_features_ref(of->features);
    held_model_ref(of->model);
    held_model_ref(of->pinned);
    lab_settings_copy(&out->lab, &of->lab);
    entries_copy(&out->settings, &of->settings);
    entries_copy(&out->views, &of->views);
    out->marks = NULL;
    if (of->n_marks) {
        out->marks = mem_alloc(of->n_marks * sizeof *out->marks);
        memcpy(out->marks, of->marks, of->n_marks * sizeof *out->marks);
    }
}

void state_done(struct state *state)
{
    held_corpus_unref(state->corpus);
    held_features_unref(state->features);
    held_model_unref(state->model);
    held_model_unref(state->pinned);
    lab_settings_done(&state->lab);
    entries_done(&state->settings);
    entries_done(&state->views);
    free(state->marks);
    *state = (struct state){0};
}

void state_set_features(struct state *state, struct held_features *features)
{
    held_features_unref(state->features);
    state->features = features;
    free(state->marks);
    state->marks = NULL;
    state->n_marks = 0;
    lab_settings_done(&state->lab);
    state->lab = lab_settings_make();
}

void state_set_model(struct state *state, struct held_model *model)
{
    held_model_unref(state->model);
    state->model = model;
}

void state_set_corpus(struct state *state, struct held_corpus *corpus)
{
    held_corpus_unref(state->corpus);
    state->corpus = corpus;
}

/* ---- marks ---- */

/* How many marks are of rows before that one. */
static size_t rank_of(const struct state *state, uint32_t prompt)
{
    size_t low = 0, high = state->n_marks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->marks[middle] < prompt)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool state_is_marked(const struct state *state, uint32_t prompt)
{
    size_t at = rank_of(state, prompt);
    return at < state->n_marks && state->marks[at] == prompt;
}

void state_mark(struct state *state, uint32_t prompt, bool mark)
{
    if (mark == state_is_marked(state, prompt))
        return;
    size_t at = rank_of(state, prompt), behind = state->n_marks - at;
    if (mark) {
        size_t bytes = (state->n_marks + 1) * sizeof *state->marks;
        state->marks = mem_resize(state->marks, bytes);
        memmove(state->marks + at + 1, state->marks + at, behind * sizeof *state->marks);
        state->marks[at] = prompt;
        state->n_marks++;
    } else {
        memmove(state->marks + at, state->marks + at + 1,
                (behind - 1) * sizeof *state->marks);
        state->n_marks--;
    }
}
