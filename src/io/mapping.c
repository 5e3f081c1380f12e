#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "io/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the handler knows. A mapping without a slot is unguarded, as one was before there were any. */
enum { SLOTS = 256, NAME = 256 };

static struct slot {
    atomic_uintptr_t begin; /* 0: free */
    atomic_size_t length;
    atomic_bool is_cut;
    char name[NAME]; /* under the flag `busy`, as all of `gone` */
} slots[SLOTS];

static struct {
    bool any;
    char name[NAME];
} gone; /* the last file that was cut short and is not mapped any more */

static atomic_flag busy = ATOMIC_FLAG_INIT;
static atomic_bool found; /* whether there is something to tell */
static struct sigaction before;
static uintptr_t page;

static void take(void)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire)) {
    }
}

static void leave(void)
{
    atomic_flag_clear_explicit(&busy, memory_order_release);
}

/* ---- the guard ---- */

static struct slot *slot_at(uintptr_t address)
{
    for (size_t i = 0; i < SLOTS; i++) {
        uintptr_t begin = atomic_load(&slots[i].begin);
        if (begin && address >= begin && address - begin < atomic_load(&slots[i].length))
            return &slots[i];
    }
    return NULL;
}

/* On the thread that read. Uses nothing but system calls and atomics. */
static void on_bus_error(int signal, siginfo_t *info, void *context)
{
    int kept = errno;
    uintptr_t address = (uintptr_t)info->si_addr;
    struct slot *slot = slot_at(address);
    (void)context;
    if (slot) {
        uintptr_t from = address / page * page;
        size_t length = atomic_load(&slot->begin) + atomic_load(&slot->length) - from;
        if (mmap((void *)from, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                 -1, 0) != MAP_FAILED) {
            atomic_store(&slot->is_cut, true);
            atomic_store(&found, true);
            errno = kept;
            return;
        }
    }
    sigaction(signal, &before, NULL); /* not ours: it does what it would have done */
    raise(signal);
    errno = kept;
}

static void guard(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO}, now;
    page = (uintptr_t)sysconf(_SC_PAGESIZE);
    action.sa_sigaction = on_bus_error;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, NULL, &now) == 0 &&
        (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != on_bus_error) &&
        sigaction(SIGBUS, &action, NULL) == 0)
        before = now;
}

void mapping_guard(void)
{
    take();
    guard();
    leave();
}

static void enter(const struct mapping *mapping, const char *path)
{
    take();
    guard();
    for (size_t i = 0; i < SLOTS; i++)
        if (!atomic_load(&slots[i].begin)) {
            snprintf(slots[i].name, NAME, "%s", path);
            atomic_store(&slots[i].is_cut, false);
            atomic_store(&slots[i].length, mapping->length);
            atomic_store(&slots[i].begin, (uintptr_t)mapping->bytes);
            break;
        }
    leave();
}

static void forget(const struct mapping *mapping)
{
    take();
    struct slot *slot = slot_at((uintptr_t)mapping->bytes);
    if (slot) {
        if (atomic_load(&slot->is_cut)) {
            gone.any = true;
            memcpy(gone.name, slot->name, NAME);
        }
        atomic_store(&slot->begin, 0);
    }
    leave();
}

enum status mapping_check(struct error *err)
{
    if (!atomic_load_explicit(&found, memory_order_relaxed))
        return STATUS_OK;
    char name[NAME];
    bool any = false, still = false;
    take();
    for (size_t i = 0; i < SLOTS && !still; i++)
        if (atomic_load(&slots[i].begin) && atomic_load(&slots[i].is_cut)) {
            still = any = true;
            memcpy(name, slots[i].name, NAME);
        }
    if (!any && gone.any) {
        any = true;
        memcpy(name, gone.name, NAME);
    }
    gone.any = false;
    atomic_store(&found, still);
    leave();
    return any ? error_set(err, STATUS_IO, "'%s' was cut short while it was being read",
                           name)
               : STATUS_OK;
}

/* ---- mappings ---- */

static enum status check_kind(const struct stat *info, const char *path, struct error *err)
{
    if (S_ISDIR(info->st_mode))
        return error_set(err, STATUS_IO, "cannot read '%s': it is a directory", path);
    if (!S_ISREG(info->st_mode))
        return error_set(err, STATUS_IO, "cannot map '%s': it is not a regular file", path);
    return STATUS_OK;
}

static enum status map(int fd, const char *path, struct mapping *mapping, struct error *err)
{
    struct stat info;
    if (fstat(fd, &info))
        return error_set(err, STATUS_IO, "cannot read '%s': %s", path, strerror(errno));
    enum status status = check_kind(&info, path, err);
    if (status)
        return status;
    struct mapping result = {.length = (size_t)info.st_size};
    if (result.length) {
        void *bytes = mmap(NULL, result.length, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes == MAP_FAILED)
            return error_set(err, STATUS_IO, "cannot map '%s': %s", path, strerror(errno));
        result.bytes = bytes;
        enter(&result, path);
    }
    *mapping = result;
    return STATUS_OK;
}

enum status mapping_open(struct mapping *mapping, const char *path, struct error *err)
{
    struct stat info;
    enum status status = STATUS_OK;
    if (stat(path, &info) == 0)
        status = check_kind(&info, path, err); /* opening a pipe would wait */
    if (status)
        return status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                         "cannot read '%s': %s", path, strerror(errno));
    status = map(fd, path, mapping, err);
    close(fd);
    return status;
}

void mapping_done(struct mapping *mapping)
{
    if (mapping->bytes) {
        forget(mapping);
        munmap((void *)(uintptr_t)mapping->bytes, mapping->length);
    }
    *mapping = (struct mapping){0};
}
