/* Threads: the only place that makes them.
 *
 * A pool is for long work in the background, a team for short work side by side. A team is a fixed set of threads that run one function side by side, again and again, for
 * work of a fraction of a millisecond: its members wait by spinning for a moment before
 * they sleep, so that a step of the trainer pays about a microsecond for them and starts no
 * thread.
 */
#ifndef BASE_JOBS_H
#define BASE_JOBS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct team;

/* n >= 1 threads, the caller's own among them. Never fails: when the system gives fewer
 * threads, the team is smaller; ask team_size. */
struct team *team_create(size_t n);
size_t team_size(const struct team *team);

/* Runs work(arg, t) for t = 0 .. size - 1, t = 0 on the calling thread; returns when all
 * have. */
void team_run(struct team *team, void (*work)(void *arg, size_t thread), void *arg);

/* Inside work: waits until every member has come here. */
void team_barrier(struct team *team);
void team_free(struct team *team);

/* Processors this process may use. */
size_t jobs_processors(void);

/* A flag that asks long work to stop; set from a signal handler or another thread. */
struct cancel {
    atomic_bool asked;
};
static inline void cancel_ask(struct cancel *cancel)
{
    atomic_store_explicit(&cancel->asked, true, memory_order_relaxed);
}
static inline bool cancel_asked(const struct cancel *cancel)
{
    return cancel && atomic_load_explicit(&cancel->asked, memory_order_relaxed);
}

/* A pool runs jobs, one function each, on threads of its own, in the order in which they were
 * started. The thread that made the pool is its front end: it starts jobs, is woken through a
 * pipe when one has something new to show or has ended, and frees them.
 *
 *     struct job *job = pool_start(pool, run, arg);
 *     ... poll pool_wake_fd(pool) for reading, then pool_drain(pool) ...
 *     if (job_ended(job)) job_free(job);
 */
struct pool;
struct job;

struct pool *pool_create(size_t threads); /* >= 1; fewer when the system gives fewer */
size_t pool_size(const struct pool *pool);
int pool_wake_fd(const struct pool *pool); /* -1 when there is no pipe to be had */
void pool_drain(struct pool *pool);        /* reads what woke it */

/* Asks all jobs to stop, waits for them, frees them and the pool; NULL is allowed. */
void pool_free(struct pool *pool);

/* Without any thread in the pool the job runs here and now. */
struct job *pool_start(struct pool *pool, void (*run)(void *arg, struct job *job),
                       void *arg);
bool job_ended(const struct job *job);
struct cancel *job_cancel(struct job *job); /* set it to ask the job to stop */
void job_wait(struct job *job);
void job_free(struct job *job); /* waits for its end; NULL is allowed */

/* From the job's own thread: wakes the front end. */
void job_wake(struct job *job);

/* A lock for what a job publishes. */
struct lock;
struct lock *lock_create(void);
void lock_take(struct lock *lock);
void lock_leave(struct lock *lock);
void lock_free(struct lock *lock); /* NULL is allowed */

/* What long work runs on, and who may stop it. */
struct workers {
    struct team *team;           /* NULL: the calling thread alone */
    const struct cancel *cancel; /* NULL: nobody does */
};
size_t workers_count(const struct workers *workers);

/* Runs part(arg, i) for i = 0 .. n - 1, each on the thread that is free next, so that a part must
 * write to places of its own; results do not depend on the number of threads. Not inside the work of
 * the same team. When parts fail the rest is left out, and the error is that of the first in order.
 * STATUS_CANCELLED when it was stopped between two parts. */
enum status workers_run(const struct workers *workers,
                        enum status (*part)(void *arg, size_t i, struct error *err),
                        void *arg, size_t n, struct error *err);

#endif
