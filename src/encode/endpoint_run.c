#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "encode/endpoint_inside.h"
#include "encode/endpoint_plan.h"
#include "encode/endpoint_reply.h"

/* Seconds: between looks at the cancel flag, between questions for a server's health, and in which
 * it must answer them. */
static const double look_often = 0.1, health_every = 1, health_within = 5;
static const double sync_every = 0.5;

/* Texts that fail alone before any has come through: then it is not the texts. */
enum { HOPELESS = 3, UNIT_TOKENS = 8192 };

/* Consecutive entries of the plan's todo, which are sent together. */
struct batch {
    size_t first, n;
    struct backoff backoff;
    double due;
    bool is_fresh;
};

struct slot {
    bool is_busy, is_health;
    struct batch batch;
};

struct endpoint_run {
    struct endpoint *endpoint;
    struct run_options options;
    size_t n, width;
    float *out, *own; /* out == own when the rows are the run's */

    struct plan plan;
    struct batch *waiting;
    size_t n_waiting, room;
    struct slot *slots;

    double pause_until; /* nothing is sent before */
    bool is_loading;
    double loading_since, health_due;

    double synced; /* when the cache was, last */
    size_t done, cached, n_accepted, n_failed, first_failed;
    double tokens;
    struct error refusal; /* of the first text that failed */
    bool is_over;
    enum status status;
    struct error error;
};

/* Puts a row where the item's texts want it. */
static void spread(struct endpoint_run *run, size_t item, const float *row)
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
    spread(run, item, row);
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

static void end(struct endpoint_run *run, enum status status, const struct error *error)
{
    run->is_over = true;
    run->status = status;
    if (status)
        run->error = *error;
    run->error.status = status;
    wire_drop(run->endpoint->wire);
}

static void poison(const struct endpoint_run *run, size_t text)
{
    for (size_t i = 0; run->out && i < run->width; i++)
        run->out[text * run->width + i] = NAN;
}

/* All texts are there, or have failed. */
static void end_whole(struct endpoint_run *run)
{
    struct error err = run->refusal;
    if (!run->n_failed || run->options.failed) {
        end(run, STATUS_OK, &err);
        return;
    }
    if (run->n > 1) {
        if (run->n_failed > 1)
            error_prefix(&err, "text %zu of %zu (and %zu more)", run->first_failed + 1,
                         run->n, run->n_failed - 1);
        else
            error_prefix(&err, "text %zu of %zu", run->first_failed + 1, run->n);
    }
    end(run, endpoint_blame(run->endpoint, &err), &err);
}

enum status endpoint_run_finish(struct endpoint_run *run, struct error *err)
{
    if (run->status) {
        for (size_t i = 0; i < run->n; i++)
            poison(run, i);
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

/* ---- failures ---- */

static void queue(struct endpoint_run *run, struct batch batch)
{
    MEM_RESERVE(run->waiting, run->n_waiting, run->room);
    run->waiting[run->n_waiting++] = batch;
}

/* The only text of a batch: it fails by itself, the others go on. */
static void refuse(struct endpoint_run *run, const struct batch *batch,
                   const struct error *why)
{
    size_t item = run->plan.todo[batch->first], n = plan_count(&run->plan, item);
    for (size_t i = 0; i < n; i++) {
        size_t text = plan_text(&run->plan, item, i);
        poison(run, text);
        if (run->options.failed)
            run->options.failed[text] = true;
        if (!run->n_failed++ || text < run->first_failed) {
            run->first_failed = text;
            run->refusal = *why;
        }
        run->done++;
    }
    if (run->n_failed >= HOPELESS && !run->n_accepted && !run->cached) {
        struct error err = *why;
        end(run, endpoint_blame(run->endpoint, &err), &err);
    }
}

/* A text that is alone may have been in bad company only, and is asked for as if it were new. */
static void halve(struct endpoint_run *run, const struct batch *batch, double now)
{
    size_t half = batch->n / 2;
    const size_t firsts[] = {batch->first, batch->first + half};
    const size_t ns[] = {half, batch->n - half};
    for (size_t i = 0; i < 2; i++) {
        size_t repeats = ns[i] > 1 ? batch->backoff.repeats : 0;
        queue(run, (struct batch){firsts[i], ns[i], {.repeats = repeats}, now, false});
    }
}

static void act(struct endpoint_run *run, struct batch batch, struct backoff_step step,
                const struct error *why)
{
    double now = clock_seconds(), seconds = step.seconds / run->endpoint->hurry;
    struct error err = *why;
    batch.is_fresh = step.act == BACKOFF_AGAIN;
    switch (step.act) {
    case BACKOFF_AGAIN:
        batch.due = now;
        queue(run, batch);
        break;
    case BACKOFF_WAIT:
        batch.due = now + seconds;
        run->pause_until = fmax(run->pause_until, batch.due);
        queue(run, batch);
        break;
    case BACKOFF_REPEAT:
        batch.due = now + seconds;
        queue(run, batch);
        break;
    case BACKOFF_LOAD:
        if (!run->is_loading) {
            run->is_loading = true;
            run->loading_since = now;
            run->health_due = now + health_every / run->endpoint->hurry;
        }
        queue(run, batch);
        break;
    case BACKOFF_HALVE:
        halve(run, &batch, now);
        break;
    case BACKOFF_REFUSE:
        refuse(run, &batch, why);
        break;
    case BACKOFF_STOP:
        end(run, endpoint_blame(run->endpoint, &err), &err);
        break;
    }
}

/* What went wrong, in words; the status is that of the run if it stops here. */
static void describe(const struct endpoint_run *run, const struct wire_answer *answer,
                     struct error *why)
{
    char said[256];
    if (answer->failure != BACKOFF_ANSWERED) {
        error_set(why,
                  answer->failure == BACKOFF_UNREACHABLE ? STATUS_NOT_FOUND : STATUS_IO,
                  "%s", answer->reason);
        return;
    }
    if (answer->http >= 300 && answer->http < 400) {
        error_set(why, STATUS_IO,
                  "it redirects elsewhere (%ld), which is not followed: give the address "
                  "where it is",
                  answer->http);
        return;
    }
    endpoint_reply_message(answer->body, answer->length, run->endpoint->key, said,
                           sizeof said);
    error_set(why, STATUS_IO, "the server answers %ld%s%s", answer->http, *said ? ": " : "",
              said);
}

static void fail(struct endpoint_run *run, const struct batch *batch,
                 const struct wire_answer *answer, bool is_misfit, const struct error *why)
{
    struct batch again = *batch;
    bool is_text = answer->failure == BACKOFF_ANSWERED;
    struct backoff_outcome outcome = {
        .failure = answer->failure,
        .reused = answer->reused,
        .http = answer->http,
        .is_loading = is_text && answer->http == 503 &&
                      endpoint_reply_is_loading(answer->body, answer->length),
        .is_quota = is_text && answer->http == 429 &&
                    endpoint_reply_is_quota(answer->body, answer->length),
        .is_misfit = is_misfit,
        .retry_after = answer->retry_after,
        .n = batch->n,
    };
    struct backoff_step step = backoff_next(&again.backoff, &outcome, &run->endpoint->rng);
    /* Whoever types is told at once that nobody is there. */
    if (run->options.is_live && answer->failure == BACKOFF_UNREACHABLE &&
        step.act == BACKOFF_WAIT)
        step.act = BACKOFF_STOP;
    act(run, again, step, why);
}

/* ---- vectors ---- */

/* Rows of a server that was found to normalise must all have length 1, and those of one that was
 * found not to must not. */
static enum status check_lengths(const struct endpoint_run *run,
                                 const struct endpoint_reply *reply, size_t n,
                                 bool *is_misfit, struct error *err)
{
    size_t n_units = 0;
    for (size_t i = 0; i < n && !run->options.is_probe; i++) {
        double square = 0;
        for (size_t j = 0; j < reply->width; j++) {
            double value = (double)reply->rows[i * reply->width + j];
            square += value * value;
        }
        double off = fabs(sqrt(square) - 1);
        n_units += off < 1e-3;
        if (run->endpoint->is_unit && !(off < 1e-2))
            return error_set(err, STATUS_NUMERIC,
                             "a vector has length %.3g, the others of this server 1",
                             sqrt(square));
    }
    if (run->endpoint->is_unit || n_units < 2 || n_units < n)
        return STATUS_OK;
    *is_misfit = true;
    return error_set(err, STATUS_NUMERIC,
                     "the server normalises its vectors now, which it did not before");
}

/* Half a second of vectors at most is paid for again after a power cut. */
static void keep(struct endpoint_run *run, const struct batch *batch, const float *rows)
{
    struct endpoint *endpoint = run->endpoint;
    struct vector_cache *cache = endpoint->cache;
    if (!cache || run->options.is_probe)
        return;
    unsigned char *keys = mem_alloc(batch->n * SHA256_BYTES);
    struct error err;
    for (size_t i = 0; i < batch->n; i++)
        memcpy(keys + i * SHA256_BYTES,
               plan_key(&run->plan, run->plan.todo[batch->first + i]), SHA256_BYTES);
    enum status status = vector_cache_put(cache, keys, rows, batch->n, &err);
    double now = clock_seconds();
    if (!status && now - run->synced > sync_every) {
        status = vector_cache_sync(cache, &err);
        run->synced = now;
    }
    if (status) {
        endpoint_warn(endpoint, "vectors are not kept from here on: %s", err.message);
        vector_cache_free(cache);
        endpoint->cache = NULL;
    }
    free(keys);
}

static void accept(struct endpoint_run *run, const struct batch *batch,
                   struct endpoint_reply *reply)
{
    if (!run->width) {
        run->width = reply->width;
        run->out = run->own = mem_zero(run->n * run->width * sizeof *run->own);
    }
    keep(run, batch, reply->rows);
    if (!run->options.is_probe)
        endpoint_restore(run->endpoint, reply->rows, batch->n);
    for (size_t i = 0; i < batch->n; i++)
        spread(run, run->plan.todo[batch->first + i], reply->rows + i * run->width);
    run->n_accepted += batch->n;
    run->tokens += reply->tokens;
    if (run->options.tokens)
        *run->options.tokens = run->tokens;
}

static void take_health(struct endpoint_run *run, const struct wire_answer *answer)
{
    double now = clock_seconds();
    /* A server without /health says something else, and its model may be there. */
    if (answer->failure == BACKOFF_ANSWERED && answer->http != 503)
        run->is_loading = false;
    else
        run->health_due = now + health_every / run->endpoint->hurry;
}

static void take_answer(struct endpoint_run *run, const struct wire_answer *answer)
{
    struct slot *slot = &run->slots[answer->slot];
    struct batch batch = slot->batch;
    struct endpoint_reply reply = {.width = run->width};
    struct error why = {0};
    slot->is_busy = false;
    if (slot->is_health) {
        take_health(run, answer);
        return;
    }
    if (answer->failure != BACKOFF_ANSWERED || answer->http != 200) {
        describe(run, answer, &why);
        fail(run, &batch, answer, false, &why);
        return;
    }
    enum status status =
        endpoint_reply_read(&reply, answer->body, answer->length, batch.n, &why);
    bool is_misfit = reply.is_misfit;
    if (!status)
        status = check_lengths(run, &reply, batch.n, &is_misfit, &why);
    if (status)
        fail(run, &batch, answer, is_misfit, &why);
    else
        accept(run, &batch, &reply);
    endpoint_reply_done(&reply);
}

/* ---- requests ---- */

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
    double seconds = endpoint->bulk_seconds * fmax(1, (double)n_tokens / UNIT_TOKENS);
    if (run->options.is_live)
        seconds = endpoint->live_seconds - (clock_seconds() - run->options.began);
    run->slots[index] = (struct slot){true, false, batch};
    wire_post(endpoint->wire, index, endpoint_reply_most(batch.n, run->width), seconds,
              batch.is_fresh);
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
    else if (run->options.is_live && now - run->options.began > run->endpoint->live_seconds)
        error_set(&err, STATUS_IO, "no answer within %.3g seconds%s",
                  run->endpoint->live_seconds,
                  run->is_loading ? ": the server loads its model" : "");
    else
        return;
    end(run, endpoint_blame(run->endpoint, &err), &err);
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
        end(run, error_set(&err, STATUS_CANCELLED, "stopped"), &err);
    }
    while (!run->is_over && wire_next(run->endpoint->wire, &answer))
        take_answer(run, &answer);
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
