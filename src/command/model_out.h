/* Where a model goes that a command has made: into the file that --out names, and within a session
 * into that as well. */
#ifndef COMMAND_MODEL_OUT_H
#define COMMAND_MODEL_OUT_H

#include "command/call.h"
#include "io/dtype.h"

/* Asked before the work: STATUS_USAGE without a file on the command line; errors as of
 * safetensors_writer_check for a file that could not be written. */
enum status model_out_check(const struct call *call, const char *out, struct error *err);

/* Takes over model and metadata, whatever comes of it. out NULL: the session alone. With "-" the
 * report yields standard output. Errors as of checkpoint_save. */
enum status model_out(struct call *call, struct model *model, struct json *metadata,
                      const char *out, enum dtype dtype, struct error *err);

#endif
