/* A client for embeddings endpoints: text -> feature vector by a model that runs elsewhere.
 *
 * Speaks what OpenAI's /v1/embeddings speaks, and the native paths of text-embeddings-inference
 * (/embed) and Ollama (/api/embed). docs/encoders.md says what the server must be told so that its
 * vectors are the features that a mixture head reads.
 *
 * Call order:
 *   1. endpoint_open        reads the address and the options; no network
 *   2. endpoint_connect     embeds the texts of the fingerprint: the dimension, unit vectors or raw
 *                           ones, the same encoder as last time; opens the cache
 *   3. endpoint_embed       many texts, until all are there; or, for a text that is being typed,
 *      endpoint_ask, _poll  the latest text, without waiting
 *   4. endpoint_settings    into the features' metadata; endpoint_open takes them back
 *
 * No vector reaches the caller that was not checked: as many as texts, each text its own (by index),
 * the dimension, finite, not all zero, of sane length. What the server answers is believed in
 * nothing else: replies are capped, redirects are not followed, https is verified.
 *
 * The key comes from the environment alone (MICROSCOPE_API_KEY, else OPENAI_API_KEY) and goes
 * nowhere but into the header of a request: not into errors, settings or the cache. The latter is not
 * sent over http to another machine.
 *
 * An object belongs to one thread at a time; open one each for several.
 */
#ifndef ENCODE_ENDPOINT_H
#define ENCODE_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"
#include "encode/encoder.h"

struct endpoint;
struct json;
struct pollfd;

/* Which server: decides what is asked of it beside the texts, and the path when the address has
 * none. */
enum endpoint_profile {
    ENDPOINT_NONE,     /* what OpenAI's has: /v1/embeddings */
    ENDPOINT_LLAMA,    /* llama-server: embd_normalize -1 */
    ENDPOINT_VLLM,     /* use_activation false */
    ENDPOINT_VLLM_OLD, /* before 0.12: normalize false */
    ENDPOINT_TEI,      /* /embed: normalize false, truncate false */
    ENDPOINT_OLLAMA,   /* /api/embed: truncate false */
    ENDPOINT_PROFILES
};
const char *endpoint_profile_name(enum endpoint_profile profile); /* "none", "llama" ... */

struct endpoint_progress {
    size_t done, total; /* texts that are there, and asked for */
    size_t cached;      /* of done, those that no request was needed for */
    double tokens;      /* as counted by the server; 0 when it does not count */
    const char
        *doing; /* "embedding", "waiting for the server", "the server loads its model" */
};

/* All zero is a sane choice. Strings are copied, gain is copied too. */
struct endpoint_options {
    enum endpoint_profile profile;
    const char *template; /* "raw", "llama-3", "chatml" or a file (template.h); NULL: raw */
    size_t batch;         /* texts a request; 0: 32 */
    size_t token_budget;  /* tokens a request, estimated as bytes / 3; 0: 8192 */
    size_t jobs;          /* connections in flight; 0: 2 */
    size_t dimension;     /* D when it must be this; 0: what the server gives */
    bool expect_raw;      /* refuse unit vectors, unless gain undoes it */
    /* The gain w of the final RMSNorm, D floats: unit vectors v become v * sqrt(D) / |v ./ w|, the
     * state before normalisation (RMSNorm and last-token pooling only). NULL: as they come. */
    const float *gain;
    size_t n_gain;
    double connect_seconds; /* 0: 3 */
    double live_seconds;    /* of a text that is typed, in all; 0: 30 */
    double
        bulk_seconds; /* of a request of up to 8192 tokens, longer ones in proportion; 0: 120 */
    double hurry;     /* waits between tries are divided by this; 0: 1; for tests */
    const char *cache; /* folder; NULL: $XDG_CACHE_HOME/microscope/vectors */
    bool no_cache;

    const struct cancel *cancel; /* looked at ten times a second; NULL: never stopped */
    /* Called from endpoint_connect and endpoint_embed about ten times a second; NULL: nobody looks. */
    void (*progress)(void *self, const struct endpoint_progress *progress);
    void *self;
};

/* What is embedded: the template's rendering of a prompt, with its context and a response where
 * there are any (encoder_text: bytes NULL, none). Bytes that are no UTF-8 are sent as U+FFFD. */
struct endpoint_text {
    struct encoder_text prompt, context, response;
};

/* Is this the address of an endpoint ("http://..." or "https://...")? */
bool endpoint_is_address(const char *name);

/* address: http(s)://HOST[:PORT][/PATH]#MODEL. settings: what endpoint_settings wrote, or NULL;
 * profile, template and gain come from them then, and the fingerprint that the server must match.
 * NULL on failure: STATUS_USAGE for an address or options that cannot be (a password in the address,
 * a key that is no header), STATUS_FORMAT for settings that are not of an endpoint, errors of
 * template_open. */
struct endpoint *endpoint_open(const char *address, const struct endpoint_options *options,
                               const struct json *settings, struct error *err);
void endpoint_free(
    struct endpoint *endpoint); /* NULL is allowed; drops what is in flight */

/* Asks the server. Once it has succeeded it does nothing. STATUS_NOT_FOUND when no server answers
 * there, STATUS_IO when it fails or refuses, STATUS_FORMAT when the reply is not one,
 * STATUS_SHAPE for another dimension than expected, STATUS_FAILED when the fingerprint says that it
 * is another encoder or unit vectors come where raw ones are needed, STATUS_CANCELLED. */
enum status endpoint_connect(struct endpoint *endpoint, struct error *err);

/* D: what settings, options or, after endpoint_connect, the server say; 0 when nobody has yet. */
size_t endpoint_width(const struct endpoint *endpoint);
bool endpoint_is_unit(
    const struct endpoint *endpoint); /* the server normalises; after connect */

/* What the user should know and no error says (the key goes over http in clear, the server
 * normalises); NULL: nothing. Valid as long as the endpoint. */
const char *endpoint_warning(const struct endpoint *endpoint);

/* out: [n, D] row-major, in the order of texts. Connects first when that has not been done. Texts
 * that are in the cache cost no request, equal texts one. A text that the server refuses by itself
 * is an error in the end that names it (counted from 1); the others have gone into the cache by
 * then, so that the next try pays for none twice. With failed ([n], may be NULL) such texts are
 * marked there instead, their rows NaN, and the others kept. On failure all rows are NaN. A single text
 * is for somebody who waits: live_seconds in all, and no second try when nobody is there. Errors as
 * of endpoint_connect. */
enum status endpoint_embed(struct endpoint *endpoint, const struct endpoint_text *texts,
                           size_t n, float *out, bool *failed, struct error *err);

/* Somebody waits for each endpoint_embed from now on, as for a single text, but so many seconds; 0: for
 * single texts alone, live_seconds. */
void endpoint_set_patience(struct endpoint *endpoint, double seconds);

/* ---- a text that is being typed; nothing here waits ---- */

enum endpoint_state {
    ENDPOINT_IDLE,    /* nothing was asked */
    ENDPOINT_WAITING, /* poll again when a descriptor is ready or the time is up */
    ENDPOINT_READY,   /* the row of the latest text is there */
    ENDPOINT_FAILED,  /* it will not come; ask again to try again */
};

/* Asks for a text and forgets the one before, whose request is broken off. The text is copied. Connects
 * first when that has not been done (without waiting). An answer from the cache is ready at once. */
void endpoint_ask(struct endpoint *endpoint, const struct endpoint_text *text);

/* Moves things on. READY: out (when not NULL) holds [D]; D may have become known only now, so ask
 * endpoint_width first or poll with NULL. FAILED: *err is filled. */
enum endpoint_state endpoint_poll(struct endpoint *endpoint, float *out, struct error *err);

/* What to wait for beside the keyboard until the next endpoint_poll: fills at most `room` descriptors,
 * returns how many, and lowers *timeout_ms when it should be called sooner (-1: never). */
size_t endpoint_descriptors(const struct endpoint *endpoint, struct pollfd *descriptors,
                            size_t room, int *timeout_ms);
/* While it waits, for people: "connecting", "embedding", "waiting for the server", "the server loads
 * its model"; NULL otherwise. */
const char *endpoint_doing(const struct endpoint *endpoint);

void endpoint_forget(struct endpoint *endpoint); /* breaks off what was asked */

/* ---- */

/* Adds to the object all that endpoint_open needs to meet the same encoder again: address, profile,
 * template, dimension, gain, fingerprint. After endpoint_connect. Never the key. */
void endpoint_settings(const struct endpoint *endpoint, struct json *object);

#endif
