/* Where an endpoint is and what it is asked for: "https://host:8000/v1/embeddings#model". */
#ifndef ENCODE_ADDRESS_H
#define ENCODE_ADDRESS_H

#include <stdbool.h>

#include "base/error.h"
#include "encode/endpoint.h"

/* The shape of requests and replies. */
enum address_form {
    ADDRESS_OPENAI, /* {"model", "input"} -> {"data": [{"index", "embedding"}]} */
    ADDRESS_TEI,    /* {"inputs"} -> [[...]] */
    ADDRESS_OLLAMA, /* {"model", "input"} -> {"embeddings": [[...]]} */
};

struct address {
    char *url;    /* with its path, without the model */
    char *health; /* scheme://host:port/health */
    char *model;
    enum address_form form;
    bool is_https, is_loopback;
};

bool address_is(const char *text); /* begins with http:// or https:// */

/* Without a path, or with "/" or "/v1" only, the path is that of the profile. The form follows the
 * path for the profiles tei and ollama, whose servers have both. STATUS_USAGE when the text is no
 * such address: without host or model, with a user or a password, a query, or characters that
 * belong into none; *address is then untouched. */
enum status address_parse(struct address *address, const char *text,
                          enum endpoint_profile profile, struct error *err);
void address_done(struct address *address);

#endif
