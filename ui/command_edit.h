/* A line on which commands are typed: the prompt's and the console's. History and completion are those
 * of the session.
 */
#ifndef UI_COMMAND_EDIT_H
#define UI_COMMAND_EDIT_H

#include "command/complete.h"
#include "ui/line_edit.h"
#include "ui/workbench.h"

struct command_edit {
    struct line_edit line;
    struct workbench *workbench; /* borrowed */
    struct completions found;    /* what the candidates of the line are, for their help */
};

/* The edit must stay where it is from then on. */
void command_edit_open(struct command_edit *edit, struct workbench *workbench);
void command_edit_done(struct command_edit *edit);

/* What completion offers, in rows above the one that the line is drawn on. */
void command_edit_draw_candidates(const struct command_edit *edit, const struct pen *line);

/* Whether more is needed before the text can be run: an open quote or bracket, a \\ at its end. Then
 * *err says which. */
bool command_is_incomplete(const char *text, struct error *err);

#endif
