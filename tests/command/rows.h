/* Rows that only the tests have: every type of field, words and options, required and not.
 */
#ifndef TESTS_COMMAND_ROWS_H
#define TESTS_COMMAND_ROWS_H

#include <math.h>

#include "command/call.h"
#include "command/command.h"

struct fit_args {
    const char *features, *out, *init, *note;
    size_t heads;
    double alpha, shift;
    int router;
    bool resume, shuffle;
    struct texts splits;
};

static const char *const fit_routers[] = {"mlp", "linear", "static", NULL};

static const struct field fit_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     FIELD_AT(struct fit_args, features),
     .positional = true,
     .help = "features of the pairs"},
    {.name = "init",
     .type = FIELD_PATH,
     FIELD_AT(struct fit_args, init),
     .positional = true,
     .initial = "",
     .help = "parameters to start from"},
    {.name = "out",
     .letter = 'o',
     .type = FIELD_PATH,
     FIELD_AT(struct fit_args, out),
     .help = "where the model goes"},
    {.name = "heads",
     .letter = 'k',
     .type = FIELD_COUNT,
     FIELD_AT(struct fit_args, heads),
     .min = 1,
     .max = 256,
     .initial = "5",
     .help = "heads in the mixture"},
    {.name = "alpha",
     .type = FIELD_REAL,
     FIELD_AT(struct fit_args, alpha),
     .min = 0,
     .max = 100,
     .initial = "0.5",
     .unit = "nats",
     .help = "weight of the entropy term"},
    {.name = "shift",
     .type = FIELD_REAL,
     FIELD_AT(struct fit_args, shift),
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .initial = "-1",
     .help = "added to every margin"},
    {.name = "router",
     .type = FIELD_CHOICE,
     FIELD_AT(struct fit_args, router),
     .choices = fit_routers,
     .initial = "mlp",
     .help = "what weighs the heads, by the prompt or by its context where there is one"},
    {.name = "note",
     .type = FIELD_TEXT,
     FIELD_AT(struct fit_args, note),
     .initial = "",
     .help = "kept in the model"},
    {.name = "resume",
     .type = FIELD_FLAG,
     FIELD_AT(struct fit_args, resume),
     .initial = "no",
     .help = "go on from where the model was saved"},
    {.name = "shuffle",
     .type = FIELD_FLAG,
     FIELD_AT(struct fit_args, shuffle),
     .initial = "yes",
     .help = "a new order every epoch"},
    {.name = "split",
     .type = FIELD_TEXTS,
     FIELD_AT(struct fit_args, splits),
     .initial = "",
     .value = "NAME",
     .help = "splits to train on"},
    {0},
};

static inline enum status fit_run(struct call *call, struct error *err)
{
    const struct fit_args *args = call->args;
    if (args->heads == 13)
        return error_set(err, STATUS_FAILED, "thirteen heads bring bad luck");
    report_count(call->report, "heads", args->heads, NULL);
    report_count(call->report, "seed", call->seed, NULL);
    return STATUS_OK;
}

static const struct command row_fit = {.name = "fit",
                                       .group = "model",
                                       .help = "fit a mixture of heads",
                                       .more =
                                           "examples\n  microscope fit f.safetensors -o m",
                                       .fields = fit_fields,
                                       .args_size = sizeof(struct fit_args),
                                       .run = fit_run};

struct join_args {
    struct texts files;
};

static const struct field join_fields[] = {
    {.name = "files",
     .type = FIELD_PATHS,
     FIELD_AT(struct join_args, files),
     .positional = true,
     .help = "files to join"},
    {0},
};

static const struct command row_join = {.name = "join",
                                        .group = "data",
                                        .help = "join files",
                                        .fields = join_fields,
                                        .args_size = sizeof(struct join_args),
                                        .run = fit_run};

static const struct command row_filter = {
    .name = "filter", .group = "data", .help = "keep some pairs", .run = fit_run};

static const struct command *const rows[] = {&row_filter, &row_join, &row_fit, NULL};

#endif
