/* An embeddings endpoint and the client of it, for the tests of endpoint*.c.
 *
 * The server goes through a script: the first request that is not for /health gets the first step, and
 * so on; when the script is at its end all is well. The first request is the fingerprint's.
 */
#ifndef TESTS_ENCODE_SERVED_H
#define TESTS_ENCODE_SERVED_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "encode/endpoint.h"
#include "server.h"

enum { WIDTH = 16 };

enum step {
    WELL,
    SHUFFLED,
    UNAVAILABLE,  /* 503 */
    LOADING,      /* 503 that says so */
    LATER,        /* 429 with Retry-After: 1 */
    QUOTA,        /* 429 insufficient_quota */
    STALL,        /* nothing, until the client goes */
    CUT,          /* half of a body, then the end */
    HANG_UP,      /* the end at once */
    TOO_FEW,      /* one vector less than texts */
    TWICE,        /* an index that comes twice */
    NOT_A_NUMBER, /* NaN in a list of numbers */
    NULL_ENTRY,   /* null in a list of numbers */
    ZEROS,        /* a vector of zeros */
    OTHER_WIDTH,  /* one value more */
    EMPTY,        /* 200 without a body */
    ENDLESS,      /* 200 and bytes without end */
    PAGE,         /* 502, no JSON */
    REDIRECT,     /* 302 to /elsewhere */
    UNKNOWN_KEY,  /* 401 that repeats the key */
    SICK,         /* 500 */
    UNIT,         /* vectors of length 1 */
    SLOW,         /* well, after a tenth of a second */
    SLOWER,       /* well, after three tenths */
    STEPS
};

struct served {
    struct server *server;
    struct server_vectors how;
    const enum step *script; /* [n_steps] */
    size_t n_steps;
    /* A request with a text that holds this is answered with 400. */
    const char *bad;
    atomic_size_t n_posts, n_healths, n_elsewhere;
    atomic_size_t loading; /* how often /health will still say 503 */
    atomic_size_t largest; /* texts in a request */
    /* Of the last request; to be read when the server is stopped. */
    pthread_mutex_t lock;
    char head[4096], body[8192];
    struct endpoint_options options;
};

void served_start(struct served *served, const enum step *script, size_t n_steps);
void served_stop(struct served *served);

/* The address of the server, with the path; one of the last four asked for. */
const char *served_address(const struct served *served, const char *path);

/* A client that has been told to hurry, with no cache. NULL is no test's wish. */
struct endpoint *served_open(struct served *served);

/* A text of a prompt alone. */
struct endpoint_text only_prompt(const char *prompt);

/* Is the row what the server's model makes of the text? */
void assert_row(const float *row, const char *text);

#endif
