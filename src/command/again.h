/* The command line that would run a command again. */
#ifndef COMMAND_AGAIN_H
#define COMMAND_AGAIN_H

#include "base/text.h"
#include "command/command.h"

/* Appends "microscope compare demo.features --runs 3": the words in their places, then the options
 * whose values are not the initial ones, but for the one named `except` (NULL: none), and the seed
 * unless it is 1. Texts are quoted for a shell where they need it. args: the command's own struct. */
void again_add(const struct command *command, const void *args, const char *except,
               size_t seed, struct text *out);

/* Appends a word as a shell takes it. */
void again_add_word(const char *word, struct text *out);

#endif
