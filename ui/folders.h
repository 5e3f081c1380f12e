/* Folders of the user's: where settings are, and what a run leaves behind. */
#ifndef UI_FOLDERS_H
#define UI_FOLDERS_H

#include <stdbool.h>

#include "base/text.h"

/* Append $XDG_CONFIG_HOME/microscope (~/.config), $XDG_STATE_HOME/microscope (~/.local/state); nothing
 * when there is no home. */
void folders_config(struct text *out);
void folders_state(struct text *out);

/* Makes a folder and those above it, for the user alone; whether it is there then. */
bool folders_make(const char *path);

#endif
