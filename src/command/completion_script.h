/* Scripts that teach bash, zsh and fish to complete the program's command lines, made from the
 * table of commands. */
#ifndef COMMAND_COMPLETION_SCRIPT_H
#define COMMAND_COMPLETION_SCRIPT_H

#include "base/text.h"
#include "command/command.h"

enum completion_shell { SHELL_BASH, SHELL_ZSH, SHELL_FISH };

void completion_script(enum completion_shell shell, const struct command *const *table,
                       struct text *out);

#endif
