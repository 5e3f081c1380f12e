#include "encode/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum ascii_kind {
    SPACE = ' ',
    NEWLINE = '\n',
    MARK = '!',
    DIGIT = '0',
    CAPITAL = 'A',
    SMALL = 'a',
};

/* What each of the 128 characters is; control characters are white space. */
static const char ascii_kinds[] = "          \n                     "
                                  " !!!!!!!!!!!!!!!0000000000!!!!!!"
                                  "!AAAAAAAAAAAAAAAAAAAAAAAAAA!!!!!"
                                  "!aaaaaaaaaaaaaaaaaaaaaaaaaa!!!! ";

/* FNV-1a over 64 bits: its state after a prefix is the hash of the prefix, unmixed. */
static const uint64_t hash_start = 0xcbf29ce484222325u, hash_factor = 0x100000001b3u;

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ (hash >> 29);
}

uint64_t token_hash(const char *lower, size_t length)
{
    uint64_t hash = hash_start;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)lower[i]) * hash_factor;
    return mix(hash);
}

uint64_t token_pair_hash(uint64_t first, uint64_t second)
{
    return mix((first ^ 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u + second);
}

double tokens_rate(const struct tokens *tokens, double n)
{
    return n / ((double)tokens->n + 5);
}

double tokens_code_marks(const struct tokens *tokens)
{
    const uint32_t *mark = tokens->marks;
    return 4.0 * (double)tokens->n_fences + mark['`'] + mark['{'] + mark['='] + mark['_'] +
           mark['<'];
}

struct scan {
    struct tokens *out;
    const char *at, *end;
    const char *token_end; /* where the last word ended in the text */
    char *lower;           /* where the next lower-cased byte goes */
    bool sentence_due, break_due, is_structured;
};

/* The word that is being read. */
struct spelling {
    uint64_t hash, hash_before; /* before: without the last byte */
    char *start, *lower;
    size_t n_capital, n_small;
};

static void push(struct spelling *token, char c)
{
    token->hash_before = token->hash;
    token->hash = (token->hash ^ (unsigned char)c) * hash_factor;
    *token->lower++ = c;
}

static enum ascii_kind ascii_kind(char c)
{
    return (enum ascii_kind)ascii_kinds[(unsigned char)c];
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

static bool is_ascii_letter(char c)
{
    return is_ascii(c) && (ascii_kind(c) == SMALL || ascii_kind(c) == CAPITAL);
}

static bool is_ascii_space(char c)
{
    return is_ascii(c) && (ascii_kind(c) == SPACE || ascii_kind(c) == NEWLINE);
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* Bytes of the apostrophe at `at`: 1, 3 for the typographic one, 0 when there is none. */
static size_t apostrophe(const char *at, const char *end)
{
    if (at < end && *at == '\'')
        return 1;
    return end - at >= 3 && memcmp(at, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Letters of the clitic that stands after an apostrophe, 0 when it is none. */
static size_t clitic(const char *at, const char *end)
{
    size_t n = 0;
    while (n < 3 && at + n < end && is_ascii_letter(at[n]))
        n++;
    if (n == 1)
        return is_one_of(at[0], "sdmSDM") ? 1 : 0;
    if (n != 2)
        return 0;
    int a = at[0] | 0x20, b = at[1] | 0x20;
    return ((a == 'r' || a == 'v') && b == 'e') || (a == 'l' && b == 'l') ? 2 : 0;
}

static bool is_not_contracted(const char *at, const char *end)
{
    return at < end && (*at | 0x20) == 't' && (at + 1 == end || !is_ascii_letter(at[1]));
}

static void add_token(struct scan *scan, const struct spelling *token, unsigned flags)
{
    struct tokens *out = scan->out;
    size_t length = (size_t)(token->lower - token->start);
    if (!length)
        return;
    MEM_RESERVE(out->list, out->n, out->room);
    if (scan->sentence_due) {
        flags |= TOKEN_SENTENCE | TOKEN_BREAK;
        out->n_sentences++;
        scan->sentence_due = false;
    }
    flags |= scan->break_due ? TOKEN_BREAK : 0;
    scan->break_due = false;
    out->list[out->n++] = (struct token){
        .hash = mix(token->hash),
        .start = (uint32_t)(token->start - out->lower),
        .length = length < UINT16_MAX ? (uint16_t)length : UINT16_MAX,
        .flags = (uint16_t)flags,
    };
    out->is_complete = false;
    scan->lower = token->lower;
    scan->token_end = scan->at;
}

/* An apostrophe inside a word: true when the word goes on behind it. */
static bool pass_apostrophe(struct scan *scan, struct spelling *token, size_t bytes)
{
    const char *next = scan->at + bytes;
    if (clitic(next, scan->end))
        return false;
    size_t length = (size_t)(token->lower - token->start);
    if (is_not_contracted(next, scan->end) && length > 1 && token->lower[-1] == 'n') {
        token->lower--;
        token->hash = token->hash_before;
        scan->at--;
        return false;
    }
    if (next == scan->end || (is_ascii(*next) && !is_ascii_letter(*next)))
        return false;
    push(token, '\'');
    scan->at = next;
    return true;
}

/* A character outside ASCII inside a word: true when it belongs to it. */
static bool pass_character(struct scan *scan, struct spelling *token)
{
    size_t bytes = apostrophe(scan->at, scan->end);
    if (bytes)
        return pass_apostrophe(scan, token, bytes);
    const char *next = scan->at;
    int32_t code = utf8_next(&next, scan->end);
    enum utf8_kind kind = utf8_kind(code);
    if (kind != UTF8_LETTER && kind != UTF8_DIGIT && kind != UTF8_MARK)
        return false;
    int32_t lower = utf8_lower(code);
    char encoded[4];
    size_t length = utf8_write(encoded, lower);
    for (size_t i = 0; i < length; i++)
        push(token, encoded[i]);
    token->n_capital += lower != code;
    token->n_small += kind == UTF8_LETTER && lower == code;
    scan->at = next;
    return true;
}

static bool is_inside_number(const struct scan *scan)
{
    char c = *scan->at;
    return (c == '.' || c == ',' || c == ':') && scan->end - scan->at > 1 &&
           is_ascii(scan->at[1]) && ascii_kind(scan->at[1]) == DIGIT;
}

/* Most of most texts, so in registers. */
static void pass_small_letters(struct scan *scan, struct spelling *token)
{
    const char *at = scan->at, *const end = scan->end;
    char *lower = token->lower;
    uint64_t hash = token->hash, before = token->hash_before;
    while (at < end && *at >= 'a' && *at <= 'z') {
        before = hash;
        hash = (hash ^ (unsigned char)*at) * hash_factor;
        *lower++ = *at++;
    }
    token->n_small += (size_t)(at - scan->at);
    token->hash = hash;
    token->hash_before = before;
    token->lower = lower;
    scan->at = at;
}

static bool is_capital(const char *at, const char *end)
{
    if (is_ascii(*at))
        return ascii_kind(*at) == CAPITAL;
    int32_t code = utf8_next(&at, end);
    return utf8_lower(code) != code;
}

static void read_token(struct scan *scan)
{
    struct spelling token = {hash_start, hash_start, scan->lower, scan->lower, 0, 0};
    unsigned flags = is_capital(scan->at, scan->end) ? TOKEN_CAPITAL : 0;
    bool is_number = is_ascii(*scan->at) && ascii_kind(*scan->at) == DIGIT;
    bool is_going_on = true;
    while (is_going_on && scan->at < scan->end) {
        pass_small_letters(scan, &token);
        if (scan->at == scan->end)
            break;
        char c = *scan->at;
        enum ascii_kind kind = is_ascii(c) ? ascii_kind(c) : SPACE;
        if (kind == CAPITAL) {
            c |= 0x20;
            token.n_capital++;
        } else if (kind != DIGIT && !(is_number && is_inside_number(scan))) {
            is_going_on = is_ascii(c) ? c == '\'' && pass_apostrophe(scan, &token, 1)
                                      : pass_character(scan, &token);
            continue;
        }
        push(&token, c);
        scan->at++;
    }
    flags |= is_number ? TOKEN_NUMBER : 0;
    flags |= token.n_capital > 1 && !token.n_small ? TOKEN_UPPER : 0;
    if (token.lower - token.start == 3 && memcmp(token.start, "n't", 3) == 0)
        flags |= TOKEN_CLITIC;
    add_token(scan, &token, flags);
}

static void read_clitic(struct scan *scan, size_t bytes, size_t length)
{
    struct spelling token = {hash_start, hash_start, scan->lower, scan->lower, 0, 0};
    push(&token, '\'');
    scan->at += bytes;
    for (size_t i = 0; i < length; i++)
        push(&token, (char)(*scan->at++ | 0x20));
    add_token(scan, &token, TOKEN_CLITIC);
}

/* The ASCII fellow of typographic and East Asian punctuation, 0 when it has none. */
static char ascii_fellow(int32_t code)
{
    if (code > 0xff00 && code < 0xff5f)
        return (char)(code - 0xff00 + 0x20);
    static const struct {
        uint16_t code;
        char fellow;
    } table[] = {
        {0xa1, '!'},   {0xab, '"'},   {0xbb, '"'},    {0xbf, '?'},    {0x60c, ','},
        {0x61b, ';'},  {0x61f, '?'},  {0x964, '.'},   {0x2012, '-'},  {0x2013, '-'},
        {0x2014, '-'}, {0x2015, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'},
        {0x201d, '"'}, {0x201e, '"'}, {0x2026, '.'},  {0x3001, ','},  {0x3002, '.'},
        {0x300c, '"'}, {0x300d, '"'}, {0x300e, '"'},  {0x300f, '"'},  {0xff61, '.'},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].code == code)
            return table[i].fellow;
    return '\0';
}

/* A full stop right behind "u", "mr" or "e.g": no end of a sentence. */
static bool is_abbreviation(const struct scan *scan, const char *stop)
{
    const struct tokens *out = scan->out;
    if (!out->n || scan->token_end != stop)
        return false;
    const struct token *token = &out->list[out->n - 1];
    const char *lower = out->lower + token->start;
    if (token->length == 1)
        return *lower != 'i' && is_ascii_letter(*lower);
    static const char titles[][5] = {"mr", "mrs", "ms", "dr", "prof",
                                     "st", "vs",  "jr", "sr"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (token->length == strlen(titles[i]) && !memcmp(lower, titles[i], token->length))
            return true;
    return false;
}

/* Counts a mark that began at `start`; scan->at is behind it. */
static void count_mark(struct scan *scan, const char *start, char mark)
{
    scan->out->marks[(unsigned char)mark]++;
    scan->break_due |=
        mark == ',' || mark == ';' || mark == ':' || mark == '(' || mark == ')';
    if (mark != '.' && mark != '!' && mark != '?')
        return;
    bool is_last = scan->at == scan->end || !is_ascii(*start) ||
                   is_ascii_space(*scan->at) || is_one_of(*scan->at, "\"')]}*");
    if (!is_last || (mark == '.' && is_abbreviation(scan, start)))
        return;
    scan->sentence_due = true;
    scan->out->is_complete = scan->out->n > 0;
}

static void read_mark(struct scan *scan)
{
    const char *start = scan->at;
    char mark = *start;
    bool is_double = scan->end - start > 1 && start[1] == mark;
    size_t length = mark == '\'' ? clitic(start + 1, scan->end) : 0;
    if (length) {
        read_clitic(scan, 1, length);
        return;
    }
    scan->at++;
    if (is_double && (mark == '\'' || mark == '`')) { /* quotes of the Penn Treebank */
        scan->at++;
        mark = '"';
    }
    count_mark(scan, start, mark);
}

static void read_ideograph(struct scan *scan, const char *next)
{
    struct spelling token = {hash_start, hash_start, scan->lower, scan->lower, 0, 0};
    while (scan->at < next)
        push(&token, *scan->at++);
    add_token(scan, &token, 0);
}

static void read_character(struct scan *scan)
{
    const char *start = scan->at, *next = start;
    size_t bytes = apostrophe(start, scan->end);
    size_t length = bytes ? clitic(start + bytes, scan->end) : 0;
    if (length) {
        read_clitic(scan, bytes, length);
        return;
    }
    int32_t code = utf8_next(&next, scan->end);
    enum utf8_kind kind = utf8_kind(code);
    if (kind == UTF8_LETTER || kind == UTF8_DIGIT) {
        read_token(scan);
    } else if (kind == UTF8_IDEOGRAPH) {
        read_ideograph(scan, next);
    } else {
        scan->at = next;
        bool is_mark = kind == UTF8_PUNCTUATION || kind == UTF8_SYMBOL;
        char fellow = ascii_fellow(is_mark ? code : 0);
        if (fellow)
            count_mark(scan, start, fellow);
        else if (kind == UTF8_SYMBOL)
            scan->out->n_symbols++;
    }
}

/* Bytes of the list marker ("- ", "* ", "2. ", "3) ") at the start of a line, 0 when none.
 */
static size_t list_marker(const char *at, const char *end)
{
    size_t n = 0, left = (size_t)(end - at);
    if (left > 3 && memcmp(at, "\xe2\x80\xa2", 3) == 0)
        return 3;
    while (n < 3 && n < left && is_ascii(at[n]) && ascii_kind(at[n]) == DIGIT)
        n++;
    if (n + 1 >= left || at[n + 1] != ' ')
        return 0;
    bool is_marker = n ? at[n] == '.' || at[n] == ')' : is_one_of(at[0], "-*+");
    return is_marker ? n + 1 : 0;
}

static void begin_line(struct scan *scan)
{
    struct tokens *out = scan->out;
    while (scan->at < scan->end && is_ascii(*scan->at) && ascii_kind(*scan->at) == SPACE)
        scan->at++;
    const char *at = scan->at;
    size_t left = (size_t)(scan->end - at);
    bool is_blank = !left || *at == '\n';
    if (is_blank) {
        scan->sentence_due = true;
        return;
    }
    out->n_lines++;
    size_t marker = list_marker(at, scan->end), hashes = 0;
    while (hashes < left && hashes < 6 && at[hashes] == '#')
        hashes++;
    bool is_heading = hashes && hashes < left && at[hashes] == ' ';
    bool is_fence = left >= 3 && memcmp(at, "```", 3) == 0;
    out->n_list_items += marker > 0;
    out->n_headings += is_heading;
    out->n_fences += is_fence;
    scan->is_structured = marker || is_heading || is_fence;
    scan->sentence_due |= scan->is_structured;
    scan->at += marker ? marker : is_heading ? hashes : is_fence ? 3 : 0;
}

static void end_line(struct scan *scan)
{
    scan->at++;
    scan->sentence_due |= scan->is_structured;
    scan->is_structured = false;
    begin_line(scan);
}

/* Lower case takes at most 3 bytes for 2; a word cut at a clitic is not longer than its
 * text. */
static void make_room(struct tokens *tokens, size_t length)
{
    size_t need = length + length / 2 + 8;
    if (need <= tokens->lower_room)
        return;
    tokens->lower = mem_resize(tokens->lower, need);
    tokens->lower_room = need;
}

void tokens_read(struct tokens *tokens, const char *bytes, size_t length)
{
    if (length > TOKENS_TEXT_MAX)
        length = TOKENS_TEXT_MAX;
    make_room(tokens, length);
    *tokens = (struct tokens){
        .list = tokens->list,
        .room = tokens->room,
        .lower = tokens->lower,
        .lower_room = tokens->lower_room,
    };
    struct scan scan = {
        .out = tokens,
        .at = bytes,
        .end = bytes + length,
        .lower = tokens->lower,
        .sentence_due = true,
    };
    if (!length)
        return;
    begin_line(&scan);
    while (scan.at < scan.end) {
        if (!is_ascii(*scan.at)) {
            read_character(&scan);
            continue;
        }
        switch (ascii_kind(*scan.at)) {
        case NEWLINE:
            end_line(&scan);
            break;
        case MARK:
            read_mark(&scan);
            break;
        case SMALL:
        case CAPITAL:
        case DIGIT:
            read_token(&scan);
            break;
        case SPACE:
            scan.at++;
            break;
        }
    }
}

void tokens_done(struct tokens *tokens)
{
    free(tokens->list);
    free(tokens->lower);
    *tokens = (struct tokens){0};
}
