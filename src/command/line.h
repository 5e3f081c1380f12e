/* A command line: words in, a command with typed arguments out.
 *
 *     NAME [words and options in any order]
 *     --name value   --name=value   -n value   --flag   --no-flag   --flag=yes|no
 *     --             the words after it are no options
 *
 * A word that begins with - and a digit or point is a value, a lone - is a word. An option
 * given twice is an error, except for a list, which grows.
 *
 * Call order: line_parse, line_run, line_done.
 */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "base/jobs.h"
#include "command/call.h"
#include "command/command.h"

struct line {
    const struct command *command;
    void *args; /* the command's own struct */
    struct common common;
    struct arena arena; /* owns args and lists; texts are borrowed from the words */
    size_t
        wrong; /* after a failure: index of the word that is wrong, n if one is missing */
};

/* Reads words[0 .. n-1], words[0] the command's name. When --help is among them the rest
 * need not be right. On failure *line is empty but for `wrong`, and the status is STATUS_USAGE. */
enum status line_parse(struct line *line, const struct command *const *table,
                       const char *const *words, size_t n, struct error *err);

/* Runs the command. `call` brings what the front end has (cancel, progress, report,
 * session, commands); the rest of it is filled from the line. */
enum status line_run(const struct line *line, struct call *call, struct error *err);
void line_done(struct line *line);

#endif
