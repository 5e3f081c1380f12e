/* Any text: a filter that says yes or no of every row, or an error with a place inside of the text. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/where.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct where_column columns[] = {
    {"head", NULL, COLUMN_TEXT},      {"attribute", "what", COLUMN_TEXT},
    {"accuracy", NULL, COLUMN_SHARE}, {"accuracy_interval", "95 %", COLUMN_INTERVAL},
    {"pairs", NULL, COLUMN_COUNT},
};

static struct cell cell(const void *rows, size_t row, size_t column)
{
    static const char *const texts[] = {"h1", NULL, "\xc3\x89t\xc3\xa9", "a\xff"};
    (void)rows;
    return (struct cell){.text = column < 2 ? texts[(row + column) % 4] : NULL,
                         .value = row == 1 ? (double)NAN : 0.25 * (double)row,
                         .high = row == 1 ? (double)NAN : 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = mem_copy((const char *)bytes, length);
    for (size_t i = 0; i < 2; i++) { /* with columns and without */
        struct where_problem problem = {0};
        struct error err = {0};
        size_t n = i ? 0 : sizeof columns / sizeof *columns;
        struct where *where = where_create(text, i ? NULL : columns, n, &problem, &err);
        for (size_t row = 0; where && !i && row < 4; row++)
            (void)where_keeps(where, cell, NULL, row);
        if (!where && (err.status != STATUS_USAGE || !*err.message ||
                       problem.offset + problem.length > strlen(text)))
            abort();
        where_free(where);
    }
    free(text);
    return 0;
}
