#include "command/ending.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

void ending_say(void *self, const char *bytes, size_t length)
{
    (void)self;
    while (length) {
        ssize_t done = write(STDERR_FILENO, bytes, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* there is nobody left to tell */
        bytes += done;
        length -= (size_t)done;
    }
}

void ending_say_line(const char *line)
{
    struct text shown = {0};
    text_add_visible(&shown, line, strlen(line), SIZE_MAX);
    text_add_char(&shown, '\n');
    ending_say(NULL, shown.bytes, shown.length);
    text_done(&shown);
}

bool ending_is_worth_writing(enum status status, const struct report *report)
{
    return !report_is_empty(report) &&
           (status == STATUS_OK || status == STATUS_FAILED || status == STATUS_CANCELLED);
}

struct output ending_output(const struct task *task)
{
    return (struct output){
        .path = task_path(task), .append = task_appends(task), .say = ending_say};
}

void ending_say_time(const struct task *task, bool in_background)
{
    struct text line = {0};
    struct task_times times = task_times(task);
    text_printf(&line, "%s: real %.3f s", task_command(task)->name, times.real);
    if (!in_background)
        text_printf(&line, ", user %.3f s, system %.3f s", times.user, times.system);
    ending_say_line(line.bytes);
    text_done(&line);
}
