#include "base/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

const char *words_nearest(const char *typed, const char *const *names, size_t n)
{
    size_t length = strlen(typed), least = (length + 2) / 3 + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        bool begins = length > 1 && strncmp(names[i], typed, length) == 0;
        size_t distance = begins ? 1 : text_distance(typed, names[i]);
        if (distance < least) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

static const char *skip_zeros(const char *digits)
{
    while (digits[0] == '0' && isdigit((unsigned char)digits[1]))
        digits++;
    return digits;
}

static size_t count_digits(const char *text)
{
    size_t n = 0;
    while (isdigit((unsigned char)text[n]))
        n++;
    return n;
}

/* Compares the numbers at *a and *b and moves behind them. */
static int compare_numbers(const char **a, const char **b)
{
    const char *left = skip_zeros(*a), *right = skip_zeros(*b);
    size_t n = count_digits(left), m = count_digits(right);
    *a = left + n;
    *b = right + m;
    return n != m ? (n < m ? -1 : 1) : strncmp(left, right, n);
}

static int32_t next_lower(const char **at)
{
    unsigned char byte = (unsigned char)**at;
    if (byte < 0x80) {
        ++*at;
        return tolower(byte);
    }
    const char *end = *at + strlen(*at);
    return utf8_lower(utf8_next(at, end));
}

int words_compare(const char *a, const char *b)
{
    const char *left = a, *right = b;
    while (*left && *right) {
        if (isdigit((unsigned char)*left) && isdigit((unsigned char)*right)) {
            int order = compare_numbers(&left, &right);
            if (order)
                return order;
            continue;
        }
        int32_t x = next_lower(&left), y = next_lower(&right);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return *left || *right ? (*right ? -1 : 1) : strcmp(a, b);
}

void words_wrap(struct text *out, const char *paragraph, size_t indent, size_t cells)
{
    size_t column = indent;
    const char *at = paragraph + strspn(paragraph, " ");
    while (*at) {
        size_t length = strcspn(at, " "), width = text_width(at, length);
        if (column > indent && column + 1 + width > cells) {
            text_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            text_add_char(out, ' ');
            column++;
        }
        text_append(out, at, length);
        column += width;
        at += length;
        at += strspn(at, " ");
    }
}
