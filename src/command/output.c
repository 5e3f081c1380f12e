#include "command/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/shaping.h"
#include "command/table_chart.h"
#include "command/terminal.h"
#include "io/append.h"
#include "io/file.h"
#include "io/png.h"

/* ---- modes and files ---- */

static bool ends_in(const char *path, size_t length, const char *ending)
{
    size_t n = strlen(ending);
    return length > n && strncmp(path + length - n, ending, n) == 0;
}

static size_t length_without_gz(const char *path)
{
    size_t length = strlen(path);
    return ends_in(path, length, ".gz") ? length - 3 : length;
}

bool output_mode(const char *path, int *mode)
{
    static const struct {
        const char *ending;
        enum table_mode mode;
    } endings[] = {{".csv", TABLE_CSV},   {".tsv", TABLE_TSV},   {".md", TABLE_MARKDOWN},
                   {".tex", TABLE_LATEX}, {".json", TABLE_JSON}, {".jsonl", TABLE_JSONL},
                   {".txt", TABLE_TEXT}};
    size_t length = length_without_gz(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_in(path, length, endings[i].ending)) {
            *mode = (int)endings[i].mode;
            return true;
        }
    return false;
}

/* Where the report goes; NULL: to standard output. */
static const char *path_of(const struct common *common, const struct output *output)
{
    const char *path = output->path ? output->path : common->out;
    return path && strcmp(path, "-") != 0 ? path : NULL;
}

static enum table_mode mode_of(const struct common *common, const char *path)
{
    int mode = common->mode;
    if (path && !common->mode_is_given)
        (void)output_mode(path, &mode);
    return (enum table_mode)mode;
}

static bool is_png(const char *path)
{
    return ends_in(path, strlen(path), ".png");
}

static bool is_picture(const struct common *common, const char *path)
{
    return path && !common->mode_is_given &&
           (is_png(path) || ends_in(path, length_without_gz(path), ".svg"));
}

/* What the program was not built for is said before the work. */
static enum status check_picture(const struct common *common, const char *path,
                                 struct error *err)
{
    struct text none = {0};
    if (!is_picture(common, path) || !is_png(path) || png_is_built_in())
        return STATUS_OK;
    return png_of_svg("", 0, &none, err);
}

/* A chart is for people; --mode csv and the like are not. */
static enum status check_plot(const struct common *common, const char *path,
                              struct error *err)
{
    enum table_mode mode = mode_of(common, path);
    if (!common->plot || is_picture(common, path) || mode == TABLE_TEXT ||
        mode == TABLE_BOX || mode == TABLE_PLAIN || mode == TABLE_MARKDOWN)
        return STATUS_OK;
    return error_set(
        err, STATUS_USAGE,
        "--plot draws for people and into .svg files; csv, tsv, json, jsonl and "
        "latex carry numbers");
}

static enum status check_replacing(const char *path, const struct output *output,
                                   struct error *err)
{
    struct stat info;
    if (stat(path, &info) || !S_ISREG(info.st_mode) || !info.st_size)
        return STATUS_OK;
    if (output->may_replace && output->may_replace(output->context, path))
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "'%s' is there already; --force replaces it", path);
}

enum status output_check(const struct common *common, const struct output *output,
                         struct error *err)
{
    const char *path = path_of(common, output);
    enum status status = shaping_check(common, err);
    if (status == STATUS_OK)
        status = check_plot(common, path, err);
    if (status == STATUS_OK)
        status = check_picture(common, path, err);
    if (status == STATUS_OK && path && !output->path && !common->force)
        status = check_replacing(path, output, err);
    if (status != STATUS_OK || !path)
        return status;
    return output->append ? append_bytes(path, "", 0, err) : sink_check(path, err);
}

/* ---- writing ---- */

static enum status write_whole(const char *path, const struct text *text, struct error *err)
{
    struct sink *sink = sink_open(path, err);
    if (!sink)
        return STATUS_IO;
    sink_write(sink, text->bytes, text->length);
    return sink_commit(sink, err);
}

/* A report while it is written: the given one, or a shaped copy. */
struct shaped {
    const struct report *report;
    struct report *copy; /* NULL: none was needed */
};

static enum status shape(const struct report *report, const struct common *common,
                         bool copies, struct shaped *shaped, struct error *err)
{
    *shaped = (struct shaped){.report = report};
    if (shaping_is_asked(common))
        shaped->copy = shaping_apply(report, common, err);
    else if (copies)
        shaped->copy = report_copy(report);
    else
        return STATUS_OK;
    shaped->report = shaped->copy;
    return shaped->copy ? STATUS_OK : STATUS_USAGE;
}

static struct plot_style plot_style(const struct common *common, size_t cells)
{
    return (struct plot_style){.plot = (enum plot)common->plot,
                               .is_chosen = common->columns,
                               .cells = cells,
                               .is_unicode = terminal_is_utf8()};
}

static enum status refuse_plot(const struct report *report, const struct common *common,
                               struct error *err)
{
    struct text out = {0}, aside = {0};
    const struct report_style style = {
        .mode = TABLE_CSV, .table = common->table ? common->table : "the one to draw"};
    enum status status = report_write(report, &style, &out, &aside, err);
    text_done(&out);
    text_done(&aside);
    return status == STATUS_OK ? error_set(err, STATUS_USAGE,
                                           "--plot draws tables, and this result has none")
                               : status;
}

/* Puts the chart of the table in its place. */
static enum status plot(struct shaped *shaped, const struct common *common,
                        const struct report_style *written, struct error *err)
{
    struct table *table = report_find_table(shaped->copy, common->table);
    struct plot_style style = plot_style(common, written->cells);
    struct text page = {0};
    bool fenced = written->mode == TABLE_MARKDOWN;
    if (!table)
        return refuse_plot(shaped->report, common, err);
    text_add(&page, fenced ? "```\n" : "");
    enum status status = table_chart_text(table, &style, &page, err);
    text_add(&page, fenced ? "```\n" : "");
    if (status == STATUS_OK)
        report_replace_table(shaped->copy, table, page.bytes);
    text_done(&page);
    return status;
}

static enum status make_text(const struct report *report, const struct common *common,
                             enum table_mode mode, size_t cells, struct text *out,
                             struct text *aside, struct error *err)
{
    struct shaped shaped;
    enum status status = shape(report, common, common->plot, &shaped, err);
    struct report_style style = {
        .mode = mode, .table = common->table, .quiet = common->quiet, .cells = cells};
    if (status == STATUS_OK && common->plot) {
        status = plot(&shaped, common, &style, err);
        style.mode = common->table ? TABLE_PLAIN : mode; /* the chart alone, notes aside */
        style.table = NULL;
    }
    if (status == STATUS_OK)
        status = report_write(shaped.report, &style, out, aside, err);
    report_free(shaped.copy);
    return status;
}

static enum status make_picture(const struct report *report, const struct common *common,
                                const char *path, struct text *out, struct error *err)
{
    struct shaped shaped;
    struct text svg = {0};
    struct plot_style style = plot_style(common, 0);
    enum status status = shape(report, common, false, &shaped, err);
    if (status == STATUS_OK) {
        const struct table *table = report_find_table(shaped.report, common->table);
        status = table ? table_chart_svg(table, &style, is_png(path) ? &svg : out, err)
                       : refuse_plot(shaped.report, common, err);
    }
    if (status == STATUS_OK && is_png(path))
        status = png_of_svg(svg.bytes, svg.length, out, err);
    text_done(&svg);
    report_free(shaped.copy);
    return status;
}

enum status output_text(const struct report *report, const struct common *common,
                        size_t cells, struct text *out, struct text *aside,
                        struct error *err)
{
    return make_text(report, common, (enum table_mode)common->mode, cells, out, aside, err);
}

static void say(const struct output *output, const struct text *text)
{
    if (text->length && output->say)
        output->say(output->context, text->bytes, text->length);
}

enum status output_report(const struct report *report, const struct common *common,
                          const struct output *output, struct error *err)
{
    struct text out = {0}, aside = {0};
    const char *path = path_of(common, output);
    bool yields = !path && report_yields_output(report);
    size_t cells = path ? 0 : terminal_cells(yields ? STDERR_FILENO : STDOUT_FILENO);
    enum status status =
        is_picture(common, path)
            ? make_picture(report, common, path, &out, err)
            : make_text(report, common, mode_of(common, path), cells, &out, &aside, err);
    if (yields && common->quiet) {
        text_clear(&out);
        report_add_warnings(report, cells, &out);
    }
    if (status == STATUS_OK && yields)
        say(output, &out);
    else if (status == STATUS_OK && path && output->append)
        status = append_bytes(path, out.bytes, out.length, err);
    else if (status == STATUS_OK && !yields && (path || out.length))
        status = write_whole(path ? path : "-", &out, err);
    if (status == STATUS_OK)
        say(output, &aside);
    text_done(&out);
    text_done(&aside);
    return status;
}
