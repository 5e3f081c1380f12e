/* Backing: what stands behind the views, kept up with the workspace in the background.
 *
 * Whenever features or model of the state are others, an analysis of them is made on a worker
 * thread, stage by stage; the analyses of states that undo can come back to are kept as long as there
 * is room, so that undo shows at once. The lab is made on a worker too and then brought to the
 * state's settings here, which takes milliseconds; an encoder that works elsewhere is asked on a
 * worker of its own.
 */
#ifndef UI_BACKING_H
#define UI_BACKING_H

#include <stdbool.h>

#include "base/jobs.h"
#include "session/analysis.h"
#include "session/lab.h"
#include "session/live.h"
#include "session/workspace.h"
#include "ui/view.h"

struct backing;

struct backing *backing_create(struct workspace *workspace);
void backing_free(struct backing *backing); /* stops what is at work; NULL is allowed */

/* How long contexts wait for an encoder that works elsewhere (session/live.h). */
void backing_set_patience(struct backing *backing, const struct live_options *options);

/* Readable when something has got further; then call backing_update. */
int backing_wake_fd(const struct backing *backing);

/* Begins what the state needs, takes in what has ended, and fills the parts of the snapshot that are
 * this file's; whether anything is another than before. */
bool backing_update(struct backing *backing, struct snapshot *snapshot);

/* Milliseconds until backing_update has something to do without being woken; -1: never. */
int backing_pause(const struct backing *backing);

/* What is being made and how far it is, for the status line; "" when nothing is. */
void backing_add_progress(const struct backing *backing, struct text *out);

/* Waits until nothing is at work: for tests and for scripts that write a screen. */
void backing_wait(struct backing *backing);

#endif
