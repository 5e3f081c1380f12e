/* Colours: 24-bit values, the 256 and 16 of a terminal, and ramps of them.
 *
 * A colour is 0xrrggbb in sRGB. Distances and blends are taken in CIELAB (D65), where equal steps
 * look equal; contrast is that of WCAG 2.1.
 */
#ifndef IO_COLOR_H
#define IO_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { RGB_BLACK = 0x000000, RGB_WHITE = 0xffffff };

struct lab {
    double l, a, b; /* l from 0 to 100 */
};

struct lab color_lab(uint32_t color);
uint32_t color_from_lab(struct lab lab);       /* clipped to what can be shown */
double color_distance(uint32_t x, uint32_t y); /* Euclidean in CIELAB */
double color_contrast(uint32_t x, uint32_t y); /* 1 .. 21 */
uint32_t color_blend(uint32_t from, uint32_t to, double share);
/* Black or white, whichever is easier to read on it. */
uint32_t color_on(uint32_t background);

uint32_t color_256(unsigned index);         /* xterm's colour 0 .. 255 */
unsigned color_nearest_256(uint32_t color); /* among 16 .. 255, which no user changes */
unsigned color_nearest_16(uint32_t color);

/* ---- ramps ---- */

struct palette {
    const char *name;
    bool is_diverging;
    const unsigned char *indices; /* (n) of the 256 colours, low to high */
    size_t n;
    const uint32_t
        *anchors; /* (n_anchors) of the full ramp, evenly spaced; NULL: the indices */
    size_t n_anchors;
    const unsigned char *sixteen; /* (n_sixteen) of the 16; 255: the default background */
    size_t n_sixteen;
};

/* The built-in ones; NULL when there is none of that name, or none left. */
const struct palette *palette_find(const char *name);
const struct palette *palette_at(size_t index);

/* The colour at share 0 .. 1 (clipped) of the full ramp. */
uint32_t palette_color(const struct palette *palette, double share);
/* Which of the n steps share falls on. */
size_t palette_step(size_t n, double share);

#endif
