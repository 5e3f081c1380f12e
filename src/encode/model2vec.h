/* Encoder "model2vec:DIR": static embeddings of subwords, as the model2vec library makes and reads them.
 *
 * DIR holds tokenizer.json (tokenizer.h), model.safetensors and, as a rule, config.json:
 *
 *     embeddings   [V, D]   a row a token, or a row a cluster of tokens; also named embedding.weight
 *     weights      [T]      of the tokens; may be missing: all 1
 *     mapping      [T]      token -> row; may be missing: the same
 *     config.json           "normalize": rows of length 1
 *
 * A text is cut to 512 times the median length of a token in characters, and, once unknown tokens are left
 * out, to 512 tokens, as model2vec's encode() has it; its row is
 *
 *     1/n sum_i weights[t_i] embeddings[mapping[t_i]]
 *
 * divided by its length (+ 1e-32) when the model says so; without tokens it is 0.
 *
 * Settings: "version" 1; "file", "hash" of all three files (files.h); "components" (pooled.h).
 */
#ifndef ENCODE_MODEL2VEC_H
#define ENCODE_MODEL2VEC_H

#include "encode/kind.h"

extern const struct encoder_kind model2vec_kind;

#endif
