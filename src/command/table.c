#include "command/table.h"

#include <stddef.h>

#include "command/cmd_ablate.h"
#include "command/cmd_adapt.h"
#include "command/cmd_bound.h"
#include "command/cmd_compare.h"
#include "command/cmd_convert.h"
#include "command/cmd_data.h"
#include "command/cmd_demo.h"
#include "command/cmd_display.h"
#include "command/cmd_eval.h"
#include "command/cmd_head.h"
#include "command/cmd_hedge.h"
#include "command/cmd_help.h"
#include "command/cmd_info.h"
#include "command/cmd_jobs.h"
#include "command/cmd_lab.h"
#include "command/cmd_prune.h"
#include "command/cmd_route.h"
#include "command/cmd_run.h"
#include "command/cmd_session.h"
#include "command/cmd_train.h"
#include "command/cmd_view.h"

const struct command *const command_table[] = {
    &cmd_import,  &cmd_encode,  &cmd_convert, &cmd_info,    &cmd_synth,       &cmd_train,
    &cmd_eval,    &cmd_prune,   &cmd_head,    &cmd_route,   &cmd_hedge,       &cmd_adapt,
    &cmd_ablate,  &cmd_compare, &cmd_bound,   &cmd_demo,    &cmd_context,     &cmd_lab,
    &cmd_label,   &cmd_tune,    &cmd_open,    &cmd_set,     &cmd_undo,        &cmd_redo,
    &cmd_history, &cmd_pin,     &cmd_log,     &cmd_save,    &cmd_run,         &cmd_timer,
    &cmd_last,    &cmd_jobs,    &cmd_wait,    &cmd_cancel,  &cmd_view,        &cmd_go,
    &cmd_do,      &cmd_cursor,  &cmd_search,  &cmd_sort,    &cmd_filter,      &cmd_scale,
    &cmd_columns, &cmd_show,    &cmd_mark,    &cmd_explain, &cmd_copy,        &cmd_export,
    &cmd_config,  &cmd_keys,    &cmd_prompt,  &cmd_console, &cmd_theme,       &cmd_mouse,
    &cmd_redraw,  &cmd_quit,    &cmd_repl,    &cmd_help,    &cmd_completions, &cmd_version,
    NULL,
};
