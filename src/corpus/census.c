#include "corpus/census.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "corpus/comparison.h"

/* ---- which passages the pairs use ---- */

static void mark(unsigned char *used, int32_t index)
{
    if (index >= 0)
        used[index] = 1;
}

static size_t count_used(const unsigned char *used, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += used[i];
    return count;
}

/* ---- lengths ---- */

static void measure(const struct passage *passage, size_t *characters, size_t *words)
{
    bool inside = false;
    *characters = *words = 0;
    for (size_t i = 0; i < passage->length; i++) {
        unsigned char byte = (unsigned char)passage->plain[i];
        bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
        *characters += (byte & 0xc0) != 0x80;
        *words += !space && !inside;
        inside = !space;
    }
}

static int order_sizes(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    return (a > b) - (a < b);
}

/* Sorts the lengths. */
static void summarise(size_t *lengths, size_t n, double *mean, size_t *median, size_t *p95)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)lengths[i];
    qsort(lengths, n, sizeof *lengths, order_sizes);
    *mean = sum / (double)n;
    *median = lengths[(n + 1) / 2 - 1];
    *p95 = lengths[(n * 95 + 99) / 100 - 1];
}

static enum status take_lengths(struct census_lengths *out, const struct passages *passages,
                                const unsigned char *used, struct error *err)
{
    size_t *characters = mem_array(passages->n, sizeof *characters);
    size_t *words = mem_array(passages->n, sizeof *words);
    enum status status = STATUS_OK;
    if (characters && words) {
        size_t n = 0;
        for (size_t i = 0; i < passages->n; i++)
            if (used[i]) {
                measure(&passages->items[i], &characters[n], &words[n]);
                n++;
            }
        out->n = n;
        if (n) {
            summarise(characters, n, &out->mean_characters, &out->median_characters,
                      &out->p95_characters);
            summarise(words, n, &out->mean_words, &out->median_words, &out->p95_words);
        }
    } else {
        status =
            error_set(err, STATUS_NO_MEMORY, "no memory to measure %zu texts", passages->n);
    }
    free(characters);
    free(words);
    return status;
}

/* ---- pairs one by one ---- */

static int order_texts(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    return strcmp(*a, *b);
}

static enum status count_same_ids(struct census *census, const struct corpus *corpus,
                                  struct error *err)
{
    const char **ids = mem_array(corpus->n_pairs, sizeof *ids);
    if (!ids)
        return error_set(err, STATUS_NO_MEMORY, "no memory to sort %zu ids",
                         corpus->n_pairs);
    size_t n = 0;
    for (size_t i = 0; i < corpus->n_pairs; i++)
        if (corpus->pairs[i].id)
            ids[n++] = corpus->pairs[i].id;
    qsort(ids, n, sizeof *ids, order_texts);
    for (size_t i = 1; i < n; i++)
        census->n_same_ids += strcmp(ids[i], ids[i - 1]) == 0;
    free(ids);
    return STATUS_OK;
}

static enum status count_pairs(struct census *census, const struct corpus *corpus,
                               struct error *err)
{
    census->n_by_attribute =
        mem_array((census->n_attributes + 1) * (CORPUS_SPLIT_COUNT + 1), sizeof(size_t));
    census->n_by_origin = mem_array(census->n_origins + 1, sizeof(size_t));
    unsigned char *splits =
        mem_array(corpus->prompts.n, 1); /* bit s: has a pair in split s */
    if (!census->n_by_attribute || !census->n_by_origin || !splits) {
        free(splits);
        return error_set(err, STATUS_NO_MEMORY, "no memory to count %zu pairs",
                         corpus->n_pairs);
    }
    for (size_t i = 0; i < corpus->n_pairs; i++) {
        const struct pair *pair = &corpus->pairs[i];
        bool unsplit = pair->split == CORPUS_UNSPLIT;
        size_t column = unsplit ? CORPUS_SPLIT_COUNT : (size_t)pair->split;
        size_t row = pair->attribute < 0 ? census->n_attributes : (size_t)pair->attribute;
        size_t origin = pair->origin < 0 ? census->n_origins : (size_t)pair->origin;
        census->n_by_attribute[row * (CORPUS_SPLIT_COUNT + 1) + column]++;
        census->n_by_origin[origin]++;
        census->n_rated += !isnan(pair->chosen_rating) && !isnan(pair->rejected_rating);
        if (unsplit)
            census->n_unsplit++;
        else
            census->n_splits[pair->split]++;
        splits[pair->prompt] |= (unsigned char)(1u << column);
    }
    for (size_t i = 0; i < corpus->prompts.n; i++)
        census->n_leaking += (splits[i] & (splits[i] - 1)) != 0;
    free(splits);
    return STATUS_OK;
}

static enum status count_used_passages(struct census *census, const struct corpus *corpus,
                                       struct error *err)
{
    unsigned char *prompts = mem_array(corpus->prompts.n, 1);
    unsigned char *responses = mem_array(corpus->responses.n, 1);
    unsigned char *contexts = mem_array(corpus->contexts.n, 1);
    unsigned char *users = mem_array(corpus->users.n, 1);
    enum status status = STATUS_NO_MEMORY;
    if (prompts && responses && contexts && users) {
        for (size_t i = 0; i < corpus->n_pairs; i++) {
            const struct pair *pair = &corpus->pairs[i];
            mark(prompts, pair->prompt);
            mark(responses, pair->chosen);
            mark(responses, pair->rejected);
            mark(contexts, pair->context);
            mark(users, pair->user);
        }
        census->n_prompts = count_used(prompts, corpus->prompts.n);
        census->n_responses = count_used(responses, corpus->responses.n);
        census->n_contexts = count_used(contexts, corpus->contexts.n);
        census->n_users = count_used(users, corpus->users.n);
        status = take_lengths(&census->prompts, &corpus->prompts, prompts, err);
        if (!status)
            status = take_lengths(&census->responses, &corpus->responses, responses, err);
    } else {
        error_set(err, STATUS_NO_MEMORY, "no memory to count the texts of %zu pairs",
                  corpus->n_pairs);
    }
    free(prompts);
    free(responses);
    free(contexts);
    free(users);
    return status;
}

/* ---- pairs that are about the same responses ---- */

/* Pairs [i, end) have the same texts and attribute. */
static void count_duplicates(struct census *census, const struct comparison *comparisons,
                             size_t i, size_t end)
{
    while (i < end) {
        size_t next = comparison_run(comparisons, end, i, COMPARISON_JUDGE);
        size_t n = next - i, n_first = 0;
        for (; i < next; i++)
            n_first += comparisons[i].first_chosen;
        bool both = n_first && n_first < n;
        census->n_repeated += n - (both ? 2 : 1);
        census->n_contradicted += both ? n : 0;
    }
}

/* A square table of conflicts over the first n attributes. */
struct conflict_table {
    struct census_conflict *cells;
    size_t n;
};

/* One verdict per attribute on the run [i, end) of one pair of responses; adds every two of
 * them to the table. */
static void count_verdicts(struct census *census, const struct comparison *comparisons,
                           size_t i, size_t end, struct conflict_table *table)
{
    int32_t attributes[CENSUS_ATTRIBUTES_MAX];
    int verdicts[CENSUS_ATTRIBUTES_MAX];
    size_t n = 0;
    while (i < end) {
        size_t next = comparison_run(comparisons, end, i, COMPARISON_ATTRIBUTE);
        int32_t attribute = comparisons[i].attribute;
        int verdict = comparison_verdict(comparisons, i, next);
        count_duplicates(census, comparisons, i, next);
        i = next;
        if (attribute < 0 || (size_t)attribute >= table->n || !verdict)
            continue;
        for (size_t j = 0; j < n; j++) {
            size_t at = (size_t)attributes[j] * table->n + (size_t)attribute;
            table->cells[at].n++;
            table->cells[at].n_differ += verdicts[j] != verdict;
        }
        attributes[n] = attribute;
        verdicts[n++] = verdict;
    }
}

/* Keeps the cells in use, in their order. */
static void keep_conflicts(struct census *census, struct conflict_table *table)
{
    for (size_t a = 0; a < table->n; a++)
        for (size_t b = 0; b < table->n; b++) {
            struct census_conflict cell = table->cells[a * table->n + b];
            cell.a = (int32_t)a;
            cell.b = (int32_t)b;
            if (cell.n)
                table->cells[census->n_conflicts++] = cell;
        }
    census->conflicts = table->cells;
}

static enum status count_comparisons(struct census *census, const struct corpus *corpus,
                                     struct error *err)
{
    struct comparison *comparisons = comparisons_of(corpus, err);
    if (!comparisons)
        return STATUS_NO_MEMORY;
    size_t n = census->n_attributes;
    n = n < CENSUS_ATTRIBUTES_MAX ? n : CENSUS_ATTRIBUTES_MAX;
    struct conflict_table table = {mem_array(n * n, sizeof *table.cells), n};
    if (!table.cells) {
        free(comparisons);
        return error_set(err, STATUS_NO_MEMORY, "no memory to compare %zu attributes", n);
    }
    for (size_t i = 0; i < corpus->n_pairs;) {
        size_t end = comparison_run(comparisons, corpus->n_pairs, i, COMPARISON_RESPONSES);
        count_verdicts(census, comparisons, i, end, &table);
        census->n_judged++;
        i = end;
    }
    keep_conflicts(census, &table);
    free(comparisons);
    return STATUS_OK;
}

enum status census_take(struct census *census, const struct corpus *corpus,
                        struct error *err)
{
    struct census taken = {.n_pairs = corpus->n_pairs,
                           .n_attributes = corpus->attributes.n,
                           .n_origins = corpus->origins.n};
    enum status status = count_pairs(&taken, corpus, err);
    if (!status)
        status = count_used_passages(&taken, corpus, err);
    if (!status)
        status = count_same_ids(&taken, corpus, err);
    if (!status)
        status = count_comparisons(&taken, corpus, err);
    if (status)
        census_done(&taken);
    else
        *census = taken;
    return status;
}

void census_done(struct census *census)
{
    free(census->n_by_attribute);
    free(census->n_by_origin);
    free(census->conflicts);
    *census = (struct census){0};
}
