#include "command/progress.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/terminal.h"
#include "io/table.h"

/* Seconds between two lines, and before the first: what is done sooner shows nothing. */
static const double interval = 0.1, patience = 0.2;

/* Blanks the line before with spaces, which every terminal understands. */
static void show_on_terminal(struct progress *progress, const char *line)
{
    struct text out = {0};
    size_t width = line ? text_width(line, strlen(line)) : 0;
    text_printf(&out, "\r%s", line ? line : "");
    if (width < progress->width)
        text_printf(&out, "%*s", (int)(progress->width - width), "");
    if (!line)
        text_add_char(&out, '\r');
    progress->width = width;
    ssize_t written = write(STDERR_FILENO, out.bytes, out.length);
    (void)written; /* progress that cannot be shown is not worth a word */
    text_done(&out);
}

void progress_on_terminal(struct progress *progress)
{
    /* A character in the last column would move some terminals to the next line. */
    size_t cells = terminal_cells(STDERR_FILENO);
    *progress = (struct progress){
        .show = show_on_terminal, .clock = clock_seconds, .cells = cells ? cells - 1 : 0};
}

static void add_time(struct text *out, double seconds)
{
    unsigned long whole = seconds < 3.6e6 ? (unsigned long)(seconds + 0.5) : 3600000;
    unsigned long hours = whole / 3600, minutes = whole / 60 % 60;
    if (hours)
        text_printf(out, "%lu:%02lu:%02lu", hours, minutes, whole % 60);
    else
        text_printf(out, "%lu:%02lu", minutes, whole % 60);
}

static void add_amount(struct text *out, double amount)
{
    if (amount < 100)
        text_printf(out, "%.3g", amount);
    else
        table_add_number(out, amount, COLUMN_COUNT, 0);
}

static void make_line(struct progress *progress, double now)
{
    struct text line = {0};
    double elapsed = now - progress->began, more = progress->done - progress->first;
    double rate = elapsed > 0 ? more / elapsed : 0;
    double left = progress->total - progress->done;
    text_add(&line, progress->what.bytes);
    if (progress->total > 0) {
        double part = progress->done / progress->total;
        text_printf(&line, "  %d %%", (int)(100 * (part < 1 ? part : 1)));
    } else if (progress->unit) {
        text_add(&line, "  ");
        add_amount(&line, progress->done);
        text_printf(&line, " %s", progress->unit);
    }
    if (progress->unit && rate > 0) {
        text_add(&line, "  ");
        add_amount(&line, rate);
        text_printf(&line, " %s/s", progress->unit);
    }
    text_add(&line, "  ");
    if (progress->total > 0 && rate > 0) {
        add_time(&line, left > 0 ? left / rate : 0);
        text_add(&line, " left");
    } else {
        add_time(&line, elapsed);
    }
    text_clear(&progress->line);
    text_add_visible(&progress->line, line.bytes, line.length, progress->cells);
    text_done(&line);
}

static void show(struct progress *progress, double now)
{
    make_line(progress, now);
    progress->show(progress, progress->line.bytes);
    progress->shown = now;
    progress->visible = true;
}

void progress_say(struct progress *progress, const char *what)
{
    if (!progress || !progress->cells)
        return;
    text_clear(&progress->what);
    text_add_visible(&progress->what, what, strlen(what), progress->cells);
}

void progress_begin(struct progress *progress, const char *what, const char *unit)
{
    if (!progress || !progress->cells)
        return;
    progress_end(progress);
    progress_say(progress, what);
    progress->unit = unit;
    progress->began = progress->clock();
    progress->shown = progress->began + patience - interval;
    progress->first = progress->done = progress->total = 0;
    progress->counting = false;
}

void progress_update(struct progress *progress, double done, double total)
{
    if (!progress || !progress->cells)
        return;
    progress->done = done;
    progress->total = total;
    double now = progress->clock();
    if (!progress->counting) {
        progress->counting = true;
        progress->first = done;
        progress->began = now;
    }
    if (now - progress->shown >= interval)
        show(progress, now);
}

void progress_end(struct progress *progress)
{
    if (!progress || !progress->visible)
        return;
    progress->show(progress, NULL);
    progress->visible = false;
}

void progress_done(struct progress *progress)
{
    progress_end(progress);
    text_done(&progress->what);
    text_done(&progress->line);
}
