#include "ui/lab_bench.h"

#include <math.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

/* SLOW_MS: what takes longer waits until the settings have rested for REST seconds. */
enum { SLOW_MS = 20 };
static const double REST = 0.12;

void lab_bench_open(struct lab_bench *bench, const struct state *state)
{
    *bench = (struct lab_bench){.features = held_features_ref(state->features),
                                .model = held_model_ref(state->model),
                                .corpus = held_corpus_ref(state->corpus),
                                .shown_percent = -1};
}

enum status lab_bench_make(struct lab_bench *bench)
{
    struct error err;
    bench->lab = lab_create(bench->features, bench->model, bench->corpus, &err);
    if (!bench->lab)
        bench->wrong = err;
    return bench->wrong.status;
}

void lab_bench_done(struct lab_bench *bench)
{
    live_free(bench->live);
    effect_unref(bench->effect);
    effect_unref(bench->at_effect);
    free(bench->text);
    text_done(&bench->unreached);
    lab_free(bench->lab);
    held_features_unref(bench->features);
    held_model_unref(bench->model);
    held_corpus_unref(bench->corpus);
    lab_settings_done(&bench->at);
    lab_settings_done(&bench->wanted);
    *bench = (struct lab_bench){0};
}

bool lab_bench_fits(const struct lab_bench *bench, const struct state *state)
{
    return bench->features == state->features && bench->model == state->model &&
           bench->corpus == state->corpus;
}

/* ---- contexts that are encoded elsewhere ---- */

static bool has_text(const struct lab_settings *settings)
{
    return settings->context && *settings->context;
}

/* Asks for the context together with the pair that is looked at and those that were labelled. */
static void ask(struct lab_bench *bench, const struct lab_settings *wanted, bool is_typed)
{
    size_t n = wanted->n_labels, own = 0;
    uint32_t *pairs = mem_alloc((n + 1) * sizeof *pairs);
    if (bench->is_set && lab_next(bench->lab, &pairs[0]))
        own = 1;
    for (size_t i = 0; i < n; i++)
        pairs[own + i] = wanted->labels[i].pair;
    const struct live_wish wish = {.context = wanted->context,
                                   .attribute = wanted->attribute,
                                   .seed = wanted->seed,
                                   .pairs = pairs,
                                   .n_pairs = own + n,
                                   .is_whole = !is_typed};
    live_ask(bench->live, &wish);
    free(pairs);
}

static void take_effect(struct lab_bench *bench, const char *text, struct effect *effect)
{
    if (!effect || effect == bench->effect)
        return;
    effect_unref(bench->effect);
    bench->effect = effect_ref(effect);
    free(bench->text);
    bench->text = mem_copy_text(text);
}

static int percent(const struct live_at *at)
{
    if (at->state != LIVE_WAITING)
        return -1;
    return at->total > 0 ? (int)(100 * at->done / at->total) : 0;
}

/* Keeps what is asked for up with what is wanted; whether there is anything new to show. */
static bool follow(struct lab_bench *bench, const struct lab_settings *wanted,
                   bool is_typed, struct lab_help *help)
{
    size_t had = bench->unreached.length;
    int shown = bench->shown_percent;
    text_clear(&bench->unreached);
    bench->shown_percent = -1;
    if (!has_text(wanted)) {
        if (bench->live)
            live_forget(bench->live);
        return had || (bench->live && live_poll(bench->live));
    }
    if (!bench->live)
        bench->live =
            live_create(bench->features, bench->corpus, help->pool, &help->options);
    ask(bench, wanted, is_typed);
    bool further = live_poll(bench->live);
    struct live_at at = live_at(bench->live);
    take_effect(bench, wanted->context, at.effect);
    if (at.wrong)
        text_printf(&bench->unreached, "%s; known contexts can be chosen", at.wrong);
    bench->shown_percent = percent(&at);
    return further || had != bench->unreached.length || shown != bench->shown_percent;
}

/* What the lab can be brought to: all that is wanted, with the context that it has as long as the other one
 * is on its way. *effect: of the context; NULL: the lab knows. */
static struct lab_settings reach(const struct lab_bench *bench,
                                 const struct lab_settings *wanted, struct effect **effect)
{
    struct lab_settings target;
    lab_settings_copy(&target, wanted);
    *effect = NULL;
    if (!lab_wants_effect(bench->lab) || !has_text(wanted))
        return target;
    if (!bench->text || strcmp(bench->text, wanted->context) != 0) {
        lab_settings_set_context(&target, bench->is_set ? bench->at.context : NULL);
        target.known = bench->is_set ? bench->at.known : -1;
    }
    if (has_text(&target) && bench->text && strcmp(bench->text, target.context) == 0)
        *effect = bench->effect;
    return target;
}

/* ---- settings ---- */

static void set_lab(struct lab_bench *bench, const struct lab_settings *settings,
                    struct effect *effect)
{
    double began = clock_seconds();
    bench->refused.status = STATUS_OK;
    struct error err;
    if (lab_set_effect(bench->lab, settings, effect, &err))
        bench->refused = err;
    bench->seconds = clock_seconds() - began;
    lab_settings_done(&bench->at);
    lab_settings_copy(&bench->at, settings);
    effect_unref(bench->at_effect);
    bench->at_effect = effect_ref(effect);
    bench->is_set = true;
}

static bool bring(struct lab_bench *bench, const struct lab_settings *target,
                  struct effect *effect)
{
    if (bench->is_set && lab_settings_equal(&bench->at, target) &&
        bench->at_effect == effect) {
        bench->since = 0;
        return false;
    }
    bool is_slow = bench->is_set && bench->seconds * 1000 > SLOW_MS;
    if (is_slow && (bench->since <= 0 || !lab_settings_equal(&bench->wanted, target))) {
        lab_settings_done(&bench->wanted);
        lab_settings_copy(&bench->wanted, target);
        bench->since = clock_seconds();
        return true; /* it is stale from now on */
    }
    if (is_slow && clock_seconds() - bench->since < REST)
        return false;
    bench->since = 0;
    set_lab(bench, target, effect);
    return true;
}

bool lab_bench_update(struct lab_bench *bench, const struct state *state,
                      const struct lab_settings *wanted, bool is_typed,
                      struct lab_help *help)
{
    struct effect *effect;
    if (!bench->lab || !lab_bench_fits(bench, state)) {
        if (bench->live)
            live_forget(bench->live);
        return false;
    }
    bool further = lab_wants_effect(bench->lab) && follow(bench, wanted, is_typed, help);
    struct lab_settings target = reach(bench, wanted, &effect);
    further |= bring(bench, &target, effect);
    lab_settings_done(&target);
    return further;
}

bool lab_bench_waits(const struct lab_bench *bench)
{
    return bench->live &&
           (live_is_busy(bench->live) || live_at(bench->live).state == LIVE_WAITING);
}

void lab_bench_add_progress(const struct lab_bench *bench, struct text *out)
{
    if (!bench->live)
        return;
    if (bench->shown_percent > 0)
        text_printf(out, "encoding the context %d %%", bench->shown_percent);
    else if (bench->shown_percent == 0)
        text_add(out, "encoding the context");
}

int lab_bench_pause(const struct lab_bench *bench)
{
    double left = bench->since + REST - clock_seconds();
    int pause = bench->since <= 0 ? -1 : left > 0 ? (int)ceil(left * 1000) : 0;
    int asking = bench->live ? live_pause(bench->live) : -1;
    return pause < 0 || (asking >= 0 && asking < pause) ? asking : pause;
}

void lab_bench_fill(const struct lab_bench *bench, const struct lab_settings *wanted,
                    struct snapshot *snapshot)
{
    bool fits = snapshot->state->features && lab_bench_fits(bench, snapshot->state);
    snapshot->lab = fits && bench->is_set ? bench->lab : NULL;
    snapshot->lab_wrong = NULL;
    if (fits && bench->unreached.length)
        snapshot->lab_wrong = bench->unreached.bytes;
    else if (fits && bench->wrong.status)
        snapshot->lab_wrong = bench->wrong.message;
    else if (snapshot->lab && bench->refused.status)
        snapshot->lab_wrong = bench->refused.message;
    snapshot->lab_stale = snapshot->lab && !lab_settings_equal(&bench->at, wanted);
}
