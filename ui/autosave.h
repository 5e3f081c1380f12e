/* Autosave: the command lines of a run in a file of its own, so that they survive a crash.
 *
 * $XDG_STATE_HOME/microscope/sessions/PID.ms, only for its owner to read: each line as soon as it was
 * run, and behind them how the display lies. The running program holds a lock on it, so a file without
 * one is of a run that ended badly. A clean end removes it.
 */
#ifndef UI_AUTOSAVE_H
#define UI_AUTOSAVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "session/entries.h"

struct autosave {
    int fd;      /* -1: nothing is saved */
    char *path;  /* owned; NULL: the same */
    size_t size; /* bytes of command lines; behind them is how the display lies */
    struct text layout, written; /* as it is, and as the file has it */
    double at;                   /* when it was written last */
    bool has_lines;              /* without one there is nothing to bring back */
};

/* Makes the file; without a place for it nothing is saved. folder NULL: the user's. */
void autosave_open(struct autosave *autosave, const char *folder);

/* Closes the file, and removes it unless `keep` says so or something stands in for it. */
void autosave_done(struct autosave *autosave, bool keep);

void autosave_line(struct autosave *autosave, const char *line);
/* Notes how the display lies; written at most twice a second, or by autosave_flush. */
void autosave_layout(struct autosave *autosave, const struct entries *layout);
void autosave_flush(struct autosave *autosave);

/* ---- a run that ended badly ---- */

struct orphan {
    char *path;    /* owned; NULL: there is none */
    char when[24]; /* "14:05", or with the date when it was not today */
};

/* The newest of them. folder as above. */
void autosave_find(struct orphan *orphan, const char *folder);
/* The folder it ran in, from which its paths count; free() it. NULL: not known. */
char *autosave_folder(const struct orphan *orphan);
void autosave_forget(struct orphan *orphan); /* removes its file */
void autosave_leave(struct orphan *orphan);  /* frees what find made; the file stays */

#endif
