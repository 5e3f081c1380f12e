#include "command/runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/assignments.h"
#include "command/report.h"

/* SCRIPT_MOST: a script larger than this is a mistake. */
static const size_t SCRIPT_MOST = (size_t)1 << 30;

/* ---- values ---- */

enum status runner_expand(void *context, const char *name, const char *key, bool *takes_key,
                          struct text *out, struct error *err)
{
    const struct report *report = interpreter_result(context, name);
    const char *value = getenv(name);
    if (report && key)
        return report_add_value(report, key, out)
                   ? STATUS_OK
                   : error_set(err, STATUS_NOT_FOUND, "the result '%s' has no value '%s'",
                               name, key);
    if (!report && value) {
        if (key)
            *takes_key = false;
        text_add(out, value);
        return STATUS_OK;
    }
    if (report)
        return error_set(err, STATUS_USAGE,
                         "'%s' is a result: $%s.KEY is one of its values", name, name);
    return error_set(err, STATUS_NOT_FOUND,
                     "there is no result and no variable of the environment '%s'", name);
}

/* ---- one statement ---- */

enum status runner_statement(struct interpreter *interpreter,
                             const struct statement *statement,
                             const struct runner_options *options, size_t *wrong,
                             size_t *job, struct error *err)
{
    const struct command *command =
        command_find(interpreter_table(interpreter), statement->texts[0], err);
    *job = 0;
    *wrong = 0;
    if (!command)
        return STATUS_USAGE;
    struct arena arena = {0};
    const char **words = arena_alloc(&arena, statement->n * sizeof *words);
    assignments_to_options(command, statement->words, statement->n, words, &arena);
    *wrong = statement->n;
    const struct request request = {
        .words = words,
        .n = statement->n,
        .path = statement->redirected ? statement->file.text : NULL,
        .append = statement->append,
        .wrong = wrong,
        .cancel = options->cancel,
        .progress = options->progress,
    };
    enum status status = statement->background || options->in_background
                             ? interpreter_start(interpreter, &request, job, err)
                             : interpreter_run(interpreter, &request, options->cancel,
                                               options->progress, err);
    arena_done(&arena);
    return status;
}

/* ---- errors ---- */

/* The word that the message speaks of, where none is known to be wrong: it stands there in
 * quotes. */
static size_t find_blamed(const struct statement *statement, const char *message)
{
    for (size_t i = 1; i < statement->n; i++) {
        struct text quoted = {0};
        text_printf(&quoted, "'%s'", statement->texts[i]);
        bool is_blamed =
            statement->words[i].length && strstr(message, quoted.bytes) != NULL;
        text_done(&quoted);
        if (is_blamed)
            return i;
    }
    return 0;
}

void runner_add_error(const struct script *script, const struct statement *statement,
                      size_t wrong, struct error *err, struct text *out)
{
    struct script_place place = script->wrong;
    size_t length = script->wrong_length;
    if (!err->message[0])
        return;
    if (statement) {
        if (wrong >= statement->n)
            wrong = find_blamed(statement, err->message);
        place = statement->words[wrong].at;
        length = statement->words[wrong].end - place.offset;
    }
    script_error_show(script, place, length, err->message, NULL, out);
    err->message[0] = '\0';
}

static void say_error(struct interpreter *interpreter, const struct script *script,
                      const struct statement *statement, size_t wrong, struct error *err)
{
    struct text shown = {0};
    runner_add_error(script, statement, wrong, err, &shown);
    interpreter_say(interpreter, shown.bytes ? shown.bytes : "", shown.length);
    text_done(&shown);
}

/* ---- scripts ---- */

/* The first error is the script's. */
static void keep_first(enum status status, const struct error *err, enum status *first,
                       struct error *first_error)
{
    if (*first || !status)
        return;
    *first = status;
    if (first_error)
        *first_error = *err;
}

enum status runner_text(struct interpreter *interpreter, const char *name, const char *text,
                        size_t length, const struct runner_options *options,
                        struct error *err)
{
    struct script script = {.name = name,
                            .text = text,
                            .length = length,
                            .expand = runner_expand,
                            .context = interpreter};
    struct statement statement = {0};
    enum status first = STATUS_OK;
    while ((!first || options->goes_on) && !interpreter_is_left(interpreter)) {
        struct error wrong = {0};
        size_t word, job;
        enum script_result result = script_next(&script, &statement, &wrong);
        if (result == SCRIPT_END)
            break;
        if (result != SCRIPT_STATEMENT) {
            say_error(interpreter, &script, NULL, 0, &wrong);
            keep_first(wrong.status, &wrong, &first, err);
            if (result == SCRIPT_INCOMPLETE)
                break;
            continue;
        }
        enum status status =
            runner_statement(interpreter, &statement, options, &word, &job, &wrong);
        if (status)
            say_error(interpreter, &script, &statement, word, &wrong);
        keep_first(status, &wrong, &first, err);
        if (status == STATUS_CANCELLED)
            break;
    }
    statement_done(&statement);
    return first;
}

static enum status read_all(FILE *file, const char *name, struct text *out,
                            struct error *err)
{
    char bytes[65536];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) {
        text_append(out, bytes, n);
        if (out->length > SCRIPT_MOST)
            return error_set(err, STATUS_FORMAT, "'%s' is too long for a script", name);
    }
    return ferror(file) ? error_set(err, STATUS_IO, "'%s' could not be read: %s", name,
                                    strerror(errno))
                        : STATUS_OK;
}

enum status runner_file(struct interpreter *interpreter, const char *path,
                        const struct runner_options *options, struct error *err)
{
    bool is_input = strcmp(path, "-") == 0;
    const char *name = is_input ? "standard input" : path;
    FILE *file = is_input ? stdin : fopen(path, "rb");
    if (!file)
        return error_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                         "'%s' could not be opened: %s", path, strerror(errno));
    struct text text = {0};
    enum status status = read_all(file, name, &text, err);
    if (!is_input)
        fclose(file);
    if (!status)
        status = runner_text(interpreter, name, text.bytes ? text.bytes : "", text.length,
                             options, err);
    text_done(&text);
    return status;
}
