#include "near.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

static void test_arrays_are_aligned_and_clear(void **state)
{
    (void)state;
    const size_t counts[] = {0, 1, 7, 64, 65, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        unsigned char *array = mem_array(counts[i], 3);
        assert_non_null(array);
        assert_int_equal((uintptr_t)array % 64, 0);
        for (size_t j = 0; j < counts[i] * 3; j++)
            assert_int_equal(array[j], 0);
        free(array);
    }
}

static void test_arrays_too_large_to_count_are_refused(void **state)
{
    (void)state;
    const size_t cases[][2] = {{SIZE_MAX, 2},
                               {2, SIZE_MAX},
                               {SIZE_MAX / 2, 3},
                               {SIZE_MAX, 1},
                               {SIZE_MAX - 10, 1},
                               {1, SIZE_MAX - 10},
                               {(size_t)1 << 33, (size_t)1 << 33}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_null(mem_array(cases[i][0], cases[i][1]));
}

static void test_reserve_keeps_what_is_there(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t room = 0, moves = 0;
    for (uint32_t n = 0; n < 100000; n++) {
        size_t before = room;
        MEM_RESERVE(items, n, room);
        assert_true(room > n);
        moves += room != before;
        items[n] = n * 7;
    }
    for (uint32_t n = 0; n < 100000; n++)
        assert_int_equal(items[n], n * 7);
    assert_in_range(moves, 1, 20);
    free(items);
}

/* Room for more elements than a size_t counts ends the program and never wraps around. */
static void test_reserve_past_the_end_of_memory_aborts(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        size_t room = SIZE_MAX / 4;
        double *items = NULL;
        MEM_RESERVE(items, SIZE_MAX / 4, room);
        _exit(items != NULL);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
}

static void test_copies(void **state)
{
    (void)state;
    char *copy = mem_copy("a\0bc", 3);
    assert_memory_equal(copy, "a\0b", 4);
    free(copy);
    copy = mem_copy_text("word");
    assert_string_equal(copy, "word");
    free(copy);
    assert_null(mem_copy_text(NULL));
}

static void test_empty_blocks_are_blocks(void **state)
{
    (void)state;
    void *a = mem_alloc(0), *b = mem_zero(0), *c = mem_resize(NULL, 0);
    assert_true(a && b && c);
    free(a);
    free(b);
    free(c);
}

static void test_arena_blocks_are_apart_and_stay(void **state)
{
    (void)state;
    enum { N = 3000 };
    struct arena arena = {0};
    unsigned char *blocks[N];
    for (size_t i = 0; i < N; i++) {
        size_t size = i % 500 == 499 ? 100000 : i % 97;
        blocks[i] = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i % 251), size);
    }
    for (size_t i = 0; i < N; i++) {
        size_t size = i % 500 == 499 ? 100000 : i % 97;
        for (size_t j = 0; j < size; j++)
            assert_int_equal(blocks[i][j], i % 251);
    }
    char *text = arena_copy(&arena, "text and more", 4);
    assert_string_equal(text, "text");
    arena_done(&arena);
    assert_null(arena.last);
    arena_done(&arena);
}

static void test_allocations_are_counted(void **state)
{
    (void)state;
    size_t before = mem_allocations();
    free(mem_alloc(1));
    free(mem_zero(1));
    free(mem_resize(NULL, 1));
    free(mem_array(1, 1));
    assert_int_equal(mem_allocations() - before, 4);
    struct arena arena = {0};
    arena_alloc(&arena, 8);
    arena_alloc(&arena, 8);
    assert_int_equal(mem_allocations() - before, 5);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays_are_aligned_and_clear),
        cmocka_unit_test(test_arrays_too_large_to_count_are_refused),
        cmocka_unit_test(test_reserve_keeps_what_is_there),
        cmocka_unit_test(test_reserve_past_the_end_of_memory_aborts),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_empty_blocks_are_blocks),
        cmocka_unit_test(test_arena_blocks_are_apart_and_stay),
        cmocka_unit_test(test_allocations_are_counted),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
