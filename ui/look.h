/* What a theme looks like on this terminal: styles by role, glyphs, ramps.
 *
 * A struct look is a theme (ui/theme.h) resolved for a depth of colour and a glyph set, and never
 * changes while it is drawn with. All that draws takes its styles and glyphs from here.
 */
#ifndef UI_LOOK_H
#define UI_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- a style ---- */

/* A colour of a style: COLOR_DEFAULT, an index 0 .. 255, or STYLE_RGB | 0xrrggbb. */
enum { COLOR_DEFAULT = -1, STYLE_RGB = 0x1000000 };

enum attribute {
    ATTR_BOLD = 1,
    ATTR_DIM = 2,
    ATTR_UNDERLINE = 4,
    ATTR_REVERSE = 8,
    ATTR_ITALIC = 16,
    ATTR_STRIKE = 32, /* shown as dim where the terminal cannot */
};

struct style {
    int32_t fg, bg;
    uint16_t attr; /* ATTR_* joined */
};

/* 0xrrggbb of a style's colour; `otherwise` for the default one. */
uint32_t style_rgb(int32_t color, uint32_t otherwise);
bool style_equal(struct style a, struct style b);
/* `over` laid on `below`: its colours where it has some, and the attributes of both. */
struct style style_over(struct style below, struct style over);

/* What things are, not how they look: the keys of "styles" in a theme file, with . for _. */
enum style_role {
    STYLE_TEXT,
    STYLE_DIM,
    STYLE_STRONG, /* what stands out in a text */
    STYLE_BORDER,
    STYLE_BORDER_FOCUS,
    STYLE_TITLE,
    STYLE_TAB,
    STYLE_TAB_ACTIVE,
    STYLE_STATUS,
    STYLE_HEADER,
    STYLE_HEADER_SORTED,
    STYLE_CURSOR,    /* the row or cell where the cursor is, in the pane with the focus */
    STYLE_SELECTION, /* the same in a pane without it */
    STYLE_MARK,
    STYLE_FILTER_ON,
    STYLE_SEARCH,
    STYLE_INPUT,
    STYLE_SUGGESTION, /* what completion would add */
    STYLE_OK,
    STYLE_WARN,
    STYLE_ERROR,
    STYLE_HINT_KEY,
    STYLE_HINT_TEXT,
    STYLE_BETTER,
    STYLE_WORSE,
    STYLE_BEST,
    STYLE_PRUNED,
    STYLE_PINNED,
    STYLE_UNSURE,  /* a number whose interval includes what it should differ from */
    STYLE_BAR,     /* horizontal bars and sparklines */
    STYLE_BAR_OLD, /* what the bar was before */
    STYLE_PROGRESS,
    N_STYLES
};

/* ---- glyphs ---- */

enum glyph_set { GLYPHS_ASCII, GLYPHS_UNICODE, GLYPHS_BRAILLE };

enum glyph {
    GLYPH_HORIZONTAL,
    GLYPH_VERTICAL,
    GLYPH_TOP_LEFT,
    GLYPH_TOP_RIGHT,
    GLYPH_BOTTOM_LEFT,
    GLYPH_BOTTOM_RIGHT,
    GLYPH_TEE_RIGHT, /* a branch to the right: the left end of a rule across a frame */
    GLYPH_TEE_LEFT,
    GLYPH_TEE_DOWN,
    GLYPH_TEE_UP,
    GLYPH_CROSS,
    GLYPH_SORT_UP,
    GLYPH_SORT_DOWN,
    GLYPH_MORE_LEFT,
    GLYPH_MORE_RIGHT,
    GLYPH_MORE_UP,
    GLYPH_MORE_DOWN,
    GLYPH_MARK,
    GLYPH_PRUNED,
    GLYPH_PINNED,
    GLYPH_BEST,
    GLYPH_RISE,
    GLYPH_FALL,
    GLYPH_SAME,
    GLYPH_ARROW, /* from -> to */
    GLYPH_ELLIPSIS,
    GLYPH_MISSING,
    GLYPH_POINTER, /* before the row of the cursor */
    GLYPH_BULLET,  /* between items of a line */
    GLYPH_PLUS_MINUS,
    N_GLYPHS
};

/* Glyphs that grade a quantity, from the least to the most. */
struct glyph_steps {
    const char *const *glyphs;
    size_t n;
};

/* ---- colour depth ---- */

enum depth { DEPTH_NONE, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_RGB };

/* ---- ramps ---- */

enum { LOOK_STEPS = 64, LOOK_SERIES = 8, RAMP_NAME = 32 };

struct ramp {
    char name[RAMP_NAME];
    struct style
        steps[LOOK_STEPS]; /* background and a text colour that can be read on it */
    size_t n;              /* 0: no colour, shades only */
};

struct look {
    char name[RAMP_NAME]; /* of the theme */
    enum depth depth;
    enum glyph_set set;
    struct style styles[N_STYLES];
    struct style series[LOOK_SERIES];
    struct ramp sequential, diverging;
    struct style missing; /* a heat cell without a value */
    const char *glyphs[N_GLYPHS];
    struct glyph_steps
        bar; /* parts of a cell from one eighth to a full one; ascii: one part */
    struct glyph_steps spark; /* heights */
    struct glyph_steps shade; /* for heat cells without colour */
    struct glyph_steps spinner;
    const char *bar_empty;           /* what fills the rest of a bar's room */
    const char *marker[LOOK_SERIES]; /* one cell wide, differs by series */
    bool is_ascii;                   /* user text is written in ASCII too */
    /* What COLOR_DEFAULT is in pictures, 0xrrggbb. */
    uint32_t picture_fg, picture_bg;
};

/* The built-in dark theme on a terminal with that depth and those glyphs; for tests and for
 * what has to be said before a theme is loaded. */
void look_plain(struct look *look, enum depth depth, enum glyph_set set);

/* The name of a role in theme files: "border.focus". */
const char *style_role_name(enum style_role role);

/* The style of a heat cell at share 0 .. 1 of the ramp (NaN: missing). */
struct style look_heat(const struct look *look, bool diverging, double share);
/* The shade glyph of that share. */
const char *look_shade(const struct look *look, double share);

/* Fills glyphs, steps and markers for a set. Glyphs that the locale's wcwidth does not hold to be
 * one cell wide are replaced by their ASCII ones; on the Linux console (`is_console`) those
 * outside its font are. */
void look_glyphs(struct look *look, enum glyph_set set, bool is_console);

#endif
