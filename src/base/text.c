#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/memory.h"

static void make_room(struct text *text, size_t more)
{
    size_t need = text->length + more + 1;
    if (need <= text->room)
        return;
    size_t room = text->room ? text->room : 64;
    while (room < need)
        room *= 2;
    text->bytes = mem_resize(text->bytes, room);
    text->room = room;
}

void text_append(struct text *text, const char *bytes, size_t length)
{
    make_room(text, length);
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
    text_append(text, &c, 1);
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length > 0) {
        make_room(text, (size_t)length);
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

void text_done(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

/* Length of the sequence that the lead byte announces, 0 for a byte that leads none. */
static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

int32_t utf8_next(const char **at, const char *end)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)*at;
    size_t length = sequence_length(byte[0]);
    if (length == 1) {
        ++*at;
        return byte[0];
    }
    bool whole = length && length <= (size_t)(end - *at);
    int32_t code = whole ? byte[0] & (0x7f >> length) : -1;
    for (size_t i = 1; whole && i < length; i++) {
        whole = (byte[i] & 0xc0) == 0x80;
        code = (code << 6) | (byte[i] & 0x3f);
    }
    if (!whole || code < least[length] || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000)) {
        ++*at;
        return -1;
    }
    *at += length;
    return code;
}

static bool is_unspaced_script(int32_t code)
{
    return (code >= 0x0e00 && code < 0x0f00) || (code >= 0x1000 && code < 0x10a0) ||
           (code >= 0x1780 && code < 0x1800) || (code >= 0x2e80 && code < 0xa000) ||
           (code >= 0xf900 && code < 0xfb00) || (code >= 0xff66 && code < 0xffa0) ||
           (code >= 0x20000 && code < 0x40000);
}

enum utf8_kind utf8_kind(int32_t code)
{
    utf8proc_category_t category =
        code < 0 ? UTF8PROC_CATEGORY_CN : utf8proc_category(code);
    switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return is_unspaced_script(code) ? UTF8_IDEOGRAPH : UTF8_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
        return UTF8_MARK;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return UTF8_DIGIT;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
        return UTF8_PUNCTUATION;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
        return UTF8_SYMBOL;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
        break;
    }
    return UTF8_SPACE;
}

const char *utf8_category(int32_t code)
{
    return utf8proc_category_string(code);
}

size_t utf8_grapheme(const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    utf8proc_int32_t state = 0;
    int32_t before = at < end ? utf8_next(&at, end) : 0;
    while (at < end) {
        const char *next = at;
        int32_t code = utf8_next(&next, end);
        if (before < 0 || code < 0 ||
            utf8proc_grapheme_break_stateful(before, code, &state))
            break;
        before = code;
        at = next;
    }
    return (size_t)(at - bytes);
}

void utf8_normalise(struct text *out, const char *bytes, size_t length, enum utf8_form form)
{
    static const int options[] = {
        [UTF8_NFC] = UTF8PROC_COMPOSE,
        [UTF8_NFD] = UTF8PROC_DECOMPOSE,
        [UTF8_NFKC] = UTF8PROC_COMPOSE | UTF8PROC_COMPAT,
        [UTF8_NFKD] = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
    };
    utf8proc_uint8_t *result = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)length, &result,
                     (utf8proc_option_t)(UTF8PROC_STABLE | options[form]));
    if (n < 0) /* of no valid UTF-8, or without memory: as it is */
        text_append(out, bytes, length);
    else
        text_append(out, (const char *)result, (size_t)n);
    free(result);
}

int32_t utf8_lower(int32_t code)
{
    return utf8proc_tolower(code);
}

size_t utf8_write(char out[4], int32_t code)
{
    return (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)out);
}

size_t utf8_check(const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    while (at < end) {
        uint64_t eight;
        while (end - at >= 8 && (memcpy(&eight, at, 8), !(eight & 0x8080808080808080u)))
            at += 8;
        if (at == end)
            break;
        const char *start = at;
        if (utf8_next(&at, end) < 0)
            return (size_t)(start - bytes);
    }
    return length;
}

void utf8_append(struct text *out, const char *bytes, size_t length)
{
    for (;;) {
        size_t valid = utf8_check(bytes, length);
        text_append(out, bytes, valid);
        if (valid == length)
            return;
        text_add(out, "\xef\xbf\xbd");
        bytes += valid + 1;
        length -= valid + 1;
    }
}

size_t utf8_whole(const char *bytes, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        unsigned char byte = (unsigned char)bytes[length - back];
        if ((byte & 0xc0) != 0x80)
            return sequence_length(byte) > back ? length - back : length;
    }
    return length;
}

static size_t code_width(int32_t code)
{
    if (code >= 0x20 && code < 0x7f)
        return 1;
    int width = utf8proc_charwidth(code);
    return width > 0 ? (size_t)width : 0;
}

size_t text_width(const char *bytes, size_t length)
{
    size_t width = 0;
    for (const char *at = bytes, *end = bytes + length; at < end;) {
        int32_t code = utf8_next(&at, end);
        width += code < 0 ? 1 : code_width(code);
    }
    return width;
}

/* Writes one character of user text as it is shown into `shown` and returns its cells. */
static size_t visible(char shown[8], const char *start, size_t length, int32_t code)
{
    bool control = code < 0x20 || code == 0x7f || (code >= 0x80 && code < 0xa0) ||
                   code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
                   (code >= 0x2028 && code <= 0x202e) ||
                   (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
    if (code == '\n' || code == '\t') {
        memcpy(shown, code == '\n' ? "\\n" : "\\t", 3);
        return 2;
    }
    if (control) {
        unsigned value = code < 0 ? (unsigned char)*start : (unsigned)code;
        return (size_t)snprintf(shown, 8, value < 0x100 ? "\\x%02x" : "\\u%04x", value);
    }
    memcpy(shown, start, length);
    shown[length] = '\0';
    return code_width(code);
}

void text_add_visible(struct text *out, const char *bytes, size_t length, size_t cells)
{
    size_t used = 0, mark = out->length;
    text_append(out, "", 0);
    for (const char *at = bytes, *end = bytes + length; at < end;) {
        const char *start = at;
        int32_t code = utf8_next(&at, end);
        char shown[8];
        size_t width = visible(shown, start, (size_t)(at - start), code);
        if (used + width > cells) {
            if (!cells)
                return;
            out->length = mark;
            text_add(out, "\xe2\x80\xa6");
            return;
        }
        text_add(out, shown);
        used += width;
        if (used < cells)
            mark = out->length;
    }
}

/* Marks that join symbols or choose how they look; letters keep theirs. */
static bool is_left_out(int32_t base, int32_t mark)
{
    bool chooses = mark == 0x200d || (mark >= 0xfe00 && mark <= 0xfe0f);
    return chooses && utf8_kind(base) == UTF8_SYMBOL;
}

bool text_next_cluster(const char **at, const char *end, struct cluster *cluster)
{
    if (*at >= end)
        return false;
    const char *start = *at;
    int32_t base = utf8_next(at, end);
    char shown[8];
    size_t width = visible(shown, start, (size_t)(*at - start), base);
    size_t length = strlen(shown);
    bool is_mark = width == 0; /* one that has nothing to stand on gets a blank */
    cluster->bytes[0] = ' ';
    memcpy(cluster->bytes + is_mark, shown, length + 1);
    cluster->length = (unsigned char)(length + is_mark);
    cluster->width = (unsigned char)(is_mark ? 1 : width);
    while (*at < end && width <= 2) {
        const char *next = *at;
        int32_t mark = utf8_next(&next, end);
        length = (size_t)(next - *at);
        if (mark < 0x20 || visible(shown, *at, length, mark) != 0)
            break;
        if (!is_left_out(base, mark) && cluster->length + length < CLUSTER_BYTES) {
            memcpy(cluster->bytes + cluster->length, *at, length);
            cluster->length = (unsigned char)(cluster->length + length);
        }
        *at = next;
    }
    cluster->bytes[cluster->length] = '\0';
    return true;
}

const char *text_show(char *out, size_t room, const char *string)
{
    struct text shown = {0};
    text_add_visible(&shown, string, strlen(string), room);
    size_t n = shown.length < room ? shown.length : room - 1;
    while (n < shown.length && n && (shown.bytes[n] & 0xc0) == 0x80)
        n--;
    memcpy(out, shown.bytes, n);
    out[n] = '\0';
    text_done(&shown);
    return out;
}

uint64_t text_hash(const char *bytes, size_t length, uint64_t seed)
{
    /* wyhash's mixing of 64-bit words (Wang Yi, public domain), one word at a time. */
    const uint64_t k0 = 0xa0761d6478bd642fu, k1 = 0xe7037ed1a0b428dbu;
    uint64_t hash = seed ^ k0 ^ length;
    while (length) {
        uint64_t word = 0;
        size_t n = length < 8 ? length : 8;
        for (size_t i = 0; i < n; i++)
            word |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
        hash = (hash ^ word) * k1;
        hash ^= hash >> 32;
        hash *= k0;
        hash ^= hash >> 29;
        bytes += n;
        length -= n;
    }
    return hash ^ (hash >> 31);
}

size_t text_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t n = strlen(a), m = strlen(b);
    if (n >= LONGEST || m >= LONGEST)
        return LONGEST;
    size_t cost[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= n; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            size_t best = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (cost[i - 1][j] + 1 < best)
                best = cost[i - 1][j] + 1;
            if (cost[i][j - 1] + 1 < best)
                best = cost[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                cost[i - 2][j - 2] + 1 < best)
                best = cost[i - 2][j - 2] + 1;
            cost[i][j] = best;
        }
    return cost[n][m];
}
