#include "ui/backing.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

/* KEPT: analyses at hand. SLOW_MS: a lab that takes longer to bring to other settings waits until
 * they have rested for REST seconds. */
enum { KEPT = 6, SLOW_MS = 20 };
static const double rest = 0.12;

/* An analysis of files that are held; a failed one is kept too, so that it is not tried again. */
struct kept {
    struct held_features *features; /* with counts */
    struct held_model *model;
    struct held_corpus *corpus; /* may be NULL */
    struct analysis *analysis;  /* NULL: not to be had */
    struct error wrong;         /* why it went no further; status OK: nothing is wrong */
    bool ended;
    uint64_t used; /* when it was wanted last, in updates */
};

/* The lab, and what it was made of. */
struct bench {
    struct held_features *features;
    struct held_model *model;
    struct held_corpus *corpus;
    struct lab *lab;
    struct error wrong;     /* why there is none; status OK: nothing is wrong */
    struct lab_settings at; /* what it was brought to, or was refused at last */
    struct error refused;   /* why not to those; status OK: it was */
    bool is_set;
    struct lab_settings wanted; /* and since when, while they do not rest */
    double since, seconds;      /* seconds: that the last lab_set took */
};

enum work_kind { WORK_ANALYSIS, WORK_LAB };

/* What the worker is at. */
struct work {
    enum work_kind kind;
    struct job *job;
    struct analysis *analysis; /* with a count */
    enum analysis_stage until;
    struct bench bench; /* of WORK_LAB: counts, and what came of it */
    struct error error;
    enum status status;
};

struct backing {
    struct workspace *workspace;
    struct pool *pool;
    struct kept kept[KEPT];
    size_t n_kept;
    struct bench bench;
    bool is_typed;             /* a context is being typed, */
    struct lab_settings typed; /* and these are the state's with it */
    struct work *work;         /* NULL: the worker rests */
    uint64_t updates;
    int shown_percent;
    struct analysis *shown, *shown_pinned;
    enum analysis_stage shown_stage, shown_pinned_stage;
};

/* ---- the worker ---- */

static void analyse(struct work *work, struct job *job)
{
    struct cancel *cancel = job_cancel(job);
    double woken = clock_seconds();
    enum analysis_stage stage = analysis_stage(work->analysis);
    while (!work->status && !cancel_asked(cancel) && !analysis_finished(work->analysis) &&
           analysis_stage(work->analysis) < work->until) {
        work->status = analysis_step(work->analysis, &work->error);
        double now = clock_seconds();
        if (analysis_stage(work->analysis) == stage && now - woken < 0.1)
            continue;
        stage = analysis_stage(work->analysis);
        woken = now;
        job_wake(job);
    }
}

static void run(void *self, struct job *job)
{
    struct work *work = self;
    if (work->kind == WORK_ANALYSIS) {
        analyse(work, job);
        return;
    }
    struct bench *bench = &work->bench;
    bench->lab = lab_create(bench->features, bench->model, bench->corpus, &work->error);
    work->status = bench->lab ? STATUS_OK : work->error.status;
}

static void start(struct backing *backing, struct work *work)
{
    backing->work = work;
    work->job = pool_start(backing->pool, run, work);
}

/* ---- what is kept ---- */

static void drop_kept(struct kept *kept)
{
    analysis_unref(kept->analysis);
    held_features_unref(kept->features);
    held_model_unref(kept->model);
    held_corpus_unref(kept->corpus);
    *kept = (struct kept){0};
}

static void drop_bench(struct bench *bench)
{
    lab_free(bench->lab);
    held_features_unref(bench->features);
    held_model_unref(bench->model);
    held_corpus_unref(bench->corpus);
    lab_settings_done(&bench->at);
    lab_settings_done(&bench->wanted);
    *bench = (struct bench){0};
}

static struct kept *room_for_one(struct backing *backing)
{
    if (backing->n_kept < KEPT)
        return &backing->kept[backing->n_kept++];
    struct kept *oldest = &backing->kept[0];
    for (size_t i = 1; i < KEPT; i++)
        if (backing->kept[i].used < oldest->used)
            oldest = &backing->kept[i];
    drop_kept(oldest);
    return oldest;
}

/* The analysis of what the state holds with that model; begun when there is none. */
static struct kept *find_kept(struct backing *backing, struct held_model *model)
{
    const struct state *state = workspace_state(backing->workspace);
    if (!state->features || !model)
        return NULL;
    struct kept *kept = NULL;
    for (size_t i = 0; i < backing->n_kept && !kept; i++) {
        struct kept *one = &backing->kept[i];
        if (one->features == state->features && one->model == model &&
            one->corpus == state->corpus)
            kept = one;
    }
    if (!kept) {
        const struct analysis_options options = analysis_defaults();
        kept = room_for_one(backing);
        *kept = (struct kept){.features = held_features_ref(state->features),
                              .model = held_model_ref(model),
                              .corpus = held_corpus_ref(state->corpus)};
        kept->analysis =
            analysis_create(state->features, model, state->corpus, &options, &kept->wrong);
        kept->ended = !kept->analysis;
        if (kept->analysis)
            kept->wrong.status = STATUS_OK;
    }
    kept->used = backing->updates;
    return kept;
}

/* ---- what is to be done next ---- */

static bool bench_fits(const struct backing *backing, const struct bench *bench)
{
    const struct state *state = workspace_state(backing->workspace);
    return bench->features == state->features && bench->model == state->model &&
           bench->corpus == state->corpus;
}

/* Whether there are features and a model of which no lab was made or tried. */
static bool wants_lab(const struct backing *backing)
{
    const struct state *state = workspace_state(backing->workspace);
    return state->features && state->model && !bench_fits(backing, &backing->bench);
}

static bool lacks(const struct kept *kept, enum analysis_stage stage)
{
    return kept && !kept->ended && analysis_stage(kept->analysis) < stage;
}

static struct work *make_analysis(const struct kept *kept, enum analysis_stage until)
{
    struct work *work = mem_zero(sizeof *work);
    work->kind = WORK_ANALYSIS;
    work->analysis = analysis_ref(kept->analysis);
    work->until = until;
    return work;
}

static struct work *make_lab(const struct backing *backing)
{
    const struct state *state = workspace_state(backing->workspace);
    struct work *work = mem_zero(sizeof *work);
    work->kind = WORK_LAB;
    work->bench.features = held_features_ref(state->features);
    work->bench.model = held_model_ref(state->model);
    work->bench.corpus = held_corpus_ref(state->corpus);
    return work;
}

/* First what every view shows, then the lab, then the rest, then the pinned model. */
static struct work *next_work(const struct backing *backing, const struct kept *kept,
                              const struct kept *pinned)
{
    if (lacks(kept, ANALYSIS_CELLS))
        return make_analysis(kept, ANALYSIS_CELLS);
    if (wants_lab(backing))
        return make_lab(backing);
    if (lacks(kept, ANALYSIS_WHOLE))
        return make_analysis(kept, ANALYSIS_WHOLE);
    if (lacks(pinned, ANALYSIS_WHOLE))
        return make_analysis(pinned, ANALYSIS_WHOLE);
    return NULL;
}

/* Something more urgent came up, or nobody wants it any more. */
static bool is_overtaken(const struct backing *backing, const struct kept *kept,
                         const struct kept *pinned)
{
    const struct work *work = backing->work;
    if (work->kind == WORK_LAB)
        return false; /* cannot be stopped halfway */
    bool is_current = kept && work->analysis == kept->analysis;
    if (is_current)
        return work->until > ANALYSIS_CELLS && wants_lab(backing);
    return !pinned || work->analysis != pinned->analysis || wants_lab(backing) ||
           lacks(kept, ANALYSIS_WHOLE);
}

/* ---- taking in what has ended ---- */

static void free_work(struct work *work)
{
    job_free(work->job);
    analysis_unref(work->analysis);
    drop_bench(&work->bench);
    free(work);
}

static void take_analysis(struct backing *backing, const struct work *work)
{
    for (size_t i = 0; i < backing->n_kept; i++) {
        struct kept *kept = &backing->kept[i];
        if (kept->analysis != work->analysis)
            continue;
        kept->ended = work->status || analysis_finished(work->analysis);
        if (work->status)
            kept->wrong = work->error;
    }
}

static void take_work(struct backing *backing)
{
    struct work *work = backing->work;
    backing->work = NULL;
    if (work->kind == WORK_ANALYSIS) {
        take_analysis(backing, work);
    } else if (bench_fits(backing, &work->bench)) {
        drop_bench(&backing->bench);
        backing->bench = work->bench;
        backing->bench.wrong = work->error;
        backing->bench.wrong.status = work->status;
        work->bench = (struct bench){0};
    }
    free_work(work);
}

/* ---- the lab's settings ---- */

static void take_typed(struct backing *backing, const char *context)
{
    backing->is_typed = context != NULL;
    if (!context)
        return;
    struct lab_settings old = backing->typed;
    lab_settings_copy(&backing->typed, &workspace_state(backing->workspace)->lab);
    lab_settings_set_context(&backing->typed, context);
    backing->typed.known = -1;
    lab_settings_done(&old);
}

/* What the lab is to be brought to. */
static const struct lab_settings *wanted_settings(const struct backing *backing)
{
    return backing->is_typed ? &backing->typed : &workspace_state(backing->workspace)->lab;
}

static void set_lab(struct bench *bench, const struct lab_settings *settings)
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

/* A slow lab waits until the settings rest. Whether it got anywhere. */
static bool update_lab(struct backing *backing)
{
    struct bench *bench = &backing->bench;
    const struct lab_settings *wanted = wanted_settings(backing);
    if (!bench->lab || !bench_fits(backing, bench))
        return false;
    if (bench->is_set && lab_settings_equal(&bench->at, wanted))
        return false;
    bool is_slow = bench->is_set && bench->seconds * 1000 > SLOW_MS;
    if (is_slow && (bench->since <= 0 || !lab_settings_equal(&bench->wanted, wanted))) {
        lab_settings_done(&bench->wanted);
        lab_settings_copy(&bench->wanted, wanted);
        bench->since = clock_seconds();
        return true; /* it is stale from now on */
    }
    if (is_slow && clock_seconds() - bench->since < rest)
        return false;
    bench->since = 0;
    set_lab(bench, wanted);
    return true;
}

int backing_pause(const struct backing *backing)
{
    if (backing->bench.since <= 0)
        return -1;
    double left = backing->bench.since + rest - clock_seconds();
    return left > 0 ? (int)ceil(left * 1000) : 0;
}

/* ---- the front end's side ---- */

struct backing *backing_create(struct workspace *workspace)
{
    struct backing *backing = mem_zero(sizeof *backing);
    backing->workspace = workspace;
    backing->pool = pool_create(1);
    return backing;
}

void backing_free(struct backing *backing)
{
    if (!backing)
        return;
    if (backing->work) {
        cancel_ask(job_cancel(backing->work->job));
        free_work(backing->work);
    }
    pool_free(backing->pool);
    for (size_t i = 0; i < backing->n_kept; i++)
        drop_kept(&backing->kept[i]);
    drop_bench(&backing->bench);
    lab_settings_done(&backing->typed);
    free(backing);
}

int backing_wake_fd(const struct backing *backing)
{
    return pool_wake_fd(backing->pool);
}

static int percent(const struct backing *backing)
{
    const struct work *work = backing->work;
    return work && work->kind == WORK_ANALYSIS ? (int)(100 * analysis_share(work->analysis))
                                               : -1;
}

static void fill_lab(const struct backing *backing, struct snapshot *snapshot)
{
    const struct bench *bench = &backing->bench;
    const struct lab_settings *wanted = wanted_settings(backing);
    bool fits = snapshot->state->features && bench_fits(backing, bench);
    snapshot->lab = fits && bench->is_set ? bench->lab : NULL;
    snapshot->lab_wrong = NULL;
    if (fits && bench->wrong.status)
        snapshot->lab_wrong = bench->wrong.message;
    else if (snapshot->lab && bench->refused.status)
        snapshot->lab_wrong = bench->refused.message;
    snapshot->lab_stale = snapshot->lab && !lab_settings_equal(&bench->at, wanted);
}

static void fill(const struct backing *backing, struct snapshot *snapshot,
                 const struct kept *kept, const struct kept *pinned)
{
    snapshot->analysis = kept ? kept->analysis : NULL;
    snapshot->analysis_wrong = kept && kept->wrong.status ? kept->wrong.message : NULL;
    snapshot->pinned = pinned ? pinned->analysis : NULL;
    fill_lab(backing, snapshot);
}

/* Whether the analyses are others than at the last update, or further. */
static bool is_further(struct backing *backing, const struct snapshot *snapshot)
{
    enum analysis_stage stage =
        snapshot->analysis ? analysis_stage(snapshot->analysis) : ANALYSIS_NOTHING;
    enum analysis_stage pinned =
        snapshot->pinned ? analysis_stage(snapshot->pinned) : ANALYSIS_NOTHING;
    int now = percent(backing);
    bool further = snapshot->analysis != backing->shown ||
                   snapshot->pinned != backing->shown_pinned ||
                   stage != backing->shown_stage || pinned != backing->shown_pinned_stage ||
                   now != backing->shown_percent;
    backing->shown = snapshot->analysis;
    backing->shown_pinned = snapshot->pinned;
    backing->shown_stage = stage;
    backing->shown_pinned_stage = pinned;
    backing->shown_percent = now;
    return further;
}

bool backing_update(struct backing *backing, struct snapshot *snapshot)
{
    const struct state *state = workspace_state(backing->workspace);
    bool further = false;
    pool_drain(backing->pool);
    take_typed(backing, snapshot->typed_context);
    backing->updates++;
    if (backing->work && job_ended(backing->work->job)) {
        take_work(backing);
        further = true;
    }
    struct kept *kept = find_kept(backing, state->model);
    struct kept *pinned =
        state->pinned == state->model ? kept : find_kept(backing, state->pinned);
    if (backing->work && is_overtaken(backing, kept, pinned))
        cancel_ask(job_cancel(backing->work->job));
    struct work *work = backing->work ? NULL : next_work(backing, kept, pinned);
    if (work)
        start(backing, work);
    further |= update_lab(backing);
    fill(backing, snapshot, kept, pinned);
    return is_further(backing, snapshot) || further;
}

void backing_add_progress(const struct backing *backing, struct text *out)
{
    const struct work *work = backing->work;
    if (work && work->kind == WORK_LAB)
        text_add(out, "preparing contexts");
    else if (work)
        text_printf(out, "analysing %d %%", percent(backing));
}

void backing_wait(struct backing *backing)
{
    /* What is typed stays so: the text is the settings' own, which are made anew meanwhile. */
    char *typed = backing->is_typed ? mem_copy_text(backing->typed.context) : NULL;
    struct snapshot snapshot = {.typed_context = typed};
    do {
        if (backing->work)
            job_wait(backing->work->job);
        snapshot.state = workspace_state(backing->workspace);
        backing_update(backing, &snapshot);
        if (backing->bench.since > 0)
            poll(NULL, 0, backing_pause(backing));
    } while (backing->work || backing->bench.since > 0);
    free(typed);
}
