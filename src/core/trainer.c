#include "core/trainer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/columns.h"
#include "core/trainer_inside.h"
#include "io/mapping.h"

/* ---- construction ---- */

static enum status check_members(const struct features *features,
                                 const struct member *members, size_t n, struct error *err)
{
    for (size_t m = 0; m < n; m++) {
        const struct shape *shape = &members[m].shape;
        if (shape->response_width != features->chosen.n_columns)
            return error_set(err, STATUS_SHAPE,
                             "the heads read %zu numbers a response, the features have %zu",
                             shape->response_width, features->chosen.n_columns);
        if (shape->prompt_width && shape->prompt_width != features->prompt.n_columns)
            return error_set(err, STATUS_SHAPE,
                             "the router reads %zu numbers a prompt, the features have %zu",
                             shape->prompt_width, features->prompt.n_columns);
    }
    return STATUS_OK;
}

/* Rows of every member in the stack, and its sizes. */
static void stack_members(struct trainer *trainer, const struct member *members)
{
    for (size_t m = 0; m < trainer->n_members; m++) {
        struct stack_member *member = &trainer->members[m];
        const struct shape *shape = &members[m].shape;
        *member = (struct stack_member){
            .given = members[m],
            .head_row = trainer->n_heads,
            .n_heads = shape->n_heads,
            .input_row = trainer->n_inputs,
            .n_inputs = shape_inputs(shape),
            .parameters = shape_parameters(shape),
            .best_nll = (double)NAN,
        };
        trainer->n_heads += member->n_heads;
        trainer->n_inputs += member->n_inputs;
        if (member->n_inputs)
            trainer->prompt_width = shape->prompt_width;
        trainer->response_width = shape->response_width;
        trainer->n_parameters += member->parameters;
    }
    size_t tail_at = trainer->n_heads * trainer->response_width +
                     trainer->n_inputs * trainer->prompt_width;
    for (size_t m = 0; m < trainer->n_members; m++) {
        trainer->members[m].tail_at = tail_at;
        tail_at += shape_tail(&members[m].shape);
    }
}

static float *floats(size_t n, bool *enough)
{
    float *array = mem_array(n, sizeof *array);
    *enough = *enough && array;
    return array;
}

static bool make_lanes(struct trainer *trainer)
{
    size_t n_threads = team_size(trainer->team), R = BLOCK_PAIRS;
    bool enough = true;
    trainer->lanes = mem_zero(n_threads * sizeof *trainer->lanes);
    for (size_t t = 0; t < n_threads; t++)
        trainer->lanes[t] = (struct lane){
            .prompt_begin = columns_begin(trainer->prompt_width, t, n_threads),
            .prompt_end = columns_begin(trainer->prompt_width, t + 1, n_threads),
            .response_begin = columns_begin(trainer->response_width, t, n_threads),
            .response_end = columns_begin(trainer->response_width, t + 1, n_threads),
            .head_part = t ? floats(trainer->n_heads * R, &enough) : trainer->margin,
            .input_part = t ? floats(trainer->n_inputs * R, &enough) : trainer->inside,
            .scratch = floats(3 * R, &enough),
            .squares = mem_zero(trainer->n_members * sizeof(double)),
            .sums = mem_zero(trainer->n_members * sizeof(struct mixture_sums)),
        };
    return enough;
}

static bool make_arrays(struct trainer *trainer)
{
    size_t R = BLOCK_PAIRS, n = trainer->n_parameters;
    bool enough = true;
    trainer->parameters = floats(n, &enough);
    trainer->gradient = floats(n, &enough);
    trainer->first_moment = floats(n, &enough);
    trainer->second_moment = floats(n, &enough);
    trainer->best = trainer->holdout.n ? floats(n, &enough) : NULL;
    trainer->prompt_stride = columns_stride(trainer->prompt_width);
    trainer->response_stride = columns_stride(trainer->response_width);
    trainer->prompts = floats(R * trainer->prompt_stride, &enough);
    trainer->differences = floats(R * trainer->response_stride, &enough);
    trainer->margin = floats(trainer->n_heads * R, &enough);
    trainer->d_margin = floats(trainer->n_heads * R, &enough);
    trainer->logit = floats(trainer->n_heads * R, &enough);
    trainer->d_logit = floats(trainer->n_heads * R, &enough);
    trainer->inside = floats(trainer->n_inputs * R, &enough);
    trainer->d_inside = floats(trainer->n_inputs * R, &enough);
    trainer->epoch_sums = mem_zero(trainer->n_members * sizeof *trainer->epoch_sums);
    trainer->batch_sums = mem_zero(trainer->n_members * sizeof *trainer->batch_sums);
    trainer->losses =
        mem_array(trainer->recipe.epochs * trainer->n_members, sizeof *trainer->losses);
    return enough && trainer->losses && make_lanes(trainer);
}

/* Pairs of the hold-out that go through the models between two looks at cancel: about the work of
 * an update. */
static size_t holdout_batch(const struct trainer *trainer)
{
    enum { LEAST = 128, MOST = 4096 };
    size_t n = 2 * trainer->recipe.batch;
    n = n < LEAST ? LEAST : n > MOST ? MOST : n;
    return trainer->holdout.n < n ? trainer->holdout.n : n;
}

static void draw_members(struct trainer *trainer);

struct trainer *trainer_create(const struct features *features, struct pair_list train,
                               struct pair_list holdout, const struct member *members,
                               size_t n_members, const struct recipe *recipe,
                               struct team *team, struct error *err)
{
    if (!train.n) {
        error_set(err, STATUS_SHAPE, "there are no pairs to train on");
        return NULL;
    }
    if (check_members(features, members, n_members, err))
        return NULL;
    struct trainer *trainer = mem_zero(sizeof *trainer);
    trainer->features = features;
    trainer->train = train;
    trainer->holdout = holdout;
    trainer->recipe = *recipe;
    trainer->team = team;
    trainer->n_members = n_members;
    trainer->members = mem_zero(n_members * sizeof *trainer->members);
    stack_members(trainer, members);
    if (!make_arrays(trainer)) {
        error_set(err, STATUS_NO_MEMORY, "no memory to train %zu parameters",
                  trainer->n_parameters);
        trainer_free(trainer);
        return NULL;
    }
    batches_init(&trainer->batches, train.pairs, train.n, features->pair_prompt, recipe);
    size_t largest = trainer->batches.largest, held = holdout_batch(trainer);
    grouping_init(&trainer->grouping, largest > held ? largest : held,
                  features->prompt.n_rows);
    trainer->n_steps = trainer->batches.n_batches * recipe->epochs;
    trainer->finished = trainer->n_steps == 0;
    draw_members(trainer);
    return trainer;
}

void trainer_free(struct trainer *trainer)
{
    if (!trainer)
        return;
    for (size_t t = 0; trainer->lanes && t < team_size(trainer->team); t++) {
        if (t) {
            free(trainer->lanes[t].head_part);
            free(trainer->lanes[t].input_part);
        }
        free(trainer->lanes[t].scratch);
        free(trainer->lanes[t].squares);
        free(trainer->lanes[t].sums);
    }
    float *arrays[] = {trainer->parameters,    trainer->gradient, trainer->first_moment,
                       trainer->second_moment, trainer->best,     trainer->prompts,
                       trainer->differences,   trainer->margin,   trainer->d_margin,
                       trainer->logit,         trainer->d_logit,  trainer->inside,
                       trainer->d_inside};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    batches_done(&trainer->batches);
    grouping_done(&trainer->grouping);
    free(trainer->lanes);
    free(trainer->epoch_sums);
    free(trainer->batch_sums);
    free(trainer->losses);
    free(trainer->members);
    free(trainer);
}

/* ---- members in and out of the stack ---- */

struct member_parts {
    float *heads, *input, *tail;
    size_t n_heads, n_input, n_tail;
};

static struct member_parts parts_of(const struct trainer *trainer, size_t m, float *stack)
{
    const struct stack_member *member = &trainer->members[m];
    return (struct member_parts){
        .heads = stack + member->head_row * trainer->response_width,
        .n_heads = member->n_heads * trainer->response_width,
        .input =
            trainer_input_rows(trainer, stack) + member->input_row * trainer->prompt_width,
        .n_input = member->n_inputs * trainer->prompt_width,
        .tail = stack + member->tail_at,
        .n_tail = shape_tail(&member->given.shape),
    };
}

/* Between a member's part of a stack and a block laid out as model.block. */
static void copy_out(const struct trainer *trainer, size_t m, float *stack, float *block)
{
    struct member_parts parts = parts_of(trainer, m, stack);
    memcpy(block, parts.heads, parts.n_heads * sizeof *block);
    memcpy(block + parts.n_heads, parts.input, parts.n_input * sizeof *block);
    memcpy(block + parts.n_heads + parts.n_input, parts.tail, parts.n_tail * sizeof *block);
}

static void copy_in(struct trainer *trainer, size_t m, const float *block)
{
    struct member_parts parts = parts_of(trainer, m, trainer->parameters);
    memcpy(parts.heads, block, parts.n_heads * sizeof *block);
    memcpy(parts.input, block + parts.n_heads, parts.n_input * sizeof *block);
    memcpy(parts.tail, block + parts.n_heads + parts.n_input, parts.n_tail * sizeof *block);
}

static void draw_members(struct trainer *trainer)
{
    for (size_t m = 0; m < trainer->n_members; m++) {
        const struct member *given = &trainer->members[m].given;
        struct model model;
        if (model_create(&model, &given->shape, NULL))
            return;
        model_draw(&model, trainer->recipe.seed, given->stream);
        copy_in(trainer, m, model.block);
        model_done(&model);
    }
}

enum status trainer_start_from(struct trainer *trainer, size_t m, const struct model *model,
                               struct error *err)
{
    const struct shape *want = &trainer->members[m].given.shape, *have = &model->shape;
    if (want->router != have->router || want->n_heads != have->n_heads ||
        want->n_hidden != have->n_hidden || want->prompt_width != have->prompt_width ||
        want->response_width != have->response_width)
        return error_set(
            err, STATUS_SHAPE,
            "the starting parameters are %s with %zu heads, %zu hidden units and "
            "widths %zu and %zu; wanted are %s, %zu, %zu, %zu and %zu",
            router_names[have->router], have->n_heads, have->n_hidden, have->prompt_width,
            have->response_width, router_names[want->router], want->n_heads, want->n_hidden,
            want->prompt_width, want->response_width);
    copy_in(trainer, m, model->block);
    return STATUS_OK;
}

enum status trainer_model(const struct trainer *trainer, size_t m, struct model *model,
                          struct error *err)
{
    enum status status = model_create(model, &trainer->members[m].given.shape, err);
    bool has_best = trainer->best && !isnan(trainer->members[m].best_nll);
    if (!status)
        copy_out(trainer, m, has_best ? trainer->best : trainer->parameters, model->block);
    return status;
}

void trainer_gradient(const struct trainer *trainer, size_t m, float *out)
{
    copy_out(trainer, m, trainer->gradient, out);
}

/* ---- the loop ---- */

/* A loss of the last batch is not finite: says why. */
static enum status not_finite(struct trainer *trainer, size_t m, const char *what,
                              struct error *err)
{
    const struct features *features = trainer->features;
    const struct {
        const char *name;
        const struct rows *rows;
        const int32_t *index;
    } matrices[] = {{"prompt", &features->prompt, features->pair_prompt},
                    {"chosen", &features->chosen, features->pair_chosen},
                    {"rejected", &features->rejected, features->pair_rejected}};
    for (size_t i = 0; i < 3; i++)
        for (size_t b = 0; b < trainer->n_pairs && matrices[i].rows->n_rows; b++) {
            int32_t row = matrices[i].index[trainer->pairs[b]];
            size_t column = 0;
            if (row >= 0 && rows_find_nonfinite(matrices[i].rows, &row, 1, &column) == 0)
                return error_set(
                    err, STATUS_NUMERIC,
                    "%s row %d of the features holds NaN or infinity in column "
                    "%zu (pair %u)",
                    matrices[i].name, row, column, trainer->pairs[b]);
        }
    return error_set(
        err, STATUS_NUMERIC,
        "the loss of model %zu is not finite at step %zu (%s): a lower learning "
        "rate or features of smaller scale would help",
        m, trainer->step, what);
}

static enum status check_sums(struct trainer *trainer, const char *what, struct error *err)
{
    for (size_t m = 0; m < trainer->n_members; m++)
        if (!isfinite(trainer->batch_sums[m].nll + trainer->batch_sums[m].regulariser))
            return not_finite(trainer, m, what, err);
    return STATUS_OK;
}

static void keep_best(struct trainer *trainer, size_t m, double nll)
{
    struct stack_member *member = &trainer->members[m];
    if (!isnan(member->best_nll) && nll >= member->best_nll)
        return;
    member->best_nll = nll;
    member->best_epoch = trainer->epoch;
    struct member_parts from = parts_of(trainer, m, trainer->parameters);
    struct member_parts to = parts_of(trainer, m, trainer->best);
    memcpy(to.heads, from.heads, from.n_heads * sizeof(float));
    memcpy(to.input, from.input, from.n_input * sizeof(float));
    memcpy(to.tail, from.tail, from.n_tail * sizeof(float));
}

/* The rest of the hold-out, part by part. */
static enum status validate(struct trainer *trainer, struct error *err)
{
    size_t n = trainer->holdout.n;
    struct trainer_losses *losses = trainer->losses + trainer->epoch * trainer->n_members;
    for (size_t m = 0; m < trainer->n_members && !trainer->validated; m++)
        losses[m].holdout_nll = n ? 0 : (double)NAN;
    while (trainer->validated < n) {
        size_t left = n - trainer->validated, size = holdout_batch(trainer);
        size = left < size ? left : size;
        trainer_run_batch(trainer, trainer->holdout.pairs + trainer->validated, size,
                          false);
        enum status status = check_sums(trainer, "hold-out", err);
        if (status)
            return status;
        for (size_t m = 0; m < trainer->n_members; m++)
            losses[m].holdout_nll += trainer->batch_sums[m].nll / (double)n;
        trainer->validated += size;
        if (trainer->validated < n && cancel_asked(trainer->cancel))
            return error_set(err, STATUS_CANCELLED,
                             "training was stopped in the hold-out of epoch %zu",
                             trainer->epoch + 1);
    }
    for (size_t m = 0; m < trainer->n_members && n; m++)
        keep_best(trainer, m, losses[m].holdout_nll);
    return STATUS_OK;
}

static bool all_patience_lost(const struct trainer *trainer)
{
    if (!trainer->recipe.patience || !trainer->holdout.n)
        return false;
    for (size_t m = 0; m < trainer->n_members; m++)
        if (trainer->epoch < trainer->members[m].best_epoch + trainer->recipe.patience)
            return false;
    return true;
}

static void keep_losses(struct trainer *trainer)
{
    struct trainer_losses *losses = trainer->losses + trainer->epoch * trainer->n_members;
    double n = (double)trainer->train.n;
    for (size_t m = 0; m < trainer->n_members; m++) {
        losses[m].nll = trainer->epoch_sums[m].nll / n;
        losses[m].regulariser = trainer->epoch_sums[m].regulariser / n;
        trainer->epoch_sums[m] = (struct mixture_sums){0};
    }
}

/* Behind the last update of an epoch. */
static enum status end_epoch(struct trainer *trainer, struct error *err)
{
    enum status status = validate(trainer, err);
    if (!status)
        status = mapping_check(err);
    if (status)
        return status;
    trainer->validating = false;
    trainer->validated = 0;
    trainer->stopped_early =
        all_patience_lost(trainer) && trainer->epoch + 1 < trainer->recipe.epochs;
    trainer->epoch++;
    trainer->finished = trainer->stopped_early || trainer->epoch == trainer->recipe.epochs;
    return STATUS_OK;
}

enum status trainer_step(struct trainer *trainer, struct error *err)
{
    assert(!trainer->finished);
    if (trainer->validating)
        return end_epoch(trainer, err);
    size_t per_epoch = trainer->batches.n_batches, at = trainer->step % per_epoch, n = 0;
    if (at == 0)
        batches_begin(&trainer->batches, trainer->epoch);
    const uint32_t *pairs = batches_at(&trainer->batches, at, &n);
    if (n) {
        trainer_run_batch(trainer, pairs, n, true);
        enum status status = check_sums(trainer, "training", err);
        if (status)
            return status;
        for (size_t m = 0; m < trainer->n_members; m++) {
            trainer->epoch_sums[m].nll += trainer->batch_sums[m].nll;
            trainer->epoch_sums[m].regulariser += trainer->batch_sums[m].regulariser;
        }
    }
    trainer->step++;
    if (at + 1 < per_epoch)
        return STATUS_OK;
    keep_losses(trainer);
    trainer->validating = true;
    return end_epoch(trainer, err);
}

void trainer_watch(struct trainer *trainer, const struct cancel *cancel)
{
    trainer->cancel = cancel;
}

bool trainer_finished(const struct trainer *trainer)
{
    return trainer->finished;
}

struct trainer_progress trainer_progress(const struct trainer *trainer)
{
    return (struct trainer_progress){
        .step = trainer->step,
        .n_steps = trainer->n_steps,
        .epoch = trainer->epoch,
        .n_epochs = trainer->recipe.epochs,
        .stopped_early = trainer->stopped_early,
    };
}

struct trainer_losses trainer_losses(const struct trainer *trainer, size_t member,
                                     size_t epoch)
{
    assert(epoch < trainer->epoch);
    return trainer->losses[epoch * trainer->n_members + member];
}

struct trainer_losses trainer_batch_losses(const struct trainer *trainer, size_t member)
{
    double n = (double)trainer->batch_pairs;
    return (struct trainer_losses){
        .nll = trainer->batch_sums[member].nll / n,
        .regulariser = trainer->batch_sums[member].regulariser / n,
        .holdout_nll = (double)NAN,
    };
}

size_t trainer_best_epoch(const struct trainer *trainer, size_t member, double *nll)
{
    const struct stack_member *best = &trainer->members[member];
    *nll = best->best_nll;
    bool known = !isnan(best->best_nll);
    return known ? best->best_epoch : trainer->epoch ? trainer->epoch - 1 : 0;
}
