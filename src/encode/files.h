/* Files that an encoder is made of, found again later.
 *
 * The encoder's name says where its file was when the features were made; the settings keep the absolute
 * path as well, and a hash of what it held.
 */
#ifndef ENCODE_FILES_H
#define ENCODE_FILES_H

#include <stdint.h>

#include "base/error.h"

struct json;

/* Where the file (or folder) of encoder `name` is: `named`, what the name says, for a fresh encoder
 * (settings NULL); else the path that the settings keep, or `named` when nothing is there. Free it. NULL
 * on failure: STATUS_NOT_FOUND with what to do when it is in neither place. */
char *files_find(const char *name, const char *named, const struct json *settings,
                 struct error *err);

/* Adds path and hash to the settings. */
void files_note(struct json *settings, const char *path, uint64_t hash);

/* STATUS_FORMAT with what to do when the file is not the one that the settings note. Fresh: ok. */
enum status files_check(const char *name, const char *path, const struct json *settings,
                        uint64_t hash, struct error *err);

#endif
