#include "encode/word_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jobs.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"

enum { SHOWN = 40, LINES_A_LOOK = 4096 };

/* ---- numbers ---- */

/* Digits and exponent as read: value = mantissa * 10^exponent, exact while the mantissa has at most
 * 15 digits and |exponent| <= 22 (a product of two doubles that are exact). */
struct decimal {
    uint64_t mantissa;
    int n_digits, exponent;
};

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

static const char *take_digits(const char *at, const char *end, struct decimal *decimal,
                               bool behind_point)
{
    for (; is_digit(at, end); at++) {
        if (decimal->n_digits < 19) {
            decimal->mantissa = decimal->mantissa * 10 + (uint64_t)(*at - '0');
            decimal->n_digits += decimal->mantissa != 0;
            decimal->exponent -= behind_point;
        } else {
            decimal->exponent += !behind_point;
        }
    }
    return at;
}

static const char *take_exponent(const char *at, const char *end, struct decimal *decimal)
{
    const char *digit = at + 1;
    bool negative = digit < end && *digit == '-';
    if (digit < end && (*digit == '-' || *digit == '+'))
        digit++;
    if (!is_digit(digit, end))
        return at;
    int exponent = 0;
    for (; is_digit(digit, end); digit++)
        exponent = exponent < 9999 ? exponent * 10 + (*digit - '0') : exponent;
    decimal->exponent += negative ? -exponent : exponent;
    return digit;
}

/* The slow and general way, for long mantissas, large exponents, nan and inf. */
static bool slow_number(const char *start, const char *end, double *value)
{
    char copy[128], *stop;
    size_t length = (size_t)(end - start);
    if (length >= sizeof copy)
        return false;
    memcpy(copy, start, length);
    copy[length] = '\0';
    *value = strtod(copy, &stop);
    return length && stop == copy + length;
}

bool word_text_number(const char **at, const char *end, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *start = *at, *here = start;
    bool negative = here < end && *here == '-';
    struct decimal decimal = {0};
    here += negative || (here < end && *here == '+');
    const char *digits = here;
    here = take_digits(here, end, &decimal, false);
    size_t n = (size_t)(here - digits);
    if (here < end && *here == '.') {
        digits = ++here;
        here = take_digits(here, end, &decimal, true);
        n += (size_t)(here - digits);
    }
    if (n && here < end && (*here == 'e' || *here == 'E'))
        here = take_exponent(here, end, &decimal);
    const char *stop = here;
    while (stop < end && *stop != ' ' && *stop != '\t')
        stop++;
    if (!n || here != stop || decimal.n_digits > 15 || decimal.exponent < -22 ||
        decimal.exponent > 22) {
        if (!slow_number(start, stop, value))
            return false;
        *at = stop;
        return true;
    }
    double magnitude = (double)decimal.mantissa;
    magnitude = decimal.exponent < 0 ? magnitude / powers[-decimal.exponent]
                                     : magnitude * powers[decimal.exponent];
    *value = negative ? -magnitude : magnitude;
    *at = stop;
    return true;
}

/* ---- lines ---- */

struct reading {
    struct source *source;
    const char *path;
    const struct encoder_watch *watch;
    struct word_builder builder;
    float *vector;             /* (dimension) */
    bool has_header;           /* line 1 announced: */
    double announced, columns; /* words and numbers */
};

static bool is_gap(char c)
{
    return c == ' ' || c == '\t';
}

static size_t count_fields(const char *at, const char *end)
{
    size_t n = 0;
    for (bool before = true; at < end; at++) {
        n += before && !is_gap(*at);
        before = is_gap(*at);
    }
    return n;
}

/* Start of the last field but n - 1 of the text, which has at least n fields. */
static const char *last_fields(const char *start, const char *end, size_t n)
{
    const char *at = end;
    while (n--) {
        while (at > start && is_gap(at[-1]))
            at--;
        while (at > start && !is_gap(at[-1]))
            at--;
    }
    return at;
}

/* Is the field that ends here a number? */
static bool ends_in_number(const char *start, const char *end)
{
    const char *at = last_fields(start, end, 1);
    double value;
    return at > start && word_text_number(&at, end, &value);
}

static enum status wrong_columns(const struct reading *reading, size_t n, struct error *err)
{
    return error_set(err, STATUS_SHAPE, "'%s' line %zu: %zu numbers, expected %zu as %s",
                     reading->path, source_line_number(reading->source), n,
                     reading->builder.dimension,
                     reading->has_header ? "line 1 says" : "line 1 has");
}

static enum status read_numbers(struct reading *reading, const char *at, const char *end,
                                struct error *err)
{
    for (size_t j = 0; j < reading->builder.dimension; j++) {
        double value = 0;
        while (at < end && is_gap(*at))
            at++;
        const char *start = at;
        if (!word_text_number(&at, end, &value)) {
            char field[SHOWN + 1], shown[SHOWN];
            size_t n = 0;
            while (start + n < end && n < SHOWN && !is_gap(start[n]))
                n++;
            memcpy(field, start, n);
            field[n] = '\0';
            return error_set(err, STATUS_FORMAT,
                             "'%s' line %zu: column %zu, '%s', is not a number",
                             reading->path, source_line_number(reading->source), j + 1,
                             text_show(shown, SHOWN, field));
        }
        reading->vector[j] = (float)value;
        if (!isfinite(reading->vector[j]))
            return error_set(err, STATUS_NUMERIC,
                             "'%s' line %zu: column %zu is not a finite number",
                             reading->path, source_line_number(reading->source), j + 1);
    }
    return STATUS_OK;
}

static enum status read_word(struct reading *reading, const char *line, size_t length,
                             struct error *err)
{
    size_t D = reading->builder.dimension;
    const char *end = line + length;
    while (end > line && is_gap(end[-1]))
        end--;
    size_t n = count_fields(line, end);
    if (!n)
        return STATUS_OK;
    if (n < D + (!length || !is_gap(*line)))
        return wrong_columns(reading, n - 1, err);
    const char *numbers = last_fields(line, end, D), *word_end = numbers;
    while (word_end > line && is_gap(word_end[-1]))
        word_end--;
    if (n > D + 1 && ends_in_number(line, word_end))
        return wrong_columns(reading, n - 1, err);
    enum status status = read_numbers(reading, numbers, end, err);
    if (status)
        return status;
    status = word_builder_add(&reading->builder, line, (size_t)(word_end - line),
                              reading->vector, err);
    return status ? error_prefix(err, "'%s' line %zu", reading->path,
                                 source_line_number(reading->source))
                  : STATUS_OK;
}

/* ---- the file ---- */

static bool is_whole(double value, double most)
{
    return value >= 0 && value <= most && value == floor(value);
}

/* Line 1: "V D", or a word and as many numbers as all lines have. */
static enum status read_first(struct reading *reading, const char *line, size_t length,
                              struct error *err)
{
    const char *end = line + length, *at = line;
    size_t n = count_fields(line, end);
    while (at < end && is_gap(*at))
        at++;
    if (n == 2 && word_text_number(&at, end, &reading->announced)) {
        while (at < end && is_gap(*at))
            at++;
        reading->has_header = word_text_number(&at, end, &reading->columns) &&
                              is_whole(reading->announced, 1e15) &&
                              is_whole(reading->columns, 1e15);
    }
    double wanted = reading->has_header ? reading->columns : (double)n - 1;
    if (!(wanted >= 1 && wanted <= WORD_DIMENSION_MAX))
        return error_set(err, STATUS_FORMAT,
                         "'%s' line 1: expected a word and 1 to %d numbers, or how many "
                         "words and numbers there are",
                         reading->path, WORD_DIMENSION_MAX);
    reading->builder.dimension = (size_t)wanted;
    reading->vector = mem_alloc(reading->builder.dimension * sizeof *reading->vector);
    return reading->has_header ? STATUS_OK : read_word(reading, line, length, err);
}

static enum status look(const struct reading *reading, struct error *err)
{
    const struct encoder_watch *watch = reading->watch;
    if (watch && watch->progress)
        watch->progress(watch->self, (double)source_bytes(reading->source),
                        (double)source_size(reading->source));
    if (watch && cancel_asked(watch->cancel))
        return error_set(err, STATUS_CANCELLED, "reading '%s' was stopped", reading->path);
    return STATUS_OK;
}

static enum status read_lines(struct reading *reading, struct error *err)
{
    for (;;) {
        char *line;
        size_t length;
        enum status status = source_line(reading->source, &line, &length, err);
        if (status || !line)
            return status;
        size_t number = source_line_number(reading->source);
        if (number == 1)
            status = read_first(reading, line, length, err);
        else
            status = read_word(reading, line, length, err);
        if (!status && number % LINES_A_LOOK == 0)
            status = look(reading, err);
        if (status)
            return status;
    }
}

static enum status check_whole(const struct reading *reading, struct error *err)
{
    size_t n = reading->builder.n_rows;
    if (!n)
        return error_set(err, STATUS_FORMAT, "'%s' holds no words", reading->path);
    if (reading->has_header && (double)n != reading->announced)
        return error_set(err, STATUS_FORMAT,
                         "'%s' line 1: it announces %.0f words, the file has %zu",
                         reading->path, reading->announced, n);
    return STATUS_OK;
}

enum status word_text_read(struct word_table *table, const char *path,
                           const struct encoder_watch *watch, struct error *err)
{
    struct reading reading = {
        .source = source_open(path, err), .path = path, .watch = watch};
    if (!reading.source)
        return err ? err->status : STATUS_IO;
    enum status status = read_lines(&reading, err);
    if (!status)
        status = check_whole(&reading, err);
    if (!status)
        word_builder_finish(&reading.builder, table);
    word_builder_done(&reading.builder);
    free(reading.vector);
    source_free(reading.source);
    return status;
}
