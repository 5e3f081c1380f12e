#include "near.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/jobs.h"

enum { THREADS_MAX = 8 };
static const size_t sizes[] = {1, 2, 3, THREADS_MAX};

/* Plain shared numbers, so that the thread sanitizer sees an order that is missing. */
struct work {
    struct team *team;
    size_t phases;
    size_t mark[THREADS_MAX];
    size_t wrong[THREADS_MAX];
    bool interruptible[THREADS_MAX];
};

static void count(void *arg, size_t thread)
{
    struct work *work = arg;
    work->mark[thread]++;
}

static void test_every_member_works_every_time(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct team *team = team_create(sizes[s]);
        assert_int_equal(team_size(team), sizes[s]);
        struct work work = {.team = team};
        for (size_t round = 1; round <= 1000; round++) {
            team_run(team, count, &work);
            for (size_t t = 0; t < THREADS_MAX; t++)
                assert_int_equal(work.mark[t], t < sizes[s] ? round : 0);
        }
        team_free(team);
    }
}

/* In every phase a member says which phase it is in and reads what all others said. */
static void walk(void *arg, size_t thread)
{
    struct work *work = arg;
    size_t n = team_size(work->team);
    for (size_t phase = 1; phase <= work->phases; phase++) {
        work->mark[thread] = phase;
        team_barrier(work->team);
        for (size_t t = 0; t < n; t++)
            work->wrong[thread] += work->mark[t] != phase;
        team_barrier(work->team);
    }
}

static void test_barrier_orders_phases(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct team *team = team_create(sizes[s]);
        struct work work = {.team = team, .phases = 100};
        for (size_t round = 0; round < 5; round++) {
            memset(work.mark, 0, sizeof work.mark);
            team_run(team, walk, &work);
            for (size_t t = 0; t < sizes[s]; t++) {
                assert_int_equal(work.mark[t], work.phases);
                assert_int_equal(work.wrong[t], 0);
            }
        }
        team_free(team);
    }
}

/* Long enough between rounds that the members stop spinning and sleep. */
static void test_sleeping_members_wake(void **state)
{
    (void)state;
    struct team *team = team_create(3);
    struct work work = {.team = team};
    for (size_t round = 1; round <= 10; round++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        team_run(team, count, &work);
        assert_int_equal(work.mark[2], round);
    }
    team_free(team);
}

static void test_teams_that_never_work_end(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++)
        team_free(team_create(4));
    struct team *none = team_create(0);
    assert_int_equal(team_size(none), 1);
    team_free(none);
    team_free(NULL);
}

static void look_at_signals(void *arg, size_t thread)
{
    struct work *work = arg;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    work->interruptible[thread] = !sigismember(&blocked, SIGINT);
}

static void test_signals_reach_the_caller_only(void **state)
{
    (void)state;
    struct team *team = team_create(3);
    struct work work = {.team = team};
    team_run(team, look_at_signals, &work);
    assert_true(work.interruptible[0]);
    assert_false(work.interruptible[1]);
    assert_false(work.interruptible[2]);
    team_free(team);
}

static void test_cancel(void **state)
{
    (void)state;
    struct cancel cancel = {0};
    assert_false(cancel_asked(NULL));
    assert_false(cancel_asked(&cancel));
    atomic_store(&cancel.asked, true);
    assert_true(cancel_asked(&cancel));
}

/* ---- work in parts ---- */

enum { PARTS = 500 };

struct sheet {
    atomic_size_t done[PARTS], n_done;
    size_t bad[2]; /* parts that fail; PARTS: none */
    size_t stop_at;
    struct cancel cancel;
};

static enum status fill(void *arg, size_t i, struct error *err)
{
    struct sheet *sheet = arg;
    atomic_fetch_add(&sheet->done[i], 1);
    if (atomic_fetch_add(&sheet->n_done, 1) + 1 == sheet->stop_at)
        atomic_store(&sheet->cancel.asked, true);
    if (i == sheet->bad[0] || i == sheet->bad[1])
        return error_set(err, STATUS_NUMERIC, "part %zu is bad", i);
    return STATUS_OK;
}

static void test_every_part_is_done_once(void **state)
{
    (void)state;
    for (size_t s = 0; s <= sizeof sizes / sizeof *sizes; s++)
        for (size_t n = 0; n <= PARTS; n += n < 2 ? 1 : 249) {
            struct sheet sheet = {.bad = {PARTS, PARTS}};
            struct workers workers = {s ? team_create(sizes[s - 1]) : NULL, NULL};
            struct error err = {0};
            assert_int_equal(workers_count(&workers), s ? sizes[s - 1] : 1);
            assert_int_equal(workers_run(&workers, fill, &sheet, n, &err), STATUS_OK);
            for (size_t i = 0; i < PARTS; i++)
                assert_int_equal(sheet.done[i], i < n);
            team_free(workers.team);
        }
}

static void test_the_first_bad_part_is_told(void **state)
{
    (void)state;
    struct workers workers = {team_create(3), NULL};
    for (size_t round = 0; round < 200; round++) {
        struct sheet sheet = {.bad = {101, 100}};
        struct error err = {0};
        assert_int_equal(workers_run(&workers, fill, &sheet, PARTS, &err), STATUS_NUMERIC);
        assert_string_equal(err.message, "part 100 is bad");
        assert_true(sheet.n_done < PARTS);
    }
    team_free(workers.team);
}

static void test_parts_are_stopped(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct sheet sheet = {.bad = {PARTS, PARTS}, .stop_at = 7};
        struct workers workers = {team_create(sizes[s]), &sheet.cancel};
        struct error err = {0};
        assert_int_equal(workers_run(&workers, fill, &sheet, PARTS, &err),
                         STATUS_CANCELLED);
        assert_in_range(sheet.n_done, 7, 7 + sizes[s]);
        assert_int_equal(workers_run(&workers, fill, &sheet, PARTS, &err),
                         STATUS_CANCELLED);
        assert_in_range(sheet.n_done, 7, 7 + sizes[s]);
        team_free(workers.team);
    }
}

static void test_there_is_a_processor(void **state)
{
    (void)state;
    assert_in_range(jobs_processors(), 1, 1 << 16);
}

/* Counts under a lock until it is asked to stop, or to a number. */
struct counter {
    struct lock *lock;
    size_t to, count;
};

static void count_up(void *arg, struct job *job)
{
    struct counter *counter = arg;
    for (bool more = true; more && !cancel_asked(job_cancel(job));) {
        lock_take(counter->lock);
        more = ++counter->count < counter->to;
        bool first = counter->count == 1;
        lock_leave(counter->lock);
        if (first)
            job_wake(job);
    }
}

static bool is_woken(struct pool *pool, int wait_ms)
{
    struct pollfd fd = {.fd = pool_wake_fd(pool), .events = POLLIN};
    return poll(&fd, 1, wait_ms) > 0;
}

static void test_jobs_run_in_order_and_wake(void **state)
{
    (void)state;
    struct pool *pool = pool_create(1);
    struct lock *lock = lock_create();
    assert_int_equal(pool_size(pool), 1);
    assert_false(is_woken(pool, 0));
    struct counter counter = {lock, 1, 0};
    struct job *jobs[20];
    for (size_t i = 0; i < 20; i++) {
        jobs[i] = pool_start(pool, count_up, &counter);
    }
    for (size_t i = 0; i < 20; i++) {
        job_wait(jobs[i]);
        assert_true(job_ended(jobs[i]));
        assert_true(counter.count >= i + 1);
    }
    assert_true(is_woken(pool, 5000));
    pool_drain(pool);
    for (size_t i = 0; i < 20; i++)
        job_free(jobs[i]);
    pool_free(pool);
    lock_free(lock);
}

static void test_a_job_is_asked_to_stop(void **state)
{
    (void)state;
    struct pool *pool = pool_create(2);
    struct lock *lock = lock_create();
    struct counter endless = {lock, SIZE_MAX, 0}, other = {lock, SIZE_MAX, 0};
    struct job *job = pool_start(pool, count_up, &endless);
    assert_true(is_woken(pool, 5000));
    assert_false(job_ended(job));
    cancel_ask(job_cancel(job));
    job_wait(job);
    job_free(job);
    pool_start(pool, count_up, &other);
    pool_free(pool); /* asks those that are left */
    lock_free(lock);
    pool_free(NULL);
    job_free(NULL);
    lock_free(NULL);
}

static void test_a_pool_without_threads_works_at_once(void **state)
{
    (void)state;
    struct pool *pool = pool_create(0);
    struct lock *lock = lock_create();
    struct counter counter = {lock, 7, 0};
    struct job *job = pool_start(pool, count_up, &counter);
    assert_true(job_ended(job));
    assert_int_equal(counter.count, 7);
    job_free(job);
    pool_free(pool);
    lock_free(lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_member_works_every_time),
        cmocka_unit_test(test_barrier_orders_phases),
        cmocka_unit_test(test_sleeping_members_wake),
        cmocka_unit_test(test_teams_that_never_work_end),
        cmocka_unit_test(test_signals_reach_the_caller_only),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_every_part_is_done_once),
        cmocka_unit_test(test_the_first_bad_part_is_told),
        cmocka_unit_test(test_parts_are_stopped),
        cmocka_unit_test(test_there_is_a_processor),
        cmocka_unit_test(test_jobs_run_in_order_and_wake),
        cmocka_unit_test(test_a_job_is_asked_to_stop),
        cmocka_unit_test(test_a_pool_without_threads_works_at_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
