#include "command/model_out.h"

#include <string.h>

#include "base/memory.h"
#include "command/command.h"
#include "core/checkpoint.h"
#include "io/json.h"
#include "io/safetensors_writer.h"

enum status model_out_check(const struct call *call, const char *out, struct error *err)
{
    if (out)
        return safetensors_writer_check(out, err);
    if (call->outcome)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "'%s' wants --out FILE for the model that it makes",
                     call->command->name);
}

/* The session goes on with it, and knows the file if there is one. */
static void give_to_session(struct call *call, struct model *model, struct json *metadata,
                            const char *out)
{
    held_model_unref(call->outcome->model);
    call->outcome->model = held_model_make(model, metadata);
    if (!out || strcmp(out, "-") == 0)
        return;
    call->outcome->model->path = mem_copy_text(out);
    held_print(out, &call->outcome->model->print, NULL);
}

enum status model_out(struct call *call, struct model *model, struct json *metadata,
                      const char *out, enum dtype dtype, struct error *err)
{
    enum status status = STATUS_OK;
    json_put_text(metadata, "version", MICROSCOPE_VERSION);
    if (out)
        status = checkpoint_save(out, model, metadata, dtype, err);
    if (!status && out && strcmp(out, "-") == 0)
        report_yield_output(call->report);
    if (!status && call->outcome) {
        give_to_session(call, model, metadata, out);
        return STATUS_OK;
    }
    model_done(model);
    json_free(metadata);
    return status;
}
