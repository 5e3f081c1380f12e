/* A listing on a canvas, and where the mouse hits it. */
#include <stdlib.h>
#include <string.h>

#include "ui/listing_parts.h"

/* NARROW: cells of a column that was made narrow; TEXT_MOST: of one that says nothing of its
 * width. SAMPLES: rows, besides those in view, that a width is measured over. */
enum { NARROW = 4, TEXT_MOST = 60, SAMPLES = 48, LAID_MOST = 256 };

struct laid {
    size_t column;
    int at, width;
};

struct layout {
    struct laid laid[LAID_MOST];
    size_t n;
    int gutter, gap;
    bool more_left, more_right;
    int rows;       /* that can be shown */
    int body, rule; /* of them in view of those that scroll; 1: a rule stands behind them */
    size_t n_feet;  /* that follow */
};

/* ---- widths ---- */

static int shown_width(const char *text, size_t length)
{
    struct cluster cluster;
    int width = 0;
    for (const char *at = text, *end = text + length;
         width < 1000 && text_next_cluster(&at, end, &cluster);)
        width += cluster.width;
    return width;
}

static const char *title_of(const struct listing_column *column)
{
    return column->title ? column->title : column->name;
}

static int cell_width(const struct listing *listing, const struct listing_state *state,
                      size_t at, size_t column, struct text *scratch)
{
    text_clear(scratch);
    listing_add_cell(listing, state, state->order[at], column, scratch);
    return shown_width(scratch->bytes, scratch->length);
}

/* Over the rows in view and some of the others, so that scrolling seldom changes it. */
static int measure(const struct listing *listing, const struct listing_state *state,
                   size_t column, int rows)
{
    const char *title = title_of(&listing->columns[column]);
    struct text scratch = {0};
    int widest = shown_width(title, strlen(title)) + 2;
    for (size_t i = 0; i < (size_t)rows && state->shown_top + i < state->n_shown; i++) {
        int width = cell_width(listing, state, state->shown_top + i, column, &scratch);
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < SAMPLES && state->n_shown; i++) {
        int width =
            cell_width(listing, state, i * state->n_shown / SAMPLES, column, &scratch);
        widest = width > widest ? width : widest;
    }
    text_done(&scratch);
    return widest;
}

static int width_of(const struct listing *listing, const struct listing_state *state,
                    size_t column, int rows)
{
    const struct listing_column *type = &listing->columns[column];
    int asked = column < LISTING_COLUMNS ? state->widths[column] : 0;
    if (asked < 0)
        return NARROW;
    if (asked == 0 && type->width)
        return type->width;
    int width = measure(listing, state, column, rows);
    int most = asked > 0 ? 1000 : type->most ? type->most : TEXT_MOST;
    return width < most ? width : most;
}

/* ---- which columns are in view ---- */

static void lay(struct layout *layout, size_t column, int *at, int width)
{
    layout->laid[layout->n++] = (struct laid){column, *at, width};
    *at += width + layout->gap;
}

/* Lays out from the frozen column and state->left on. */
static void lay_columns(const struct listing *listing, const struct listing_state *state,
                        int columns, struct layout *layout)
{
    int at = layout->gutter;
    size_t skip = state->left;
    layout->n = 0;
    layout->more_left = skip > 0;
    layout->more_right = false;
    for (size_t column = 0; column < listing->n_columns && layout->n < LAID_MOST;
         column++) {
        bool frozen = column == 0 && !listing->unfrozen;
        if (listing_is_hidden(state, column))
            continue;
        if (!frozen && skip) {
            skip--;
            continue;
        }
        int width = width_of(listing, state, column, layout->rows), left = columns - at;
        if (left < 1 ||
            (width > left && layout->n > (listing->unfrozen ? 0u : 1u) && left < 6)) {
            layout->more_right = true;
            return;
        }
        if (width > left) { /* its begin is better than nothing */
            layout->more_right = layout->n > 0;
            lay(layout, column, &at, left);
            return;
        }
        lay(layout, column, &at, width);
    }
}

static bool is_laid(const struct layout *layout, size_t column, int columns)
{
    for (size_t i = 0; i < layout->n; i++)
        if (layout->laid[i].column == column)
            return i == 0 || layout->laid[i].at + layout->laid[i].width < columns ||
                   !layout->more_right;
    return false;
}

/* Gives what is left over to the columns that stretch. */
static void stretch(const struct listing *listing, int columns, struct layout *layout)
{
    int stretching = 0;
    if (!layout->n || layout->more_right)
        return;
    const struct laid *last = &layout->laid[layout->n - 1];
    int spare = columns - last->at - last->width;
    for (size_t i = 0; i < layout->n; i++)
        stretching += listing->columns[layout->laid[i].column].stretch;
    for (size_t i = 0, moved = 0; i < layout->n; i++) {
        layout->laid[i].at += (int)moved;
        if (!listing->columns[layout->laid[i].column].stretch || spare <= 0)
            continue;
        int more = spare / stretching--;
        layout->laid[i].width += more;
        moved += (size_t)more;
        spare -= more;
    }
}

/* Feet stand still where there is room for some of the others too. */
static void lay_rows(const struct listing *listing, const struct listing_state *state,
                     int rows, struct layout *layout)
{
    size_t n = state->n_shown < listing->n_feet ? 0 : listing->n_feet;
    layout->rows = rows;
    layout->n_feet = n && (size_t)rows > n + 1 ? n : 0;
    layout->rule = layout->n_feet && (size_t)rows > n + 3;
    size_t room = (size_t)rows - layout->n_feet - (size_t)layout->rule;
    size_t body = state->n_shown - layout->n_feet;
    layout->body = (int)(body < room ? body : room);
    if (!body && layout->rule)
        layout->body = 1; /* says that there is none */
}

/* The cursor's row is in view, and there are no empty rows below as long as there are some above. A
 * window that was small for a while does not change where it stood before. */
static void scroll(struct listing_state *state, const struct layout *layout)
{
    size_t page = layout->body > 0 ? (size_t)layout->body : 1, top = state->top;
    size_t n = state->n_shown - layout->n_feet;
    size_t last = n > page ? n - page : 0;
    size_t at = state->at < n ? state->at : n ? n - 1 : 0;
    state->page = (int)page;
    if (at < top)
        top = at;
    if (at >= top + page)
        top = at - page + 1;
    state->shown_top = top < last ? top : last;
}

static void lay_out(const struct listing *listing, struct listing_state *state,
                    const struct pen *pen, struct layout *layout)
{
    int columns = pen->box.columns;
    layout->gap = columns < 40 ? 1 : 2;
    layout->gutter = columns < 20 ? 0 : listing->is_marked ? 2 : 1;
    lay_rows(listing, state, pen->box.rows > 1 ? pen->box.rows - 1 : pen->box.rows, layout);
    scroll(state, layout);
    lay_columns(listing, state, columns, layout);
    while (state->left && !is_laid(layout, state->column, columns) &&
           (!layout->n || state->column < layout->laid[layout->n - 1].column)) {
        state->left--;
        lay_columns(listing, state, columns, layout);
    }
    while (state->left + 1 < listing->n_columns &&
           !is_laid(layout, state->column, columns) && state->column > 0) {
        state->left++;
        lay_columns(listing, state, columns, layout);
    }
    stretch(listing, columns, layout);
}

/* The position that is shown in a row, counted below the header; SIZE_MAX: none. */
static size_t position_in(const struct listing_state *state, const struct layout *layout,
                          int row)
{
    size_t at = state->shown_top + (size_t)row;
    if (row < layout->body)
        return at < state->n_shown - layout->n_feet ? at : SIZE_MAX;
    size_t foot = (size_t)(row - layout->body - layout->rule);
    return row >= layout->body + layout->rule && foot < layout->n_feet
               ? state->n_shown - layout->n_feet + foot
               : SIZE_MAX;
}

/* ---- drawing ---- */

static bool is_number(const struct listing_column *column)
{
    return column->type != COLUMN_TEXT;
}

static void draw_heading(const struct listing *listing, const struct listing_state *state,
                         const struct pen *pen, const struct laid *laid)
{
    const struct listing_column *column = &listing->columns[laid->column];
    struct text text = {0};
    enum style_role role = STYLE_HEADER;
    text_add(&text, title_of(column));
    for (size_t i = 0; i < state->n_sorts; i++)
        if (state->sorts[i].column == laid->column) {
            role = STYLE_HEADER_SORTED;
            text_add(&text, pen->look->glyphs[state->sorts[i].falling ? GLYPH_SORT_DOWN
                                                                      : GLYPH_SORT_UP]);
            if (state->n_sorts > 1)
                text_printf(&text, "%zu", i + 1);
        }
    struct style style = pen->styles[role];
    if (laid->column == state->column)
        style.attr |= ATTR_UNDERLINE | ATTR_BOLD;
    pen_field(pen, 0, laid->at, laid->width, is_number(column) ? ALIGN_RIGHT : ALIGN_LEFT,
              style, text.bytes, text.length);
    text_done(&text);
}

static void draw_header(const struct listing *listing, const struct listing_state *state,
                        const struct pen *pen, const struct layout *layout)
{
    struct pen line = pen_rows(pen, 0, 1);
    pen_fill(&line, pen->styles[STYLE_HEADER], " ");
    for (size_t i = 0; i < layout->n; i++)
        draw_heading(listing, state, &line, &layout->laid[i]);
    size_t scrolled = listing->unfrozen ? 0 : 1;
    if (layout->more_left && layout->n > scrolled)
        pen_glyph(&line, 0, layout->laid[scrolled].at - 1, pen->styles[STYLE_BORDER_FOCUS],
                  GLYPH_MORE_LEFT);
    if (layout->more_right)
        pen_glyph(&line, 0, pen->box.columns - 1, pen->styles[STYLE_BORDER_FOCUS],
                  GLYPH_MORE_RIGHT);
}

struct drawn {
    const struct listing *listing;
    const struct listing_state *state;
    const struct layout *layout;
    struct style cursor;
    struct text scratch;
};

static void draw_cell(struct drawn *drawn, const struct pen *pen, size_t row,
                      const struct laid *laid, bool cursor)
{
    const struct listing *listing = drawn->listing;
    const struct listing_column *column = &listing->columns[laid->column];
    struct style style = pen->styles[STYLE_TEXT];
    struct pen cell = pen_part(pen, (struct box){0, laid->at, 1, laid->width});
    if (listing->draw && listing->draw(listing->rows, &cell, row, laid->column, cursor)) {
        if (cursor)
            pen_paint(&cell, (struct box){0, 0, 1, laid->width}, drawn->cursor);
        return;
    }
    if (listing_matches(listing, drawn->state, row, laid->column))
        style = style_over(style, pen->styles[STYLE_SEARCH]);
    if (cursor)
        style = style_over(style, drawn->cursor);
    text_clear(&drawn->scratch);
    listing_add_cell(listing, drawn->state, row, laid->column, &drawn->scratch);
    pen_field(&cell, 0, 0, laid->width, is_number(column) ? ALIGN_RIGHT : ALIGN_LEFT, style,
              drawn->scratch.bytes, drawn->scratch.length);
}

static void draw_row(struct drawn *drawn, const struct pen *pen, size_t at)
{
    const struct listing *listing = drawn->listing;
    const struct listing_state *state = drawn->state;
    size_t row = state->order[at];
    bool here = at == state->at, whole = here && !listing->by_cell;
    struct style style = pen->styles[STYLE_TEXT];
    pen_fill(pen, whole ? style_over(style, drawn->cursor) : style, " ");
    for (size_t i = 0; i < drawn->layout->n; i++) {
        const struct laid *laid = &drawn->layout->laid[i];
        draw_cell(drawn, pen, row, laid, whole || (here && laid->column == state->column));
    }
    if (here && drawn->layout->gutter)
        pen_glyph(pen, 0, 0, pen->styles[STYLE_TEXT], GLYPH_POINTER);
    if (listing->is_marked && drawn->layout->gutter > 1 &&
        listing->is_marked(listing->rows, row))
        pen_glyph(pen, 0, 1, pen->styles[STYLE_MARK], GLYPH_MARK);
}

static void draw_rule(const struct pen *pen)
{
    for (int column = 0; column < pen->box.columns; column++)
        pen_glyph(pen, 0, column, pen->styles[STYLE_BORDER], GLYPH_HORIZONTAL);
}

void listing_draw(const struct listing *listing, struct listing_state *state,
                  const struct pen *pen, bool focus)
{
    struct layout layout;
    int header = pen->box.rows > 1;
    lay_out(listing, state, pen, &layout);
    if (header)
        draw_header(listing, state, pen, &layout);
    struct drawn drawn = {
        listing, state, &layout, pen->styles[focus ? STYLE_CURSOR : STYLE_SELECTION], {0}};
    for (int i = 0; i < layout.rows; i++) {
        struct pen line = pen_rows(pen, header + i, 1);
        size_t at = position_in(state, &layout, i);
        if (at < state->n_shown)
            draw_row(&drawn, &line, at);
        else if (layout.rule && i == layout.body)
            draw_rule(&line);
    }
    if (state->n_shown == layout.n_feet) {
        const char *what = listing->n_rows > listing->n_feet ? "the filter keeps no row"
                           : listing->empty                  ? listing->empty
                                                             : "nothing here";
        pen_put(pen, header, layout.gutter, pen->styles[STYLE_DIM], what);
    }
    text_done(&drawn.scratch);
}

/* ---- the mouse ---- */

static enum listing_hit wheel(const struct listing *listing, struct listing_state *state,
                              bool down)
{
    for (int i = 0; i < 3; i++)
        listing_do(listing, state, down ? LISTING_DOWN : LISTING_UP);
    return LISTING_SCROLLED;
}

enum listing_hit listing_mouse(const struct listing *listing, struct listing_state *state,
                               const struct pen *pen, const struct mouse *mouse)
{
    int row, column;
    if (!pen_hit(pen, mouse->row, mouse->column, &row, &column))
        return LISTING_MISSED;
    if (mouse->action == MOUSE_WHEEL_UP || mouse->action == MOUSE_WHEEL_DOWN)
        return wheel(listing, state, mouse->action == MOUSE_WHEEL_DOWN);
    if (mouse->action != MOUSE_PRESS || mouse->button != 1)
        return LISTING_MISSED;
    struct layout layout;
    lay_out(listing, state, pen, &layout);
    bool on_column = false;
    for (size_t i = 0; i < layout.n; i++)
        if (column >= layout.laid[i].at &&
            column < layout.laid[i].at + layout.laid[i].width) {
            state->column = layout.laid[i].column;
            on_column = true;
        }
    int header = pen->box.rows > 1;
    if (header && row == 0)
        return on_column ? LISTING_ON_HEADER : LISTING_MISSED;
    size_t at = position_in(state, &layout, row - header);
    if (at >= state->n_shown)
        return LISTING_MISSED;
    listing_go(listing, state, state->order[at]);
    return LISTING_ON_ROW;
}
