/* Features of any bytes are opened or refused; in what is opened every pair finds its rows.
 */
#include "input.h"

#include "core/features.h"

static void touch_row(const struct rows *rows, int32_t row)
{
    if (row >= 0)
        input_touch(rows_at(rows, (size_t)row, 0),
                    rows->n_columns * dtype_size(rows->dtype));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct error err;
    struct features features;
    input_create(&input, data, size);
    if (features_open(&features, input.path, &err) == STATUS_OK) {
        for (size_t i = 0; i < features.n_pairs; i++) {
            touch_row(&features.prompt, features.pair_prompt[i]);
            touch_row(&features.context, features.pair_context[i]);
            touch_row(&features.chosen, features.pair_chosen[i]);
            touch_row(&features.rejected, features.pair_rejected[i]);
            if (features.pair_attribute[i] >= (int32_t)features.n_attributes)
                abort();
        }
        rows_find_nonfinite(&features.labels, NULL, features.labels.n_rows, NULL);
        features_done(&features);
    }
    input_done(&input);
    return 0;
}
