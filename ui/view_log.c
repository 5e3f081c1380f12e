/* Log: the commands of this run, and what runs in the background. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "command/line.h"
#include "ui/listing.h"
#include "ui/moving.h"
#include "ui/views.h"

/* A command that was run; those that only moved a cursor are left out unless all are wanted. */
struct log_row {
    size_t number; /* in the workspace's log, from 1 */
    char *at;      /* "14:05:09"; owned */
    const struct log_entry *entry;
};

struct log_view {
    struct listing listing;
    struct listing_state state;
    struct log_row *rows; /* (n) the newest last */
    size_t n, room;
    bool has_all;   /* with moves */
    size_t n_taken; /* entries of the log that were looked at */
    bool is_at_end; /* the cursor goes with what is new */
    struct pen pane;
};

/* ---- the table ---- */

enum { COLUMN_NUMBER, COLUMN_LINE, COLUMN_RESULT, COLUMN_SECONDS, COLUMN_AT, N_COLUMNS };

static const struct listing_column columns[N_COLUMNS] = {
    {.name = "number", .title = "#", .type = COLUMN_COUNT},
    {.name = "command", .type = COLUMN_TEXT, .stretch = true},
    {.name = "result", .type = COLUMN_TEXT, .most = 60},
    {.name = "seconds", .title = "s", .type = COLUMN_REAL, .decimals = 2},
    {.name = "at", .type = COLUMN_TEXT},
};

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct log_row *log = &((const struct log_row *)rows)[row];
    switch (column) {
    case COLUMN_NUMBER:
        return (struct cell){.value = (double)log->number};
    case COLUMN_AT:
        return (struct cell){.text = log->at};
    case COLUMN_SECONDS:
        return (struct cell){.value = log->entry->seconds};
    case COLUMN_LINE:
        return (struct cell){.text = log->entry->line};
    default:
        return (struct cell){.text = log->entry->status ? log->entry->message : "ok"};
    }
}

static uint64_t id_of(const void *rows, size_t row)
{
    return ((const struct log_row *)rows)[row].number;
}

static void *create(void)
{
    struct log_view *view = mem_zero(sizeof *view);
    view->is_at_end = true;
    view->listing =
        (struct listing){.columns = columns,
                         .n_columns = N_COLUMNS,
                         .cell = cell_of,
                         .id = id_of,
                         .empty = "no command was run yet: press : and type one"};
    return view;
}

static void drop_rows(struct log_view *view)
{
    for (size_t i = 0; i < view->n; i++)
        free(view->rows[i].at);
    view->n = view->n_taken = 0;
}

static void free_view(void *self)
{
    struct log_view *view = self;
    drop_rows(view);
    free(view->rows);
    listing_done(&view->state);
    free(view);
}

/* ---- what is new ---- */

static char *time_of(const struct log_entry *entry, bool is_fixed)
{
    char at[16] = "";
    time_t when = (time_t)entry->at;
    struct tm local;
    if (!is_fixed && localtime_r(&when, &local))
        strftime(at, sizeof at, "%H:%M:%S", &local);
    return mem_copy_text(at);
}

/* Whether an entry changed something, or went wrong. */
static bool is_wanted(const struct log_view *view, const struct log_entry *entry)
{
    return view->has_all || entry->repeats || entry->status;
}

static void take_entries(struct log_view *view, const struct snapshot *snapshot)
{
    size_t n = workspace_log_count(snapshot->workspace);
    for (; view->n_taken < n; view->n_taken++) {
        const struct log_entry *entry =
            workspace_log_entry(snapshot->workspace, view->n_taken);
        if (!is_wanted(view, entry))
            continue;
        MEM_RESERVE(view->rows, view->n, view->room);
        view->rows[view->n++] =
            (struct log_row){view->n_taken + 1, time_of(entry, snapshot->is_fixed), entry};
    }
}

/* The log may have moved in memory since. */
static void find_entries(struct log_view *view, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < view->n; i++)
        view->rows[i].entry =
            workspace_log_entry(snapshot->workspace, view->rows[i].number - 1);
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct log_view *view = self;
    size_t before = view->n;
    const char *all = snapshot_entry(snapshot, VIEW_LOG, "all");
    if (view->has_all != (all && strcmp(all, "yes") == 0)) {
        view->has_all = !view->has_all;
        drop_rows(view);
    }
    take_entries(view, snapshot);
    find_entries(view, snapshot);
    view->listing.rows = view->rows;
    view->listing.n_rows = view->n;
    listing_set(&view->listing, &view->state, snapshot_entry(snapshot, VIEW_LOG, "sort"),
                snapshot_entry(snapshot, VIEW_LOG, "filter"),
                snapshot_entry(snapshot, VIEW_LOG, "columns"), NULL);
    listing_refresh(&view->listing, &view->state);
    if (view->is_at_end && view->n != before)
        listing_do(&view->listing, &view->state, LISTING_LAST);
}

/* ---- drawing ---- */

static int draw_jobs(const struct snapshot *snapshot, const struct pen *pen)
{
    size_t n = interpreter_jobs(snapshot->interpreter);
    int row = 0;
    for (size_t i = 0; i < n && row < pen->box.rows / 2; i++, row++) {
        enum { BAR = 20 };
        struct running running = interpreter_job(snapshot->interpreter, i);
        struct task_progress at;
        task_progress(running.task, &at);
        int end =
            pen_printf(pen, row, 0, pen->styles[STYLE_STRONG], "job %zu ", running.number);
        pen_bar(pen, row, end, BAR, at.share, pen->styles[STYLE_BAR]);
        struct pen rest = pen_columns(pen, end + BAR + 1, pen->box.columns - end - BAR - 1);
        int next = pen_put(&rest, row, 0, pen->styles[STYLE_TEXT], task_line(running.task));
        pen_put(&rest, row, next + 2, pen->styles[STYLE_PROGRESS], at.line);
    }
    return row;
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    struct log_view *view = self;
    struct text right = {0};
    text_printf(&right, "%zu undo, %zu redo", workspace_undos(snapshot->workspace),
                workspace_redos(snapshot->workspace));
    struct pen inside =
        pen_frame(pen, true, view->has_all ? "all commands" : "commands", right.bytes);
    int jobs = draw_jobs(snapshot, &inside);
    view->pane = pen_rows(&inside, jobs, inside.box.rows - jobs);
    listing_draw(&view->listing, &view->state, &view->pane, true);
    text_done(&right);
}

/* ---- what keys do ---- */

static const struct log_row *row_at(const struct log_view *view)
{
    size_t row = listing_row(&view->listing, &view->state);
    return row < view->n ? &view->rows[row] : NULL;
}

static bool do_verb(struct log_view *view, const struct action *action,
                    struct answer *answer)
{
    const struct log_row *row = row_at(view);
    if (strcmp(action->word, "open") == 0 && row) { /* to be changed, and run again */
        text_add(&answer->line, "prompt ");
        line_add_word(&answer->line, row->entry->line);
    } else if (strcmp(action->word, "again") == 0 && row) {
        text_add(&answer->line, row->entry->line);
    } else if (strcmp(action->word, "all") == 0) {
        text_add(&answer->line, view->has_all ? "show log all" : "show log all yes");
    } else {
        return moving_act(&view->listing, &view->state, view_log.name, action, answer);
    }
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    (void)snapshot;
    struct log_view *view = self;
    switch (action->kind) {
    case ACTION_GO:
    case ACTION_SEARCH: {
        bool taken =
            moving_act(&view->listing, &view->state, view_log.name, action, answer);
        view->is_at_end = view->state.at + 1 >= view->state.n_shown;
        return taken;
    }
    case ACTION_DO:
        return do_verb(view, action, answer);
    case ACTION_CURSOR:
        for (size_t i = 0; i < view->n; i++)
            if (view->rows[i].number == strtoul(action->text, NULL, 10))
                return listing_go(&view->listing, &view->state, i);
        return false;
    default:
        return false;
    }
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    (void)snapshot;
    struct log_view *view = self;
    return moving_mouse(&view->listing, &view->state, &view->pane, view_log.name, mouse,
                        answer);
}

/* ---- files and the title line ---- */

static void report(void *self, const struct snapshot *snapshot, struct report *report)
{
    (void)snapshot;
    const struct log_view *view = self;
    struct table *table = report_table(report, "log", NULL);
    for (size_t i = 0; i < N_COLUMNS; i++)
        table_column(table, columns[i].name, columns[i].type, columns[i].decimals, NULL);
    for (size_t i = 0; i < view->state.n_shown; i++) {
        size_t row = view->state.order[i];
        table_row(table);
        for (size_t c = 0; c < N_COLUMNS; c++) {
            struct cell cell = cell_of(view->rows, row, c);
            if (columns[c].type == COLUMN_TEXT)
                table_text(table, cell.text);
            else
                table_number(table, cell.value);
        }
    }
}

static bool copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct log_row *row = row_at(self);
    if (row)
        text_add(out, row->entry->line);
    return row != NULL;
}

static void add_filter(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct log_view *view = self;
    listing_add_filter(&view->listing, &view->state, out);
}

static const struct binding keys[] = {
    {"log", "Enter", "do open", "take the command into the prompt, to change it", "edit",
     70},
    {"log", "r", "do again", "run the command again", "again", 65},
    {"log", "a", "do all", "also commands that only moved something, or not", "all", 35},
    {0},
};

const struct view view_log = {
    .name = "log",
    .title = "Log",
    .help =
        "Every command of this run, however it was given: by a key, in the prompt, by a "
        "script. Commands that only moved something are left out; a shows them too. What "
        "runs in the background stands above.\n"
        "'save FILE' writes the commands that changed something into a script, which "
        "'microscope run FILE' repeats.",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = update,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .report = report,
    .cell = copy_cell,
    .filter = add_filter,
};
