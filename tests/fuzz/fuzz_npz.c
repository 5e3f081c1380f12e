/* An archive of any bytes is opened or refused; the arrays of what is opened can be read to their ends. */
#include "input.h"

#include "io/npz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct error err;
    input_create(&input, data, size);
    struct npz *npz = npz_open(input.path, &err);
    for (size_t i = 0; npz && i < npz_count(npz); i++) {
        const struct tensor *tensor = npz_at(npz, i, &err);
        if (tensor)
            input_touch(tensor->data, tensor->n_bytes);
    }
    npz_free(npz);
    input_done(&input);
    return 0;
}
