/* What a handler gets when its command is run. */
#ifndef COMMAND_CALL_H
#define COMMAND_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/jobs.h"
#include "command/progress.h"
#include "command/report.h"
#include "io/table.h"

struct command;

struct call {
    const struct command *command;
    const void *args; /* the command's own struct; texts in it are valid during the call */

    size_t seed, threads; /* threads is at least 1 */
    bool quiet;
    enum table_mode mode; /* how the report will be written */

    struct cancel *cancel;     /* look at it every step: cancel_asked(call->cancel) */
    struct progress *progress; /* NULL: nobody looks */
    struct report *report;     /* to be filled */
    const struct command *const *commands; /* the table, ended by NULL */
};

#endif
