/* The front: what the words of the command line ask for, and the terminal interface when that is it.
 *
 *     microscope [OPTIONS]                    on a terminal: what is in this folder
 *     microscope [OPTIONS] demo               on a terminal: the shipped example
 *     microscope [OPTIONS] FILES              on a terminal: these; else a report about them
 *     microscope --check-theme FILE, --palette-test
 *
 *     OPTIONS  --tui --theme NAME --color WORD --ascii --mouse --no-mouse --config FILE
 *              --compare MODEL --replay FILE --fixed, and with assertions --self-test-crash segv|abrt|fpe|bus
 */
#ifndef UI_FRONT_H
#define UI_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/progress.h"

enum front_kind {
    FRONT_COMMAND, /* the words are a command's; `words` are those to run */
    FRONT_SCREEN,  /* front_run, as those that follow */
    FRONT_PROMPT,  /* no screen, but somebody who types: the prompt, and why */
    FRONT_THEME,
    FRONT_PALETTE,
};

struct front_line {
    enum front_kind kind;
    const char *const *words; /* FRONT_COMMAND */
    size_t n;
    const char **files; /* in the arena */
    size_t n_files;
    bool is_demo, is_asked, is_ascii,
        is_fixed; /* is_asked: --tui, so that a reason is wanted */
    const char *theme, *color, *mouse, *config, *replay, *check, *compare;
    int crash;
    struct error why;    /* FRONT_PROMPT */
    const char *unknown; /* the first option that is not the front's; NULL: none */
    struct arena arena;
};

/* Reads words[0 .. n-1], borrowed. STATUS_USAGE for wrong options, or when a screen is asked for that
 * cannot be: the message says why. */
enum status front_read(struct front_line *line, const struct command *const *table,
                       const char *const *words, size_t n, struct error *err);
void front_done(struct front_line *line);

/* Runs what is no command. */
enum status front_run(const struct front_line *line, const struct command *const *table,
                      struct progress *progress, struct cancel *cancel, struct error *err);

#endif
