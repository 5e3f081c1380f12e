/* The trainer's own insides, shared by trainer.c, trainer_step.c and trainer_state.c only.
 *
 * The stack: parameters of all members in one block of rows,
 *     heads  [KK, Dr]   rows of member 0's heads, member 1's, ...      KK = sum of K
 *     inputs [FF, Dp]   likewise their routers' input layers           FF = sum of F
 *     tails             what else each member has
 * Gradient, both moments and the best parameters have the same layout.
 */
#ifndef CORE_TRAINER_INSIDE_H
#define CORE_TRAINER_INSIDE_H

#include "core/batches.h"
#include "core/linalg.h"
#include "core/mixture.h"
#include "core/router_block.h"
#include "core/trainer.h"

enum { BLOCK_PAIRS = 64 }; /* gathered and multiplied at once */

struct stack_member {
    struct member given;
    size_t head_row, n_heads;   /* rows of the stacked heads */
    size_t input_row, n_inputs; /* rows of the stacked inputs */
    size_t tail_at;             /* offset of the tail in the stack */
    size_t parameters;
    double best_nll;
    size_t best_epoch;
};

/* What belongs to one thread. */
struct lane {
    size_t prompt_begin, prompt_end;     /* columns of Dp */
    size_t response_begin, response_end; /* columns of Dr */
    float *
        head_part; /* [KK, BLOCK_PAIRS] margins over its columns; the first lane's are the trainer's own arrays */
    float *input_part;         /* [FF, BLOCK_PAIRS] */
    float *scratch;            /* [3 * BLOCK_PAIRS] */
    double *squares;           /* [members] of its part of the gradient */
    struct mixture_sums *sums; /* [members] of the batch */
};

struct trainer {
    const struct features *features;
    struct pair_list train, holdout;
    struct recipe recipe;
    struct team *team;
    const struct cancel *cancel; /* NULL: nobody stops it */
    struct stack_member *members;
    size_t n_members, n_heads, n_inputs; /* KK, FF */
    size_t prompt_width, response_width; /* Dp (0: no member reads prompts), Dr */

    size_t n_parameters;
    float *parameters, *gradient, *first_moment, *second_moment,
        *best; /* the stack, each */
    struct batches batches;
    struct grouping grouping;

    /* State between steps. */
    size_t step, epoch, n_steps;
    bool finished, stopped_early;
    bool validating;  /* the epoch's updates are done, its hold-out is not */
    size_t validated; /* pairs of the hold-out that are done */
    struct mixture_sums *epoch_sums, *batch_sums; /* [members] */
    size_t batch_pairs;
    struct trainer_losses *losses; /* [epochs, members] */

    /* Workspace of one block. */
    size_t prompt_stride, response_stride; /* padded against cache conflicts */
    float *prompts;                        /* [BLOCK_PAIRS, Dp] distinct prompts */
    float *differences;                    /* [BLOCK_PAIRS, Dr] chosen - rejected */
    float *margin, *d_margin;              /* [KK, BLOCK_PAIRS] */
    float *logit, *d_logit;                /* [KK, BLOCK_PAIRS] */
    float *inside, *d_inside;              /* [FF, BLOCK_PAIRS] input layer after relu */
    uint32_t slot[BLOCK_PAIRS];            /* prompt's column of each pair of the block */
    uint32_t prompt_row[BLOCK_PAIRS];
    uint32_t slot_start[BLOCK_PAIRS + 1]; /* pairs of each prompt of the block */
    struct lane *lanes;

    /* The batch at work. */
    const uint32_t *pairs, *groups;
    size_t n_pairs;
    bool learning;
};

/* Runs the n pairs, at most grouping's largest, through the model; sums go to batch_sums.
 * When `learning`, one update at this learning-rate factor. */
void trainer_run_batch(struct trainer *trainer, const uint32_t *pairs, size_t n,
                       bool learning);

static inline float *trainer_input_rows(const struct trainer *trainer, float *stack)
{
    return stack + trainer->n_heads * trainer->response_width;
}

#endif
