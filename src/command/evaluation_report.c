#include "command/evaluation_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void name_row(struct table *table, const struct evaluated_row *row)
{
    char name[32];
    switch (row->predictor) {
    case PREDICTOR_HEAD:
        snprintf(name, sizeof name, "h%zu", row->head + 1);
        table_text(table, name);
        break;
    case PREDICTOR_MIXTURE:
        table_text(table, "mixture");
        break;
    case PREDICTOR_SINGLE:
        table_text(table, "single head");
        break;
    case PREDICTOR_ORACLE:
        table_text(table, "best head");
        table_mark(table, "oracle");
        break;
    }
}

/* A column for an attribute, whose name may be that of a column the table has of its own. */
static void attribute_column(struct table *table, const char *attribute, const char *suffix,
                             enum column_type type, size_t n)
{
    char name[160], title[160];
    bool taken = strcmp(attribute, "head") == 0 || strcmp(attribute, "load") == 0 ||
                 strcmp(attribute, "mean") == 0 || strcmp(attribute, "mark") == 0;
    snprintf(name, sizeof name, "%s%.120s%s", taken ? "attribute_" : "", attribute, suffix);
    table_column(table, name, type, 3, NULL);
    snprintf(title, sizeof title, "%.120s n=%zu", attribute, n);
    if (n)
        table_title(table, title);
}

/* ---- for programs: a row a predictor, everything in it ---- */

static void add_heads(const struct evaluation *evaluation, struct report *report)
{
    struct table *table =
        report_table(report, "heads", "accuracy of each head by attribute");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "load", COLUMN_SHARE, 2, NULL);
    for (size_t a = 0; a < evaluation->n_attributes; a++) {
        attribute_column(table, evaluation->attributes[a], "", COLUMN_SHARE,
                         evaluation->attribute_pairs[a]);
        attribute_column(table, evaluation->attributes[a], "_interval", COLUMN_INTERVAL, 0);
    }
    table_column(table, "mean", COLUMN_SHARE, 3, NULL);
    table_column(table, "mean_interval", COLUMN_INTERVAL, 3, NULL);
    for (size_t r = 0; r < evaluation->n_rows; r++) {
        const struct evaluated_row *row = &evaluation->rows[r];
        table_row(table);
        name_row(table, row);
        table_number(table, row->load);
        for (size_t a = 0; a < evaluation->n_attributes; a++) {
            const struct evaluated_cell *cell = &row->cells[a];
            table_number(table, cell->accuracy);
            table_interval(table, cell->interval.low, cell->interval.high);
        }
        table_number(table, row->mean);
        table_interval(table, row->mean_interval.low, row->mean_interval.high);
    }
}

/* ---- for people: a row an attribute, a column a predictor, which stays narrow ---- */

static void predictor_columns(const struct evaluation *evaluation, struct table *table,
                              enum column_type type)
{
    for (size_t r = 0; r < evaluation->n_rows; r++) {
        const struct evaluated_row *row = &evaluation->rows[r];
        char name[32];
        snprintf(name, sizeof name, "h%zu", row->head + 1);
        const char *names[] = {name, "mixture", "single", "oracle"};
        table_column(table, names[row->predictor], type, type == COLUMN_INTERVAL ? 2 : 3,
                     NULL);
        if (row->predictor == PREDICTOR_ORACLE)
            table_title(table, "best (oracle)");
    }
}

static void add_accuracies(const struct evaluation *evaluation, struct report *report)
{
    struct table *table =
        report_table(report, "heads", "accuracy of each head by attribute");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    predictor_columns(evaluation, table, COLUMN_SHARE);
    for (size_t a = 0; a < evaluation->n_attributes; a++) {
        table_row(table);
        table_text(table, evaluation->attributes[a]);
        table_number(table, (double)evaluation->attribute_pairs[a]);
        for (size_t r = 0; r < evaluation->n_rows; r++)
            table_number(table, evaluation->rows[r].cells[a].accuracy);
    }
    table_row(table);
    table_text(table, "mean");
    table_number(table, (double)evaluation->n_pairs);
    for (size_t r = 0; r < evaluation->n_rows; r++)
        table_number(table, evaluation->rows[r].mean);
    table_row(table);
    table_text(table, "router's weight");
    table_missing(table);
    for (size_t r = 0; r < evaluation->n_rows; r++)
        table_number(table, evaluation->rows[r].load);
}

static void add_intervals(const struct evaluation *evaluation, struct report *report)
{
    struct table *table =
        report_table(report, "intervals", "95 % intervals of these accuracies");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    predictor_columns(evaluation, table, COLUMN_INTERVAL);
    for (size_t a = 0; a < evaluation->n_attributes; a++) {
        table_row(table);
        table_text(table, evaluation->attributes[a]);
        for (size_t r = 0; r < evaluation->n_rows; r++) {
            struct interval interval = evaluation->rows[r].cells[a].interval;
            table_interval(table, interval.low, interval.high);
        }
    }
    table_row(table);
    table_text(table, "mean");
    for (size_t r = 0; r < evaluation->n_rows; r++) {
        struct interval interval = evaluation->rows[r].mean_interval;
        table_interval(table, interval.low, interval.high);
    }
}

static void add_attributes(const struct evaluation *evaluation, struct report *report)
{
    struct table *table = report_table(report, "attributes", "pairs of each attribute");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "best_head", COLUMN_TEXT, 0, NULL);
    const struct evaluated_row *oracle = evaluation_row(evaluation, PREDICTOR_ORACLE);
    for (size_t a = 0; a < evaluation->n_attributes; a++) {
        char head[32];
        snprintf(head, sizeof head, "h%zu", oracle->cells[a].head + 1);
        table_row(table);
        table_text(table, evaluation->attributes[a]);
        table_number(table, (double)evaluation->attribute_pairs[a]);
        table_text(table, evaluation->attribute_pairs[a] ? head : NULL);
    }
}

static void add_summary(const struct evaluation *evaluation, struct report *report)
{
    struct table *table =
        report_table(report, "summary",
                     "mean over attributes, 95 % intervals by bootstrap over prompts");
    bool has_single = evaluation_row(evaluation, PREDICTOR_SINGLE) != NULL;
    table_column(table, "predictor", COLUMN_TEXT, 0, NULL);
    table_column(table, "mean", COLUMN_SHARE, 3, NULL);
    table_column(table, "mean_interval", COLUMN_INTERVAL, 3, NULL);
    if (has_single) {
        table_column(table, "difference", COLUMN_REAL, 3, NULL);
        table_title(table, "minus single");
        table_column(table, "difference_interval", COLUMN_INTERVAL, 3, NULL);
    }
    for (size_t r = 0; r < evaluation->n_rows; r++) {
        const struct evaluated_row *row = &evaluation->rows[r];
        if (row->predictor == PREDICTOR_HEAD)
            continue;
        table_row(table);
        name_row(table, row);
        table_number(table, row->mean);
        table_interval(table, row->mean_interval.low, row->mean_interval.high);
        if (has_single) {
            table_number(table, row->difference);
            table_interval(table, row->difference_interval.low,
                           row->difference_interval.high);
        }
    }
}

/* Does a mixture help here? Said for the mixture, and for the heads in it. */
void evaluation_verdict(const struct evaluation *evaluation, struct text *out)
{
    const struct evaluated_row *mixture = evaluation_row(evaluation, PREDICTOR_MIXTURE);
    const struct evaluated_row *oracle = evaluation_row(evaluation, PREDICTOR_ORACLE);
    if (isnan(mixture->difference) || isnan(mixture->difference_interval.low))
        return;
    struct interval d = mixture->difference_interval;
    const char *verdict = d.low > 0 ? "The mixture beats the single head here"
                          : d.high < 0
                              ? "The mixture does worse than the single head here"
                              : "The mixture does not help here: it is no better and no "
                                "worse than the single head within its interval";
    text_printf(out, "%s (%+.3f, 95 %% interval %+.3f to %+.3f).\n", verdict,
                mixture->difference, d.low, d.high);
    bool helps = d.low > 0;
    d = oracle->difference_interval;
    if (d.low > 0)
        text_printf(out,
                    "Its heads have specialised: the best head of each attribute is %+.3f "
                    "over the single head (%+.3f to %+.3f). %s",
                    oracle->difference, d.low, d.high,
                    helps ? "Prompts tell the router a part of which head to trust; a "
                            "context may tell it more."
                          : "Prompts alone do not tell the router which head to trust; a "
                            "context may.");
    else
        text_printf(out,
                    "Its heads have no certain advantage by attribute either (%+.3f, %+.3f "
                    "to %+.3f): the attributes may agree too much for heads to specialise.",
                    oracle->difference, d.low, d.high);
}

static void add_verdict(const struct evaluation *evaluation, struct report *report)
{
    struct text verdict = {0};
    report_note(report,
                "The best head is an oracle: for each attribute the head that does best "
                "on these very pairs, which nobody knows beforehand.");
    evaluation_verdict(evaluation, &verdict);
    size_t first = verdict.length ? strcspn(verdict.bytes, "\n") : 0;
    if (first) {
        report_note(report, "%.*s", (int)first, verdict.bytes);
        report_note(report, "%s", verdict.bytes + first + 1);
    }
    text_done(&verdict);
}

/* ---- a row a cell, for filters: attribute=humor accuracy>0.7 ---- */

static void add_cells(const struct evaluation *evaluation, struct report *report)
{
    struct table *table = report_table_on_request(
        report, "cells", "accuracy by predictor and attribute, 95 % intervals");
    table_column(table, "predictor", COLUMN_TEXT, 0, NULL);
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "right", COLUMN_COUNT, 0, NULL);
    table_column(table, "accuracy", COLUMN_SHARE, 3, NULL);
    table_column(table, "accuracy_interval", COLUMN_INTERVAL, 3, NULL);
    for (size_t r = 0; r < evaluation->n_rows; r++)
        for (size_t a = 0; a < evaluation->n_attributes; a++) {
            const struct evaluated_row *row = &evaluation->rows[r];
            table_row(table);
            name_row(table, row);
            table_text(table, evaluation->attributes[a]);
            table_number(table, (double)evaluation->attribute_pairs[a]);
            table_number(table, (double)row->cells[a].right);
            table_number(table, row->cells[a].accuracy);
            table_interval(table, row->cells[a].interval.low, row->cells[a].interval.high);
        }
}

void evaluation_report(const struct evaluation *evaluation, struct report *report,
                       enum table_mode mode)
{
    report_count(report, "pairs", evaluation->n_pairs, NULL);
    report_count(report, "prompts", evaluation->n_prompts, NULL);
    report_real(report, "nll", evaluation->nll, 4, "nats per pair");
    report_real(report, "single_nll", evaluation->single_nll, 4, "nats per pair");
    report_real(report, "calibration_error", evaluation->calibration, 4, NULL);
    report_real(report, "router_entropy", evaluation->entropy, 3, "nats");
    if (evaluation->ties)
        report_count(report, "ties", evaluation->ties, "pairs, counted wrong");
    if (table_mode_is_shown(mode)) {
        add_accuracies(evaluation, report);
        add_intervals(evaluation, report);
    } else {
        add_heads(evaluation, report);
        add_attributes(evaluation, report);
    }
    add_summary(evaluation, report);
    add_cells(evaluation, report);
    add_verdict(evaluation, report);
}
