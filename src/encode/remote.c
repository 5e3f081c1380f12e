#include "encode/remote.h"

#include <stdlib.h>

#include "base/memory.h"
#include "encode/endpoint.h"
#include "io/json.h"
#include "io/safetensors.h"

struct remote {
    struct endpoint *endpoint;
    const struct encoder_watch *watch;
    bool is_open; /* progress is of texts */
};

static void remote_close(void *self)
{
    struct remote *remote = self;
    endpoint_free(remote->endpoint);
    free(remote);
}

/* ---- opening ---- */

static void report(void *self, const struct endpoint_progress *progress)
{
    const struct remote *remote = self;
    if (remote->is_open && remote->watch && remote->watch->progress)
        remote->watch->progress(remote->watch->self, (double)progress->done,
                                (double)progress->total);
}

/* The gain of the model's last norm out of a checkpoint; n floats, free them. NULL with *err filled. */
static float *read_gain(const char *path, size_t *n, struct error *err)
{
    static const char *const names[] = {"model.norm.weight", "norm.weight",
                                        "language_model.model.norm.weight"};
    struct safetensors *file = safetensors_open(path, err);
    if (!file)
        return NULL;
    const char *name = safetensors_count(file) == 1 ? safetensors_name(file, 0) : names[0];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (safetensors_has(file, names[i]))
            name = names[i];
    const struct tensor *tensor = safetensors_find(file, name, err);
    float *gain = NULL;
    char text[TENSOR_TEXT];
    if (tensor && tensor->rank == 1 && tensor->n_elements && dtype_is_real(tensor->dtype)) {
        *n = tensor->n_elements;
        gain = mem_alloc(*n * sizeof *gain);
        dtype_widen(gain, tensor->data, tensor->dtype, *n);
    } else if (tensor) {
        error_set(err, STATUS_SHAPE, "'%s': tensor '%s' is %s, expected a gain [D]", path,
                  name, tensor_describe(tensor, text));
    }
    safetensors_free(file);
    return gain;
}

static enum status open_endpoint(struct remote *remote, const char *name,
                                 const struct encoder_opening *opening, struct error *err)
{
    const struct encoder_choices none = {0},
                                 *choices = opening->choices ? opening->choices : &none;
    const struct json *settings = json_get(opening->settings, "remote");
    struct endpoint_options options = {
        .profile = (enum endpoint_profile)choices->profile,
        .template = choices->template,
        .batch = choices->batch,
        .jobs = choices->requests,
        .bulk_seconds = choices->timeout,
        .live_seconds = choices->timeout,
        .expect_raw = choices->is_raw,
        .no_cache = choices->keeps_none,
        .cancel = opening->watch ? opening->watch->cancel : NULL,
        .progress = report,
        .self = remote,
    };
    float *gain = NULL;
    if (opening->settings && !settings)
        return error_set(err, STATUS_FORMAT, "settings of encoder '%s' have no 'remote'",
                         name);
    if (choices->gain && !(gain = read_gain(choices->gain, &options.n_gain, err)))
        return err->status;
    options.gain = gain;
    remote->endpoint = endpoint_open(name, &options, settings, err);
    free(gain);
    if (!remote->endpoint)
        return err->status;
    return endpoint_width(remote->endpoint) ? STATUS_OK
                                            : endpoint_connect(remote->endpoint, err);
}

static void *remote_open(const char *name, const struct encoder_opening *opening,
                         struct error *err)
{
    struct error inner = {0};
    struct remote *remote = mem_zero(sizeof *remote);
    remote->watch = opening->watch;
    enum status status = open_endpoint(remote, name, opening, &inner);
    remote->is_open = true;
    if (!status)
        return remote;
    error_set(err, status, "%s", inner.message);
    remote_close(remote);
    return NULL;
}

/* ---- what it is ---- */

static bool remote_adds_context(const void *self)
{
    (void)self;
    return false;
}

static size_t remote_width(const void *self, enum encoder_side side)
{
    const struct remote *remote = self;
    (void)side;
    return endpoint_width(remote->endpoint);
}

static const char *remote_feature(const void *self, enum encoder_side side, size_t index)
{
    (void)self;
    (void)side;
    (void)index;
    return NULL;
}

static enum scaling remote_scaling(const void *self, enum encoder_side side, size_t index)
{
    (void)self;
    (void)side;
    (void)index;
    return SCALING_NONE;
}

static const char *remote_warning(const void *self)
{
    const struct remote *remote = self;
    return endpoint_warning(remote->endpoint);
}

static void remote_settings(const void *self, struct json *object)
{
    const struct remote *remote = self;
    endpoint_settings(remote->endpoint, json_put(object, "remote", json_object()));
}

/* ---- encoding ---- */

static enum status remote_prompts(void *self, const struct encoder_prompt *texts, size_t n,
                                  float *out, struct error *err)
{
    struct remote *remote = self;
    struct endpoint_text *wanted = mem_zero(n * sizeof *wanted + 1);
    for (size_t i = 0; i < n; i++)
        wanted[i] =
            (struct endpoint_text){.prompt = texts[i].prompt, .context = texts[i].context};
    endpoint_set_patience(remote->endpoint, remote->watch ? remote->watch->within : 0);
    enum status status = endpoint_embed(remote->endpoint, wanted, n, out, NULL, err);
    free(wanted);
    return status;
}

static enum status remote_responses(void *self, const struct encoder_response *texts,
                                    size_t n, float *out, struct error *err)
{
    static const char empty[] = "";
    struct remote *remote = self;
    struct endpoint_text *wanted = mem_zero(n * sizeof *wanted + 1);
    for (size_t i = 0; i < n; i++) {
        wanted[i] = (struct endpoint_text){.prompt = texts[i].prompt,
                                           .response = texts[i].response};
        if (!wanted[i].response.bytes) /* an answer all the same */
            wanted[i].response.bytes = empty;
    }
    enum status status = endpoint_embed(remote->endpoint, wanted, n, out, NULL, err);
    free(wanted);
    return status;
}

#define REMOTE_KIND                                                                        \
    .choices = CHOICE_REMOTE, .adds_context = remote_adds_context, .open = remote_open,    \
    .close = remote_close, .width = remote_width, .feature = remote_feature,               \
    .scaling = remote_scaling, .prompts = remote_prompts, .responses = remote_responses,   \
    .settings = remote_settings, .warning = remote_warning

const struct encoder_kind http_kind = {
    .name = "http:", .label = "http://HOST#MODEL", REMOTE_KIND};
const struct encoder_kind https_kind = {
    .name = "https:", .label = "https://HOST#MODEL", REMOTE_KIND};
