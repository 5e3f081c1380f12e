#include "command/cmd_view.h"

#include <stdlib.h>
#include <string.h>

#include "command/call.h"
#include "command/cmd_display.h"
#include "command/line.h"
#include "session/workspace.h"

/* ---- order, filter, scale, columns, anything else ---- */

struct shown_args {
    int view;
    const char *value, *name;
};

#define VIEW_FIELD                                                                         \
    {                                                                                      \
        .name = "view", .type = FIELD_CHOICE, .positional = true, .choices = view_names,   \
        FIELD_AT(struct shown_args, view), .help = "of which view"                         \
    }
#define VALUE_FIELD(help_)                                                                 \
    {                                                                                      \
        .name = "value", .type = FIELD_TEXT, .positional = true, .initial = "",            \
        .dashed = true, FIELD_AT(struct shown_args, value), .help = help_                  \
    }

/* Puts an entry of that view's, as one change. */
static void put(struct call *call, const char *what, const struct shown_args *args)
{
    struct text name = {0}, line = {0};
    text_printf(&name, "%s.%s", view_names[args->view], what);
    const char *now = entries_get(&workspace_state(call->workspace)->views, name.bytes);
    bool same = now && args->value ? strcmp(now, args->value) == 0 : now == args->value;
    if (!same) {
        text_printf(&line, "%s %s ", call->command->name, view_names[args->view]);
        line_add_word(&line, args->value ? args->value : "");
        struct state *state = workspace_change(call->workspace, line.bytes);
        entries_put(&state->views, name.bytes, args->value);
    }
    text_done(&name);
    text_done(&line);
}

static enum status run_shown(struct call *call, struct error *err)
{
    (void)err;
    put(call, call->command->name, call->args);
    return STATUS_OK;
}

#define ROW(name_, help_, fields_)                                                         \
    const struct command cmd_##name_ = {.name = #name_,                                    \
                                        .group = "display",                                \
                                        .help = help_,                                     \
                                        .fields = fields_,                                 \
                                        .args_size = sizeof(struct shown_args),            \
                                        .kind = COMMAND_SESSION,                           \
                                        .run = run_shown}

static const struct field sort_fields[] = {
    VIEW_FIELD,
    VALUE_FIELD("columns, most important first, - before one that falls: "
                "-mean,head; none: the view's own order"),
    {0}};
ROW(sort, "order the rows of a view", sort_fields);

static const struct field filter_fields[] = {
    VIEW_FIELD,
    VALUE_FIELD("rows to keep: attribute=humor accuracy>0.7 /text/; none: all"),
    {0}};
ROW(filter, "keep some rows of a view", filter_fields);

static const struct field scale_fields[] = {
    VIEW_FIELD,
    VALUE_FIELD("of colours: global, column, row, difference; of charts: linear, log"),
    {0}};
ROW(scale, "change the scale of a view", scale_fields);

static const struct field columns_fields[] = {
    VIEW_FIELD, VALUE_FIELD("columns to hide, joined by commas; none: show all"), {0}};
ROW(columns, "hide columns of a view", columns_fields);

static const struct field show_fields[] = {
    VIEW_FIELD,
    {.name = "what",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct shown_args, name),
     .help = "what is changed, such as statistic, split or routing"},
    VALUE_FIELD("how; none: the view's own way"),
    {0},
};

static enum status run_show(struct call *call, struct error *err)
{
    (void)err;
    const struct shown_args *args = call->args;
    put(call, args->name, args);
    return STATUS_OK;
}

const struct command cmd_show = {
    .name = "show",
    .group = "display",
    .help = "change what else a view shows",
    .fields = show_fields,
    .args_size = sizeof(struct shown_args),
    .kind = COMMAND_SESSION,
    .run = run_show,
};

/* ---- marks ---- */

struct mark_args {
    const char *prompt;
    bool clear, list;
};

static const struct field mark_fields[] = {
    {.name = "prompt",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct mark_args, prompt),
     .help = "row of the prompt among the features' prompts, from 1; again takes it off"},
    {.name = "clear",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct mark_args, clear),
     .help = "take all marks off"},
    {.name = "list",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct mark_args, list),
     .help = "the marked prompts: their rows, the ids of their pairs, their texts"},
    {0},
};

static enum status clear_marks(struct call *call)
{
    if (!workspace_state(call->workspace)->n_marks)
        return STATUS_OK;
    struct state *state = workspace_change(call->workspace, "mark --clear");
    while (state->n_marks)
        state_mark(state, state->marks[state->n_marks - 1], false);
    return STATUS_OK;
}

/* The ids of the pairs of a prompt, and its text where the corpus is at hand. */
static void add_marked(struct table *table, const struct state *state, uint32_t prompt)
{
    const struct features *features = &state->features->features;
    const struct corpus *corpus = state->corpus ? &state->corpus->corpus : NULL;
    const char *words = NULL;
    struct text ids = {0};
    size_t n = 0;
    for (size_t i = 0; i < features->n_pairs; i++) {
        if (features->pair_prompt[i] != (int32_t)prompt)
            continue;
        n++;
        const struct pair *pair = corpus && i < corpus->n_pairs ? &corpus->pairs[i] : NULL;
        if (pair && pair->id)
            text_printf(&ids, "%s%s", ids.length ? " " : "", pair->id);
        if (pair && pair->prompt >= 0)
            words = corpus->prompts.items[pair->prompt].plain;
    }
    table_row(table);
    table_number(table, (double)prompt + 1);
    table_number(table, (double)n);
    table_text(table, ids.length ? ids.bytes : "");
    table_text(table, words ? words : "");
    text_done(&ids);
}

static enum status list_marks(struct call *call, const struct state *state)
{
    struct table *table = report_table(call->report, "marks", "marked prompts");
    table_column(table, "row", COLUMN_COUNT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "ids", COLUMN_TEXT, 0, NULL);
    table_column(table, "prompt", COLUMN_TEXT, 0, NULL);
    for (size_t i = 0; i < state->n_marks; i++)
        add_marked(table, state, state->marks[i]);
    return STATUS_OK;
}

static enum status run_mark(struct call *call, struct error *err)
{
    const struct mark_args *args = call->args;
    const struct state *now = workspace_state(call->workspace);
    if (args->clear)
        return clear_marks(call);
    if (args->list)
        return list_marks(call, now);
    if (!args->prompt)
        return error_set(err, STATUS_USAGE,
                         "'mark' wants the row of a prompt, --list or --clear");
    size_t most = now->features ? now->features->features.prompt.n_rows : 0;
    size_t row = 0;
    const struct field number = {.name = "prompt",
                                 .type = FIELD_COUNT,
                                 .positional = true,
                                 .size = sizeof row,
                                 .min = 1,
                                 .max = (double)most};
    if (!most)
        return error_set(err, STATUS_FAILED, "there are no prompts to mark: open features");
    enum status status = field_parse(&number, args->prompt, &row, NULL, err);
    if (status)
        return status;
    bool mark = !state_is_marked(now, (uint32_t)(row - 1));
    struct text line = {0};
    text_printf(&line, "mark %zu", row);
    state_mark(workspace_change(call->workspace, line.bytes), (uint32_t)(row - 1), mark);
    text_done(&line);
    return STATUS_OK;
}

const struct command cmd_mark = {
    .name = "mark",
    .group = "display",
    .help = "mark a prompt in all views, take it off, list the marks",
    .fields = mark_fields,
    .args_size = sizeof(struct mark_args),
    .kind = COMMAND_SESSION,
    .run = run_mark,
};
