/* The line editor on a canvas. */
#include <string.h>

#include "ui/line_edit.h"

static size_t columns_upto(const struct line_edit *edit, size_t end)
{
    struct cluster cluster;
    const char *text = line_edit_text(edit), *at = text;
    size_t columns = 0;
    while (at < text + end && text_next_cluster(&at, text + edit->text.length, &cluster))
        columns += cluster.width;
    return columns;
}

/* The first cluster whose left edge is at or behind the scroll. */
static const char *scrolled(const struct line_edit *edit, size_t *skipped)
{
    struct cluster cluster;
    const char *text = line_edit_text(edit), *at = text, *end = text + edit->text.length;
    *skipped = 0;
    while (*skipped < edit->scroll && text_next_cluster(&at, end, &cluster))
        *skipped += cluster.width;
    return at;
}

void line_edit_draw(struct line_edit *edit, const struct pen *pen, int row, int column,
                    int columns, bool focus)
{
    if (columns < 1)
        return;
    size_t room = (size_t)columns, cursor = columns_upto(edit, edit->at);
    if (cursor < edit->scroll)
        edit->scroll = cursor;
    if (cursor >= edit->scroll + room)
        edit->scroll = cursor - room + 1;
    if (columns_upto(edit, edit->text.length) < room)
        edit->scroll = 0;
    size_t skipped;
    const char *from = scrolled(edit, &skipped);
    size_t left =
        skipped - edit->scroll; /* half of a wide character that is scrolled out */
    struct style style = pen->styles[STYLE_INPUT];
    pen_field(pen, row, column, columns, ALIGN_LEFT, style, "", 0);
    struct pen field =
        pen_part(pen, (struct box){row, column + (int)left, 1, columns - (int)left});
    pen_put(&field, 0, 0, style, from);
    if (focus)
        pen_cursor(pen, row, column + (int)(cursor - edit->scroll));
}

void line_edit_draw_candidates(const struct line_edit *edit, const struct pen *pen,
                               int bottom, int rows)
{
    int n = (int)edit->n_candidates, shown = n < rows ? n : rows;
    int chosen = (int)edit->chosen - 1;
    int first = chosen >= shown ? chosen - shown + 1 : 0;
    for (int i = 0; i < shown; i++) {
        const char *candidate = edit->candidates[first + i];
        enum style_role role = first + i == chosen ? STYLE_CURSOR : STYLE_SUGGESTION;
        pen_field(pen, bottom - shown + 1 + i, 0, pen->box.columns, ALIGN_LEFT,
                  pen->styles[role], candidate, strlen(candidate));
    }
}
