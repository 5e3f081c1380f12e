/* The order of a listing: stable, by keys of 64 bits that are sorted byte by byte. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "ui/listing_parts.h"

struct entry {
    uint64_t key;
    size_t at; /* position before sorting: rows lie in memory in that order, more or less */
};

static const uint64_t missing = UINT64_MAX; /* behind all, rising or falling */
static const uint64_t ended = 1; /* of a text that has no bytes left: before all */

/* Bits of a double in an order that compares as the numbers do. */
static uint64_t number_key(double value)
{
    uint64_t bits;
    if (isnan(value))
        return missing;
    value = value == 0 ? 0 : value; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x8000000000000000u ? ~bits : bits | 0x8000000000000000u;
}

static unsigned char lower(char byte)
{
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

/* Eight bytes, from the `skip`th on, of a text as words_compare orders it: without case, and a
 * run of digits after its length. */
static uint64_t text_key(const char *text, size_t skip)
{
    uint64_t key = 0;
    size_t n = 0, end = skip + 8;
    if (!text)
        return missing;
    for (; *text && n < end; n++) {
        size_t digits = *text <= '9' ? strspn(text, "0123456789") : 0;
        if (!digits) {
            key = key << 8 | lower(*text++);
            continue;
        }
        size_t zeros = strspn(text, "0");
        key = key << 8 | (unsigned char)('0' + (digits - zeros < 9 ? digits - zeros : 9));
        for (text += zeros, digits -= zeros; digits && n + 1 < end; digits--, n++)
            key = key << 8 | (unsigned char)*text++;
        text += digits;
    }
    if (n <= skip)
        return ended;
    return n >= end ? key : key << (8 * (end - n));
}

static void sort_by_bytes(struct entry *entries, struct entry *room, size_t n)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < n; i++)
            starts[((entries[i].key >> shift) & 0xff) + 1]++;
        bool all_same = false;
        for (size_t i = 1; i < 257; i++) {
            all_same = all_same || starts[i] == n;
            starts[i] += starts[i - 1];
        }
        if (all_same)
            continue;
        for (size_t i = 0; i < n; i++)
            room[starts[(entries[i].key >> shift) & 0xff]++] = entries[i];
        memcpy(entries, room, n * sizeof *entries);
    }
}

/* ---- texts that begin alike ---- */

struct sorting {
    const struct listing *listing;
    const size_t *rows; /* by position */
    size_t column;
    bool falling;
};

static const char *text_at(const struct sorting *sorting, size_t at)
{
    const struct listing *listing = sorting->listing;
    return listing->cell(listing->rows, sorting->rows[at], sorting->column).text;
}

static uint64_t turned(const struct sorting *sorting, uint64_t key)
{
    return sorting->falling && key != missing ? ~key : key;
}

static int compare(const struct sorting *sorting, size_t a, size_t b)
{
    const char *x = text_at(sorting, a), *y = text_at(sorting, b);
    if (!x || !y)
        return (x == NULL) - (y == NULL);
    int order = words_compare(x, y);
    return sorting->falling ? -order : order;
}

static void merge_sort(const struct sorting *sorting, struct entry *entries,
                       struct entry *room, size_t n)
{
    if (n < 2)
        return;
    size_t half = n / 2, a = 0, b = half;
    merge_sort(sorting, entries, room, half);
    merge_sort(sorting, entries + half, room, n - half);
    memcpy(room, entries, n * sizeof *entries);
    for (size_t i = 0; i < n; i++) {
        bool left = b == n || (a < half && compare(sorting, room[a].at, room[b].at) <= 0);
        entries[i] = left ? room[a++] : room[b++];
    }
}

/* Whether texts of this key have no bytes behind it, so that equal keys are equal texts but for
 * case. */
static bool is_whole(const struct sorting *sorting, uint64_t key)
{
    key = turned(sorting, key);
    return key == ended || !(key & 0xff);
}

/* Runs that begin alike: long ones by their next bytes, short ones by comparing. */
static void sort_alike(const struct sorting *sorting, struct entry *entries,
                       struct entry *room, size_t n, size_t skip)
{
    enum { SHORT = 64, DEEP = 96 };
    for (size_t start = 0, end; start < n; start = end) {
        uint64_t key = entries[start].key;
        for (end = start + 1; end < n && entries[end].key == key;)
            end++;
        bool is_short = end - start < SHORT;
        if (key == missing || (!is_short && is_whole(sorting, key)))
            continue;
        if (is_short || skip > DEEP) {
            merge_sort(sorting, entries + start, room, end - start);
            continue;
        }
        for (size_t i = start; i < end; i++)
            entries[i].key =
                turned(sorting, text_key(text_at(sorting, entries[i].at), skip));
        sort_by_bytes(entries + start, room, end - start);
        sort_alike(sorting, entries + start, room, end - start, skip + 8);
    }
}

/* Bytes that all texts begin with, up to the first digit. */
static size_t common_prefix(const struct sorting *sorting, size_t n)
{
    const char *first = NULL;
    size_t common = 0;
    for (size_t at = 0; at < n; at++) {
        const char *text = text_at(sorting, at);
        if (!text)
            continue;
        if (!first) {
            first = text;
            common = strcspn(text, "0123456789");
        }
        size_t same = 0;
        while (same < common && lower(text[same]) == lower(first[same]))
            same++;
        common = same;
    }
    return common;
}

/* Keys of all positions; returns how many bytes of the texts they have behind them. */
static size_t make_keys(const struct sorting *sorting, uint64_t *keys, size_t n)
{
    const struct listing *listing = sorting->listing;
    bool is_text = listing->columns[sorting->column].type == COLUMN_TEXT;
    size_t skip = is_text ? common_prefix(sorting, n) : 0;
    for (size_t at = 0; at < n; at++) {
        struct cell cell = listing->cell(listing->rows, sorting->rows[at], sorting->column);
        keys[at] =
            turned(sorting, is_text ? text_key(cell.text, skip) : number_key(cell.value));
    }
    return skip + 8;
}

void listing_order(const struct listing *listing, struct listing_state *state)
{
    size_t feet = listing->n_feet < state->n_shown ? listing->n_feet : state->n_shown;
    size_t n = state->n_shown - feet;
    if (!state->n_sorts || n < 2)
        return;
    struct entry *entries = mem_alloc(2 * n * sizeof *entries), *room = entries + n;
    uint64_t *keys = mem_alloc(n * sizeof *keys);
    size_t *rows = mem_alloc(n * sizeof *rows);
    memcpy(rows, state->order, n * sizeof *rows);
    for (size_t i = 0; i < n; i++)
        entries[i].at = i;
    for (size_t s = state->n_sorts; s-- > 0;) { /* the most important last */
        const struct listing_sort *sort = &state->sorts[s];
        struct sorting sorting = {listing, rows, sort->column, sort->falling};
        if (sort->column >= listing->n_columns)
            continue;
        size_t skip = make_keys(&sorting, keys, n);
        for (size_t i = 0; i < n; i++)
            entries[i].key = keys[entries[i].at];
        sort_by_bytes(entries, room, n);
        if (listing->columns[sort->column].type == COLUMN_TEXT)
            sort_alike(&sorting, entries, room, n, skip);
    }
    for (size_t i = 0; i < n; i++)
        state->order[i] = rows[entries[i].at];
    free(entries);
    free(keys);
    free(rows);
}
