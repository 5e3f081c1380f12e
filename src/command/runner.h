/* The runner: scripts through the interpreter, statement by statement, to the first error.
 *
 * An error is said where it is: file, line, column, the line itself and a caret
 * (script_error_show), through interpreter_say. The status says what kind it was; *err is filled
 * too, with an empty message, as everything has been said.
 */
#ifndef COMMAND_RUNNER_H
#define COMMAND_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

#include "command/interpreter.h"
#include "command/script.h"

struct runner_options {
    bool goes_on;              /* after an error; the status is that of the first */
    bool in_background;        /* every command is started and not waited for */
    struct cancel *cancel;     /* NULL: nobody stops it */
    struct progress *progress; /* NULL: nobody looks */
};

/* name: how the text is called in messages. */
enum status runner_text(struct interpreter *interpreter, const char *name, const char *text,
                        size_t length, const struct runner_options *options,
                        struct error *err);

/* Reads the whole file first ("-": standard input): STATUS_NOT_FOUND, STATUS_IO. */
enum status runner_file(struct interpreter *interpreter, const char *path,
                        const struct runner_options *options, struct error *err);

/* Runs (or starts) one statement that was read already; says nothing. *wrong: index of the word that
 * is wrong, statement->n if one is missing or none is to blame. *job as of interpreter_start. */
enum status runner_statement(struct interpreter *interpreter,
                             const struct statement *statement,
                             const struct runner_options *options, size_t *wrong,
                             size_t *job, struct error *err);

/* Appends the error of a statement as runner_text says it; statement NULL: the script could not be
 * read. Nothing when all has been said. */
void runner_add_error(const struct script *script, const struct statement *statement,
                      size_t wrong, struct error *err, struct text *out);

/* For script.expand, with the interpreter as context: values of results ($eval.mixture), or of
 * variables of the environment. */
script_expand runner_expand;

#endif
