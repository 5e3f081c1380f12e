#include "command/table.h"

#include <stddef.h>

#include "command/cmd_ablate.h"
#include "command/cmd_adapt.h"
#include "command/cmd_bound.h"
#include "command/cmd_compare.h"
#include "command/cmd_data.h"
#include "command/cmd_demo.h"
#include "command/cmd_eval.h"
#include "command/cmd_head.h"
#include "command/cmd_hedge.h"
#include "command/cmd_help.h"
#include "command/cmd_info.h"
#include "command/cmd_prune.h"
#include "command/cmd_route.h"
#include "command/cmd_train.h"

const struct command *const command_table[] = {
    &cmd_import,  &cmd_encode, &cmd_info,  &cmd_synth, &cmd_train,   &cmd_eval,
    &cmd_prune,   &cmd_head,   &cmd_route, &cmd_hedge, &cmd_adapt,   &cmd_ablate,
    &cmd_compare, &cmd_bound,  &cmd_demo,  &cmd_help,  &cmd_version, NULL,
};
