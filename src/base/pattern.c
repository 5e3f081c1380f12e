#include "base/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* LONGEST: bytes; the C library's matcher takes memory that grows with what is repeated.
 * MOST: characters when repetitions are written out, those of * + ? twice; the C library's time may
 * grow with their square. */
enum { LONGEST = 500, DEEPEST = 100, MOST = 1000 };

bool pattern_has_capital(const char *expression)
{
    const char *at = expression, *end = expression + strlen(expression);
    while (at < end) {
        if (*at == '\\' && at + 1 < end) { /* \W is no capital */
            at += 2;
            continue;
        }
        int32_t code = utf8_next(&at, end);
        if (code > 0 && utf8_lower(code) != code)
            return true;
    }
    return false;
}

/* Characters of a group so far, and of its last part, which a repetition is of. */
struct group {
    size_t all, last;
};

static void add_part(struct group *group, size_t n)
{
    group->all += n;
    group->last = n;
}

static void repeat(struct group *group, size_t times)
{
    if (times < 2)
        return;
    group->all += group->last * (times - 1);
    group->last *= times;
}

/* Behind a bracket expression whose [ is at `at`. */
static const char *after_set(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    if (*at == ']')
        at++;
    for (; *at && *at != ']'; at++) {
        char kind = *at == '[' ? at[1] : '\0';
        const char ends[] = {kind, ']', '\0'};
        const char *end = kind && strchr(".:=", kind) ? strstr(at + 2, ends) : NULL;
        at = end ? end + 1 : at;
    }
    return *at ? at + 1 : at;
}

/* The larger number of {2,3}. */
static size_t most_times(const char *at)
{
    size_t most = 0, n = 0;
    for (at++; *at && *at != '}'; at++) {
        n = *at >= '0' && *at <= '9' && n < MOST ? n * 10 + (size_t)(*at - '0') : 0;
        most = n > most ? n : most;
    }
    return most;
}

static bool repeats_too_much(const char *expression)
{
    struct group groups[DEEPEST] = {{0, 0}};
    size_t depth = 0;
    const char *at = expression;
    while (*at) {
        struct group *group = &groups[depth];
        const char *part = at++;
        if (*part == '[') {
            at = after_set(part);
            add_part(group, 1);
        } else if (*part == '(') {
            if (++depth == DEEPEST)
                return true;
            groups[depth] = (struct group){0, 0};
        } else if (*part == ')' && depth) {
            depth--;
            add_part(&groups[depth], group->all + 1);
        } else if (strchr("*+?", *part)) {
            repeat(group, 2);
        } else if (*part == '{') {
            repeat(group, most_times(part));
        } else {
            if (*part == '\\' && *at)
                at++;
            add_part(group, 1);
        }
        if (groups[depth].all > MOST)
            return true;
    }
    return false;
}

enum status pattern_compile(const char *expression, regex_t *out, struct error *err)
{
    char shown[128];
    text_show(shown, sizeof shown, expression);
    if (strlen(expression) > LONGEST)
        return error_set(err, STATUS_USAGE,
                         "the regular expression is too long: %d bytes at most", LONGEST);
    if (repeats_too_much(expression))
        return error_set(err, STATUS_USAGE,
                         "'%s' repeats what repeats too often for a regular expression",
                         shown);
    int flags =
        REG_EXTENDED | REG_NOSUB | (pattern_has_capital(expression) ? 0 : REG_ICASE);
    int wrong = regcomp(out, expression, flags);
    if (!wrong)
        return STATUS_OK;
    char reason[128];
    regerror(wrong, out, reason, sizeof reason);
    return error_set(err, STATUS_USAGE, "'%s' is no regular expression: %s", shown, reason);
}
