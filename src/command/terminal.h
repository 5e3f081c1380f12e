/* What the command line must know of a terminal. */
#ifndef COMMAND_TERMINAL_H
#define COMMAND_TERMINAL_H

#include <stddef.h>

/* Columns of the terminal that the file descriptor is open on; 0 when it is on none. */
size_t terminal_cells(int fd);

#endif
