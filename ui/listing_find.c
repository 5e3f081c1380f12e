/* Filter and search of a listing. */
#define _GNU_SOURCE /* strcasestr */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "command/where.h"
#include "ui/listing_parts.h"

/* ---- the filter ---- */

void listing_filter_done(struct listing_state *state)
{
    where_free(state->where);
    state->where = NULL;
}

bool listing_keeps(const struct listing *listing, const struct listing_state *state,
                   size_t row)
{
    return !state->where || row + listing->n_feet >= listing->n_rows ||
           where_keeps(state->where, listing->cell, listing->rows, row);
}

static struct where *make_filter(const struct listing *listing, const char *expression,
                                 struct where_problem *problem, struct error *err)
{
    struct where_column *columns = mem_alloc((listing->n_columns + 1) * sizeof *columns);
    for (size_t i = 0; i < listing->n_columns; i++)
        columns[i] = (struct where_column){
            listing->columns[i].name, listing->columns[i].title, listing->columns[i].type};
    struct where *where =
        where_create(expression, columns, listing->n_columns, problem, err);
    free(columns);
    return where;
}

static void keep_text(struct text *text, const char *string)
{
    text_clear(text);
    text_add(text, string);
}

enum status listing_filter(const struct listing *listing, struct listing_state *state,
                           const char *expression, struct error *err)
{
    struct where_problem problem = {0};
    bool is_empty = !expression[strspn(expression, " ")];
    struct where *where = is_empty ? NULL : make_filter(listing, expression, &problem, err);
    if (!is_empty && !where)
        return problem.incomplete ? STATUS_OK : STATUS_USAGE;
    listing_filter_done(state);
    state->where = where;
    keep_text(&state->filter, is_empty ? "" : expression);
    listing_remake(listing, state);
    return STATUS_OK;
}

void listing_add_filter(const struct listing *listing, const struct listing_state *state,
                        struct text *out)
{
    text_append(out, "", 0);
    if (state->where)
        text_printf(out, "FILTER %s %zu/%zu", state->filter.bytes,
                    state->n_shown - listing->n_feet, listing->n_rows - listing->n_feet);
}

/* ---- the search ---- */

struct search {
    regex_t regex;
    bool is_literal, ignores_case;
    char *needle;
};

void listing_search_done(struct listing_state *state)
{
    if (state->matcher) {
        if (!state->matcher->is_literal)
            regfree(&state->matcher->regex);
        free(state->matcher->needle);
        free(state->matcher);
    }
    state->matcher = NULL;
    state->n_hits = 0;
    text_clear(&state->search);
}

/* What is no regular expression is found faster by the C library, which folds only ASCII. */
static bool is_plain(const char *expression, bool ignores_case)
{
    for (const char *at = expression; *at; at++)
        if (strchr(".[]()*+?{}|^$\\", *at) || (ignores_case && (unsigned char)*at >= 0x80))
            return false;
    return true;
}

static struct search *make_search(const char *expression, struct error *err)
{
    struct search *search = mem_zero(sizeof *search);
    search->ignores_case = !pattern_has_capital(expression);
    search->is_literal = is_plain(expression, search->ignores_case);
    if (!search->is_literal && pattern_compile(expression, &search->regex, err)) {
        free(search);
        return NULL;
    }
    search->needle = mem_copy_text(expression);
    return search;
}

static bool finds(const struct search *search, const char *text)
{
    if (!search->is_literal)
        return regexec(&search->regex, text, 0, NULL, 0) == 0;
    return search->ignores_case ? strcasestr(text, search->needle)
                                : strstr(text, search->needle);
}

bool listing_matches(const struct listing *listing, const struct listing_state *state,
                     size_t row, size_t column)
{
    if (!state->matcher || listing->columns[column].type != COLUMN_TEXT)
        return false;
    const char *text = listing->cell(listing->rows, row, column).text;
    return text && finds(state->matcher, text);
}

static bool row_matches(const struct listing *listing, const struct listing_state *state,
                        size_t row)
{
    for (size_t column = 0; column < listing->n_columns; column++)
        if (!listing_is_hidden(state, column) &&
            listing_matches(listing, state, row, column))
            return true;
    return false;
}

void listing_find_hits(const struct listing *listing, struct listing_state *state)
{
    state->n_hits = 0;
    for (size_t at = 0; state->matcher && at < state->n_shown; at++)
        if (row_matches(listing, state, state->order[at])) {
            MEM_RESERVE(state->hits, state->n_hits, state->hit_room);
            state->hits[state->n_hits++] = at;
        }
}

enum status listing_search(const struct listing *listing, struct listing_state *state,
                           const char *expression, size_t from, struct error *err)
{
    if (!*expression) {
        listing_search_done(state);
        return STATUS_OK;
    }
    struct search *search = make_search(expression, err);
    if (!search)
        return STATUS_USAGE;
    listing_search_done(state);
    state->matcher = search;
    keep_text(&state->search, expression);
    listing_find_hits(listing, state);
    for (size_t i = 0; i < state->n_hits; i++)
        if (state->hits[i] >= from || i + 1 == state->n_hits) {
            /* behind the last hit it begins again at the first */
            size_t to = state->hits[i] >= from ? state->hits[i] : state->hits[0];
            listing_go(listing, state, state->order[to]);
            break;
        }
    return STATUS_OK;
}

void listing_add_search(const struct listing_state *state, struct text *out)
{
    text_append(out, "", 0);
    if (!state->matcher)
        return;
    size_t before = 0;
    while (before < state->n_hits && state->hits[before] < state->at)
        before++;
    bool is_hit = before < state->n_hits && state->hits[before] == state->at;
    if (!state->n_hits)
        text_add(out, "nothing found");
    else if (is_hit)
        text_printf(out, "%zu of %zu", before + 1, state->n_hits);
    else
        text_printf(out, "%zu found", state->n_hits);
}
