#include "command/cmd_convert.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "command/dtypes.h"
#include "core/features.h"
#include "io/tensors_writer.h"

enum layout_choice { LAYOUT_OURS, LAYOUT_RAW };

struct convert_args {
    const char *input, *out;
    struct texts map;
    int layout, dtype;
};

static const char *const layout_choices[] = {"ours", "raw", NULL};
/* The first: as the responses are, of which F64 is made F32. */
static const char *const kept_choices[] = {"same", "f32", "f16", "bf16", NULL};

static const struct field convert_fields[] = {
    {.name = "input",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct convert_args, input),
     .help = "features: a safetensors file or index, an .npz, a folder or prefix of .npy"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct convert_args, out),
     .help = "safetensors file, .npz, or a folder (with / at its end) for .npy files"},
    {.name = "map",
     .type = FIELD_TEXTS,
     FIELD_AT(struct convert_args, map),
     .initial = "",
     .value = "NAME=TENSOR",
     .help = "where the input has what a layout calls NAME; once for each"},
    {.name = "layout",
     .type = FIELD_CHOICE,
     FIELD_AT(struct convert_args, layout),
     .choices = layout_choices,
     .initial = "ours",
     .help =
         "ours holds all; raw: chosen, rejected, prompt, attribute, split, a row a pair"},
    {.name = "dtype",
     .type = FIELD_CHOICE,
     FIELD_AT(struct convert_args, dtype),
     .choices = kept_choices,
     .initial = "same",
     .help = "numbers in the output"},
    {0},
};

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

bool convert_is_features(const char *path)
{
    static const char *const ends[] = {".safetensors", ".index.json", ".npz", ".npy"};
    struct stat info;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(path, ends[i]))
            return true;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Splits "NAME=TENSOR"; names live in the arena. */
static enum status read_map(const struct texts *texts, struct features_map *map,
                            struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < texts->n; i++) {
        const char *equals = strchr(texts->items[i], '=');
        if (!equals || equals == texts->items[i] || !equals[1])
            return error_set(err, STATUS_USAGE,
                             "--map wants NAME=TENSOR, such as prompt=embeddings, not '%s'",
                             texts->items[i]);
        map[i].name =
            arena_copy(arena, texts->items[i], (size_t)(equals - texts->items[i]));
        map[i].tensor = equals + 1;
        for (size_t j = 0; j < i; j++)
            if (strcmp(map[j].name, map[i].name) == 0)
                return error_set(err, STATUS_USAGE, "--map names '%s' twice", map[i].name);
    }
    return STATUS_OK;
}

static void report_features(struct report *report, const struct features *features,
                            const char *out, enum dtype dtype)
{
    if (strcmp(out, "-") == 0)
        report_yield_output(report);
    report_text(report, "layout", features->layout);
    report_count(report, "pairs", features->n_pairs, NULL);
    report_count(report, "prompts", features->prompt.n_rows, NULL);
    report_count(report, "contexts", features->context.n_rows, NULL);
    size_t n = features->chosen.n_rows;
    if (features->rejected.data != features->chosen.data)
        n += features->rejected.n_rows;
    report_count(report, "responses", n, NULL);
    report_count(report, "prompt_features", features->prompt.n_columns, NULL);
    report_count(report, "response_features", features->chosen.n_columns, NULL);
    report_text(report, "numbers", dtype_name(dtype));
}

static enum status save(const struct features *features, const char *out,
                        enum layout_choice layout, enum dtype dtype, struct error *err)
{
    if (dtype == DTYPE_BF16 && tensors_writer_is_numpy(out))
        return error_set(err, STATUS_USAGE,
                         "NumPy has no bf16; write '%s' with --dtype f32 or f16", out);
    return layout == LAYOUT_RAW ? features_save_raw(out, features, dtype, err)
                                : features_save(out, features, dtype, err);
}

enum status convert_features(struct call *call, const char *path, const char *out,
                             enum dtype dtype, struct error *err)
{
    struct features features;
    enum status status = tensors_writer_check(out, err);
    if (!status)
        status = features_open(&features, path, err);
    if (status)
        return status;
    status = save(&features, out, LAYOUT_OURS, dtype, err);
    if (!status)
        report_features(call->report, &features, out, dtype);
    features_done(&features);
    return status;
}

/* What has no place in the raw layout is said, not dropped in silence. */
static void note_losses(struct report *report, const struct features *features)
{
    if (features->context.n_rows)
        report_note(report, "The raw layout has no contexts: %zu rows were left out.",
                    features->context.n_rows);
    if (features->pair_user)
        report_note(report, "The raw layout has no users: they were left out.");
    if (features->labels.n_rows)
        report_note(report, "The raw layout has no ratings: they were left out.");
}

static enum status run_convert(struct call *call, struct error *err)
{
    const struct convert_args *args = call->args;
    struct arena arena = {0};
    struct features features;
    struct features_map *map = mem_zero((args->map.n + 1) * sizeof *map);
    enum status status = read_map(&args->map, map, &arena, err);
    if (!status)
        status = tensors_writer_check(args->out, err);
    if (!status)
        status = features_open_mapped(&features, args->input, map, args->map.n, err);
    if (!status) {
        enum dtype dtype =
            args->dtype ? dtype_chosen[args->dtype - 1] : features.chosen.dtype;
        status = save(&features, args->out, (enum layout_choice)args->layout, dtype, err);
        if (!status)
            report_features(call->report, &features, args->out, dtype);
        if (!status && args->layout == LAYOUT_RAW)
            note_losses(call->report, &features);
        features_done(&features);
    }
    arena_done(&arena);
    free(map);
    return status;
}

const struct command cmd_convert = {
    .name = "convert",
    .group = "data",
    .help = "features between our form and those of others",
    .more =
        "Read are our own layout, chosen/rejected/prompt, and ArmoRM's two stages; as\n"
        "safetensors (sharded too), .npz, or .npy files. --map names tensors that the\n"
        "file calls otherwise. 'microscope info FILE' lists what a file holds.\n"
        "\n"
        "examples\n"
        "  microscope convert features.npz --out f.features.safetensors\n"
        "  microscope convert hidden.safetensors --map chosen=h_win \\\n"
        "      --map rejected=h_lose --map prompt=h_prompt --out f.features.safetensors\n"
        "  microscope convert f.features.safetensors --layout raw --out arrays/",
    .fields = convert_fields,
    .args_size = sizeof(struct convert_args),
    .run = run_convert,
};
