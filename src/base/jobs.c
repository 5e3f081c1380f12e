#define _GNU_SOURCE /* sched_getaffinity */
#include "base/jobs.h"

#include <fcntl.h>
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

/* All but the faults of a thread itself, whose handlers must run on it. */
static void fill_signals(sigset_t *all)
{
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL};
    sigfillset(all);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(all, own[i]);
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
    fill_signals(&all);
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

/* ---- work in parts ---- */

struct parts {
    const struct workers *workers;
    enum status (*part)(void *arg, size_t i, struct error *err);
    void *arg;
    size_t n;
    atomic_size_t next;
    atomic_bool stop;
    struct failure {
        size_t part; /* n: none */
        struct error err;
    } * failures; /* [threads] the first of each; its thread stops there */
};

static void do_parts(void *arg, size_t thread)
{
    struct parts *parts = arg;
    struct failure *failure = &parts->failures[thread];
    while (!atomic_load_explicit(&parts->stop, memory_order_relaxed)) {
        size_t i = atomic_fetch_add_explicit(&parts->next, 1, memory_order_relaxed);
        if (i >= parts->n)
            return;
        enum status status =
            cancel_asked(parts->workers->cancel)
                ? error_set(&failure->err, STATUS_CANCELLED, "the work was stopped")
                : parts->part(parts->arg, i, &failure->err);
        if (status) {
            failure->part = i;
            atomic_store_explicit(&parts->stop, true, memory_order_relaxed);
        }
    }
}

size_t workers_count(const struct workers *workers)
{
    return workers->team ? team_size(workers->team) : 1;
}

/* Every part before a failed one was begun before it, so the first failure is always the same. */
enum status workers_run(const struct workers *workers,
                        enum status (*part)(void *arg, size_t i, struct error *err),
                        void *arg, size_t n, struct error *err)
{
    struct parts parts = {.workers = workers, .part = part, .arg = arg, .n = n};
    size_t n_threads = workers_count(workers);
    parts.failures = mem_zero(n_threads * sizeof *parts.failures);
    for (size_t t = 0; t < n_threads; t++)
        parts.failures[t].part = n;
    if (workers->team && n > 1)
        team_run(workers->team, do_parts, &parts);
    else
        do_parts(&parts, 0);
    const struct failure *first = &parts.failures[0];
    for (size_t t = 1; t < n_threads; t++)
        if (parts.failures[t].part < first->part)
            first = &parts.failures[t];
    enum status status = first->part < n ? first->err.status : STATUS_OK;
    if (status && err)
        *err = first->err;
    free(parts.failures);
    return status;
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

/* ---- pools ---- */

struct job {
    struct pool *pool;
    void (*run)(void *arg, struct job *job);
    void *arg;
    struct cancel cancel;
    atomic_bool ended;
    struct job *next, *next_started;
};

struct pool {
    pthread_t *threads;
    size_t n;
    pthread_mutex_t lock;
    pthread_cond_t changed;   /* a job was queued or has ended, or stop was set */
    struct job *first, *last; /* queued */
    struct job *started;      /* all that are not freed */
    bool stop;
    int wake[2];
};

static void open_pipe(int ends[2])
{
    if (pipe(ends)) {
        ends[0] = ends[1] = -1;
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
}

static void end_job(struct job *job)
{
    struct pool *pool = job->pool;
    pthread_mutex_lock(&pool->lock);
    atomic_store_explicit(&job->ended, true, memory_order_release);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static struct job *next_job(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->stop)
        pthread_cond_wait(&pool->changed, &pool->lock);
    struct job *job = pool->first;
    if (job) {
        pool->first = job->next;
        if (!pool->first)
            pool->last = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    return job;
}

static void *pool_main(void *arg)
{
    struct pool *pool = arg;
    for (struct job *job; (job = next_job(pool));) {
        int wake = pool->wake[1]; /* the job may be freed as soon as it has ended */
        job->run(job->arg, job);
        end_job(job);
        ssize_t written = write(wake, "", 1);
        (void)written; /* a full pipe wakes as well */
    }
    return NULL;
}

struct pool *pool_create(size_t threads)
{
    struct pool *pool = mem_zero(sizeof *pool);
    pool->threads = mem_zero((threads ? threads : 1) * sizeof *pool->threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    open_pipe(pool->wake);
    sigset_t all, before;
    fill_signals(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->n < threads &&
           pthread_create(&pool->threads[pool->n], NULL, pool_main, pool) == 0)
        pool->n++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pool;
}

size_t pool_size(const struct pool *pool)
{
    return pool->n;
}

int pool_wake_fd(const struct pool *pool)
{
    return pool->wake[0];
}

void pool_drain(struct pool *pool)
{
    char bytes[64];
    while (pool->wake[0] >= 0 && read(pool->wake[0], bytes, sizeof bytes) > 0)
        ;
}

struct job *pool_start(struct pool *pool, void (*run)(void *arg, struct job *job),
                       void *arg)
{
    struct job *job = mem_zero(sizeof *job);
    *job = (struct job){.pool = pool, .run = run, .arg = arg};
    pthread_mutex_lock(&pool->lock);
    job->next_started = pool->started;
    pool->started = job;
    if (pool->n) {
        if (pool->last)
            pool->last->next = job;
        else
            pool->first = job;
        pool->last = job;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    if (!pool->n) {
        run(arg, job);
        end_job(job);
        job_wake(job);
    }
    return job;
}

bool job_ended(const struct job *job)
{
    return atomic_load_explicit(&job->ended, memory_order_acquire);
}

struct cancel *job_cancel(struct job *job)
{
    return &job->cancel;
}

void job_wait(struct job *job)
{
    struct pool *pool = job->pool;
    pthread_mutex_lock(&pool->lock);
    while (!atomic_load_explicit(&job->ended, memory_order_acquire))
        pthread_cond_wait(&pool->changed, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void job_free(struct job *job)
{
    if (!job)
        return;
    job_wait(job);
    struct pool *pool = job->pool;
    pthread_mutex_lock(&pool->lock);
    struct job **at = &pool->started;
    while (*at != job)
        at = &(*at)->next_started;
    *at = job->next_started;
    pthread_mutex_unlock(&pool->lock);
    free(job);
}

void job_wake(struct job *job)
{
    ssize_t written = write(job->pool->wake[1], "", 1);
    (void)written; /* a full pipe wakes as well */
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    for (struct job *job = pool->started; job; job = job->next_started)
        cancel_ask(&job->cancel);
    for (struct job *job = pool->started, *next; job; job = next) {
        next = job->next_started;
        job_free(job);
    }
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->n; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    for (size_t i = 0; i < 2; i++)
        if (pool->wake[i] >= 0)
            close(pool->wake[i]);
    free(pool->threads);
    free(pool);
}

/* ---- locks ---- */

struct lock {
    pthread_mutex_t mutex;
};

struct lock *lock_create(void)
{
    struct lock *lock = mem_alloc(sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    return lock;
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void lock_leave(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

void lock_free(struct lock *lock)
{
    if (!lock)
        return;
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}
