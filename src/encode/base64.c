#include "encode/base64.h"

#include <stdint.h>

#include "base/text.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of each character, 64 and more for what is none. */
struct values {
    unsigned char of[256];
};

static struct values make_values(void)
{
    struct values values;
    for (size_t i = 0; i < 256; i++)
        values.of[i] = 64;
    for (size_t i = 0; i < 64; i++)
        values.of[(unsigned char)alphabet[i]] = (unsigned char)i;
    return values;
}

bool base64_decode(const char *text, size_t length, unsigned char *out, size_t *n)
{
    if (length % 4)
        return false;
    const struct values values = make_values();
    size_t padding = 0;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    unsigned bad = 0;
    size_t at = 0;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t word = 0;
        for (size_t j = 0; j < 4; j++) {
            unsigned value = 0;
            if (i + j < length - padding)
                value = values.of[(unsigned char)text[i + j]];
            bad |= value;
            word = word << 6 | (value & 63);
        }
        size_t now = i + 4 == length ? 3 - padding : 3;
        for (size_t j = 0; j < now; j++)
            out[at++] = (unsigned char)(word >> (16 - 8 * j));
    }
    *n = at;
    return bad < 64;
}

void base64_add(struct text *out, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i += 3) {
        size_t now = length - i < 3 ? length - i : 3;
        uint32_t word = 0;
        for (size_t j = 0; j < 3; j++)
            word = word << 8 | (j < now ? byte[i + j] : 0u);
        char four[4];
        for (size_t j = 0; j < 4; j++)
            four[j] = j <= now ? alphabet[word >> (18 - 6 * j) & 63] : '=';
        text_append(out, four, 4);
    }
}
