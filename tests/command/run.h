/* Runs a command line of the program's own table and reads its report back as JSON. */
#ifndef TESTS_COMMAND_RUN_H
#define TESTS_COMMAND_RUN_H

#include "folder.h"
#include "near.h"

#include "command/call.h"
#include "command/line.h"
#include "command/table.h"
#include "io/json.h"

struct ran {
    enum status status;
    struct error err;
    struct json *report; /* NULL when it failed */
};

enum { RUN_WORDS = 24 };

/* words: up to NULL. */
static inline struct ran run_words(const char *const *words, struct cancel *cancel)
{
    struct ran ran = {.err = {0}};
    struct line line;
    size_t n = 0;
    while (words[n])
        n++;
    ran.status = line_parse(&line, command_table, words, n, &ran.err);
    if (ran.status)
        return ran;
    struct call call = {
        .cancel = cancel, .report = report_create(words[0]), .commands = command_table};
    ran.status = line_run(&line, &call, &ran.err);
    if (!ran.status) {
        struct text out = {0}, aside = {0};
        struct report_style style = {.mode = TABLE_JSON};
        assert_int_equal(report_write(call.report, &style, &out, &aside, &ran.err),
                         STATUS_OK);
        ran.report = json_parse(out.bytes, out.length, &ran.err);
        assert_non_null(ran.report);
        text_done(&out);
        text_done(&aside);
    }
    report_free(call.report);
    line_done(&line);
    return ran;
}

#define RUN(...) run_words((const char *const[]){__VA_ARGS__, NULL}, NULL)

static inline struct json *run_well(struct ran ran)
{
    if (ran.status)
        fail_msg("%s", ran.err.message);
    return ran.report;
}

/* The status, and a part of the message. */
static inline void run_badly(struct ran ran, enum status status, const char *message)
{
    json_free(ran.report);
    if (ran.status != status || !strstr(ran.err.message, message))
        fail_msg("got %d, '%s'; want %d, '%s'", ran.status, ran.err.message, status,
                 message);
}

/* A file of the source tree; one of the last eight asked for. */
static inline const char *source_path(const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

static inline double number_of(const struct json *object, const char *key)
{
    double value = 0;
    if (!json_number(json_get(object, key), &value))
        fail_msg("there is no number '%s'", key);
    return value;
}

static inline const char *text_of(const struct json *object, const char *key)
{
    const char *text = json_text(json_get(object, key));
    if (!text)
        fail_msg("there is no text '%s'", key);
    return text;
}

static inline const struct json *rows_of(const struct json *report, const char *table)
{
    const struct json *rows = json_get(json_get(json_get(report, "tables"), table), "rows");
    if (!rows)
        fail_msg("there is no table '%s'", table);
    return rows;
}

/* The first row whose `key` is that text; NULL: there is none. */
static inline const struct json *row_of(const struct json *rows, const char *key,
                                        const char *text)
{
    for (const struct json *row = json_first(rows); row; row = json_next(row)) {
        const char *got = json_text(json_get(row, key));
        if (got && strcmp(got, text) == 0)
            return row;
    }
    return NULL;
}

/* Whether some note holds these words. */
static inline bool has_note(const struct json *report, const char *words)
{
    const struct json *note = json_first(json_get(report, "notes"));
    for (; note; note = json_next(note))
        if (strstr(json_text(note), words))
            return true;
    return false;
}

#endif
