/* Console: a pane below the view where commands are typed and what they find stays to be read.
 *
 * It is the same session as that of the views: what is changed here changes them in the same frame. The
 * roll of what was typed and found is the workbench's, so that it is there again when the console is
 * opened the next time.
 */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "ui/overlay.h"
#include "ui/workbench.h"

enum roll_kind { ROLL_TYPED, ROLL_FOUND, ROLL_SAID, ROLL_WRONG };

struct roll_line {
    enum roll_kind kind;
    char *text; /* owned */
};

/* What stands in the console, oldest first; old lines go when there are too many. */
struct roll {
    struct roll_line *lines;
    size_t n, room;
};

/* Adds the lines of a text. */
void roll_add(struct roll *roll, enum roll_kind kind, const char *text);
void roll_done(struct roll *roll);

struct overlay console_make(struct workbench *workbench);
bool console_is(const struct overlay *overlay);

#endif
