#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "encode/endpoint_reply.h"
#include "encode/endpoint_run_inside.h"

/* Seconds of vectors that a power cut may cost. */
static const double sync_every = 0.5;

/* Texts that fail alone before any has come through: then it is not the texts. */
enum { HOPELESS = 3 };

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
        endpoint_run_poison(run, text);
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
        endpoint_run_end(run, endpoint_blame(run->endpoint, &err), &err);
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
            run->health_due = now + HEALTH_EVERY / run->endpoint->hurry;
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
        endpoint_run_end(run, endpoint_blame(run->endpoint, &err), &err);
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
        endpoint_run_spread(run, run->plan.todo[batch->first + i],
                            reply->rows + i * run->width);
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
        run->health_due = now + HEALTH_EVERY / run->endpoint->hurry;
}

void endpoint_run_take(struct endpoint_run *run, const struct wire_answer *answer)
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
    if (status) {
        fail(run, &batch, answer, is_misfit, &why);
    } else {
        run->endpoint->token_seconds =
            fmax(run->endpoint->token_seconds, answer->seconds / (double)slot->n_tokens);
        accept(run, &batch, &reply);
    }
    endpoint_reply_done(&reply);
}
