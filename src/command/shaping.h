/* Shaping a report's table as the common options say: which rows, in which order, which columns.
 *
 * It concerns one table: the one of --table, else the main one, else the values as a table of name,
 * value and unit. The rest of the report stays.
 *
 *   --where FILTER      rows for which it holds (command/where.h)
 *   --sort -a,b         by a from high to low, then by b. Texts by words_compare, intervals by
 *                       their middle; what is missing comes last in either direction, and equal
 *                       rows stay in their order
 *   --top N             then the first N
 *   --columns a,b       then these columns; --columns -a,-b all but these. Marks are kept without
 *                       --columns, and with it when "mark" is named
 */
#ifndef COMMAND_SHAPING_H
#define COMMAND_SHAPING_H

#include "command/command.h"
#include "command/report.h"

bool shaping_is_asked(const struct common *common);

/* Whether the expressions are well formed, before there are rows. STATUS_USAGE. */
enum status shaping_check(const struct common *common, struct error *err);

/* A shaped copy of the report; NULL with STATUS_USAGE naming the option and the column. */
struct report *shaping_apply(const struct report *report, const struct common *common,
                             struct error *err);

#endif
