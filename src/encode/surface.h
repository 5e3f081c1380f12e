/* Encoder "surface": named features of the text itself. Needs no files.
 *
 * Responses: length, sentences, repetition, punctuation, layout, overlap with the prompt,
 * hedging, address ... (surface_response.c). Prompts and contexts: words that ask for a
 * style, counted by concept, shape of the prompt, and hashed words (surface_prompt.h).
 *
 * Counts of the prompt are centred and scaled to deviation 1, so that an MLP or a linear
 * router sees all on one scale. Those of the context are scaled but not centred: a context
 * that says nothing of a concept then equals no context, and rows of prompts without a
 * context live in the same space. The hashed parts have length 1 and stay as they are: each
 * of their places weighs less than a named feature, as it means less.
 *
 * Settings: "version" 1; "hashed", places of both hashed parts together, 0 to 4096, by
 * default 20.
 */
#ifndef ENCODE_SURFACE_H
#define ENCODE_SURFACE_H

#include "encode/kind.h"

extern const struct encoder_kind surface_kind;

#endif
