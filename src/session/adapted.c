#include "session/adapted.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "io/json.h"

/* What tells one set of parameters from another. */
static void write_hash(const struct model *model, char out[24])
{
    size_t bytes = shape_parameters(&model->shape) * sizeof *model->block;
    snprintf(out, 24, "%016" PRIx64, text_hash((const char *)model->block, bytes, 0));
}

/* What is said anew of an adapted model. */
static bool is_ours(const char *key)
{
    return strcmp(key, "adapted") == 0 || strcmp(key, "adapted_from") == 0 ||
           strcmp(key, "version") == 0;
}

struct json *adapted_metadata(const struct json *given, const struct model *from,
                              const struct json *settings)
{
    struct json *made = json_object();
    for (const struct json *item = json_first(given); item; item = json_next(item))
        if (!is_ours(json_key(item)))
            json_put_text(made, json_key(item), json_text(item));
    char *text = json_write(settings, false), hash[24];
    write_hash(from, hash);
    json_put_text(made, "adapted", text);
    json_put_text(made, "adapted_from", hash);
    free(text);
    return made;
}
