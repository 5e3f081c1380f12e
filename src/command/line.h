/* A command line: words in, a command with typed arguments out.
 *
 *     NAME [words and options in any order]
 *     --name value   --name=value   -n value   --flag   --no-flag   --flag=yes|no
 *     --             the words after it are no options
 *
 * A word that begins with - and a digit or point is a value, a lone - is a word. An option
 * given twice is an error, except for a list, which grows. Within a session, words fill the places
 * of what it holds only when there are more of them than the other places take.
 *
 * Call order: line_parse, line_run, line_done.
 */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "base/jobs.h"
#include "command/call.h"
#include "command/command.h"
#include "session/entries.h"

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

/* The same within a session: files that it holds may be left out, and options have the values that
 * were set for them. */
struct line_context {
    const struct given *given;      /* NULL: nothing is held */
    const struct entries *settings; /* by name of the option; NULL: none */
};
enum status line_parse_within(struct line *line, const struct command *const *table,
                              const char *const *words, size_t n,
                              const struct line_context *context, struct error *err);

/* Runs the command. `call` brings what the front end has (cancel, progress, report,
 * session, commands); the rest of it is filled from the line. */
enum status line_run(const struct line *line, struct call *call, struct error *err);
void line_done(struct line *line);

/* Appends a word so that a script reads it as it is: in quotes where it needs them. */
void line_add_word(struct text *out, const char *word);

#endif
