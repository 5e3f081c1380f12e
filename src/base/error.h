/* Errors as values.
 *
 * A function that can fail returns an enum status and takes a struct error * last. On
 * success it leaves *err alone; on failure it leaves its outputs alone. Lookups and
 * constructors return a pointer instead, NULL with *err filled. Messages are one complete
 * sentence without a full stop: what failed, its subject in single quotes, the place (line,
 * byte, row), and what was expected.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum status {
    STATUS_OK,
    STATUS_FAILED,    /* the command did its work and the answer is no */
    STATUS_USAGE,     /* what was typed is wrong */
    STATUS_NOT_FOUND, /* a file, tensor, attribute or command of that name does not exist */
    STATUS_FORMAT,    /* a file is not what it says it is */
    STATUS_SHAPE,     /* sizes that must agree do not */
    STATUS_NUMERIC,   /* NaN or infinity where a number was needed */
    STATUS_IO,        /* the operating system refused to read or write */
    STATUS_NO_MEMORY, /* an array sized by the user's data could not be had */
    STATUS_CANCELLED, /* the user stopped it */
};

struct error {
    enum status status;
    char message[512];
};

/* Fills *err (which may be NULL) and returns the status, so that a failing function can end
 * with `return error_set(err, ...)`. A message that is too long is cut between characters.
 */
enum status error_set(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The analyzer sees one file at a time and must be told that a failure is never STATUS_OK. */
#ifdef __clang_analyzer__
static inline enum status error_known(enum status status)
{
    if (status == STATUS_OK)
        __builtin_unreachable();
    return status;
}
#define error_set(...) error_known(error_set(__VA_ARGS__))
#endif

/* Puts "prefix: " before the message of *err and returns its status; for adding a file name
 * to what a lower layer said. With err NULL it only returns STATUS_FAILED. */
enum status error_prefix(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The exit code of a command that ended so: 0 ok, 1 failed, 2 usage, 3 input or output,
 * 130 cancelled. */
int status_exit_code(enum status status);

#endif
