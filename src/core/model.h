/* A mixture of Bradley-Terry reward heads and the router that weighs them: its parameters.
 *
 *     reward     r_k(y) = score_k . phi(y)                                heads, no bias
 *     logits     z(x)   = last . relu(input . x + first_bias) + last_bias mlp
 *                z(x)   = input . x + last_bias                           linear
 *                z      = last_bias, the same for every prompt            static
 *                none: one head, plain Bradley-Terry                      none
 *     weights    f(x)   = softmax(z(x))
 *
 * (docs/equations.md E1, E4.) All parameters lie in one block, so that copying, saving and
 * updating run over one flat array.
 */
#ifndef CORE_MODEL_H
#define CORE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dtype.h"

enum router { ROUTER_MLP, ROUTER_LINEAR, ROUTER_STATIC, ROUTER_NONE, ROUTER_COUNT };
extern const char *const router_names[]; /* "mlp", "linear", "static", "none", NULL */

struct shape {
    enum router router;
    size_t n_heads;        /* K */
    size_t n_hidden;       /* H; mlp only, 0 otherwise */
    size_t prompt_width;   /* Dp; 0 when the router reads no prompt */
    size_t response_width; /* Dr */
};

enum { MODEL_HEADS_MAX = 1024, MODEL_HIDDEN_MAX = 65536 };

/* Makes the sizes that a router does not use zero. STATUS_USAGE for sizes out of bounds or
 * that do not fit the router (none has one head). */
enum status shape_normalise(struct shape *shape, struct error *err);
size_t shape_parameters(const struct shape *shape);
size_t shape_inputs(const struct shape *shape); /* F: rows that are multiplied with the
                                                   prompt: H, K or 0 */
size_t
shape_tail(const struct shape *shape); /* parameters that are neither heads nor those */

/* The parts of a router that do not touch the prompt; NULL where the router has none. */
struct tail {
    float *first_bias; /* [H] */
    float *last;       /* [K, H]; of an mlp */
    float *last_bias;  /* [K]; of static the logits themselves */
};
struct tail tail_at(const struct shape *shape, float *parameters);

struct model {
    struct shape shape;
    float *block; /* owned; heads, input and tail follow one another */
    float *heads; /* [K, Dr] score.weight */
    float
        *input; /* [F, Dp] first layer of an mlp, the only one of linear; NULL otherwise */
    struct tail tail;
    float *single; /* owned; [Dr] a single head trained beside the mixture on the same
                      pairs, to be compared with; NULL: there is none */
};

/* All zero; STATUS_NO_MEMORY. */
enum status model_create(struct model *model, const struct shape *shape, struct error *err);

/* PyTorch's default: uniform in +-1 / sqrt(inputs), for weights and biases; static logits
 * are normal. The same seed and stream give the same values on every machine. */
void model_draw(struct model *model, uint64_t seed, uint64_t stream);
/* `model` is created with all that `of` holds; STATUS_NO_MEMORY. */
enum status model_copy(struct model *model, const struct model *of, struct error *err);
void model_done(struct model *model);

/* out[i][k] = reward of head k for row `which[i]` (row i when which is NULL): (n, K).
 * Scratch is made and freed inside. STATUS_NUMERIC naming the row when a reward is not
 * finite. */
enum status model_rewards(const float *heads, size_t n_heads, const struct rows *rows,
                          const uint32_t *which, size_t n, float *out, struct error *err);

/* out[i][k] = log weight of head k for row `which[i]` of prompts: (n, K), rows sum to 1
 * after exp. For static and none every row is the same and prompts is not looked at. */
enum status model_log_weights(const struct model *model, const struct rows *prompts,
                              const uint32_t *which, size_t n, float *out,
                              struct error *err);

#endif
