/* Chat templates: what of a prompt, its context and a response is sent to a model.
 *
 * A template is a text in which {prompt} and {response} stand for what is put there, and {end} for
 * the place where the rendering of a prompt alone ends (without it, where {response} stands).
 * {prompt|trim} and {response|trim} leave out white space at both ends, as most chat templates do. A
 * context follows its prompt behind an empty line.
 *
 * None of those named here prints the token that begins a text: servers put it there themselves, and
 * two of them make another feature.
 */
#ifndef ENCODE_TEMPLATE_H
#define ENCODE_TEMPLATE_H

#include <stddef.h>

#include "base/error.h"
#include "encode/encoder.h"

struct template;
struct text;

/* name: "raw", "llama-3", "chatml", or a file, which a name with a '/' or '.' in it is. One line end
 * at the end of a file is dropped. NULL on failure: STATUS_NOT_FOUND for another name, errors of
 * template_parse and of reading. */
struct template *template_open(const char *name, struct error *err);

/* STATUS_FORMAT: not valid UTF-8, {prompt} or {response} is missing, comes twice or out of order, or
 * a text of more than 64 KiB. */
struct template *template_parse(const char *name, const char *pattern, size_t length,
                                struct error *err);
void template_free(struct template *template); /* NULL is allowed */

const char *template_name(const struct template *template);
const char *
template_pattern(const struct template *template); /* what template_parse takes */

/* Appends. context.bytes and response.bytes may be NULL: none. */
void template_render(const struct template *template, struct encoder_text prompt,
                     struct encoder_text context, struct encoder_text response,
                     struct text *out);

#endif
