/* Long results on a terminal go through a pager: $PAGER, or less. */
#ifndef UI_REPL_PAGER_H
#define UI_REPL_PAGER_H

#include <stdbool.h>

#include "base/error.h"
#include "command/command.h"
#include "command/report.h"

/* Whether the result is for people and goes to a terminal that can show it page by page. */
bool repl_pager_takes(const struct report *report, const struct common *common,
                      const char *path);

/* Writes the report to standard output: through the pager when it has more lines than the terminal,
 * else as it is. */
enum status repl_pager_show(const struct report *report, const struct common *common,
                            struct error *err);

#endif
