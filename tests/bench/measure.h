/* What every benchmark needs: samples of seconds, lines of JSON, a folder for large files.
 *
 * A benchmark prints one object a line: "bench", the sizes, "threads", and each figure;
 * what was measured more than once as {"median", "min", "max"}. It asserts nothing about
 * absolute time. What is compared is measured in turns within one run, and the ratio of
 * each turn is taken before the median, so that a machine that slows down slows both.
 *
 * MICROSCOPE_BENCH_SMALL in the environment divides the numbers of pairs by ten. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stddef.h>

#include "base/error.h"

struct json;

enum { SAMPLE_MOST = 256 };

struct sample {
    double values[SAMPLE_MOST];
    size_t n;
};

void sample_add(struct sample *sample, double value);
double sample_median(const struct sample *sample);

/* a[i] / b[i], turn by turn. */
struct sample sample_ratios(const struct sample *a, const struct sample *b);

/* ---- lines ---- */

struct json *line_begin(const char *bench);
void line_put(struct json *line, const char *key, double value); /* four digits */
void line_put_sample(struct json *line, const char *key, const struct sample *sample);
void line_end(struct json *line); /* prints and frees */

/* A line that says why a figure is missing. */
void line_skip(const char *bench, const char *what, const char *why);

/* Processors and load of the machine: the first line of a benchmark of speed. */
void line_machine(const char *bench);

/* ---- the run ---- */

size_t bench_pairs(size_t n); /* n, or a tenth of it (see above) */

/* Prints the message and ends the program when status is a failure. */
void must(enum status status, const struct error *err);

/* ---- files ---- */

/* Makes a temporary folder (in TMPDIR, or /tmp), removed with its files when the program
 * ends, by a signal too. Ends the program with 77 and a reason when `bytes` and a tenth
 * more have no room there. Call once. */
void scratch_make(const char *bench, double bytes);

/* The path of a file in the folder, or of an empty folder in it, kept until the end; removed in
 * the order of the calls. At most 16 of them. */
const char *scratch_path(const char *name);

#endif
