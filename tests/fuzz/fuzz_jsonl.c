/* Any bytes as a file of each format: what is accepted must be written so that it reads
 * back the same. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "corpus/census.h"
#include "corpus/import.h"
#include "corpus/pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory that holds the bytes, and its path. */
static int open_memory(char path[32], const void *bytes, size_t length)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
        abort();
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

/* Written and read again, the corpus has the same pairs in the same order. */
static void check_cycle(const struct corpus *corpus)
{
    struct text lines = {0};
    for (size_t i = 0; i < corpus->n_pairs; i++) {
        pair_write(corpus, &corpus->pairs[i], &lines);
        text_add_char(&lines, '\n');
    }
    char path[32];
    int fd = open_memory(path, lines.bytes, lines.length);
    struct error err;
    struct corpus again = {0};
    struct census census;
    if (corpus_read(&again, path, NULL, &err)) {
        fprintf(stderr, "%s\n%s", err.message, lines.bytes);
        abort();
    }
    if (corpus_hash(corpus) != corpus_hash(&again) || census_take(&census, &again, &err))
        abort();
    census_done(&census);
    corpus_done(&again);
    text_done(&lines);
    close(fd);
}

/* The first byte chooses the format and options, the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    char path[32];
    int fd = open_memory(path, data + 1, size - 1);
    struct corpus corpus = {0};
    struct import_options options = IMPORT_DEFAULTS;
    struct import_counts counts;
    struct error err;
    options.skip_bad = data[0] & 0x80;
    options.drop_unanimous = data[0] & 0x40;
    const struct import_format *format =
        import_format_at((data[0] & 0x3f) % import_format_count());
    if (import_file(&corpus, format, path, &options, NULL, &counts, &err) == STATUS_OK) {
        check_cycle(&corpus);
        corpus_done(&corpus);
    }
    close(fd);
    return 0;
}
