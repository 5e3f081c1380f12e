#include "core/recipe.h"

#include <math.h>

const char *const decay_names[] = {"cosine", "constant", NULL};

double recipe_factor(const struct recipe *recipe, size_t step, size_t total)
{
    double warm = ceil(recipe->warmup * (double)total), s = (double)step;
    if (s < warm)
        return s / warm;
    if (recipe->decay == DECAY_CONSTANT || (double)total <= warm)
        return 1.0;
    return 0.5 * (1.0 + cos(3.14159265358979323846 * (s - warm) / ((double)total - warm)));
}
