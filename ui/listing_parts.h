/* What the files of a listing share. */
#ifndef UI_LISTING_PARTS_H
#define UI_LISTING_PARTS_H

#include "ui/listing.h"

/* Puts state->order into the order of the sorts; equal rows stay as they lie. */
void listing_order(const struct listing *listing, struct listing_state *state);

/* Makes the order, the place of the cursor, and the hits anew. */
void listing_remake(const struct listing *listing, struct listing_state *state);

/* Finds the hits in the order as it is. */
void listing_find_hits(const struct listing *listing, struct listing_state *state);
/* Whether the search, if there is one, finds something in that cell. */
bool listing_matches(const struct listing *listing, const struct listing_state *state,
                     size_t row, size_t column);
void listing_search_done(struct listing_state *state);

/* Whether the filter keeps a row. */
bool listing_keeps(const struct listing *listing, const struct listing_state *state,
                   size_t row);
void listing_filter_done(struct listing_state *state);

/* Visible columns before and behind; the column itself when there is none. */
size_t listing_neighbour(const struct listing *listing, const struct listing_state *state,
                         size_t column, bool right);

#endif
