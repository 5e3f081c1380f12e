/* The state of a run, which endpoint_run.c moves and endpoint_answer.c changes by what the server
 * says. Included by these two alone. */
#ifndef ENCODE_ENDPOINT_RUN_INSIDE_H
#define ENCODE_ENDPOINT_RUN_INSIDE_H

#include "encode/endpoint_inside.h"
#include "encode/endpoint_plan.h"

/* Seconds between questions for the health of a server that loads its model. */
#define HEALTH_EVERY 1.0

/* Consecutive entries of the plan's todo, which are sent together. */
struct batch {
    size_t first, n;
    struct backoff backoff;
    double due;
    bool is_fresh;
};

/* A connection: what is on its way over it. */
struct slot {
    bool is_busy, is_health;
    size_t n_tokens; /* estimated */
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

/* ---- endpoint_run.c ---- */

/* Ends the run and breaks off what is in flight; error is that of a failure. */
void endpoint_run_end(struct endpoint_run *run, enum status status,
                      const struct error *error);
/* Makes the row of a text one that nobody takes for a vector. */
void endpoint_run_poison(const struct endpoint_run *run, size_t text);
/* Puts a row where the item's texts want it. */
void endpoint_run_spread(struct endpoint_run *run, size_t item, const float *row);

/* ---- endpoint_answer.c ---- */

/* Rows into their places, or the batch back into the queue, whole or in halves, or the end. */
void endpoint_run_take(struct endpoint_run *run, const struct wire_answer *answer);

#endif
