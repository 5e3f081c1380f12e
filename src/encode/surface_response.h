/* The named features of a response, not yet standardised. */
#ifndef ENCODE_SURFACE_RESPONSE_H
#define ENCODE_SURFACE_RESPONSE_H

#include <stddef.h>

#include "encode/overlap.h"
#include "encode/tally.h"
#include "encode/tokens.h"

size_t surface_response_width(void);
const char *surface_response_feature(size_t index);

/* out: [surface_response_width()], finite whatever the text. */
void surface_response_measure(const struct tokens *response, const struct tally *tally,
                              const struct overlap_measures *overlap, float *out);

#endif
