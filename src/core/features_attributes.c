#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/features_files.h"
#include "io/json.h"

/* The attributes of ArmoRM's stage 1, in the order of its labels
 * (RLHFlow/RLHF-Reward-Modeling, armo-rm/stage-1_prepare.py). */
static const char *const armo_names[] = {
    "helpsteer-helpfulness",
    "helpsteer-correctness",
    "helpsteer-coherence",
    "helpsteer-complexity",
    "helpsteer-verbosity",
    "ultrafeedback-overall_score",
    "ultrafeedback-instruction_following",
    "ultrafeedback-truthfulness",
    "ultrafeedback-honesty",
    "ultrafeedback-helpfulness",
    "beavertails-is_safe",
    "prometheus-score",
    "argilla-overall_quality",
    "argilla-judge_lm",
    "code-complexity",
    "code-style",
    "code-explanation",
    "code-instruction-following",
    "code-readability",
};
enum { N_ARMO_NAMES = sizeof armo_names / sizeof *armo_names };

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that occurs twice, or NULL. */
static const char *find_twice(const char *const *names, size_t n)
{
    const char **sorted = mem_alloc(n * sizeof *sorted);
    memcpy(sorted, names, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_names);
    const char *twice = NULL;
    for (size_t i = 1; i < n && !twice; i++)
        twice = strcmp(sorted[i - 1], sorted[i]) == 0 ? sorted[i] : NULL;
    free(sorted);
    return twice;
}

static enum status read_names(struct features *features, const struct json *list,
                              struct error *err)
{
    struct features_files *files = features->files;
    size_t n = json_length(list), i = 0;
    if (!json_is_array(list) || !n)
        return error_set(err, STATUS_FORMAT,
                         "'%s': attributes in __metadata__ is no JSON array of names",
                         files->path);
    const char **names = features_files_array(files, n, sizeof *names, err);
    if (!names)
        return STATUS_NO_MEMORY;
    for (const struct json *item = json_first(list); item; item = json_next(item), i++) {
        const char *name = json_text(item);
        if (!name || !*name)
            return error_set(err, STATUS_FORMAT,
                             "'%s': attribute %zu in __metadata__ is no name", files->path,
                             i);
        names[i] = arena_copy(&files->texts, name, strlen(name));
    }
    const char *twice = find_twice(names, n);
    char shown[80];
    if (twice)
        return error_set(err, STATUS_FORMAT, "'%s': two attributes are called '%s'",
                         files->path, text_show(shown, sizeof shown, twice));
    features->attributes = names;
    features->n_attributes = n;
    return STATUS_OK;
}

enum status features_attributes_read(struct features *features, struct error *err)
{
    const char *text = json_text(json_get(features->metadata, "attributes"));
    if (!text)
        return STATUS_OK;
    struct error inner;
    struct json *list = json_parse(text, strlen(text), &inner);
    if (!list)
        return error_set(err, inner.status, "'%s': attributes in __metadata__: %s",
                         features->files->path, inner.message);
    enum status status = read_names(features, list, err);
    json_free(list);
    return status;
}

static size_t count_attributes(const struct features *features)
{
    if (features->labels.n_rows)
        return features->labels.n_columns;
    int32_t largest = -1;
    for (size_t i = 0; i < features->n_pairs; i++)
        if (features->pair_attribute[i] > largest)
            largest = features->pair_attribute[i];
    return largest < 0 ? 0 : (size_t)largest + 1;
}

enum status features_attributes_number(struct features *features, struct error *err)
{
    struct features_files *files = features->files;
    size_t n = count_attributes(features);
    bool is_armo = strcmp(features->layout, "armo-rated") == 0 && n == N_ARMO_NAMES;
    const char **names = features_files_array(files, n, sizeof *names, err);
    if (!names)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        char number[24];
        int length = snprintf(number, sizeof number, "%zu", i);
        names[i] =
            is_armo ? armo_names[i] : arena_copy(&files->texts, number, (size_t)length);
    }
    features->attributes = names;
    features->n_attributes = n;
    return STATUS_OK;
}
