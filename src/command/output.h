/* Writing a report as the common options say: shaped, in which mode, and where to.
 *
 * The ending of the file chooses the mode when neither --mode nor --json is given: .csv .tsv .md
 * .tex .json .jsonl .txt, before a .gz too; .svg is a picture of the table (table_chart.h). Files are written whole or not at all. --out leaves a
 * file that is there alone unless --force is given; > FILE in a script replaces it, as everywhere.
 */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include "command/command.h"
#include "command/report.h"

struct output {
    const char
        *path;   /* of > FILE or >> FILE, before --out; NULL: --out or standard output */
    bool append; /* >> FILE */
    /* Takes what is no data: notes, and the report of a command that wrote its data to standard
     * output itself. */
    void (*say)(void *context, const char *bytes, size_t length);
    void *context;
    /* For output_check: asks whether a file that is there may be replaced; NULL: it may not. */
    bool (*may_replace)(void *context, const char *path);
};

/* Before the command is run: whether its report can be written so. What is wrong with an option or
 * with the file is said now and not after long work. STATUS_USAGE, STATUS_IO. */
enum status output_check(const struct common *common, const struct output *output,
                         struct error *err);

/* Writes the report. When some of it fails nothing was written to a file. */
enum status output_report(const struct report *report, const struct common *common,
                          const struct output *output, struct error *err);

/* Appends to `out` and `aside` what output_report would write to a terminal of `cells` columns (0:
 * none), for a front end that shows it itself. */
enum status output_text(const struct report *report, const struct common *common,
                        size_t cells, struct text *out, struct text *aside,
                        struct error *err);

/* Sets *mode (enum table_mode) by the ending of a path; false: it says nothing. */
bool output_mode(const char *path, int *mode);

#endif
