#define _GNU_SOURCE /* flock */
#include "folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/text.h"
#include "encode/vector_cache.h"

enum { WIDTH = 5, HEAD = 64, ENTRY = 40 };

static void make_entry(size_t i, unsigned char key[SHA256_BYTES], float row[WIDTH])
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, &i, sizeof i);
    sha256_finish(&sha, key);
    for (size_t j = 0; j < WIDTH; j++)
        row[j] = (float)i + 0.125f * (float)j;
}

static struct vector_cache *open_cache(const char *folder)
{
    struct error err;
    struct vector_cache *cache = vector_cache_open(folder, "c", WIDTH, &err);
    if (!cache)
        print_error("%s\n", err.message);
    assert_non_null(cache);
    return cache;
}

static void put(struct vector_cache *cache, size_t from, size_t n)
{
    unsigned char *keys = malloc(n * SHA256_BYTES);
    float *rows = malloc(n * WIDTH * sizeof *rows);
    struct error err;
    for (size_t i = 0; i < n; i++)
        make_entry(from + i, keys + i * SHA256_BYTES, rows + i * WIDTH);
    assert_int_equal(vector_cache_put(cache, keys, rows, n, &err), STATUS_OK);
    free(keys);
    free(rows);
}

/* How many of the entries from .. from + n - 1 are there; those that are must be right. */
static size_t count_there(const struct vector_cache *cache, size_t from, size_t n)
{
    size_t there = 0;
    for (size_t i = from; i < from + n; i++) {
        unsigned char key[SHA256_BYTES];
        float wanted[WIDTH], row[WIDTH];
        make_entry(i, key, wanted);
        if (!vector_cache_get(cache, key, row))
            continue;
        assert_memory_equal(row, wanted, sizeof row);
        there++;
    }
    return there;
}

static void test_entries_stay(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_path(&folder, "a/b");
    struct vector_cache *cache = open_cache(path);
    assert_int_equal(vector_cache_count(cache), 0);
    assert_int_equal(count_there(cache, 0, 10), 0);
    for (size_t i = 0; i < 1000; i += 100)
        put(cache, i, 100);
    assert_int_equal(count_there(cache, 0, 1100), 1000);
    vector_cache_free(cache);
    cache = open_cache(path);
    assert_int_equal(vector_cache_count(cache), 1000);
    assert_int_equal(count_there(cache, 0, 1100), 1000);
    vector_cache_free(cache);
    struct stat stat_now;
    assert_int_equal(stat(path, &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0700);
    assert_int_equal(stat(folder_path(&folder, "a/b/c.keys"), &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0600);
    assert_int_equal(stat(folder_path(&folder, "a/b/c.rows"), &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0600);
    folder_remove(&folder);
}

static void test_the_latest_of_equal_keys_counts(void **state)
{
    (void)state;
    struct folder folder;
    unsigned char key[SHA256_BYTES];
    float row[WIDTH], got[WIDTH];
    folder_make(&folder);
    struct vector_cache *cache = open_cache(folder.path);
    make_entry(1, key, row);
    put(cache, 1, 1);
    row[0] = -9;
    assert_int_equal(vector_cache_put(cache, key, row, 1, NULL), STATUS_OK);
    for (size_t turn = 0; turn < 2; turn++) {
        assert_true(vector_cache_get(cache, key, got));
        assert_memory_equal(got, row, sizeof row);
        vector_cache_free(cache);
        cache = open_cache(folder.path);
    }
    vector_cache_free(cache);
    folder_remove(&folder);
}

/* A process may die at any byte of what it writes: what was whole before stays. */
static void test_a_torn_tail_is_dropped(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *keys = folder_path(&folder, "c.keys"),
               *rows = folder_path(&folder, "c.rows");
    static const struct {
        long keys, rows; /* bytes cut off the end of 10 entries */
        size_t left;
    } cases[] = {
        {0, 0, 10},
        {1, 0, 9},
        {ENTRY, 0, 9},
        {ENTRY + 1, 0, 8},
        {0, 1, 9},
        {0, 4 * WIDTH, 9},
        {39, 1, 9},
        {10 * ENTRY, 0, 0},
        {10 * ENTRY + 1, 0, 0},
        {0, 40 * WIDTH, 0},
        {10 * ENTRY + HEAD, 40 * WIDTH, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unlink(keys);
        unlink(rows);
        struct vector_cache *cache = open_cache(folder.path);
        put(cache, 0, 10);
        vector_cache_free(cache);
        assert_int_equal(truncate(keys, HEAD + 10 * ENTRY - cases[i].keys), 0);
        assert_int_equal(truncate(rows, 40 * WIDTH - cases[i].rows), 0);
        cache = open_cache(folder.path);
        assert_int_equal(vector_cache_count(cache), cases[i].left);
        assert_int_equal(count_there(cache, 0, 10), cases[i].left);
        put(cache, 50, 3);
        vector_cache_free(cache);
        cache = open_cache(folder.path);
        assert_int_equal(vector_cache_count(cache), cases[i].left + 3);
        assert_int_equal(count_there(cache, 0, 10), cases[i].left);
        assert_int_equal(count_there(cache, 50, 3), 3);
        vector_cache_free(cache);
    }
    folder_remove(&folder);
}

static void change_byte(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    fputc(byte ^ 0x10, file);
    assert_int_equal(fclose(file), 0);
}

/* A crash of the machine can leave blocks of zeros, a failing disk anything. */
static void test_what_is_damaged_is_not_handed_out(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    struct vector_cache *cache = open_cache(folder.path);
    put(cache, 0, 10);
    vector_cache_free(cache);
    change_byte(folder_path(&folder, "c.rows"), 4 * WIDTH * 3 + 2);
    change_byte(folder_path(&folder, "c.keys"), HEAD + 5 * ENTRY);
    change_byte(folder_path(&folder, "c.keys"), HEAD + 6 * ENTRY + 33);
    change_byte(folder_path(&folder, "c.rows"), 4 * WIDTH * 9);
    cache = open_cache(folder.path);
    assert_int_equal(vector_cache_count(cache), 9); /* the last one is a torn tail */
    assert_int_equal(count_there(cache, 0, 10), 6);
    /* They can be put there again. */
    put(cache, 0, 10);
    assert_int_equal(count_there(cache, 0, 10), 10);
    vector_cache_free(cache);
    cache = open_cache(folder.path);
    assert_int_equal(count_there(cache, 0, 10), 10);
    vector_cache_free(cache);
    folder_remove(&folder);
}

static void test_what_is_no_cache_is_left_alone(void **state)
{
    (void)state;
    struct folder folder;
    struct error err;
    static const char other[] = "Something else, which is longer than the head of a file "
                                "of keys, so that it is read.";
    folder_make(&folder);
    const char *path = folder_write(&folder, "c.keys", other, sizeof other - 1);
    assert_null(vector_cache_open(folder.path, "c", WIDTH, &err));
    assert_int_equal(err.status, STATUS_FORMAT);
    assert_non_null(strstr(err.message, "c.keys' is no cache"));
    assert_file_holds(path, other);
    struct vector_cache *cache = vector_cache_open(folder.path, "d", WIDTH, &err);
    assert_non_null(cache);
    vector_cache_free(cache);
    assert_null(vector_cache_open(folder.path, "d", WIDTH + 1, &err));
    assert_non_null(strstr(err.message, "holds vectors of 5 values, not 6"));
    assert_null(vector_cache_open("/proc/none", "c", WIDTH, &err));
    assert_int_equal(err.status, STATUS_IO);
    folder_remove(&folder);
}

/* Several processes write and read at once; nothing is lost, nothing is mixed up. */
static void test_processes_at_once(void **state)
{
    (void)state;
    enum { PROCESSES = 4, ROUNDS = 20, EACH = 5 };
    struct folder folder;
    folder_make(&folder);
    pid_t children[PROCESSES];
    for (size_t p = 0; p < PROCESSES; p++) {
        children[p] = fork();
        assert_true(children[p] >= 0);
        if (children[p])
            continue;
        struct vector_cache *cache = vector_cache_open(folder.path, "c", WIDTH, NULL);
        bool ok = cache != NULL;
        for (size_t r = 0; r < ROUNDS && ok; r++) {
            unsigned char keys[EACH * SHA256_BYTES];
            float rows[EACH * WIDTH], row[WIDTH];
            for (size_t i = 0; i < EACH; i++)
                make_entry(p * 10000 + r * EACH + i, keys + i * SHA256_BYTES,
                           rows + i * WIDTH);
            ok = vector_cache_put(cache, keys, rows, EACH, NULL) == STATUS_OK &&
                 vector_cache_get(cache, keys, row) && memcmp(row, rows, sizeof row) == 0;
        }
        vector_cache_free(cache);
        _exit(ok ? 0 : 1);
    }
    for (size_t p = 0; p < PROCESSES; p++) {
        int status;
        assert_int_equal(waitpid(children[p], &status, 0), children[p]);
        assert_int_equal(status, 0);
    }
    struct vector_cache *cache = open_cache(folder.path);
    assert_int_equal(vector_cache_count(cache), PROCESSES * ROUNDS * EACH);
    for (size_t p = 0; p < PROCESSES; p++)
        assert_int_equal(count_there(cache, p * 10000, ROUNDS * EACH), ROUNDS * EACH);
    vector_cache_free(cache);
    folder_remove(&folder);
}

/* A process that was stopped while it wrote does not stop the others for good. */
static void test_a_lock_that_is_not_given_back(void **state)
{
    (void)state;
    struct folder folder;
    struct error err;
    folder_make(&folder);
    struct vector_cache *cache = open_cache(folder.path);
    int other = open(folder_path(&folder, "c.keys"), O_RDWR);
    assert_int_equal(flock(other, LOCK_EX), 0);
    unsigned char key[SHA256_BYTES];
    float row[WIDTH];
    make_entry(1, key, row);
    assert_int_equal(vector_cache_put(cache, key, row, 1, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "could not lock"));
    close(other);
    put(cache, 1, 1);
    assert_int_equal(count_there(cache, 1, 1), 1);
    vector_cache_free(cache);
    folder_remove(&folder);
}

static void test_one_sees_what_another_has_written(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    struct vector_cache *a = open_cache(folder.path), *b = open_cache(folder.path);
    put(a, 0, 10);
    assert_int_equal(count_there(b, 0, 10), 0);
    put(b, 20, 1); /* writing looks */
    assert_int_equal(count_there(b, 0, 10), 10);
    put(a, 30, 1);
    assert_int_equal(count_there(a, 20, 1), 1);
    vector_cache_free(a);
    vector_cache_free(b);
    folder_remove(&folder);
}

static void test_the_folder(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"/x", "/h", "/x/microscope/vectors"},
        {"", "/h", "/h/.cache/microscope/vectors"},
        {"relative", "/h", "/h/.cache/microscope/vectors"},
        {"", "", NULL},
    };
    char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    char *before = getenv("XDG_CACHE_HOME") ? strdup(getenv("XDG_CACHE_HOME")) : NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        setenv("XDG_CACHE_HOME", cases[i][0], 1);
        setenv("HOME", cases[i][1], 1);
        assert_int_equal(vector_cache_folder(&out), cases[i][2] != NULL);
        if (cases[i][2])
            assert_string_equal(out.bytes, cases[i][2]);
        text_done(&out);
    }
    if (home)
        setenv("HOME", home, 1);
    if (before)
        setenv("XDG_CACHE_HOME", before, 1);
    else
        unsetenv("XDG_CACHE_HOME");
    free(home);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_stay),
        cmocka_unit_test(test_the_latest_of_equal_keys_counts),
        cmocka_unit_test(test_a_torn_tail_is_dropped),
        cmocka_unit_test(test_what_is_damaged_is_not_handed_out),
        cmocka_unit_test(test_what_is_no_cache_is_left_alone),
        cmocka_unit_test(test_processes_at_once),
        cmocka_unit_test(test_a_lock_that_is_not_given_back),
        cmocka_unit_test(test_one_sees_what_another_has_written),
        cmocka_unit_test(test_the_folder),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
