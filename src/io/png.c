#include "io/png.h"

#ifdef HAVE_RSVG

#include <librsvg/rsvg.h>

bool png_is_built_in(void)
{
    return true;
}

static cairo_status_t append(void *closure, const unsigned char *bytes, unsigned length)
{
    text_append(closure, (const char *)bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

static enum status draw(RsvgHandle *handle, struct text *out, struct error *err)
{
    double width, height;
    if (!rsvg_handle_get_intrinsic_size_in_pixels(handle, &width, &height))
        return error_set(err, STATUS_FAILED, "the picture has no size");
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)(width * PNG_SCALE + 0.5),
                                   (int)(height * PNG_SCALE + 0.5));
    cairo_t *cairo = cairo_create(surface);
    const RsvgRectangle all = {0, 0, width * PNG_SCALE, height * PNG_SCALE};
    bool drawn =
        rsvg_handle_render_document(handle, cairo, &all, NULL) &&
        cairo_surface_write_to_png_stream(surface, append, out) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return drawn ? STATUS_OK
                 : error_set(err, STATUS_FAILED, "the picture could not be drawn as PNG");
}

enum status png_of_svg(const char *svg, size_t length, struct text *out, struct error *err)
{
    RsvgHandle *handle =
        rsvg_handle_new_from_data((const unsigned char *)svg, length, NULL);
    if (!handle)
        return error_set(err, STATUS_FAILED, "librsvg cannot read the picture");
    enum status status = draw(handle, out, err);
    g_object_unref(handle);
    return status;
}

#else

bool png_is_built_in(void)
{
    return false;
}

enum status png_of_svg(const char *svg, size_t length, struct text *out, struct error *err)
{
    (void)svg;
    (void)length;
    (void)out;
    return error_set(
        err, STATUS_FAILED,
        "this program was built without librsvg and writes no PNG: write .svg");
}

#endif
