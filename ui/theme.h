/* Themes: files that say how each role looks, and what that is on this terminal.
 *
 * A theme file is one JSON object (docs/formats.md, "Theme"). What it leaves out comes from
 * the theme that it inherits from, in the end from the built-in "base"; the result is always
 * complete.
 *
 *     struct theme *theme = theme_load("dark", folders, &warnings, &err);
 *     theme_look(theme, depth, GLYPHS_UNICODE, &look);
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "ui/look.h"

struct theme;

/* Where themes are looked for, in order: folders of NAME.json files, NULL at the end. */
struct theme *theme_load(const char *name, const char *const *folders,
                         struct text *warnings, struct error *err);
/* A file; themes that it inherits from are looked for beside it too. Unknown keys and odd values
 * that can be passed over are appended to warnings, a line each: "path:line:column: ...". Wrong
 * ones are STATUS_FORMAT with path, line and column. */
struct theme *theme_read(const char *path, const char *const *folders,
                         struct text *warnings, struct error *err);
/* "base": complete, dark, and needs no file. */
struct theme *theme_base(void);
void theme_free(struct theme *theme); /* NULL is allowed */

const char *theme_name(const struct theme *theme);
bool theme_is_light(const struct theme *theme);
/* The ramps that C goes through: index 0 is the theme's own; NULL: there are no more. */
const char *theme_ramp_name(const struct theme *theme, bool diverging, size_t index);

/* --check-theme: reads the file and looks at what it gives; warnings are errors here, except that
 * a key may be left to the inherited theme. Also a text on a background below 4.5:1 is one. */
enum status theme_check(const char *path, const char *const *folders, struct error *err);

/* Resolves the theme, which must outlive the look. set < 0: what the theme asks for
 * ("glyphs"), and for "auto" what the locale allows. is_console: see look_glyphs. */
void theme_look(const struct theme *theme, enum depth depth, int set, bool is_console,
                struct look *look);
/* Changes the ramp of a look to one of those by its name; false: there is none. */
bool theme_ramp(const struct theme *theme, const char *name, bool diverging,
                struct look *look);

/* ---- what the terminal can show ---- */

struct depth_wishes {
    const char *option;    /* --color: none, 8, 16, 256, truecolor, auto; NULL: not given */
    const char *no_color;  /* $NO_COLOR */
    const char *config;    /* as option */
    const char *colorterm; /* $COLORTERM */
    int terminal;          /* colours that terminfo names; <= 0: none */
};

/* In this order: option, NO_COLOR when it is not empty, config, terminal. STATUS_USAGE for a word
 * that is none of the above. What the terminal lacks is not sent even if asked for, except that
 * truecolor is believed. */
enum status depth_choose(const struct depth_wishes *wishes, enum depth *depth,
                         struct error *err);

/* unicode where the locale's character set is UTF-8, else ascii. Asks the locale. */
enum glyph_set glyphs_of_locale(void);
/* "auto" (-1), "ascii", "unicode", "braille"; false: none of these. */
bool glyphs_parse(const char *word, int *set);

#endif
