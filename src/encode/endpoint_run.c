#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "encode/endpoint_reply.h"
#include "encode/endpoint_run_inside.h"

/* Seconds: between looks at the cancel flag, and in which a server must say how it is. */
static const double look_often = 0.1, health_within = 5;

/* Tokens of a request that has bulk_seconds; longer ones have more. */
enum { UNIT_TOKENS = 8192 };

/* A server that was found to be slow has so many times the time it should need, up to so many times
 * bulk_seconds. */
static const double patience = 4, most_patience = 10;

void endpoint_run_spread(struct endpoint_run *run, size_t item, const float *row)
{
    size_t n = plan_count(&run->plan, item);
    for (size_t i = 0; i < n; i++)
        memcpy(run->out + plan_text(&run->plan, item, i) * run->width, row,
               run->width * sizeof *row);
    run->done += n;
}

static void take_cached(void *self, size_t item, float *row)
{
    struct endpoint_run *run = self;
    endpoint_restore(run->endpoint, row, 1);
    endpoint_run_spread(run, item, row);
    run->cached = run->done;
}

struct endpoint_run *endpoint_run_start(struct endpoint *endpoint,
                                        const struct endpoint_text *texts, size_t n,
                                        const struct run_options *options)
{
    struct endpoint_run *run = mem_zero(sizeof *run);
    run->endpoint = endpoint;
    run->n = n;
    run->options = *options;
    run->width = endpoint->width;
    run->synced = clock_seconds();
    run->slots = mem_zero(endpoint->jobs * sizeof *run->slots);
    run->out = options->out;
    if (!run->out && run->width)
        run->out = run->own = mem_zero(n * run->width * sizeof *run->own);
    plan_make(&run->plan, texts, n, options->template, endpoint->identity,
              endpoint->cancel);
    plan_list(&run->plan, options->is_probe ? NULL : endpoint->cache, run->width,
              take_cached, run, endpoint->cancel);
    return run;
}

void endpoint_run_free(struct endpoint_run *run)
{
    if (!run)
        return;
    wire_drop(run->endpoint->wire);
    if (run->endpoint->cache && run->n_accepted && !run->options.is_probe)
        vector_cache_sync(run->endpoint->cache, NULL);
    free(run->own);
    plan_done(&run->plan);
    free(run->waiting);
    free(run->slots);
    free(run);
}

/* ---- the end ---- */

void endpoint_run_end(struct endpoint_run *run, enum status status,
                      const struct error *error)
{
    run->is_over = true;
    run->status = status;
    if (status)
        run->error = *error;
    run->error.status = status;
    wire_drop(run->endpoint->wire);
}

void endpoint_run_poison(const struct endpoint_run *run, size_t text)
{
    for (size_t i = 0; run->out && i < run->width; i++)
        run->out[text * run->width + i] = NAN;
}

/* All texts are there, or have failed. */
static void end_whole(struct endpoint_run *run)
{
    struct error err = run->refusal;
    if (!run->n_failed || run->options.failed) {
        endpoint_run_end(run, STATUS_OK, &err);
        return;
    }
    if (run->n > 1) {
        if (run->n_failed > 1)
            error_prefix(&err, "text %zu of %zu (and %zu more)", run->first_failed + 1,
                         run->n, run->n_failed - 1);
        else
            error_prefix(&err, "text %zu of %zu", run->first_failed + 1, run->n);
    }
    endpoint_run_end(run, endpoint_blame(run->endpoint, &err), &err);
}

enum status endpoint_run_finish(struct endpoint_run *run, struct error *err)
{
    if (run->status) {
        for (size_t i = 0; i < run->n; i++)
            endpoint_run_poison(run, i);
        if (err)
            *err = run->error;
    }
    return run->status;
}

float *endpoint_run_take_rows(struct endpoint_run *run, size_t *width)
{
    float *rows = run->own;
    *width = run->width;
    run->own = NULL;
    return rows;
}

/* ---- requests ---- */

/* Seconds in all, where somebody waits. */
static double live_limit(const struct endpoint *endpoint)
{
    return endpoint->patience > 0 ? endpoint->patience : endpoint->live_seconds;
}

static double time_limit(const struct endpoint_run *run, size_t n_tokens)
{
    const struct endpoint *endpoint = run->endpoint;
    if (run->options.is_live)
        return live_limit(endpoint) - (clock_seconds() - run->options.began);
    double seconds = endpoint->bulk_seconds * fmax(1, (double)n_tokens / UNIT_TOKENS);
    double needed = patience * endpoint->token_seconds * (double)n_tokens;
    return fmax(seconds, fmin(needed, most_patience * endpoint->bulk_seconds));
}

static void post(struct endpoint_run *run, size_t index, struct batch batch)
{
    struct endpoint *endpoint = run->endpoint;
    struct text *body = wire_body(endpoint->wire, index);
    size_t n_tokens = 0;
    endpoint_request_begin(body, &endpoint->address);
    for (size_t i = 0; i < batch.n; i++) {
        size_t item = run->plan.todo[batch.first + i];
        endpoint_request_add(body, plan_render(&run->plan, item));
        n_tokens += plan_tokens(&run->plan, item);
    }
    endpoint_request_end(body, &endpoint->address, endpoint->profile);
    run->slots[index] =
        (struct slot){.is_busy = true, .n_tokens = n_tokens, .batch = batch};
    wire_post(endpoint->wire, index, endpoint_reply_most(batch.n, run->width),
              time_limit(run, n_tokens), batch.is_fresh);
}

static bool find_batch(struct endpoint_run *run, double now, struct batch *batch)
{
    for (size_t i = 0; i < run->n_waiting; i++)
        if (run->waiting[i].due <= now) {
            *batch = run->waiting[i];
            run->waiting[i] = run->waiting[--run->n_waiting];
            return true;
        }
    *batch = (struct batch){.first = run->plan.next};
    batch->n = plan_cut(&run->plan, run->endpoint->batch, run->endpoint->token_budget);
    return batch->n > 0;
}

static void ask_health(struct endpoint_run *run, double now)
{
    for (size_t i = 0; i < run->endpoint->jobs; i++)
        if (run->slots[i].is_busy && run->slots[i].is_health)
            return;
    if (now < run->health_due)
        return;
    for (size_t i = 0; i < run->endpoint->jobs; i++)
        if (!run->slots[i].is_busy) {
            run->slots[i] = (struct slot){.is_busy = true, .is_health = true};
            wire_get_health(run->endpoint->wire, i, health_within);
            return;
        }
}

static void fill_slots(struct endpoint_run *run, double now)
{
    if (run->is_loading) {
        ask_health(run, now);
        return;
    }
    if (now < run->pause_until)
        return;
    struct batch batch;
    for (size_t i = 0; i < run->endpoint->jobs; i++)
        if (!run->slots[i].is_busy && find_batch(run, now, &batch))
            post(run, i, batch);
}

static void check_clock(struct endpoint_run *run, double now)
{
    struct error err;
    double limit = BACKOFF_LOADING_SECONDS / run->endpoint->hurry;
    if (run->is_loading && now - run->loading_since > limit)
        error_set(&err, STATUS_IO, "the server has been loading its model for %.0f seconds",
                  BACKOFF_LOADING_SECONDS);
    else if (run->options.is_live && now - run->options.began > live_limit(run->endpoint))
        error_set(&err, STATUS_IO, "no answer within %.3g seconds%s",
                  live_limit(run->endpoint),
                  run->is_loading ? ": the server loads its model" : "");
    else
        return;
    endpoint_run_end(run, endpoint_blame(run->endpoint, &err), &err);
}

static bool has_work(const struct endpoint_run *run)
{
    bool has = run->n_waiting || run->plan.next < run->plan.n_todo;
    for (size_t i = 0; i < run->endpoint->jobs; i++)
        has = has || run->slots[i].is_busy;
    return has;
}

bool endpoint_run_step(struct endpoint_run *run)
{
    struct wire_answer answer;
    if (!run->is_over && cancel_asked(run->endpoint->cancel)) {
        struct error err;
        endpoint_run_end(run, error_set(&err, STATUS_CANCELLED, "stopped"), &err);
    }
    while (!run->is_over && wire_next(run->endpoint->wire, &answer))
        endpoint_run_take(run, &answer);
    double now = clock_seconds();
    if (!run->is_over)
        check_clock(run, now);
    if (!run->is_over)
        fill_slots(run, now);
    if (!run->is_over && !has_work(run))
        end_whole(run);
    return run->is_over;
}

double endpoint_run_pause(const struct endpoint_run *run)
{
    double now = clock_seconds(), until = now + look_often;
    size_t n_busy = 0, n_health = 0;
    for (size_t i = 0; i < run->endpoint->jobs; i++) {
        n_busy += run->slots[i].is_busy;
        n_health += run->slots[i].is_busy && run->slots[i].is_health;
    }
    /* Without a free connection there is nothing to do before an answer comes. */
    if (n_busy == run->endpoint->jobs || (run->is_loading && n_health))
        return look_often;
    if (run->is_loading)
        until = fmin(until, fmax(run->health_due, now));
    else if (run->pause_until > now)
        until = fmin(until, run->pause_until);
    else
        for (size_t i = 0; i < run->n_waiting; i++)
            until = fmin(until, fmax(run->waiting[i].due, now));
    return until - now;
}

void endpoint_run_report(const struct endpoint_run *run, struct endpoint_progress *progress)
{
    *progress = (struct endpoint_progress){
        .done = run->done,
        .total = run->n,
        .cached = run->cached,
        .tokens = run->tokens,
        .doing = run->is_loading                      ? "the server loads its model"
                 : run->pause_until > clock_seconds() ? "waiting for the server"
                                                      : "embedding",
    };
}

enum status endpoint_run_whole(struct endpoint_run *run, struct error *err)
{
    const struct endpoint *endpoint = run->endpoint;
    double shown = -1;
    while (!endpoint_run_step(run)) {
        double now = clock_seconds();
        if (endpoint->progress && now - shown >= look_often) {
            struct endpoint_progress progress;
            endpoint_run_report(run, &progress);
            endpoint->progress(endpoint->self, &progress);
            shown = now;
        }
        wire_wait(endpoint->wire, endpoint_run_pause(run));
    }
    if (endpoint->progress) {
        struct endpoint_progress progress;
        endpoint_run_report(run, &progress);
        endpoint->progress(endpoint->self, &progress);
    }
    return endpoint_run_finish(run, err);
}
