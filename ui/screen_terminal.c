#include "ui/screen_terminal.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <term.h>

/* tigetstr takes what it does not change as char *, and says "no such string" in two ways. */
static const char *string_of(const char *name)
{
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    const char *string = tigetstr(copy);
    return string == (char *)-1 ? NULL : string;
}

static int number_of(const char *name)
{
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    return tigetnum(copy);
}

enum status terminal_load(struct error *err)
{
    const char *name = getenv("TERM");
    int answer = 0;
    if (!name || !*name)
        return error_set(err, STATUS_USAGE,
                         "TERM is not set, so the terminal is not known");
    if (setupterm(name, STDOUT_FILENO, &answer) == ERR)
        return error_set(err, STATUS_USAGE,
                         answer < 0 ? "there is no terminfo data base to look up '%s' in"
                                    : "the terminal '%s' is not known to terminfo",
                         name);
    if (string_of("cup") && string_of("clear"))
        return STATUS_OK;
    terminal_unload();
    return error_set(err, STATUS_USAGE, "the terminal '%s' cannot move the cursor", name);
}

void terminal_unload(void)
{
    if (cur_term)
        del_curterm(cur_term);
}

int terminal_colors(void)
{
    return number_of("colors");
}

bool terminal_has_pages(void)
{
    return string_of("smcup");
}

/* Copies a string of terminfo without its padding ("$<5>"). */
static size_t add(char *out, size_t room, size_t used, const char *string)
{
    while (string && *string && used < room) {
        const char *end = strncmp(string, "$<", 2) == 0 ? strchr(string, '>') : NULL;
        if (end)
            string = end + 1;
        else
            out[used++] = *string++;
    }
    return used;
}

size_t terminal_reset(char *out, size_t room)
{
    static const char *const names[] = {"rmacs", "sgr0", "op", "rmir", "cnorm", "rmcup"};
    size_t used = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        used = add(out, room, used, string_of(names[i]));
    return used;
}

void terminal_learn(struct input *input)
{
    static const struct {
        const char *name;
        int32_t code;
        uint8_t mods;
    } keys[] = {
        {"kcuu1", KEY_CODE_UP, 0},         {"kcud1", KEY_CODE_DOWN, 0},
        {"kcub1", KEY_CODE_LEFT, 0},       {"kcuf1", KEY_CODE_RIGHT, 0},
        {"khome", KEY_CODE_HOME, 0},       {"kend", KEY_CODE_END, 0},
        {"kpp", KEY_CODE_PAGE_UP, 0},      {"knp", KEY_CODE_PAGE_DOWN, 0},
        {"kich1", KEY_CODE_INSERT, 0},     {"kdch1", KEY_CODE_DELETE, 0},
        {"kcbt", KEY_CODE_TAB, MOD_SHIFT}, {"kent", KEY_CODE_ENTER, 0},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        input_learn(input, string_of(keys[i].name),
                    (struct key){keys[i].code, keys[i].mods});
    for (int i = 0; i < 12; i++) {
        char name[8];
        snprintf(name, sizeof name, "kf%d", i + 1);
        input_learn(input, string_of(name), (struct key){KEY_CODE_F1 + i, 0});
    }
}

/* Whether terminfo has an entry; leaves the current one as it is. */
static bool has_entry(const char *name)
{
    int answer = 0;
    TERMINAL *before = cur_term;
    bool found = setupterm(name, STDOUT_FILENO, &answer) == OK;
    TERMINAL *after = set_curterm(before);
    if (found && after && after != before)
        del_curterm(after);
    return found;
}

const char *terminal_entry(bool direct)
{
    static char entry[64];
    const char *name = getenv("TERM");
    if (!direct || !name || terminal_colors() > 256)
        return name;
    /* "tmux-256color" has "tmux-direct" */
    snprintf(entry, sizeof entry, "%.*s-direct", (int)strcspn(name, "-"), name);
    return has_entry(entry) ? entry : name;
}
