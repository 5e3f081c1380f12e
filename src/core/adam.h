/* AdamW with decoupled weight decay (Loshchilov and Hutter 2019), docs/equations.md E5. */
#ifndef CORE_ADAM_H
#define CORE_ADAM_H

#include <stddef.h>
#include <stdint.h>

/* One update's constants, the same for every parameter. */
struct adam {
    float keep;  /* 1 - learning rate * weight decay */
    float rate;  /* learning rate / (1 - beta1^t) */
    float root;  /* 1 / sqrt(1 - beta2^t) */
    float scale; /* of the gradient, for clipping */
};

/* Constants of update t = 1, 2, ... with beta1 0.9, beta2 0.999; scale 1. */
struct adam adam_constants(double learning_rate, double weight_decay, uint64_t t);

/* n parameters, their gradient and both moments; arrays do not overlap. */
void adam_update(const struct adam *adam, float *parameter, const float *gradient,
                 float *first_moment, float *second_moment, size_t n);

#endif
