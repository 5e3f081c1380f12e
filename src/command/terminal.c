#include "command/terminal.h"

#include <ctype.h>
#include <langinfo.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "command/ending.h"

/* Of a terminal that does not know its size, such as a serial line. */
enum { USUAL_CELLS = 80 };

size_t terminal_cells(int fd)
{
    struct winsize size;
    if (!isatty(fd))
        return 0;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL_CELLS;
}

bool terminal_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool terminal_asks(const char *question)
{
    char answer[256];
    struct text line = {0};
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    text_add_visible(&line, question, strlen(question), SIZE_MAX);
    text_add(&line, " y/n ");
    ending_say(NULL, line.bytes, line.length);
    text_done(&line);
    /* poll, as handlers of signals may have read go on after them. */
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t n = poll(&fd, 1, -1) > 0 ? read(STDIN_FILENO, answer, sizeof answer) : 0;
    if (n <= 0)
        ending_say(NULL, "\n", 1);
    return n > 0 && tolower((unsigned char)answer[0]) == 'y';
}

bool terminal_may_replace(void *self, const char *path)
{
    struct text question = {0};
    (void)self;
    text_printf(&question, "'%s' is there already. Replace it?", path);
    bool is_meant = terminal_asks(question.bytes);
    text_done(&question);
    return is_meant;
}
