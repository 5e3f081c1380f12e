/* The cells under a pen, for the files that draw. */
#ifndef UI_PEN_CELL_H
#define UI_PEN_CELL_H

#include <stdbool.h>

#include "base/text.h"
#include "ui/canvas.h"

/* Puts a cluster of width 1 or 2 into a cell, where the pen may draw. */
void pen_cell(const struct pen *pen, int row, int column, struct style style,
              const struct cluster *cluster);
/* The same with a glyph of one cell. */
void pen_symbol(const struct pen *pen, int row, int column, struct style style,
                const char *glyph);
/* The next cluster of a text as this pen shows it: in ASCII where the look is. */
bool pen_next(const struct pen *pen, const char **at, const char *end,
              struct cluster *cluster);

#endif
