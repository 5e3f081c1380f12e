/* Configuration: how the interface is set up, and what says so.
 *
 * One JSON object (docs/formats.md, "Configuration"), in this order, the last that names a value wins:
 *
 *     built in
 *     $XDG_CONFIG_HOME/microscope/config.json
 *     ./.microscope.json                 without "keys": a folder must not say what a key does
 *     $MICROSCOPE_THEME, _COLOR, _GLYPHS, _MOUSE
 *     options of the command line
 *
 *     {"theme": "light", "color": "256", "glyphs": "ascii", "mouse": false,
 *      "keys": {"[": "set threshold 0.9", "heads: c": "do scale"}, "settings": {"heads": 8}}
 */
#ifndef UI_CONFIG_H
#define UI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

enum config_name { CONFIG_THEME, CONFIG_COLOR, CONFIG_GLYPHS, CONFIG_MOUSE, N_CONFIG };

struct config_value {
    const char *name;
    const char *value;  /* NULL: a key that is bound to nothing; a name that nobody set */
    const char *source; /* a path, "$MICROSCOPE_THEME", "--theme", "built in" */
};

struct config {
    struct config_value values[N_CONFIG];
    struct config_value *keys; /* (n_keys) "WHERE: KEY" and its command line, in order */
    size_t n_keys, key_room;
    struct config_value *settings; /* (n_settings) options of commands, as `set` has them */
    size_t n_settings, setting_room;
    struct arena texts;
};

/* Reads the files and the environment; path: instead of the user's file; NULL: that. A file that is
 * not there is passed over, but not the one of path. STATUS_FORMAT naming file and place;
 * STATUS_NOT_FOUND, STATUS_IO. On failure *config is empty. */
enum status config_open(struct config *config, const char *path, struct error *err);
void config_done(struct config *config);

/* An option of the command line; value is copied. */
void config_give(struct config *config, enum config_name name, const char *value,
                 const char *option);

/* Appends each value and its source, a line each. */
void config_show(const struct config *config, struct text *out);

#endif
