/* A text of word vectors of any bytes is read or refused; words of what is read can be looked up. */
#include "input.h"

#include "encode/tokens.h"
#include "encode/word_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct error err;
    struct word_table table;
    input_create(&input, data, size);
    if (word_text_read(&table, input.path, NULL, &err) == STATUS_OK) {
        for (size_t i = 0; i < size; i += 3) {
            int64_t row = word_table_find(
                &table, token_hash((const char *)data + i, size - i < 3 ? size - i : 3));
            if (row >= 0)
                input_touch(table.rows + (size_t)row * table.dimension,
                            table.dimension * sizeof *table.rows);
        }
        word_table_done(&table);
    }
    input_done(&input);
    return 0;
}
