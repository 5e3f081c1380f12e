/* One batch through all models: what the threads do. */
#include "core/trainer_inside.h"

#include <math.h>

#include "core/adam.h"

static const size_t R = BLOCK_PAIRS;

/* Pairs [first, first + n) of the batch and their distinct prompts. */
struct block {
    size_t first, n_pairs, n_prompts;
    bool is_first, is_last; /* of the batch */
};

/* Members [first, end) that go through a block together: their products are one, and from the
 * first of them to the update their parameters and gradients stay in the cache. Small members
 * are many, one that fills the cache is alone. */
struct group {
    size_t first, end;
    size_t head_row, n_heads;   /* rows of the stacked heads */
    size_t input_row, n_inputs; /* rows of the stacked inputs */
};

enum { GROUP_PARAMETERS = 1 << 19 };

/* The group that begins with member `first`. */
static struct group group_at(const struct trainer *trainer, size_t first)
{
    const struct stack_member *members = trainer->members;
    struct group group = {.first = first,
                          .end = first,
                          .head_row = members[first].head_row,
                          .input_row = members[first].input_row};
    size_t n = 0;
    do {
        const struct stack_member *member = &members[group.end++];
        n += member->parameters;
        group.n_heads += member->n_heads;
        group.n_inputs += member->n_inputs;
    } while (group.end < trainer->n_members &&
             n + members[group.end].parameters <= GROUP_PARAMETERS);
    return group;
}

/* Numbers the block's prompts; done by every thread for itself would race, so by thread 0
 * between two barriers. */
static void number_prompts(struct trainer *trainer, struct block *block)
{
    size_t n = 0;
    for (size_t b = 0; b < block->n_pairs; b++) {
        size_t i = block->first + b;
        if (b == 0 || trainer->groups[i] != trainer->groups[i - 1]) {
            int32_t row = trainer->features->pair_prompt[trainer->pairs[i]];
            trainer->prompt_row[n] = (uint32_t)row;
            trainer->slot_start[n++] = (uint32_t)b;
        }
        trainer->slot[b] = (uint32_t)(n - 1);
    }
    trainer->slot_start[n] = (uint32_t)block->n_pairs;
}

/* Asks for the beginning of each page of a row that is read next: the processor's own prefetcher does
 * not look across pages, and shuffled rows lie on pages that it has never seen. */
static void prefetch_row(const struct rows *rows, size_t row, size_t from, size_t width)
{
    enum { PAGE = 4096, LINE = 64, LINES = 4 };
    const char *at = rows_at(rows, row, from);
    size_t bytes = width * dtype_size(rows->dtype);
    for (size_t page = 0; page < bytes; page += PAGE)
        for (size_t line = 0; line < LINES && page + line * LINE < bytes; line++)
            __builtin_prefetch(at + page + line * LINE);
}

/* Reads this thread's columns of the block's rows. */
static void gather(struct trainer *trainer, const struct lane *lane,
                   const struct block *block)
{
    const struct features *features = trainer->features;
    size_t from = lane->prompt_begin, width = lane->prompt_end - from;
    for (size_t u = 0; u < block->n_prompts && width; u++) {
        if (u + 1 < block->n_prompts)
            prefetch_row(&features->prompt, trainer->prompt_row[u + 1], from, width);
        dtype_widen(trainer->prompts + u * trainer->prompt_stride + from,
                    rows_at(&features->prompt, trainer->prompt_row[u], from),
                    features->prompt.dtype, width);
    }
    from = lane->response_begin;
    width = lane->response_end - from;
    for (size_t b = 0; b < block->n_pairs && width; b++) {
        uint32_t pair = trainer->pairs[block->first + b];
        if (b + 1 < block->n_pairs) {
            uint32_t next = trainer->pairs[block->first + b + 1];
            prefetch_row(&features->chosen, (size_t)features->pair_chosen[next], from,
                         width);
            prefetch_row(&features->rejected, (size_t)features->pair_rejected[next], from,
                         width);
        }
        dtype_subtract(
            trainer->differences + b * trainer->response_stride + from,
            rows_at(&features->chosen, (size_t)features->pair_chosen[pair], from),
            rows_at(&features->rejected, (size_t)features->pair_rejected[pair], from),
            features->chosen.dtype, width);
    }
}

/* This thread's columns' share of margins and input layers. */
static void multiply(struct trainer *trainer, const struct lane *lane,
                     const struct block *block, const struct group *group)
{
    size_t Dp = trainer->prompt_width, Dr = trainer->response_width;
    size_t from = lane->response_begin, width = lane->response_end - from;
    linalg_product_nt(
        group->n_heads, block->n_pairs, width,
        (struct matrix){trainer->parameters + group->head_row * Dr + from, Dr},
        (struct matrix){trainer->differences + from, trainer->response_stride},
        (struct matrix){lane->head_part + group->head_row * R, R}, false);
    from = lane->prompt_begin;
    width = lane->prompt_end - from;
    linalg_product_nt(group->n_inputs, block->n_prompts, width,
                      (struct matrix){trainer_input_rows(trainer, trainer->parameters) +
                                          group->input_row * Dp + from,
                                      Dp},
                      (struct matrix){trainer->prompts + from, trainer->prompt_stride},
                      (struct matrix){lane->input_part + group->input_row * R, R}, false);
}

/* Adds the other lanes' parts of one row to the first one's, which is the row itself. */
static void add_parts(struct trainer *trainer, bool heads, size_t row, size_t begin,
                      size_t end)
{
    float *restrict sum = (heads ? trainer->margin : trainer->inside) + row * R;
    for (size_t t = 1; t < team_size(trainer->team); t++) {
        const struct lane *lane = &trainer->lanes[t];
        const float *restrict part = (heads ? lane->head_part : lane->input_part) + row * R;
        for (size_t i = begin; i < end; i++)
            sum[i] += part[i];
    }
}

/* One member's router and its prompts [begin, end) of the block. */
static struct router_block router_of(struct trainer *trainer,
                                     const struct stack_member *member, size_t begin,
                                     size_t end)
{
    size_t inside = member->input_row * R, logit = member->head_row * R;
    return (struct router_block){
        .shape = &member->given.shape,
        .tail = tail_at(&member->given.shape, trainer->parameters + member->tail_at),
        .stride = R,
        .begin = begin,
        .end = end,
        .inside = trainer->inside + inside,
        .logit = trainer->logit + logit,
        .d_logit = trainer->d_logit + logit,
        .d_inside = trainer->d_inside + inside,
    };
}

/* Everything between the two large products, for this thread's share of the prompts. */
static void mix(struct trainer *trainer, struct lane *lane, size_t thread,
                const struct block *block, const struct group *group)
{
    size_t n_threads = team_size(trainer->team);
    size_t begin = block->n_prompts * thread / n_threads;
    size_t end = block->n_prompts * (thread + 1) / n_threads;
    if (begin == end)
        return;
    size_t first_pair = trainer->slot_start[begin], end_pair = trainer->slot_start[end];
    for (size_t k = 0; k < group->n_heads; k++)
        add_parts(trainer, true, group->head_row + k, first_pair, end_pair);
    for (size_t m = group->first; m < group->end; m++) {
        const struct stack_member *member = &trainer->members[m];
        size_t at = member->head_row * R;
        struct mixture_block part = {
            .n_heads = member->n_heads,
            .stride = R,
            .first_prompt = begin,
            .end_prompt = end,
            .first_pair = first_pair,
            .end_pair = end_pair,
            .slot = trainer->slot,
            .logit = trainer->logit + at,
            .margin = trainer->margin + at,
            .d_logit = trainer->d_logit + at,
            .d_margin = trainer->d_margin + at,
            .scratch = lane->scratch,
            .alpha = (float)member->given.alpha,
            .scale = (float)(1.0 / (double)trainer->n_pairs),
        };
        struct router_block router = router_of(trainer, member, begin, end);
        for (size_t f = 0; f < member->n_inputs; f++)
            add_parts(trainer, false, member->input_row + f, begin, end);
        router_block_forward(&router);
        if (!trainer->learning) {
            mixture_loss(&part, &lane->sums[m]);
        } else {
            mixture_gradient(&part, &lane->sums[m]);
            router_block_backward(&router);
        }
    }
}

static bool owns_tail(const struct trainer *trainer, size_t member, size_t thread)
{
    return member % team_size(trainer->team) == thread;
}

/* This thread's columns of the gradient. */
static void multiply_back(struct trainer *trainer, const struct lane *lane, size_t thread,
                          const struct block *block, const struct group *group)
{
    size_t Dp = trainer->prompt_width, Dr = trainer->response_width;
    size_t from = lane->response_begin;
    linalg_product_nn(
        group->n_heads, lane->response_end - from, block->n_pairs,
        (struct matrix){trainer->d_margin + group->head_row * R, R},
        (struct matrix){trainer->differences + from, trainer->response_stride},
        (struct matrix){trainer->gradient + group->head_row * Dr + from, Dr},
        !block->is_first);
    from = lane->prompt_begin;
    linalg_product_nn(group->n_inputs, lane->prompt_end - from, block->n_prompts,
                      (struct matrix){trainer->d_inside + group->input_row * R, R},
                      (struct matrix){trainer->prompts + from, trainer->prompt_stride},
                      (struct matrix){trainer_input_rows(trainer, trainer->gradient) +
                                          group->input_row * Dp + from,
                                      Dp},
                      !block->is_first);
    for (size_t m = group->first; m < group->end; m++)
        if (owns_tail(trainer, m, thread)) {
            const struct stack_member *member = &trainer->members[m];
            struct router_block router = router_of(trainer, member, 0, block->n_prompts);
            router_block_tail(
                &router, tail_at(&member->given.shape, trainer->gradient + member->tail_at),
                !block->is_first);
        }
}

/* Calls `visit` for every run of contiguous parameters of a member that this thread owns.
 */
static void visit_own(struct trainer *trainer, size_t m, size_t thread,
                      void (*visit)(struct trainer *, size_t at, size_t n, void *),
                      void *arg)
{
    const struct stack_member *member = &trainer->members[m];
    const struct lane *lane = &trainer->lanes[thread];
    size_t Dp = trainer->prompt_width, Dr = trainer->response_width;
    size_t inputs = trainer->n_heads * Dr;
    for (size_t k = 0; k < member->n_heads; k++)
        visit(trainer, (member->head_row + k) * Dr + lane->response_begin,
              lane->response_end - lane->response_begin, arg);
    for (size_t f = 0; f < member->n_inputs; f++)
        visit(trainer, inputs + (member->input_row + f) * Dp + lane->prompt_begin,
              lane->prompt_end - lane->prompt_begin, arg);
    if (owns_tail(trainer, m, thread))
        visit(trainer, member->tail_at, shape_tail(&member->given.shape), arg);
}

static void add_squares(struct trainer *trainer, size_t at, size_t n, void *sum)
{
    *(double *)sum += linalg_square_sum(trainer->gradient + at, n);
}

static void update_run(struct trainer *trainer, size_t at, size_t n, void *adam)
{
    adam_update(adam, trainer->parameters + at, trainer->gradient + at,
                trainer->first_moment + at, trainer->second_moment + at, n);
}

/* The factor that brings a member's gradient to the largest norm allowed, 1 when it is
 * there. */
static float clip_scale(const struct trainer *trainer, size_t m)
{
    double squares = 0;
    for (size_t t = 0; t < team_size(trainer->team); t++)
        squares += trainer->lanes[t].squares[m];
    double norm = sqrt(squares), clip = trainer->recipe.clip;
    return norm > clip ? (float)(clip / (norm + 1e-6)) : 1.0f;
}

static void update(struct trainer *trainer, struct lane *lane, size_t thread,
                   const struct group *group)
{
    const struct recipe *recipe = &trainer->recipe;
    bool clips = recipe->clip > 0;
    for (size_t m = group->first; m < group->end && clips; m++) {
        lane->squares[m] = 0;
        visit_own(trainer, m, thread, add_squares, &lane->squares[m]);
    }
    if (clips)
        team_barrier(trainer->team);
    double rate =
        recipe->learning_rate * recipe_factor(recipe, trainer->step, trainer->n_steps);
    struct adam adam = adam_constants(rate, recipe->weight_decay, trainer->step + 1);
    for (size_t m = group->first; m < group->end; m++) {
        adam.scale = clips ? clip_scale(trainer, m) : 1.0f;
        visit_own(trainer, m, thread, update_run, &adam);
    }
}

/* One group through a block that is gathered; behind the batch's last block, its update. */
static void run_group(struct trainer *trainer, struct lane *lane, size_t thread,
                      const struct block *block, const struct group *group)
{
    multiply(trainer, lane, block, group);
    team_barrier(trainer->team);
    mix(trainer, lane, thread, block, group);
    team_barrier(trainer->team);
    if (!trainer->learning)
        return;
    multiply_back(trainer, lane, thread, block, group);
    if (block->is_last)
        update(trainer, lane, thread, group);
}

static void run_batch(void *arg, size_t thread)
{
    struct trainer *trainer = arg;
    struct lane *lane = &trainer->lanes[thread];
    for (size_t m = 0; m < trainer->n_members; m++)
        lane->sums[m] = (struct mixture_sums){0};
    for (size_t first = 0; first < trainer->n_pairs; first += R) {
        size_t left = trainer->n_pairs - first;
        struct block block = {.first = first,
                              .n_pairs = left < R ? left : R,
                              .is_first = first == 0,
                              .is_last = left <= R};
        if (thread == 0)
            number_prompts(trainer, &block);
        team_barrier(trainer->team);
        block.n_prompts = trainer->slot[block.n_pairs - 1] + 1;
        gather(trainer, lane, &block);
        for (struct group group = {0}; group.end < trainer->n_members;) {
            group = group_at(trainer, group.end);
            run_group(trainer, lane, thread, &block, &group);
        }
    }
}

void trainer_run_batch(struct trainer *trainer, const uint32_t *pairs, size_t n,
                       bool learning)
{
    grouping_make(&trainer->grouping, pairs, n, trainer->features->pair_prompt);
    trainer->pairs = trainer->grouping.pair;
    trainer->groups = trainer->grouping.group;
    trainer->n_pairs = n;
    trainer->learning = learning;
    team_run(trainer->team, run_batch, trainer);
    for (size_t m = 0; m < trainer->n_members; m++) {
        trainer->batch_sums[m] = (struct mixture_sums){0};
        for (size_t t = 0; t < team_size(trainer->team); t++) {
            trainer->batch_sums[m].nll += trainer->lanes[t].sums[m].nll;
            trainer->batch_sums[m].regulariser += trainer->lanes[t].sums[m].regulariser;
        }
    }
    trainer->batch_pairs = n;
}
