/* What is shown, to the clipboard and into files. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "command/output.h"
#include "io/file.h"
#include "io/png.h"
#include "ui/folders.h"
#include "ui/workbench_inside.h"

/* ---- the view as a report ---- */

/* What was filtered and on which files, so that the table can be read later. NULL: the view shows no
 * table. */
static struct report *report_of_view(struct workbench *workbench)
{
    const struct view *view = view_table[workbench->view];
    if (!view->report)
        return NULL;
    void *self = workbench_front(workbench);
    const struct snapshot *snapshot = &workbench->snapshot;
    const struct state *state = snapshot->state;
    const struct given given = {state->corpus, state->features, state->model};
    struct report *report = report_create(view->name);
    static const struct {
        const char *key;
        enum held_kind kind;
    } held[] = {{"features", HELD_FEATURES}, {"model", HELD_MODEL}};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        if (given_name(&given, held[i].kind))
            report_text(report, held[i].key, given_name(&given, held[i].kind));
    const char *filter = snapshot_entry(snapshot, (int)workbench->view, "filter");
    if (filter)
        report_text(report, "filter", filter);
    view->report(self, snapshot, report);
    return report;
}

static enum status refuse(const struct workbench *workbench, struct error *err)
{
    return error_set(err, STATUS_FAILED, "the view '%s' shows no table",
                     view_names[workbench->view]);
}

/* ---- the clipboard ---- */

/* The copy is kept in a file too, for terminals that let no program at the clipboard. */
static void keep_copy(struct workbench *workbench, const struct text *bytes)
{
    struct text path = {0};
    struct error passed_over;
    if (!workbench->options.is_fixed)
        folders_state(&path);
    if (path.length && folders_make(path.bytes)) {
        text_add(&path, "/clipboard.txt");
        struct sink *sink = sink_open(path.bytes, &passed_over);
        if (sink)
            sink_write(sink, bytes->bytes, bytes->length);
        if (sink && !sink_commit(sink, &passed_over) && !workbench->options.terminal.copy)
            workbench_say(workbench, TONE_GOOD, "saved to %s", path.bytes);
    }
    text_done(&path);
}

static void copy_text(struct workbench *workbench, const struct text *bytes)
{
    struct text route = {0};
    keep_copy(workbench, bytes);
    if (workbench->options.terminal.copy) {
        workbench->options.terminal.copy(bytes->bytes, bytes->length, &route);
        workbench_say(workbench, TONE_GOOD, "%s", route.length ? route.bytes : "copied");
    }
    text_done(&route);
}

static enum status copy_cell(struct workbench *workbench, struct error *err)
{
    const struct view *view = view_table[workbench->view];
    void *self = workbench_front(workbench);
    struct text out = {0};
    bool is_there = view->cell && view->cell(self, &workbench->snapshot, &out);
    if (is_there && out.length)
        copy_text(workbench, &out);
    text_done(&out);
    return is_there
               ? STATUS_OK
               : error_set(err, STATUS_FAILED, "there is nothing under the cursor to copy");
}

static enum status copy_view(struct workbench *workbench, struct error *err)
{
    struct report *report = report_of_view(workbench);
    if (!report)
        return refuse(workbench, err);
    struct text out = {0}, aside = {0};
    const struct report_style style = {.mode = TABLE_TSV};
    enum status status = report_write(report, &style, &out, &aside, err);
    if (!status && out.length)
        copy_text(workbench, &out);
    text_done(&out);
    text_done(&aside);
    report_free(report);
    return status;
}

enum status workbench_copy(struct workbench *workbench, bool cell, struct error *err)
{
    return cell ? copy_cell(workbench, err) : copy_view(workbench, err);
}

/* ---- files ---- */

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), n = strlen(ending);
    return length > n && strcmp(path + length - n, ending) == 0;
}

static enum status write_text(const char *path, const struct text *text, struct error *err)
{
    struct sink *sink = sink_open(path, err);
    if (!sink)
        return err->status;
    sink_write(sink, text->bytes, text->length);
    return sink_commit(sink, err);
}

/* Pictures are drawn as SVG; a PNG is made of that. */
static enum status write_picture(const char *path, const struct text *picture,
                                 struct error *err)
{
    struct text png = {0};
    if (!ends_in(path, ".png"))
        return write_text(path, picture, err);
    enum status status = png_of_svg(picture->bytes, picture->length, &png, err);
    if (!status)
        status = write_text(path, &png, err);
    text_done(&png);
    return status;
}

/* The screen without what lies over the view; false: the ending is none of a picture. */
static bool draw_picture(struct workbench *workbench, const char *path, struct text *out)
{
    const struct look *look = &workbench->options.appearance->look;
    const struct view *view = view_table[workbench->view];
    void *self = workbench_front(workbench);
    bool is_svg = ends_in(path, ".svg") || ends_in(path, ".png");
    bool is_ansi = ends_in(path, ".ansi");
    if (!is_svg && !is_ansi && !ends_in(path, ".txt"))
        return false;
    if (is_svg && view->picture && view->picture(self, &workbench->snapshot, look, out))
        return true;
    struct canvas canvas = {0};
    frame_draw_view(workbench, &canvas);
    if (is_svg)
        canvas_svg(&canvas, look, out);
    else if (is_ansi)
        canvas_ansi(&canvas, out);
    else
        canvas_text(&canvas, out);
    canvas_done(&canvas);
    return true;
}

static enum status export_table(struct workbench *workbench, const char *path, bool force,
                                struct error *err)
{
    int mode = TABLE_TEXT;
    if (!output_mode(path, &mode))
        return error_set(
            err, STATUS_USAGE,
            "'%s' must end in .csv, .tsv, .md, .tex, .json, .jsonl, .txt, .ansi, "
            ".svg or .png",
            path);
    struct report *report = report_of_view(workbench);
    if (!report)
        return refuse(workbench, err);
    struct common common = {
        .out = path, .mode = mode, .mode_is_given = true, .force = force, .quiet = true};
    const struct output output = {0};
    enum status status = output_check(&common, &output, err);
    if (!status)
        status = output_report(report, &common, &output, err);
    report_free(report);
    return status;
}

enum status workbench_export(struct workbench *workbench, const char *path, bool force,
                             struct error *err)
{
    struct text picture = {0};
    struct stat info;
    enum status status = STATUS_OK;
    if (draw_picture(workbench, path, &picture)) {
        if (!force && stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size)
            status = error_set(err, STATUS_USAGE,
                               "'%s' is there already; --force replaces it", path);
        else
            status = write_picture(path, &picture, err);
    } else {
        status = export_table(workbench, path, force, err);
    }
    text_done(&picture);
    if (!status)
        workbench_say(workbench, TONE_GOOD, "written to %s", path);
    return status;
}
