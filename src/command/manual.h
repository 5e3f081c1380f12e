/* The manual page, made from the table of commands and the topics. */
#ifndef COMMAND_MANUAL_H
#define COMMAND_MANUAL_H

#include "base/text.h"
#include "command/command.h"

/* Appends microscope(1) in the macros of man(7), ASCII but for names in the table. */
void manual_page(const struct command *const *table, struct text *out);

#endif
