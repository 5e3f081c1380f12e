/* Ablate: what changes with the number of heads, with labels, with alpha. */
#include "ui/view_ablate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "ui/moving.h"
#include "ui/plot.h"
#include "ui/view_ablate_inside.h"
#include "ui/views.h"

/* Rows of the table below the chart, at most; of a chart with a legend, at least. */
enum { TABLE_MOST = 12, CHART_LEAST = 6 };

static void *create(void)
{
    return mem_zero(sizeof(struct ablate_view));
}

static void free_view(void *self)
{
    struct ablate_view *view = self;
    ablate_lines_drop(view);
    table_free(view->seen);
    table_free(view->table);
    free(view->columns);
    listing_done(&view->state);
    free(view);
}

/* ---- keeping up ---- */

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct ablate_view *view = rows;
    return *table_cell(view->table, row, column);
}

static uint64_t id_of(const void *rows, size_t row)
{
    (void)rows;
    return row;
}

/* Columns come to be known while the work goes on; those of which nothing is are left out. */
static struct table *known_columns(const struct table *table)
{
    size_t n = 0, most = table->n_columns + table->n_rows;
    size_t *columns = mem_alloc((most + 1) * sizeof *columns);
    for (size_t c = 0; c < table->n_columns; c++)
        for (size_t r = 0; r < table->n_rows; r++)
            if (!c || !isnan(table_cell(table, r, c)->value)) {
                columns[n++] = c;
                break;
            }
    size_t *rows = columns + n;
    for (size_t r = 0; r < table->n_rows; r++)
        rows[r] = r;
    struct table *known = table_select(table, rows, table->n_rows, columns, n, true);
    free(columns);
    return known;
}

static void take_table(struct ablate_view *view, const struct table *seen)
{
    struct table *table = known_columns(seen);
    if (view->table && view->table->n_columns != table->n_columns)
        listing_forget(&view->state);
    table_free(view->seen);
    table_free(view->table);
    free(view->columns);
    view->seen = table_copy(seen);
    view->table = table;
    view->columns = mem_zero(table->n_columns * sizeof *view->columns);
    for (size_t c = 0; c < table->n_columns; c++)
        view->columns[c] =
            (struct listing_column){.name = view->table->columns[c].name,
                                    .title = view->table->columns[c].title,
                                    .type = view->table->columns[c].type,
                                    .decimals = view->table->columns[c].decimals};
    view->listing = (struct listing){.columns = view->columns,
                                     .n_columns = table->n_columns,
                                     .n_rows = table->n_rows,
                                     .rows = view,
                                     .cell = cell_of,
                                     .id = id_of,
                                     .by_cell = true};
}

static bool is_set(const struct snapshot *snapshot, const char *what, const char *value)
{
    const char *now = snapshot_entry(snapshot, VIEW_ABLATE, what);
    return now && strcmp(now, value) == 0;
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct ablate_view *view = self;
    const struct table *table = interpreter_shown(snapshot->interpreter, "ablate");
    view->is_running = false;
    for (size_t i = 0; i < interpreter_jobs(snapshot->interpreter); i++) {
        const struct task *task = interpreter_job(snapshot->interpreter, i).task;
        if (strcmp(task_command(task)->name, "ablate") == 0)
            view->is_running = true;
    }
    if (table && !table_is_same(view->seen, table))
        take_table(view, table);
    view->wants_loss = is_set(snapshot, "what", "loss");
    view->is_log = is_set(snapshot, "scale", "log");
    ablate_lines_make(view);
    if (!view->table)
        return;
    listing_set(&view->listing, &view->state, snapshot_entry(snapshot, VIEW_ABLATE, "sort"),
                snapshot_entry(snapshot, VIEW_ABLATE, "filter"),
                snapshot_entry(snapshot, VIEW_ABLATE, "columns"), NULL);
    listing_refresh(&view->listing, &view->state);
}

/* ---- drawing ---- */

static const char nothing[] =
    "Nothing was ablated yet. Each of these runs in the background, and its curves grow "
    "here:\n\n"
    "  a   how many heads does it take? 1 to 12, all trained at once\n"
    "  b   what do labelled pairs with contexts add? (of the model at hand)\n"
    "  v   how strongly should the entropy term count? alpha from 0 to 1\n\n"
    "or type one with options of your own: :ablate heads --from 1 --to 16 --seeds 5";

static void draw_nothing(const struct ablate_view *view, const struct snapshot *snapshot,
                         const struct pen *pen)
{
    struct pen inside = pen_frame(pen, true, "ablations", NULL);
    const char *text = nothing;
    if (!snapshot->state->features)
        text = "Nothing is open. Type :open FEATURES MODEL, or start 'microscope demo'.";
    else if (view->is_running)
        text = "The first figures are on their way ...";
    pen_wrap(&inside, 0, 0, pen->styles[STYLE_TEXT], text, strlen(text));
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    struct ablate_view *view = self;
    if (!view->table) {
        draw_nothing(view, snapshot, pen);
        return;
    }
    struct text title = {0};
    text_printf(&title, "%s against %s", view->has_loss ? "loss" : "accuracy",
                view->table->columns[0].title);
    struct pen inside =
        pen_frame(pen, true, title.bytes, view->is_running ? "at work" : NULL);
    text_done(&title);
    int rows = inside.box.rows, below = (int)view->table->n_rows + 1;
    below = below > TABLE_MOST ? TABLE_MOST : below;
    below = rows < 12 ? rows : below > rows / 2 ? rows / 2 : below;
    int chart = rows - below;
    view->pane = inside;
    if (chart >= CHART_LEAST) { /* its legend reads the lines at the cursor */
        struct chart_lines lines = ablate_chart(view);
        struct pen upper = pen_rows(&inside, 0, chart);
        plot_lines(&upper, &lines);
        view->pane = pen_rows(&inside, chart, below);
    }
    listing_draw(&view->listing, &view->state, &view->pane, true);
}

/* ---- what keys do ---- */

/* The row under the cursor as the model at hand: trained, or adapted, like it. */
static bool open_row(const struct ablate_view *view, struct answer *answer)
{
    static const struct {
        const char *axis, *line;
    } ways[] = {{"heads", "train --heads %s"},
                {"alpha", "train --alpha %s"},
                {"hidden", "train --hidden %s"},
                {"budget", "adapt --budget %s --runs 1 --keep"},
                {"tau", "adapt --tau %s --runs 1 --keep"}};
    size_t row = listing_row(&view->listing, &view->state);
    if (row >= view->table->n_rows)
        return false;
    struct text value = {0};
    text_printf(&value, "%.17g", view->x[row]);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(view->table->columns[0].name, ways[i].axis) == 0) {
            const char *at = strstr(ways[i].line, "%s");
            text_append(&answer->line, ways[i].line, (size_t)(at - ways[i].line));
            text_printf(&answer->line, "%s%s", value.bytes, at + 2);
        }
    text_done(&value);
    return answer->line.length > 0;
}

static bool do_verb(struct ablate_view *view, const struct action *action,
                    struct answer *answer)
{
    const char *word = action->word;
    if (strcmp(word, "axis") == 0)
        text_add(&answer->line, view->is_log ? "scale ablate" : "scale ablate log");
    else if (strcmp(word, "loss") == 0)
        text_add(&answer->line,
                 view->wants_loss ? "show ablate what" : "show ablate what loss");
    else if (!view->table)
        return false;
    else if (strcmp(word, "open") == 0)
        return open_row(view, answer);
    else if (strcmp(word, "fewer") == 0 || strcmp(word, "more") == 0)
        return listing_do(&view->listing, &view->state,
                          word[0] == 'f' ? LISTING_UP : LISTING_DOWN);
    else
        return moving_act(&view->listing, &view->state, "ablate", action, answer);
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    (void)snapshot;
    struct ablate_view *view = self;
    if (action->kind == ACTION_DO)
        return do_verb(view, action, answer);
    if (!view->table)
        return false;
    if (action->kind == ACTION_CURSOR) {
        char *end;
        unsigned long row = strtoul(action->text ? action->text : "", &end, 10);
        return row && listing_go(&view->listing, &view->state, row - 1);
    }
    return moving_act(&view->listing, &view->state, "ablate", action, answer);
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    (void)snapshot;
    struct ablate_view *view = self;
    return view->table &&
           moving_mouse(&view->listing, &view->state, &view->pane, "ablate", mouse, answer);
}

/* ---- files, explanations ---- */

static void report(void *self, const struct snapshot *snapshot, struct report *report)
{
    (void)snapshot;
    const struct ablate_view *view = self;
    if (view->table)
        report_add_table(report, table_copy(view->table));
}

static bool copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct ablate_view *view = self;
    size_t row = view->table ? listing_row(&view->listing, &view->state) : SIZE_MAX;
    if (!view->table || row >= view->table->n_rows)
        return false;
    const struct cell *cell = table_cell(view->table, row, view->state.column);
    if (view->table->columns[view->state.column].type == COLUMN_TEXT)
        text_add(out, cell->text ? cell->text : "");
    else
        text_printf(out, "%.17g", cell->value);
    return true;
}

static bool picture(void *self, const struct snapshot *snapshot, const struct look *look,
                    struct text *svg)
{
    (void)snapshot;
    const struct ablate_view *view = self;
    struct chart_colors colors;
    if (!view->table || !view->n_lines)
        return false;
    struct chart_lines lines = ablate_chart(view);
    plot_colors(look, &colors);
    chart_svg_lines(&lines, &colors, 0, 0, svg);
    return true;
}

static bool explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    static const struct {
        const char *column, *meaning;
    } meanings[] = {
        {"oracle", "mean over attributes of the best head of each, chosen on these very "
                   "pairs: what the router could reach if it knew the attribute (E11)"},
        {"mixture", "mean over attributes of the accuracy of the mixture, its router "
                    "reading prompts (E6, E9)"},
        {"adapted", "the same after the router was fine-tuned on labelled pairs with "
                    "contexts, which it then reads (E12)"},
        {"nll", "loss of the mixture, nats per pair (E2)"},
        {"holdout_nll", "the same on the hold-out, which chooses the epoch"},
        {"router_entropy", "entropy of the router's weights, nats; log K is even (E10)"},
        {"seconds", "time of one model's training: its share, by parameters (E19)"},
    };
    const struct ablate_view *view = self;
    if (!view->table)
        return false;
    size_t row = listing_row(&view->listing, &view->state);
    const struct column *column = &view->table->columns[view->state.column];
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(column->name, meanings[i].column, strlen(meanings[i].column)) == 0)
            text_printf(out, "%s\n\n%s.\n\n", column->title, meanings[i].meaning);
    if (row < view->table->n_rows) {
        struct look plain;
        look_plain(&plain, DEPTH_NONE, GLYPHS_ASCII);
        ablate_add_reading(view, row, &plain, out);
    }
    text_add(out, "\n\nIntervals are 95 %, Student's, over the seeds or runs (E13). "
                  "docs/equations.md, E19.");
    return true;
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct ablate_view *view = self;
    size_t row = view->table ? listing_row(&view->listing, &view->state) : SIZE_MAX;
    if (view->table && row < view->table->n_rows)
        text_printf(out, "cursor ablate %zu", row + 1);
}

static void add_filter(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct ablate_view *view = self;
    if (view->table)
        listing_add_filter(&view->listing, &view->state, out);
}

static const struct binding keys[] = {
    {"ablate", "a", "ablate heads --from 1 --to 12 --seeds 3",
     "how many heads: 1 to 12, three seeds each, all trained at once", "heads", 74},
    {"ablate", "b", "ablate budget --seeds 3",
     "what labelled pairs with contexts add to the model at hand", "budget", 73},
    {"ablate", "v", "ablate alpha --seeds 3", "the weight of the entropy term", "alpha",
     72},
    {"ablate", "{", "do fewer", "the value before", NULL, 0},
    {"ablate", "}", "do more", "the next value", NULL, 0},
    {"ablate", "o", "do loss", "loss instead of accuracy, or back", "loss", 68},
    {"ablate", "\\", "do axis", "logarithmic or linear axis", NULL, 0},
    {"ablate", "Enter", "do open", "go on with a model of this value", "use", 71},
    {"ablate", "x", "cancel", "stop it", NULL, 0},
    {0},
};

const struct view view_ablate = {
    .name = "ablate",
    .title = "Ablate",
    .help =
        "What changes with the number of heads, with labelled pairs, with alpha: models of "
        "every value, from several seeds, on the same pairs. Bars at a point are 95 % "
        "intervals over the seeds. The oracle picks the best head of each attribute on the "
        "very pairs that it is judged on; the mixture is the router reading prompts; "
        "adapted "
        "is the router after some labelled pairs with contexts.\n"
        "Curves grow while the models are trained; the line above them reads them at the "
        "cursor. "
        "Enter goes on with a model of the value under the cursor.",
    .no_hints = "sort",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = update,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .report = report,
    .cell = copy_cell,
    .picture = picture,
    .explain = explain,
    .remember = remember,
    .filter = add_filter,
};
