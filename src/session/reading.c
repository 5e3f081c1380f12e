#include "session/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/corpus.h"
#include "encode/encoder.h"
#include "io/json.h"

enum { BATCH = 64 };

/* A prompt with a context, and a pair that has both. */
struct joint {
    int32_t prompt, context;
    uint32_t pair;
};

struct reading_arrays {
    struct joint *joints; /* those of pairs with a context, equal ones side by side */
    size_t n_joints;
    float *rows;            /* prompts, then contexts; (rows, Dp) */
    int32_t *index;         /* (5, pairs): prompt, context, attribute, none, split */
    const char **attribute; /* names, borrowed from the corpus */
};

static int compare_joints(const void *a, const void *b)
{
    const struct joint *x = a, *y = b;
    if (x->prompt != y->prompt)
        return x->prompt < y->prompt ? -1 : 1;
    if (x->context != y->context)
        return x->context < y->context ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

static bool is_new(const struct joint *joints, size_t i)
{
    return i == 0 || joints[i].prompt != joints[i - 1].prompt ||
           joints[i].context != joints[i - 1].context;
}

static enum status make_arrays(struct reading *reading, const struct corpus *corpus,
                               struct error *err)
{
    struct reading_arrays *arrays = reading->arrays;
    size_t n = corpus->n_pairs;
    arrays->joints = mem_array(n, sizeof *arrays->joints);
    arrays->index = mem_array(n, 5 * sizeof *arrays->index);
    if (!arrays->joints || !arrays->index)
        return error_set(err, STATUS_NO_MEMORY, "no memory to list the texts of %zu pairs",
                         n);
    for (size_t i = 0; i < n; i++) {
        const struct pair *pair = &corpus->pairs[i];
        arrays->index[i] = pair->prompt;
        arrays->index[n + i] = arrays->index[3 * n + i] = -1;
        arrays->index[2 * n + i] = pair->attribute;
        arrays->index[4 * n + i] = SPLIT_TRAIN;
        if (pair->context >= 0)
            arrays->joints[arrays->n_joints++] =
                (struct joint){pair->prompt, pair->context, (uint32_t)i};
    }
    qsort(arrays->joints, arrays->n_joints, sizeof *arrays->joints, compare_joints);
    size_t A = corpus->attributes.n;
    arrays->attribute = mem_zero((A + 1) * sizeof *arrays->attribute);
    for (size_t a = 0; a < A; a++)
        arrays->attribute[a] = corpus->attributes.items[a].plain;
    return STATUS_OK;
}

static void lay_out(struct reading *reading, const struct corpus *corpus,
                    const struct json *metadata, size_t width)
{
    struct reading_arrays *arrays = reading->arrays;
    size_t n = corpus->n_pairs;
    reading->features = (struct features){
        .prompt = {.dtype = DTYPE_F32, .n_columns = width, .stride = width},
        .context = {.dtype = DTYPE_F32, .n_columns = width, .stride = width},
        .n_pairs = n,
        .pair_prompt = arrays->index,
        .pair_context = arrays->index + n,
        .pair_attribute = arrays->index + 2 * n,
        .pair_chosen = arrays->index + 3 * n,
        .pair_rejected = arrays->index + 3 * n,
        .pair_split = arrays->index + 4 * n,
        .n_attributes = corpus->attributes.n,
        .attributes = arrays->attribute,
        .metadata = metadata,
        .layout = "microscope",
    };
}

static struct encoder_text text_of(const struct passages *passages, int32_t i)
{
    if (i < 0)
        return (struct encoder_text){0};
    return (struct encoder_text){passages->items[i].plain, passages->items[i].length};
}

/* Rows of all prompts, and behind them one for each distinct joint. */
static enum status encode(struct reading *reading, const struct corpus *corpus,
                          struct encoder *encoder, const struct cancel *cancel,
                          struct error *err)
{
    struct reading_arrays *arrays = reading->arrays;
    struct features *features = &reading->features;
    size_t P = corpus->prompts.n, n = P, width = features->prompt.n_columns;
    uint32_t *first = mem_alloc((P + arrays->n_joints + 1) * sizeof *first);
    for (size_t i = 0; i < arrays->n_joints; i++) {
        if (is_new(arrays->joints, i))
            first[n++] = (uint32_t)i;
        arrays->index[corpus->n_pairs + arrays->joints[i].pair] = (int32_t)(n - 1 - P);
    }
    arrays->rows = mem_array(n, width * sizeof *arrays->rows);
    enum status status =
        arrays->rows ? STATUS_OK
                     : error_set(err, STATUS_NO_MEMORY, "no memory to encode %zu texts", n);
    for (size_t i = 0; i < n && !status; i += BATCH) {
        struct encoder_prompt texts[BATCH];
        size_t now = n - i < BATCH ? n - i : BATCH;
        for (size_t j = 0; j < now; j++) {
            struct joint joint = {(int32_t)(i + j), -1, 0};
            if (i + j >= P)
                joint = arrays->joints[first[i + j]];
            texts[j] = (struct encoder_prompt){text_of(&corpus->prompts, joint.prompt),
                                               text_of(&corpus->contexts, joint.context)};
        }
        status = cancel_asked(cancel)
                     ? error_set(err, STATUS_CANCELLED, "encoding the corpus was stopped")
                     : encoder_prompts(encoder, texts, now, arrays->rows + i * width, err);
    }
    free(first);
    features->prompt.data = arrays->rows;
    features->prompt.n_rows = P;
    features->context.data = arrays->rows ? arrays->rows + P * width : NULL;
    features->context.n_rows = n - P;
    return status;
}

static struct encoder *open_encoder(const struct json *metadata,
                                    const struct encoder_watch *watch, struct error *err)
{
    const char *name = json_text(json_get(metadata, "encoder"));
    const char *written = json_text(json_get(metadata, "encoder.settings"));
    if (!name || !written) {
        error_set(err, STATUS_NOT_FOUND,
                  "the model does not name the encoder of its features with its settings, "
                  "so a corpus cannot be encoded alike; give the features in its place");
        return NULL;
    }
    struct encoder *encoder = encoder_reopen(name, written, watch, err);
    if (!encoder)
        error_prefix(err, "encoder of the model");
    return encoder;
}

enum status reading_open(struct reading *out, const struct corpus *corpus,
                         const struct json *metadata, bool with_contexts,
                         const struct cancel *cancel, struct error *err)
{
    const struct encoder_watch watch = {.cancel = cancel};
    struct encoder *encoder = open_encoder(metadata, &watch, err);
    if (!encoder)
        return err->status;
    struct reading made = {.arrays = mem_zero(sizeof *made.arrays)};
    enum status status = make_arrays(&made, corpus, err);
    if (!status) {
        lay_out(&made, corpus, metadata, encoder_width(encoder, ENCODER_PROMPT));
        if (with_contexts)
            status = encode(&made, corpus, encoder, cancel, err);
    }
    encoder_free(encoder);
    if (status)
        reading_done(&made);
    else
        *out = made;
    return status;
}

void reading_done(struct reading *reading)
{
    struct reading_arrays *arrays = reading->arrays;
    if (!arrays)
        return;
    free(arrays->joints);
    free(arrays->rows);
    free(arrays->index);
    free(arrays->attribute);
    free(arrays);
    *reading = (struct reading){0};
}
