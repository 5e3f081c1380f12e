/* A view without a workbench: a snapshot of what is put into it, at any stage of the analysis. */
#ifndef TESTS_UI_SNAPPED_H
#define TESTS_UI_SNAPPED_H

#include "shown.h"

#include "command/table.h"
#include "core/made.h"
#include "ui/view.h"

struct snapped {
    struct made made;
    struct held_features *features; /* of made, which the test frees */
    struct held_model *model;
    struct interpreter *interpreter;
    struct front front;
    struct snapshot snapshot;
    const struct view *view;
    void *self;
    struct answer answer;
    struct shown shown;
};

static inline void snapped_open(struct snapped *snapped, const struct view *view, int rows,
                                int columns)
{
    *snapped = (struct snapped){.view = view, .self = view->create()};
    snapped->interpreter = interpreter_create(command_table, &snapped->front, 1);
    struct workspace *workspace = interpreter_workspace(snapped->interpreter);
    snapped->snapshot = (struct snapshot){.workspace = workspace,
                                          .state = workspace_state(workspace),
                                          .interpreter = snapped->interpreter,
                                          .is_fixed = true};
    shown_open(&snapped->shown, rows, columns, DEPTH_NONE, GLYPHS_UNICODE);
}

/* Features as made_init makes them, all test pairs, and a model of drawn parameters. */
static inline void snapped_make(struct snapped *snapped, struct made_sizes sizes,
                                enum router router, size_t n_heads, bool has_single)
{
    struct shape shape = {router, n_heads, 8, sizes.prompt_width, sizes.response_width};
    struct model model;
    struct error err = {0};
    made_init(&snapped->made, &sizes, 3);
    for (size_t i = 0; i < sizes.n_pairs; i++)
        snapped->made.split[i] = SPLIT_TEST;
    assert_int_equal(shape_normalise(&shape, &err), STATUS_OK);
    assert_int_equal(model_create(&model, &shape, &err), STATUS_OK);
    model_draw(&model, 1, 0);
    if (has_single) {
        model.single = mem_array(sizes.response_width, sizeof *model.single);
        model.single[0] = 1;
    }
    snapped->features = mem_zero(sizeof *snapped->features);
    snapped->features->features = snapped->made.features;
    snapped->features->path = mem_copy_text("made.features");
    atomic_init(&snapped->features->count, 1);
    snapped->model = held_model_make(&model, NULL);
    struct state *state = workspace_change(snapped->snapshot.workspace, "open");
    state_set_features(state, held_features_ref(snapped->features));
    state_set_model(state, held_model_ref(snapped->model));
    snapped->snapshot.state = workspace_state(snapped->snapshot.workspace);
    struct analysis_options options = analysis_defaults();
    options.resamples = 50;
    snapped->snapshot.analysis =
        analysis_create(snapped->features, snapped->model, NULL, &options, &err);
    assert_string_equal(err.message, "");
}

static inline void snapped_reach(struct snapped *snapped, enum analysis_stage stage)
{
    struct error err = {0};
    while (analysis_stage(snapped->snapshot.analysis) < stage)
        assert_int_equal(analysis_step(snapped->snapshot.analysis, &err), STATUS_OK);
}

static inline const char *snapped_text(struct snapped *snapped)
{
    snapped->snapshot.state = workspace_state(snapped->snapshot.workspace);
    snapped->view->update(snapped->self, &snapped->snapshot);
    shown_clear(&snapped->shown);
    snapped->view->draw(snapped->self, &snapped->snapshot, &snapped->shown.pen);
    return shown_text(&snapped->shown);
}

static inline void snapped_has(struct snapped *snapped, const char *part)
{
    snapped_text(snapped);
    shown_has(&snapped->shown, part);
}

static inline void snapped_resize(struct snapped *snapped, int rows, int columns,
                                  enum glyph_set set)
{
    shown_done(&snapped->shown);
    shown_open(&snapped->shown, rows, columns, DEPTH_NONE, set);
}

/* Acts; what is answered stands in snapped->answer until the next call. */
static inline bool snapped_act(struct snapped *snapped, enum action_kind kind,
                               const char *word)
{
    struct action action = {.kind = kind, .word = word, .times = 1};
    if (kind == ACTION_SEARCH || kind == ACTION_CURSOR)
        action.text = word;
    text_clear(&snapped->answer.line);
    text_clear(&snapped->answer.say);
    text_append(&snapped->answer.line, "", 0);
    text_append(&snapped->answer.say, "", 0);
    snapped->snapshot.state = workspace_state(snapped->snapshot.workspace);
    snapped->view->update(snapped->self, &snapped->snapshot);
    return snapped->view->act(snapped->self, &snapped->snapshot, &action, &snapped->answer);
}

static inline void snapped_done(struct snapped *snapped)
{
    snapped->view->free(snapped->self);
    analysis_unref(snapped->snapshot.analysis);
    analysis_unref(snapped->snapshot.pinned);
    interpreter_free(snapped->interpreter);
    held_model_unref(snapped->model);
    if (snapped->features) { /* the arrays are made's */
        snapped->features->features.n_pairs = 0;
        snapped->features->features.attributes = NULL;
        held_features_unref(snapped->features);
        made_done(&snapped->made);
    }
    text_done(&snapped->answer.line);
    text_done(&snapped->answer.say);
    shown_done(&snapped->shown);
}

#endif
