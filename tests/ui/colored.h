/* Looking for colours among escape sequences. */
#ifndef TESTS_UI_COLORED_H
#define TESTS_UI_COLORED_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Whether the bytes hold an SGR with a parameter that sets a colour. */
static inline bool sets_color(const char *bytes)
{
    for (const char *at = bytes; (at = strstr(at, "\033[")); at++) {
        const char *parameter = at + 2;
        size_t length = strspn(parameter, "0123456789;");
        if (parameter[length] != 'm')
            continue;
        while (parameter < at + 2 + length) {
            long number = strtol(parameter, NULL, 10);
            if ((number >= 30 && number <= 38) || (number >= 40 && number <= 48) ||
                (number >= 90 && number <= 107))
                return true;
            parameter += strspn(parameter, "0123456789");
            parameter += *parameter == ';';
        }
    }
    return false;
}

#endif
