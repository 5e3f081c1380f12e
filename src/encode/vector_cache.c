#define _GNU_SOURCE /* flock */
#include "encode/vector_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

/* Bytes: of the head of NAME.keys, of an entry in it (a key and a check), and read at once. */
enum { HEAD = 64, ENTRY = SHA256_BYTES + 8, PIECE = 8192 * ENTRY };

static const double lock_seconds = 2;
static const char magic[8] = "mscvec1\n";

/* What is kept in memory of an entry: half of its key, which no chance makes equal, and its check. */
struct entry {
    uint64_t key[2], check;
};

struct vector_cache {
    char *name; /* of the file of keys, for messages */
    int keys, rows;
    size_t width;
    struct entry *entries;
    size_t n, room;
    uint32_t *table; /* open addressing: entry + 1, 0 free; the latest of equal keys wins */
    size_t n_slots;  /* a power of 2, at least twice n */
};

/* ---- bytes ---- */

static uint64_t read_word(const unsigned char *bytes)
{
    uint64_t word = 0;
    for (size_t i = 0; i < 8; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static void write_word(unsigned char *bytes, uint64_t word)
{
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(word >> (8 * i));
}

/* Over a key and the bytes of its row, in four lanes, since a lane waits for its product. */
static uint64_t check_of(const unsigned char key[SHA256_BYTES], const float *row,
                         size_t width)
{
    static const uint64_t odd[4] = {0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u,
                                    0x94d049bb133111ebu, 0xd6e8feb86659fd93u};
    uint64_t lanes[4];
    for (size_t i = 0; i < 4; i++)
        lanes[i] = (read_word(key + 8 * i) + width) * odd[i];
    const unsigned char *bytes = (const unsigned char *)row;
    size_t length = width * sizeof *row, at = 0;
    for (; at + 32 <= length; at += 32)
        for (size_t i = 0; i < 4; i++) {
            lanes[i] = (lanes[i] ^ read_word(bytes + at + 8 * i)) * odd[i];
            lanes[i] ^= lanes[i] >> 29;
        }
    uint64_t sum = text_hash((const char *)bytes + at, length - at, lanes[0]);
    for (size_t i = 1; i < 4; i++) {
        sum = (sum ^ lanes[i]) * odd[i];
        sum ^= sum >> 32;
    }
    return sum;
}

static bool read_all(int file, void *bytes, size_t length, uint64_t at)
{
    unsigned char *to = bytes;
    while (length) {
        ssize_t n = pread(file, to, length, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        to += n;
        at += (uint64_t)n;
        length -= (size_t)n;
    }
    return true;
}

static bool write_all(int file, const void *bytes, size_t length, uint64_t at)
{
    const unsigned char *from = bytes;
    while (length) {
        ssize_t n = pwrite(file, from, length, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        from += n;
        at += (uint64_t)n;
        length -= (size_t)n;
    }
    return true;
}

static uint64_t row_at(const struct vector_cache *cache, size_t i)
{
    return (uint64_t)i * cache->width * sizeof(float);
}

static enum status refused(const struct vector_cache *cache, const char *what,
                           struct error *err)
{
    return error_set(err, STATUS_IO, "'%s': could not %s: %s", cache->name, what,
                     strerror(errno));
}

/* Whoever holds the lock writes one batch; a process that was stopped in the middle of it is not
 * waited for. */
static bool lock(const struct vector_cache *cache)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    double began = clock_seconds();
    while (flock(cache->keys, LOCK_EX | LOCK_NB)) {
        if ((errno != EWOULDBLOCK && errno != EINTR) ||
            clock_seconds() - began > lock_seconds)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

static void unlock(const struct vector_cache *cache)
{
    flock(cache->keys, LOCK_UN);
}

/* ---- the table ---- */

static struct entry entry_of(const unsigned char *bytes)
{
    return (struct entry){{read_word(bytes), read_word(bytes + 8)},
                          read_word(bytes + SHA256_BYTES)};
}

static uint32_t *find_slot(const struct vector_cache *cache, const uint64_t key[2])
{
    size_t slot = key[0] & (cache->n_slots - 1);
    while (cache->table[slot]) {
        const struct entry *entry = &cache->entries[cache->table[slot] - 1];
        if (entry->key[0] == key[0] && entry->key[1] == key[1])
            break;
        slot = (slot + 1) & (cache->n_slots - 1);
    }
    return &cache->table[slot];
}

static void make_slots(struct vector_cache *cache, size_t n)
{
    if (cache->table && n * 2 <= cache->n_slots)
        return;
    size_t n_slots = cache->n_slots ? cache->n_slots : 64;
    while (n_slots < n * 2)
        n_slots *= 2;
    free(cache->table);
    cache->table = mem_zero(n_slots * sizeof *cache->table);
    cache->n_slots = n_slots;
    for (size_t i = 0; i < cache->n; i++)
        *find_slot(cache, cache->entries[i].key) = (uint32_t)(i + 1);
}

static void add_entry(struct vector_cache *cache, struct entry entry)
{
    make_slots(cache, cache->n + 1);
    MEM_RESERVE(cache->entries, cache->n, cache->room);
    cache->entries[cache->n++] = entry;
    *find_slot(cache, entry.key) = (uint32_t)cache->n;
}

/* ---- opening ---- */

/* Whole entries in the files. */
static bool count_entries(const struct vector_cache *cache, size_t *n)
{
    struct stat keys, rows;
    if (fstat(cache->keys, &keys) || fstat(cache->rows, &rows))
        return false;
    uint64_t n_keys = keys.st_size < HEAD ? 0 : (uint64_t)(keys.st_size - HEAD) / ENTRY;
    uint64_t n_rows = (uint64_t)rows.st_size / (cache->width * sizeof(float));
    *n = (size_t)(n_keys < n_rows ? n_keys : n_rows);
    return *n < UINT32_MAX - 1;
}

/* Takes in the entries up to n, which this process or another has written. */
static bool read_entries(struct vector_cache *cache, size_t n)
{
    if (cache->n >= n)
        return true;
    make_slots(cache, n);
    unsigned char *piece = mem_alloc(PIECE);
    bool ok = true;
    while (ok && cache->n < n) {
        size_t now = n - cache->n < PIECE / ENTRY ? n - cache->n : PIECE / ENTRY;
        ok = read_all(cache->keys, piece, now * ENTRY, HEAD + (uint64_t)cache->n * ENTRY);
        for (size_t i = 0; ok && i < now; i++)
            add_entry(cache, entry_of(piece + i * ENTRY));
    }
    free(piece);
    return ok;
}

static bool is_sound(const struct vector_cache *cache, size_t i, float *row)
{
    unsigned char bytes[ENTRY];
    return read_all(cache->keys, bytes, ENTRY, HEAD + (uint64_t)i * ENTRY) &&
           read_all(cache->rows, row, cache->width * sizeof *row, row_at(cache, i)) &&
           check_of(bytes, row, cache->width) == read_word(bytes + SHA256_BYTES);
}

/* Cuts off what a crash left behind the last sound entry. */
static bool drop_torn(const struct vector_cache *cache, size_t *n)
{
    float *row = mem_alloc(cache->width * sizeof *row);
    while (*n && !is_sound(cache, *n - 1, row))
        --*n;
    free(row);
    return ftruncate(cache->keys, (off_t)(HEAD + (uint64_t)*n * ENTRY)) == 0 &&
           ftruncate(cache->rows, (off_t)row_at(cache, *n)) == 0;
}

static enum status check_head(struct vector_cache *cache, struct error *err)
{
    struct stat stat;
    unsigned char head[HEAD] = {0};
    if (fstat(cache->keys, &stat))
        return refused(cache, "look at it", err);
    if (stat.st_size < HEAD) {
        memcpy(head, magic, sizeof magic);
        write_word(head + 8, cache->width);
        if (ftruncate(cache->keys, 0) || !write_all(cache->keys, head, HEAD, 0))
            return refused(cache, "write", err);
        return STATUS_OK;
    }
    if (!read_all(cache->keys, head, HEAD, 0))
        return refused(cache, "read", err);
    if (memcmp(head, magic, sizeof magic) != 0)
        return error_set(err, STATUS_FORMAT, "'%s' is no cache of vectors", cache->name);
    if (read_word(head + 8) != cache->width)
        return error_set(err, STATUS_FORMAT, "'%s' holds vectors of %llu values, not %zu",
                         cache->name, (unsigned long long)read_word(head + 8),
                         cache->width);
    return STATUS_OK;
}

static enum status read_files(struct vector_cache *cache, struct error *err)
{
    if (!lock(cache))
        return refused(cache, "lock", err);
    size_t n = 0;
    enum status status = check_head(cache, err);
    if (!status && (!count_entries(cache, &n) || !drop_torn(cache, &n)))
        status = refused(cache, "repair", err);
    if (!status && !read_entries(cache, n))
        status = refused(cache, "read", err);
    make_slots(cache, 1);
    unlock(cache);
    return status;
}

static bool make_folders(const char *folder)
{
    char *path = mem_copy_text(folder);
    for (char *at = path + 1; *at; at++)
        if (*at == '/') {
            *at = '\0';
            mkdir(path, 0700);
            *at = '/';
        }
    bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
    free(path);
    return ok;
}

static int open_file(const char *folder, const char *name, const char *end, char **path)
{
    struct text text = {0};
    text_printf(&text, "%s/%s.%s", folder, name, end);
    int file = open(text.bytes, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (path)
        *path = text.bytes;
    else
        text_done(&text);
    return file;
}

struct vector_cache *vector_cache_open(const char *folder, const char *name, size_t width,
                                       struct error *err)
{
    struct vector_cache *cache = mem_zero(sizeof *cache);
    cache->width = width;
    bool made = make_folders(folder);
    cache->keys = open_file(folder, name, "keys", &cache->name);
    cache->rows = cache->keys < 0 ? -1 : open_file(folder, name, "rows", NULL);
    enum status status = STATUS_OK;
    if (!made || cache->keys < 0 || cache->rows < 0)
        status = refused(cache, "open", err);
    if (!status)
        status = read_files(cache, err);
    if (!status)
        return cache;
    vector_cache_free(cache);
    return NULL;
}

void vector_cache_free(struct vector_cache *cache)
{
    if (!cache)
        return;
    if (cache->keys >= 0)
        close(cache->keys);
    if (cache->rows >= 0)
        close(cache->rows);
    free(cache->name);
    free(cache->entries);
    free(cache->table);
    free(cache);
}

size_t vector_cache_count(const struct vector_cache *cache)
{
    return cache->n;
}

/* ---- use ---- */

bool vector_cache_get(const struct vector_cache *cache,
                      const unsigned char key[SHA256_BYTES], float *row)
{
    const uint64_t half[2] = {read_word(key), read_word(key + 8)};
    uint32_t found = *find_slot(cache, half);
    return found &&
           read_all(cache->rows, row, cache->width * sizeof *row,
                    row_at(cache, found - 1)) &&
           check_of(key, row, cache->width) == cache->entries[found - 1].check;
}

static bool append(struct vector_cache *cache, const unsigned char *entries,
                   const float *rows, size_t n)
{
    size_t bytes = n * cache->width * sizeof *rows;
    return write_all(cache->rows, rows, bytes, row_at(cache, cache->n)) &&
           write_all(cache->keys, entries, n * ENTRY, HEAD + (uint64_t)cache->n * ENTRY);
}

enum status vector_cache_put(struct vector_cache *cache, const unsigned char *keys,
                             const float *rows, size_t n, struct error *err)
{
    unsigned char *entries = mem_alloc(n * ENTRY);
    for (size_t i = 0; i < n; i++) {
        unsigned char *entry = entries + i * ENTRY;
        memcpy(entry, keys + i * SHA256_BYTES, SHA256_BYTES);
        write_word(entry + SHA256_BYTES,
                   check_of(entry, rows + i * cache->width, cache->width));
    }
    enum status status = STATUS_OK;
    size_t there = 0;
    if (!lock(cache)) {
        status = refused(cache, "lock", err);
    } else {
        if (!count_entries(cache, &there) || !read_entries(cache, there))
            status = refused(cache, "read", err);
        else if (!append(cache, entries, rows, n)) {
            status = refused(cache, "write", err);
            if (ftruncate(cache->keys, (off_t)(HEAD + (uint64_t)cache->n * ENTRY)))
                there = 0; /* they are written over, or cut off when it is opened again */
        }
        unlock(cache);
    }
    for (size_t i = 0; i < n && !status; i++)
        add_entry(cache, entry_of(entries + i * ENTRY));
    free(entries);
    return status;
}

enum status vector_cache_sync(struct vector_cache *cache, struct error *err)
{
    if (fdatasync(cache->rows) || fdatasync(cache->keys))
        return refused(cache, "write", err);
    return STATUS_OK;
}

bool vector_cache_folder(struct text *out)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        text_add(out, cache);
    else if (home && *home == '/')
        text_printf(out, "%s/.cache", home);
    else
        return false;
    text_add(out, "/microscope/vectors");
    return true;
}
