/* What a view shows while there is nothing for it to show: what is missing, or being made. */
#ifndef UI_NOTHING_H
#define UI_NOTHING_H

#include "ui/view.h"

/* Draws a frame with the title and what has to be done first, what is wrong, or how far the
 * analysis is on its way to `needed`. */
void nothing_draw(const struct snapshot *snapshot, const struct pen *pen, const char *title,
                  enum analysis_stage needed);

/* The same as text, for panes of a view; nothing is appended when all is there. */
void nothing_add(const struct snapshot *snapshot, enum analysis_stage needed,
                 struct text *out);

#endif
