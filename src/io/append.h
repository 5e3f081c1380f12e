/* Adding to the end of a file, all or nothing. */
#ifndef IO_APPEND_H
#define IO_APPEND_H

#include <stddef.h>

#include "base/error.h"

/* Puts the bytes behind what the file holds; makes the file when there is none. When the disk is
 * full the file is cut to what it was. Devices and pipes are written to. STATUS_IO; STATUS_USAGE
 * for a path that ends in ".gz", since what is compressed is written whole. */
enum status append_bytes(const char *path, const void *bytes, size_t length,
                         struct error *err);

#endif
