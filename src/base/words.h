/* Words: the nearest name to one that was mistyped, their order, and paragraphs broken into lines. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

#include "base/text.h"

/* The one of n names that `typed` most likely meant: it begins so, or a third of the
 * characters differ at most. NULL when none is that near. */
const char *words_nearest(const char *typed, const char *const *names, size_t n);

/* Order of names as people count: by letters without their case, runs of digits by their value, so
 * that h2 comes before h10; what is equal so far by its bytes. Like strcmp. */
int words_compare(const char *a, const char *b);

/* Appends a paragraph in lines of at most `cells` columns, runs of spaces as one. The first
 * line begins where `out` stands, which is column `indent`; the others are indented by so
 * much. A word that is longer than a line has one of its own. No newline at the end. */
void words_wrap(struct text *out, const char *paragraph, size_t indent, size_t cells);

#endif
