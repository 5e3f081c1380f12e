/* Reading filter expressions. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/text.h"
#include "command/where_inside.h"

/* Brackets and negations inside of each other. */
enum { DEEPEST = 100 };

struct parser {
    struct where *where;
    const char *text, *at;
    const struct where_column *columns; /* NULL: any name is one */
    size_t n_columns;
    struct where_problem *problem;
    struct error *err;
    size_t depth;
};

/* ---- errors ---- */

/* Adds the place to the message in *err. `incomplete`: what is typed behind could make it right. */
static void *refuse_there(struct parser *parser, const char *from, const char *to,
                          bool incomplete)
{
    size_t character = 1;
    for (const char *at = parser->text; at < from; character++)
        (void)utf8_next(&at, from);
    *parser->problem = (struct where_problem){.offset = (size_t)(from - parser->text),
                                              .length = (size_t)(to - from),
                                              .incomplete = incomplete};
    const struct error said = *parser->err;
    error_set(parser->err, STATUS_USAGE, "%s, at character %zu of the filter", said.message,
              character);
    return NULL;
}

static void *refuse(struct parser *parser, const char *from, bool incomplete,
                    const char *message)
{
    error_set(parser->err, STATUS_USAGE, "%s", message);
    return refuse_there(parser, from, parser->at, incomplete);
}

/* ---- characters ---- */

static void skip_blanks(struct parser *parser)
{
    while (*parser->at && strchr(" \t\r\n", *parser->at))
        parser->at++;
}

static bool is_over(const struct parser *parser)
{
    return !*parser->at;
}

/* Whether the keyword stands there, and moves behind it. */
static bool take_keyword(struct parser *parser, const char *keyword)
{
    size_t n = 0;
    while (keyword[n] && tolower((unsigned char)parser->at[n]) == keyword[n])
        n++;
    char after = parser->at[n];
    if (keyword[n] || (after && !strchr(" \t\r\n()!/", after)))
        return false;
    parser->at += n;
    skip_blanks(parser);
    return true;
}

/* A text in quotes, which are doubled inside of it. */
static char *take_quoted(struct parser *parser)
{
    const char *open = parser->at;
    char quote = *parser->at++;
    struct text value = {0};
    text_add(&value, "");
    for (; *parser->at && (*parser->at != quote || parser->at[1] == quote); parser->at++) {
        text_add_char(&value, *parser->at);
        parser->at += *parser->at == quote;
    }
    char *kept = arena_copy(&parser->where->arena, value.bytes, value.length);
    text_done(&value);
    if (is_over(parser))
        return refuse(parser, open, true, "the quote is not closed");
    parser->at++;
    return kept;
}

static char *take_run(struct parser *parser, const char *enders)
{
    const char *begin = parser->at;
    parser->at += strcspn(parser->at, enders);
    return arena_copy(&parser->where->arena, begin, (size_t)(parser->at - begin));
}

/* ---- regular expressions ---- */

/* A capital letter, but for those that a backslash makes a class of. */
/* Between slashes; \/ is a slash. */
static char *take_slashed(struct parser *parser)
{
    const char *open = parser->at++;
    struct text pattern = {0};
    text_add(&pattern, "");
    while (*parser->at && *parser->at != '/') {
        parser->at += parser->at[0] == '\\' && parser->at[1] == '/';
        if (parser->at[0] == '\\' && parser->at[1])
            text_add_char(&pattern, *parser->at++);
        text_add_char(&pattern, *parser->at++);
    }
    char *kept = arena_copy(&parser->where->arena, pattern.bytes, pattern.length);
    text_done(&pattern);
    if (is_over(parser))
        return refuse(parser, open, true, "the expression between / and / is not closed");
    parser->at++;
    return kept;
}

/* Up to a blank, or a bracket that nothing in it opens. */
static char *take_bare_pattern(struct parser *parser)
{
    const char *begin = parser->at;
    size_t depth = 0;
    for (; *parser->at && !strchr(" \t\r\n", *parser->at); parser->at++) {
        if (*parser->at == '\\' && parser->at[1])
            parser->at++;
        else if (*parser->at == '(')
            depth++;
        else if (*parser->at == ')' && depth-- == 0)
            break;
    }
    return arena_copy(&parser->where->arena, begin, (size_t)(parser->at - begin));
}

static const regex_t *make_regex(struct parser *parser, const char *from,
                                 const char *pattern)
{
    struct where *where = parser->where;
    regex_t *regex = mem_zero(sizeof *regex);
    if (pattern_compile(pattern, regex, parser->err)) {
        free(regex);
        return refuse_there(parser, from, parser->at, is_over(parser));
    }
    MEM_RESERVE(where->regexes, where->n_regexes, where->regex_room);
    where->regexes[where->n_regexes++] = regex;
    return regex;
}

/* ---- values ---- */

static bool looks_like_number(const char *text)
{
    text += *text == '-' || *text == '+';
    return isdigit((unsigned char)*text) || *text == '.' || !*text;
}

/* "0.7", "70%", or another column of numbers. */
static bool read_number(struct parser *parser, const char *from, const char *text,
                        struct where_value *value)
{
    char *end;
    if (!parser->columns)
        return true;
    if (looks_like_number(text)) {
        value->number = strtod(text, &end);
        if (*end == '%' && !end[1])
            value->number /= 100;
        if (end > text && (!*end || (*end == '%' && !end[1])))
            return true;
    } else if (where_find_column(parser->columns, parser->n_columns, text, &value->column,
                                 &value->end, NULL) == STATUS_OK) {
        enum column_type type = parser->columns[value->column].type;
        value->is_column =
            type != COLUMN_TEXT && (type != COLUMN_INTERVAL || value->end != WHERE_WHOLE);
        if (value->is_column)
            return true;
    }
    error_set(parser->err, STATUS_USAGE, "'%s' is no number", text);
    refuse_there(parser, from, parser->at, is_over(parser) && looks_like_number(text));
    return false;
}

static struct where_value *take_value(struct parser *parser, enum column_type type)
{
    struct where_value *value = arena_alloc(&parser->where->arena, sizeof *value);
    const char *from = parser->at;
    bool quoted = *from == '"' || *from == '\'';
    const char *text = quoted ? take_quoted(parser) : take_run(parser, " \t\r\n,()");
    *value = (struct where_value){.number = (double)NAN};
    if (!text)
        return NULL;
    if (!quoted && parser->at == from)
        return refuse(parser, from, is_over(parser), "a value is wanted");
    if (!quoted && strcmp(text, "missing") == 0)
        return value;
    value->text = text;
    value->ignores_case = !pattern_has_capital(text);
    if (type != COLUMN_TEXT && !read_number(parser, from, text, value))
        return NULL;
    return value;
}

static bool take_values(struct parser *parser, struct where_node *node)
{
    struct where_value **last = &node->values;
    for (;;) {
        skip_blanks(parser);
        *last = take_value(parser, node->type);
        if (!*last)
            return false;
        last = &(*last)->next;
        if ((node->how != IS && node->how != IS_NOT) || *parser->at != ',')
            return true;
        parser->at++;
    }
}

/* ---- comparisons ---- */

static bool take_operator(struct parser *parser, enum where_operator *how)
{
    static const struct {
        const char *sign;
        enum where_operator how;
    } operators[] = {{"==", IS},          {"=", IS},       {"!=", IS_NOT},
                     {"!~", MATCHES_NOT}, {"<=", AT_MOST}, {"<", LESS},
                     {">=", AT_LEAST},    {">", MORE},     {"~", MATCHES}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen(operators[i].sign);
        if (strncmp(parser->at, operators[i].sign, n) == 0) {
            parser->at += n;
            *how = operators[i].how;
            return true;
        }
    }
    return false;
}

static bool find_column(struct parser *parser, const char *from, const char *name,
                        struct where_node *node)
{
    const char *at = parser->at;
    if (!parser->columns)
        return true;
    if (where_find_column(parser->columns, parser->n_columns, name, &node->column,
                          &node->end, parser->err) != STATUS_OK) {
        refuse_there(parser, from, at, false);
        return false;
    }
    node->type = parser->columns[node->column].type;
    return true;
}

static bool take_pattern(struct parser *parser, struct where_node *node)
{
    skip_blanks(parser);
    const char *from = parser->at, *pattern;
    if (is_over(parser))
        return refuse(parser, from, true, "a regular expression is wanted");
    if (node->type != COLUMN_TEXT)
        return refuse(parser, from, false,
                      "~ looks into texts, and this column has numbers");
    if (*from == '/')
        pattern = take_slashed(parser);
    else if (*from == '"' || *from == '\'')
        pattern = take_quoted(parser);
    else
        pattern = take_bare_pattern(parser);
    node->regex = pattern ? make_regex(parser, from, pattern) : NULL;
    return node->regex;
}

static struct where_node *add_node(struct parser *parser, enum where_kind kind)
{
    struct where_node *node = arena_alloc(&parser->where->arena, sizeof *node);
    *node = (struct where_node){.kind = kind};
    return node;
}

static struct where_node *parse_comparison(struct parser *parser)
{
    struct where_node *node = add_node(parser, WHERE_TEST);
    const char *from = parser->at;
    bool quoted = *from == '"' || *from == '\'';
    const char *name =
        quoted ? take_quoted(parser) : take_run(parser, " \t\r\n()=!<>~\"',");
    if (!name)
        return NULL;
    if (!quoted && parser->at == from) {
        parser->at += *parser->at ? 1 : 0;
        return refuse(parser, from, !*from, "a comparison is wanted, such as accuracy>0.7");
    }
    const char *end = parser->at;
    skip_blanks(parser);
    if (!take_operator(parser, &node->how)) {
        bool over = is_over(parser);
        parser->at = end;
        return refuse(parser, from, over,
                      "after a column comes one of = != < <= > >= ~ !~");
    }
    const char *behind = parser->at;
    parser->at = end;
    if (!find_column(parser, from, name, node))
        return NULL;
    parser->at = behind;
    bool pattern = node->how == MATCHES || node->how == MATCHES_NOT;
    return (pattern ? take_pattern(parser, node) : take_values(parser, node)) ? node : NULL;
}

/* ---- expressions ---- */

static struct where_node *parse_any(struct parser *parser);

static struct where_node *parse_not(struct parser *parser);

static struct where_node *parse_brackets(struct parser *parser)
{
    const char *open = parser->at++;
    struct where_node *node = parse_any(parser);
    if (!node)
        return NULL;
    if (*parser->at != ')')
        return refuse(parser, open, true, "the bracket is not closed");
    parser->at++;
    return node;
}

static struct where_node *parse_seen(struct parser *parser)
{
    const char *from = parser->at;
    struct where_node *node = add_node(parser, WHERE_SEEN);
    const char *pattern = take_slashed(parser);
    node->regex = pattern ? make_regex(parser, from, pattern) : NULL;
    return node->regex ? node : NULL;
}

static struct where_node *parse_one(struct parser *parser)
{
    if (++parser->depth > DEEPEST)
        return refuse(parser, parser->at, false, "the filter is too deep");
    skip_blanks(parser);
    struct where_node *node;
    if (*parser->at == '(')
        node = parse_brackets(parser);
    else if (*parser->at == '/')
        node = parse_seen(parser);
    else if (*parser->at == '!' || take_keyword(parser, "not"))
        node = parse_not(parser);
    else
        node = parse_comparison(parser);
    parser->depth--;
    if (node)
        skip_blanks(parser);
    return node;
}

/* Behind not, or at a !. */
static struct where_node *parse_not(struct parser *parser)
{
    parser->at += *parser->at == '!';
    struct where_node *node = add_node(parser, WHERE_NOT);
    node->first = parse_one(parser);
    return node->first ? node : NULL;
}

static struct where_node *parse_all(struct parser *parser)
{
    struct where_node *node = add_node(parser, WHERE_ALL), **last = &node->first;
    for (;;) {
        *last = parse_one(parser);
        if (!*last)
            return NULL;
        last = &(*last)->next;
        const char *here = parser->at;
        bool ends = is_over(parser) || *here == ')' || take_keyword(parser, "or");
        parser->at = here;
        if (ends)
            return node;
        (void)take_keyword(parser, "and");
    }
}

static struct where_node *parse_any(struct parser *parser)
{
    struct where_node *node = add_node(parser, WHERE_ANY), **last = &node->first;
    do {
        *last = parse_all(parser);
        if (!*last)
            return NULL;
        last = &(*last)->next;
    } while (take_keyword(parser, "or"));
    return node;
}

enum status where_parse(struct where *where, const char *expression,
                        const struct where_column *columns, size_t n_columns,
                        struct where_problem *problem, struct error *err)
{
    struct error own;
    struct parser parser = {.where = where,
                            .text = expression,
                            .at = expression,
                            .columns = columns,
                            .n_columns = n_columns,
                            .problem = problem,
                            .err = err ? err : &own};
    skip_blanks(&parser);
    if (is_over(&parser))
        return STATUS_OK;
    where->root = parse_any(&parser);
    if (where->root && !is_over(&parser)) {
        parser.at++;
        where->root = refuse(&parser, parser.at - 1, false, "')' closes nothing");
    }
    return where->root ? STATUS_OK : STATUS_USAGE;
}
