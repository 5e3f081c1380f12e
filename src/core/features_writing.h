/* What the writers of features have in common; for features_*.c alone. */
#ifndef CORE_FEATURES_WRITING_H
#define CORE_FEATURES_WRITING_H

#include <stdbool.h>

#include "core/features.h"
#include "io/tensors_writer.h"

/* The metadata of the features, with this format (NULL: none) and their attributes. */
void features_save_metadata(struct tensors_writer *writer, const struct features *features,
                            const char *format);

/* One row of a matrix as dtype. False, and the value, when dtype cannot hold one. */
bool features_save_row(struct tensors_writer *writer, const struct rows *rows, size_t row,
                       enum dtype dtype, float *too_large);

#endif
