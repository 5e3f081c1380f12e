/* The fuzzer's input as a file, for code that opens files by their path. */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    int fd;
    char path[64];
};

/* A file that is gone when it is closed, whatever happens. */
static inline void input_create(struct input *input, const uint8_t *data, size_t size)
{
    snprintf(input->path, sizeof input->path, "/tmp/microscope-fuzz-XXXXXX");
    input->fd = mkstemp(input->path);
    if (input->fd < 0 || write(input->fd, data, size) != (ssize_t)size)
        abort();
    unlink(input->path);
    snprintf(input->path, sizeof input->path, "/proc/self/fd/%d", input->fd);
}

static inline void input_done(struct input *input)
{
    close(input->fd);
}

/* Reads every byte, so that the sanitizers see what lies outside. */
static inline void input_touch(const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    volatile unsigned char sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (unsigned char)(sum + byte[i]);
}

#endif
