/* What front ends without a screen do alike: they write what a command leaves to standard output or
 * where its options say, and all else to standard error. */
#ifndef COMMAND_ENDING_H
#define COMMAND_ENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "command/output.h"
#include "command/report.h"
#include "command/task.h"

/* Bytes as they are, as struct front and struct output want it; nothing is made of a failure. */
void ending_say(void *self, const char *bytes, size_t length);

/* A line, without control characters. */
void ending_say_line(const char *line);

/* Whether a command of that status left something to be written: it worked, said no, or got somewhere
 * before it was stopped. */
bool ending_is_worth_writing(enum status status, const struct report *report);

/* Where the task's report goes. */
struct output ending_output(const struct task *task);

/* Says how long the task took: by the clock, and as long as it was alone, of processor time. */
void ending_say_time(const struct task *task, bool in_background);

#endif
