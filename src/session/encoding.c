#include "session/encoding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/corpus.h"
#include "encode/encoder.h"
#include "io/json.h"
#include "session/ratings.h"

enum { BATCH = 1024 }; /* texts between two looks at progress and cancel */

/* Texts that are encoded together: a prompt and its context or response. */
struct joint {
    int32_t prompt, other;
    int32_t seen; /* the context that the heads see beside the prompt, or -1 */
};

struct encoding_arrays {
    bool heads_see_context;
    struct joint *contexts, *responses; /* distinct, sorted by prompt, then other */
    size_t n_prompts, n_contexts, n_responses;
    float *prompt_rows;   /* (n_prompts + n_contexts, Dp): contexts behind the prompts */
    float *response_rows; /* (n_responses, Dr) */
    float *labels;        /* (n_responses, attributes) ratings; NULL: there are none */
    int32_t *index;       /* seven columns of n_pairs */
    const char **attributes;
    char *attribute_names; /* owned bytes of the names */
    struct json *metadata;
};

/* ---- distinct rows ---- */

static int compare_joints(const void *a, const void *b)
{
    const struct joint *x = a, *y = b;
    if (x->prompt != y->prompt)
        return x->prompt < y->prompt ? -1 : 1;
    if (x->seen != y->seen)
        return x->seen < y->seen ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

static size_t make_distinct(struct joint *joints, size_t n)
{
    size_t kept = 0;
    qsort(joints, n, sizeof *joints, compare_joints);
    for (size_t i = 0; i < n; i++)
        if (!kept || compare_joints(&joints[i], &joints[kept - 1]) != 0)
            joints[kept++] = joints[i];
    return kept;
}

static int32_t row_of(const struct joint *joints, size_t n, struct joint key)
{
    const struct joint *found = bsearch(&key, joints, n, sizeof *joints, compare_joints);
    return (int32_t)(found - joints);
}

/* One side of a pair, as it is encoded. */
static struct joint answer_of(const struct encoding_arrays *arrays, const struct pair *pair,
                              int32_t response)
{
    return (struct joint){pair->prompt, response,
                          arrays->heads_see_context ? pair->context : -1};
}

static enum status list_rows(struct encoding_arrays *arrays, const struct corpus *corpus,
                             struct error *err)
{
    size_t n = corpus->n_pairs;
    arrays->contexts = mem_array(n, sizeof *arrays->contexts);
    arrays->responses = mem_array(2 * n, sizeof *arrays->responses);
    if (!arrays->contexts || !arrays->responses)
        return error_set(err, STATUS_NO_MEMORY, "no memory to list the texts of %zu pairs",
                         n);
    size_t n_contexts = 0;
    for (size_t i = 0; i < n; i++) {
        const struct pair *pair = &corpus->pairs[i];
        if (pair->context >= 0)
            arrays->contexts[n_contexts++] =
                (struct joint){pair->prompt, pair->context, -1};
        arrays->responses[2 * i] = answer_of(arrays, pair, pair->chosen);
        arrays->responses[2 * i + 1] = answer_of(arrays, pair, pair->rejected);
    }
    arrays->n_prompts = corpus->prompts.n;
    arrays->n_contexts = make_distinct(arrays->contexts, n_contexts);
    arrays->n_responses = make_distinct(arrays->responses, 2 * n);
    return STATUS_OK;
}

/* ---- encoding ---- */

struct work {
    struct encoding *encoding;
    struct encoding_arrays *arrays;
    const struct corpus *corpus;
    const struct encoding_options *options;
    struct encoder *encoder;
    struct encoder_watch watch;
    bool is_open; /* the encoder is: what it reports are texts */
};

static struct encoder_text text_of(const struct passages *passages, int32_t i)
{
    if (i < 0)
        return (struct encoder_text){0};
    const struct passage *passage = &passages->items[i];
    return (struct encoder_text){passage->plain, passage->length};
}

static double count_texts(const struct encoding_arrays *arrays)
{
    return (double)(arrays->n_prompts + arrays->n_contexts + arrays->n_responses);
}

/* The encoder's own report: of its file, or of the batch that it is at. */
static void report_inside(void *self, double done, double total)
{
    const struct work *work = self;
    if (!work->options->progress)
        return;
    if (work->is_open)
        work->options->progress(work->options->self, (double)work->encoding->n_texts + done,
                                count_texts(work->arrays));
    else
        work->options->progress(work->options->self, done, total);
}

static enum status report_batch(struct work *work, size_t n, size_t bytes,
                                struct error *err)
{
    work->encoding->n_texts += n;
    work->encoding->n_bytes += bytes;
    report_inside(work, 0, 0);
    if (cancel_asked(work->options->cancel))
        return error_set(err, STATUS_CANCELLED,
                         "encoding was stopped; nothing was written");
    return STATUS_OK;
}

static enum status encode_prompts(struct work *work, struct error *err)
{
    struct encoding_arrays *arrays = work->arrays;
    size_t width = encoder_width(work->encoder, ENCODER_PROMPT), P = arrays->n_prompts;
    size_t n = P + arrays->n_contexts;
    struct encoder_prompt texts[BATCH];
    for (size_t i = 0; i < n; i += BATCH) {
        size_t now = n - i < BATCH ? n - i : BATCH, bytes = 0;
        for (size_t j = 0; j < now; j++) {
            struct joint joint = {(int32_t)(i + j), -1, -1};
            if (i + j >= P)
                joint = arrays->contexts[i + j - P];
            texts[j] = (struct encoder_prompt){
                text_of(&work->corpus->prompts, joint.prompt),
                text_of(&work->corpus->contexts, joint.other),
            };
            bytes += texts[j].prompt.length + texts[j].context.length;
        }
        enum status status = encoder_prompts(work->encoder, texts, now,
                                             arrays->prompt_rows + i * width, err);
        if (!status)
            status = report_batch(work, now, bytes, err);
        if (status)
            return status;
    }
    return STATUS_OK;
}

/* What a response answers: the prompt, with the context that the heads see below it. Made once for
 * the rows that follow one another with the same. */
static struct encoder_text question_of(const struct work *work, const struct joint *joint,
                                       const struct joint *before, struct encoder_text last,
                                       struct arena *arena)
{
    struct encoder_text prompt = text_of(&work->corpus->prompts, joint->prompt);
    struct encoder_text context = text_of(&work->corpus->contexts, joint->seen);
    if (!context.bytes || !prompt.bytes)
        return prompt;
    if (before && before->prompt == joint->prompt && before->seen == joint->seen)
        return last;
    size_t length = prompt.length + 2 + context.length;
    char *bytes = arena_alloc(arena, length);
    memcpy(bytes, prompt.bytes, prompt.length);
    memcpy(bytes + prompt.length, "\n\n", 2);
    memcpy(bytes + prompt.length + 2, context.bytes, context.length);
    return (struct encoder_text){bytes, length};
}

static enum status encode_responses(struct work *work, struct error *err)
{
    struct encoding_arrays *arrays = work->arrays;
    size_t width = encoder_width(work->encoder, ENCODER_RESPONSE), n = arrays->n_responses;
    struct encoder_response texts[BATCH];
    for (size_t i = 0; i < n; i += BATCH) {
        size_t now = n - i < BATCH ? n - i : BATCH, bytes = 0;
        struct arena arena = {0};
        struct encoder_text question = {0};
        for (size_t j = 0; j < now; j++) {
            const struct joint *joint = &arrays->responses[i + j];
            question = question_of(work, joint, j ? joint - 1 : NULL, question, &arena);
            texts[j] = (struct encoder_response){
                question, text_of(&work->corpus->responses, joint->other)};
            bytes += texts[j].response.length;
        }
        enum status status = encoder_responses(work->encoder, texts, now,
                                               arrays->response_rows + i * width, err);
        arena_done(&arena);
        if (!status)
            status = report_batch(work, now, bytes, err);
        if (status)
            return status;
    }
    return STATUS_OK;
}

/* Marks a row once and appends it to the list of rows to fit on. */
static void mark(uint8_t *marked, uint32_t *which, size_t *n, size_t row)
{
    if (!marked[row]) {
        marked[row] = 1;
        which[(*n)++] = (uint32_t)row;
    }
}

/* Fits the encoder on the rows that training pairs use, then standardises all of them. */
static enum status standardise(struct work *work, struct error *err)
{
    struct encoding_arrays *arrays = work->arrays;
    const struct features *features = &work->encoding->features;
    size_t P = arrays->n_prompts, n_prompt_rows = P + arrays->n_contexts;
    size_t most = n_prompt_rows > arrays->n_responses ? n_prompt_rows : arrays->n_responses;
    uint8_t *marked = mem_zero(most);
    uint32_t *which = mem_alloc(most * sizeof *which);
    size_t n = 0;
    for (size_t i = 0; i < features->n_pairs; i++) {
        if (features->pair_split[i] != SPLIT_TRAIN)
            continue;
        mark(marked, which, &n, (size_t)features->pair_prompt[i]);
        if (features->pair_context[i] >= 0)
            mark(marked, which, &n, P + (size_t)features->pair_context[i]);
    }
    enum status status =
        encoder_fit(work->encoder, ENCODER_PROMPT, arrays->prompt_rows, which, n, err);
    memset(marked, 0, most);
    n = 0;
    for (size_t i = 0; i < features->n_pairs && !status; i++)
        if (features->pair_split[i] == SPLIT_TRAIN) {
            mark(marked, which, &n, (size_t)features->pair_chosen[i]);
            mark(marked, which, &n, (size_t)features->pair_rejected[i]);
        }
    if (!status)
        status = encoder_fit(work->encoder, ENCODER_RESPONSE, arrays->response_rows, which,
                             n, err);
    free(which);
    free(marked);
    if (status)
        return status;
    encoder_standardise(work->encoder, ENCODER_PROMPT, arrays->prompt_rows, n_prompt_rows);
    encoder_standardise(work->encoder, ENCODER_RESPONSE, arrays->response_rows,
                        arrays->n_responses);
    return STATUS_OK;
}

/* ---- features in memory ---- */

static void index_pairs(struct encoding *encoding, const struct corpus *corpus)
{
    struct encoding_arrays *arrays = encoding->arrays;
    struct features *features = &encoding->features;
    size_t n = corpus->n_pairs;
    int32_t *column[7];
    for (size_t c = 0; c < 7; c++)
        column[c] = arrays->index + c * n;
    for (size_t i = 0; i < n; i++) {
        const struct pair *pair = &corpus->pairs[i];
        column[0][i] = pair->prompt;
        column[1][i] = pair->context < 0
                           ? -1
                           : row_of(arrays->contexts, arrays->n_contexts,
                                    (struct joint){pair->prompt, pair->context, -1});
        column[2][i] = row_of(arrays->responses, arrays->n_responses,
                              answer_of(arrays, pair, pair->chosen));
        column[3][i] = row_of(arrays->responses, arrays->n_responses,
                              answer_of(arrays, pair, pair->rejected));
        column[4][i] = pair->attribute;
        column[5][i] = pair->user;
        column[6][i] = pair->split;
    }
    features->n_pairs = n;
    features->pair_prompt = column[0];
    features->pair_context = column[1];
    features->pair_chosen = column[2];
    features->pair_rejected = column[3];
    features->pair_attribute = column[4];
    features->pair_user = corpus->users.n ? column[5] : NULL;
    features->pair_split = column[6];
}

static void name_attributes(struct encoding *encoding, const struct corpus *corpus)
{
    struct encoding_arrays *arrays = encoding->arrays;
    size_t n = corpus->attributes.n, bytes = 0;
    for (size_t a = 0; a < n; a++)
        bytes += corpus->attributes.items[a].length + 1;
    arrays->attributes = mem_zero((n + 1) * sizeof *arrays->attributes);
    arrays->attribute_names = mem_alloc(bytes + 1);
    char *at = arrays->attribute_names;
    for (size_t a = 0; a < n; a++) {
        const struct passage *name = &corpus->attributes.items[a];
        memcpy(at, name->plain, name->length + 1);
        arrays->attributes[a] = at;
        at += name->length + 1;
    }
    encoding->features.n_attributes = n;
    encoding->features.attributes = arrays->attributes;
}

static void describe(struct work *work)
{
    struct encoding_arrays *arrays = work->arrays;
    struct json *settings = encoder_settings(work->encoder);
    char *text = json_write(settings, false), hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, corpus_hash(work->corpus));
    arrays->metadata = json_object();
    json_put_text(arrays->metadata, "encoder", encoder_name(work->encoder));
    json_put_text(arrays->metadata, "encoder.settings", text);
    json_put_text(arrays->metadata, "corpus", hash);
    if (work->options->source)
        json_put_text(arrays->metadata, "source", work->options->source);
    if (arrays->heads_see_context)
        json_put_text(arrays->metadata, "heads_see", "prompt and context");
    free(text);
    json_free(settings);
    work->encoding->features.metadata = arrays->metadata;
}

static enum status make_arrays(struct work *work, struct error *err)
{
    struct encoding_arrays *arrays = work->arrays;
    struct features *features = &work->encoding->features;
    size_t Dp = encoder_width(work->encoder, ENCODER_PROMPT);
    size_t Dr = encoder_width(work->encoder, ENCODER_RESPONSE);
    enum status status = list_rows(arrays, work->corpus, err);
    if (status)
        return status;
    size_t P = arrays->n_prompts, Q = arrays->n_contexts, R = arrays->n_responses;
    arrays->prompt_rows = mem_array(P + Q, Dp * sizeof(float));
    arrays->response_rows = mem_array(R, Dr * sizeof(float));
    arrays->index = mem_array(work->corpus->n_pairs, 7 * sizeof(int32_t));
    if (!arrays->prompt_rows || !arrays->response_rows || !arrays->index)
        return error_set(err, STATUS_NO_MEMORY, "no memory for the features of %zu texts",
                         P + Q + R);
    features->prompt = (struct rows){arrays->prompt_rows, DTYPE_F32, P, Dp, Dp};
    features->context = (struct rows){arrays->prompt_rows + P * Dp, DTYPE_F32, Q, Dp, Dp};
    features->chosen = (struct rows){arrays->response_rows, DTYPE_F32, R, Dr, Dr};
    features->rejected = features->chosen;
    features->layout = "microscope";
    index_pairs(work->encoding, work->corpus);
    name_attributes(work->encoding, work->corpus);
    status = ratings_make(&arrays->labels, features, work->corpus, err);
    if (arrays->labels)
        features->labels = (struct rows){arrays->labels, DTYPE_F32, R,
                                         features->n_attributes, features->n_attributes};
    return status;
}

static enum status check_corpus(const struct corpus *corpus, struct error *err)
{
    if (!corpus->n_pairs)
        return error_set(err, STATUS_SHAPE, "the corpus has no pairs");
    for (size_t i = 0; i < corpus->n_pairs; i++)
        if (corpus->pairs[i].split == CORPUS_TRAIN)
            return STATUS_OK;
    return error_set(err, STATUS_SHAPE,
                     "the corpus has no pairs in the train split, on which the encoder's "
                     "statistics are fitted");
}

enum status encoding_make(struct encoding *encoding, const struct corpus *corpus,
                          const struct encoding_options *options, struct error *err)
{
    enum status status = check_corpus(corpus, err);
    if (status)
        return status;
    struct encoding made = {.arrays = mem_zero(sizeof *made.arrays)};
    made.arrays->heads_see_context = options->heads_see_context;
    struct work work = {&made, made.arrays, corpus, options};
    work.watch = (struct encoder_watch){
        .progress = report_inside, .self = &work, .cancel = options->cancel};
    struct error inner = {0};
    work.encoder = encoder_create(
        options->encoder, &(struct encoder_opening){NULL, options->choices, &work.watch},
        &inner);
    made.encoder = work.encoder;
    work.is_open = true;
    if (work.encoder && options->opened)
        options->opened(options->self);
    status = work.encoder ? make_arrays(&work, err)
                          : error_set(err, inner.status, "%s", inner.message);
    if (!status)
        status = encode_prompts(&work, err);
    if (!status)
        status = encode_responses(&work, err);
    if (!status)
        status = standardise(&work, err);
    if (!status)
        describe(&work);
    if (status)
        encoding_done(&made);
    else
        *encoding = made;
    return status;
}

void encoding_done(struct encoding *encoding)
{
    struct encoding_arrays *arrays = encoding->arrays;
    if (!arrays)
        return;
    encoder_free(encoding->encoder);
    free(arrays->contexts);
    free(arrays->responses);
    free(arrays->prompt_rows);
    free(arrays->response_rows);
    free(arrays->labels);
    free(arrays->index);
    free(arrays->attributes);
    free(arrays->attribute_names);
    json_free(arrays->metadata);
    free(arrays);
    *encoding = (struct encoding){0};
}
