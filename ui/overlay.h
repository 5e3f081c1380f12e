/* Overlay: what lies over the view for a while, such as help, a page to read, or a prompt.
 *
 * An overlay is asked like a view: its keys are rows of its mode, which are command lines; `go WORD`
 * and `do WORD` come to it while it is on top. `do close` takes it away.
 */
#ifndef UI_OVERLAY_H
#define UI_OVERLAY_H

#include <stdbool.h>

#include "ui/view.h"

struct overlay_answer {
    struct answer answer;
    bool close; /* it is done: freed before the line is run */
    bool
        is_typed; /* the user wrote the line, and wants to read what it finds: where it was typed,
                    * unless that is closed */
};

struct overlay_kind {
    const char *mode; /* whose key rows hold */
    bool is_line;     /* takes the status line; others take the body */

    void (*draw)(void *self, const struct snapshot *snapshot, const struct pen *pen);
    void (*free)(void *self);

    /* The members below may be NULL. */

    /* How many rows at the end of the body it takes; the view is drawn in the rest. NULL: all. */
    int (*rows)(const void *self, int rows);
    bool (*act)(void *self, const struct snapshot *snapshot, const struct action *action,
                struct overlay_answer *answer);
    /* As those of a view. */
    bool (*types)(void *self);
    bool (*typed)(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct overlay_answer *answer);
    bool (*mouse)(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  const struct pen *pen, struct overlay_answer *answer);
};

struct overlay {
    const struct overlay_kind *kind; /* NULL: none */
    void *self;
};

#endif
