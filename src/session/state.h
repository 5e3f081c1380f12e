/* One state of a run: all that a command can change and undo can bring back.
 *
 * Plain data and counts on what is shared, so that a copy costs little whatever the size of the
 * features. Owned by the front end's thread; jobs get counts of their own.
 */
#ifndef SESSION_STATE_H
#define SESSION_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/entries.h"
#include "session/held.h"
#include "session/lab.h"

struct state {
    struct held_corpus *corpus; /* each with a count of this state's; NULL: none is open */
    struct held_features *features;
    struct held_model *model;
    struct held_model *pinned; /* to compare the model with; NULL: nothing is pinned */

    struct lab_settings lab; /* the context and the labels that were given */

    struct entries settings; /* value of every option of that name in commands to come */
    struct entries views; /* "heads.sort" -> "-mean": how a view orders, filters, shows */

    uint32_t *marks; /* owned; rows of the features' prompts, ascending */
    size_t n_marks;
};

void state_init(struct state *state);
void state_copy(struct state *out, const struct state *of); /* *out is created */
void state_done(struct state *state);

/* Puts others in the place of what is held; counts are taken over, NULL closes. Marks and the lab's
 * labels, which are of one set of features, go with those. */
void state_set_features(struct state *state, struct held_features *features);
void state_set_model(struct state *state, struct held_model *model);
void state_set_corpus(struct state *state, struct held_corpus *corpus);

bool state_is_marked(const struct state *state, uint32_t prompt);
void state_mark(struct state *state, uint32_t prompt, bool mark);

#endif
