/* What terminfo says of this terminal; apart because term.h takes many short names. */
#ifndef UI_SCREEN_TERMINAL_H
#define UI_SCREEN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "ui/input.h"

/* Loads the entry of $TERM; the reason when there is none or it cannot show a screen. */
enum status terminal_load(struct error *err);
void terminal_unload(void);

/* Asked while it is loaded. */
int terminal_colors(void);
bool terminal_has_pages(void); /* whether it has a screen of its own to draw on: most do */
/* What puts the terminal back after any drawing, without padding; at most `room` bytes. */
size_t terminal_reset(char *out, size_t room);
void terminal_learn(struct input *input);

/* The entry to draw with: that of $TERM, or its direct-colour sister when colours of 24 bits are
 * wanted and there is one. */
const char *terminal_entry(bool direct);

#endif
