#include "encode/fingerprint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/base64.h"
#include "io/json.h"

static const double least_cosine = 0.999, most_stretch = 0.01, unit_tolerance = 1e-3;

/* Short and long, several scripts, code and digits, so that tokenizers that differ are told apart. */
static const char *const texts[FINGERPRINT_TEXTS] = {
    "Hello world",
    "What is the capital of France?",
    "Keep it short, and leave the jargon out.",
    "for (size_t i = 0; i < n; i++)\n    sum += weights[i] * margins[i];",
    "The meeting moved from 14:30 on Tuesday to 9:15 on Thursday, in room 204.",
    "Grüße aus Köln: ça va, señor? 東京は雨です。Привет, мир!",
    "Yes.",
    "A heat pump moves heat: a kilowatt hour of current brings three or four of warmth.",
};

const char *fingerprint_text(size_t i)
{
    return texts[i];
}

void fingerprint_done(struct fingerprint *fingerprint)
{
    free(fingerprint->rows);
    *fingerprint = (struct fingerprint){0};
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

bool fingerprint_is_unit(const struct fingerprint *fingerprint)
{
    size_t width = fingerprint->width;
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++) {
        const float *row = fingerprint->rows + i * width;
        if (fabs(sqrt(dot(row, row, width)) - 1) >= unit_tolerance)
            return false;
    }
    return true;
}

enum status fingerprint_compare(const struct fingerprint *now,
                                const struct fingerprint *before, struct error *err)
{
    size_t width = now->width;
    if (width != before->width)
        return error_set(err, STATUS_SHAPE, "its vectors have %zu values, expected %zu",
                         width, before->width);
    double cosine = 1, stretch = 1;
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++) {
        const float *a = now->rows + i * width, *b = before->rows + i * width;
        double length_a = sqrt(dot(a, a, width)), length_b = sqrt(dot(b, b, width));
        cosine = fmin(cosine, dot(a, b, width) / (length_a * length_b));
        if (fabs(length_a / length_b - 1) > fabs(stretch - 1))
            stretch = length_a / length_b;
    }
    if (!(cosine > least_cosine))
        return error_set(err, STATUS_FAILED,
                         "it is another encoder than the one that made the features "
                         "(cosine %.4f, expected more than %.3f): other weights, pooling "
                         "or precision",
                         cosine, least_cosine);
    if (!(fabs(stretch - 1) <= most_stretch))
        return error_set(err, STATUS_FAILED,
                         "its vectors are %.3g times as long as those that made the "
                         "features: %s",
                         stretch,
                         fingerprint_is_unit(now) ? "it normalises them now"
                                                  : "it scales them in another way");
    if (now->tokens > 0 && before->tokens > 0 && now->tokens != before->tokens)
        return error_set(err, STATUS_FAILED,
                         "it counts %.0f tokens where the encoder that made the features "
                         "counted %.0f",
                         now->tokens, before->tokens);
    return STATUS_OK;
}

/* ---- JSON; rows as little-endian floats, which this program needs of its machine ---- */

struct json *fingerprint_to_json(const struct fingerprint *fingerprint)
{
    struct json *json = json_object();
    struct text rows = {0};
    base64_add(&rows, fingerprint->rows,
               FINGERPRINT_TEXTS * fingerprint->width * sizeof(float));
    json_put_number(json, "tokens", fingerprint->tokens);
    json_put_text(json, "rows", rows.bytes);
    text_done(&rows);
    return json;
}

static bool rows_are_sane(const struct fingerprint *fingerprint)
{
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++) {
        const float *row = fingerprint->rows + i * fingerprint->width;
        double square = dot(row, row, fingerprint->width);
        if (!isfinite(square) || square <= 0)
            return false;
    }
    return true;
}

enum status fingerprint_from_json(struct fingerprint *fingerprint, size_t width,
                                  const struct json *json, struct error *err)
{
    const char *rows = json_text(json_get(json, "rows"));
    double tokens = 0;
    size_t wanted = FINGERPRINT_TEXTS * width * sizeof(float), n = 0;
    if (!rows || !json_number(json_get(json, "tokens"), &tokens) ||
        strlen(rows) != (wanted + 2) / 3 * 4)
        return error_set(err, STATUS_FORMAT, "the fingerprint is not %d rows of %zu values",
                         FINGERPRINT_TEXTS, width);
    struct fingerprint read = {width, tokens, mem_alloc(BASE64_ROOM(strlen(rows)))};
    bool ok = base64_decode(rows, strlen(rows), (unsigned char *)read.rows, &n) &&
              n == wanted && rows_are_sane(&read);
    if (!ok) {
        fingerprint_done(&read);
        return error_set(err, STATUS_FORMAT, "the fingerprint's rows are no vectors");
    }
    *fingerprint = read;
    return STATUS_OK;
}
