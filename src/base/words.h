/* Words: the nearest name to one that was mistyped, and paragraphs broken into lines. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

#include "base/text.h"

/* The one of n names that `typed` most likely meant: it begins so, or a third of the
 * characters differ at most. NULL when none is that near. */
const char *words_nearest(const char *typed, const char *const *names, size_t n);

/* Appends a paragraph in lines of at most `cells` columns, runs of spaces as one. The first
 * line begins where `out` stands, which is column `indent`; the others are indented by so
 * much. A word that is longer than a line has one of its own. No newline at the end. */
void words_wrap(struct text *out, const char *paragraph, size_t indent, size_t cells);

#endif
