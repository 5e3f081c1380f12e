#include "core/trainer_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "core/trainer_inside.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"

#define RUN_FORMAT "microscope.run/1"

/* Everything on which the bytes of the result depend, as texts. */
static struct json *describe(const struct trainer *trainer)
{
    const struct recipe *recipe = &trainer->recipe;
    struct json *all = json_object();
    struct text members = {0};
    text_add(&members, "");
    for (size_t m = 0; m < trainer->n_members; m++) {
        const struct member *given = &trainer->members[m].given;
        text_printf(&members, "%s%s %zu %zu %zu %zu alpha %.17g stream %llu", m ? "; " : "",
                    router_names[given->shape.router], given->shape.n_heads,
                    given->shape.n_hidden, given->shape.prompt_width,
                    given->shape.response_width, given->alpha,
                    (unsigned long long)given->stream);
    }
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"pairs", (double)trainer->train.n},
        {"holdout pairs", (double)trainer->holdout.n},
        {"batch", (double)recipe->batch},
        {"epochs", (double)recipe->epochs},
        {"patience", (double)recipe->patience},
        {"learning rate", recipe->learning_rate},
        {"weight decay", recipe->weight_decay},
        {"warmup", recipe->warmup},
        {"clip", recipe->clip},
        {"threads", (double)team_size(trainer->team)},
    };
    char value[64];
    snprintf(value, sizeof value, "%016llx", (unsigned long long)trainer->features->hash);
    json_put_text(all, "features", value);
    snprintf(value, sizeof value, "%llu", (unsigned long long)recipe->seed);
    json_put_text(all, "seed", value);
    json_put_text(all, "models", members.bytes);
    json_put_text(all, "schedule", decay_names[recipe->decay]);
    json_put_text(all, "order", order_names[recipe->order]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(value, sizeof value, "%.17g", numbers[i].value);
        json_put_text(all, numbers[i].name, value);
    }
    text_done(&members);
    return all;
}

/* The arrays of the state, by name. F64 ones first: the file's order, widest types first.
 */
struct part {
    const char *name;
    enum dtype dtype;
    size_t n;
    void *data;
};
enum { PARTS = 7 };

static size_t list_parts(const struct trainer *trainer, double *counters, double *best_nll,
                         struct part parts[PARTS])
{
    size_t n = trainer->n_parameters, M = trainer->n_members, at = 0;
    size_t losses =
        trainer->recipe.epochs * M * sizeof(struct trainer_losses) / sizeof(double);
    parts[at++] = (struct part){"counters", DTYPE_F64, 4 + M, counters};
    parts[at++] = (struct part){"best_nll", DTYPE_F64, M, best_nll};
    parts[at++] = (struct part){"epoch_sums", DTYPE_F64, 2 * M, trainer->epoch_sums};
    parts[at++] = (struct part){"losses", DTYPE_F64, losses, trainer->losses};
    parts[at++] = (struct part){"parameters", DTYPE_F32, n, trainer->parameters};
    parts[at++] = (struct part){"first_moment", DTYPE_F32, n, trainer->first_moment};
    parts[at++] = (struct part){"second_moment", DTYPE_F32, n, trainer->second_moment};
    return at;
}

enum status trainer_save(const struct trainer *trainer, const char *path, struct error *err)
{
    struct safetensors_writer *writer = safetensors_writer_open(path, err);
    if (!writer)
        return err->status;
    size_t M = trainer->n_members;
    double *counters = mem_zero((4 + M) * sizeof *counters);
    double *best_nll = mem_zero(M * sizeof *best_nll);
    counters[0] = (double)trainer->step;
    counters[1] = (double)trainer->epoch;
    counters[2] = trainer->finished;
    counters[3] = trainer->stopped_early;
    for (size_t m = 0; m < M; m++) {
        counters[4 + m] = (double)trainer->members[m].best_epoch;
        best_nll[m] = trainer->members[m].best_nll;
    }
    struct json *settings = describe(trainer);
    safetensors_writer_metadata(writer, "format", RUN_FORMAT);
    for (const struct json *item = json_first(settings); item; item = json_next(item))
        safetensors_writer_metadata(writer, json_key(item), json_text(item));
    struct part parts[PARTS];
    size_t n = list_parts(trainer, counters, best_nll, parts);
    for (size_t i = 0; i < n; i++)
        safetensors_writer_declare(writer, parts[i].name, parts[i].dtype, 1, &parts[i].n);
    if (trainer->best)
        safetensors_writer_declare(writer, "best", DTYPE_F32, 1, &trainer->n_parameters);
    for (size_t i = 0; i < n; i++)
        safetensors_writer_bytes(writer, parts[i].data,
                                 parts[i].n * dtype_size(parts[i].dtype));
    if (trainer->best)
        safetensors_writer_floats(writer, trainer->best, trainer->n_parameters);
    json_free(settings);
    free(counters);
    free(best_nll);
    return safetensors_writer_commit(writer, err);
}

static enum status check_settings(const struct trainer *trainer,
                                  const struct json *metadata, const char *path,
                                  struct error *err)
{
    const char *format = json_text(json_get(metadata, "format"));
    if (!format || strcmp(format, RUN_FORMAT) != 0)
        return error_set(err, STATUS_FORMAT,
                         "'%s' is no training run that could be resumed", path);
    struct json *want = describe(trainer);
    enum status status = STATUS_OK;
    for (const struct json *item = json_first(want); item && !status;
         item = json_next(item)) {
        const char *key = json_key(item), *there = json_text(json_get(metadata, key));
        if (!there || strcmp(there, json_text(item)) != 0)
            status = error_set(err, STATUS_SHAPE,
                               "'%s' is of another run: its %s is %s, here it is %s", path,
                               key, there ? there : "not given", json_text(item));
    }
    json_free(want);
    return status;
}

static const void *find_data(struct safetensors *file, const struct part *part,
                             const char *path, struct error *err)
{
    const struct tensor *tensor = safetensors_find(file, part->name, err);
    if (!tensor)
        return NULL;
    if (tensor->dtype == part->dtype && tensor->n_elements == part->n)
        return tensor->data;
    char shown[TENSOR_TEXT];
    error_set(err, STATUS_FORMAT, "'%s': tensor '%s' is %s, wanted are %zu %s", path,
              part->name, tensor_describe(tensor, shown), part->n, dtype_name(part->dtype));
    return NULL;
}

/* Whether these are the counters of a run between two steps: a damaged file must not lead
 * outside the arrays of losses and batches. */
static bool are_counters(const struct trainer *trainer, const double *counters)
{
    for (size_t i = 0; i < 4 + trainer->n_members; i++)
        if (!(counters[i] >= 0 && counters[i] < 0x1p53) ||
            counters[i] != floor(counters[i]))
            return false;
    size_t step = (size_t)counters[0], epoch = (size_t)counters[1];
    size_t per_epoch = trainer->batches.n_batches;
    bool stopped = counters[3] > 0, at_end = step == trainer->n_steps;
    if (step > trainer->n_steps || epoch != step / per_epoch || counters[3] > 1 ||
        counters[2] != (stopped || at_end) || (stopped && (at_end || step % per_epoch)))
        return false;
    for (size_t m = 0; m < trainer->n_members; m++)
        if (counters[4 + m] > 0 && counters[4 + m] >= counters[1])
            return false;
    return true;
}

static enum status read_parts(struct trainer *trainer, struct safetensors *file,
                              const char *path, struct error *err)
{
    size_t M = trainer->n_members;
    double *counters = mem_zero((4 + M) * sizeof *counters);
    double *best_nll = mem_zero(M * sizeof *best_nll);
    struct part parts[PARTS + 1];
    size_t n = list_parts(trainer, counters, best_nll, parts);
    if (trainer->best)
        parts[n++] = (struct part){"best", DTYPE_F32, trainer->n_parameters, trainer->best};
    const void *data[PARTS + 1];
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && !status; i++) {
        data[i] = find_data(file, &parts[i], path, err);
        status = data[i] ? STATUS_OK : err->status;
    }
    if (!status && !are_counters(trainer, data[0]))
        status = error_set(err, STATUS_FORMAT, "'%s': its counters are of no run", path);
    for (size_t i = 0; i < n && !status; i++)
        memcpy(parts[i].data, data[i], parts[i].n * dtype_size(parts[i].dtype));
    if (!status) {
        trainer->step = (size_t)counters[0];
        trainer->epoch = (size_t)counters[1];
        trainer->finished = counters[2] != 0;
        trainer->stopped_early = counters[3] != 0;
        /* What was done of a hold-out is done anew. */
        trainer->validating =
            !trainer->finished &&
            trainer->step == (trainer->epoch + 1) * trainer->batches.n_batches;
        trainer->validated = 0;
        for (size_t m = 0; m < M; m++) {
            trainer->members[m].best_epoch = (size_t)counters[4 + m];
            trainer->members[m].best_nll = best_nll[m];
        }
        if (!trainer->finished && trainer->step % trainer->batches.n_batches)
            batches_begin(&trainer->batches, trainer->epoch);
    }
    free(counters);
    free(best_nll);
    return status;
}

enum status trainer_resume(struct trainer *trainer, const char *path, struct error *err)
{
    struct safetensors *file = safetensors_open(path, err);
    if (!file)
        return err->status;
    enum status status = check_settings(trainer, safetensors_metadata(file), path, err);
    if (!status)
        status = read_parts(trainer, file, path, err);
    safetensors_free(file);
    return status;
}
