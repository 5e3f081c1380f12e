/* The format (PKWARE's APPNOTE, as far as numpy writes it). Numbers are unsigned, little-endian.
 *
 *     local header      at an entry's place: 0x04034b50; 26: length n of the name, 28: length m of the extra
 *                       field; 30 + n + m: the entry's data
 *     directory         per entry: 0x02014b50; 8: flags (bit 0: encrypted), 10: method (0 stored, 8 deflated),
 *                       16: CRC-32, 20: bytes in the archive, 24: bytes unpacked, 28, 30, 32: lengths of name,
 *                       extra field and comment, 42: place of the local header; 46: these three
 *     its end           last in the file but for a comment: 0x06054b50; 8, 10: entries, 12: bytes of the
 *                       directory, 16: its place
 *     zip64             a size or place of 0xffffffff stands, in 8 bytes, in the extra field of id 1; entries
 *                       and place of the directory in a record 0x06064b50 (32: entries, 48: place), whose place
 *                       stands in a locator 0x07064b50 just before the end record (8: place)
 *
 * Refused: what reaches outside the file, an entry that is encrypted or packed otherwise, names that occur
 * twice, a deflated entry that is more than 1032 times its packed size (which deflate cannot be), that does
 * not unpack to its size, or has another checksum. The checksum of what is stored is not looked at, as that
 * would read all of it.
 */
#include "io/npz.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"
#include "io/npy.h"

enum {
    SHOWN = 80,
    LOCAL = 30,     /* bytes of a header before its name */
    DIRECTORY = 46, /* the same, of an entry of the directory */
    END = 22,
    LOCATOR = 20,
    END64 = 56,
    MOST_ENTRIES = 1 << 20,
};

struct entry {
    char *name;
    unsigned method;
    uint32_t checksum;
    uint64_t packed, unpacked, place; /* place: of the local header */
    struct tensor tensor;             /* data NULL: not looked at yet */
    void *copy;                       /* what was unpacked, or had to be aligned */
};

struct npz {
    char *path;
    struct mapping mapping;
    struct entry *entries; /* by name */
    size_t n;
    uint64_t hash;
};

static uint64_t number(const unsigned char *at, size_t n)
{
    uint64_t value = 0;
    while (n--)
        value = value << 8 | at[n];
    return value;
}

static bool fits(const struct npz *npz, uint64_t place, uint64_t length)
{
    return place <= npz->mapping.length && length <= npz->mapping.length - place;
}

static enum status damaged(const struct npz *npz, const char *what, struct error *err)
{
    return error_set(err, STATUS_FORMAT, "'%s': the zip archive is damaged: %s", npz->path,
                     what);
}

/* ---- the directory ---- */

/* Place and number of the directory's entries. */
static enum status find_directory(const struct npz *npz, uint64_t *place, uint64_t *n,
                                  struct error *err)
{
    const unsigned char *bytes = npz->mapping.bytes;
    size_t length = npz->mapping.length;
    size_t at = length < END ? 0 : length - END + 1;
    size_t least = length > END + 0xffff ? length - END - 0xffff : 0;
    bool is_found = false;
    while (at > least && !is_found)
        is_found = number(bytes + --at, 4) == 0x06054b50;
    if (!is_found)
        return error_set(err, STATUS_FORMAT,
                         "'%s' is no zip archive, or it is cut short: it has no directory",
                         npz->path);
    *n = number(bytes + at + 10, 2);
    *place = number(bytes + at + 16, 4);
    if ((*n != 0xffff && *place != 0xffffffff) || at < LOCATOR ||
        number(bytes + at - LOCATOR, 4) != 0x07064b50)
        return STATUS_OK;
    uint64_t end64 = number(bytes + at - LOCATOR + 8, 8);
    if (!fits(npz, end64, END64) || number(bytes + end64, 4) != 0x06064b50)
        return damaged(npz, "its zip64 record is not where it should be", err);
    *n = number(bytes + end64 + 32, 8);
    *place = number(bytes + end64 + 48, 8);
    return STATUS_OK;
}

/* The sizes and the place that the entry has in its zip64 field instead; false when they are missing. */
static bool read_zip64(struct entry *entry, const unsigned char *extra, size_t n)
{
    uint64_t *const wanted[] = {&entry->unpacked, &entry->packed, &entry->place};
    size_t at = 0, length = 0;
    while (at + 4 <= n) {
        length = number(extra + at + 2, 2);
        if (number(extra + at, 2) == 1 || length > n - at - 4)
            break;
        at += 4 + length;
    }
    bool is_there = at + 4 <= n && number(extra + at, 2) == 1 && length <= n - at - 4;
    const unsigned char *value = extra + at + 4;
    for (size_t i = 0; i < 3; i++) {
        if (*wanted[i] != 0xffffffff)
            continue;
        if (!is_there || length < 8)
            return false;
        *wanted[i] = number(value, 8);
        value += 8;
        length -= 8;
    }
    return true;
}

static const char suffix[] = ".npy";

/* One entry of the directory; *at moves behind it. What is no array is passed over. */
static enum status read_entry(struct npz *npz, uint64_t *at, struct error *err)
{
    if (!fits(npz, *at, DIRECTORY) || number(npz->mapping.bytes + *at, 4) != 0x02014b50)
        return damaged(npz, "its directory is not where it should be", err);
    const unsigned char *header = npz->mapping.bytes + *at;
    size_t n_name = number(header + 28, 2), n_extra = number(header + 30, 2);
    size_t n_all = DIRECTORY + n_name + n_extra + number(header + 32, 2);
    if (!fits(npz, *at, n_all))
        return damaged(npz, "its directory is cut short", err);
    *at += n_all;
    const char *name = (const char *)header + DIRECTORY;
    size_t n = sizeof suffix - 1;
    if (n_name <= n || memcmp(name + n_name - n, suffix, n) != 0 ||
        memchr(name, '\0', n_name) || utf8_check(name, n_name) != n_name)
        return STATUS_OK;
    struct entry entry = {
        .method = (unsigned)number(header + 10, 2),
        .checksum = (uint32_t)number(header + 16, 4),
        .packed = number(header + 20, 4),
        .unpacked = number(header + 24, 4),
        .place = number(header + 42, 4),
    };
    char shown[SHOWN];
    npz->entries = mem_resize(npz->entries, (npz->n + 1) * sizeof *npz->entries);
    entry.name = mem_copy(name, n_name - n);
    npz->entries[npz->n++] = entry;
    if (!read_zip64(&npz->entries[npz->n - 1], header + DIRECTORY + n_name, n_extra))
        return damaged(npz, "a zip64 field is missing", err);
    if ((number(header + 8, 2) & 1) || (entry.method != 0 && entry.method != 8))
        return error_set(
            err, STATUS_FORMAT,
            "'%s': array '%s' is encrypted or packed in a way that is not known "
            "(method %u)",
            npz->path, text_show(shown, SHOWN, npz->entries[npz->n - 1].name),
            entry.method);
    return STATUS_OK;
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static enum status read_directory(struct npz *npz, struct error *err)
{
    uint64_t at = 0, n = 0;
    enum status status = find_directory(npz, &at, &n, err);
    if (!status && n > MOST_ENTRIES)
        return damaged(npz, "it announces more entries than can be", err);
    for (uint64_t i = 0; i < n && !status; i++)
        status = read_entry(npz, &at, err);
    if (status || !npz->n)
        return status;
    qsort(npz->entries, npz->n, sizeof *npz->entries, compare_entries);
    for (size_t i = 0; i < npz->n; i++) {
        const struct entry *entry = &npz->entries[i];
        const uint64_t facts[] = {entry->packed, entry->unpacked, entry->checksum};
        char shown[SHOWN];
        npz->hash = text_hash(entry->name, strlen(entry->name), npz->hash);
        npz->hash = text_hash((const char *)facts, sizeof facts, npz->hash);
        if (i && strcmp(entry->name, entry[-1].name) == 0)
            return error_set(err, STATUS_FORMAT, "'%s': array '%s' is there twice",
                             npz->path, text_show(shown, SHOWN, entry->name));
    }
    return STATUS_OK;
}

struct npz *npz_open(const char *path, struct error *err)
{
    struct npz *npz = mem_zero(sizeof *npz);
    struct error inner = {0};
    npz->path = mem_copy_text(path);
    enum status status = mapping_open(&npz->mapping, path, &inner);
    if (!status)
        status = read_directory(npz, &inner);
    if (!status)
        return npz;
    error_set(err, status, "%s", inner.message);
    npz_free(npz);
    return NULL;
}

void npz_free(struct npz *npz)
{
    if (!npz)
        return;
    for (size_t i = 0; i < npz->n; i++) {
        free(npz->entries[i].name);
        free(npz->entries[i].copy);
    }
    free(npz->entries);
    mapping_done(&npz->mapping);
    free(npz->path);
    free(npz);
}

size_t npz_count(const struct npz *npz)
{
    return npz->n;
}

const char *npz_name(const struct npz *npz, size_t i)
{
    return npz->entries[i].name;
}

uint64_t npz_hash(const struct npz *npz)
{
    return npz->hash;
}

/* ---- an array ---- */

/* Unpacks into out [unpacked]; false when it is not what the entry says. */
static bool inflate_entry(const struct entry *entry, const unsigned char *packed,
                          unsigned char *out)
{
    enum { MOST = 1 << 30 };
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed};
    uint64_t n_in = entry->packed, n_out = entry->unpacked;
    int code = inflateInit2(&stream, -15); /* raw, the largest window */
    stream.next_out = out;
    while (code == Z_OK) {
        unsigned in = (unsigned)(n_in < MOST ? n_in : MOST);
        unsigned room = (unsigned)(n_out < MOST ? n_out : MOST);
        stream.avail_in = in;
        stream.avail_out = room;
        code = inflate(&stream, Z_NO_FLUSH);
        n_in -= in - stream.avail_in;
        n_out -= room - stream.avail_out;
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END || n_out)
        return false;
    uLong sum = crc32_z(0, out, (z_size_t)entry->unpacked);
    return (uint32_t)sum == entry->checksum;
}

/* The entry's bytes, unpacked; NULL with *err filled. */
static const unsigned char *unpack(const struct npz *npz, struct entry *entry,
                                   struct error *err)
{
    const unsigned char *bytes = npz->mapping.bytes, *data = NULL;
    uint64_t start = 0;
    if (fits(npz, entry->place, LOCAL) && number(bytes + entry->place, 4) == 0x04034b50)
        start = entry->place + LOCAL + number(bytes + entry->place + 26, 2) +
                number(bytes + entry->place + 28, 2);
    if (!start || !fits(npz, start, entry->packed))
        error_set(err, STATUS_FORMAT, "it lies outside the archive, which is cut short");
    else if (!entry->method && entry->packed == entry->unpacked)
        data = bytes + start;
    else if (!entry->method || entry->unpacked / 1032 > entry->packed)
        error_set(err, STATUS_FORMAT,
                  "its sizes cannot be: %llu bytes packed, %llu unpacked",
                  (unsigned long long)entry->packed, (unsigned long long)entry->unpacked);
    else if (!(entry->copy = mem_array((size_t)entry->unpacked + 1, 1)))
        error_set(err, STATUS_NO_MEMORY, "no memory to unpack its %llu bytes",
                  (unsigned long long)entry->unpacked);
    else if (!inflate_entry(entry, bytes + start, entry->copy))
        error_set(err, STATUS_FORMAT, "its packed data are damaged");
    else
        data = entry->copy;
    return data;
}

static enum status read_array(const struct npz *npz, struct entry *entry, struct error *err)
{
    const unsigned char *bytes = unpack(npz, entry, err);
    struct tensor tensor = {0};
    size_t header = 0;
    if (!bytes)
        return err->status;
    enum status status = npy_parse(&tensor, &header, bytes, (size_t)entry->unpacked, err);
    if (status)
        return status;
    if ((uintptr_t)tensor.data % dtype_size(tensor.dtype)) {
        void *copy = mem_array(tensor.n_bytes, 1);
        if (!copy)
            return error_set(err, STATUS_NO_MEMORY, "no memory to align its %zu bytes",
                             tensor.n_bytes);
        tensor.data = memcpy(copy, tensor.data, tensor.n_bytes);
        free(entry->copy);
        entry->copy = copy;
    }
    tensor.name = entry->name;
    entry->tensor = tensor;
    return STATUS_OK;
}

const struct tensor *npz_at(struct npz *npz, size_t i, struct error *err)
{
    struct entry *entry = &npz->entries[i];
    struct error inner = {0};
    char shown[SHOWN];
    if (entry->tensor.data)
        return &entry->tensor;
    if (read_array(npz, entry, &inner) == STATUS_OK)
        return &entry->tensor;
    free(entry->copy);
    entry->copy = NULL;
    error_set(err, inner.status, "'%s': array '%s': %s", npz->path,
              text_show(shown, SHOWN, entry->name), inner.message);
    return NULL;
}
