/* SHA-256 (FIPS 180-4): names of things by their content, where a chance collision must not
 * happen. For speed alone there is text_hash. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t length);
/* The same with the length (64 bits, little-endian) in front, so that fields cannot run into each
 * other. */
void sha256_add_field(struct sha256 *sha, const void *bytes, size_t length);
/* Ends the message; sha must be initialised again before it is used again. */
void sha256_finish(struct sha256 *sha, unsigned char digest[SHA256_BYTES]);

#endif
