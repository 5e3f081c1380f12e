/* What to do after a request failed: again, later, in halves, or not at all.
 *
 *   outcome                                            act
 *   dropped on a connection that had served before     once at once on a fresh one
 *   unreachable, dropped, timed out, 408, 425, 429,    wait 0.5 s x 2^n with full jitter, at most
 *   502, 503, 504                                      20 s, 6 tries; Retry-After wins, at most 120 s
 *   503, the model is being loaded                     ask for its health each second, up to 5 min
 *   429, the quota is used up                          stop
 *   500, 424, other 5xx, a reply that does not hold    one more try, then halves
 *   400, 413, 422, other 4xx                           halves
 *   401, 403, 404, 405, 501, a redirect, another       stop
 *   dimension, a certificate that does not verify
 *
 * Halves of one text are none: that text is refused. Embedding twice does no harm, so that a retry
 * is always safe. No clock in here: whoever calls says what time it is.
 */
#ifndef ENCODE_BACKOFF_H
#define ENCODE_BACKOFF_H

#include <stdbool.h>
#include <stddef.h>

struct rng;

enum backoff_failure {
    BACKOFF_ANSWERED,    /* there is an HTTP status, and its body came whole */
    BACKOFF_UNREACHABLE, /* no name, no connection, no TLS */
    BACKOFF_DROPPED,     /* the connection broke in the middle */
    BACKOFF_TIMED_OUT,
    BACKOFF_ENDLESS, /* more bytes than a true reply can have */
    BACKOFF_BROKEN,  /* will be no better next time: certificate, not HTTP, ... */
};

struct backoff_outcome {
    enum backoff_failure failure;
    bool reused;        /* on a connection that had served before */
    long http;          /* of an answer */
    bool is_loading;    /* 503: the body says that the model is being loaded */
    bool is_quota;      /* 429: the body says that the quota is used up */
    bool is_misfit;     /* 200: vectors of another dimension */
    double retry_after; /* seconds; negative: the server did not say */
    size_t n;           /* texts in the request */
};

/* Of one batch; all zero is a new one. Halves start anew but for `repeats`, until they are one text. */
struct backoff {
    size_t tries;   /* that ended in waiting */
    size_t repeats; /* of what is answered with 500 */
    bool refreshed; /* the try on a fresh connection was made */
};

enum backoff_act {
    BACKOFF_AGAIN,  /* at once, on a fresh connection */
    BACKOFF_WAIT,   /* `seconds`, nothing else is sent meanwhile */
    BACKOFF_REPEAT, /* after `seconds`, others are sent meanwhile */
    BACKOFF_LOAD,   /* until the model is there */
    BACKOFF_HALVE,  /* the batch */
    BACKOFF_REFUSE, /* the only text */
    BACKOFF_STOP,   /* everything */
};

struct backoff_step {
    enum backoff_act act;
    double seconds;
};

#define BACKOFF_LOADING_SECONDS 300.0 /* for which a model may be loaded */

/* outcome: of a request that gave no vectors (http 200: the reply did not hold). */
struct backoff_step backoff_next(struct backoff *backoff,
                                 const struct backoff_outcome *outcome, struct rng *rng);

#endif
