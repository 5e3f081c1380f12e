#define _GNU_SOURCE /* memrchr */
#include "command/shipped.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without . and .. in it, as people are shown it. */
static void make_plain(struct text *path)
{
    char *plain = realpath(path->bytes, NULL);
    if (plain) {
        text_clear(path);
        text_add(path, plain);
    }
    free(plain);
}

/* From the program's folder inside a build folder inside the source tree. */
#define FROM_PROGRAM "/../../data"

/* The folder of the running program; empty when the system does not tell. */
static void add_program_folder(struct text *out)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    const char *slash = length > 0 ? memrchr(path, '/', (size_t)length) : NULL;
    if (slash)
        text_append(out, path, (size_t)(slash - path));
}

enum status shipped_find(const char *name, struct text *path, struct error *err)
{
    struct text folders[3] = {{0}, {0}, {0}}, tried = {0};
    const char *given = getenv("MICROSCOPE_DATA"); /* NOLINT(concurrency-mt-unsafe) */
    if (given && *given)
        text_add(&folders[0], given);
    add_program_folder(&folders[1]);
    if (folders[1].length)
        text_add(&folders[1], FROM_PROGRAM);
    text_add(&folders[2], MICROSCOPE_DATA);
    enum status status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < 3 && status; i++) {
        if (!folders[i].length)
            continue;
        text_clear(path);
        text_printf(path, "%s/%s", folders[i].bytes, name);
        text_printf(&tried, "%s'%s'", tried.length ? ", " : "", folders[i].bytes);
        if (access(path->bytes, R_OK) == 0)
            status = STATUS_OK;
    }
    if (!status)
        make_plain(path);
    else
        error_set(err, status,
                  "the shipped file '%s' is not in %s; MICROSCOPE_DATA can name "
                  "its folder",
                  name, tried.bytes);
    for (size_t i = 0; i < 3; i++)
        text_done(&folders[i]);
    text_done(&tried);
    return status;
}
