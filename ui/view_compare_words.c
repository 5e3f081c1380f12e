/* What the methods are; the order is that of the command compare. */
#include "ui/view_compare_words.h"

#include <string.h>

static const struct {
    const char *name, *meaning, *equation;
} meanings[] = {
    {"model", "the mixture, its router reading prompts", "E6"},
    {"model+context", "the mixture, its router reading contexts too", "E12"},
    {"model's single", "the single head trained beside the mixture", "E1"},
    {"model's best", "the best head of each attribute, chosen on these very pairs", "E11"},
    {"pinned", "the pinned mixture, its router reading prompts", "E6"},
    {"pinned+context", "the pinned mixture, its router reading contexts too", "E12"},
    {"pinned single", "the single head of the pinned model", "E1"},
    {"pinned best", "the pinned model's best heads, chosen on these very pairs", "E11"},
    {"single", "one head for all", "E1"},
    {"single-lbfgs", "one head for all, trained to convergence", "E25"},
    {"static", "a mixture with the same weights for all pairs", "E26"},
    {"static-em", "the same by expectation maximisation", "E26"},
    {"shared-base", "an ensemble of heads with frozen random parts", "E28"},
    {"armo-linear", "a head for each rating, a gate that weighs them by pairs", "E30"},
    {"micro", "heads, and a router that reads prompts", "E2"},
    {"micro-context", "the same, the router reading contexts too", "E12"},
    {"maxmin", "a head for each cluster of users", "E27"},
    {"hyre", "the ensemble, reweighted by labels", "E29"},
    {"micro-hyre", "micro's heads, reweighted by labels", "E29"},
    {"drm", "principal components, reweighted by labels", "E31"},
    {"drm-uniform", "random directions in place of components", "E31"},
    {"drm-gaussian", "random directions in place of components", "E31"},
    {"pal-a-linear", "a mix of prototypes for each user", "E32"},
    {"vpl-linear", "a latent vector for each user", "E32"},
    {"micro-adapted", "the router, fine-tuned on labels with contexts", "E12"},
    {"hedge", "micro's heads, weighed by their losses on labels", "E14"},
    {"em", "micro's heads, weighed by how well a blend explains labels", "E22"},
    {"stack", "micro's heads, weighed by regression on labels", "E23"},
    {"em-residual", "em, corrected by a head fitted to the labels", "E23"},
    {"scratch", "a head from the labels alone", "E23"},
    {"from-single", "the labels, starting from the single head", "E23"},
    {"best-head", "the head that is best on the answers: nobody knows it beforehand",
     "E11"},
};

static size_t find(const struct compare_row *row)
{
    size_t n = sizeof meanings / sizeof *meanings, i = 0;
    while (i < n && strcmp(meanings[i].name, row->name) != 0)
        i++;
    return i;
}

const char *compare_meaning(const struct compare_row *row)
{
    size_t i = find(row);
    return i < sizeof meanings / sizeof *meanings ? meanings[i].meaning : "a method";
}

const char *compare_equation(const struct compare_row *row)
{
    size_t i = find(row);
    return i < sizeof meanings / sizeof *meanings ? meanings[i].equation : "E33";
}
