#define _GNU_SOURCE /* sched_getaffinity */
#include "base/jobs.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

/* Turns of the spin loop before a waiter gives the processor away, and before it sleeps. */
enum { SPIN_TURNS = 2000, YIELD_TURNS = 200 };

struct member {
    struct team *team;
    size_t index;
    pthread_t thread;
};

struct team {
    size_t n;
    struct member *members;
    void (*work)(void *arg, size_t thread);
    void *arg;
    atomic_size_t round;   /* counts team_run calls */
    atomic_size_t running; /* members other than the caller still at work */
    atomic_size_t arrived, phase;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t begin;
};

static void relax(size_t turn)
{
    if (turn < SPIN_TURNS) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    } else {
        sched_yield();
    }
}

static void wait_for_round(struct team *team, size_t round)
{
    for (size_t turn = 0; turn < SPIN_TURNS + YIELD_TURNS; turn++) {
        if (atomic_load_explicit(&team->round, memory_order_acquire) != round)
            return;
        relax(turn);
    }
    pthread_mutex_lock(&team->lock);
    while (atomic_load_explicit(&team->round, memory_order_acquire) == round)
        pthread_cond_wait(&team->begin, &team->lock);
    pthread_mutex_unlock(&team->lock);
}

static void *member_main(void *arg)
{
    struct member *self = arg;
    struct team *team = self->team;
    for (size_t round = 0;; round++) {
        wait_for_round(team, round);
        if (atomic_load_explicit(&team->stop, memory_order_acquire))
            return NULL;
        team->work(team->arg, self->index);
        atomic_fetch_sub_explicit(&team->running, 1, memory_order_release);
    }
}

static void next_round(struct team *team)
{
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add_explicit(&team->round, 1, memory_order_release);
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->lock);
}

struct team *team_create(size_t n)
{
    struct team *team = mem_zero(sizeof *team);
    team->members = mem_zero((n ? n : 1) * sizeof *team->members);
    team->n = 1;
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->begin, NULL);
    /* Signals belong to the front end's thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (team->n < n) {
        struct member *member = &team->members[team->n];
        *member = (struct member){.team = team, .index = team->n};
        if (pthread_create(&member->thread, NULL, member_main, member))
            break;
        team->n++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return team;
}

size_t team_size(const struct team *team)
{
    return team->n;
}

void team_run(struct team *team, void (*work)(void *arg, size_t thread), void *arg)
{
    if (team->n > 1) {
        team->work = work;
        team->arg = arg;
        atomic_store_explicit(&team->running, team->n - 1, memory_order_relaxed);
        next_round(team);
    }
    work(arg, 0);
    for (size_t turn = 0; atomic_load_explicit(&team->running, memory_order_acquire);
         turn++)
        relax(turn);
}

void team_barrier(struct team *team)
{
    if (team->n == 1)
        return;
    size_t phase = atomic_load_explicit(&team->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel) + 1 == team->n) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&team->phase, phase + 1, memory_order_release);
        return;
    }
    for (size_t turn = 0; atomic_load_explicit(&team->phase, memory_order_acquire) == phase;
         turn++)
        relax(turn);
}

void team_free(struct team *team)
{
    if (!team)
        return;
    atomic_store_explicit(&team->stop, true, memory_order_release);
    next_round(team);
    for (size_t i = 1; i < team->n; i++)
        pthread_join(team->members[i].thread, NULL);
    pthread_mutex_destroy(&team->lock);
    pthread_cond_destroy(&team->begin);
    free(team->members);
    free(team);
}

size_t jobs_processors(void)
{
#if defined(__linux__)
    cpu_set_t set;
    long n = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
#else
    long n = sysconf(_SC_NPROCESSORS_ONLN);
#endif
    return n > 0 ? (size_t)n : 1;
}
