#include "ui/nothing.h"

static const char *stage_name(enum analysis_stage stage)
{
    static const char *const names[] = {
        [ANALYSIS_NOTHING] = "nothing",
        [ANALYSIS_CELLS] = "what every head says of every pair",
        [ANALYSIS_HEADS] = "what the heads look at",
        [ANALYSIS_INTERVALS] = "the intervals of the means",
        [ANALYSIS_CUTS] = "what pruning would cost",
        [ANALYSIS_WHOLE] = "the intervals of pruning",
    };
    return names[stage];
}

void nothing_add(const struct snapshot *snapshot, enum analysis_stage needed,
                 struct text *out)
{
    const struct state *state = snapshot->state;
    const struct analysis *analysis = snapshot->analysis;
    if (!state->features && !state->model) {
        text_add(out,
                 "Nothing is open. Type :open with the files of features and of a model, "
                 "and of the corpus for the texts; or start 'microscope demo'.");
    } else if (!state->features) {
        text_add(out,
                 "There is a model, but no features to try it on. Type :open FEATURES.");
    } else if (!state->model) {
        text_add(out,
                 "There are features, but no model yet. Type :train to train one on them, "
                 "or :open MODEL.");
    } else if (snapshot->analysis_wrong) {
        text_printf(out, "This cannot be shown: %s", snapshot->analysis_wrong);
    } else if (!analysis || analysis_stage(analysis) < needed) {
        text_printf(out, "Computing %s", stage_name(needed));
        if (analysis && !snapshot->is_fixed)
            text_printf(out, ": %.0f %% of all is done", 100 * analysis_share(analysis));
        text_add(out, " ...");
    }
}

void nothing_draw(const struct snapshot *snapshot, const struct pen *pen, const char *title,
                  enum analysis_stage needed)
{
    struct text text = {0};
    text_append(&text, "", 0);
    nothing_add(snapshot, needed, &text);
    struct pen inside = pen_frame(pen, true, title, NULL);
    pen_wrap(&inside, 0, 0,
             pen->styles[snapshot->analysis_wrong ? STYLE_ERROR : STYLE_TEXT], text.bytes,
             text.length);
    text_done(&text);
}
