#include "command/cmd_ablate.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/ablate_budget.h"
#include "command/ablate_shape.h"
#include "command/call.h"
#include "command/subject.h"
#include "core/model.h"
#include "session/training.h"

#define ARGS struct ablate_args
#include "command/field_rows.h"

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
    {.name = "list",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct ablate_args, list),
     .initial = "",
     .help = "the values, numbers joined by commas, in place of the usual ones"},
    COUNT("from", from, 1, MODEL_HEADS_MAX, "1", "heads: the fewest"),
    COUNT("to", to, 1, MODEL_HEADS_MAX, "16", "heads: the most"),
    {.name = "values",
     .type = FIELD_TEXT,
     FIELD_AT(struct ablate_args, values),
     .initial = "",
     .value = "LIST",
     .help = "the same as an option"},
    COUNT("budget", budget, 0, 1000000000, "50",
          "labelled pairs of each attribute to adapt to, where it is not varied; 0: none"),
    COUNT("seeds", seeds, 1, 1000, "5", "models of each value, from different starts"),
    COUNT("heads", heads, 2, MODEL_HEADS_MAX, TRAINING_TEXT(TRAINING_HEADS),
          "heads, where they are not varied"),
    {.name = "router",
     .type = FIELD_CHOICE,
     FIELD_AT(struct ablate_args, router),
     .choices = routers,
     .initial = "mlp",
     .help = "what weighs the heads"},
    COUNT("hidden", hidden, 1, MODEL_HIDDEN_MAX, TRAINING_TEXT(TRAINING_HIDDEN),
          "hidden units of the mlp router"),
    REAL("alpha", alpha, 1000, TRAINING_TEXT(TRAINING_ALPHA), "weight of the entropy term"),
    TRAINING_PACE,
    COUNT("patience", patience, 0, 100000, TRAINING_TEXT(TRAINING_PATIENCE),
          "epochs without gain of any model before it stops; 0: never"),
    TRAINING_SHARE_HELD_OUT,
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
    const struct field field = {.name = args->list ? "list" : "values",
                                .positional = args->list != NULL,
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

/* "0,5,10", and no name of a file that somebody would choose. */
static bool is_list(const char *word)
{
    return word && (isdigit((unsigned char)word[0]) || word[0] == '.') &&
           !word[strspn(word, "0123456789.,eE+-")];
}

/* A list stands behind the files; where a model may be left out it is in the model's place. */
static enum status settle_words(const struct call *call, struct ablate_args *args,
                                struct error *err)
{
    const char *held = given_name(call->given, HELD_MODEL);
    if (!args->list && args->model != held && is_list(args->model)) {
        args->list = args->model;
        args->model = held;
    }
    if (args->list && args->values)
        return error_set(err, STATUS_USAGE,
                         "the values are given twice, as '%s' and by --values '%s'",
                         args->list, args->values);
    if (args->list)
        args->values = args->list;
    return STATUS_OK;
}

static enum status run_ablate(struct call *call, struct error *err)
{
    struct ablate_args args = *(const struct ablate_args *)call->args;
    struct call settled = *call;
    settled.args = &args;
    enum status status = settle_words(call, &args, err);
    return status ? status : kind_runs[args.kind](&settled, err);
}

const struct command cmd_ablate = {
    .name = "ablate",
    .group = "model",
    .help = "accuracy and loss against the number of heads, and more",
    .more =
        "Trains a model for every value and seed at once, on the same batches, and judges\n"
        "each on the split; then adapts each to --budget labelled pairs an attribute,\n"
        "where the features have contexts. heads goes from --from to --to, and one head\n"
        "is a single head without a router. budget and tau adapt MODEL instead, on\n"
        "--seeds budgets each. The values are the last word, or --values. Nothing is\n"
        "written; Ctrl-C stops at once.\n"
        "\n"
        "examples\n"
        "  microscope ablate heads s.features.safetensors --from 1 --to 16 --seeds 5\n"
        "  microscope ablate alpha s.features.safetensors 0,0.1,0.5 --heads 10\n"
        "  microscope ablate budget s.features.safetensors s.model.safetensors 0,5,10,50",
    .fields = ablate_fields,
    .args_size = sizeof(struct ablate_args),
    .run = run_ablate,
};
