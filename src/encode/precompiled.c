#include "encode/precompiled.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "encode/base64.h"

enum { WHOLE_MOST = 6 };

struct precompiled {
    unsigned char *bytes; /* the whole table */
    size_t n_units;
    const char *texts;
    size_t n_texts;
};

static uint32_t number_at(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
           (uint32_t)at[3] << 24;
}

static uint32_t unit_at(const struct precompiled *table, size_t i)
{
    return number_at(table->bytes + 4 + 4 * i);
}

struct precompiled *precompiled_open(const char *base64, struct error *err)
{
    struct precompiled *table = mem_zero(sizeof *table);
    size_t n = 0, length = strlen(base64);
    table->bytes = mem_zero(BASE64_ROOM(length) + 4);
    bool is_one = base64_decode(base64, length, table->bytes, &n);
    if (is_one && !n)
        return table;
    size_t n_trie = is_one && n >= 4 ? number_at(table->bytes) : 0;
    if (!is_one || n < 8 || n_trie > n - 4 || n_trie % 4) {
        precompiled_free(table);
        error_set(err, STATUS_FORMAT, "'precompiled_charsmap' is damaged");
        return NULL;
    }
    table->n_units = n_trie / 4;
    table->texts = (const char *)table->bytes + 4 + n_trie;
    table->n_texts = n - 4 - n_trie;
    return table;
}

void precompiled_free(struct precompiled *precompiled)
{
    if (!precompiled)
        return;
    free(precompiled->bytes);
    free(precompiled);
}

/* ---- the trie ---- */

static size_t offset_of(uint32_t unit)
{
    return (size_t)(unit >> 10) << ((unit & 1u << 9) >> 6);
}

/* Place of the text of the shortest entry that the bytes begin with; n_texts: none. */
static size_t find(const struct precompiled *table, const char *bytes, size_t length)
{
    if (!table->n_units)
        return table->n_texts;
    size_t at = offset_of(unit_at(table, 0));
    for (size_t i = 0; i < length && bytes[i]; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        at ^= byte;
        if (at >= table->n_units)
            break;
        uint32_t unit = unit_at(table, at);
        if ((unit & (1u << 31 | 0xff)) != byte)
            break;
        at ^= offset_of(unit);
        if (!(unit >> 8 & 1))
            continue;
        size_t place = at < table->n_units ? unit_at(table, at) & 0x7fffffffu : SIZE_MAX;
        return place < table->n_texts ? place : table->n_texts;
    }
    return table->n_texts;
}

static bool replace(const struct precompiled *table, const char *bytes, size_t length,
                    struct text *out)
{
    size_t place = find(table, bytes, length);
    if (place == table->n_texts)
        return false;
    const char *text = table->texts + place;
    const char *end = memchr(text, '\0', table->n_texts - place);
    text_append(out, text, end ? (size_t)(end - text) : table->n_texts - place);
    return true;
}

void precompiled_apply(const struct precompiled *precompiled, const char *bytes,
                       size_t length, struct text *out)
{
    const char *at = bytes, *end = bytes + length;
    while (at < end) {
        size_t n = utf8_grapheme(at, (size_t)(end - at));
        const char *next = at + n;
        if (n < WHOLE_MOST && replace(precompiled, at, n, out))
            at = next;
        while (at < next) {
            const char *start = at;
            (void)utf8_next(&at, next);
            if (!replace(precompiled, start, (size_t)(at - start), out))
                text_append(out, start, (size_t)(at - start));
        }
    }
}
