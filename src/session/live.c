#include "session/live.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "encode/encoder.h"

enum step { STEP_FEW, STEP_SAMPLE, STEP_WHOLE, N_STEPS };

/* Seconds between two tries at most. */
static const double SELDOM = 30;

/* A wish of our own. */
struct wish {
    char *context;
    int32_t attribute;
    uint64_t seed;
    uint32_t *pairs;
    size_t n_pairs;
    bool is_whole;
};

/* What the worker is at. It alone reads and writes it until the job has ended. */
struct work {
    struct live *live;
    struct job *job; /* NULL: it rests */
    struct wish wish;
    enum step step;
    struct effect *before; /* with a count; NULL: none */
    struct effect *effect; /* what came of it; NULL: error says why */
    struct error error;
};

struct live {
    struct held_features *features;
    struct held_corpus *corpus;
    struct pool *pool;
    struct live_options options;

    struct wish wish; /* context NULL: none */
    struct effect *effect;
    struct error error; /* of the last try; status OK: it did not fail */
    enum step step;     /* the next; N_STEPS: there is none */
    double due;
    size_t failures; /* in a row */
    /* The last text that was read whole, and its effect: one comes back to it. */
    char *kept_context;
    struct effect *kept;

    struct work work;
    /* The worker's own, from one job to the next. */
    struct typed *typed;
    struct encoder_watch watch;
    struct cancel cancel;
    _Atomic double done, total;
    struct job *running;
    double woken;
};

/* ---- wishes ---- */

static void wish_done(struct wish *wish)
{
    free(wish->context);
    free(wish->pairs);
    *wish = (struct wish){0};
}

static struct wish wish_make(const struct live_wish *of)
{
    struct wish wish = {.context = mem_copy_text(of->context),
                        .attribute = of->attribute,
                        .seed = of->seed,
                        .pairs = mem_alloc((of->n_pairs + 1) * sizeof *wish.pairs),
                        .n_pairs = of->n_pairs,
                        .is_whole = of->is_whole};
    if (of->n_pairs)
        memcpy(wish.pairs, of->pairs, of->n_pairs * sizeof *wish.pairs);
    return wish;
}

static struct wish wish_copy(const struct wish *wish)
{
    const struct live_wish of = {wish->context, wish->attribute, wish->seed,
                                 wish->pairs,   wish->n_pairs,   wish->is_whole};
    return wish_make(&of);
}

static bool wish_equal(const struct wish *a, const struct live_wish *b)
{
    return a->context && strcmp(a->context, b->context) == 0 &&
           a->attribute == b->attribute && a->seed == b->seed &&
           a->is_whole == b->is_whole && a->n_pairs == b->n_pairs &&
           (!a->n_pairs || memcmp(a->pairs, b->pairs, a->n_pairs * sizeof *a->pairs) == 0);
}

/* ---- the worker ---- */

static void report(void *self, double done, double total)
{
    struct live *live = self;
    double now = clock_seconds();
    atomic_store(&live->done, done);
    atomic_store(&live->total, total);
    if (now - live->woken < 0.1)
        return;
    live->woken = now;
    job_wake(live->running);
}

/* Marks the prompts of pairs until `most` are marked; how many are then. */
static size_t mark_pairs(const struct features *features, const uint32_t *pairs, size_t n,
                         size_t marked, size_t most, uint8_t *marks)
{
    for (size_t i = 0; i < n && marked < most; i++) {
        int32_t prompt = features->pair_prompt[pairs[i]];
        marked += prompt >= 0 && !marks[prompt];
        if (prompt >= 0)
            marks[prompt] = 1;
    }
    return marked;
}

/* Marks the prompts that a step wants: those of the wish's pairs, and a sample of the candidates'. */
static void mark_sample(const struct features *features, const struct wish *wish,
                        enum step step, uint8_t *marks)
{
    struct rng rng;
    size_t few = step == STEP_FEW, most = few ? LIVE_FEW : LIVE_SAMPLE;
    size_t n = features_select(features, SPLIT_TRAIN, wish->attribute, NULL);
    uint32_t *pairs = mem_alloc((features->n_pairs + 1) * sizeof *pairs);
    features_select(features, SPLIT_TRAIN, wish->attribute, pairs);
    rng_init(&rng, wish->seed, 0);
    rng_shuffle(&rng, pairs, n);
    size_t own = few && wish->n_pairs ? 1 : wish->n_pairs;
    size_t marked = mark_pairs(features, wish->pairs, own, 0, SIZE_MAX, marks);
    mark_pairs(features, pairs, n, marked, most, marks);
    free(pairs);
}

static struct effect *encode(struct live *live, const struct work *work, struct error *err)
{
    const struct features *features = &live->features->features;
    const struct wish *wish = &work->wish;
    size_t P = features->prompt.n_rows;
    uint8_t *marks = mem_zero(P + 1);
    uint32_t *prompts = mem_alloc((P + 1) * sizeof *prompts);
    if (work->step == STEP_WHOLE) {
        effect_mark(features, wish->attribute, marks);
        mark_pairs(features, wish->pairs, wish->n_pairs, 0, SIZE_MAX, marks);
    } else {
        mark_sample(features, wish, work->step, marks);
    }
    const struct effect_wish asked = {.features = features,
                                      .corpus = live->corpus ? &live->corpus->corpus : NULL,
                                      .context = {wish->context, strlen(wish->context)},
                                      .prompts = prompts,
                                      .n = effect_list(features, marks, prompts),
                                      .before = work->before};
    live->watch.within = work->step == STEP_WHOLE ? 0 : live->options.patience;
    if (!live->typed)
        live->typed = typed_open(features, &live->watch, err);
    struct effect *effect = live->typed ? effect_encode(live->typed, &asked, err) : NULL;
    free(marks);
    free(prompts);
    return effect;
}

static void run(void *self, struct job *job)
{
    struct work *work = self;
    struct live *live = work->live;
    live->running = job;
    work->effect = encode(live, work, &work->error);
    /* A server that was away may be another one when it is back: it is asked who it is. */
    if (!work->effect && work->error.status != STATUS_CANCELLED) {
        typed_free(live->typed);
        live->typed = NULL;
    }
}

static void start(struct live *live)
{
    struct work *work = &live->work;
    work->live = live;
    work->wish = wish_copy(&live->wish);
    work->step = live->step;
    work->before = effect_ref(live->effect);
    work->effect = NULL;
    atomic_store(&live->cancel.asked, false);
    atomic_store(&live->done, 0);
    atomic_store(&live->total, 0);
    work->job = pool_start(live->pool, run, work);
}

/* ---- taking in what has ended ---- */

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void put(struct effect **place, struct effect *effect)
{
    effect_unref(*place);
    *place = effect;
}

static bool covers(const struct live *live, const struct wish *wish)
{
    const struct features *features = &live->features->features;
    for (size_t i = 0; i < wish->n_pairs; i++) {
        int32_t prompt = features->pair_prompt[wish->pairs[i]];
        if (prompt >= 0 && !effect_has(live->effect, (uint32_t)prompt))
            return false;
    }
    return true;
}

static void take_effect(struct live *live, struct work *work)
{
    put(&live->effect, effect_ref(work->effect));
    live->error.status = STATUS_OK;
    live->failures = 0;
    live->due = 0;
    enum step last = live->wish.is_whole ? STEP_WHOLE : STEP_SAMPLE;
    bool is_last = work->step >= last || !work->effect->n;
    bool is_same = work->wish.attribute == live->wish.attribute;
    if (work->step == live->step)
        live->step = is_last && is_same && covers(live, &live->wish) ? N_STEPS
                     : work->step < last                             ? work->step + 1
                                                                     : last;
    if (work->step < STEP_WHOLE)
        return;
    free(live->kept_context);
    live->kept_context = mem_copy_text(live->wish.context);
    put(&live->kept, effect_ref(work->effect));
}

/* Whether it is the text, or this machine: trying again does not help. */
static bool is_at_fault(const struct error *error)
{
    return error->status == STATUS_USAGE || error->status == STATUS_NO_MEMORY;
}

static void take_failure(struct live *live, const struct error *error)
{
    double wait = live->options.again * pow(2, (double)live->failures);
    live->error = *error;
    live->failures += live->failures < 30;
    live->due = is_at_fault(error) ? HUGE_VAL : clock_seconds() + fmin(wait, SELDOM);
}

static void take_work(struct live *live)
{
    struct work *work = &live->work;
    job_free(work->job);
    work->job = NULL;
    if (same_text(work->wish.context, live->wish.context)) {
        if (work->effect)
            take_effect(live, work);
        else if (work->error.status != STATUS_CANCELLED)
            take_failure(live, &work->error);
    }
    wish_done(&work->wish);
    put(&work->before, NULL);
    put(&work->effect, NULL);
}

/* ---- the front end's side ---- */

struct live *live_create(struct held_features *features, struct held_corpus *corpus,
                         struct pool *pool, const struct live_options *options)
{
    const struct live_options none = {0}, *of = options ? options : &none;
    struct live *live = mem_zero(sizeof *live);
    live->features = held_features_ref(features);
    live->corpus = held_corpus_ref(corpus);
    live->pool = pool;
    live->options.rest = of->rest > 0 ? of->rest : 0.15;
    live->options.patience = of->patience > 0 ? of->patience : 30;
    live->options.again = of->again > 0 ? of->again : 2;
    live->watch =
        (struct encoder_watch){.progress = report, .self = live, .cancel = &live->cancel};
    live->step = N_STEPS;
    return live;
}

void live_forget(struct live *live)
{
    cancel_ask(&live->cancel);
    wish_done(&live->wish);
    put(&live->effect, NULL);
    live->error.status = STATUS_OK;
    live->step = N_STEPS;
    live->failures = 0;
}

/* Another text: everything from the start, but for one that was read whole before. */
static void begin(struct live *live, const struct live_wish *wish)
{
    struct error error = live->error;
    size_t failures = live->failures;
    live_forget(live);
    live->wish = wish_make(wish);
    live->step = STEP_FEW;
    if (error.status &&
        !is_at_fault(&error)) { /* who was away is so until an answer comes */
        live->error = error;
        live->failures = failures;
    }
    live->due = clock_seconds() + live->options.rest;
    if (!same_text(live->kept_context, wish->context))
        return;
    live->effect = effect_ref(live->kept);
    live->step = wish->is_whole ? STEP_WHOLE : STEP_SAMPLE;
    live->due = 0;
}

void live_ask(struct live *live, const struct live_wish *wish)
{
    if (wish_equal(&live->wish, wish))
        return;
    if (!same_text(live->wish.context, wish->context)) {
        begin(live, wish);
        return;
    }
    struct wish old = live->wish;
    bool was_whole = live->step == N_STEPS && old.is_whole;
    bool is_same = old.attribute == wish->attribute;
    live->wish = wish_make(wish);
    wish_done(&old);
    if (!is_same)
        cancel_ask(&live->cancel);
    if (live->step < N_STEPS ||
        (is_same && (was_whole || !wish->is_whole) && covers(live, &live->wish)))
        return;
    live->step = wish->is_whole ? STEP_WHOLE : STEP_SAMPLE;
    live->due = 0;
}

bool live_poll(struct live *live)
{
    bool is_new = false;
    if (live->work.job && job_ended(live->work.job)) {
        take_work(live);
        is_new = true;
    }
    if (!live->work.job && live->wish.context && live->step < N_STEPS &&
        clock_seconds() >= live->due) {
        start(live);
        is_new = true;
    }
    return is_new;
}

int live_pause(const struct live *live)
{
    if (live->work.job || !live->wish.context || live->step == N_STEPS || isinf(live->due))
        return -1;
    double left = live->due - clock_seconds();
    return left > 0 ? (int)ceil(left * 1000) : 0;
}

struct live_at live_at(const struct live *live)
{
    struct live_at at = {.effect = live->effect};
    if (live->wish.context)
        at.state = live->error.status     ? LIVE_FAILED
                   : live->step < N_STEPS ? LIVE_WAITING
                                          : LIVE_READY;
    at.wrong = at.state == LIVE_FAILED ? live->error.message : NULL;
    if (live->work.job && same_text(live->work.wish.context, live->wish.context)) {
        at.done = atomic_load(&live->done);
        at.total = atomic_load(&live->total);
    }
    return at;
}

bool live_is_busy(const struct live *live)
{
    return live->work.job && !job_ended(live->work.job);
}

void live_wait(struct live *live)
{
    if (live->work.job)
        job_wait(live->work.job);
}

void live_free(struct live *live)
{
    if (!live)
        return;
    live_forget(live);
    if (live->work.job) {
        job_wait(live->work.job);
        take_work(live);
    }
    effect_unref(live->kept);
    free(live->kept_context);
    typed_free(live->typed);
    held_features_unref(live->features);
    held_corpus_unref(live->corpus);
    free(live);
}
