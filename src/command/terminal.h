/* What the command line must know of a terminal. */
#ifndef COMMAND_TERMINAL_H
#define COMMAND_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Columns of the terminal that the file descriptor is open on; 0 when it is on none. */
size_t terminal_cells(int fd);

/* Whether texts are shown in UTF-8, by the locale. */
bool terminal_is_utf8(void);

/* Asks the user for a yes; false when the answer is another one, Ctrl-C, or there is nobody to ask. */
bool terminal_asks(const char *question);

/* The same for a file that would be replaced, as struct output and struct front want it. */
bool terminal_may_replace(void *self, const char *path);

#endif
