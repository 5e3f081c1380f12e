#include "command/cmd_ablate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/ablate_budget.h"
#include "command/ablate_shape.h"
#include "command/call.h"
#include "command/subject.h"
#include "core/model.h"

/* name, function */
#define KINDS(KIND)                                                                        \
    KIND(heads, ablate_heads)                                                              \
    KIND(alpha, ablate_alpha)                                                              \
    KIND(hidden, ablate_hidden)                                                            \
    KIND(budget, ablate_budget)                                                            \
    KIND(tau, ablate_tau)

#define KIND_NAME(name, run) #name,
#define KIND_RUN(name, run)  run,

static const char *const kind_names[] = {KINDS(KIND_NAME) NULL};
static enum status (*const kind_runs[])(struct call *, struct error *) = {KINDS(KIND_RUN)};

static const char *const routers[] = {"mlp", "linear", "static", NULL};

#define COUNT(name_, member, least, most, initial_, help_)                                 \
    {                                                                                      \
        .name = name_, .type = FIELD_COUNT, FIELD_AT(struct ablate_args, member),          \
        .min = least, .max = most, .initial = initial_, .help = help_                      \
    }
#define REAL(name_, member, most, initial_, help_)                                         \
    {                                                                                      \
        .name = name_, .type = FIELD_REAL, FIELD_AT(struct ablate_args, member), .min = 0, \
        .max = most, .initial = initial_, .help = help_                                    \
    }

static const struct field ablate_fields[] = {
    {.name = "kind",
     .type = FIELD_CHOICE,
     .positional = true,
     FIELD_AT(struct ablate_args, kind),
     .choices = kind_names,
     .help = "what is varied"},
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct ablate_args, features),
     .help = "features made by encode, or another layout they can be read from"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct ablate_args, model),
     .initial = "",
     .help = "model to adapt, for the kinds that do not train"},
    COUNT("from", from, 1, MODEL_HEADS_MAX, "1", "heads: the fewest"),
    COUNT("to", to, 1, MODEL_HEADS_MAX, "16", "heads: the most"),
    {.name = "values",
     .type = FIELD_TEXT,
     FIELD_AT(struct ablate_args, values),
     .initial = "",
     .value = "LIST",
     .help = "the values, joined by commas, in place of the usual ones"},
    COUNT("seeds", seeds, 1, 1000, "5", "models of each value, from different starts"),
    COUNT("heads", heads, 2, MODEL_HEADS_MAX, "5", "heads, where they are not varied"),
    {.name = "router",
     .type = FIELD_CHOICE,
     FIELD_AT(struct ablate_args, router),
     .choices = routers,
     .initial = "mlp",
     .help = "what weighs the heads"},
    COUNT("hidden", hidden, 1, MODEL_HIDDEN_MAX, "128", "hidden units of the mlp router"),
    REAL("alpha", alpha, 1000, "0.5", "weight of the entropy term"),
    COUNT("epochs", epochs, 1, 100000, "40", "passes over the training pairs"),
    COUNT("batch", batch, 1, 1000000000, "64", "pairs a step"),
    REAL("learning-rate", learning_rate, 1000, "0.002", "AdamW's rate at its highest"),
    COUNT("patience", patience, 0, 100000, "5",
          "epochs without gain of any model before it stops; 0: never"),
    REAL("holdout", holdout, 0.9, "0.1",
         "share of the training prompts held out when the features have no hold-out split"),
    {.name = "split",
     .type = FIELD_CHOICE,
     FIELD_AT(struct ablate_args, split),
     .choices = split_choices,
     .initial = "test",
     .help = "pairs to judge on"},
    {0},
};

enum status ablate_values_read(const struct ablate_args *args, const char *usual,
                               double least, double most, bool whole,
                               struct ablate_values *out, struct error *err)
{
    const char *at = args->values ? args->values : usual;
    const struct field field = {.name = "values",
                                .type = whole ? FIELD_COUNT : FIELD_REAL,
                                .min = least,
                                .max = most};
    struct ablate_values made = {0};
    struct arena arena = {0};
    size_t room = 0;
    enum status status = STATUS_OK;
    for (bool more = true; more && !status;) {
        size_t length = strcspn(at, ",");
        char *word = mem_copy(at, length);
        size_t count = 0;
        double real = 0;
        status = field_parse(&field, word, whole ? (void *)&count : &real, &arena, err);
        free(word);
        MEM_RESERVE(made.items, made.n, room);
        made.items[made.n++] = whole ? (double)count : real;
        more = at[length] == ',';
        at += length + more;
    }
    arena_done(&arena);
    if (status)
        free(made.items);
    else
        *out = made;
    return status;
}

static enum status run_ablate(struct call *call, struct error *err)
{
    const struct ablate_args *args = call->args;
    return kind_runs[args->kind](call, err);
}

const struct command cmd_ablate = {
    .name = "ablate",
    .group = "model",
    .help = "accuracy and loss against the number of heads, and more",
    .more =
        "Trains a model for every value and seed at once, on the same batches, and judges\n"
        "each on the split. heads goes from --from to --to or takes --values, and one\n"
        "head is a single head without a router; alpha and hidden take --values.\n"
        "budget and tau adapt MODEL instead, at --values, on --seeds budgets each, as\n"
        "adapt does. Nothing is written; Ctrl-C stops at once.\n"
        "\n"
        "examples\n"
        "  microscope ablate heads s.features.safetensors --from 1 --to 16 --seeds 5\n"
        "  microscope ablate alpha s.features.safetensors --heads 10 --values 0,0.1,0.5\n"
        "  microscope ablate budget s.features.safetensors s.model.safetensors",
    .fields = ablate_fields,
    .args_size = sizeof(struct ablate_args),
    .run = run_ablate,
};
