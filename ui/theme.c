#include "ui/theme.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/theme_parts.h"

struct theme *theme_base(void)
{
    struct theme *theme = mem_alloc(sizeof *theme);
    *theme = theme_built_in;
    return theme;
}

void theme_free(struct theme *theme)
{
    free(theme);
}

const char *theme_name(const struct theme *theme)
{
    return theme->name;
}

bool theme_is_light(const struct theme *theme)
{
    return theme->is_light;
}

uint32_t theme_default(bool is_light, bool background)
{
    if (is_light)
        return background ? 0xffffff : 0x1a1a1a;
    return background ? 0x16181d : 0xd8dce2;
}

/* ---- colours of a depth ---- */

static int32_t reduce(int32_t color, enum depth depth)
{
    if (color == COLOR_DEFAULT || depth == DEPTH_RGB)
        return color;
    if (depth == DEPTH_NONE)
        return COLOR_DEFAULT;
    if (depth == DEPTH_256)
        return color < STYLE_RGB ? color
                                 : (int32_t)color_nearest_256((uint32_t)color & 0xffffff);
    return color < 16 ? color : (int32_t)color_nearest_16(style_rgb(color, 0));
}

/* Eight colours: the bright ones are the dark ones in bold where they are text, and grey is
 * white. */
static struct style to_eight(struct style style)
{
    if (style.fg == 8)
        style.fg = 7;
    if (style.fg > 8) {
        style.fg -= 8;
        style.attr |= ATTR_BOLD;
    }
    if (style.bg >= 8)
        style.bg = style.bg == 8 ? 0 : style.bg - 8;
    return style;
}

static struct style resolve(const struct theme_style *from, enum depth depth)
{
    struct style style = {reduce(from->fg, depth), reduce(from->bg, depth),
                          depth == DEPTH_NONE ? from->mono : from->attr};
    if (depth == DEPTH_8)
        style = to_eight(style);
    if (style.fg == style.bg && style.fg != COLOR_DEFAULT)
        style.fg = color_on(style_rgb(style.bg, 0)) == RGB_BLACK ? 0 : 7;
    return style;
}

/* ---- ramps ---- */

static struct style on(int32_t background)
{
    bool black = color_on(style_rgb(background, 0)) == RGB_BLACK;
    return (struct style){black ? 16 : 231, background, 0};
}

static struct style on_sixteen(unsigned char index)
{
    if (index > 15)
        return (struct style){COLOR_DEFAULT, COLOR_DEFAULT, 0};
    return (struct style){color_on(color_256(index)) == RGB_BLACK ? 0 : 15, index, 0};
}

static void ramp_built_in(const struct palette *palette, enum depth depth,
                          struct ramp *ramp)
{
    ramp->n = 0;
    if (depth == DEPTH_RGB) {
        for (ramp->n = 0; ramp->n < LOOK_STEPS; ramp->n++)
            ramp->steps[ramp->n] =
                on(STYLE_RGB |
                   (int32_t)palette_color(palette, ((double)ramp->n + 0.5) / LOOK_STEPS));
    } else if (depth == DEPTH_256) {
        for (; ramp->n < palette->n; ramp->n++)
            ramp->steps[ramp->n] = on(palette->indices[ramp->n]);
    } else if (depth == DEPTH_16) {
        for (; ramp->n < palette->n_sixteen; ramp->n++)
            ramp->steps[ramp->n] = on_sixteen(palette->sixteen[ramp->n]);
    }
}

static uint32_t blend_colors(const struct theme_palette *palette, double share)
{
    double at = share * (double)(palette->n - 1);
    size_t i = at >= (double)(palette->n - 1) ? palette->n - 1 : (size_t)at;
    uint32_t from = style_rgb(palette->colors[i], 0);
    if (i + 1 >= palette->n)
        return from;
    return color_blend(from, style_rgb(palette->colors[i + 1], 0), at - (double)i);
}

static void ramp_own(const struct theme_palette *palette, enum depth depth,
                     struct ramp *ramp)
{
    const struct palette *usual =
        palette_find(palette->is_diverging ? "bluorange" : "viridis");
    ramp->n = 0;
    if (depth == DEPTH_RGB)
        for (; ramp->n < LOOK_STEPS; ramp->n++)
            ramp->steps[ramp->n] =
                on(STYLE_RGB |
                   (int32_t)blend_colors(palette, ((double)ramp->n + 0.5) / LOOK_STEPS));
    else if (depth == DEPTH_256)
        for (; ramp->n < palette->n; ramp->n++)
            ramp->steps[ramp->n] = on(reduce(palette->colors[ramp->n], depth));
    else
        ramp_built_in(usual, depth, ramp);
}

static const struct theme_palette *own_palette(const struct theme *theme, const char *name)
{
    for (size_t i = 0; i < theme->n_palettes; i++)
        if (strcmp(theme->palettes[i].name, name) == 0)
            return &theme->palettes[i];
    return NULL;
}

bool theme_ramp(const struct theme *theme, const char *name, bool diverging,
                struct look *look)
{
    struct ramp *ramp = diverging ? &look->diverging : &look->sequential;
    const struct theme_palette *own = own_palette(theme, name);
    const struct palette *built_in = palette_find(name);
    if (own ? own->is_diverging != diverging
            : !built_in || built_in->is_diverging != diverging)
        return false;
    if (own)
        ramp_own(own, look->depth, ramp);
    else
        ramp_built_in(built_in, look->depth, ramp);
    snprintf(ramp->name, sizeof ramp->name, "%s", name);
    return true;
}

const char *theme_ramp_name(const struct theme *theme, bool diverging, size_t index)
{
    const char *own = diverging ? theme->diverging : theme->sequential;
    if (index == 0)
        return own;
    for (size_t i = 0; i < theme->n_palettes; i++) {
        const struct theme_palette *palette = &theme->palettes[i];
        if (palette->is_diverging == diverging && strcmp(palette->name, own) != 0 &&
            --index == 0)
            return palette->name;
    }
    const struct palette *palette;
    for (size_t i = 0; (palette = palette_at(i)); i++)
        if (palette->is_diverging == diverging && strcmp(palette->name, own) != 0 &&
            !own_palette(theme, palette->name) && --index == 0)
            return palette->name;
    return NULL;
}

/* ---- a look ---- */

static void look_heat_of(const struct theme *theme, struct look *look)
{
    theme_ramp(theme, theme->sequential, false, look);
    theme_ramp(theme, theme->diverging, true, look);
    look->missing = resolve(&theme->missing, look->depth);
    if (look->is_ascii && theme->missing_ascii[0])
        look->glyphs[GLYPH_MISSING] = theme->missing_ascii;
    if (!look->is_ascii && theme->missing_glyph[0])
        look->glyphs[GLYPH_MISSING] = theme->missing_glyph;
}

void theme_look(const struct theme *theme, enum depth depth, int set, bool is_console,
                struct look *look)
{
    *look = (struct look){.depth = depth};
    snprintf(look->name, sizeof look->name, "%s", theme->name);
    set = set < 0 ? theme->glyphs : set;
    look_glyphs(look, set < 0 ? glyphs_of_locale() : (enum glyph_set)set, is_console);
    for (size_t i = 0; i < N_STYLES; i++)
        look->styles[i] = resolve(&theme->styles[i], depth);
    for (size_t i = 0; i < LOOK_SERIES; i++) {
        struct theme_style series = {theme->series[i], COLOR_DEFAULT, 0, 0, true};
        look->series[i] = resolve(&series, depth);
    }
    look->picture_fg = theme_default(theme->is_light, false);
    look->picture_bg = theme_default(theme->is_light, true);
    look_heat_of(theme, look);
}

void look_plain(struct look *look, enum depth depth, enum glyph_set set)
{
    theme_look(&theme_built_in, depth, (int)set, false, look);
}

/* ---- what the terminal can show ---- */

static bool depth_parse(const char *word, bool *automatic, enum depth *depth)
{
    static const struct {
        const char *word;
        enum depth depth;
    } words[] = {{"none", DEPTH_NONE},     {"no", DEPTH_NONE},  {"never", DEPTH_NONE},
                 {"8", DEPTH_8},           {"16", DEPTH_16},    {"256", DEPTH_256},
                 {"truecolor", DEPTH_RGB}, {"24bit", DEPTH_RGB}};
    *automatic = strcmp(word, "auto") == 0 || strcmp(word, "yes") == 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0) {
            *depth = words[i].depth;
            return true;
        }
    return *automatic;
}

static enum depth depth_of_terminal(const struct depth_wishes *wishes)
{
    const char *colorterm = wishes->colorterm ? wishes->colorterm : "";
    if (wishes->terminal <= 0)
        return DEPTH_NONE;
    if (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0 ||
        wishes->terminal > 256)
        return DEPTH_RGB;
    return wishes->terminal >= 256  ? DEPTH_256
           : wishes->terminal >= 16 ? DEPTH_16
           : wishes->terminal >= 8  ? DEPTH_8
                                    : DEPTH_NONE;
}

enum status depth_choose(const struct depth_wishes *wishes, enum depth *depth,
                         struct error *err)
{
    enum depth most = depth_of_terminal(wishes), wanted = most;
    const char *const words[] = {wishes->option, wishes->config};
    const char *const names[] = {"--color", "the setting 'color'"};
    bool has_no_color = wishes->no_color && *wishes->no_color, automatic;
    for (size_t i = 0; i < 2; i++) {
        if (i == 1 && has_no_color) {
            *depth = DEPTH_NONE;
            return STATUS_OK;
        }
        if (!words[i])
            continue;
        if (!depth_parse(words[i], &automatic, &wanted))
            return error_set(err, STATUS_USAGE,
                             "%s is '%s', expected none, 8, 16, 256, truecolor or auto",
                             names[i], words[i]);
        bool believed = wanted == DEPTH_RGB && most != DEPTH_NONE;
        *depth = automatic ? most : believed || wanted < most ? wanted : most;
        return STATUS_OK;
    }
    *depth = most;
    return STATUS_OK;
}

enum glyph_set glyphs_of_locale(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? GLYPHS_UNICODE : GLYPHS_ASCII;
}

bool glyphs_parse(const char *word, int *set)
{
    static const char *const words[] = {"auto", "ascii", "unicode", "braille"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, words[i]) == 0) {
            *set = i - 1;
            return true;
        }
    return false;
}
