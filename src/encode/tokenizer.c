#include "encode/tokenizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/normalizer.h"
#include "encode/pretokenizer.h"
#include "io/file.h"
#include "io/json.h"

enum { SHOWN = 60 };

/* An added token: whether it must stand alone, and takes the white space beside it. */
struct added {
    bool single_word, strips_left, strips_right;
};

/* Added tokens that are looked for in the same text. */
struct added_set {
    struct piece_table table; /* index into list */
    bool begins[256];         /* some token begins with this byte */
    struct added *list;
    int32_t *ids;
    size_t n;
};

struct tokenizer {
    struct normalizer *normalizer;
    struct pretokenizer *pretokenizer;
    struct subword subword;
    struct added_set raw, normalised;
    size_t most_tokens; /* "truncation"; 0: none */
    size_t median;
    /* scratch */
    struct text clean, piece, spare;
    struct words words, spare_words;
};

/* ---- reading ---- */

static bool flag_of(const struct json *json, const char *key)
{
    bool value = false;
    json_flag(json_get(json, key), &value);
    return value;
}

static void add_to(struct added_set *set, const char *bytes, size_t length,
                   const struct json *item, int32_t id)
{
    if (!length)
        return;
    set->list = mem_resize(set->list, (set->n + 1) * sizeof *set->list);
    set->ids = mem_resize(set->ids, (set->n + 1) * sizeof *set->ids);
    set->list[set->n] = (struct added){flag_of(item, "single_word"),
                                       flag_of(item, "lstrip"), flag_of(item, "rstrip")};
    set->ids[set->n] = id;
    set->begins[(unsigned char)bytes[0]] = true;
    piece_table_add(&set->table, bytes, length, (int32_t)set->n++);
}

static void set_done(struct added_set *set)
{
    piece_table_done(&set->table);
    free(set->list);
    free(set->ids);
}

static enum status read_added(struct tokenizer *tokenizer, const struct json *list,
                              struct error *err)
{
    size_t i = 0;
    for (const struct json *item = json_first(list); item; item = json_next(item), i++) {
        const char *content = json_text(json_get(item, "content"));
        double id;
        if (!content || !json_number(json_get(item, "id"), &id) ||
            !(id >= 0 && id < 1 << 26) || id != floor(id))
            return error_set(err, STATUS_FORMAT,
                             "'added_tokens': entry %zu has no 'content' or 'id'", i);
        if ((size_t)id + 1 > tokenizer->subword.n_ids)
            tokenizer->subword.n_ids = (size_t)id + 1;
        if (!flag_of(item, "normalized")) {
            add_to(&tokenizer->raw, content, strlen(content), item, (int32_t)id);
            continue;
        }
        text_clear(&tokenizer->piece);
        text_add(&tokenizer->piece, content);
        normalizer_apply(tokenizer->normalizer, &tokenizer->piece, &tokenizer->spare);
        add_to(&tokenizer->normalised, tokenizer->piece.bytes, tokenizer->piece.length,
               item, (int32_t)id);
    }
    return STATUS_OK;
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static size_t take_median(struct subword *subword)
{
    size_t n = subword->n_lengths, *lengths = subword->lengths;
    qsort(lengths, n, sizeof *lengths, compare_sizes);
    return n % 2 ? lengths[n / 2] : (lengths[n / 2 - 1] + lengths[n / 2]) / 2;
}

static enum status read_document(struct tokenizer *tokenizer, const struct json *document,
                                 struct error *err)
{
    const struct json *model = json_get(document, "model");
    const struct json *truncation = json_get(document, "truncation");
    double most;
    if (!json_is_object(model))
        return error_set(err, STATUS_FORMAT, "there is no object 'model'");
    tokenizer->normalizer = normalizer_open(json_get(document, "normalizer"), err);
    if (!tokenizer->normalizer)
        return err->status;
    tokenizer->pretokenizer = pretokenizer_open(json_get(document, "pre_tokenizer"), err);
    if (!tokenizer->pretokenizer)
        return err->status;
    enum status status = subword_read(&tokenizer->subword, model, err);
    if (!status)
        status = read_added(tokenizer, json_get(document, "added_tokens"), err);
    if (status)
        return status;
    if (json_number(json_get(truncation, "max_length"), &most) && most >= 1 && most < 1e9)
        tokenizer->most_tokens = (size_t)most;
    tokenizer->median = take_median(&tokenizer->subword);
    return STATUS_OK;
}

struct tokenizer *tokenizer_open(const char *path, struct error *err)
{
    struct mapping mapping;
    struct error inner = {0};
    if (mapping_open(&mapping, path, err))
        return NULL;
    struct tokenizer *tokenizer = mem_zero(sizeof *tokenizer);
    const char *bytes = mapping.length ? (const char *)mapping.bytes : "";
    struct json *document = json_parse(bytes, mapping.length, &inner);
    enum status status =
        document ? read_document(tokenizer, document, &inner) : inner.status;
    json_free(document);
    mapping_done(&mapping);
    if (!status)
        return tokenizer;
    error_set(err, status, "'%s': %s", path, inner.message);
    tokenizer_free(tokenizer);
    return NULL;
}

void tokenizer_free(struct tokenizer *tokenizer)
{
    if (!tokenizer)
        return;
    normalizer_free(tokenizer->normalizer);
    pretokenizer_free(tokenizer->pretokenizer);
    subword_done(&tokenizer->subword);
    set_done(&tokenizer->raw);
    set_done(&tokenizer->normalised);
    text_done(&tokenizer->clean);
    text_done(&tokenizer->piece);
    text_done(&tokenizer->spare);
    words_done(&tokenizer->words);
    words_done(&tokenizer->spare_words);
    free(tokenizer);
}

size_t tokenizer_count(const struct tokenizer *tokenizer)
{
    return tokenizer->subword.n_ids;
}

int32_t tokenizer_unknown(const struct tokenizer *tokenizer)
{
    return tokenizer->subword.unknown;
}

size_t tokenizer_median_length(const struct tokenizer *tokenizer)
{
    return tokenizer->median;
}

/* ---- encoding ---- */

/* A place in the text where an added token stands. */
struct found {
    size_t start, end; /* with the white space that it takes */
    int32_t id;
};

static bool is_letter(const char *at, const char *end)
{
    if (at >= end)
        return false;
    enum utf8_kind kind = utf8_kind(utf8_next(&at, end));
    return kind == UTF8_LETTER || kind == UTF8_IDEOGRAPH || kind == UTF8_DIGIT ||
           kind == UTF8_MARK;
}

static const char *before(const char *start, const char *at)
{
    while (at > start && ((unsigned char)*--at & 0xc0) == 0x80)
        ;
    return at;
}

/* Is what the token touches no part of a word? */
static bool is_apart(const char *bytes, size_t length, size_t start, size_t end)
{
    bool touches = start && is_letter(before(bytes, bytes + start), bytes + start);
    return !touches && !is_letter(bytes + end, bytes + length);
}

static bool is_gap(char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

/* The longest added token that begins at `at`. */
static bool match(const struct added_set *set, const char *bytes, size_t length, size_t at,
                  struct found *found)
{
    uint64_t walk = PIECE_START;
    int32_t index = PIECE_NONE, best = PIECE_NONE;
    size_t best_end = at;
    for (size_t i = at;
         i < length && piece_step(&set->table, &walk, (unsigned char)bytes[i], &index); i++)
        if (index != PIECE_NONE) {
            best = index;
            best_end = i + 1;
        }
    if (best == PIECE_NONE ||
        (set->list[best].single_word && !is_apart(bytes, length, at, best_end)))
        return false;
    *found = (struct found){at, best_end, set->ids[best]};
    while (set->list[best].strips_left && found->start && is_gap(bytes[found->start - 1]))
        found->start--;
    while (set->list[best].strips_right && found->end < length && is_gap(bytes[found->end]))
        found->end++;
    return true;
}

/* The next added token at or behind `from`, where nothing before has been taken. */
static bool find_next(const struct added_set *set, const char *bytes, size_t length,
                      size_t from, struct found *found)
{
    if (!set->n)
        return false;
    for (size_t at = from; at < length; at++) {
        if (!set->begins[(unsigned char)bytes[at]] || !match(set, bytes, length, at, found))
            continue;
        if (found->start < from)
            found->start = from;
        return true;
    }
    return false;
}

static void cut_words(struct tokenizer *tokenizer, const char *bytes, size_t length,
                      bool is_first, struct token_ids *ids)
{
    struct words *words = &tokenizer->words;
    if (!length)
        return;
    text_clear(&words->text);
    text_append(&words->text, bytes, length);
    words->n = 0;
    words_add(words, 0, length);
    pretokenizer_cut(tokenizer->pretokenizer, words, &tokenizer->spare_words, is_first);
    for (size_t i = 0; i < words->n; i++)
        subword_cut(&tokenizer->subword, words->text.bytes + words->list[i].start,
                    words->list[i].end - words->list[i].start, ids);
}

/* A stretch without added tokens of the raw kind. */
static void encode_piece(struct tokenizer *tokenizer, const char *bytes, size_t length,
                         bool is_first, struct token_ids *ids)
{
    struct text *piece = &tokenizer->piece;
    text_clear(piece);
    text_append(piece, bytes, length);
    normalizer_apply(tokenizer->normalizer, piece, &tokenizer->spare);
    size_t at = 0;
    struct found found;
    while (find_next(&tokenizer->normalised, piece->bytes, piece->length, at, &found)) {
        cut_words(tokenizer, piece->bytes + at, found.start - at, is_first && !at, ids);
        token_ids_add(ids, found.id);
        at = found.end;
    }
    cut_words(tokenizer, piece->bytes + at, piece->length - at, is_first && !at, ids);
}

void tokenizer_encode(struct tokenizer *tokenizer, const char *bytes, size_t length,
                      struct token_ids *ids)
{
    struct text *clean = &tokenizer->clean;
    size_t at = 0;
    struct found found;
    ids->n = 0;
    text_clear(clean);
    utf8_append(clean, bytes, length);
    while (find_next(&tokenizer->raw, clean->bytes, clean->length, at, &found)) {
        encode_piece(tokenizer, clean->bytes + at, found.start - at, !at, ids);
        token_ids_add(ids, found.id);
        at = found.end;
    }
    encode_piece(tokenizer, clean->bytes + at, clean->length - at, !at, ids);
    if (tokenizer->most_tokens && ids->n > tokenizer->most_tokens)
        ids->n = tokenizer->most_tokens;
}
