/* Compare: what exists at once, and every method on one footing. */
#include "ui/view_compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "command/line.h"
#include "session/comparing.h"
#include "ui/moving.h"
#include "ui/view_compare_inside.h"
#include "ui/views.h"

static void *create(void)
{
    struct compare_view *view = mem_zero(sizeof *view);
    view->base = view->reference = SIZE_MAX;
    view->is_changed = true;
    return view;
}

static void free_view(void *self)
{
    struct compare_view *view = self;
    compare_rows_drop(view);
    analysis_unref(view->analysis);
    analysis_unref(view->pinned);
    table_free(view->table);
    listing_done(&view->state);
    text_done(&view->names);
    free(view->asked);
    free(view);
}

/* ---- keeping up ---- */

/* Whether every row of a table is in another one already: a line that gives a row alone gives what
 * is known, and must not take the place of the rest. */
static bool is_part(const struct table *part, const struct table *whole)
{
    if (!part || !whole || part->n_rows >= whole->n_rows)
        return false;
    for (size_t r = 0; r < part->n_rows; r++) {
        const char *command = table_cell(part, r, part->n_columns - 1)->text;
        bool is_in = false;
        for (size_t i = 0; i < whole->n_rows && !is_in; i++)
            is_in = strcmp(command, table_cell(whole, i, whole->n_columns - 1)->text) == 0;
        if (!is_in)
            return false;
    }
    return true;
}

static void take_table(struct compare_view *view, const struct snapshot *snapshot)
{
    const struct table *table = interpreter_shown(snapshot->interpreter, "compare");
    view->is_running = false;
    for (size_t i = 0; i < interpreter_jobs(snapshot->interpreter); i++) {
        const struct task *task = interpreter_job(snapshot->interpreter, i).task;
        if (strcmp(task_command(task)->name, "compare") == 0)
            view->is_running = true;
    }
    if (!table || table_is_same(view->table, table) || is_part(table, view->table))
        return;
    table_free(view->table);
    view->table = table_copy(table);
    view->is_changed = true;
}

static void take_analysis(struct compare_view *view, struct analysis *analysis,
                          struct analysis **mine, enum analysis_stage *stage)
{
    enum analysis_stage now = analysis ? analysis_stage(analysis) : ANALYSIS_NOTHING;
    if (now < ANALYSIS_CELLS)
        analysis = NULL;
    if (*mine == analysis && *stage == now)
        return;
    struct analysis *before = *mine;
    *mine = analysis ? analysis_ref(analysis) : NULL;
    analysis_unref(before);
    *stage = now;
    view->is_changed = true;
}

static enum heat_scale read_scale(const struct snapshot *snapshot)
{
    const char *set = snapshot_entry(snapshot, VIEW_COMPARE, "scale");
    for (int s = 0; set && s < N_HEAT_SCALES; s++)
        if (strcmp(set, heat_scale_name((enum heat_scale)s)) == 0)
            return (enum heat_scale)s;
    return HEAT_GLOBAL;
}

static void take_settings(struct compare_view *view, const struct snapshot *snapshot)
{
    const char *what = snapshot_entry(snapshot, VIEW_COMPARE, "what");
    const char *row = snapshot_entry(snapshot, VIEW_COMPARE, "row");
    bool by_group = what && strcmp(what, "groups") == 0;
    bool same = row && view->asked ? strcmp(row, view->asked) == 0 : row == view->asked;
    if (by_group != view->by_group || !same || read_scale(snapshot) != view->heat.scale)
        view->is_changed = true;
    view->by_group = by_group;
    if (!same) {
        free(view->asked);
        view->asked = row ? mem_copy_text(row) : NULL;
    }
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct compare_view *view = self;
    take_table(view, snapshot);
    take_analysis(view, snapshot->analysis, &view->analysis, &view->stage);
    take_analysis(view, snapshot->pinned, &view->pinned, &view->pinned_stage);
    take_settings(view, snapshot);
    if (view->is_changed)
        compare_rows_make(view, read_scale(snapshot));
    view->is_changed = false;
    listing_set(&view->listing, &view->state,
                snapshot_entry(snapshot, VIEW_COMPARE, "sort"),
                snapshot_entry(snapshot, VIEW_COMPARE, "filter"),
                snapshot_entry(snapshot, VIEW_COMPARE, "columns"), NULL);
    listing_refresh(&view->listing, &view->state);
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    compare_draw(self, snapshot, pen);
}

/* ---- commands of the rows ---- */

/* The line that gives the row, as it is typed here: without the program's name. */
static const char *line_of(const struct compare_row *row)
{
    static const char program[] = "microscope ";
    size_t length = sizeof program - 1;
    return strncmp(row->command, program, length) == 0 ? row->command + length
                                                       : row->command;
}

static bool open_row(const struct compare_view *view, struct answer *answer)
{
    const struct compare_row *row = compare_row_at(view);
    if (!row)
        return false;
    if (!row->command) {
        text_add(&answer->line, "prompt \"eval\"");
        return true;
    }
    text_add(&answer->line, "prompt ");
    line_add_word(&answer->line, line_of(row));
    return true;
}

/* Appends a line without an option and its value. */
static void add_without(const char *line, const char *option, struct text *out)
{
    const char *at = strstr(line, option);
    if (!at) {
        text_add(out, line);
        return;
    }
    text_append(out, line, (size_t)(at - line));
    at += strlen(option);
    text_add(out, at + strcspn(at, " "));
}

static void add_methods(const struct compare_view *view, struct text *out)
{
    size_t n = 0;
    if (view->table->n_rows == METHOD_COUNT)
        return;
    for (size_t r = 0; r < view->n_rows; r++)
        if (view->rows[r].command)
            text_printf(out, "%s%s", n++ ? "," : " --methods ", view->rows[r].name);
}

/* The same comparison with this row as the reference, so that differences to it have intervals. */
static bool refer(const struct compare_view *view, struct answer *answer)
{
    const struct compare_row *row = compare_row_at(view);
    if (!row || !view->table) {
        text_add(&answer->say, "nothing was compared yet: a does");
        return true;
    }
    if (!row->command || row->note) {
        text_add(&answer->say,
                 row->note ? row->note : "that is no method of the comparison");
        return true;
    }
    struct text line = {0};
    add_without(line_of(row), " --reference ", &line);
    add_without(line.bytes, " --methods ", &answer->line);
    text_done(&line);
    add_methods(view, &answer->line);
    text_printf(&answer->line, " --reference %s", row->name);
    return true;
}

/* Differences of all rows to the one under the cursor; the same row again: to the usual one. */
static bool pin_row(const struct compare_view *view, struct answer *answer)
{
    const struct compare_row *row = compare_row_at(view);
    if (!row)
        return false;
    if (row->note) {
        text_add(&answer->say, row->note);
        return true;
    }
    text_add(&answer->line, "show compare row");
    if (!view->asked || strcmp(view->asked, row->name) != 0) {
        text_add_char(&answer->line, ' ');
        line_add_word(&answer->line, row->name);
    }
    return true;
}

/* ---- what keys do ---- */

static void change_scale(const struct compare_view *view, struct answer *answer)
{
    int scale = ((int)view->heat.scale + 1) % N_HEAT_SCALES;
    text_add(&answer->line, "scale compare");
    if (scale != HEAT_GLOBAL)
        text_printf(&answer->line, " %s", heat_scale_name((enum heat_scale)scale));
}

static bool do_verb(struct compare_view *view, const struct action *action,
                    struct answer *answer)
{
    const char *word = action->word;
    if (!view->n_rows)
        return false;
    if (strcmp(word, "open") == 0)
        return open_row(view, answer);
    if (strcmp(word, "refer") == 0)
        return refer(view, answer);
    if (strcmp(word, "row") == 0)
        return pin_row(view, answer);
    if (strcmp(word, "groups") == 0)
        text_add(&answer->line,
                 view->by_group ? "show compare what" : "show compare what groups");
    else if (strcmp(word, "scale") == 0)
        change_scale(view, answer);
    else
        return moving_act(&view->listing, &view->state, "compare", action, answer);
    return true;
}

/* "em;difference": row and column. */
static bool put_cursor(struct compare_view *view, const char *at)
{
    size_t length = strcspn(at, ";");
    for (size_t r = 0; r < view->n_rows; r++)
        if (strlen(view->rows[r].name) == length &&
            strncmp(view->rows[r].name, at, length) == 0)
            listing_go(&view->listing, &view->state, r);
    for (size_t c = 0; at[length] && c < view->listing.n_columns; c++)
        if (strcmp(view->columns[c].name, at + length + 1) == 0)
            view->state.column = c;
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    (void)snapshot;
    struct compare_view *view = self;
    if (!view->n_rows)
        return false;
    switch (action->kind) {
    case ACTION_DO:
        return do_verb(view, action, answer);
    case ACTION_GO:
    case ACTION_SEARCH:
        return moving_act(&view->listing, &view->state, "compare", action, answer);
    case ACTION_CURSOR:
        return put_cursor(view, action->text ? action->text : "");
    }
    return false;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    (void)snapshot;
    struct compare_view *view = self;
    return view->n_rows && moving_mouse(&view->listing, &view->state, &view->pane,
                                        "compare", mouse, answer);
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct compare_view *view = self;
    const struct compare_row *row = compare_row_at(view);
    if (!row)
        return;
    struct text at = {0};
    text_printf(&at, "%s;%s", row->name, view->columns[view->state.column].name);
    text_add(out, "cursor compare ");
    line_add_word(out, at.bytes);
    text_done(&at);
}

static void add_filter(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct compare_view *view = self;
    if (view->n_rows)
        listing_add_filter(&view->listing, &view->state, out);
}

static const struct binding keys[] = {
    {"compare", "a", "compare", "compare all methods, in the background", "compare", 74},
    {"compare", "Enter", "do open",
     "the line that gives this row alone, at the prompt: Enter runs it", "line", 71},
    {"compare", "r", "do row", "differences of all rows to this one; again: as before",
     "minus this", 73},
    {"compare", "R", "do refer",
     "compare again with this row as the reference: differences with intervals", NULL, 0},
    {"compare", "o", "do groups", "accuracy by attribute beside the mean, or differences",
     "attributes", 72},
    {"compare", "c", "do scale",
     "colours: global, column, row, difference to the row with the diamond", NULL, 0},
    {"compare", "x", "cancel", "stop it", NULL, 0},
    {0},
};

const struct view view_compare = {
    .name = "compare",
    .title = "Compare",
    .help =
        "What the model at hand reaches on the test pairs, and what other methods would: "
        "every method is trained on the same pairs, told the same labels and scored on the "
        "same test pairs, several times over. mean is the accuracy, averaged over "
        "attributes. The bar shows how much better (right of the middle) or worse a row is "
        "than the row with the diamond; its whiskers are a 95 % interval, over prompts "
        "where that is known, else over runs. Where they leave out the middle, a mark "
        "says so before the number.\n"
        "kind tells what is no fair rival: an oracle knows the answers, a control is there "
        "to be beaten. told says what a method may look at. A row without numbers says why "
        "the data do not allow it. r takes differences to another row, o shows attributes, "
        "Enter the line that gives a row alone. A pinned model (p) has rows here too.",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = update,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .report = compare_view_report,
    .cell = compare_copy_cell,
    .picture = compare_picture,
    .explain = compare_explain,
    .remember = remember,
    .filter = add_filter,
};
