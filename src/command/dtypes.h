/* The choice of --dtype. */
#ifndef COMMAND_DTYPES_H
#define COMMAND_DTYPES_H

#include "io/dtype.h"

extern const char *const dtype_choices[]; /* "f32", "f16", "bf16", NULL */
extern const enum dtype dtype_chosen[];   /* in the same order */

#endif
