/* The REPL: command lines typed at a prompt, without a screen. Readline edits them; results go to
 * standard output as scripts' do, all else to standard error.
 *
 * A line that is not finished (an open quote or bracket, \ at its end) goes on at "...>". Ctrl-C drops
 * what was typed, or stops the command at work, and never leaves; Ctrl-D on an empty line and `quit`
 * do. Commands that end in & go on in the background, and say so when they have ended.
 */
#ifndef UI_REPL_H
#define UI_REPL_H

#include <stddef.h>

#include "base/error.h"
#include "command/command.h"

struct repl_options {
    const struct command *const *table;
    const char *const *files; /* to be opened first */
    size_t n_files;
    const char *why; /* said first: why there is no screen; NULL: nothing */
};

/* Runs until the user leaves. STATUS_OK, or that of opening the files; STATUS_CANCELLED after three
 * Ctrl-C within two seconds. */
enum status repl_run(const struct repl_options *options, struct error *err);

#endif
