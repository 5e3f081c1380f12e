/* Pictures as PNG, where the program was built with librsvg; SVG is written everywhere. */
#ifndef IO_PNG_H
#define IO_PNG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

bool png_is_built_in(void);

/* Appends the PNG of an SVG document, with PNG_SCALE pixels for each of its own. STATUS_FAILED when
 * the program was built without librsvg, or the document cannot be drawn. */
enum { PNG_SCALE = 2 };
enum status png_of_svg(const char *svg, size_t length, struct text *out, struct error *err);

#endif
