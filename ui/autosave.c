#include "ui/autosave.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ui/folders.h"

static const char head[] = "# microscope session, kept while the program runs\n";
static const char head_folder[] = "# in ";

static bool find_folder(struct text *out, const char *folder)
{
    if (folder)
        text_add(out, folder);
    else
        folders_state(out);
    if (out->length && !folder)
        text_add(out, "/sessions");
    return out->length && folders_make(out->bytes);
}

/* The whole file is locked for writing by the run that it is of. */
static bool is_locked(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

static void write_at(struct autosave *autosave, size_t at, const char *bytes, size_t length)
{
    while (length) {
        ssize_t done = pwrite(autosave->fd, bytes, length, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* a full disk: the run goes on without */
        at += (size_t)done;
        bytes += done;
        length -= (size_t)done;
    }
}

/* With the folder that paths in the lines count from. */
static void write_head(struct autosave *autosave)
{
    char folder[PATH_MAX];
    struct text text = {0};
    text_add(&text, head);
    if (getcwd(folder, sizeof folder) && !strchr(folder, '\n'))
        text_printf(&text, "%s%s\n", head_folder, folder);
    write_at(autosave, 0, text.bytes, text.length);
    autosave->size = text.length;
    text_done(&text);
}

void autosave_open(struct autosave *autosave, const char *folder)
{
    *autosave = (struct autosave){.fd = -1};
    struct text path = {0};
    if (find_folder(&path, folder)) {
        text_printf(&path, "/%ld.ms", (long)getpid());
        int flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
        autosave->fd = open(path.bytes, flags, 0600);
    }
    if (autosave->fd >= 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        (void)fcntl(autosave->fd, F_SETLK, &lock);
        autosave->path = mem_copy_text(path.bytes);
        write_head(autosave);
    }
    text_done(&path);
}

void autosave_done(struct autosave *autosave, bool keep)
{
    if (autosave->fd >= 0) {
        if (keep)
            autosave_flush(autosave);
        else
            unlink(autosave->path);
        close(autosave->fd);
    }
    free(autosave->path);
    text_done(&autosave->layout);
    text_done(&autosave->written);
    *autosave = (struct autosave){.fd = -1};
}

static void write_layout(struct autosave *autosave)
{
    if (autosave->layout.length)
        write_at(autosave, autosave->size, autosave->layout.bytes, autosave->layout.length);
    (void)!ftruncate(autosave->fd, (off_t)(autosave->size + autosave->layout.length));
    text_clear(&autosave->written);
    text_append(&autosave->written, autosave->layout.bytes, autosave->layout.length);
    autosave->at = clock_seconds();
}

void autosave_line(struct autosave *autosave, const char *line)
{
    if (autosave->fd < 0)
        return;
    struct text text = {0};
    text_printf(&text, "%s\n", line);
    write_at(autosave, autosave->size, text.bytes, text.length);
    autosave->size += text.length;
    autosave->has_lines = true;
    text_done(&text);
    write_layout(autosave);
}

void autosave_layout(struct autosave *autosave, const struct entries *layout)
{
    enum { PER_SECOND = 2 };
    if (autosave->fd < 0)
        return;
    text_clear(&autosave->layout);
    for (size_t i = 0; i < layout->n; i++)
        text_printf(&autosave->layout, "%s\n", layout->items[i].value);
    if (clock_seconds() - autosave->at > 1.0 / PER_SECOND)
        autosave_flush(autosave);
}

void autosave_flush(struct autosave *autosave)
{
    bool same =
        autosave->layout.length == autosave->written.length &&
        (!autosave->layout.length || memcmp(autosave->layout.bytes, autosave->written.bytes,
                                            autosave->layout.length) == 0);
    if (autosave->fd >= 0 && autosave->has_lines && !same)
        write_layout(autosave);
}

/* ---- a run that ended badly ---- */

static bool has_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    int c = file ? getc(file) : EOF;
    while (c == '#') { /* passes over comments */
        while (c != EOF && c != '\n')
            c = getc(file);
        c = getc(file);
    }
    if (file)
        fclose(file);
    return c != EOF;
}

/* Whether there is something in it to bring back, and nobody is at it. */
static bool is_orphan(const char *path, time_t *at)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    struct stat info;
    bool is_own =
        fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid();
    *at = is_own ? info.st_mtime : 0;
    bool found = is_own && !is_locked(fd) && has_lines(path);
    close(fd);
    return found;
}

static void say_when(struct orphan *orphan, time_t at)
{
    struct tm then, now;
    time_t today = time(NULL);
    if (!localtime_r(&at, &then) || !localtime_r(&today, &now))
        return;
    bool is_today = then.tm_yday == now.tm_yday && then.tm_year == now.tm_year;
    strftime(orphan->when, sizeof orphan->when, is_today ? "%H:%M" : "%Y-%m-%d %H:%M",
             &then);
}

void autosave_find(struct orphan *orphan, const char *folder)
{
    *orphan = (struct orphan){0};
    struct text path = {0};
    DIR *entries = find_folder(&path, folder) ? opendir(path.bytes) : NULL;
    size_t length = path.length;
    time_t newest = 0, at;
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        size_t n = strlen(entry->d_name);
        if (n < 4 || strcmp(entry->d_name + n - 3, ".ms") != 0)
            continue;
        path.length = length;
        text_printf(&path, "/%s", entry->d_name);
        if (!is_orphan(path.bytes, &at) || (orphan->path && at <= newest))
            continue;
        free(orphan->path);
        orphan->path = mem_copy_text(path.bytes);
        newest = at;
    }
    if (entries)
        closedir(entries);
    if (orphan->path)
        say_when(orphan, newest);
    text_done(&path);
}

char *autosave_folder(const struct orphan *orphan)
{
    char line[PATH_MAX + sizeof head_folder];
    FILE *file = fopen(orphan->path, "r");
    char *folder = NULL;
    for (int i = 0; file && i < 2 && fgets(line, sizeof line, file); i++)
        if (strncmp(line, head_folder, sizeof head_folder - 1) == 0) {
            line[strcspn(line, "\n")] = '\0';
            folder = mem_copy_text(line + sizeof head_folder - 1);
        }
    if (file)
        fclose(file);
    return folder;
}

void autosave_forget(struct orphan *orphan)
{
    if (orphan->path)
        unlink(orphan->path);
    autosave_leave(orphan);
}

void autosave_leave(struct orphan *orphan)
{
    free(orphan->path);
    *orphan = (struct orphan){0};
}
