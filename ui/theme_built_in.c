/* The theme that needs no file: for dark backgrounds, and safe for the colour-blind: blue and
 * orange stand where others put green and red. */
#include "ui/theme_parts.h"

enum {
    NONE = COLOR_DEFAULT,
    BLACK = 16,
    BLUE = 74,
    ORANGE = 214,
    YELLOW = 227,
    RED = 209,
    GREY = 245,
    DARK_GREY = 240,
};

const struct theme theme_built_in =
    {
        .name = "base",
        .styles =
            {
                [STYLE_TEXT] = {NONE, NONE, 0, 0, true},
                [STYLE_DIM] = {GREY, NONE, 0, ATTR_DIM, true},
                [STYLE_STRONG] = {NONE, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_BORDER] = {DARK_GREY, NONE, 0, 0, true},
                [STYLE_BORDER_FOCUS] = {BLUE, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_TITLE] = {BLUE, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_TAB] = {GREY, NONE, 0, 0, true},
                [STYLE_TAB_ACTIVE] = {NONE, NONE, ATTR_BOLD | ATTR_REVERSE,
                                      ATTR_BOLD | ATTR_REVERSE, true},
                [STYLE_STATUS] = {NONE, NONE, 0, 0, true},
                [STYLE_HEADER] = {NONE, NONE, ATTR_BOLD | ATTR_UNDERLINE,
                                  ATTR_BOLD | ATTR_UNDERLINE, true},
                [STYLE_HEADER_SORTED] = {NONE, NONE, ATTR_BOLD | ATTR_REVERSE,
                                         ATTR_BOLD | ATTR_REVERSE, true},
                [STYLE_CURSOR] = {NONE, NONE, ATTR_REVERSE, ATTR_REVERSE, true},
                [STYLE_SELECTION] = {NONE, 238, 0, ATTR_UNDERLINE, true},
                [STYLE_MARK] = {ORANGE, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_FILTER_ON] = {BLACK, ORANGE, 0, ATTR_REVERSE, true},
                [STYLE_SEARCH] = {BLACK, YELLOW, 0, ATTR_UNDERLINE, true},
                [STYLE_INPUT] = {NONE, NONE, 0, 0, true},
                [STYLE_SUGGESTION] = {GREY, NONE, 0, ATTR_DIM, true},
                [STYLE_OK] = {BLUE, NONE, 0, 0, true},
                [STYLE_WARN] = {ORANGE, NONE, 0, 0, true},
                [STYLE_ERROR] = {RED, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_HINT_KEY] = {NONE, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_HINT_TEXT] = {GREY, NONE, 0, 0, true},
                [STYLE_BETTER] = {BLUE, NONE, 0, 0, true},
                [STYLE_WORSE] = {ORANGE, NONE, 0, 0, true},
                [STYLE_BEST] = {YELLOW, NONE, ATTR_BOLD, ATTR_BOLD, true},
                [STYLE_PRUNED] = {GREY, NONE, ATTR_STRIKE, ATTR_DIM, true},
                [STYLE_PINNED] = {175, NONE, 0, 0, true},
                [STYLE_UNSURE] = {GREY, NONE, 0, ATTR_DIM, true},
                [STYLE_BAR] = {BLUE, NONE, 0, 0, true},
                [STYLE_BAR_OLD] = {DARK_GREY, NONE, 0, ATTR_DIM, true},
                [STYLE_PROGRESS] = {ORANGE, NONE, 0, 0, true},
            },
        .sequential = "viridis",
        .diverging = "bluorange-dark",
        .missing = {GREY, NONE, 0, ATTR_DIM, true},
        .series = {214, 74, 36, 227, 32, 166, 175, 247},
        .glyphs = -1,
};
