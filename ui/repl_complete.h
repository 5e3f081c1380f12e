/* Readline's completion, asked of the table of commands and of the session. */
#ifndef UI_REPL_COMPLETE_H
#define UI_REPL_COMPLETE_H

#include "command/interpreter.h"

void repl_complete_install(struct interpreter *interpreter);
void repl_complete_done(void);

#endif
