/* What a theme holds, for the files that read, resolve and check it. */
#ifndef UI_THEME_PARTS_H
#define UI_THEME_PARTS_H

#include "io/color.h"
#include "ui/theme.h"

struct theme_style {
    int32_t fg, bg;
    uint16_t attr, mono; /* mono: the attributes without colour */
    bool is_set;
};

struct theme_palette {
    char name[RAMP_NAME];
    bool is_diverging;
    int32_t colors[LOOK_STEPS]; /* (n) as in struct style */
    size_t n;
};

enum { THEME_PALETTES = 16 };

struct theme {
    char name[RAMP_NAME];
    bool is_light;
    struct theme_style styles[N_STYLES];
    char sequential[RAMP_NAME], diverging[RAMP_NAME];
    struct theme_style missing;
    char missing_glyph[8], missing_ascii[8]; /* "": the usual one */
    struct theme_palette palettes[THEME_PALETTES];
    size_t n_palettes;
    int32_t series[LOOK_SERIES];
    int glyphs; /* enum glyph_set; -1: auto */
};

extern const struct theme theme_built_in;

/* What COLOR_DEFAULT is taken to be. */
uint32_t theme_default(bool is_light, bool background);

#endif
