#include "command/census_report.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static const char *attribute_name(const struct corpus *corpus, size_t a)
{
    return a < corpus->attributes.n ? corpus->attributes.items[a].plain : "(none)";
}

void report_attribute_pairs(struct report *report, const char *const *names,
                            const size_t *counts, size_t n, bool has_unsplit)
{
    struct table *table =
        report_table(report, "attributes", "pairs of each attribute by split");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    for (int s = 0; s < CORPUS_SPLIT_COUNT; s++)
        table_column(table, corpus_split_name((enum corpus_split)s), COLUMN_COUNT, 0, NULL);
    if (has_unsplit)
        table_column(table, "unsplit", COLUMN_COUNT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    for (size_t a = 0; a < n; a++) {
        const size_t *of = counts + a * ATTRIBUTE_COUNTS;
        size_t sum = 0;
        table_row(table);
        table_text(table, names[a]);
        for (size_t s = 0; s < ATTRIBUTE_COUNTS; s++) {
            sum += of[s];
            if (s < CORPUS_SPLIT_COUNT || has_unsplit)
                table_number(table, (double)of[s]);
        }
        table_number(table, (double)sum);
    }
}

/* The row of pairs without an attribute only when there are some. */
static void add_attributes(const struct census *census, const struct corpus *corpus,
                           struct report *report)
{
    size_t n = census->n_attributes, without = 0;
    const char **names = mem_alloc((n + 1) * sizeof *names);
    for (size_t a = 0; a <= n; a++)
        names[a] = attribute_name(corpus, a);
    for (size_t s = 0; s < ATTRIBUTE_COUNTS; s++)
        without += census->n_by_attribute[n * ATTRIBUTE_COUNTS + s];
    report_attribute_pairs(report, names, census->n_by_attribute, n + (without > 0),
                           census->n_unsplit > 0);
    free(names);
}

static void add_conflicts(const struct census *census, const struct corpus *corpus,
                          struct report *report)
{
    if (!census->n_conflicts)
        return;
    struct table *table = report_table(
        report, "conflicts", "how often two attributes disagree on the same two responses");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    table_column(table, "other", COLUMN_TEXT, 0, NULL);
    table_column(table, "judged", COLUMN_COUNT, 0, NULL);
    table_column(table, "conflict", COLUMN_SHARE, 3, NULL);
    for (size_t i = 0; i < census->n_conflicts; i++) {
        const struct census_conflict *conflict = &census->conflicts[i];
        table_row(table);
        table_text(table, attribute_name(corpus, (size_t)conflict->a));
        table_text(table, attribute_name(corpus, (size_t)conflict->b));
        table_number(table, (double)conflict->n);
        table_number(table, (double)conflict->n_differ / (double)conflict->n);
    }
}

static void add_lengths(struct table *table, const char *name,
                        const struct census_lengths *lengths)
{
    table_row(table);
    table_text(table, name);
    table_number(table, (double)lengths->n);
    table_number(table, lengths->mean_words);
    table_number(table, (double)lengths->median_words);
    table_number(table, (double)lengths->p95_words);
    table_number(table, lengths->mean_characters);
    table_number(table, (double)lengths->median_characters);
    table_number(table, (double)lengths->p95_characters);
}

static void add_origins(const struct census *census, const struct corpus *corpus,
                        struct report *report)
{
    if (!census->n_origins)
        return;
    struct table *table = report_table(report, "origins", "where the pairs came from");
    table_column(table, "origin", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    for (size_t o = 0; o < census->n_origins; o++) {
        table_row(table);
        table_text(table, corpus->origins.items[o].plain);
        table_number(table, (double)census->n_by_origin[o]);
    }
}

double census_conflict_rate(const struct census *census)
{
    size_t n = 0, n_differ = 0;
    for (size_t i = 0; i < census->n_conflicts; i++) {
        n += census->conflicts[i].n;
        n_differ += census->conflicts[i].n_differ;
    }
    return n ? (double)n_differ / (double)n : (double)NAN;
}

/* Things that a user should know and that are usually 0. */
static void add_warnings(const struct census *census, struct report *report)
{
    if (census->n_leaking)
        report_note(report,
                    "%zu prompts have pairs in more than one split: what is learned "
                    "from them leaks into the test.",
                    census->n_leaking);
    if (census->n_repeated)
        report_note(report, "%zu pairs say what an earlier one says.", census->n_repeated);
    if (census->n_contradicted)
        report_note(report,
                    "%zu pairs contradict another of the same attribute, context and "
                    "user.",
                    census->n_contradicted);
}

void census_report(const struct census *census, const struct corpus *corpus,
                   struct report *report)
{
    report_count(report, "pairs", census->n_pairs, NULL);
    report_count(report, "prompts", census->n_prompts, NULL);
    report_count(report, "responses", census->n_responses, NULL);
    report_count(report, "contexts", census->n_contexts, NULL);
    report_count(report, "users", census->n_users, NULL);
    report_count(report, "rated_pairs", census->n_rated, NULL);
    report_real(report, "conflict_rate", census_conflict_rate(census), 3, NULL);
    add_attributes(census, corpus, report);
    add_conflicts(census, corpus, report);
    struct table *table = report_table(report, "lengths", "lengths of the distinct texts");
    table_column(table, "text", COLUMN_TEXT, 0, NULL);
    table_column(table, "texts", COLUMN_COUNT, 0, NULL);
    table_column(table, "mean_words", COLUMN_REAL, 1, NULL);
    table_column(table, "median_words", COLUMN_COUNT, 0, NULL);
    table_column(table, "p95_words", COLUMN_COUNT, 0, NULL);
    table_column(table, "mean_characters", COLUMN_REAL, 1, NULL);
    table_column(table, "median_characters", COLUMN_COUNT, 0, NULL);
    table_column(table, "p95_characters", COLUMN_COUNT, 0, NULL);
    add_lengths(table, "prompt", &census->prompts);
    add_lengths(table, "response", &census->responses);
    add_origins(census, corpus, report);
    add_warnings(census, report);
}
