#define _GNU_SOURCE /* wcwidth */
#include "ui/look.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"
#include "io/color.h"

uint32_t style_rgb(int32_t color, uint32_t otherwise)
{
    if (color == COLOR_DEFAULT)
        return otherwise;
    return color >= STYLE_RGB ? (uint32_t)color & 0xffffff : color_256((unsigned)color);
}

bool style_equal(struct style a, struct style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attr == b.attr;
}

struct style style_over(struct style below, struct style over)
{
    return (struct style){over.fg == COLOR_DEFAULT ? below.fg : over.fg,
                          over.bg == COLOR_DEFAULT ? below.bg : over.bg,
                          (uint16_t)(below.attr | over.attr)};
}

static const char *const role_names[N_STYLES] = {
    [STYLE_TEXT] = "text",
    [STYLE_DIM] = "dim",
    [STYLE_STRONG] = "strong",
    [STYLE_BORDER] = "border",
    [STYLE_BORDER_FOCUS] = "border.focus",
    [STYLE_TITLE] = "title",
    [STYLE_TAB] = "tab",
    [STYLE_TAB_ACTIVE] = "tab.active",
    [STYLE_STATUS] = "status",
    [STYLE_HEADER] = "header",
    [STYLE_HEADER_SORTED] = "header.sorted",
    [STYLE_CURSOR] = "cursor",
    [STYLE_SELECTION] = "selection",
    [STYLE_MARK] = "mark",
    [STYLE_FILTER_ON] = "filter.on",
    [STYLE_SEARCH] = "search",
    [STYLE_INPUT] = "input",
    [STYLE_SUGGESTION] = "suggestion",
    [STYLE_OK] = "ok",
    [STYLE_WARN] = "warn",
    [STYLE_ERROR] = "error",
    [STYLE_HINT_KEY] = "hint.key",
    [STYLE_HINT_TEXT] = "hint.text",
    [STYLE_BETTER] = "better",
    [STYLE_WORSE] = "worse",
    [STYLE_BEST] = "best",
    [STYLE_PRUNED] = "pruned",
    [STYLE_PINNED] = "pinned",
    [STYLE_UNSURE] = "unsure",
    [STYLE_BAR] = "bar",
    [STYLE_BAR_OLD] = "bar.old",
    [STYLE_PROGRESS] = "progress",
};

const char *style_role_name(enum style_role role)
{
    return role_names[role];
}

/* ---- glyphs ---- */

struct glyph_pair {
    const char *unicode, *ascii;
    bool on_console; /* whether the fonts of the Linux console have it */
};

static const struct glyph_pair glyph_pairs[N_GLYPHS] = {
    [GLYPH_HORIZONTAL] = {"─", "-", true},  [GLYPH_VERTICAL] = {"│", "|", true},
    [GLYPH_TOP_LEFT] = {"┌", "+", true},    [GLYPH_TOP_RIGHT] = {"┐", "+", true},
    [GLYPH_BOTTOM_LEFT] = {"└", "+", true}, [GLYPH_BOTTOM_RIGHT] = {"┘", "+", true},
    [GLYPH_TEE_RIGHT] = {"├", "+", true},   [GLYPH_TEE_LEFT] = {"┤", "+", true},
    [GLYPH_TEE_DOWN] = {"┬", "+", true},    [GLYPH_TEE_UP] = {"┴", "+", true},
    [GLYPH_CROSS] = {"┼", "+", true},       [GLYPH_SORT_UP] = {"▲", "^", true},
    [GLYPH_SORT_DOWN] = {"▼", "v", true},   [GLYPH_MORE_LEFT] = {"‹", "<", false},
    [GLYPH_MORE_RIGHT] = {"›", ">", false}, [GLYPH_MORE_UP] = {"▴", "^", false},
    [GLYPH_MORE_DOWN] = {"▾", "v", false},  [GLYPH_MARK] = {"●", "*", false},
    [GLYPH_PRUNED] = {"✗", "x", false},     [GLYPH_PINNED] = {"◆", "@", false},
    [GLYPH_BEST] = {"★", "!", false},       [GLYPH_RISE] = {"↑", "+", true},
    [GLYPH_FALL] = {"↓", "-", true},        [GLYPH_SAME] = {"=", "=", true},
    [GLYPH_ARROW] = {"→", ">", true},       [GLYPH_ELLIPSIS] = {"…", "~", false},
    [GLYPH_MISSING] = {"·", ".", true},     [GLYPH_POINTER] = {"▸", ">", false},
    [GLYPH_BULLET] = {"·", "|", true},      [GLYPH_PLUS_MINUS] = {"±", "~", true},
};

static const char *const bar_unicode[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
static const char *const bar_console[] = {"▌", "█"};
static const char *const bar_ascii[] = {"=", "#"};
static const char *const spark_unicode[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const spark_console[] = {"░", "▒", "▓", "█"};
static const char *const spark_ascii[] = {"_", ".", "-", "=", "+", "*", "#", "@"};
static const char *const shade_unicode[] = {"·", "░", "▒", "▓", "█"};
static const char *const shade_ascii[] = {".", ":", "+", "#", "@"};
static const char *const spinner_braille[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
static const char *const spinner_unicode[] = {"◐", "◓", "◑", "◒"};
static const char *const spinner_ascii[] = {"|", "/", "-", "\\"};
static const char *const markers[] = {"o", "x", "+", "*", "#", "@", "%", "&"};

#define STEPS(array) ((struct glyph_steps){array, sizeof(array) / sizeof(array)[0]})

/* Whether the locale takes it to be one cell wide; in East Asian ones many are two. */
static bool is_narrow(const char *glyph)
{
    const char *at = glyph;
    int32_t code = utf8_next(&at, glyph + strlen(glyph));
    return code > 0 && wcwidth((wchar_t)code) == 1;
}

static struct glyph_steps choose(struct glyph_steps steps, struct glyph_steps ascii)
{
    for (size_t i = 0; i < steps.n; i++)
        if (!is_narrow(steps.glyphs[i]))
            return ascii;
    return steps;
}

void look_glyphs(struct look *look, enum glyph_set set, bool is_console)
{
    bool ascii = set == GLYPHS_ASCII;
    look->set = set;
    look->is_ascii = ascii;
    for (size_t i = 0; i < N_GLYPHS; i++) {
        const struct glyph_pair *pair = &glyph_pairs[i];
        bool fits = !ascii && (!is_console || pair->on_console) && is_narrow(pair->unicode);
        look->glyphs[i] = fits ? pair->unicode : pair->ascii;
    }
    struct glyph_steps bar = is_console ? STEPS(bar_console) : STEPS(bar_unicode);
    struct glyph_steps spark = is_console ? STEPS(spark_console) : STEPS(spark_unicode);
    struct glyph_steps spinner = set == GLYPHS_BRAILLE && !is_console
                                     ? STEPS(spinner_braille)
                                     : STEPS(spinner_unicode);
    struct glyph_steps plain = STEPS(spinner_ascii);
    look->bar = ascii ? STEPS(bar_ascii) : choose(bar, STEPS(bar_ascii));
    look->spark = ascii ? STEPS(spark_ascii) : choose(spark, STEPS(spark_ascii));
    look->shade =
        ascii ? STEPS(shade_ascii) : choose(STEPS(shade_unicode), STEPS(shade_ascii));
    look->spinner = ascii || is_console ? plain : choose(spinner, plain);
    look->bar_empty = look->bar.glyphs == bar_ascii ? "." : " ";
    for (size_t i = 0; i < LOOK_SERIES; i++)
        look->marker[i] = markers[i];
}

/* ---- heat ---- */

struct style look_heat(const struct look *look, bool diverging, double share)
{
    const struct ramp *ramp = diverging ? &look->diverging : &look->sequential;
    if (isnan(share))
        return look->missing;
    if (!ramp->n)
        return look->styles[STYLE_TEXT];
    return ramp->steps[palette_step(ramp->n, share)];
}

const char *look_shade(const struct look *look, double share)
{
    if (isnan(share))
        return look->glyphs[GLYPH_MISSING];
    return look->shade.glyphs[palette_step(look->shade.n, share)];
}
