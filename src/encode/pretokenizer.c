#include "encode/pretokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"

enum { SHOWN = 60, STEPS_MAX = 32 };

enum prepend { PREPEND_ALWAYS, PREPEND_FIRST, PREPEND_NEVER };

struct step {
    /* What a character is to this step; runs of one class are words, but for those below. */
    int (*classify)(const struct step *step, int32_t code);
    bool is_metaspace;
    bool each_digit;
    char *replacement;
    enum prepend prepend;
    bool splits;
};

/* Classes with a meaning of their own; the rest is of the step's choice. */
enum { DROPPED = -1, ALONE = -2 };

struct pretokenizer {
    struct step steps[STEPS_MAX];
    size_t n;
};

void words_add(struct words *words, size_t start, size_t end)
{
    if (end <= start)
        return;
    MEM_RESERVE(words->list, words->n, words->room);
    words->list[words->n++] = (struct word){start, end};
}

void words_done(struct words *words)
{
    text_done(&words->text);
    free(words->list);
    *words = (struct words){0};
}

/* ---- classes ---- */

static bool is_blank(int32_t code)
{
    return (code >= 9 && code <= 13) || code == ' ' || code == 0x85 ||
           (code >= 0x80 && utf8_category(code)[0] == 'Z');
}

static bool is_punctuation(int32_t code)
{
    if (code >= 0 && code < 0x80)
        return (code > ' ' && code < '0') || (code > '9' && code < 'A') ||
               (code > 'Z' && code < 'a') || (code > 'z' && code < 0x7f);
    return utf8_category(code)[0] == 'P';
}

static bool is_word(int32_t code)
{
    if (code >= 0 && code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
               (code >= 'a' && code <= 'z') || code == '_';
    const char *category = utf8_category(code);
    return *category == 'L' || *category == 'M' || !strcmp(category, "Nd") ||
           !strcmp(category, "Nl") || !strcmp(category, "Pc") || code == 0x200c ||
           code == 0x200d;
}

static int of_bert(const struct step *step, int32_t code)
{
    (void)step;
    return is_blank(code) ? DROPPED : is_punctuation(code) ? ALONE : 0;
}

static int of_whitespace(const struct step *step, int32_t code)
{
    (void)step;
    return is_blank(code) ? DROPPED : is_word(code);
}

static int of_split(const struct step *step, int32_t code)
{
    (void)step;
    return is_blank(code) ? DROPPED : 0;
}

static int of_punctuation(const struct step *step, int32_t code)
{
    (void)step;
    return is_punctuation(code) ? ALONE : 0;
}

static int of_digits(const struct step *step, int32_t code)
{
    bool is_digit =
        (code >= '0' && code <= '9') || (code >= 0x80 && utf8_category(code)[0] == 'N');
    return !is_digit ? 0 : step->each_digit ? ALONE : 1;
}

/* ---- cutting ---- */

/* The next character: most are one byte. */
static inline int32_t next_code(const char **at, const char *end)
{
    return (unsigned char)**at < 0x80 ? *(*at)++ : utf8_next(at, end);
}

static void cut_word(const struct step *step, const char *bytes, struct word word,
                     struct words *out)
{
    size_t start = word.start;
    int before = DROPPED;
    const char *at = bytes + word.start, *end = bytes + word.end;
    while (at < end) {
        size_t here = (size_t)(at - bytes);
        int class = step->classify(step, next_code(&at, end));
        if (class != before || class == ALONE) {
            if (before != DROPPED)
                words_add(out, start, here);
            start = here;
        }
        before = class;
    }
    if (before != DROPPED)
        words_add(out, start, word.end);
}

/* Appends the word with its spaces replaced, and what it is cut into. */
static void cut_metaspace(const struct step *step, const struct words *words, size_t i,
                          bool is_first, struct words *out)
{
    const char *bytes = words->text.bytes + words->list[i].start;
    size_t length = words->list[i].end - words->list[i].start,
           n = strlen(step->replacement);
    bool has_one = length >= n && !memcmp(bytes, step->replacement, n);
    bool prepends = step->prepend == PREPEND_ALWAYS ||
                    (step->prepend == PREPEND_FIRST && is_first && !words->list[i].start);
    size_t start = out->text.length;
    if (prepends && !has_one && *bytes != ' ')
        text_add(&out->text, step->replacement);
    for (size_t j = 0; j < length;) {
        bool is_space = bytes[j] == ' ';
        bool is_mark =
            is_space || (length - j >= n && n && !memcmp(bytes + j, step->replacement, n));
        if (is_mark && step->splits && out->text.length > start) {
            words_add(out, start, out->text.length);
            start = out->text.length;
        }
        if (is_mark) {
            text_add(&out->text, step->replacement);
            j += is_space ? 1 : n;
        } else {
            text_add_char(&out->text, bytes[j++]);
        }
    }
    words_add(out, start, out->text.length);
}

void pretokenizer_cut(const struct pretokenizer *pretokenizer, struct words *words,
                      struct words *spare, bool is_first)
{
    for (size_t s = 0; s < pretokenizer->n; s++) {
        const struct step *step = &pretokenizer->steps[s];
        spare->n = 0;
        text_clear(&spare->text);
        if (!step->is_metaspace)
            text_append(&spare->text, words->text.bytes, words->text.length);
        for (size_t i = 0; i < words->n; i++)
            if (step->is_metaspace)
                cut_metaspace(step, words, i, is_first, spare);
            else
                cut_word(step, words->text.bytes, words->list[i], spare);
        struct words swap = *words;
        *words = *spare;
        *spare = swap;
    }
}

/* ---- reading ---- */

static enum status read_digits(struct step *step, const struct json *json,
                               struct error *err)
{
    (void)err;
    step->each_digit = false;
    json_flag(json_get(json, "individual_digits"), &step->each_digit);
    return STATUS_OK;
}

static enum status read_punctuation(struct step *step, const struct json *json,
                                    struct error *err)
{
    const char *behaviour = json_text(json_get(json, "behavior"));
    char shown[SHOWN];
    (void)step;
    if (!behaviour || strcmp(behaviour, "Isolated") == 0)
        return STATUS_OK;
    return error_set(err, STATUS_FORMAT,
                     "pre-tokenizer 'Punctuation' behaves '%s'; only 'Isolated' is known",
                     text_show(shown, SHOWN, behaviour));
}

static enum status read_metaspace(struct step *step, const struct json *json,
                                  struct error *err)
{
    static const char *const schemes[] = {"always", "first", "never"};
    const char *replacement = json_text(json_get(json, "replacement"));
    const char *scheme = json_text(json_get(json, "prepend_scheme"));
    bool prefix = true;
    char shown[SHOWN];
    step->is_metaspace = true;
    step->splits = true;
    json_flag(json_get(json, "split"), &step->splits);
    json_flag(json_get(json, "add_prefix_space"), &prefix);
    step->replacement =
        mem_copy_text(replacement && *replacement ? replacement : "\xe2\x96\x81");
    step->prepend = prefix ? PREPEND_ALWAYS : PREPEND_NEVER;
    for (int i = 0; scheme && i < 3; i++)
        if (strcmp(scheme, schemes[i]) == 0) {
            step->prepend = (enum prepend)i;
            scheme = NULL;
        }
    if (!scheme)
        return STATUS_OK;
    return error_set(err, STATUS_FORMAT,
                     "pre-tokenizer 'Metaspace' has the prepend_scheme '%s'; expected "
                     "'always', 'first' or 'never'",
                     text_show(shown, SHOWN, scheme));
}

static const struct {
    const char *type;
    int (*classify)(const struct step *step, int32_t code);
    enum status (*read)(struct step *step, const struct json *json, struct error *err);
} types[] = {
    {"BertPreTokenizer", of_bert, NULL}, {"Whitespace", of_whitespace, NULL},
    {"WhitespaceSplit", of_split, NULL}, {"Punctuation", of_punctuation, read_punctuation},
    {"Digits", of_digits, read_digits},  {"Metaspace", NULL, read_metaspace},
};

static enum status read_step(struct pretokenizer *pretokenizer, const struct json *json,
                             struct error *err)
{
    const char *type = json_text(json_get(json, "type"));
    char shown[SHOWN];
    if (pretokenizer->n == STEPS_MAX)
        return error_set(err, STATUS_FORMAT, "the pre-tokenizer has more than %d steps",
                         STEPS_MAX);
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++) {
        if (strcmp(type, types[i].type) != 0)
            continue;
        struct step *step = &pretokenizer->steps[pretokenizer->n++];
        step->classify = types[i].classify;
        return types[i].read ? types[i].read(step, json, err) : STATUS_OK;
    }
    return error_set(err, STATUS_FORMAT, "the pre-tokenizer '%s' is not known",
                     text_show(shown, SHOWN, type ? type : "(without type)"));
}

static enum status read_steps(struct pretokenizer *pretokenizer, const struct json *json,
                              struct error *err)
{
    const char *type = json_text(json_get(json, "type"));
    if (!type || strcmp(type, "Sequence") != 0)
        return read_step(pretokenizer, json, err);
    enum status status = STATUS_OK;
    const struct json *item = json_first(json_get(json, "pretokenizers"));
    for (; item && !status; item = json_next(item))
        status = read_step(pretokenizer, item, err);
    return status;
}

struct pretokenizer *pretokenizer_open(const struct json *json, struct error *err)
{
    struct error inner = {0};
    struct pretokenizer *pretokenizer = mem_zero(sizeof *pretokenizer);
    if (json && !json_is_null(json) && read_steps(pretokenizer, json, &inner)) {
        error_set(err, inner.status, "%s", inner.message);
        pretokenizer_free(pretokenizer);
        return NULL;
    }
    return pretokenizer;
}

void pretokenizer_free(struct pretokenizer *pretokenizer)
{
    if (!pretokenizer)
        return;
    for (size_t i = 0; i < pretokenizer->n; i++)
        free(pretokenizer->steps[i].replacement);
    free(pretokenizer);
}
