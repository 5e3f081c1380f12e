#include "command/call.h"

void call_show(const struct call *call, struct table *table)
{
    if (call->show)
        call->show(call->self, table);
    else
        table_free(table);
}
