/* The terminal interface as a whole: opens what is asked for, then the screen, and runs until the user
 * leaves. */
#ifndef UI_LOOP_H
#define UI_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"
#include "command/command.h"
#include "command/progress.h"
#include "ui/config.h"

struct tui_options {
    const struct command *const *table;
    const char *const *files;
    size_t n_files;
    bool is_demo;        /* the shipped files instead */
    const char *compare; /* a model to pin, once the files are open; NULL: none */
    const char *replay;  /* a script to run before the first frame; NULL: none */
    const struct config *config;
    bool is_fixed;             /* nothing that depends on time or place is shown or kept */
    int crash;                 /* a signal to die of after the first frame; 0: none */
    struct progress *progress; /* while files are opened; NULL: nobody looks */
    struct cancel *cancel;     /* the same: stops that; NULL: nobody does */
};

/* The status of what is wrong before the screen was opened; STATUS_CANCELLED when the user forced the
 * end. Does not return when a signal ends the program. */
enum status tui_run(const struct tui_options *options, struct error *err);

#endif
