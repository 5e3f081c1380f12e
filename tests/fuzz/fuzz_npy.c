/* A NumPy file of any bytes is opened or refused; what is opened can be read to its end. */
#include "input.h"

#include "io/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct error err;
    struct npy npy;
    input_create(&input, data, size);
    if (npy_open(&npy, input.path, &err) == STATUS_OK) {
        input_touch(npy.tensor.data, npy.tensor.n_bytes);
        npy_done(&npy);
    }
    input_done(&input);
    return 0;
}
