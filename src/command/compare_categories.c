#include "command/compare_categories.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "corpus/rewardbench.h"

static void add_row(struct table *table, const struct comparing_row *row,
                    struct rewardbench_subset *subsets, size_t n,
                    enum rewardbench_weighting weighting)
{
    double sum = 0, count = 0;
    for (size_t g = 0; g < n; g++)
        subsets[g].accuracy = row->cells[g];
    table_row(table);
    table_text(table, method_names[row->method]);
    table_text(table, rewardbench_weighting_names[weighting]);
    for (int c = 0; c < REWARDBENCH_CATEGORIES; c++) {
        double score =
            rewardbench_score(subsets, n, (enum rewardbench_category)c, weighting);
        table_number(table, score);
        sum += isnan(score) ? 0 : score;
        count += isnan(score) ? 0 : 1;
    }
    table_number(table, sum / count);
}

void compare_categories(const struct compare_report *what,
                        const struct comparing_results *results, struct report *report)
{
    size_t n = results->n_groups;
    char(*names)[160] = mem_alloc((n + 1) * sizeof *names);
    struct rewardbench_subset *subsets = mem_zero((n + 1) * sizeof *subsets);
    bool all = n > 0;
    for (size_t g = 0; g < n; g++) {
        subsets[g].name =
            comparing_group_name(what->comparing, results->groups[g], names[g]);
        subsets[g].pairs = results->group_pairs[g];
        all = all && rewardbench_category(subsets[g].name) != REWARDBENCH_CATEGORIES;
    }
    if (all) {
        struct table *table = report_table(
            report, "categories", "RewardBench's categories, by its own weights and plain");
        table_column(table, "method", COLUMN_TEXT, 0, NULL);
        table_column(table, "weights", COLUMN_TEXT, 0, NULL);
        for (int c = 0; c < REWARDBENCH_CATEGORIES; c++)
            table_column(table, rewardbench_category_names[c], COLUMN_SHARE, 3, NULL);
        table_column(table, "mean", COLUMN_SHARE, 3, NULL);
        for (size_t r = 0; r < results->n_rows; r++)
            for (int w = 0; w < REWARDBENCH_WEIGHTINGS && !results->rows[r].missing; w++)
                add_row(table, &results->rows[r], subsets, n,
                        (enum rewardbench_weighting)w);
    }
    free(subsets);
    free(names);
}
