/* The JSON header of a safetensors file; for safetensors.c alone. The format is described
 * there. */
#ifndef IO_SAFETENSORS_HEADER_H
#define IO_SAFETENSORS_HEADER_H

#include <stddef.h>

#include "base/error.h"
#include "io/json.h"
#include "io/tensor.h"

struct safetensors_entry {
    struct tensor tensor; /* data NULL */
    size_t begin, end;    /* bytes of the file's data */
};

struct safetensors_header {
    struct json *document; /* owns names and metadata */
    const struct json *metadata;
    size_t n;
    struct safetensors_entry *entries; /* by name */
};

/* Parses the header and checks it against the number of bytes that follow it in the file.
 */
enum status safetensors_header_parse(struct safetensors_header *header, const char *text,
                                     size_t length, size_t n_data, struct error *err);
void safetensors_header_done(struct safetensors_header *header);

#endif
