#include "encode/normalizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "encode/precompiled.h"
#include "io/json.h"

enum { SHOWN = 60, STEPS_MAX = 64 };

enum pattern { PATTERN_TEXT, PATTERN_SPACES, PATTERN_BLANKS, PATTERN_MORE_BLANKS };

struct step {
    void (*apply)(const struct step *step, const struct text *in, struct text *out);
    enum utf8_form form;
    bool cleans, splits_ideographs, strips_accents, lowers; /* BertNormalizer */
    bool strips_left, strips_right;
    enum pattern pattern;
    char *wanted, *content;
    struct precompiled *precompiled;
};

struct normalizer {
    struct step steps[STEPS_MAX];
    size_t n;
};

/* ---- steps ---- */

static void add_code(struct text *out, int32_t code)
{
    char bytes[4];
    text_append(out, bytes, utf8_write(bytes, code < 0 ? 0xfffd : code));
}

static bool is_blank(int32_t code)
{
    return (code >= 9 && code <= 13) || code == ' ' || code == 0x85 ||
           (code >= 0x80 && utf8_category(code)[0] == 'Z');
}

static void apply_form(const struct step *step, const struct text *in, struct text *out)
{
    utf8_normalise(out, in->bytes, in->length, step->form);
}

/* One character's full lower case; Unicode has a single one that becomes two. */
static void add_lower(struct text *out, int32_t code)
{
    if (code == 0x130)
        text_add(out, "i\xcc\x87");
    else
        add_code(out, code < 0 ? code : utf8_lower(code));
}

static void apply_lower(const struct step *step, const struct text *in, struct text *out)
{
    (void)step;
    for (const char *at = in->bytes, *end = at + in->length; at < end;)
        add_lower(out, utf8_next(&at, end));
}

static void apply_strip_accents(const struct step *step, const struct text *in,
                                struct text *out)
{
    (void)step;
    for (const char *at = in->bytes, *end = at + in->length; at < end;) {
        int32_t code = utf8_next(&at, end);
        if (strcmp(utf8_category(code), "Mn") != 0)
            add_code(out, code);
    }
}

static void apply_strip(const struct step *step, const struct text *in, struct text *out)
{
    const char *start = in->bytes, *end = start + in->length, *last = start;
    if (step->strips_left)
        for (const char *at = start; at < end && is_blank(utf8_next(&at, end));)
            start = at;
    for (const char *at = start; at < end;)
        if (!is_blank(utf8_next(&at, end)))
            last = at;
    if (step->strips_right)
        end = last > start ? last : start;
    text_append(out, start, (size_t)(end - start));
}

static bool is_ideograph(int32_t code)
{
    static const int32_t ranges[][2] = {
        {0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df}, {0x2a700, 0x2b73f},
        {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0xf900, 0xfaff},   {0x2f800, 0x2fa1f}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return false;
}

/* What BertNormalizer drops: NUL, U+FFFD, and control characters in the wide sense. */
static bool is_dropped(int32_t code)
{
    if (code == '\t' || code == '\n' || code == '\r')
        return false;
    if (code < 0x80)
        return code < ' ' || code == 0x7f;
    return code == 0xfffd || utf8_category(code)[0] == 'C';
}

static void clean(const struct step *step, const struct text *in, struct text *out)
{
    for (const char *at = in->bytes, *end = at + in->length; at < end;) {
        int32_t code = utf8_next(&at, end);
        if (step->cleans && is_dropped(code))
            continue;
        if (step->cleans && is_blank(code))
            code = ' ';
        bool apart = step->splits_ideographs && is_ideograph(code);
        if (apart)
            text_add_char(out, ' ');
        add_code(out, code);
        if (apart)
            text_add_char(out, ' ');
    }
}

/* Plain ASCII, nearly all there is in English: the same in one pass. */
static bool bert_ascii(const struct step *step, const struct text *in, struct text *out)
{
    for (size_t i = 0; i < in->length; i++)
        if ((unsigned char)in->bytes[i] >= 0x80)
            return false;
    text_append(out, in->bytes, in->length);
    size_t kept = 0;
    for (size_t i = 0; i < out->length; i++) {
        char c = out->bytes[i];
        if (step->cleans && is_dropped(c))
            continue;
        if (step->cleans && is_blank(c))
            c = ' ';
        out->bytes[kept++] = step->lowers && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    out->length = kept;
    out->bytes[kept] = '\0';
    return true;
}

static void apply_bert(const struct step *step, const struct text *in, struct text *out)
{
    if (bert_ascii(step, in, out))
        return;
    struct text one = {0}, two = {0};
    text_add(&one, "");
    clean(step, in, &one);
    if (step->strips_accents) {
        text_add(&two, "");
        utf8_normalise(&two, one.bytes, one.length, UTF8_NFD);
        text_clear(&one);
        apply_strip_accents(step, &two, &one);
    }
    if (step->lowers)
        apply_lower(step, &one, out);
    else
        text_append(out, one.bytes, one.length);
    text_done(&one);
    text_done(&two);
}

/* Sentencepiece's: some control characters go, some become spaces. */
static void apply_nmt(const struct step *step, const struct text *in, struct text *out)
{
    (void)step;
    for (const char *at = in->bytes, *end = at + in->length; at < end;) {
        int32_t code = utf8_next(&at, end);
        bool is_dropped_one = (code >= 1 && code <= 8) || code == 0xb ||
                              (code >= 0xe && code <= 0x1f) || code == 0x7f ||
                              code == 0x8f || code == 0x9f;
        bool is_space = code == 9 || code == 0xa || code == 0xc || code == 0xd ||
                        code == 0x1680 || (code >= 0x200b && code <= 0x200f) ||
                        code == 0x2028 || code == 0x2029 || code == 0x2581 ||
                        code == 0xfeff || code == 0xfffd;
        if (!is_dropped_one)
            add_code(out, is_space ? ' ' : code);
    }
}

static void apply_prepend(const struct step *step, const struct text *in, struct text *out)
{
    if (in->length)
        text_add(out, step->content);
    text_append(out, in->bytes, in->length);
}

static void apply_precompiled(const struct step *step, const struct text *in,
                              struct text *out)
{
    precompiled_apply(step->precompiled, in->bytes, in->length, out);
}

/* Bytes of what the step replaces at this place; 0: nothing. */
static size_t match(const struct step *step, const char *at, const char *end)
{
    const char *here = at, *next = at;
    size_t n = 0, length = strlen(step->wanted);
    if (step->pattern == PATTERN_TEXT)
        return length && (size_t)(end - at) >= length && !memcmp(at, step->wanted, length)
                   ? length
                   : 0;
    while (next < end) {
        int32_t code = utf8_next(&next, end);
        if (step->pattern == PATTERN_SPACES ? code != ' ' : !is_blank(code))
            break;
        here = next;
        n++;
    }
    return n >= (step->pattern == PATTERN_BLANKS ? 1 : 2) ? (size_t)(here - at) : 0;
}

static void apply_replace(const struct step *step, const struct text *in, struct text *out)
{
    for (const char *at = in->bytes, *end = at + in->length; at < end;) {
        size_t n = match(step, at, end);
        if (n) {
            text_add(out, step->content);
            at += n;
        } else {
            const char *start = at;
            (void)utf8_next(&at, end);
            text_append(out, start, (size_t)(at - start));
        }
    }
}

/* ---- reading ---- */

static bool flag_of(const struct json *json, const char *key, bool otherwise)
{
    bool value = otherwise;
    json_flag(json_get(json, key), &value);
    return value;
}

static enum status read_bert(struct step *step, const struct json *json, struct error *err)
{
    (void)err;
    step->cleans = flag_of(json, "clean_text", true);
    step->splits_ideographs = flag_of(json, "handle_chinese_chars", true);
    step->lowers = flag_of(json, "lowercase", true);
    step->strips_accents = flag_of(json, "strip_accents", step->lowers);
    return STATUS_OK;
}

static enum status read_strip(struct step *step, const struct json *json, struct error *err)
{
    (void)err;
    step->strips_left = flag_of(json, "strip_left", true);
    step->strips_right = flag_of(json, "strip_right", true);
    return STATUS_OK;
}

static enum status read_prepend(struct step *step, const struct json *json,
                                struct error *err)
{
    const char *text = json_text(json_get(json, "prepend"));
    if (!text)
        return error_set(err, STATUS_FORMAT, "normalizer 'Prepend' has no text 'prepend'");
    step->content = mem_copy_text(text);
    return STATUS_OK;
}

static enum status read_replace(struct step *step, const struct json *json,
                                struct error *err)
{
    static const char *const patterns[] = {[PATTERN_SPACES] = " {2,}",
                                           [PATTERN_BLANKS] = "\\s+",
                                           [PATTERN_MORE_BLANKS] = "\\s{2,}"};
    const struct json *pattern = json_get(json, "pattern");
    const char *text = json_text(json_get(pattern, "String"));
    const char *regex = json_text(json_get(pattern, "Regex"));
    const char *content = json_text(json_get(json, "content"));
    char shown[SHOWN];
    if (!content || !(text || regex))
        return error_set(err, STATUS_FORMAT,
                         "normalizer 'Replace' lacks 'pattern' or 'content'");
    for (int p = PATTERN_SPACES; regex && p <= PATTERN_MORE_BLANKS; p++)
        if (strcmp(regex, patterns[p]) == 0)
            step->pattern = (enum pattern)p;
    if (!text && step->pattern == PATTERN_TEXT)
        return error_set(
            err, STATUS_FORMAT,
            "normalizer 'Replace' has the pattern '%s'; texts, ' {2,}', '\\s+' "
            "and '\\s{2,}' are known",
            text_show(shown, SHOWN, regex));
    step->wanted = mem_copy_text(text ? text : "");
    step->content = mem_copy_text(content);
    return STATUS_OK;
}

static enum status read_precompiled(struct step *step, const struct json *json,
                                    struct error *err)
{
    const char *text = json_text(json_get(json, "precompiled_charsmap"));
    if (!text)
        return error_set(err, STATUS_FORMAT,
                         "normalizer 'Precompiled' has no text 'precompiled_charsmap'");
    step->precompiled = precompiled_open(text, err);
    return step->precompiled ? STATUS_OK : err->status;
}

static const struct {
    const char *type;
    void (*apply)(const struct step *step, const struct text *in, struct text *out);
    enum utf8_form form;
    enum status (*read)(struct step *step, const struct json *json, struct error *err);
} types[] = {
    {"BertNormalizer", apply_bert, 0, read_bert},
    {"Lowercase", apply_lower, 0, NULL},
    {"NFC", apply_form, UTF8_NFC, NULL},
    {"NFD", apply_form, UTF8_NFD, NULL},
    {"NFKC", apply_form, UTF8_NFKC, NULL},
    {"NFKD", apply_form, UTF8_NFKD, NULL},
    {"StripAccents", apply_strip_accents, 0, NULL},
    {"Strip", apply_strip, 0, read_strip},
    {"Nmt", apply_nmt, 0, NULL},
    {"Prepend", apply_prepend, 0, read_prepend},
    {"Replace", apply_replace, 0, read_replace},
    {"Precompiled", apply_precompiled, 0, read_precompiled},
};

static enum status read_step(struct normalizer *normalizer, const struct json *json,
                             struct error *err)
{
    const char *type = json_text(json_get(json, "type"));
    char shown[SHOWN];
    if (normalizer->n == STEPS_MAX)
        return error_set(err, STATUS_FORMAT, "the normalizer has more than %d steps",
                         STEPS_MAX);
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++) {
        if (strcmp(type, types[i].type) != 0)
            continue;
        struct step *step = &normalizer->steps[normalizer->n++];
        step->apply = types[i].apply;
        step->form = types[i].form;
        return types[i].read ? types[i].read(step, json, err) : STATUS_OK;
    }
    return error_set(err, STATUS_FORMAT, "the normalizer '%s' is not known",
                     text_show(shown, SHOWN, type ? type : "(without type)"));
}

/* A step, or a sequence of steps; one inside another is no deeper than the JSON reader allows. */
static enum status read_steps(struct normalizer *normalizer, const struct json *json,
                              struct error *err)
{
    const char *type = json_text(json_get(json, "type"));
    if (!type || strcmp(type, "Sequence") != 0)
        return read_step(normalizer, json, err);
    enum status status = STATUS_OK;
    const struct json *item = json_first(json_get(json, "normalizers"));
    for (; item && !status; item = json_next(item)) {
        type = json_text(json_get(item, "type"));
        status =
            type && strcmp(type, "Sequence") == 0
                ? error_set(err, STATUS_FORMAT, "a Sequence inside a normalizer's Sequence")
                : read_step(normalizer, item, err);
    }
    return status;
}

struct normalizer *normalizer_open(const struct json *json, struct error *err)
{
    struct error inner = {0};
    struct normalizer *normalizer = mem_zero(sizeof *normalizer);
    if (json && !json_is_null(json) && read_steps(normalizer, json, &inner)) {
        error_set(err, inner.status, "%s", inner.message);
        normalizer_free(normalizer);
        return NULL;
    }
    return normalizer;
}

void normalizer_free(struct normalizer *normalizer)
{
    if (!normalizer)
        return;
    for (size_t i = 0; i < normalizer->n; i++) {
        free(normalizer->steps[i].wanted);
        free(normalizer->steps[i].content);
        precompiled_free(normalizer->steps[i].precompiled);
    }
    free(normalizer);
}

void normalizer_apply(const struct normalizer *normalizer, struct text *text,
                      struct text *spare)
{
    for (size_t i = 0; i < normalizer->n && text->length; i++) {
        text_clear(spare);
        text_add(spare, "");
        normalizer->steps[i].apply(&normalizer->steps[i], text, spare);
        struct text swap = *text;
        *text = *spare;
        *spare = swap;
    }
}
