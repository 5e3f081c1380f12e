#define _GNU_SOURCE /* realpath */
#include "encode/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/json.h"

char *files_find(const char *name, const char *named, const struct json *settings,
                 struct error *err)
{
    const char *kept = json_text(json_get(settings, "file"));
    if (!*named) {
        error_set(err, STATUS_USAGE, "encoder '%s' names no file behind the colon", name);
        return NULL;
    }
    if (!settings)
        return mem_copy_text(named);
    if (!kept) {
        error_set(err, STATUS_FORMAT, "settings of encoder '%s' have no text 'file'", name);
        return NULL;
    }
    if (access(kept, F_OK) == 0)
        return mem_copy_text(kept);
    if (access(named, F_OK) == 0)
        return mem_copy_text(named);
    error_set(err, STATUS_NOT_FOUND,
              "encoder '%s' was made of '%s', which is not there; put the file back, or "
              "start where '%s' leads to it, or encode anew",
              name, kept, named);
    return NULL;
}

void files_note(struct json *settings, const char *path, uint64_t hash)
{
    char *absolute = realpath(path, NULL), text[24];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    json_put_text(settings, "file", absolute ? absolute : path);
    json_put_text(settings, "hash", text);
    free(absolute);
}

enum status files_check(const char *name, const char *path, const struct json *settings,
                        uint64_t hash, struct error *err)
{
    const char *wanted = json_text(json_get(settings, "hash"));
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    if (!settings || (wanted && strcmp(wanted, text) == 0))
        return STATUS_OK;
    if (!wanted)
        return error_set(err, STATUS_FORMAT, "settings of encoder '%s' have no text 'hash'",
                         name);
    return error_set(err, STATUS_FORMAT,
                     "'%s' is not what encoder '%s' was made of (its hash is %s, expected "
                     "%.16s); put the old file back, or encode anew with this one",
                     path, name, text, wanted);
}
