#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* A message that filled its room may end inside a character: drops what is left of that. */
static void drop_partial(char *message)
{
    message[utf8_whole(message, strlen(message))] = '\0';
}

/* In parentheses, so that the analyzer's macro of that name does not apply. */
enum status(error_set)(struct error *err, enum status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
        drop_partial(err->message);
        err->status = status;
    }
    return status;
}

enum status error_prefix(struct error *err, const char *format, ...)
{
    if (!err)
        return STATUS_FAILED;
    struct error whole;
    va_list args;
    va_start(args, format);
    int used = vsnprintf(whole.message, sizeof whole.message, format, args);
    va_end(args);
    size_t at = used < 0 ? 0 : (size_t)used;
    if (at + 3 < sizeof whole.message) {
        size_t room = sizeof whole.message - at - 3, length = strlen(err->message);
        memcpy(whole.message + at, ": ", 2);
        memcpy(whole.message + at + 2, err->message, length < room ? length : room);
        whole.message[at + 2 + (length < room ? length : room)] = '\0';
    }
    drop_partial(whole.message);
    whole.status = err->status;
    *err = whole;
    return err->status;
}

int status_exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return 0;
    case STATUS_USAGE:
        return 2;
    case STATUS_NOT_FOUND:
    case STATUS_FORMAT:
    case STATUS_SHAPE:
    case STATUS_NUMERIC: /* in all but a few cases that of a row or a weight in a file */
    case STATUS_IO:
        return 3;
    case STATUS_CANCELLED:
        return 130;
    case STATUS_FAILED:
    case STATUS_NO_MEMORY:
        break;
    }
    return 1;
}
