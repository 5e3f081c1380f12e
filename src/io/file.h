/* Files: reading by line, and writing so that nothing is ever half there.
 *
 * Call order for writing:
 *   1. sink_open(path)      makes a temporary file beside path (path itself is not touched)
 *   2. sink_write ...       errors are kept; the first one is reported by sink_commit
 *   3. sink_commit          flushes, syncs and renames over path; or
 *      sink_abandon         removes the temporary file. Both free the sink.
 * "-" is standard output; a reader of it that went away is no failure (SIGPIPE must be ignored).
 * A path that exists and is no regular file (a device, a pipe) is written in place. A path that
 * ends in ".gz" is compressed.
 */
#ifndef IO_FILE_H
#define IO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/mapping.h" /* a whole file, mapped */

/* ---- reading lines; gzip is recognised by its first bytes, "-" is standard input ---- */

struct source;

/* Longest line that a source accepts; anything longer is refused with its line number. */
enum { SOURCE_LINE_MAX = 64 << 20 };

struct source *source_open(const char *path, struct error *err); /* NULL on failure */

/* The next line without its end (LF or CRLF), valid until the next call; a UTF-8 byte order
 * mark at the start of the file is dropped. Sets *line to NULL at the end of the file. The
 * line is NUL-terminated, may hold NUL bytes itself, and is not checked for UTF-8.
 * STATUS_FORMAT when a gzip stream is damaged or cut short or a line is too long. */
enum status source_line(struct source *source, char **line, size_t *length,
                        struct error *err);
size_t source_line_number(const struct source *source); /* of the line last read, from 1 */
uint64_t source_bytes(const struct source *source);     /* read so far, before gunzip */
uint64_t source_size(const struct source *source);      /* of the file; 0 when not known */
const char *source_name(const struct source *source);   /* path, or "standard input" */
void source_free(struct source *source);

/* ---- writing ---- */

struct sink;

struct sink *sink_open(const char *path, struct error *err); /* NULL on failure */
void sink_write(struct sink *sink, const void *bytes, size_t length);
void sink_text(struct sink *sink, const char *text);
enum status sink_commit(struct sink *sink, struct error *err);
void sink_abandon(struct sink *sink); /* NULL is allowed */

/* Whether sink_open(path) would succeed now: asked before long work whose result goes there. Nothing
 * is left behind. */
enum status sink_check(const char *path, struct error *err);

#endif
