/* Appearance: the theme, and what it is on this terminal. */
#ifndef UI_APPEARANCE_H
#define UI_APPEARANCE_H

#include "base/error.h"
#include "ui/theme.h"

enum { APPEARANCE_FOLDERS = 3 };

struct appearance {
    struct theme *theme;
    struct look look;
    enum depth depth;
    int set; /* enum glyph_set; -1: as the theme says */
    bool is_console;
    char *folders[APPEARANCE_FOLDERS +
                  1]; /* of themes: the user's, the shipped; ended by NULL */
    size_t ramp;      /* of the theme's, in use */
};

/* name: of a theme, or the path of a file of one; NULL: the dark one. set as of theme_look. */
enum status appearance_open(struct appearance *appearance, const char *name,
                            enum depth depth, int set, bool is_console, struct error *err);
void appearance_done(struct appearance *appearance);

/* Another theme; on failure the one before stays. */
enum status appearance_theme(struct appearance *appearance, const char *name,
                             struct error *err);
enum status appearance_next_theme(struct appearance *appearance, struct error *err);
/* The next palette of the theme; returns its name. */
const char *appearance_next_ramp(struct appearance *appearance);

#endif
