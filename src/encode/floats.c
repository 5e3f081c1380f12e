#include "encode/floats.h"

#include <math.h>

#include "io/json.h"

struct json *floats_to_json(const float *values, size_t n)
{
    struct json *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(array, json_new_number((double)values[i]));
    return array;
}

enum status floats_from_json(float *values, size_t n, const struct json *json,
                             const char *key, struct error *err)
{
    const struct json *array = json_get(json, key);
    if (!json_is_array(array) || json_length(array) != n)
        return error_set(err, STATUS_FORMAT, "'%s' is not a list of %zu numbers", key, n);
    const struct json *item = json_first(array);
    for (size_t i = 0; i < n; i++, item = json_next(item)) {
        double value;
        if (!json_number(item, &value) || !(fabs(value) <= (double)3.4e38f))
            return error_set(err, STATUS_FORMAT, "number %zu of '%s' is none", i, key);
        values[i] = (float)value;
    }
    return STATUS_OK;
}
