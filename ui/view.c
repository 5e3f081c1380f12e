#include "ui/view.h"

#include <string.h>

#include "command/cmd_display.h"

const char *snapshot_entry(const struct snapshot *snapshot, int view, const char *what)
{
    if (snapshot->typed_filter && view == snapshot->front && strcmp(what, "filter") == 0)
        return snapshot->typed_filter;
    struct text name = {0};
    text_printf(&name, "%s.%s", view_names[view], what);
    const char *value = entries_get(&snapshot->state->views, name.bytes);
    text_done(&name);
    return value;
}
