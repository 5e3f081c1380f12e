/* What a session knows for completion: heads, attributes, prompts, results. */
#ifndef UI_SESSION_WORDS_H
#define UI_SESSION_WORDS_H

#include <stdbool.h>

#include "command/complete.h"
#include "command/interpreter.h"

/* For complete_source.add; context is the interpreter. */
void session_words_add(void *context, enum complete_kind kind, const char *typed,
                       struct completions *found);

/* For complete_source.holds; the same. */
bool session_words_hold(void *context, const struct field *field);

#endif
