#include "command/call.h"

void call_show(const struct call *call, struct table *table)
{
    if (call->show)
        call->show(call->self, table);
    else
        table_free(table);
}

void call_yield_to_results(struct call *call)
{
    if (call->mode == TABLE_TEXT || call->mode == TABLE_BOX || call->mode == TABLE_PLAIN)
        report_yield_output(call->report);
}
