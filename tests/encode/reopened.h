/* An encoder made again from its settings, as those of features are kept: through text. */
#ifndef TESTS_ENCODE_REOPENED_H
#define TESTS_ENCODE_REOPENED_H

#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "encode/encoder.h"
#include "io/json.h"

static inline struct encoder *reopen(const struct encoder *encoder, struct error *err)
{
    struct json *settings = encoder_settings(encoder);
    char *text = json_write(settings, false);
    struct json *parsed = json_parse(text, strlen(text), NULL);
    struct encoder *again = encoder_open(encoder_name(encoder), parsed, err);
    json_free(settings);
    json_free(parsed);
    free(text);
    return again;
}

static inline struct encoder_text as_text(const char *string)
{
    return (struct encoder_text){string, string ? strlen(string) : 0};
}

/* Row of one prompt, with a context or NULL, and of one response. */
static inline void encode_prompt(struct encoder *encoder, const char *prompt,
                                 const char *context, float *row)
{
    struct encoder_prompt text = {as_text(prompt), as_text(context)};
    assert_int_equal(encoder_prompts(encoder, &text, 1, row, NULL), STATUS_OK);
}

static inline void encode_response(struct encoder *encoder, const char *response,
                                   float *row)
{
    struct encoder_response text = {as_text("?"), as_text(response)};
    assert_int_equal(encoder_responses(encoder, &text, 1, row, NULL), STATUS_OK);
}

static inline void assert_row(const float *got, const double *want, size_t n)
{
    for (size_t j = 0; j < n; j++)
        assert_near((double)got[j], want[j], 1e-6, 1e-7);
}

#endif
