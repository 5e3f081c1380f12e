#define _GNU_SOURCE
#include "folder.h"
#include "near.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "encode/tokens.h"
#include "encode/word_cache.h"

static struct folder folder;
static const char text[] = "the 1 2\nof 3 4\nand 5 6\n";

static const char *cache_of(const char *path)
{
    static char name[512];
    snprintf(name, sizeof name, "%s.cache.safetensors", path);
    return name;
}

/* First number of a word's row. */
static double first_of(const struct word_table *table, const char *word)
{
    int64_t row = word_table_find(table, token_hash(word, strlen(word)));
    return row < 0 ? (double)NAN : (double)table->rows[(size_t)row * table->dimension];
}

static void open_well(struct word_table *table, const char *path)
{
    struct error err = {0};
    if (word_cache_open(table, path, NULL, &err))
        fail_msg("%s", err.message);
}

static void set_time(const char *path, time_t seconds)
{
    struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_made_and_used(void **state)
{
    (void)state;
    char path[256];
    strcpy(path, folder_write(&folder, "a.txt", text, sizeof text - 1));
    struct word_table table;
    for (int round = 0; round < 2; round++) {
        open_well(&table, path);
        assert_non_null(table.cache); /* mapped, also when it has just been made */
        assert_int_equal(table.n_rows, 3);
        assert_near(first_of(&table, "of"), 3, 0, 0);
        assert_near(first_of(&table, "and"), 5, 0, 0);
        assert_true(isnan(first_of(&table, "to")));
        assert_int_equal(table.source_size, sizeof text - 1);
        word_table_done(&table);
        assert_int_equal(access(cache_of(path), F_OK), 0);
    }
}

/* Another text of the same size and time would be taken for the old one: time alone, or size alone, is
 * not; and a copy whose time is new but whose bytes are the same keeps its cache. */
static void test_told_apart(void **state)
{
    (void)state;
    char path[256];
    struct word_table table;
    strcpy(path, folder_write(&folder, "b.txt", text, sizeof text - 1));
    set_time(path, 1000);
    open_well(&table, path);
    uint64_t hash = table.source_hash, found = 0;
    word_table_done(&table);
    struct stat before, after;
    assert_int_equal(stat(cache_of(path), &before), 0);
    set_time(path, 2000);
    open_well(&table, path);
    assert_true(table.source_hash == hash);
    word_table_done(&table);
    assert_int_equal(stat(cache_of(path), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);

    folder_write(&folder, "b.txt", "the 9 2\nof 3 4\nand 5 6\n", sizeof text - 1);
    set_time(path, 3000);
    open_well(&table, path);
    assert_near(first_of(&table, "the"), 9, 0, 0);
    assert_true(table.source_hash != hash);
    assert_int_equal(word_cache_hash(&found, path, NULL), STATUS_OK);
    assert_true(found == table.source_hash);
    word_table_done(&table);
}

/* A cache that is damaged, or lies, is made again or does no harm. */
static void test_damaged(void **state)
{
    (void)state;
    char path[256];
    struct word_table table;
    size_t length;
    strcpy(path, folder_write(&folder, "c.txt", text, sizeof text - 1));
    open_well(&table, path);
    word_table_done(&table);
    char *good = folder_read(cache_of(path), &length);
    for (size_t i = 0; i < length; i += 61) {
        char kept = good[i];
        good[i] = (char)~kept;
        folder_write(&folder, "c.txt.cache.safetensors", good, i % 3 ? length : i);
        good[i] = kept;
        open_well(&table, path);
        (void)first_of(&table, "of");
        (void)first_of(&table, "to");
        word_table_done(&table);
    }
    free(good);
}

static void test_elsewhere(void **state)
{
    (void)state;
    char path[256], cache[256], inner[300];
    struct word_table table;
    snprintf(inner, sizeof inner, "%s/shut", folder.path);
    assert_int_equal(mkdir(inner, 0700), 0);
    strcpy(path, folder_write(&folder, "shut/d.txt", text, sizeof text - 1));
    /* A folder in the cache's place keeps it out, for root too. */
    assert_int_equal(mkdir(cache_of(path), 0700), 0);
    snprintf(cache, sizeof cache, "%s/cache", folder.path);
    setenv("XDG_CACHE_HOME", cache, 1);
    for (int round = 0; round < 2; round++) {
        open_well(&table, path);
        assert_non_null(table.cache);
        assert_near(first_of(&table, "of"), 3, 0, 0);
        word_table_done(&table);
    }
    snprintf(inner, sizeof inner, "%s/microscope", cache);
    assert_int_equal(folder_each(inner, NULL), 1);

    /* Nowhere: it works all the same. */
    setenv("XDG_CACHE_HOME", "/dev/null/no", 1);
    open_well(&table, path);
    assert_null(table.cache);
    assert_near(first_of(&table, "and"), 5, 0, 0);
    word_table_done(&table);
    unsetenv("XDG_CACHE_HOME");
}

static void test_refusals(void **state)
{
    (void)state;
    struct word_table table;
    struct error err = {0};
    assert_int_equal(word_cache_open(&table, folder_path(&folder, "none.txt"), NULL, &err),
                     STATUS_NOT_FOUND);
    assert_int_equal(word_cache_open(&table, folder.path, NULL, &err), STATUS_IO);
    const char *bad = folder_write(&folder, "bad.txt", "the 1\nof\n", 9);
    assert_int_equal(word_cache_open(&table, bad, NULL, &err), STATUS_SHAPE);
    assert_int_not_equal(access(cache_of(bad), F_OK), 0);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_and_used), cmocka_unit_test(test_told_apart),
        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
