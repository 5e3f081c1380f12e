/* Encoders that run elsewhere: "http://HOST/PATH#MODEL" and "https://..." (endpoint.h).
 *
 *     prompt side     [D]: what the server gives for the prompt, with its context behind it
 *     response side   [D]: for prompt and response
 *
 * rendered by the template. Rows stay as the server gives them: no mean and scale are fitted, since they
 * are the states that a backbone's heads read. A context cannot be added to a prompt whose text is not at
 * hand.
 *
 * A fresh encoder asks the server for its fingerprint when it is opened; one of settings does so when the
 * first text is encoded.
 *
 * Settings: "remote", what endpoint_settings writes.
 */
#ifndef ENCODE_REMOTE_H
#define ENCODE_REMOTE_H

#include "encode/kind.h"

extern const struct encoder_kind http_kind, https_kind;

#endif
