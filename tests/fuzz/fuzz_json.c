/* Any bytes: refused with a message, or a document that is the same after writing and reading. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct error err = {0};
    struct json *json = json_parse((const char *)bytes, length, &err);
    if (!json) {
        if (err.status != STATUS_FORMAT || !*err.message)
            abort();
        return 0;
    }
    char *first = json_write(json, false);
    char *pretty = json_write(json, true);
    struct json *again = json_parse(pretty, strlen(pretty), &err);
    if (!again)
        abort();
    char *second = json_write(again, false);
    if (strcmp(first, second) != 0)
        abort();
    free(second);
    free(pretty);
    free(first);
    json_free(again);
    json_free(json);
    return 0;
}
