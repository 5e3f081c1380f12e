/* The command convert: features between our form and others'. */
#ifndef COMMAND_CMD_CONVERT_H
#define COMMAND_CMD_CONVERT_H

#include "command/call.h"
#include "command/command.h"
#include "io/dtype.h"

extern const struct command cmd_convert;

/* Does the path name features rather than a corpus? By its ending, or because it is a folder. */
bool convert_is_features(const char *path);

/* Writes the features at `path` in our layout to `out`, and reports. */
enum status convert_features(struct call *call, const char *path, const char *out,
                             enum dtype dtype, struct error *err);

#endif
