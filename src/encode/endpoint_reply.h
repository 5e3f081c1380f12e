/* What is sent to an embeddings endpoint, and what of its reply is believed.
 *
 * No network in here: bytes in, checked rows or a reason out. Any bytes may come.
 */
#ifndef ENCODE_ENDPOINT_REPLY_H
#define ENCODE_ENDPOINT_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "encode/address.h"
#include "encode/encoder.h"

struct text;

/* Begins the body of a request, adds its texts, and ends it with the fields of the profile. */
void endpoint_request_begin(struct text *body, const struct address *address);
void endpoint_request_add(struct text *body, struct encoder_text text);
void endpoint_request_end(struct text *body, const struct address *address,
                          enum endpoint_profile profile);

/* More bytes than a reply to n texts of `width` can have. */
size_t endpoint_reply_most(size_t n, size_t width);

struct endpoint_reply {
    float *rows; /* [n, width] in the order in which the texts were sent */
    size_t width;
    double tokens;  /* that the server counted; 0: it did not say */
    bool is_misfit; /* on failure: the vectors are of another dimension than `width` was */
};

/* The body of an answer with status 200 to n texts. reply->width holds the dimension that is
 * wanted, or 0. Accepted are the shapes of address.h, and that of llama-server's /embedding; vectors
 * as numbers or in base64. STATUS_FORMAT when it is none of them: empty, not JSON, another number of
 * vectors, an index that is missing or comes twice; STATUS_SHAPE when a vector is of another
 * dimension; STATUS_NUMERIC when a value is not finite or all of them are zero. rows is NULL then. */
enum status endpoint_reply_read(struct endpoint_reply *reply, const char *body,
                                size_t length, size_t n, struct error *err);
void endpoint_reply_done(struct endpoint_reply *reply);

/* What the body of a failure says, for people: error.message, error, message, detail, or its first
 * bytes; `secret` (NULL: none) is never shown. */
void endpoint_reply_message(const char *body, size_t length, const char *secret, char *out,
                            size_t room);
bool endpoint_reply_is_loading(const char *body, size_t length);
bool endpoint_reply_is_quota(const char *body, size_t length);

#endif
