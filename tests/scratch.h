/* A temporary folder for the files of one test, removed with all that lies in it. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scratch {
    char *folder;
    char *paths[8]; /* handed out in turn by scratch_path */
    size_t next;
};

static inline char *scratch_join(const char *folder, const char *name)
{
    size_t n = strlen(folder) + strlen(name) + 2;
    char *path = malloc(n);
    assert_non_null(path);
    snprintf(path, n, "%s/%s", folder, name);
    return path;
}

static inline void scratch_create(struct scratch *scratch)
{
    const char *parent = getenv("TMPDIR");
    *scratch = (struct scratch){0};
    scratch->folder = scratch_join(parent ? parent : "/tmp", "microscope-test-XXXXXX");
    assert_non_null(mkdtemp(scratch->folder));
}

/* Where a file of that name lies; valid for the next seven calls. */
static inline const char *scratch_path(struct scratch *scratch, const char *name)
{
    char **path = &scratch->paths[scratch->next++ % 8];
    free(*path);
    return *path = scratch_join(scratch->folder, name);
}

static inline const char *scratch_write(struct scratch *scratch, const char *name,
                                        const void *bytes, size_t length)
{
    const char *path = scratch_path(scratch, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline size_t scratch_count(struct scratch *scratch)
{
    size_t n = 0;
    DIR *folder = opendir(scratch->folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

static inline void scratch_remove(struct scratch *scratch)
{
    DIR *folder = opendir(scratch->folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char *path = scratch_join(scratch->folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove(path);
        free(path);
    }
    closedir(folder);
    assert_int_equal(rmdir(scratch->folder), 0);
    for (size_t i = 0; i < 8; i++)
        free(scratch->paths[i]);
    free(scratch->folder);
}

#endif
