#include "ui/explained.h"

#include <math.h>

#include "base/words.h"

/* Columns of a line, so that it fits on the usual screen. */
enum { WIDTH = 76 };

void explained_add(const struct explanation *explanation, struct text *out)
{
    text_printf(out, "%s\n\n", explanation->what);
    text_printf(out, "value     %.4g", explanation->value);
    if (!isnan(explanation->interval.low))
        text_printf(out, ", 95 %% interval %.4g to %.4g", explanation->interval.low,
                    explanation->interval.high);
    text_add(out, "\n");
    if (explanation->n > 1)
        text_printf(out, "rests on  %zu pairs\n", explanation->n);
    text_printf(out, "formula   %s\n", explanation->formula);
    text_printf(out, "now       %s\n", explanation->values);
    struct text sentence = {0};
    text_printf(&sentence, "It is %s.", explanation->definition);
    text_add_char(out, '\n');
    words_wrap(out, sentence.bytes, 0, WIDTH);
    text_add_char(out, '\n');
    text_done(&sentence);
    if (explanation->equation)
        text_printf(out, "docs/equations.md, %s.\n", explanation->equation);
}
