/* Context: weights of the heads for a context that is typed, and for labels that are given. */
#ifndef UI_VIEW_CONTEXT_H
#define UI_VIEW_CONTEXT_H

#include "ui/view.h"

extern const struct view view_context;

#endif
