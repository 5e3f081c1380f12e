#include "io/append.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0, or the errno of what failed. */
static int write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t done = write(fd, bytes, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return errno;
        bytes += done;
        length -= (size_t)done;
    }
    return 0;
}

static int append_to(int fd, const char *bytes, size_t length)
{
    struct stat info;
    if (fstat(fd, &info))
        return errno;
    bool regular = S_ISREG(info.st_mode);
    int failed = write_all(fd, bytes, length);
    if (failed && regular)
        (void)!ftruncate(fd, info.st_size);
    if (!failed && regular && length && fsync(fd))
        failed = errno;
    return failed;
}

enum status append_bytes(const char *path, const void *bytes, size_t length,
                         struct error *err)
{
    size_t n = strlen(path);
    if (n > 3 && strcmp(path + n - 3, ".gz") == 0)
        return error_set(err, STATUS_USAGE,
                         "cannot append to '%s': what is compressed is written whole",
                         path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    int failed = fd < 0 ? errno : append_to(fd, bytes, length);
    if (fd >= 0 && close(fd) && !failed)
        failed = errno;
    if (failed)
        return error_set(err, STATUS_IO, "cannot write '%s': %s", path, strerror(failed));
    return STATUS_OK;
}
