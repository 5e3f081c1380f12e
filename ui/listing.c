#include "ui/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/line.h"
#include "ui/listing_parts.h"

void listing_done(struct listing_state *state)
{
    listing_search_done(state);
    listing_filter_done(state);
    text_done(&state->filter);
    text_done(&state->search);
    free(state->order);
    free(state->hits);
    *state = (struct listing_state){0};
}

void listing_forget(struct listing_state *state)
{
    struct listing_state kept = {.at = state->at,
                                 .top = state->top,
                                 .column = state->column,
                                 .precision = state->precision,
                                 .at_id = state->at_id};
    listing_done(state);
    *state = kept;
}

bool listing_is_hidden(const struct listing_state *state, size_t column)
{
    return column < LISTING_COLUMNS && state->hidden[column];
}

static uint64_t id_of(const struct listing *listing, size_t row)
{
    return listing->id ? listing->id(listing->rows, row) : row;
}

size_t listing_row(const struct listing *listing, const struct listing_state *state)
{
    (void)listing;
    return state->at < state->n_shown ? state->order[state->at] : SIZE_MAX;
}

static void go_to(const struct listing *listing, struct listing_state *state, size_t at)
{
    state->top = state->shown_top;
    state->at = at < state->n_shown ? at : state->n_shown ? state->n_shown - 1 : 0;
    if (state->n_shown)
        state->at_id = id_of(listing, state->order[state->at]);
}

bool listing_go(const struct listing *listing, struct listing_state *state, size_t row)
{
    for (size_t at = 0; at < state->n_shown; at++)
        if (state->order[at] == row) {
            go_to(listing, state, at);
            return true;
        }
    return false;
}

/* ---- the order ---- */

static void collect(const struct listing *listing, struct listing_state *state)
{
    if (state->order_room < listing->n_rows) {
        state->order = mem_resize(state->order, listing->n_rows * sizeof *state->order);
        state->order_room = listing->n_rows;
    }
    state->n_shown = 0;
    for (size_t row = 0; row < listing->n_rows; row++)
        if (listing_keeps(listing, state, row))
            state->order[state->n_shown++] = row;
}

void listing_remake(const struct listing *listing, struct listing_state *state)
{
    bool had_rows = state->n_shown > 0;
    uint64_t id = state->at_id;
    collect(listing, state);
    listing_order(listing, state);
    listing_find_hits(listing, state);
    for (size_t at = 0; had_rows && at < state->n_shown; at++)
        if (id_of(listing, state->order[at]) == id) {
            go_to(listing, state, at);
            return;
        }
    go_to(listing, state, state->at);
}

void listing_refresh(const struct listing *listing, struct listing_state *state)
{
    if (state->column >= listing->n_columns)
        state->column = 0;
    if (state->where) { /* its columns may be others now */
        struct text filter = state->filter;
        state->filter = (struct text){0};
        if (listing_filter(listing, state, filter.bytes, NULL)) {
            listing_filter_done(state);
            listing_remake(listing, state);
        }
        text_done(&filter);
        return;
    }
    listing_remake(listing, state);
}

/* ---- columns ---- */

size_t listing_neighbour(const struct listing *listing, const struct listing_state *state,
                         size_t column, bool right)
{
    for (size_t at = column; right ? at + 1 < listing->n_columns : at > 0;) {
        at = right ? at + 1 : at - 1;
        if (!listing_is_hidden(state, at))
            return at;
    }
    return column;
}

void listing_add_cell(const struct listing *listing, const struct listing_state *state,
                      size_t row, size_t column, struct text *out)
{
    const struct listing_column *type = &listing->columns[column];
    struct cell cell = listing->cell(listing->rows, row, column);
    int more = (int)type->decimals + state->precision;
    unsigned decimals = more < 0 ? 0 : more > 16 ? 16 : (unsigned)more;
    text_append(out, "", 0);
    if (type->type == COLUMN_TEXT) {
        text_add(out, cell.text ? cell.text : "-");
    } else if (type->type == COLUMN_INTERVAL && cell.value == cell.value) {
        text_add_char(out, '[');
        table_add_number(out, cell.value, COLUMN_REAL, decimals);
        text_add_char(out, ' ');
        table_add_number(out, cell.high, COLUMN_REAL, decimals);
        text_add_char(out, ']');
    } else {
        table_add_number(out, cell.value, type->type, decimals);
    }
}

/* ---- sorting and hiding ---- */

static bool can_sort(const struct listing *listing, size_t column)
{
    return !listing->columns[column].unsorted;
}

static bool sort_sideways(const struct listing *listing, struct listing_state *state,
                          bool right)
{
    size_t from = state->n_sorts ? state->sorts[0].column : state->column;
    size_t to = state->n_sorts || !can_sort(listing, from)
                    ? listing_neighbour(listing, state, from, right)
                    : from;
    while (!can_sort(listing, to)) {
        size_t next = listing_neighbour(listing, state, to, right);
        if (next == to)
            return false;
        to = next;
    }
    if (state->n_sorts && to == from)
        return false;
    bool falling = state->n_sorts && state->sorts[0].falling;
    state->sorts[0] = (struct listing_sort){to, falling};
    state->n_sorts = state->n_sorts ? state->n_sorts : 1;
    state->column = to;
    return true;
}

/* Rising, falling, as it was. */
static bool sort_turn(const struct listing *listing, struct listing_state *state)
{
    if (!can_sort(listing, state->column))
        return false;
    if (!state->n_sorts || state->sorts[0].column != state->column) {
        state->sorts[0] = (struct listing_sort){state->column, false};
        state->n_sorts = 1;
    } else if (!state->sorts[0].falling) {
        state->sorts[0].falling = true;
    } else {
        state->n_sorts = 0;
    }
    return true;
}

static bool sort_second(const struct listing *listing, struct listing_state *state)
{
    if (!can_sort(listing, state->column))
        return false;
    for (size_t i = 0; i < state->n_sorts; i++)
        if (state->sorts[i].column == state->column) {
            state->sorts[i].falling = !state->sorts[i].falling;
            return true;
        }
    if (state->n_sorts == LISTING_SORTS)
        return false;
    state->sorts[state->n_sorts++] = (struct listing_sort){state->column, false};
    return true;
}

static bool hide(const struct listing *listing, struct listing_state *state)
{
    size_t column = state->column;
    size_t next = listing_neighbour(listing, state, column, true);
    next = next == column ? listing_neighbour(listing, state, column, false) : next;
    if (next == column || column >= LISTING_COLUMNS)
        return false; /* the last one stays */
    state->hidden[column] = true;
    state->column = next;
    return true;
}

static bool unhide(struct listing_state *state)
{
    bool any = false;
    for (size_t i = 0; i < LISTING_COLUMNS; i++) {
        any = any || state->hidden[i];
        state->hidden[i] = false;
    }
    return any;
}

/* Does what concerns order and hiding and nothing else; *done: whether the verb is one of
 * them. */
static bool arrange(const struct listing *listing, struct listing_state *state,
                    enum listing_verb verb, bool *done)
{
    *done = true;
    if (!listing->n_columns)
        return false;
    if (verb == LISTING_SORT_LEFT || verb == LISTING_SORT_RIGHT)
        return sort_sideways(listing, state, verb == LISTING_SORT_RIGHT);
    if (verb == LISTING_SORT_TURN)
        return sort_turn(listing, state);
    if (verb == LISTING_SORT_SECOND)
        return sort_second(listing, state);
    if (verb == LISTING_HIDE)
        return hide(listing, state);
    if (verb == LISTING_UNHIDE)
        return unhide(state);
    *done = false;
    return false;
}

/* ---- as commands ---- */

void listing_add_sort(const struct listing *listing, const struct listing_state *state,
                      struct text *out)
{
    text_append(out, "", 0);
    for (size_t i = 0; i < state->n_sorts; i++)
        text_printf(out, "%s%s%s", i ? "," : "", state->sorts[i].falling ? "-" : "",
                    listing->columns[state->sorts[i].column].name);
}

void listing_add_hidden(const struct listing *listing, const struct listing_state *state,
                        struct text *out)
{
    size_t n = 0;
    text_append(out, "", 0);
    for (size_t i = 0; i < listing->n_columns; i++)
        if (listing_is_hidden(state, i))
            text_printf(out, "%s%s", n++ ? "," : "", listing->columns[i].name);
}

bool listing_command(const struct listing *listing, const struct listing_state *state,
                     const char *view, enum listing_verb verb, struct text *line)
{
    struct listing_state copy = *state;
    bool is_arranging;
    if (!arrange(listing, &copy, verb, &is_arranging) || !is_arranging)
        return false;
    bool hides = verb == LISTING_HIDE || verb == LISTING_UNHIDE;
    struct text value = {0};
    if (hides)
        listing_add_hidden(listing, &copy, &value);
    else
        listing_add_sort(listing, &copy, &value);
    text_printf(line, "%s %s %s", hides ? "columns" : "sort", view,
                value.length && value.bytes[0] == '-' ? "-- " : ""); /* no option */
    line_add_word(line, value.bytes);
    text_done(&value);
    return true;
}

static size_t find_column(const struct listing *listing, const char *name, size_t length)
{
    for (size_t i = 0; i < listing->n_columns; i++)
        if (strlen(listing->columns[i].name) == length &&
            strncmp(listing->columns[i].name, name, length) == 0)
            return i;
    return SIZE_MAX;
}

/* Goes through the names of a list; false at its end, SIZE_MAX for one that is not there. */
static bool next_name(const struct listing *listing, const char **at, bool *falling,
                      size_t *column, struct error *err)
{
    *at += strspn(*at, ", ");
    if (!**at)
        return false;
    *falling = **at == '-';
    *at += *falling;
    size_t length = strcspn(*at, ",");
    *column = find_column(listing, *at, length);
    if (*column == SIZE_MAX)
        error_set(err, STATUS_USAGE, "there is no column '%.*s'", (int)length, *at);
    *at += length;
    return true;
}

static bool set_sorts(const struct listing *listing, struct listing_state *state,
                      const char *sort, struct error *err)
{
    struct listing_sort sorts[LISTING_SORTS];
    size_t n = 0, column;
    bool falling, fine = true;
    while (n < LISTING_SORTS && next_name(listing, &sort, &falling, &column, err)) {
        fine = fine && column != SIZE_MAX;
        if (column != SIZE_MAX)
            sorts[n++] = (struct listing_sort){column, falling};
    }
    memcpy(state->sorts, sorts, n * sizeof *sorts);
    state->n_sorts = n;
    return fine;
}

static bool set_hidden(const struct listing *listing, struct listing_state *state,
                       const char *hidden, struct error *err)
{
    size_t column;
    bool falling, fine = true;
    unhide(state);
    while (next_name(listing, &hidden, &falling, &column, err)) {
        fine = fine && column != SIZE_MAX;
        if (column < LISTING_COLUMNS)
            state->hidden[column] = true;
    }
    if (listing_is_hidden(state, state->column))
        state->column = listing_neighbour(listing, state, state->column, true);
    return fine;
}

enum status listing_set(const struct listing *listing, struct listing_state *state,
                        const char *sort, const char *filter, const char *hidden,
                        struct error *err)
{
    struct text now_sort = {0}, now_hidden = {0};
    bool fine = true, changed = false;
    sort = sort ? sort : "";
    filter = filter ? filter : "";
    hidden = hidden ? hidden : "";
    listing_add_sort(listing, state, &now_sort);
    listing_add_hidden(listing, state, &now_hidden);
    if (strcmp(hidden, now_hidden.bytes) != 0) {
        fine = set_hidden(listing, state, hidden, err);
        changed = state->matcher;
    }
    if (strcmp(sort, now_sort.bytes) != 0) {
        fine = set_sorts(listing, state, sort, err) && fine;
        changed = true;
    }
    bool filters = strcmp(filter, state->filter.length ? state->filter.bytes : "") != 0;
    if (filters && listing_filter(listing, state, filter, err))
        fine = false;
    else if (changed && !filters)
        listing_remake(listing, state);
    text_done(&now_sort);
    text_done(&now_hidden);
    return fine ? STATUS_OK : STATUS_USAGE;
}

/* ---- verbs ---- */

static const char *const verb_names[N_LISTING_VERBS] = {
    [LISTING_UP] = "up",
    [LISTING_DOWN] = "down",
    [LISTING_LEFT] = "left",
    [LISTING_RIGHT] = "right",
    [LISTING_PAGE_UP] = "page-up",
    [LISTING_PAGE_DOWN] = "page-down",
    [LISTING_HALF_UP] = "half-up",
    [LISTING_HALF_DOWN] = "half-down",
    [LISTING_FIRST] = "first",
    [LISTING_LAST] = "last",
    [LISTING_SORT_LEFT] = "sort-left",
    [LISTING_SORT_RIGHT] = "sort-right",
    [LISTING_SORT_TURN] = "sort-turn",
    [LISTING_SORT_SECOND] = "sort-second",
    [LISTING_WIDTH] = "width",
    [LISTING_HIDE] = "hide",
    [LISTING_UNHIDE] = "unhide",
    [LISTING_FINER] = "finer",
    [LISTING_COARSER] = "coarser",
    [LISTING_NEXT_HIT] = "next-hit",
    [LISTING_PREVIOUS_HIT] = "previous-hit",
};

const char *listing_verb_name(enum listing_verb verb)
{
    return verb_names[verb];
}

bool listing_verb_find(const char *name, enum listing_verb *verb)
{
    for (int i = 0; i < N_LISTING_VERBS; i++)
        if (strcmp(name, verb_names[i]) == 0) {
            *verb = (enum listing_verb)i;
            return true;
        }
    return false;
}

static bool move(const struct listing *listing, struct listing_state *state, long by)
{
    size_t before = state->at;
    size_t step = (size_t)(by < 0 ? -by : by);
    size_t to = by >= 0 ? state->at + step : state->at > step ? state->at - step : 0;
    go_to(listing, state, to);
    return state->at != before;
}

static bool move_sideways(const struct listing *listing, struct listing_state *state,
                          bool right)
{
    size_t before = state->column;
    if (listing->n_columns)
        state->column = listing_neighbour(listing, state, before, right);
    return state->column != before;
}

static bool go_to_hit(const struct listing *listing, struct listing_state *state,
                      bool forward)
{
    size_t n = state->n_hits, next = 0;
    if (!n)
        return false;
    while (next < n && state->hits[next] <= state->at)
        next++;
    size_t here = next && state->hits[next - 1] == state->at ? next - 1 : next;
    size_t hit = forward ? next % n : (here + n - 1) % n;
    go_to(listing, state, state->hits[hit]);
    return true;
}

static bool change_width(const struct listing *listing, struct listing_state *state)
{
    if (state->column >= LISTING_COLUMNS || state->column >= listing->n_columns)
        return false;
    signed char *width = &state->widths[state->column];
    *width = *width == 0 ? 1 : *width > 0 ? -1 : 0; /* as wide as needed, narrow, its own */
    return true;
}

static bool change_precision(struct listing_state *state, int by)
{
    int to = state->precision + by;
    if (to < -6 || to > 12)
        return false;
    state->precision = to;
    return true;
}

bool listing_do(const struct listing *listing, struct listing_state *state,
                enum listing_verb verb)
{
    long page = state->page > 1 ? state->page : 1;
    const long steps[] = {-1, 1, 0, 0, -page, page, -(page + 1) / 2, (page + 1) / 2};
    bool is_arranging;
    if (verb <= LISTING_HALF_DOWN && steps[verb])
        return move(listing, state, steps[verb]);
    if (verb == LISTING_FIRST || verb == LISTING_LAST)
        return move(listing, state,
                    verb == LISTING_LAST ? (long)state->n_shown : -(long)state->at);
    if (verb == LISTING_LEFT || verb == LISTING_RIGHT)
        return move_sideways(listing, state, verb == LISTING_RIGHT);
    if (verb == LISTING_NEXT_HIT || verb == LISTING_PREVIOUS_HIT)
        return go_to_hit(listing, state, verb == LISTING_NEXT_HIT);
    if (verb == LISTING_WIDTH)
        return change_width(listing, state);
    if (verb == LISTING_FINER || verb == LISTING_COARSER)
        return change_precision(state, verb == LISTING_FINER ? 1 : -1);
    if (!arrange(listing, state, verb, &is_arranging))
        return false;
    listing_remake(listing, state);
    return true;
}
