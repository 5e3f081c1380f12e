#include "session/lab_tuning.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"
#include "session/adapted.h"
#include "session/lab_inside.h"

/* The labelled pairs as features of their own, and the test pairs' prompts with the context. */
struct tuning_data {
    struct features features; /* row i of each matrix is of label i */
    size_t n_labels;
    float *contexts;              /* (n_labels, Dp) */
    float *preferred, *other;     /* (n_labels, Dr) */
    uint32_t *pairs;              /* [n_labels] 0, 1, 2 ... */
    int32_t *prompt, *row, *zero; /* [n_labels] */
    size_t n_test, n_prompts;
    uint32_t *test_pairs, *test_prompt; /* [n_test] */
    float *test_rows;                   /* (n_prompts, Dp) */
    float *test_margin;                 /* (n_test, K) */
};

struct lab_tuning {
    struct held_features *held;
    struct held_model *model;
    struct adapt_options options;
    char *context; /* NULL: a known one */
    struct tuning_data data;
    struct adapt *adapt;
    struct model tuned; /* when finished */

    struct adapt_losses *losses; /* [epochs] */
    struct lab_tuning_accuracy before, after;
    atomic_size_t epochs; /* of losses that are there */
    atomic_bool finished; /* after is there */
};

struct adapt_options lab_tuning_defaults(void)
{
    struct adapt_options options = adapt_defaults();
    options.tau = 1;
    options.targets = TARGETS_ATTRIBUTE;
    options.epochs = 50;
    return options;
}

/* ---- the data ---- */

/* out [Dp] = the row of a prompt with the context. */
static void write_row(const struct lab *lab, size_t row, float *out)
{
    effect_write(lab->effect, &lab->features->features, (uint32_t)row, out);
}

static int32_t *integers(size_t n)
{
    return mem_zero((n + 1) * sizeof(int32_t));
}

static float *floats(size_t n, size_t width)
{
    return mem_alloc((n * width + 1) * sizeof(float));
}

static void read_response(const struct rows *rows, int32_t row, float *out)
{
    dtype_widen(out, rows_at(rows, (size_t)row, 0), rows->dtype, rows->n_columns);
}

static void take_label(struct tuning_data *data, const struct lab *lab,
                       struct lab_label label)
{
    const struct features *features = &lab->features->features;
    size_t Dp = features->prompt.n_columns, Dr = features->chosen.n_columns;
    size_t n = data->n_labels++;
    float *preferred = data->preferred + n * Dr, *other = data->other + n * Dr;
    data->pairs[n] = (uint32_t)n;
    data->row[n] = (int32_t)n;
    data->prompt[n] = features->pair_prompt[label.pair];
    write_row(lab, (size_t)data->prompt[n], data->contexts + n * Dp);
    read_response(&features->chosen, features->pair_chosen[label.pair],
                  label.turned ? other : preferred);
    read_response(&features->rejected, features->pair_rejected[label.pair],
                  label.turned ? preferred : other);
}

static void take_labels(struct tuning_data *data, const struct lab *lab,
                        const struct lab_settings *settings)
{
    const struct features *features = &lab->features->features;
    size_t most = settings->n_labels;
    data->contexts = floats(most, features->prompt.n_columns);
    data->preferred = floats(most, features->chosen.n_columns);
    data->other = floats(most, features->chosen.n_columns);
    data->pairs = mem_zero((most + 1) * sizeof *data->pairs);
    data->prompt = integers(most);
    data->row = integers(most);
    data->zero = integers(most);
    for (size_t i = 0; i < most; i++)
        if (!settings->labels[i].skipped)
            take_label(data, lab, settings->labels[i]);
}

/* Features of the labels alone. */
static void make_features(struct tuning_data *data, const struct lab *lab)
{
    static const char *const names[] = {"labels"};
    const struct features *of = &lab->features->features;
    size_t n = data->n_labels, Dp = of->prompt.n_columns, Dr = of->chosen.n_columns;
    data->features = (struct features){
        .prompt = of->prompt,
        .context = {data->contexts, DTYPE_F32, n, Dp, Dp},
        .chosen = {data->preferred, DTYPE_F32, n, Dr, Dr},
        .rejected = {data->other, DTYPE_F32, n, Dr, Dr},
        .n_pairs = n,
        .pair_prompt = data->prompt,
        .pair_context = data->row,
        .pair_chosen = data->row,
        .pair_rejected = data->row,
        .pair_attribute = data->zero,
        .pair_split = data->zero,
        .n_attributes = 1,
        .attributes = names,
        .layout = of->layout,
    };
}

static void take_test(struct tuning_data *data, const struct lab *lab)
{
    const struct labelled_set *test = &lab->labelling.test;
    size_t width = lab->features->features.prompt.n_columns, K = lab->n_heads, n = test->n;
    data->n_test = n;
    data->n_prompts = test->n_prompts;
    if (!n)
        return;
    data->test_pairs = mem_alloc(n * sizeof *data->test_pairs);
    data->test_prompt = mem_alloc(n * sizeof *data->test_prompt);
    data->test_margin = mem_alloc(n * K * sizeof *data->test_margin);
    data->test_rows = mem_alloc(test->n_prompts * width * sizeof *data->test_rows);
    memcpy(data->test_pairs, test->pairs, n * sizeof *data->test_pairs);
    memcpy(data->test_prompt, test->prompt, n * sizeof *data->test_prompt);
    memcpy(data->test_margin, test->predictions.margin, n * K * sizeof *data->test_margin);
    for (size_t p = 0; p < test->n_prompts; p++)
        write_row(lab, test->prompts[p], data->test_rows + p * width);
}

static void data_done(struct tuning_data *data)
{
    void *arrays[] = {data->contexts,  data->preferred,  data->other,
                      data->pairs,     data->prompt,     data->row,
                      data->zero,      data->test_pairs, data->test_prompt,
                      data->test_rows, data->test_margin};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

/* ---- scores ---- */

/* The test pairs by a model's router, their margins being the heads'. */
static enum status score(const struct tuning_data *data, const struct model *model,
                         struct lab_tuning_accuracy *out, struct error *err)
{
    size_t K = model->shape.n_heads, n = data->n_test, Dp = model->shape.prompt_width;
    struct lab_tuning_accuracy made = {.n = n, .nll = (double)NAN};
    struct predictions predictions = {0};
    float *by_prompt = mem_array(data->n_prompts + 1, K * sizeof *by_prompt);
    float *log_weight = mem_array(n + 1, K * sizeof *log_weight);
    struct rows rows = {data->test_rows, DTYPE_F32, data->n_prompts, Dp, Dp};
    enum status status = by_prompt && log_weight ? STATUS_OK
                                                 : error_set(err, STATUS_NO_MEMORY,
                                                             "no memory for %zu pairs", n);
    if (!status && n)
        status = model_log_weights(model, &rows, NULL, data->n_prompts, by_prompt, err);
    for (size_t i = 0; i < n && !status; i++)
        memcpy(log_weight + i * K, by_prompt + data->test_prompt[i] * K,
               K * sizeof *log_weight);
    if (!status && n)
        status = predictions_of_margins(&predictions, data->test_pairs, n, K,
                                        data->test_margin, log_weight, err);
    for (size_t i = 0; i < predictions.n; i++)
        made.right += predictions.right[i * predictions.n_predictors + K];
    if (predictions.n)
        made.nll = predictions_nll(&predictions);
    predictions_done(&predictions);
    free(by_prompt);
    free(log_weight);
    if (!status)
        *out = made;
    return status;
}

/* ---- the object ---- */

static enum status begin(struct lab_tuning *tuning, const struct lab *lab,
                         const struct lab_settings *settings, struct team *team,
                         struct error *err)
{
    struct tuning_data *data = &tuning->data;
    take_labels(data, lab, settings);
    if (!data->n_labels)
        return error_set(err, STATUS_SHAPE, "there are no labels to learn from");
    make_features(data, lab);
    take_test(data, lab);
    if (score(data, &tuning->model->model, &tuning->before, err))
        return err->status;
    tuning->adapt = adapt_create(&data->features, &tuning->model->model,
                                 (struct pair_list){data->pairs, data->n_labels},
                                 &tuning->options, team, err);
    return tuning->adapt ? STATUS_OK : err->status;
}

struct lab_tuning *lab_tuning_create(const struct lab *lab,
                                     const struct lab_settings *settings,
                                     const struct adapt_options *options, struct team *team,
                                     struct error *err)
{
    if (!lab_effect(lab)) {
        error_set(err, STATUS_USAGE, "there is no context to fine-tune the router for");
        return NULL;
    }
    struct lab_tuning *tuning = mem_zero(sizeof *tuning);
    tuning->held = held_features_ref(lab->features);
    tuning->model = held_model_ref(lab->model);
    tuning->options = *options;
    tuning->context = mem_copy_text(settings->context);
    tuning->losses = mem_zero((options->epochs + 1) * sizeof *tuning->losses);
    atomic_init(&tuning->epochs, 0);
    atomic_init(&tuning->finished, false);
    if (!begin(tuning, lab, settings, team, err))
        return tuning;
    lab_tuning_free(tuning);
    return NULL;
}

void lab_tuning_free(struct lab_tuning *tuning)
{
    if (!tuning)
        return;
    adapt_free(tuning->adapt);
    model_done(&tuning->tuned);
    data_done(&tuning->data);
    free(tuning->losses);
    free(tuning->context);
    held_model_unref(tuning->model);
    held_features_unref(tuning->held);
    free(tuning);
}

/* ---- the loop ---- */

static enum status finish(struct lab_tuning *tuning, struct error *err)
{
    enum status status = adapt_model(tuning->adapt, &tuning->tuned, err);
    if (!status)
        status = score(&tuning->data, &tuning->tuned, &tuning->after, err);
    if (!status)
        atomic_store_explicit(&tuning->finished, true, memory_order_release);
    return status;
}

enum status lab_tuning_step(struct lab_tuning *tuning, struct error *err)
{
    assert(!lab_tuning_finished(tuning));
    if (adapt_finished(tuning->adapt))
        return finish(tuning, err);
    enum status status = adapt_step(tuning->adapt, err);
    size_t known = atomic_load_explicit(&tuning->epochs, memory_order_relaxed);
    size_t epoch = adapt_progress(tuning->adapt).epoch;
    if (!status && epoch > known) {
        tuning->losses[known] = adapt_losses(tuning->adapt, known);
        atomic_store_explicit(&tuning->epochs, epoch, memory_order_release);
    }
    return status;
}

bool lab_tuning_finished(const struct lab_tuning *tuning)
{
    return atomic_load_explicit(&tuning->finished, memory_order_acquire);
}

struct lab_tuning_progress lab_tuning_progress(const struct lab_tuning *tuning)
{
    struct lab_tuning_progress progress = {
        .n_epochs = tuning->options.epochs,
        .epochs = atomic_load_explicit(&tuning->epochs, memory_order_acquire),
        .losses = tuning->losses,
        .n_labels = tuning->data.n_labels,
        .before = tuning->before,
        .finished = lab_tuning_finished(tuning),
    };
    if (progress.finished)
        progress.after = tuning->after;
    return progress;
}

static struct json *describe(const struct lab_tuning *tuning)
{
    const struct adapt_options *options = &tuning->options;
    struct json *settings = json_object();
    if (tuning->context && *tuning->context)
        json_put_text(settings, "context", tuning->context);
    json_put_number(settings, "pairs", (double)tuning->data.n_labels);
    json_put_number(settings, "tau", options->tau);
    json_put_text(settings, "targets", adapt_targets_names[options->targets]);
    json_put_flag(settings, "standardise", options->standardise);
    json_put_number(settings, "learning-rate", options->learning_rate);
    json_put_number(settings, "batch", (double)options->batch);
    json_put_number(settings, "epochs", (double)options->epochs);
    json_put_number(settings, "seed", (double)options->seed);
    return settings;
}

enum status lab_tuning_model(const struct lab_tuning *tuning, struct model *model,
                             struct json **metadata, struct error *err)
{
    assert(lab_tuning_finished(tuning));
    if (model_copy(model, &tuning->tuned, err))
        return err->status;
    struct json *settings = describe(tuning);
    *metadata = adapted_metadata(tuning->model->metadata, &tuning->model->model, settings);
    json_free(settings);
    return STATUS_OK;
}
