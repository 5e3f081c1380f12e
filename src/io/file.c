#define _GNU_SOURCE /* realpath */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/memory.h"
#include "base/text.h"

enum { BUFFER = 1 << 18 };

/* ---- reading lines ---- */

struct source {
    char *name;
    gzFile gz;
    int fd;
    uint64_t size;
    char *buffer; /* room + 1 bytes; bytes[at .. end) are unread */
    size_t room, at, end;
    size_t line;
    bool finished;
};

static enum status check_readable(int fd, const char *name, uint64_t *size,
                                  struct error *err)
{
    struct stat info;
    if (fstat(fd, &info))
        return error_set(err, STATUS_IO, "cannot read '%s': %s", name, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(err, STATUS_IO, "cannot read '%s': it is a directory", name);
    *size = S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
    return STATUS_OK;
}

struct source *source_open(const char *path, struct error *err)
{
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        error_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                  "cannot read '%s': %s", name, strerror(errno));
        return NULL;
    }
    uint64_t size = 0;
    if (check_readable(fd, name, &size, err)) {
        close(fd);
        return NULL;
    }
    struct source *source = mem_zero(sizeof *source);
    source->gz = gzdopen(fd, "rb");
    if (!source->gz) {
        close(fd);
        free(source);
        error_set(err, STATUS_NO_MEMORY, "cannot read '%s': no memory to decompress it",
                  name);
        return NULL;
    }
    gzbuffer(source->gz, BUFFER);
    source->fd = fd;
    source->name = mem_copy_text(name);
    source->size = size;
    source->room = BUFFER;
    source->buffer = mem_alloc(source->room + 1);
    return source;
}

static enum status read_error(struct source *source, struct error *err)
{
    int code = Z_OK;
    const char *text = gzerror(source->gz, &code);
    if (code == Z_ERRNO)
        return error_set(err, STATUS_IO, "cannot read '%s': %s", source->name,
                         strerror(errno));
    const char *reason = strstr(text, ": "); /* behind "<fd:3>" */
    if (code == Z_BUF_ERROR)
        reason = ": it is cut short";
    return error_set(err, STATUS_FORMAT, "'%s' line %zu: damaged gzip data%s", source->name,
                     source->line + 1, reason ? reason : "");
}

/* Reads more bytes behind the unread ones; sets finished at the end of the file. */
static enum status fill(struct source *source, struct error *err)
{
    if (source->at) {
        memmove(source->buffer, source->buffer + source->at, source->end - source->at);
        source->end -= source->at;
        source->at = 0;
    }
    if (source->end == source->room) {
        if (source->room >= SOURCE_LINE_MAX)
            return error_set(err, STATUS_FORMAT, "'%s' line %zu: longer than %d MiB",
                             source->name, source->line + 1, SOURCE_LINE_MAX >> 20);
        source->room *= 2;
        source->buffer = mem_resize(source->buffer, source->room + 1);
    }
    int got = gzread(source->gz, source->buffer + source->end,
                     (unsigned)(source->room - source->end));
    if (got < 0)
        return read_error(source, err);
    if (got == 0) {
        int code = Z_OK;
        gzerror(source->gz, &code);
        if (code != Z_OK && code != Z_STREAM_END)
            return read_error(source, err);
        source->finished = true;
    }
    source->end += (size_t)got;
    return STATUS_OK;
}

enum status source_line(struct source *source, char **line, size_t *length,
                        struct error *err)
{
    size_t looked = 0;
    char *newline = NULL;
    for (;;) {
        char *start = source->buffer + source->at;
        size_t have = source->end - source->at;
        newline = have > looked ? memchr(start + looked, '\n', have - looked) : NULL;
        if (newline || source->finished)
            break;
        looked = have;
        enum status status = fill(source, err);
        if (status)
            return status;
    }
    char *start = source->buffer + source->at;
    size_t n = newline ? (size_t)(newline - start) : source->end - source->at;
    if (!newline && !n) {
        *line = NULL;
        *length = 0;
        return STATUS_OK;
    }
    source->at += n + (newline != NULL);
    if (n && start[n - 1] == '\r')
        n--;
    start[n] = '\0';
    if (source->line++ == 0 && n >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
        start += 3;
        n -= 3;
    }
    *line = start;
    *length = n;
    return STATUS_OK;
}

size_t source_line_number(const struct source *source)
{
    return source->line;
}

uint64_t source_bytes(const struct source *source)
{
    z_off_t offset = gzoffset(source->gz);
    return offset > 0 ? (uint64_t)offset : 0;
}

uint64_t source_size(const struct source *source)
{
    return source->size;
}

const char *source_name(const struct source *source)
{
    return source->name;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    gzclose(source->gz);
    free(source->buffer);
    free(source->name);
    free(source);
}

/* ---- writing ---- */

struct sink {
    char *path, *temporary; /* temporary NULL: written in place */
    int fd;
    bool is_standard, zipped;
    z_stream stream;
    unsigned char *buffer, *packed; /* BUFFER bytes each */
    size_t used;
    int failed; /* errno of the first write that failed, 0 so far */
};

static void write_all(struct sink *sink, const unsigned char *bytes, size_t length)
{
    while (length && !sink->failed) {
        ssize_t done = write(sink->fd, bytes, length);
        if (done < 0) {
            if (errno != EINTR)
                sink->failed = errno;
            continue;
        }
        bytes += done;
        length -= (size_t)done;
    }
}

static void flush(struct sink *sink, int mode)
{
    if (!sink->zipped) {
        write_all(sink, sink->buffer, sink->used);
        sink->used = 0;
        return;
    }
    sink->stream.next_in = sink->buffer;
    sink->stream.avail_in = (unsigned)sink->used;
    do {
        sink->stream.next_out = sink->packed;
        sink->stream.avail_out = BUFFER;
        deflate(&sink->stream, mode);
        write_all(sink, sink->packed, BUFFER - sink->stream.avail_out);
    } while (sink->stream.avail_out == 0 && !sink->failed);
    sink->used = 0;
}

static bool ends_in_gz(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

/* Makes a file of a new name beside sink->path; -1 with errno on failure. */
static int open_temporary(struct sink *sink)
{
    static atomic_uint n_made;
    int fd = -1;
    struct text name = {0};
    do {
        text_clear(&name);
        text_printf(&name, "%s.tmp.%ld.%u", sink->path, (long)getpid(),
                    atomic_fetch_add_explicit(&n_made, 1, memory_order_relaxed));
        fd = open(name.bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EEXIST);
    if (fd >= 0) {
        sink->temporary = name.bytes;
    } else {
        int reason = errno;
        text_done(&name);
        errno = reason;
    }
    return fd;
}

/* Opens the file to write into: path itself when it is a device or a pipe, else a new file
 * beside what path (or the file that a link at path points to) names. -1 with errno on
 * failure. */
static int open_target(struct sink *sink, const char *path)
{
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (!exists && (errno != ENOENT || !*path))
        return -1;
    if (exists && S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (exists && !S_ISREG(info.st_mode))
        return open(path, O_WRONLY | O_CLOEXEC);
    if (exists) {
        /* A rename would replace even a file that is write-protected. */
        bool ours = faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
        char *real = ours ? realpath(path, NULL) : NULL;
        if (!real)
            return -1;
        free(sink->path);
        sink->path = real;
    }
    int fd = open_temporary(sink);
    if (fd >= 0 && exists)
        (void)fchmod(fd, info.st_mode & 07777);
    return fd;
}

static void sink_free(struct sink *sink)
{
    if (sink->fd >= 0)
        close(sink->fd);
    if (sink->zipped)
        deflateEnd(&sink->stream);
    free(sink->packed);
    free(sink->buffer);
    free(sink->temporary);
    free(sink->path);
    free(sink);
}

struct sink *sink_open(const char *path, struct error *err)
{
    struct sink *sink = mem_zero(sizeof *sink);
    bool standard = strcmp(path, "-") == 0;
    sink->path = mem_copy_text(standard ? "standard output" : path);
    sink->is_standard = standard;
    sink->fd = standard ? dup(STDOUT_FILENO) : open_target(sink, path);
    if (sink->fd < 0) {
        error_set(err, STATUS_IO, "cannot write '%s': %s", standard ? sink->path : path,
                  strerror(errno));
        sink_free(sink);
        return NULL;
    }
    sink->buffer = mem_alloc(BUFFER);
    if (ends_in_gz(path)) {
        sink->packed = mem_alloc(BUFFER);
        /* 15 + 16: the largest window, gzip framing (without a time stamp, so equal input
         * gives equal bytes). */
        sink->zipped = deflateInit2(&sink->stream, 6, Z_DEFLATED, 15 + 16, 9,
                                    Z_DEFAULT_STRATEGY) == Z_OK;
        if (!sink->zipped) {
            error_set(err, STATUS_NO_MEMORY, "cannot write '%s': no memory to compress it",
                      path);
            sink_abandon(sink);
            return NULL;
        }
    }
    return sink;
}

void sink_write(struct sink *sink, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    if (!sink->zipped && length >= BUFFER) {
        flush(sink, Z_NO_FLUSH);
        write_all(sink, at, length);
        return;
    }
    while (length && !sink->failed) {
        size_t n = BUFFER - sink->used;
        if (n > length)
            n = length;
        memcpy(sink->buffer + sink->used, at, n);
        sink->used += n;
        at += n;
        length -= n;
        if (sink->used == BUFFER)
            flush(sink, Z_NO_FLUSH);
    }
}

void sink_text(struct sink *sink, const char *text)
{
    sink_write(sink, text, strlen(text));
}

static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? mem_copy(path, (size_t)(slash - path) + 1) : mem_copy_text(".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

enum status sink_commit(struct sink *sink, struct error *err)
{
    flush(sink, Z_FINISH);
    int failed = sink->failed;
    if (failed == EPIPE && sink->is_standard)
        failed = 0;
    if (!failed && sink->temporary && fsync(sink->fd))
        failed = errno;
    if (close(sink->fd) && !failed)
        failed = errno;
    sink->fd = -1;
    if (!failed && sink->temporary && rename(sink->temporary, sink->path))
        failed = errno;
    if (failed) {
        error_set(err, STATUS_IO, "cannot write '%s': %s", sink->path, strerror(failed));
        sink_abandon(sink);
        return STATUS_IO;
    }
    if (sink->temporary)
        sync_folder(sink->path);
    sink_free(sink);
    return STATUS_OK;
}

void sink_abandon(struct sink *sink)
{
    if (!sink)
        return;
    if (sink->temporary)
        (void)unlink(sink->temporary);
    sink_free(sink);
}

enum status sink_check(const char *path, struct error *err)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISFIFO(info.st_mode))
        return STATUS_OK; /* its reader would take opening and closing it for the end */
    struct sink *sink = sink_open(path, err);
    if (!sink)
        return err->status;
    sink_abandon(sink);
    return STATUS_OK;
}
