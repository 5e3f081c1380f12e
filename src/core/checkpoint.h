/* Models in files: safetensors with the tensor names of the released checkpoints, so that
 * PyTorch reads ours and we read theirs.
 *
 *     score.weight [K, Dr]                               heads
 *     router.0.weight [H, Dp], router.0.bias [H],
 *     router.2.weight [K, H], router.2.bias [K]          mlp
 *     router.weight [K, Dp], router.bias [K]             linear
 *     router [K] of logits (read also as router.logits)  static
 *     single.weight [1, Dr]                              the single head trained beside the
 *                                                        mixture, if there is one
 *
 * One head without a router is plain Bradley-Terry. Read also: Shared-Base runs, whose
 * heads are score.learnable_net.weight + score.prior_net.weight; several heads without any
 * router, which then weigh the same; sharded checkpoints through their index; F32, F16,
 * BF16 or F64.
 */
#ifndef CORE_CHECKPOINT_H
#define CORE_CHECKPOINT_H

#include "base/error.h"
#include "core/model.h"
#include "io/dtype.h"

struct json;

/* Creates *model and sets *metadata to the file's `__metadata__` (an object; empty when
 * there is none), which the caller frees. STATUS_NOT_FOUND, STATUS_FORMAT, STATUS_SHAPE and
 * STATUS_NUMERIC name file and tensor. */
enum status checkpoint_open(const char *path, struct model *model, struct json **metadata,
                            struct error *err);

/* metadata: an object whose values are texts, written as they are; NULL: none. dtype is
 * F32, F16 or BF16. STATUS_NUMERIC when it cannot hold a weight, or one
 * is not finite. */
enum status checkpoint_save(const char *path, const struct model *model,
                            const struct json *metadata, enum dtype dtype,
                            struct error *err);

#endif
