#include "ui/palette_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "ui/appearance.h"
#include "ui/canvas.h"
#include "ui/screen.h"

enum { COLUMNS = 72, NAME_ROOM = 16 };

static void draw_ramp(const struct pen *pen, int row, bool diverging, const char *name)
{
    const struct look *look = pen->look;
    int room = pen->box.columns - NAME_ROOM;
    pen_put(pen, row, 0, look->styles[STYLE_TEXT], name);
    for (int i = 0; i < room; i++) {
        double share = room > 1 ? (double)i / (room - 1) : 0;
        pen_put(pen, row, NAME_ROOM + i, look_heat(look, diverging, share),
                look->depth == DEPTH_NONE ? look_shade(look, share) : " ");
    }
}

static int draw_ramps(struct appearance *appearance, const struct pen *pen, int row,
                      bool diverging)
{
    const char *name;
    for (size_t i = 0; (name = theme_ramp_name(appearance->theme, diverging, i)); i++) {
        theme_ramp(appearance->theme, name, diverging, &appearance->look);
        draw_ramp(pen, row++, diverging, name);
    }
    return row;
}

static int draw_series(const struct pen *pen, int row)
{
    pen_put(pen, row, 0, pen->styles[STYLE_TEXT], "series");
    for (int i = 0; i < LOOK_SERIES; i++)
        pen_printf(pen, row, NAME_ROOM + 4 * i, pen->look->series[i], "%s%d",
                   pen->look->marker[i], i + 1);
    return row + 1;
}

enum status palette_test(const char *theme, const char *color, struct error *err)
{
    enum { ROWS = 40 };
    const struct depth_wishes wishes = {
        .option = color,
        .no_color = getenv("NO_COLOR"),   /* NOLINT(concurrency-mt-unsafe) */
        .colorterm = getenv("COLORTERM"), /* NOLINT(concurrency-mt-unsafe) */
        .terminal = screen_colors(),
    };
    enum depth depth;
    struct appearance appearance = {0};
    enum status status = depth_choose(&wishes, &depth, err);
    if (!status)
        status = appearance_open(&appearance, theme, depth, -1, screen_is_console(), err);
    if (status)
        return status;
    struct canvas canvas = {0};
    struct text out = {0};
    canvas_resize(&canvas, ROWS, COLUMNS);
    struct pen pen = pen_on(&canvas, &appearance.look);
    int row = draw_ramps(&appearance, &pen, 0, false);
    row = draw_ramps(&appearance, &pen, row, true);
    row = draw_series(&pen, row);
    canvas_ansi(&canvas, &out);
    char *end = out.bytes; /* only the rows that were drawn */
    for (int i = 0; end && i < row; i++)
        end = strchr(end, '\n') ? strchr(end, '\n') + 1 : NULL;
    struct sink *sink = sink_open("-", err);
    if (sink) {
        sink_write(sink, out.bytes, end ? (size_t)(end - out.bytes) : out.length);
        status = sink_commit(sink, err);
    } else {
        status = err->status;
    }
    text_done(&out);
    canvas_done(&canvas);
    appearance_done(&appearance);
    return status;
}
