#include "base/words.h"

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
