/* Regular expressions that people type: extended ones of POSIX, which ignore case unless they have
 * a capital. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <regex.h>
#include <stdbool.h>

#include "base/error.h"

bool pattern_has_capital(const char *expression);

/* The caller frees `out` with regfree. STATUS_USAGE: it is none, longer than 500 bytes, or repeats
 * what repeats so often that compiling it would take the machine's memory: "a++++" has 16 a's to
 * the C library, and each further + doubles them. `out` is then not to be freed. */
enum status pattern_compile(const char *expression, regex_t *out, struct error *err);

#endif
