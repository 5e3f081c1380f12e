#include "ui/backing.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ui/lab_bench.h"

/* KEPT: analyses at hand. */
enum { KEPT = 6 };

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

enum work_kind { WORK_ANALYSIS, WORK_LAB };

/* What the worker is at. */
struct work {
    enum work_kind kind;
    struct job *job;
    struct analysis *analysis; /* with a count */
    enum analysis_stage until;
    struct lab_bench bench; /* of WORK_LAB: counts, and what came of it */
    struct error error;
    enum status status;
};

struct backing {
    struct workspace *workspace;
    struct pool *pool;
    struct kept kept[KEPT];
    size_t n_kept;
    struct lab_bench bench;
    struct lab_help help;
    struct live *leaving; /* of the lab before: its worker ends in a moment; NULL: none */
    bool is_typed;        /* a context is being typed, */
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
    work->status = lab_bench_make(&work->bench);
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

/* Whether there are features and a model of which no lab was made or tried. */
static bool wants_lab(const struct backing *backing)
{
    const struct state *state = workspace_state(backing->workspace);
    return state->features && state->model &&
           !lab_bench_fits(&backing->bench, workspace_state(backing->workspace));
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
    lab_bench_open(&work->bench, state);
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
    lab_bench_done(&work->bench);
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

/* What the old lab still asks of an encoder is broken off, which nobody waits for. */
static void leave_live(struct backing *backing)
{
    struct live *live = backing->bench.live;
    if (!live)
        return;
    backing->bench.live = NULL;
    live_forget(live);
    live_free(backing->leaving);
    backing->leaving = live;
}

static void take_work(struct backing *backing)
{
    struct work *work = backing->work;
    backing->work = NULL;
    if (work->kind == WORK_ANALYSIS) {
        take_analysis(backing, work);
    } else if (lab_bench_fits(&work->bench, workspace_state(backing->workspace))) {
        leave_live(backing);
        lab_bench_done(&backing->bench);
        backing->bench = work->bench;
        work->bench = (struct lab_bench){0};
    }
    free_work(work);
}

/* ---- what the lab is brought to ---- */

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

static const struct lab_settings *wanted_settings(const struct backing *backing)
{
    return backing->is_typed ? &backing->typed : &workspace_state(backing->workspace)->lab;
}

/* ---- the front end's side ---- */

int backing_pause(const struct backing *backing)
{
    return lab_bench_pause(&backing->bench);
}

struct backing *backing_create(struct workspace *workspace)
{
    struct backing *backing = mem_zero(sizeof *backing);
    backing->workspace = workspace;
    /* One for what is made here, one for what is asked of an encoder. */
    backing->pool = pool_create(2);
    backing->help.pool = backing->pool;
    backing->shown_percent = -1;
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
    leave_live(backing);
    live_free(backing->leaving);
    pool_free(backing->pool);
    for (size_t i = 0; i < backing->n_kept; i++)
        drop_kept(&backing->kept[i]);
    lab_bench_done(&backing->bench);
    lab_settings_done(&backing->typed);
    free(backing);
}

void backing_set_patience(struct backing *backing, const struct live_options *options)
{
    backing->help.options = *options;
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

static void fill(const struct backing *backing, struct snapshot *snapshot,
                 const struct kept *kept, const struct kept *pinned)
{
    snapshot->analysis = kept ? kept->analysis : NULL;
    snapshot->analysis_wrong = kept && kept->wrong.status ? kept->wrong.message : NULL;
    snapshot->pinned = pinned ? pinned->analysis : NULL;
    lab_bench_fill(&backing->bench, wanted_settings(backing), snapshot);
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
    if (backing->leaving && !live_is_busy(backing->leaving)) {
        live_free(backing->leaving);
        backing->leaving = NULL;
    }
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
    further |= lab_bench_update(&backing->bench, state, wanted_settings(backing),
                                backing->is_typed, &backing->help);
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
    else
        lab_bench_add_progress(&backing->bench, out);
}

/* Until the lab has something to do, which it is not woken for, or its worker ends. */
static void rest(const struct backing *backing)
{
    enum { LOOK_MS = 20 };
    int pause = lab_bench_pause(&backing->bench);
    bool waits = lab_bench_waits(&backing->bench);
    if (waits && (pause < 0 || pause > LOOK_MS))
        pause = LOOK_MS;
    if (waits || backing->bench.since > 0)
        poll(NULL, 0, pause);
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
        rest(backing);
    } while (backing->work || backing->bench.since > 0 || lab_bench_waits(&backing->bench));
    free(typed);
}
