/* History: the lines that were typed, in a file that several runs share.
 *
 * $XDG_STATE_HOME/microscope/history (or ~/.local/state), one line each, only for its owner to read.
 * Lines are added to its end, so that two runs keep both; a line that begins with a blank, and one that
 * repeats the one before, are not kept. A file that has grown long is cut to the newest lines.
 */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

struct history {
    char *path; /* NULL: nothing is written */
    char **lines;
    size_t n, room;
};

void history_open(struct history *history, const char *path); /* NULL: none */
void history_done(struct history *history);
bool history_add(struct history *history, const char *line); /* whether it was kept */
const char *history_back(const struct history *history, size_t back); /* 1: the last */

#endif
