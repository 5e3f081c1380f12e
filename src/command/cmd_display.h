/* Commands on what is on the screen. Each is a row of kind COMMAND_DISPLAY whose handler hands the
 * call to the front end (interpreter_display), which knows a row by its address and its arguments by
 * the structs below. Without a screen they do nothing, so that scripts of a session run anywhere.
 *
 * How a view orders, filters and shows things is part of the state (cmd_view.h): it can be undone.
 */
#ifndef COMMAND_CMD_DISPLAY_H
#define COMMAND_CMD_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "command/command.h"

extern const struct command cmd_view, cmd_go, cmd_do, cmd_cursor, cmd_search, cmd_explain,
    cmd_copy, cmd_export, cmd_config, cmd_keys, cmd_prompt, cmd_console, cmd_theme,
    cmd_mouse, cmd_redraw, cmd_quit;

/* Names of the views, in order of their number keys; ended by NULL. */
extern const char *const view_names[];
enum view_number {
    VIEW_OVERVIEW,
    VIEW_HEADS,
    VIEW_ROUTER,
    VIEW_CONTEXT,
    VIEW_PRUNE,
    VIEW_ABLATE,
    VIEW_COMPARE,
    VIEW_LOG,
    N_VIEWS
};

struct view_args {
    int view; /* enum view_number, or N_VIEWS + 0 next, + 1 previous */
};
struct go_args {
    const char *way; /* a word of ui/listing.h, "next-pane", "next-mark" ... */
    size_t times;
};
struct do_args {
    const char *verb; /* what the view can do, by the names in its key rows */
    const char *text; /* NULL: none */
};
struct cursor_args {
    int view;
    const char *at; /* as the view itself wrote it */
};
struct search_args {
    const char *text; /* NULL: ends the search */
};
struct copy_args {
    int what; /* 0 the cell, 1 the view */
};
struct export_args {
    const char *file; /* its ending says how; NULL: asked for. call->force replaces one */
};
struct prompt_args {
    const char *text; /* that stands there already; NULL: none */
};
struct theme_args {
    const char *name; /* of a theme or its file; NULL: the next one */
};
struct mouse_args {
    int on; /* 0 off, 1 on, 2 the other of them */
};
#endif
