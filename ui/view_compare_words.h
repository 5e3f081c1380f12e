/* What the rows of a comparison are, in a few words. */
#ifndef UI_VIEW_COMPARE_WORDS_H
#define UI_VIEW_COMPARE_WORDS_H

#include "ui/view_compare_inside.h"

/* "an ensemble reweighted by labels" for hyre. */
const char *compare_meaning(const struct compare_row *row);
/* Where docs/equations.md speaks of it: "E29". */
const char *compare_equation(const struct compare_row *row);

#endif
