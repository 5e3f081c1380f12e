/* The order of a listing: stable, by keys of 64 bits that are sorted byte by byte. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "ui/listing_parts.h"

struct entry {
    uint64_t key;
    size_t row;
};

static const uint64_t missing = UINT64_MAX; /* behind all, rising or falling */

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

/* The first eight bytes of a text as words_compare orders it: without case, and a run of digits after
 * its length. */
static uint64_t text_key(const char *text)
{
    uint64_t key = 0;
    int n = 0;
    if (!text)
        return missing;
    while (*text && n < 8) {
        if (!isdigit((unsigned char)*text)) {
            key = key << 8 | (unsigned char)tolower((unsigned char)*text++);
            n++;
            continue;
        }
        text += strspn(text, "0");
        size_t digits = strspn(text, "0123456789");
        key = key << 8 | (unsigned char)('0' + (digits < 9 ? digits : 9));
        n++;
        for (; digits && n < 8; digits--, n++)
            key = key << 8 | (unsigned char)*text++;
        text += digits;
    }
    return n == 8 ? key : key << (8 * (8 - n));
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

struct by_text {
    const struct listing *listing;
    size_t column;
    bool falling;
};

static int compare(const struct by_text *by, size_t a, size_t b)
{
    const struct listing *listing = by->listing;
    const char *x = listing->cell(listing->rows, a, by->column).text;
    const char *y = listing->cell(listing->rows, b, by->column).text;
    if (!x || !y)
        return (x == NULL) - (y == NULL);
    int order = words_compare(x, y);
    return by->falling ? -order : order;
}

static void merge_sort(const struct by_text *by, struct entry *entries, struct entry *room,
                       size_t n)
{
    if (n < 2)
        return;
    size_t half = n / 2, a = 0, b = half;
    merge_sort(by, entries, room, half);
    merge_sort(by, entries + half, room, n - half);
    memcpy(room, entries, n * sizeof *entries);
    for (size_t i = 0; i < n; i++) {
        bool left = b == n || (a < half && compare(by, room[a].row, room[b].row) <= 0);
        entries[i] = left ? room[a++] : room[b++];
    }
}

static void sort_alike(const struct by_text *by, struct entry *entries, struct entry *room,
                       size_t n)
{
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && entries[end].key == entries[start].key;)
            end++;
        if (entries[start].key != missing)
            merge_sort(by, entries + start, room, end - start);
    }
}

static void sort_by(const struct listing *listing, const struct listing_sort *sort,
                    struct entry *entries, struct entry *room, size_t n)
{
    bool is_text = listing->columns[sort->column].type == COLUMN_TEXT;
    for (size_t i = 0; i < n; i++) {
        struct cell cell = listing->cell(listing->rows, entries[i].row, sort->column);
        uint64_t key = is_text ? text_key(cell.text) : number_key(cell.value);
        entries[i].key = sort->falling && key != missing ? ~key : key;
    }
    sort_by_bytes(entries, room, n);
    struct by_text by = {listing, sort->column, sort->falling};
    if (is_text)
        sort_alike(&by, entries, room, n);
}

void listing_order(const struct listing *listing, struct listing_state *state)
{
    size_t n = state->n_shown;
    if (!state->n_sorts || n < 2)
        return;
    struct entry *entries = mem_alloc(2 * n * sizeof *entries), *room = entries + n;
    for (size_t i = 0; i < n; i++)
        entries[i].row = state->order[i];
    for (size_t s = state->n_sorts; s-- > 0;) /* the most important last */
        if (state->sorts[s].column < listing->n_columns)
            sort_by(listing, &state->sorts[s], entries, room, n);
    for (size_t i = 0; i < n; i++)
        state->order[i] = entries[i].row;
    free(entries);
}
