/* SVG: the few shapes that charts and screens need, appended to a text.
 *
 *     svg_begin(&out, 400, 200, 0xffffff);
 *     svg_rect(&out, 0, 0, 10, 10, 0xff0000, 1);
 *     svg_end(&out);
 *
 * Lengths are pixels, colours 0xrrggbb. Texts may hold any bytes: what XML forbids is shown as
 * text_add_visible shows it.
 */
#ifndef IO_SVG_H
#define IO_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

struct svg_font {
    double size;
    enum svg_anchor anchor;
    uint32_t color;
    double length;                         /* that the text is stretched to; 0: its own */
    bool is_bold, is_fixed, is_underlined; /* is_fixed: every character equally wide */
};

struct svg_point {
    double x, y;
};

void svg_begin(struct text *out, double width, double height, uint32_t background);
void svg_rect(struct text *out, double x, double y, double width, double height,
              uint32_t fill, double opacity);
void svg_line(struct text *out, struct svg_point from, struct svg_point to, uint32_t color,
              double width);
/* A line through the points, or the area they enclose. */
void svg_path(struct text *out, const struct svg_point *points, size_t n, uint32_t color,
              double width);
void svg_area(struct text *out, const struct svg_point *points, size_t n, uint32_t fill,
              double opacity);
/* A marker of series `kind` (circle, square, diamond, triangle ..., in turn). */
void svg_marker(struct text *out, struct svg_point at, size_t kind, double size,
                uint32_t color);
void svg_text(struct text *out, double x, double y, const struct svg_font *font,
              const char *bytes, size_t length);
void svg_end(struct text *out);

#endif
