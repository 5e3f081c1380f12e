/* Copying to the clipboard of whoever sits before the terminal, who may be far away. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/screen.h"
#include "ui/screen_send.h"

/* OSC_MOST: bytes of text that terminals take in one sequence. */
enum { OSC_MOST = 74994 };

static void add_base64(struct text *out, const char *bytes, size_t length)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        unsigned long group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < n ? (unsigned char)bytes[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            text_add_char(out, k <= n ? digits[(group >> (18 - 6 * k)) & 63] : '=');
    }
}

/* tmux passes it on to its own terminal as far as it is allowed to, and keeps it. */
static bool give_to_tmux(const char *bytes, size_t length)
{
    const char *inside = getenv("TMUX");
    FILE *tmux = inside && *inside ? popen("tmux load-buffer -w - 2>/dev/null", "w") : NULL;
    if (!tmux)
        return false;
    bool whole = fwrite(bytes, 1, length, tmux) == length;
    return pclose(tmux) == 0 && whole;
}

void screen_copy(const char *bytes, size_t length, struct text *route)
{
    if (give_to_tmux(bytes, length)) {
        text_add(route, "tmux buffer + clipboard request");
        return;
    }
    if (length > OSC_MOST) {
        text_printf(route, "too long for the terminal's clipboard: %.1f kB, at most %.1f",
                    (double)length / 1e3, OSC_MOST / 1e3);
        return;
    }
    struct text sequence = {0};
    text_add(&sequence, "\033]52;c;");
    add_base64(&sequence, bytes, length);
    text_add(&sequence, "\033\\");
    screen_send(sequence.bytes);
    text_done(&sequence);
    text_printf(route, "OSC 52 sent to the terminal, %.1f kB", (double)length / 1e3);
}
