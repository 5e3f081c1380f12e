/* Picker: a list of lines to choose from, over the whole body, with a filter. */
#ifndef UI_PICKER_H
#define UI_PICKER_H

#include "ui/overlay.h"

struct pick {
    const char *name; /* as it is shown */
    const char *note; /* beside it; NULL: none */
    const char *line; /* the command line to run when it is chosen */
};

/* Copies all. above: lines to read over the list; NULL: none. With n = 0 it is these lines only. */
struct overlay picker_make(const char *title, const char *above, const struct pick *picks,
                           size_t n, const char *demo);

#endif
