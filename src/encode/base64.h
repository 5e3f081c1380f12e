/* Base64 (RFC 4648, with padding), as embeddings travel in JSON. */
#ifndef ENCODE_BASE64_H
#define ENCODE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* Bytes that `length` characters decode to, at most. */
#define BASE64_ROOM(length) ((length) / 4 * 3)

/* out has BASE64_ROOM(length) bytes; *n is how many were written. False for a length that is no
 * multiple of 4, a character outside the alphabet, or padding that is not at the end. */
bool base64_decode(const char *text, size_t length, unsigned char *out, size_t *n);

void base64_add(struct text *out, const void *bytes, size_t length);

#endif
