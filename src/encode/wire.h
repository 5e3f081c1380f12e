/* HTTP to one server: a few requests in flight over connections that are kept open. The only file
 * that includes curl.
 *
 * Nothing here waits but wire_wait. Redirects are not followed (the key would follow), certificates
 * are verified, replies are capped, only http and https are spoken. SSL_CERT_FILE in the environment
 * names other certificates to trust. An object belongs to one thread at a time.
 */
#ifndef ENCODE_WIRE_H
#define ENCODE_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "encode/address.h"
#include "encode/backoff.h"

struct pollfd;
struct text;
struct wire;

/* key NULL: none. The address is borrowed until wire_free. NULL when curl cannot be had. */
struct wire *wire_create(const struct address *address, const char *key,
                         double connect_seconds, size_t n_slots);
void wire_free(struct wire *wire); /* NULL is allowed */

/* The body that wire_post sends; it stays as it is until the slot's answer is there. */
struct text *wire_body(struct wire *wire, size_t slot);

/* Begins a request in a slot that has none: at most `most` bytes are taken for an answer, `seconds`
 * in all. is_fresh: over a new connection. */
void wire_post(struct wire *wire, size_t slot, size_t most, double seconds, bool is_fresh);
void wire_get_health(struct wire *wire, size_t slot, double seconds);

struct wire_answer {
    size_t slot;
    enum backoff_failure failure;
    const char *reason; /* of a failure, for people */
    bool reused;        /* over a connection that had served before */
    long http;          /* the status; 0 when none came */
    double retry_after; /* seconds; negative: the server did not say */
    double seconds;     /* from the request to the end of the answer */
    const char *body;   /* never NULL */
    size_t length;
};

/* Moves things on and takes the next answer, whose slot is free again; what it points to is valid
 * until that slot is used. False: there is none now. */
bool wire_next(struct wire *wire, struct wire_answer *answer);

void wire_wait(struct wire *wire, double seconds); /* or until something happens */
void wire_drop(struct wire *wire);                 /* breaks off all requests */

/* What to wait for until wire_next: as endpoint_descriptors. */
size_t wire_descriptors(const struct wire *wire, struct pollfd *descriptors, size_t room,
                        int *timeout_ms);

#endif
