/* The view "Heads": how well each head decides the pairs of each attribute, what a head looks at,
 * and the pairs behind a number. */
#ifndef UI_VIEW_HEADS_H
#define UI_VIEW_HEADS_H

#include "ui/view.h"

extern const struct view view_heads;

#endif
