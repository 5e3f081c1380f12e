/* Threads: the only place that makes them.
 *
 * A team is a fixed set of threads that run one function side by side, again and again, for
 * work of a fraction of a millisecond: its members wait by spinning for a moment before
 * they sleep, so that a step of the trainer pays about a microsecond for them and starts no
 * thread.
 */
#ifndef BASE_JOBS_H
#define BASE_JOBS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

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
static inline bool cancel_asked(const struct cancel *cancel)
{
    return cancel && atomic_load_explicit(&cancel->asked, memory_order_relaxed);
}

#endif
