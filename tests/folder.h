/* A temporary folder for tests that read and write files. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct folder {
    char path[64];
};

static inline void folder_make(struct folder *folder)
{
    strcpy(folder->path, "/tmp/microscope-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

/* The path of `name` inside the folder; one of the last eight asked for. */
static inline const char *folder_path(const struct folder *folder, const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

static inline const char *folder_write(const struct folder *folder, const char *name,
                                       const void *bytes, size_t length)
{
    const char *path = folder_path(folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* All bytes of a file, with a NUL behind them; free() them. */
static inline char *folder_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *bytes = malloc((size_t)size + 1);
    assert_non_null(bytes);
    *length = fread(bytes, 1, (size_t)size, file);
    assert_int_equal(*length, size);
    bytes[size] = '\0';
    fclose(file);
    return bytes;
}

static inline void assert_file_holds(const char *path, const char *text)
{
    size_t length;
    char *bytes = folder_read(path, &length);
    assert_string_equal(bytes, text);
    assert_int_equal(length, strlen(text));
    free(bytes);
}

/* Calls visit on every entry of the folder; returns how many there are. */
static inline size_t folder_each(const char *path, void (*visit)(const char *path))
{
    DIR *entries = opendir(path);
    assert_non_null(entries);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        char name[512];
        int length = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        assert_in_range(length, 1, sizeof name - 1);
        if (visit)
            visit(name);
        n++;
    }
    closedir(entries);
    return n;
}

static inline void folder_remove_path(const char *path)
{
    if (unlink(path) == 0)
        return;
    folder_each(path, folder_remove_path);
    assert_int_equal(rmdir(path), 0);
}

static inline void folder_remove(const struct folder *folder)
{
    folder_remove_path(folder->path);
}

#endif
