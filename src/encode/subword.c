#include "encode/subword.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/json.h"

enum { IDS_MAX = 1 << 26, SHOWN = 60 };

void token_ids_add(struct token_ids *ids, int32_t id)
{
    MEM_RESERVE(ids->list, ids->n, ids->room);
    ids->list[ids->n++] = id;
}

void subword_done(struct subword *subword)
{
    piece_table_done(&subword->pieces);
    piece_table_done(&subword->inside);
    free(subword->scores);
    free(subword->lengths);
    free(subword->nodes);
    *subword = (struct subword){0};
}

/* ---- reading ---- */

static size_t count_characters(const char *bytes, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        n += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return n;
}

static void add_token(struct subword *subword, const char *token, const char *prefix,
                      int32_t id)
{
    size_t length = strlen(token), before = strlen(prefix);
    piece_table_add(&subword->pieces, token, length, id);
    if (before && length > before && strncmp(token, prefix, before) == 0)
        piece_table_add(&subword->inside, token + before, length - before, id);
    subword->lengths[subword->n_lengths++] = count_characters(token, length);
    if ((size_t)id + 1 > subword->n_ids)
        subword->n_ids = (size_t)id + 1;
}

/* {"token": id, ...}, of WordPiece and WordLevel. */
static enum status read_vocabulary(struct subword *subword, const struct json *model,
                                   const char *prefix, struct error *err)
{
    const struct json *vocabulary = json_get(model, "vocab");
    char shown[SHOWN];
    if (!json_is_object(vocabulary) || !json_first(vocabulary))
        return error_set(err, STATUS_FORMAT,
                         "'vocab' of the model is no object of tokens and their numbers");
    subword->lengths = mem_zero(json_length(vocabulary) * sizeof *subword->lengths);
    for (const struct json *item = json_first(vocabulary); item; item = json_next(item)) {
        double id;
        if (!json_number(item, &id) || !(id >= 0 && id < IDS_MAX) || id != floor(id))
            return error_set(err, STATUS_FORMAT,
                             "'vocab' of the model: the number of '%s' is none",
                             text_show(shown, SHOWN, json_key(item)));
        add_token(subword, json_key(item), prefix, (int32_t)id);
    }
    return STATUS_OK;
}

static enum status read_unknown(struct subword *subword, const struct json *model,
                                struct error *err)
{
    const char *token = json_text(json_get(model, "unk_token"));
    char shown[SHOWN];
    subword->unknown = -1;
    if (!token)
        return STATUS_OK;
    subword->unknown = piece_table_find(&subword->pieces, token, strlen(token));
    if (subword->unknown >= 0)
        return STATUS_OK;
    return error_set(err, STATUS_FORMAT,
                     "'unk_token' of the model, '%s', is not in its vocabulary",
                     text_show(shown, SHOWN, token));
}

static enum status read_word_piece(struct subword *subword, const struct json *model,
                                   struct error *err)
{
    const char *prefix = json_text(json_get(model, "continuing_subword_prefix"));
    double most = 100;
    const struct json *given = json_get(model, "max_input_chars_per_word");
    if (given && (!json_number(given, &most) || !(most >= 1 && most <= 1e9)))
        return error_set(err, STATUS_FORMAT,
                         "'max_input_chars_per_word' of the model is no count");
    subword->kind = SUBWORD_PIECE;
    subword->most_characters = (size_t)most;
    enum status status = read_vocabulary(subword, model, prefix ? prefix : "##", err);
    return status ? status : read_unknown(subword, model, err);
}

static enum status read_word_level(struct subword *subword, const struct json *model,
                                   struct error *err)
{
    subword->kind = SUBWORD_LEVEL;
    enum status status = read_vocabulary(subword, model, "", err);
    return status ? status : read_unknown(subword, model, err);
}

static enum status read_scored(struct subword *subword, const struct json *vocabulary,
                               struct error *err)
{
    size_t i = 0;
    subword->least_score = HUGE_VAL;
    for (const struct json *item = json_first(vocabulary); item;
         item = json_next(item), i++) {
        const struct json *first = json_is_array(item) ? json_first(item) : NULL;
        const char *token = json_text(first);
        if (!token || !json_number(json_next(first), &subword->scores[i]) ||
            !isfinite(subword->scores[i]))
            return error_set(err, STATUS_FORMAT,
                             "'vocab' of the model: entry %zu is no token and score", i);
        add_token(subword, token, "", (int32_t)i);
        if (subword->scores[i] < subword->least_score)
            subword->least_score = subword->scores[i];
    }
    return STATUS_OK;
}

static enum status read_unigram(struct subword *subword, const struct json *model,
                                struct error *err)
{
    const struct json *vocabulary = json_get(model, "vocab");
    size_t n = json_is_array(vocabulary) ? json_length(vocabulary) : 0;
    double unknown = -1;
    subword->kind = SUBWORD_UNIGRAM;
    if (!n || n > IDS_MAX)
        return error_set(err, STATUS_FORMAT,
                         "'vocab' of the model is no list of tokens and their scores");
    subword->scores = mem_zero(n * sizeof *subword->scores);
    subword->lengths = mem_zero(n * sizeof *subword->lengths);
    enum status status = read_scored(subword, vocabulary, err);
    if (status)
        return status;
    json_number(json_get(model, "unk_id"), &unknown);
    if (!(unknown >= -1 && unknown < (double)n))
        return error_set(err, STATUS_FORMAT,
                         "'unk_id' of the model is not in its vocabulary");
    subword->unknown = (int32_t)unknown;
    json_flag(json_get(model, "byte_fallback"), &subword->byte_fallback);
    for (int b = 0; b < 256; b++) {
        char name[8];
        snprintf(name, sizeof name, "<0x%02X>", (unsigned)b);
        subword->bytes[b] = piece_table_find(&subword->pieces, name, strlen(name));
    }
    return STATUS_OK;
}

enum status subword_read(struct subword *subword, const struct json *model,
                         struct error *err)
{
    static const struct {
        const char *type;
        enum status (*read)(struct subword *subword, const struct json *model,
                            struct error *err);
    } types[] = {{"WordPiece", read_word_piece},
                 {"Unigram", read_unigram},
                 {"WordLevel", read_word_level}};
    const char *type = json_text(json_get(model, "type"));
    char shown[SHOWN];
    if (!type) /* files of old leave it out */
        type = json_is_array(json_get(model, "vocab")) ? "Unigram" : "WordPiece";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].type) == 0)
            return types[i].read(subword, model, err);
    return error_set(err, STATUS_FORMAT,
                     "the model is '%s'; WordPiece, Unigram and WordLevel are known",
                     text_show(shown, SHOWN, type));
}

/* ---- cutting ---- */

static void add_unknown(const struct subword *subword, struct token_ids *ids)
{
    if (subword->unknown >= 0)
        token_ids_add(ids, subword->unknown);
}

/* The longest piece that the bytes begin with; *length is then its. */
static int32_t find_longest(const struct piece_table *table, const char *at,
                            const char *end, size_t *length)
{
    int32_t best = PIECE_NONE, id = PIECE_NONE;
    uint64_t walk = PIECE_START;
    for (const char *here = at;
         here < end && piece_step(table, &walk, (unsigned char)*here, &id); here++)
        if (id != PIECE_NONE) {
            best = id;
            *length = (size_t)(here + 1 - at);
        }
    return best;
}

static void cut_word_piece(const struct subword *subword, const char *word, size_t length,
                           struct token_ids *ids)
{
    size_t before = ids->n;
    const char *at = word, *end = word + length;
    if (count_characters(word, length) > subword->most_characters) {
        add_unknown(subword, ids);
        return;
    }
    while (at < end) {
        size_t n = 0;
        int32_t id =
            find_longest(at == word ? &subword->pieces : &subword->inside, at, end, &n);
        if (id == PIECE_NONE) {
            ids->n = before;
            add_unknown(subword, ids);
            return;
        }
        token_ids_add(ids, id);
        at += n;
    }
}

void subword_cut(struct subword *subword, const char *word, size_t length,
                 struct token_ids *ids)
{
    int32_t id;
    switch (subword->kind) {
    case SUBWORD_PIECE:
        cut_word_piece(subword, word, length, ids);
        break;
    case SUBWORD_UNIGRAM:
        unigram_cut(subword, word, length, ids);
        break;
    case SUBWORD_LEVEL:
        id = piece_table_find(&subword->pieces, word, length);
        if (id == PIECE_NONE)
            add_unknown(subword, ids);
        else
            token_ids_add(ids, id);
        break;
    }
}
