/* The workspace: what one run of the program holds. A state that commands change, the states
 * before it and after it, the log of commands, and how the display lies.
 *
 * Belongs to the front end's thread. A command that changes the state asks for it once:
 *
 *     struct state *state = workspace_change(workspace, "open demo.features");
 *     state_set_features(state, features);
 *
 * and that is one step for undo. Everything else reads workspace_state.
 */
#ifndef SESSION_WORKSPACE_H
#define SESSION_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "session/entries.h"
#include "session/state.h"

enum { WORKSPACE_UNDO_MOST = 1000 };

struct workspace;

struct workspace *workspace_create(void);
void workspace_free(struct workspace *workspace); /* NULL is allowed */

const struct state *workspace_state(const struct workspace *workspace);

/* Grows whenever the state becomes another one: what was made from a state of another version is
 * stale. */
uint64_t workspace_version(const struct workspace *workspace);

/* The state, to be changed now; what it was can be brought back. `what` says what is done, as
 * undo names it: the command's line. */
struct state *workspace_change(struct workspace *workspace, const char *what);

/* Takes the last change back, or does the last one taken back again. NULL when there is none, else
 * what was; valid until the next change. */
const char *workspace_undo(struct workspace *workspace);
const char *workspace_redo(struct workspace *workspace);
size_t workspace_undos(const struct workspace *workspace); /* how many there are */
size_t workspace_redos(const struct workspace *workspace);

/* What undo or redo would name if it were called `times` times, from 1 to as many as there are. */
const char *workspace_undo_name(const struct workspace *workspace, size_t times);
const char *workspace_redo_name(const struct workspace *workspace, size_t times);

/* How the display lies: "view" -> "heads", "heads.cursor" -> "4 2". No command's result depends on
 * it, and undo does not touch it. */
struct entries *workspace_layout(struct workspace *workspace);

/* ---- the log: every command that was run, as it was given ---- */

struct log_entry {
    char *line; /* owned; runs again as it stands */
    enum status status;
    char *message;  /* owned; what went wrong, or a few words of result; may be NULL */
    double at;      /* seconds since 1970 */
    double seconds; /* that it took */
    /* Belongs into a saved session: it worked, and asking was not all it did. */
    bool repeats;
    bool is_opening; /* nothing is lost with it: what it opened is in files */
};

void workspace_log(struct workspace *workspace, const struct log_entry *entry); /* copies */
size_t workspace_log_count(const struct workspace *workspace);
const struct log_entry *workspace_log_entry(const struct workspace *workspace, size_t i);

/* Log entries at the last save: what came later is not saved. */
void workspace_saved(struct workspace *workspace);
bool workspace_is_unsaved(const struct workspace *workspace);

#endif
