/* Any bytes as the reply of an embeddings server: refused with a reason, or rows that are all finite
 * and none of them zero. The first byte says how many texts were sent and which dimension is wanted. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "encode/endpoint_reply.h"
#include "input.h"

static void check_rows(const struct endpoint_reply *reply, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const float *row = reply->rows + i * reply->width;
        bool any = false;
        for (size_t j = 0; j < reply->width; j++) {
            if (!isfinite(row[j]))
                abort();
            any = any || row[j] != 0;
        }
        if (!any)
            abort();
    }
}

static void check_message(const char *body, size_t length)
{
    char said[64];
    endpoint_reply_message(body, length, "sk", said, sizeof said);
    for (const char *at = said; *at; at++)
        if ((unsigned char)*at < 0x20)
            abort();
    if (strstr(said, "sk"))
        abort();
    endpoint_reply_is_loading(body, length);
    endpoint_reply_is_quota(body, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    size_t n = 1 + data[0] % 4, width = data[0] / 4 % 4;
    /* A copy, so that reading beyond its end is seen. */
    char *body = malloc(size);
    memcpy(body, data + 1, size - 1);
    struct endpoint_reply reply = {.width = width};
    struct error err = {0};
    if (endpoint_reply_read(&reply, body, size - 1, n, &err) == STATUS_OK) {
        if (width && reply.width != width)
            abort();
        check_rows(&reply, n);
        endpoint_reply_done(&reply);
    } else if (!*err.message || reply.rows) {
        abort();
    }
    check_message(body, size - 1);
    free(body);
    return 0;
}
