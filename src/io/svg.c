#include "io/svg.h"

#include <string.h>

/* Numbers as short as a hundredth of a pixel allows. */
static void add_number(struct text *out, double value)
{
    text_printf(out, "%.2f", value);
    size_t n = out->length;
    while (out->bytes[n - 1] == '0')
        n--;
    n -= out->bytes[n - 1] == '.';
    out->length = n;
    out->bytes[n] = '\0';
    if (n >= 2 && strcmp(out->bytes + n - 2, "-0") == 0) {
        out->bytes[n - 2] = '0';
        out->bytes[--out->length] = '\0';
    }
}

static void add_attribute(struct text *out, const char *name, double value)
{
    text_printf(out, " %s=\"", name);
    add_number(out, value);
    text_add_char(out, '"');
}

static void add_color(struct text *out, const char *name, uint32_t color)
{
    text_printf(out, " %s=\"#%06x\"", name, (unsigned)(color & 0xffffff));
}

void svg_begin(struct text *out, double width, double height, uint32_t background)
{
    text_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    add_attribute(out, "width", width);
    add_attribute(out, "height", height);
    text_add(out, " viewBox=\"0 0 ");
    add_number(out, width);
    text_add_char(out, ' ');
    add_number(out, height);
    text_add(out, "\">\n");
    svg_rect(out, 0, 0, width, height, background, 1);
}

void svg_rect(struct text *out, double x, double y, double width, double height,
              uint32_t fill, double opacity)
{
    text_add(out, "<rect");
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    add_attribute(out, "width", width < 0 ? 0 : width);
    add_attribute(out, "height", height < 0 ? 0 : height);
    add_color(out, "fill", fill);
    if (opacity < 1)
        add_attribute(out, "fill-opacity", opacity);
    text_add(out, "/>\n");
}

void svg_line(struct text *out, struct svg_point from, struct svg_point to, uint32_t color,
              double width)
{
    text_add(out, "<line");
    add_attribute(out, "x1", from.x);
    add_attribute(out, "y1", from.y);
    add_attribute(out, "x2", to.x);
    add_attribute(out, "y2", to.y);
    add_color(out, "stroke", color);
    add_attribute(out, "stroke-width", width);
    text_add(out, "/>\n");
}

static void add_points(struct text *out, const struct svg_point *points, size_t n)
{
    text_add(out, " points=\"");
    for (size_t i = 0; i < n; i++) {
        text_add(out, i ? " " : "");
        add_number(out, points[i].x);
        text_add_char(out, ',');
        add_number(out, points[i].y);
    }
    text_add_char(out, '"');
}

void svg_path(struct text *out, const struct svg_point *points, size_t n, uint32_t color,
              double width)
{
    if (n < 2)
        return;
    text_add(out, "<polyline");
    add_points(out, points, n);
    add_color(out, "stroke", color);
    add_attribute(out, "stroke-width", width);
    text_add(out, " stroke-linejoin=\"round\" fill=\"none\"/>\n");
}

void svg_area(struct text *out, const struct svg_point *points, size_t n, uint32_t fill,
              double opacity)
{
    if (n < 3)
        return;
    text_add(out, "<polygon");
    add_points(out, points, n);
    add_color(out, "fill", fill);
    add_attribute(out, "fill-opacity", opacity);
    text_add(out, "/>\n");
}

/* Corners of the markers that are no circle, on a square of -1 .. 1. */
static const struct {
    size_t n;
    struct svg_point corners[8];
} shapes[] = {
    {4, {{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}}},
    {4, {{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}}},
    {3, {{0, -1.2}, {1.1, 0.8}, {-1.1, 0.8}}},
    {3, {{0, 1.2}, {1.1, -0.8}, {-1.1, -0.8}}},
    {4, {{-1.3, -0.3}, {1.3, -0.3}, {1.3, 0.3}, {-1.3, 0.3}}},
    {4, {{-0.3, -1.3}, {0.3, -1.3}, {0.3, 1.3}, {-0.3, 1.3}}},
    {6, {{-1.2, 0}, {-0.6, -1.1}, {0.6, -1.1}, {1.2, 0}, {0.6, 1.1}, {-0.6, 1.1}}},
};

void svg_marker(struct text *out, struct svg_point at, size_t kind, double size,
                uint32_t color)
{
    size_t n_shapes = sizeof shapes / sizeof shapes[0];
    kind %= n_shapes + 1;
    if (kind == 0) {
        text_add(out, "<circle");
        add_attribute(out, "cx", at.x);
        add_attribute(out, "cy", at.y);
        add_attribute(out, "r", size);
        add_color(out, "fill", color);
        text_add(out, "/>\n");
        return;
    }
    struct svg_point corners[8];
    size_t n = shapes[kind - 1].n;
    for (size_t i = 0; i < n; i++)
        corners[i] = (struct svg_point){at.x + size * shapes[kind - 1].corners[i].x,
                                        at.y + size * shapes[kind - 1].corners[i].y};
    svg_area(out, corners, n, color, 1);
}

static void add_escaped(struct text *out, const char *bytes, size_t length)
{
    struct text shown = {0};
    text_add_visible(&shown, bytes, length, SIZE_MAX);
    for (size_t i = 0; i < shown.length; i++) {
        char c = shown.bytes[i];
        if (strncmp(shown.bytes + i, "\xef\xbf\xbe", 3) == 0 ||
            strncmp(shown.bytes + i, "\xef\xbf\xbf", 3) == 0) {
            text_add_char(out, '?'); /* no characters of XML */
            i += 2;
        } else if (c == '&' || c == '<' || c == '>' || c == '"')
            text_printf(out, "&#%d;", c);
        else
            text_add_char(out, c);
    }
    text_done(&shown);
}

void svg_text(struct text *out, double x, double y, const struct svg_font *font,
              const char *bytes, size_t length)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    text_add(out, "<text");
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    text_printf(out, " font-family=\"%s\"",
                font->is_fixed ? "DejaVu Sans Mono,Menlo,Consolas,monospace"
                               : "DejaVu Sans,Helvetica,Arial,sans-serif");
    add_attribute(out, "font-size", font->size);
    add_color(out, "fill", font->color);
    if (font->anchor != SVG_START)
        text_printf(out, " text-anchor=\"%s\"", anchors[font->anchor]);
    if (font->is_bold)
        text_add(out, " font-weight=\"bold\"");
    if (font->is_underlined)
        text_add(out, " text-decoration=\"underline\"");
    if (font->length > 0)
        add_attribute(out, "textLength", font->length);
    text_add(out, " xml:space=\"preserve\">");
    add_escaped(out, bytes, length);
    text_add(out, "</text>\n");
}

void svg_end(struct text *out)
{
    text_add(out, "</svg>\n");
}
