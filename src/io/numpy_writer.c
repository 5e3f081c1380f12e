#include "io/numpy_writer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"
#include "io/npy.h"

enum { ALIGNMENT = 64, LOCAL = 30, DEFERRED = 8, VERSION = 45 };
static const uint64_t large = 0xffffffff;

/* An array that is in the archive. */
struct stored {
    char *name;
    uint64_t place, length;
    uint32_t checksum;
};

struct numpy_writer {
    char *path;
    bool is_archive;
    struct sink **sinks; /* the archive, or a file each */
    size_t n_sinks;
    struct stored *stored;
    size_t n_stored;
    uint64_t written; /* bytes of the archive so far */
};

struct numpy_writer *numpy_writer_open(const char *path, bool is_archive, struct error *err)
{
    struct numpy_writer *writer = mem_zero(sizeof *writer);
    writer->path = mem_copy_text(path);
    writer->is_archive = is_archive;
    if (!is_archive) {
        (void)mkdir(path, 0777); /* files in it say when it is not there */
        return writer;
    }
    writer->sinks = mem_zero(sizeof *writer->sinks);
    writer->sinks[0] = sink_open(path, err);
    writer->n_sinks = 1;
    if (writer->sinks[0])
        return writer;
    numpy_writer_abandon(writer);
    return NULL;
}

static void writer_free(struct numpy_writer *writer)
{
    for (size_t i = 0; i < writer->n_stored; i++)
        free(writer->stored[i].name);
    free(writer->stored);
    free(writer->sinks);
    free(writer->path);
    free(writer);
}

void numpy_writer_abandon(struct numpy_writer *writer)
{
    if (!writer)
        return;
    for (size_t i = 0; i < writer->n_sinks; i++)
        sink_abandon(writer->sinks[i]);
    writer_free(writer);
}

/* ---- the archive ---- */

static void add_number(struct text *out, uint64_t value, size_t n)
{
    for (; n--; value >>= 8)
        text_add_char(out, (char)(value & 0xff));
}

static void put(struct numpy_writer *writer, const struct text *bytes)
{
    sink_write(writer->sinks[0], bytes->bytes, bytes->length);
    writer->written += bytes->length;
}

/* Sizes and checksum stand behind the data (flag bit 3): the checksum is not known before. The extra
 * field has room for large sizes, and fills up so that the data lie aligned. */
static void begin_entry(struct numpy_writer *writer, const struct stored *entry)
{
    struct text header = {0}, name = {0};
    text_printf(&name, "%s.npy", entry->name);
    size_t before = (size_t)writer->written + LOCAL + name.length + 20 + 4;
    size_t fill = (ALIGNMENT - before % ALIGNMENT) % ALIGNMENT;
    add_number(&header, 0x04034b50, 4);
    add_number(&header, VERSION, 2);
    add_number(&header, DEFERRED, 2);
    add_number(&header, 0, 2);          /* stored */
    add_number(&header, 0x00210000, 4); /* the first of January 1980 */
    add_number(&header, 0, 4);          /* checksum */
    add_number(&header, large, 4);      /* sizes are in the zip64 field */
    add_number(&header, large, 4);
    add_number(&header, name.length, 2);
    add_number(&header, 20 + 4 + fill, 2);
    text_append(&header, name.bytes, name.length);
    add_number(&header, 1, 2);
    add_number(&header, 16, 2);
    add_number(&header, entry->length, 8);
    add_number(&header, entry->length, 8);
    add_number(&header, 0xd935, 2); /* alignment, as Android's zipalign writes it */
    add_number(&header, fill, 2);
    while (fill--)
        text_add_char(&header, '\0');
    put(writer, &header);
    text_done(&header);
    text_done(&name);
}

static void end_entry(struct numpy_writer *writer)
{
    if (!writer->is_archive || !writer->n_stored)
        return;
    const struct stored *entry = &writer->stored[writer->n_stored - 1];
    struct text after = {0};
    add_number(&after, 0x08074b50, 4);
    add_number(&after, entry->checksum, 4);
    add_number(&after, entry->length, 8);
    add_number(&after, entry->length, 8);
    put(writer, &after);
    text_done(&after);
}

static void add_directory_entry(struct text *out, const struct stored *entry)
{
    bool is_large = entry->length >= large || entry->place >= large;
    struct text name = {0};
    text_printf(&name, "%s.npy", entry->name);
    add_number(out, 0x02014b50, 4);
    add_number(out, 3 << 8 | VERSION, 2); /* made on Unix */
    add_number(out, VERSION, 2);
    add_number(out, DEFERRED, 2);
    add_number(out, 0, 2);
    add_number(out, 0x00210000, 4);
    add_number(out, entry->checksum, 4);
    add_number(out, is_large ? large : entry->length, 4);
    add_number(out, is_large ? large : entry->length, 4);
    add_number(out, name.length, 2);
    add_number(out, is_large ? 28 : 0, 2);
    add_number(out, 0, 8);       /* no comment, disk 0, no attributes but for */
    add_number(out, 0100644, 2); /* Unix's mode */
    add_number(out, is_large ? large : entry->place, 4);
    text_append(out, name.bytes, name.length);
    if (is_large) {
        add_number(out, 1, 2);
        add_number(out, 24, 2);
        add_number(out, entry->length, 8);
        add_number(out, entry->length, 8);
        add_number(out, entry->place, 8);
    }
    text_done(&name);
}

static void write_directory(struct numpy_writer *writer)
{
    struct text out = {0};
    uint64_t place = writer->written, n = writer->n_stored;
    text_add(&out, "");
    for (size_t i = 0; i < n; i++)
        add_directory_entry(&out, &writer->stored[i]);
    uint64_t length = out.length, end64 = place + length;
    bool is_large = n >= 0xffff || place >= large;
    if (is_large) {
        add_number(&out, 0x06064b50, 4);
        add_number(&out, 44, 8);
        add_number(&out, 3 << 8 | VERSION, 2);
        add_number(&out, VERSION, 2);
        add_number(&out, 0, 8);
        add_number(&out, n, 8);
        add_number(&out, n, 8);
        add_number(&out, length, 8);
        add_number(&out, place, 8);
        add_number(&out, 0x07064b50, 4);
        add_number(&out, 0, 4);
        add_number(&out, end64, 8);
        add_number(&out, 1, 4);
    }
    add_number(&out, 0x06054b50, 4);
    add_number(&out, 0, 4);
    add_number(&out, is_large ? 0xffff : n, 2);
    add_number(&out, is_large ? 0xffff : n, 2);
    add_number(&out, is_large ? large : length, 4);
    add_number(&out, is_large ? large : place, 4);
    add_number(&out, 0, 2);
    put(writer, &out);
    text_done(&out);
}

/* ---- arrays ---- */

static enum status begin_file(struct numpy_writer *writer, const char *name,
                              struct error *err)
{
    struct text path = {0};
    const char *slash = writer->path + strlen(writer->path) - 1;
    text_printf(&path, "%s%s%s.npy", writer->path, *slash == '/' ? "" : "/", name);
    writer->sinks =
        mem_resize(writer->sinks, (writer->n_sinks + 1) * sizeof *writer->sinks);
    struct sink *sink = sink_open(path.bytes, err);
    text_done(&path);
    if (!sink)
        return err ? err->status : STATUS_IO;
    writer->sinks[writer->n_sinks++] = sink;
    return STATUS_OK;
}

enum status numpy_writer_begin(struct numpy_writer *writer, const struct tensor *tensor,
                               struct error *err)
{
    struct text header = {0};
    enum status status = npy_add_header(&header, tensor, err);
    if (!status && !writer->is_archive)
        status = begin_file(writer, tensor->name, err);
    if (!status && writer->is_archive) {
        end_entry(writer);
        writer->stored =
            mem_resize(writer->stored, (writer->n_stored + 1) * sizeof *writer->stored);
        struct stored *entry = &writer->stored[writer->n_stored++];
        *entry = (struct stored){.name = mem_copy_text(tensor->name),
                                 .place = writer->written,
                                 .length = header.length + tensor->n_bytes};
        begin_entry(writer, entry);
    }
    if (!status)
        numpy_writer_bytes(writer, header.bytes, header.length);
    text_done(&header);
    return status;
}

void numpy_writer_bytes(struct numpy_writer *writer, const void *bytes, size_t length)
{
    sink_write(writer->sinks[writer->n_sinks - 1], bytes, length);
    if (!writer->is_archive)
        return;
    struct stored *entry = &writer->stored[writer->n_stored - 1];
    writer->written += length;
    entry->checksum = (uint32_t)crc32_z(entry->checksum, bytes, length);
}

enum status numpy_writer_commit(struct numpy_writer *writer, struct error *err)
{
    enum status status = STATUS_OK;
    end_entry(writer);
    if (writer->is_archive)
        write_directory(writer);
    for (size_t i = 0; i < writer->n_sinks; i++)
        if (status)
            sink_abandon(writer->sinks[i]);
        else
            status = sink_commit(writer->sinks[i], err);
    writer_free(writer);
    return status;
}
