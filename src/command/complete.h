/* Completion: what can stand where the cursor is, from the table of commands.
 *
 * The REPL, the command line of the terminal interface and the scripts for shells ask the same
 * table: commands, options (--name, and name= where that form is known), choices, files. What only
 * a session knows (heads, attributes ...) comes through a callback.
 *
 *     struct completions found = {0};
 *     complete_line(&source, line, cursor, &found);
 *     each of found.items may replace line[found.begin .. found.end)
 *     completions_done(&found);
 */
#ifndef COMMAND_COMPLETE_H
#define COMMAND_COMPLETE_H

#include "base/memory.h"
#include "command/command.h"

enum complete_kind {
    COMPLETE_NOTHING,
    COMPLETE_FILES,
    COMPLETE_HEADS,
    COMPLETE_ATTRIBUTES,
    COMPLETE_PROMPTS,  /* their ids */
    COMPLETE_RESULTS,  /* named ones, for $ and `last` */
    COMPLETE_COLUMNS,  /* of the last result */
    COMPLETE_SETTINGS, /* answered here: the options of all commands */
    COMPLETE_TOPICS,   /* the same: topics and commands */
};

struct completion {
    const char *text; /* what replaces the word, quoted where it must be */
    const char *help; /* one line; NULL: none */
    bool goes_on;     /* no blank behind it: a folder, or name= */
};

struct completions {
    struct completion *items; /* (n) in the order of the table; files by name */
    size_t n, room;
    size_t begin, end; /* bytes of the line that they replace */
    struct arena arena;
};

struct complete_source {
    const struct command *const *table;
    /* Adds what a session knows with completions_add. `typed` is what stands there already; names
     * that do not begin so are left out by completions_add. NULL: nothing is known. */
    void (*add)(void *context, enum complete_kind kind, const char *typed,
                struct completions *found);
    /* Whether the session has what the field names, so that it may be left out. NULL: it has nothing. */
    bool (*holds)(void *context, const struct field *field);
    void *context;
};

/* What the value of a field is, by its type and name: files for paths, heads for one named "head",
 * attributes for "attribute" ... COMPLETE_NOTHING for numbers and free text. */
enum complete_kind complete_kind(const struct field *field);

/* For the word that ends at the cursor (a byte offset). Quotes and brackets may be open. */
void complete_line(const struct complete_source *source, const char *line, size_t cursor,
                   struct completions *found);

/* The same for words that a shell has split: n whole words, the first a command, and `typed`, the
 * beginning of the next. Nothing is quoted and name= is not offered. begin and end are 0. */
void complete_words(const struct complete_source *source, const char *const *words,
                    size_t n, const char *typed, struct completions *found);

/* Adds a name that begins with `typed`, once; texts are copied. */
void completions_add(struct completions *found, const char *typed, const char *text,
                     const char *help);
/* What all of them begin with, into room bytes; "" when there are none. */
void completions_common(const struct completions *found, char *out, size_t room);
void completions_done(struct completions *found);

#endif
