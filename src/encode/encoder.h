/* Encoders: text -> features, behind one interface.
 *
 * An encoder turns prompts (with or without a context) into rows of width Dp, the router's
 * input, and responses into rows of width Dr, the heads' input. Its name stands in the
 * metadata of the features it made, and so do its settings, so that a context typed later
 * is encoded by the same one with the same statistics.
 *
 * Call order for making features:
 *   1. encoder_create(name, opening)     a fresh one: its rows are raw
 *   2. encoder_prompts, _responses       raw rows of all texts
 *   3. encoder_fit per side              fixes mean and scale on the training rows
 *   4. encoder_standardise per side      the same rows in place; bit for bit what step 2
 *                                        gives after step 3
 *   5. encoder_settings                  into the features' metadata
 * and for encoding a text that comes later:
 *   encoder_open(name, settings), encoder_prompts or _responses.
 *
 * Names: "surface"; "vectors:FILE"; "model2vec:DIR"; "http://HOST#MODEL" and "https://..."; and
 * several joined by "+", whose rows are the rows of each, one after the other
 * ("surface+vectors:FILE").
 *
 * An encoder may work elsewhere: a call takes any number of texts, so that many can be under
 * way at once, looks at the cancel flag and reports progress meanwhile, and may fail.
 *
 * Deterministic: the same text and settings give the same bytes whatever was encoded
 * before. Any bytes are accepted as text. An object belongs to one thread at a time and
 * owns its scratch, which grows to the longest text it met; otherwise nothing is allocated
 * per text. For several threads open one object each.
 */
#ifndef ENCODE_ENCODER_H
#define ENCODE_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cancel;
struct encoder;
struct json;

enum encoder_side {
    ENCODER_PROMPT,   /* prompts and contexts: one space, width Dp */
    ENCODER_RESPONSE, /* width Dr */
    ENCODER_SIDES
};

/* A borrowed text; bytes NULL means that there is none. May hold any bytes, NUL too. */
struct encoder_text {
    const char *bytes;
    size_t length;
};

struct encoder_prompt {
    struct encoder_text prompt;
    struct encoder_text context; /* none: the features of the context are zero */
};

/* Consecutive responses to one prompt should point to the same bytes or hold equal ones: an
 * encoder that looks at the prompt then looks at it once. */
struct encoder_response {
    struct encoder_text prompt;
    struct encoder_text response;
};

/* What can be chosen about a fresh encoder; all zero: plain means. A choice is refused when no
 * part of the encoder knows it. */
struct encoder_choices {
    double sif;             /* > 0: words weigh sif / (sif + how often they occur) */
    bool removes_component; /* the first principal component of the training texts */
    /* Of an encoder that runs elsewhere (endpoint.h has what they mean, and what 0 and NULL do). */
    int profile;          /* enum endpoint_profile */
    const char *template; /* name or file */
    const char *gain;     /* a checkpoint that holds the gain of the model's last norm */
    size_t batch, requests;
    double timeout;  /* seconds of a request */
    bool is_raw;     /* unit vectors are refused */
    bool keeps_none; /* no cache */
};

/* Who looks at long work. Borrowed as long as the encoder. */
struct encoder_watch {
    /* Of the call that is running: its texts, or bytes of a file that is read. NULL: nobody. */
    void (*progress)(void *self, double done, double total);
    void *self;
    const struct cancel *cancel; /* NULL: nobody stops it */
    /* Somebody waits for each call, so many seconds, and no second try when nobody is there; 0: it is long
     * work. May be changed between calls. */
    double within;
};

struct encoder_opening {
    const struct json *settings;           /* what encoder_settings returned; not kept */
    const struct encoder_choices *choices; /* of a fresh encoder; NULL: none */
    const struct encoder_watch *watch;     /* NULL: nobody looks */
};

/* NULL on failure: STATUS_NOT_FOUND for a name that no encoder has, or whose file is not there
 * any more; STATUS_USAGE for a choice that it does not know; STATUS_FORMAT when settings are not
 * of this encoder or its file is not what it says or not the one it was; STATUS_CANCELLED. */
struct encoder *encoder_create(const char *name, const struct encoder_opening *opening,
                               struct error *err);
/* The same with settings alone; NULL for a fresh encoder without choices. */
struct encoder *encoder_open(const char *name, const struct json *settings,
                             struct error *err);
/* The encoder of features or of a model, by the name and the settings that their metadata have. */
struct encoder *encoder_reopen(const char *name, const char *settings,
                               const struct encoder_watch *watch, struct error *err);
void encoder_free(struct encoder *encoder); /* NULL is allowed */

const char *encoder_name(const struct encoder *encoder);
size_t encoder_width(const struct encoder *encoder, enum encoder_side side); /* Dp or Dr */

/* Is the row of a prompt with a context the sum of the prompt's row and of one that depends
 * on the context alone? Then a context can be added to prompts whose text is not at hand. */
bool encoder_adds_context(const struct encoder *encoder);

/* The name of a feature, unique within its side and valid as long as the encoder; NULL when
 * the features of this encoder have no meaning that could be named. */
const char *encoder_feature(const struct encoder *encoder, enum encoder_side side,
                            size_t index);

/* out: [n, Dp] or [n, Dr] row-major, standardised when that side is fitted. On failure
 * (none for an encoder that works here) out is unspecified. */
enum status encoder_prompts(struct encoder *encoder, const struct encoder_prompt *texts,
                            size_t n, float *out, struct error *err);
enum status encoder_responses(struct encoder *encoder, const struct encoder_response *texts,
                              size_t n, float *out, struct error *err);

/* Fixes the statistics of one side from raw rows [*, width]: row which[i] for i < n, or the
 * first n when which is NULL. Hand it training rows only. Prompt rows should hold the rows
 * with a context as well. STATUS_SHAPE when n is 0, STATUS_NUMERIC when a row is not
 * finite. */
enum status encoder_fit(struct encoder *encoder, enum encoder_side side, const float *rows,
                        const uint32_t *which, size_t n, struct error *err);
bool encoder_is_fitted(const struct encoder *encoder, enum encoder_side side);

/* Raw rows [n, width] -> standardised ones, in place. Leaves them alone when the side is
 * not fitted. */
void encoder_standardise(const struct encoder *encoder, enum encoder_side side, float *rows,
                         size_t n);

/* Words met since the encoder was opened, and how many of them it has no numbers for. */
struct encoder_coverage {
    const char *name; /* of the part; valid as long as the encoder */
    size_t n_words, n_unknown;
};

/* Fills at most `room` and returns how many parts of the encoder count words. */
size_t encoder_coverage(const struct encoder *encoder, struct encoder_coverage *out,
                        size_t room);

/* What the user should know and no error says; NULL: nothing. Valid as long as the encoder. */
const char *encoder_warning(const struct encoder *encoder);

/* Everything that encoder_open needs to make this encoder again, statistics included;
 * numbers round-trip. The caller frees it. */
struct json *encoder_settings(const struct encoder *encoder);

#endif
