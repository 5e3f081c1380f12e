/* --palette-test: the ramps and series of a theme, as this terminal shows them. */
#ifndef UI_PALETTE_TEST_H
#define UI_PALETTE_TEST_H

#include "base/error.h"

/* Writes to standard output. theme, color: as the options; NULL: not given. */
enum status palette_test(const char *theme, const char *color, struct error *err);

#endif
