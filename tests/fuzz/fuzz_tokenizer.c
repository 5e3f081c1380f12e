/* A tokenizer.json of any bytes is opened or refused; what is opened takes any text, its own file's bytes
 * among them, and gives numbers of tokens that it has. */
#include "input.h"

#include "encode/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct error err;
    input_create(&input, data, size);
    struct tokenizer *tokenizer = tokenizer_open(input.path, &err);
    if (tokenizer) {
        struct token_ids ids = {0};
        tokenizer_encode(tokenizer, (const char *)data, size, &ids);
        for (size_t i = 0; i < ids.n; i++)
            if (ids.list[i] < 0 || (size_t)ids.list[i] >= tokenizer_count(tokenizer))
                abort();
        free(ids.list);
        tokenizer_free(tokenizer);
    }
    input_done(&input);
    return 0;
}
