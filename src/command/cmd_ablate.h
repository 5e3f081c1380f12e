/* The command ablate: what its kinds share. A kind is a line in cmd_ablate.c and a function. */
#ifndef COMMAND_CMD_ABLATE_H
#define COMMAND_CMD_ABLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "command/command.h"

struct ablate_args {
    int kind;
    const char *features;
    const char *model; /* of the kinds that adapt one; NULL: none is given */
    const char *list;  /* "0,5,10" as a word */
    const char
        *values;     /* the same as an option, or taken from there; NULL: the kind's own */
    size_t from, to; /* heads */
    size_t seeds, heads, hidden, batch, epochs, patience, budget;
    int router, split;
    double alpha, learning_rate, holdout;
};

struct ablate_values {
    double *items; /* owned */
    size_t n;
};

/* Reads args->values, or `usual` when there are none: numbers from least to most, whole ones when
 * `whole`. STATUS_USAGE naming the value that is none. Free items. */
enum status ablate_values_read(const struct ablate_args *args, const char *usual,
                               double least, double most, bool whole,
                               struct ablate_values *out, struct error *err);

extern const struct command cmd_ablate;

#endif
