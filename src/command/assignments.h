/* Options as they are written in scripts and the REPL: heads=5 for --heads=5.
 *
 * The command line proper does not take this form, so that a file may be called heads=5 there. */
#ifndef COMMAND_ASSIGNMENTS_H
#define COMMAND_ASSIGNMENTS_H

#include "base/memory.h"
#include "command/command.h"
#include "command/script.h"

/* Makes the words that line_parse reads from those of a statement; words[0] names the command.
 *
 *     name=value     where name is an option of the command or of every command, and was written
 *                    without quotes: --name=value
 *     anything else  as it is; so is the value after an option (--where head=h1), and what comes
 *                    after --
 *
 *   command  the one that words[0] names
 *   out      (n), filled with texts of the words, or with new ones that live in the arena
 *
 * The texts stay in their places: out[i] is from words[i], for errors. */
void assignments_to_options(const struct command *command, const struct script_word *words,
                            size_t n, const char **out, struct arena *arena);

#endif
