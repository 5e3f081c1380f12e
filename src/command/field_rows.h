/* Rows of fields in short. The file that includes it says whose they are first:
 *
 *     #define ARGS struct train_args
 */
#ifndef COMMAND_FIELD_ROWS_H
#define COMMAND_FIELD_ROWS_H

#include "command/field.h"

#define COUNT(name_, member, least, most, initial_, help_)                                 \
    {                                                                                      \
        .name = name_, .type = FIELD_COUNT, FIELD_AT(ARGS, member), .min = least,          \
        .max = most, .initial = initial_, .help = help_                                    \
    }
#define REAL(name_, member, most, initial_, help_)                                         \
    {                                                                                      \
        .name = name_, .type = FIELD_REAL, FIELD_AT(ARGS, member), .min = 0, .max = most,  \
        .initial = initial_, .help = help_                                                 \
    }
#define CHOICE(name_, member, choices_, initial_, help_)                                   \
    {                                                                                      \
        .name = name_, .type = FIELD_CHOICE, FIELD_AT(ARGS, member), .choices = choices_,  \
        .initial = initial_, .help = help_                                                 \
    }

/* What all that train have alike; session/training.h has the initial values. */
#define TRAINING_PACE                                                                      \
    COUNT("epochs", epochs, 1, 100000, TRAINING_TEXT(TRAINING_EPOCHS),                     \
          "passes over the training pairs"),                                               \
        COUNT("batch", batch, 1, 1000000000, TRAINING_TEXT(TRAINING_BATCH),                \
              "pairs a step"),                                                             \
        REAL("learning-rate", learning_rate, 1000, TRAINING_TEXT(TRAINING_RATE),           \
             "AdamW's rate at its highest")
#define TRAINING_SHARE_HELD_OUT                                                            \
    REAL("holdout", holdout, 0.9, TRAINING_TEXT(TRAINING_HOLDOUT),                         \
         "share of the training prompts held out when the features have no hold-out "      \
         "split")

#endif
