/* What keys and the mouse do to a listing, for all views alike. */
#ifndef UI_MOVING_H
#define UI_MOVING_H

#include "ui/listing.h"
#include "ui/view.h"

/* Moves, searches, changes widths, order and hidden columns; false: the word is none of these.
 * `view`: the view's name, whose order and hidden columns are part of the state, so that they are
 * answered as commands; NULL: they are this listing's own and changed at once. */
bool moving_act(const struct listing *listing, struct listing_state *state,
                const char *view, const struct action *action, struct answer *answer);

/* A click or a turn of the wheel; a click on a heading orders by it, as above. false: it was
 * elsewhere. */
bool moving_mouse(const struct listing *listing, struct listing_state *state,
                  const struct pen *pen, const char *view, const struct mouse *mouse,
                  struct answer *answer);

#endif
