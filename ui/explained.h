/* An explanation (session/analysis.h) as lines to be read. */
#ifndef UI_EXPLAINED_H
#define UI_EXPLAINED_H

#include "base/text.h"
#include "session/analysis.h"

void explained_add(const struct explanation *explanation, struct text *out);

#endif
