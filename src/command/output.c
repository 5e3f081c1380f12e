#include "command/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/shaping.h"
#include "command/terminal.h"
#include "io/append.h"
#include "io/file.h"

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
    } endings[] = {{".csv", TABLE_CSV},
                   {".tsv", TABLE_TSV},
                   {".md", TABLE_MARKDOWN},
                   {".json", TABLE_JSON},
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

static enum status refuse_replacing(const char *path, struct error *err)
{
    struct stat info;
    if (stat(path, &info) || !S_ISREG(info.st_mode) || !info.st_size)
        return STATUS_OK;
    return error_set(err, STATUS_USAGE, "'%s' is there already; --force replaces it", path);
}

enum status output_check(const struct common *common, const struct output *output,
                         struct error *err)
{
    const char *path = path_of(common, output);
    enum status status = shaping_check(common, err);
    if (status == STATUS_OK && path && !output->path && !common->force)
        status = refuse_replacing(path, err);
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

static enum status make_text(const struct report *report, const struct common *common,
                             enum table_mode mode, size_t cells, struct text *out,
                             struct text *aside, struct error *err)
{
    const struct report_style style = {
        .mode = mode, .table = common->table, .quiet = common->quiet, .cells = cells};
    if (!shaping_is_asked(common))
        return report_write(report, &style, out, aside, err);
    struct report *shaped = shaping_apply(report, common, err);
    if (!shaped)
        return STATUS_USAGE;
    enum status status = report_write(shaped, &style, out, aside, err);
    report_free(shaped);
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
        make_text(report, common, mode_of(common, path), cells, &out, &aside, err);
    if (status == STATUS_OK && yields && !common->quiet)
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
