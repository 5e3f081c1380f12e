/* The batch front end: scripts and -c commands without a terminal in sight. Reports go to standard
 * output or where their options say, all else to standard error. */
#ifndef COMMAND_BATCH_H
#define COMMAND_BATCH_H

#include "base/jobs.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/progress.h"
#include "command/runner.h"

/* One after the other: texts of -c, and files ("-" is standard input). */
struct batch_part {
    bool is_text;
    const char *text; /* or the file's path */
};

struct batch {
    const struct command *const *table;
    const struct batch_part *parts;
    size_t n_parts;
    const char *const *files; /* to be opened first */
    size_t n_files;
    const char **settings; /* names and values by turns, as of set; for every command */
    size_t n_settings;
    bool goes_on;
    struct cancel *cancel;
    struct progress *progress;
};

/* Whether the words of a command line ask for a batch:
 *
 *     [FILES] -c TEXT | -f FILE | - ...  [--keep-going]
 *     run FILE [--keep-going]
 *
 * Options of every command may stand among them, and hold for each.
 */
bool batch_is_meant(const char *const *words, size_t n);

/* Reads them; arrays live in the arena. STATUS_USAGE. */
enum status batch_parse(struct batch *batch, const char *const *words, size_t n,
                        struct arena *arena, struct error *err);

/* In the end waits for what was started in the background. The status is that of the first error,
 * which has been said (the message is empty) unless it is of the batch itself. */
enum status batch_run(const struct batch *batch, struct error *err);

#endif
