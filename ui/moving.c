#include "ui/moving.h"

static void search(const struct listing *listing, struct listing_state *state,
                   const char *text, struct answer *answer)
{
    struct error err;
    if (listing_search(listing, state, text ? text : "", state->at, &err))
        text_add(&answer->say, err.message);
    else
        listing_add_search(state, &answer->say);
}

bool moving_act(const struct listing *listing, struct listing_state *state,
                const char *view, const struct action *action, struct answer *answer)
{
    enum listing_verb verb;
    if (action->kind == ACTION_SEARCH) {
        search(listing, state, action->text, answer);
        return true;
    }
    if (action->kind == ACTION_CURSOR || !listing_verb_find(action->word, &verb))
        return false;
    if (view && listing_command(listing, state, view, verb, &answer->line))
        return true;
    size_t times = action->kind == ACTION_GO && action->times ? action->times : 1;
    for (size_t i = 0; i < times; i++)
        if (!listing_do(listing, state, verb)) {
            text_add(&answer->say, verb == LISTING_NEXT_HIT || verb == LISTING_PREVIOUS_HIT
                                       ? "there is nothing found to go to"
                                       : "there is nothing further");
            break;
        }
    return true;
}

bool moving_mouse(const struct listing *listing, struct listing_state *state,
                  const struct pen *pen, const char *view, const struct mouse *mouse,
                  struct answer *answer)
{
    enum listing_hit hit = listing_mouse(listing, state, pen, mouse);
    if (hit == LISTING_ON_HEADER && view)
        listing_command(listing, state, view, LISTING_SORT_TURN, &answer->line);
    else if (hit == LISTING_ON_HEADER)
        listing_do(listing, state, LISTING_SORT_TURN);
    return hit != LISTING_MISSED;
}
