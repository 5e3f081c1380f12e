/* A safetensors file of any bytes is opened or refused; what is opened can be read to its
 * end. */
#include "input.h"

#include "io/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct error err;
    input_create(&input, data, size);
    struct safetensors *file = safetensors_open(input.path, &err);
    for (size_t i = 0; file && i < safetensors_count(file); i++) {
        const struct tensor *tensor = safetensors_at(file, i, &err);
        if (!tensor || tensor != safetensors_find(file, safetensors_name(file, i), &err))
            abort();
        input_touch(tensor->data, tensor->n_bytes);
    }
    safetensors_free(file);
    input_done(&input);
    return 0;
}
