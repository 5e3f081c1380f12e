#include "ui/lab_bench.h"

#include <math.h>

#include "base/clock.h"

/* SLOW_MS: what takes longer waits until the settings have rested for REST seconds. */
enum { SLOW_MS = 20 };
static const double REST = 0.12;

void lab_bench_open(struct lab_bench *bench, const struct state *state)
{
    *bench = (struct lab_bench){.features = held_features_ref(state->features),
                                .model = held_model_ref(state->model),
                                .corpus = held_corpus_ref(state->corpus)};
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

static void set_lab(struct lab_bench *bench, const struct lab_settings *settings)
{
    double began = clock_seconds();
    bench->refused.status = STATUS_OK;
    struct error err;
    if (lab_set(bench->lab, settings, &err))
        bench->refused = err;
    bench->seconds = clock_seconds() - began;
    lab_settings_done(&bench->at);
    lab_settings_copy(&bench->at, settings);
    bench->is_set = true;
}

bool lab_bench_update(struct lab_bench *bench, const struct state *state,
                      const struct lab_settings *wanted)
{
    if (!bench->lab || !lab_bench_fits(bench, state))
        return false;
    if (bench->is_set && lab_settings_equal(&bench->at, wanted)) {
        bench->since = 0;
        return false;
    }
    bool is_slow = bench->is_set && bench->seconds * 1000 > SLOW_MS;
    if (is_slow && (bench->since <= 0 || !lab_settings_equal(&bench->wanted, wanted))) {
        lab_settings_done(&bench->wanted);
        lab_settings_copy(&bench->wanted, wanted);
        bench->since = clock_seconds();
        return true; /* it is stale from now on */
    }
    if (is_slow && clock_seconds() - bench->since < REST)
        return false;
    bench->since = 0;
    set_lab(bench, wanted);
    return true;
}

int lab_bench_pause(const struct lab_bench *bench)
{
    if (bench->since <= 0)
        return -1;
    double left = bench->since + REST - clock_seconds();
    return left > 0 ? (int)ceil(left * 1000) : 0;
}

void lab_bench_fill(const struct lab_bench *bench, struct snapshot *snapshot,
                    const struct lab_settings *wanted)
{
    bool fits = snapshot->state->features && lab_bench_fits(bench, snapshot->state);
    snapshot->lab = fits && bench->is_set ? bench->lab : NULL;
    snapshot->lab_wrong = NULL;
    if (fits && bench->wrong.status)
        snapshot->lab_wrong = bench->wrong.message;
    else if (snapshot->lab && bench->refused.status)
        snapshot->lab_wrong = bench->refused.message;
    snapshot->lab_stale = snapshot->lab && !lab_settings_equal(&bench->at, wanted);
}
