/* RewardBench's division of its subsets into categories. */
#ifndef CORPUS_REWARDBENCH_H
#define CORPUS_REWARDBENCH_H

#include <stddef.h>

enum rewardbench_category {
    REWARDBENCH_CHAT,
    REWARDBENCH_CHAT_HARD,
    REWARDBENCH_SAFETY,
    REWARDBENCH_REASONING,
    REWARDBENCH_CATEGORIES, /* how many; and of a name that is no subset */
};
extern const char *const rewardbench_category_names[]; /* "chat", "chat-hard" ..., NULL */

enum rewardbench_category rewardbench_category(const char *subset);

/* Accuracy of a category from those of its subsets (n of them, of any categories), NaN when none
 * of them is there. */
struct rewardbench_subset {
    const char *name;
    double accuracy;
    size_t pairs;
};

enum rewardbench_weighting {
    REWARDBENCH_OWN, /* subsets by their pairs; of reasoning, mathematics and code by halves */
    REWARDBENCH_PLAIN, /* every subset the same */
    REWARDBENCH_WEIGHTINGS
};
extern const char *const rewardbench_weighting_names[]; /* "own", "plain", NULL */

double rewardbench_score(const struct rewardbench_subset *subsets, size_t n,
                         enum rewardbench_category category,
                         enum rewardbench_weighting weighting);

#endif
