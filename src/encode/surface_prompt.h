/* The features of a prompt and of a context, not yet standardised.
 *
 * A row has five blocks; the first three tell of the prompt, the last two of the context,
 * and are zero when there is none:
 *
 *     prompt: concepts, shape, hashed words     context: concepts, hashed words
 *
 * concepts: sign(c) log(1 + |c|) of the lexicon's counts c.
 * hashed words: content words and neighbouring pairs of them, each added with a sign to one
 * place that its hash decides (Weinberger et al. 2009), scaled to length 1. The prompt's
 * part has two fifths of the places, as a context says more in fewer words.
 */
#ifndef ENCODE_SURFACE_PROMPT_H
#define ENCODE_SURFACE_PROMPT_H

#include <stddef.h>

#include "encode/lexicon.h"
#include "encode/standard.h"
#include "encode/tally.h"
#include "encode/tokens.h"

enum { SURFACE_HASHED = 20 }; /* places by default: 64 features in all */

/* Where the blocks begin, for a number of hashed places. */
struct surface_layout {
    size_t prompt_concepts, shape, prompt_hashed, context_concepts, context_hashed, width;
};
struct surface_layout surface_layout(size_t hashed);

/* Writes the name of feature `index` of the layout. */
void surface_prompt_feature(const struct surface_layout *layout, size_t index,
                            char name[40]);
enum scaling surface_prompt_scaling(const struct surface_layout *layout, size_t index);

/* Fill the blocks of the prompt, or those of the context, of `row` [layout->width].
 * `classes` has those of each word. */
void surface_prompt_measure(const struct surface_layout *layout,
                            const struct lexicon *lexicon, const struct tokens *tokens,
                            const struct tally *tally, const uint32_t *classes, float *row);
void surface_context_measure(const struct surface_layout *layout,
                             const struct lexicon *lexicon, const struct tokens *tokens,
                             const uint32_t *classes, float *row);

#endif
