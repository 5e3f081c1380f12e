/* What a filter is made of; only where.c and where_parse.c include it. */
#ifndef COMMAND_WHERE_INSIDE_H
#define COMMAND_WHERE_INSIDE_H

#include <regex.h>

#include "base/memory.h"
#include "command/where.h"

enum where_kind {
    WHERE_ALL,  /* every part */
    WHERE_ANY,  /* some part */
    WHERE_NOT,  /* not its one part */
    WHERE_TEST, /* a column against values */
    WHERE_SEEN, /* some column of texts matches the expression */
};

enum where_operator { IS, IS_NOT, LESS, AT_MOST, MORE, AT_LEAST, MATCHES, MATCHES_NOT };

struct where_value {
    const char *text; /* of columns of texts; NULL: missing */
    double number;    /* of the others; NaN: missing, unless it is a column */
    bool is_column;
    size_t column;
    enum where_end end;
    bool ignores_case;
    struct where_value *next; /* IS and IS_NOT: any of them */
};

struct where_node {
    enum where_kind kind;
    struct where_node *first, *next; /* parts of ALL, ANY, NOT; the next part of the same */

    size_t column; /* TEST */
    enum column_type type;
    enum where_end end;
    enum where_operator how;
    struct where_value *values; /* at least one, but for MATCHES and MATCHES_NOT */
    const regex_t *regex;       /* MATCHES, MATCHES_NOT, SEEN */
};

struct where {
    struct where_node *root; /* NULL: keeps all */
    size_t *texts;           /* (n_texts) columns of texts */
    size_t n_texts;
    regex_t **regexes; /* (n_regexes) owned */
    size_t n_regexes, regex_room;
    struct arena arena;
};

/* Fills where->root. */
enum status where_parse(struct where *where, const char *expression,
                        const struct where_column *columns, size_t n_columns,
                        struct where_problem *problem, struct error *err);

#endif
