/* What the files of endpoint.h share. Included by endpoint*.[ch] alone. */
#ifndef ENCODE_ENDPOINT_INSIDE_H
#define ENCODE_ENDPOINT_INSIDE_H

#include "base/rng.h"
#include "base/sha256.h"
#include "base/text.h"
#include "encode/address.h"
#include "encode/endpoint.h"
#include "encode/fingerprint.h"
#include "encode/template.h"
#include "encode/vector_cache.h"
#include "encode/wire.h"

struct endpoint_run;

/* A text that is being typed: first the fingerprint, when there was none yet, then the text. */
struct endpoint_live {
    enum endpoint_state state;
    bool is_connecting; /* run embeds the fingerprint */
    struct endpoint_run *run;
    struct endpoint_text text; /* copied */
    double asked;
    float *row; /* [D], when ready */
    struct error error;
};

struct endpoint {
    struct address address;
    enum endpoint_profile profile;
    struct template *template, *plain; /* plain: a prompt as it is */
    size_t batch, token_budget, jobs, width;
    bool expect_raw, is_unit, is_connected;
    float *gain; /* [n_gain] or NULL */
    size_t n_gain;
    double connect_seconds, live_seconds, bulk_seconds, hurry;
    double patience;          /* endpoint_set_patience */
    char *key, *cache_folder; /* NULL: none */
    const struct cancel *cancel;
    void (*progress)(void *self, const struct endpoint_progress *progress);
    void *self;

    struct endpoint_text probe[FINGERPRINT_TEXTS]; /* what the fingerprint is of */
    double probe_tokens;
    struct fingerprint wanted, found;     /* before, if any; now: what the features are */
    struct vector_cache *cache;           /* of the server's own vectors; NULL: none */
    unsigned char identity[SHA256_BYTES]; /* of what is asked whom */
    struct wire *wire;
    double token_seconds; /* that the slowest request so far took for a token */
    struct rng rng;
    struct text warning;
    struct endpoint_live live;
};

/* Puts "'URL' (model 'M'): " before the message. */
enum status endpoint_blame(const struct endpoint *endpoint, struct error *err);
void endpoint_warn(struct endpoint *endpoint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- endpoint_run.c: some texts, from the first request until all are there ---- */

struct run_options {
    const struct template *template;
    bool is_live;   /* one text, for somebody who waits */
    bool is_probe;  /* the fingerprint: no cache, any dimension */
    float *out;     /* [n, D]; NULL: in memory of the run's own */
    bool *failed;   /* as of endpoint_embed */
    double began;   /* clock_seconds; live_seconds count from here */
    double *tokens; /* NULL or where the server's count goes */
};

/* The texts are borrowed until endpoint_run_free. One run of an endpoint at a time. */
struct endpoint_run *endpoint_run_start(struct endpoint *endpoint,
                                        const struct endpoint_text *texts, size_t n,
                                        const struct run_options *options);
void endpoint_run_free(
    struct endpoint_run *run); /* NULL is allowed; drops what is in flight */

/* Moves things on without waiting; true when it is over. */
bool endpoint_run_step(struct endpoint_run *run);
double endpoint_run_pause(const struct endpoint_run *run); /* seconds until the next step */
enum status endpoint_run_finish(struct endpoint_run *run, struct error *err);
void endpoint_run_report(const struct endpoint_run *run,
                         struct endpoint_progress *progress);

/* When it has succeeded: the rows when options.out was NULL; the caller frees them. */
float *endpoint_run_take_rows(struct endpoint_run *run, size_t *width);

/* Steps and waits until it is over, with cancel and progress. */
enum status endpoint_run_whole(struct endpoint_run *run, struct error *err);

/* ---- endpoint_connect.c ---- */

struct endpoint_run *endpoint_probe(struct endpoint *endpoint, bool is_live, double began);
/* endpoint_connect; is_live: for somebody who waits. */
enum status endpoint_meet(struct endpoint *endpoint, bool is_live, struct error *err);
/* Takes the rows of a probe that is over. */
enum status endpoint_settle(struct endpoint *endpoint, struct endpoint_run *probe,
                            struct error *err);
/* Server's vectors -> features, in place. */
void endpoint_restore(const struct endpoint *endpoint, float *rows, size_t n);

#endif
