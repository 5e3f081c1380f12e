/* Canvas: the screen as a grid of cells in memory, and pens that draw on parts of it.
 *
 * Views draw on a canvas and never on the terminal; ui/screen.h sends it there, the tests read it
 * as text, and :save-screen writes it to a file. Rows and columns count from 0. A pen draws
 * inside its box and nowhere else: positions are relative to the box, what lies outside is
 * left out. User text is safe to draw: control characters, characters that turn the direction
 * of text and bytes that are no UTF-8 are shown as text_add_visible shows them.
 *
 *     struct canvas canvas = {0};
 *     canvas_resize(&canvas, 24, 80);
 *     struct pen pen = pen_on(&canvas, &look);
 *     struct pen inside = pen_frame(&pen, true, "Heads", NULL);
 *     pen_put(&inside, 0, 0, pen.styles[STYLE_TITLE], "h1");
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "ui/look.h"

enum { CANVAS_CLUSTER = 18 };

struct canvas_cell {
    char glyph[CANVAS_CLUSTER]; /* a character with its combining marks, NUL-terminated */
    unsigned char width;        /* 1, 2, or 0: the second half of a wide one */
    struct style style;
};

struct canvas {
    int rows, columns;
    struct canvas_cell *cells;     /* (rows, columns) */
    int cursor_row, cursor_column; /* of the terminal's cursor; -1: hidden */
};

/* All zero is an empty canvas. Resizing clears it. */
void canvas_resize(struct canvas *canvas, int rows, int columns);
void canvas_clear(struct canvas *canvas, struct style style); /* blanks; hides the cursor */
/* Gives cells the colours of `style` where they have the default one: a theme with a ground of its own. */
void canvas_ground(struct canvas *canvas, struct style style);
void canvas_done(struct canvas *canvas);
const struct canvas_cell *canvas_at(const struct canvas *canvas, int row, int column);

/* ---- the canvas as a file ---- */

/* Append the rows as lines: plain, with ANSI escapes (colours as their style has them), or as an
 * SVG picture with the look's colours. Blanks without a style at line ends are left out. */
void canvas_text(const struct canvas *canvas, struct text *out);
void canvas_ansi(const struct canvas *canvas, struct text *out);
void canvas_svg(const struct canvas *canvas, const struct look *look, struct text *out);

/* ---- pens ---- */

struct box {
    int row, column, rows, columns;
};

struct pen {
    struct canvas *canvas;
    const struct look *look;
    const struct style *styles; /* (N_STYLES) of the look: pen.styles[STYLE_DIM] */
    struct box box;             /* position 0, 0 and size, on the canvas */
    struct box clip;            /* what may be drawn on, on the canvas */
};

struct pen pen_on(struct canvas *canvas, const struct look *look);
/* A pen for a part of this one; it may reach beyond it, and is clipped. */
struct pen pen_part(const struct pen *pen, struct box part);
/* The same over the whole width or height. A negative `first` counts from the end; a negative
 * number of rows or columns is all that follow but the last so many; numbers are cut to what
 * there is. */
struct pen pen_rows(const struct pen *pen, int first, int rows);
struct pen pen_columns(const struct pen *pen, int first, int columns);

/* ---- text ---- */

/* Draws text, cut with an ellipsis at the end of the box, and returns the columns it took. */
int pen_put(const struct pen *pen, int row, int column, struct style style,
            const char *string);
int pen_printf(const struct pen *pen, int row, int column, struct style style,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTER };

/* Draws bytes into exactly `columns` cells: cut with an ellipsis, filled with blanks. */
void pen_field(const struct pen *pen, int row, int column, int columns, enum align align,
               struct style style, const char *bytes, size_t length);

/* Draws a text over as many rows as it needs, broken between words, from its line `skip` on;
 * newlines begin a new line, tabs are blanks. Returns how many lines the text has at this width,
 * of which the box may show fewer. */
int pen_wrap(const struct pen *pen, int row, int skip, struct style style,
             const char *bytes, size_t length);

/* Lines that a text takes in that many columns, without drawing it. */
int text_lines(const char *bytes, size_t length, int columns);

/* ---- shapes ---- */

void pen_glyph(const struct pen *pen, int row, int column, struct style style,
               enum glyph glyph);
void pen_fill(const struct pen *pen, struct style style, const char *glyph);
/* Lays a style over cells and leaves their text alone. */
void pen_paint(const struct pen *pen, struct box box, struct style style);

/* A frame around the box with titles in its upper border (NULL: none); returns the inside. A box
 * of fewer than 3 rows or 4 columns gets no frame: the first row is the title. */
struct pen pen_frame(const struct pen *pen, bool focus, const char *title,
                     const char *right);
/* A rule across a frame: `pen` is that of the frame, row counts from it. */
void pen_rule(const struct pen *pen, int row, bool focus, const char *title);
/* A rule down a frame, from a row to another. */
void pen_divide(const struct pen *pen, int column, int from, int rows, bool focus);

/* A bar of share 0 .. 1 in eighths of a cell (NaN: missing). */
void pen_bar(const struct pen *pen, int row, int column, int columns, double share,
             struct style style);
/* One column for each of n values between low and high (NaN: missing). */
void pen_spark(const struct pen *pen, int row, int column, const double *values, size_t n,
               double low, double high, struct style style);

/* Where the terminal's cursor is to stand; hidden when that is outside. */
void pen_cursor(const struct pen *pen, int row, int column);

/* Whether a position of the canvas lies in the box, and which of the box's it is: for the
 * mouse. */
bool pen_hit(const struct pen *pen, int row, int column, int *inside_row,
             int *inside_column);

#endif
