/* The options --test and --holdout of every command that splits prompts: members test and holdout
 * (double) of its args. */
#ifndef COMMAND_SPLIT_FIELDS_H
#define COMMAND_SPLIT_FIELDS_H

#include "command/field.h"

#define SPLIT_FIELD(args, member, initial_, help_)                                         \
    {                                                                                      \
        .name = #member, .type = FIELD_REAL, FIELD_AT(args, member), .min = 0, .max = 1,   \
        .initial = initial_, .help = help_                                                 \
    }

#define SPLIT_FIELDS(args)                                                                 \
    SPLIT_FIELD(args, test, "0.2", "share of the prompts kept for testing"),               \
        SPLIT_FIELD(args, holdout, "0.1",                                                  \
                    "share of the prompts kept to stop and choose by")

#endif
