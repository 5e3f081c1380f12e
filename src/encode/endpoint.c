#include "encode/endpoint.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "encode/base64.h"
#include "encode/endpoint_inside.h"
#include "io/json.h"

/* Part of every key of the cache: when what is sent or kept changes its meaning, this changes. */
static const char cache_version[] = "microscope vectors 1";

enum { BATCH = 32, TOKEN_BUDGET = 8192, JOBS = 2, JOBS_MOST = 64, BATCH_MOST = 2048 };
enum { KEY_MOST = 4096 };

static const char *const profile_names[ENDPOINT_PROFILES] = {
    [ENDPOINT_NONE] = "none", [ENDPOINT_LLAMA] = "llama",
    [ENDPOINT_VLLM] = "vllm", [ENDPOINT_VLLM_OLD] = "vllm-old",
    [ENDPOINT_TEI] = "tei",   [ENDPOINT_OLLAMA] = "ollama",
};

const char *endpoint_profile_name(enum endpoint_profile profile)
{
    return profile_names[profile];
}

bool endpoint_is_address(const char *name)
{
    return address_is(name);
}

enum status endpoint_blame(const struct endpoint *endpoint, struct error *err)
{
    char model[80];
    return error_prefix(err, "'%s' (model '%s')", endpoint->address.url,
                        text_show(model, sizeof model, endpoint->address.model));
}

void endpoint_warn(struct endpoint *endpoint, const char *format, ...)
{
    va_list args;
    if (endpoint->warning.length)
        text_add(&endpoint->warning, "; ");
    va_start(args, format);
    text_vprintf(&endpoint->warning, format, args);
    va_end(args);
}

const char *endpoint_warning(const struct endpoint *endpoint)
{
    return endpoint->warning.length ? endpoint->warning.bytes : NULL;
}

/* ---- opening ---- */

static enum status take_key(struct endpoint *endpoint, struct error *err)
{
    const char *name = "MICROSCOPE_API_KEY", *key = getenv(name);
    if (!key || !*key) {
        name = "OPENAI_API_KEY";
        key = getenv(name);
    }
    if (!key || !*key)
        return STATUS_OK;
    size_t length = strlen(key);
    for (size_t i = 0; i < length; i++)
        if (length > KEY_MOST || key[i] <= ' ' || key[i] > '~')
            return error_set(err, STATUS_USAGE,
                             "the key in %s is none: it is too long or holds a space or a "
                             "control character",
                             name);
    /* A key that was meant for somebody else is not shown to whoever listens on the way. */
    bool is_clear = !endpoint->address.is_https && !endpoint->address.is_loopback;
    bool is_own = strcmp(name, "MICROSCOPE_API_KEY") == 0;
    if (is_clear)
        endpoint_warn(endpoint, "the key in %s %s to '%s' in clear", name,
                      is_own ? "goes" : "is not sent", endpoint->address.url);
    if (is_own || !is_clear)
        endpoint->key = mem_copy_text(key);
    return STATUS_OK;
}

static enum status take_gain(struct endpoint *endpoint, const float *gain, size_t n,
                             struct error *err)
{
    if (!gain)
        return STATUS_OK;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(gain[i]) || gain[i] == 0)
            return error_set(err, STATUS_USAGE, "value %zu of the gain is %g", i + 1,
                             (double)gain[i]);
    free(endpoint->gain);
    endpoint->gain = memcpy(mem_alloc(n * sizeof *gain), gain, n * sizeof *gain);
    endpoint->n_gain = n;
    return STATUS_OK;
}

static size_t or_default(size_t value, size_t initial, size_t most)
{
    return !value ? initial : value < most ? value : most;
}

static void take_numbers(struct endpoint *endpoint, const struct endpoint_options *options)
{
    endpoint->batch = or_default(options->batch, BATCH, BATCH_MOST);
    endpoint->token_budget = or_default(options->token_budget, TOKEN_BUDGET, SIZE_MAX);
    endpoint->jobs = or_default(options->jobs, JOBS, JOBS_MOST);
    endpoint->width = options->dimension;
    endpoint->expect_raw = options->expect_raw;
    endpoint->connect_seconds = options->connect_seconds > 0 ? options->connect_seconds : 3;
    endpoint->live_seconds = options->live_seconds > 0 ? options->live_seconds : 30;
    endpoint->bulk_seconds = options->bulk_seconds > 0 ? options->bulk_seconds : 120;
    endpoint->hurry = options->hurry > 0 ? options->hurry : 1;
    endpoint->cancel = options->cancel;
    endpoint->progress = options->progress;
    endpoint->self = options->self;
}

static void choose_cache(struct endpoint *endpoint, const struct endpoint_options *options)
{
    struct text folder = {0};
    if (options->no_cache)
        return;
    if (options->cache)
        endpoint->cache_folder = mem_copy_text(options->cache);
    else if (vector_cache_folder(&folder))
        endpoint->cache_folder = folder.bytes;
    else
        endpoint_warn(endpoint,
                      "vectors are not kept: neither XDG_CACHE_HOME nor HOME is set");
}

static void identify(struct endpoint *endpoint)
{
    const char *const fields[] = {cache_version, endpoint->address.url,
                                  endpoint->address.model,
                                  profile_names[endpoint->profile]};
    struct sha256 sha;
    sha256_init(&sha);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        sha256_add_field(&sha, fields[i], strlen(fields[i]));
    sha256_finish(&sha, endpoint->identity);
}

/* ---- settings ---- */

static enum status read_profile(struct endpoint *endpoint, const struct json *settings,
                                struct error *err)
{
    const char *name = json_text(json_get(settings, "profile"));
    for (int i = 0; name && i < ENDPOINT_PROFILES; i++)
        if (strcmp(name, profile_names[i]) == 0) {
            endpoint->profile = (enum endpoint_profile)i;
            return STATUS_OK;
        }
    return error_set(err, STATUS_FORMAT, "settings of an endpoint: 'profile' is none");
}

static enum status read_template(struct endpoint *endpoint, const struct json *settings,
                                 struct error *err)
{
    const char *name = json_text(json_get(settings, "template"));
    const char *pattern = json_text(json_get(settings, "template.text"));
    if (!name || !pattern)
        return error_set(err, STATUS_FORMAT, "settings of an endpoint: 'template' is none");
    endpoint->template = template_parse(name, pattern, strlen(pattern), err);
    return endpoint->template ? STATUS_OK : STATUS_FORMAT;
}

static enum status read_gain(struct endpoint *endpoint, const struct json *settings,
                             struct error *err)
{
    const char *text = json_text(json_get(settings, "gain"));
    if (!text)
        return STATUS_OK;
    size_t n = 0;
    float *gain = mem_alloc(BASE64_ROOM(strlen(text)) + 1);
    enum status status = STATUS_OK;
    if (!base64_decode(text, strlen(text), (unsigned char *)gain, &n) || n % 4 || !n ||
        take_gain(endpoint, gain, n / 4, NULL) != STATUS_OK)
        status = error_set(err, STATUS_FORMAT, "settings of an endpoint: 'gain' is none");
    free(gain);
    return status;
}

static enum status read_settings(struct endpoint *endpoint, const struct json *settings,
                                 struct error *err)
{
    double width = 0;
    if (!json_number(json_get(settings, "dimension"), &width) || width < 1 || width > 1e6 ||
        width != floor(width))
        return error_set(err, STATUS_FORMAT,
                         "settings of an endpoint: 'dimension' is none");
    if (endpoint->width && endpoint->width != (size_t)width)
        return error_set(err, STATUS_SHAPE, "the features have %.0f dimensions, not %zu",
                         width, endpoint->width);
    endpoint->width = (size_t)width;
    enum status status = read_profile(endpoint, settings, err);
    if (!status)
        status = read_template(endpoint, settings, err);
    if (!status)
        status = read_gain(endpoint, settings, err);
    if (!status)
        status = fingerprint_from_json(&endpoint->wanted, endpoint->width,
                                       json_get(settings, "fingerprint"), err);
    return status;
}

void endpoint_settings(const struct endpoint *endpoint, struct json *object)
{
    struct text address = {0};
    text_printf(&address, "%s#%s", endpoint->address.url, endpoint->address.model);
    json_put_text(object, "address", address.bytes);
    text_done(&address);
    json_put_text(object, "profile", profile_names[endpoint->profile]);
    json_put_text(object, "template", template_name(endpoint->template));
    json_put_text(object, "template.text", template_pattern(endpoint->template));
    json_put_number(object, "dimension", (double)endpoint->width);
    json_put_flag(object, "unit", endpoint->is_unit && !endpoint->gain);
    if (endpoint->gain) {
        struct text gain = {0};
        base64_add(&gain, endpoint->gain, endpoint->n_gain * sizeof *endpoint->gain);
        json_put_text(object, "gain", gain.bytes);
        text_done(&gain);
    }
    const struct fingerprint *fingerprint =
        endpoint->found.rows ? &endpoint->found : &endpoint->wanted;
    if (fingerprint->rows)
        json_put(object, "fingerprint", fingerprint_to_json(fingerprint));
}

/* ---- life ---- */

static enum status set_up(struct endpoint *endpoint, const char *address,
                          const struct endpoint_options *options,
                          const struct json *settings, struct error *err)
{
    take_numbers(endpoint, options);
    endpoint->profile = options->profile;
    enum status status = settings ? read_settings(endpoint, settings, err) : STATUS_OK;
    if (!status)
        status = take_gain(endpoint, options->gain, options->n_gain, err);
    if (!status)
        status = address_parse(&endpoint->address, address, endpoint->profile, err);
    if (!status)
        status = take_key(endpoint, err);
    if (status)
        return status;
    if (!endpoint->template) {
        endpoint->template =
            template_open(options->template ? options->template : "raw", err);
        if (!endpoint->template)
            return STATUS_FAILED;
    }
    choose_cache(endpoint, options);
    identify(endpoint);
    endpoint->wire = wire_create(&endpoint->address, endpoint->key,
                                 endpoint->connect_seconds, endpoint->jobs);
    if (!endpoint->wire)
        return error_set(err, STATUS_FAILED, "libcurl could not be started");
    return STATUS_OK;
}

struct endpoint *endpoint_open(const char *address, const struct endpoint_options *options,
                               const struct json *settings, struct error *err)
{
    static const struct endpoint_options defaults;
    struct endpoint *endpoint = mem_zero(sizeof *endpoint);
    rng_init(&endpoint->rng, (uint64_t)time(NULL) ^ (uint64_t)getpid() << 32, 0);
    endpoint->plain = template_open("raw", err);
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++) {
        const char *text = fingerprint_text(i);
        endpoint->probe[i].prompt = (struct encoder_text){text, strlen(text)};
    }
    if (set_up(endpoint, address, options ? options : &defaults, settings, err) ==
        STATUS_OK)
        return endpoint;
    endpoint_free(endpoint);
    return NULL;
}

void endpoint_free(struct endpoint *endpoint)
{
    if (!endpoint)
        return;
    if (endpoint->wire)
        endpoint_forget(endpoint);
    wire_free(endpoint->wire);
    vector_cache_free(endpoint->cache);
    fingerprint_done(&endpoint->wanted);
    fingerprint_done(&endpoint->found);
    template_free(endpoint->template);
    template_free(endpoint->plain);
    address_done(&endpoint->address);
    text_done(&endpoint->warning);
    if (endpoint->key)
        memset(endpoint->key, 0, strlen(endpoint->key));
    free(endpoint->key);
    free(endpoint->cache_folder);
    free(endpoint->gain);
    free(endpoint);
}

size_t endpoint_width(const struct endpoint *endpoint)
{
    return endpoint->width;
}

bool endpoint_is_unit(const struct endpoint *endpoint)
{
    return endpoint->is_unit;
}

/* ---- many texts ---- */

void endpoint_set_patience(struct endpoint *endpoint, double seconds)
{
    endpoint->patience = seconds;
}

enum status endpoint_embed(struct endpoint *endpoint, const struct endpoint_text *texts,
                           size_t n, float *out, bool *failed, struct error *err)
{
    bool is_live = n == 1 || endpoint->patience > 0;
    enum status status = endpoint_meet(endpoint, is_live, err);
    if (status) {
        for (size_t i = 0; i < n * endpoint->width; i++)
            out[i] = NAN;
        return status;
    }
    endpoint_forget(endpoint);
    const struct run_options options = {
        .template = endpoint->template,
        .is_live = is_live,
        .out = out,
        .failed = failed,
        .began = clock_seconds(),
    };
    if (failed)
        memset(failed, 0, n * sizeof *failed);
    struct endpoint_run *run = endpoint_run_start(endpoint, texts, n, &options);
    status = endpoint_run_whole(run, err);
    endpoint_run_free(run);
    return status;
}
