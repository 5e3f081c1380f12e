/* Prune: the correlations of the heads as a map, and a threshold that is moved by hand. */
#include "ui/view_prune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "core/prune_curve.h"
#include "ui/explained.h"
#include "ui/moving.h"
#include "ui/nothing.h"
#include "ui/view_prune_inside.h"
#include "ui/views.h"

/* That of the command prune. */
static const double usual_threshold = 0.95;
static const double step = 0.01, large_step = 0.1;

/* ---- what is kept of a snapshot ---- */

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct prune_view_state *view = rows;
    if (!column)
        return (struct cell){.text = view->names[row]};
    return (struct cell){.value = view->values[row * view->n_heads + column - 1]};
}

/* Whether the two heads are of one cluster because of how alike they are. */
static bool is_pair(const struct prune_view_state *view, size_t j, size_t k)
{
    const uint32_t *leader = view->cut->leader;
    return j != k && (leader[j] == k || leader[k] == j);
}

static bool draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                      bool cursor)
{
    const struct prune_view_state *view = rows;
    if (column) {
        heat_draw(&view->heat, pen, 0, 0, pen->box.columns, row, column - 1, cursor);
        if (is_pair(view, row, column - 1))
            pen_paint(
                pen, (struct box){0, 0, 1, pen->box.columns},
                (struct style){COLOR_DEFAULT, COLOR_DEFAULT, ATTR_BOLD | ATTR_UNDERLINE});
        return true;
    }
    bool is_kept = view->cut->leader[row] == row;
    struct style style = pen->styles[cursor    ? STYLE_CURSOR
                                     : is_kept ? STYLE_TEXT
                                               : STYLE_PRUNED];
    pen_printf(pen, 0, 0, style, "%s%s", is_kept ? " " : pen->look->glyphs[GLYPH_PRUNED],
               view->names[row]);
    return true;
}

static uint64_t id_of(const void *rows, size_t row)
{
    (void)rows;
    return row;
}

static void *create(void)
{
    struct prune_view_state *view = mem_zero(sizeof *view);
    view->threshold = usual_threshold;
    return view;
}

static void drop_map(struct prune_view_state *view)
{
    analysis_unref(view->analysis);
    heat_done(&view->heat);
    free(view->columns);
    free(view->names);
    free(view->values);
    view->analysis = NULL;
    view->columns = NULL;
    view->names = NULL;
    view->values = NULL;
    view->points = view->cut = NULL;
    view->n_heads = 0;
    view->listing.n_rows = 0;
}

static void free_view(void *self)
{
    struct prune_view_state *view = self;
    drop_map(view);
    listing_done(&view->state);
    free(view);
}

static void make_map(struct prune_view_state *view, struct analysis *analysis)
{
    drop_map(view);
    size_t K = analysis->n_heads;
    view->analysis = analysis_ref(analysis);
    view->n_heads = K;
    view->names = mem_zero(K * sizeof *view->names);
    view->columns = mem_zero((K + 1) * sizeof *view->columns);
    view->values = mem_alloc(K * K * sizeof *view->values);
    view->columns[0] = (struct listing_column){.name = "head", .type = COLUMN_TEXT};
    for (size_t k = 0; k < K; k++) {
        snprintf(view->names[k], sizeof view->names[k], "h%zu", k + 1);
        view->columns[k + 1] = (struct listing_column){
            .name = view->names[k], .type = COLUMN_REAL, .decimals = 2, .width = 6};
    }
    memcpy(view->values, analysis->cuts->correlation.values, K * K * sizeof *view->values);
    view->heat = (struct heat){.scale = HEAT_GLOBAL,
                               .values = view->values,
                               .includes = (double)NAN,
                               .rows = K,
                               .columns = K,
                               .is_diverging = true,
                               .least = -1,
                               .most = 1,
                               .decimals = 2,
                               .no_zero = true};
    heat_measure(&view->heat);
    for (size_t k = 0; k < K; k++)
        view->heat.best[k] = K; /* that a head is most like itself says nothing */
    view->listing = (struct listing){.columns = view->columns,
                                     .n_columns = K + 1,
                                     .n_rows = K,
                                     .rows = view,
                                     .cell = cell_of,
                                     .id = id_of,
                                     .draw = draw_cell,
                                     .by_cell = true};
}

static double read_threshold(const struct snapshot *snapshot)
{
    const char *set = entries_get(&snapshot->state->settings, "threshold");
    char *end;
    double value = set ? strtod(set, &end) : usual_threshold;
    return set && (*end || !(value >= -1 && value <= 1)) ? usual_threshold : value;
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct prune_view_state *view = self;
    struct analysis *analysis = snapshot->analysis;
    view->threshold = read_threshold(snapshot);
    if (!analysis || analysis_stage(analysis) < ANALYSIS_CUTS) {
        drop_map(view);
        return;
    }
    if (analysis != view->analysis)
        make_map(view, analysis);
    view->points = analysis_points(analysis, &view->n_points);
    view->cut = analysis_cut(analysis, view->threshold);
    listing_set(&view->listing, &view->state, snapshot_entry(snapshot, VIEW_PRUNE, "sort"),
                snapshot_entry(snapshot, VIEW_PRUNE, "filter"),
                snapshot_entry(snapshot, VIEW_PRUNE, "columns"), NULL);
    listing_refresh(&view->listing, &view->state);
}

/* ---- drawing ---- */

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    enum { HEAD = 6, CELL = 7, BESIDE = 60, LEAST_MAP = 24 };
    struct prune_view_state *view = self;
    if (!view->cut) {
        nothing_draw(snapshot, pen, "prune", ANALYSIS_CUTS);
        return;
    }
    const struct prune_view *over = &view->analysis->cuts->views[0];
    struct text title = {0};
    struct pen inside = pen_frame(pen, true, NULL, NULL);
    int wanted = HEAD + CELL * (int)view->n_heads, columns = inside.box.columns;
    int map = columns - BESIDE < LEAST_MAP ? LEAST_MAP : columns - BESIDE;
    map = map > wanted ? wanted : map;
    bool is_beside = columns - map >= 40;
    text_add(&title, "correlation");
    if (map >= 50 || !is_beside)
        text_printf(&title, " of margins %s %s, %zu pairs", pen->look->glyphs[GLYPH_BULLET],
                    split_name(over->split), over->predictions.n);
    pen_frame(pen, true, title.bytes, NULL);
    text_done(&title);
    if (is_beside) {
        pen_divide(pen, map + 1, 0, pen->box.rows, true);
        struct pen right = pen_columns(&inside, map + 2, columns - map - 2);
        prune_draw_cut(view, &right);
        view->map = pen_columns(&inside, 0, map);
    } else {
        /* Small: one line says what the threshold does, the map has the rest. */
        pen_printf(&inside, 0, 0, pen->styles[STYLE_STRONG],
                   "threshold %.2f keeps %zu of %zu  %.3f to %.3f", view->threshold,
                   view->cut->n_kept, view->n_heads,
                   view->cut->differences[0].mixture.before,
                   view->cut->differences[0].mixture.after);
        view->map = pen_rows(&inside, 1, inside.box.rows - 1);
    }
    listing_draw(&view->listing, &view->state, &view->map, true);
}

/* ---- what keys do ---- */

static bool move_threshold(const struct prune_view_state *view, double by,
                           struct answer *answer)
{
    /* Steps end on whole hundredths, wherever they began. */
    double to = round((view->threshold + by) * 100) / 100;
    to = fmin(fmax(to, -1), 1);
    if (to == view->threshold) {
        text_add(&answer->say, "that is as far as it goes");
        return true;
    }
    text_printf(&answer->line, "set threshold %.2f", to);
    return true;
}

/* To where one head fewer, or one more, is kept. */
static bool move_to_cut(const struct prune_view_state *view, bool fewer,
                        struct answer *answer)
{
    const struct prune_point *cut = view->cut;
    size_t at = (size_t)(cut - view->points);
    if (fewer ? at + 1 == view->n_points : at == 0) {
        text_add(&answer->say, fewer ? "one head is left" : "every head is kept");
        return true;
    }
    const struct prune_point *to = &view->points[fewer ? at + 1 : at - 1];
    /* The largest hundredth that makes the cut, or where there is none the bound itself. */
    double high = floor(to->high * 100) / 100;
    if (high <= to->low)
        text_printf(&answer->line, "set threshold %.17g", to->high);
    else
        text_printf(&answer->line, "set threshold %.2f", high);
    return true;
}

static bool commit(const struct prune_view_state *view, struct answer *answer)
{
    if (view->cut->n_kept == view->n_heads)
        text_add(&answer->say, "at this threshold every head is kept");
    else
        text_printf(&answer->line, "prune --threshold %.17g", view->threshold);
    return true;
}

static bool do_verb(struct prune_view_state *view, const struct snapshot *snapshot,
                    const struct action *action, struct answer *answer)
{
    const char *word = action->word;
    static const struct {
        const char *word;
        double by;
    } moves[] = {{"lower", -step},
                 {"higher", step},
                 {"much-lower", -large_step},
                 {"much-higher", large_step}};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (strcmp(word, moves[i].word) == 0)
            return move_threshold(view, moves[i].by, answer);
    if (strcmp(word, "fewer") == 0 || strcmp(word, "more") == 0)
        return move_to_cut(view, word[0] == 'f', answer);
    if (strcmp(word, "open") == 0)
        return commit(view, answer);
    if (strcmp(word, "back") == 0) {
        if (!entries_get(&snapshot->state->settings, "threshold"))
            return false;
        text_add(&answer->line, "set threshold --clear");
        return true;
    }
    return moving_act(&view->listing, &view->state, "prune", action, answer);
}

/* A word like h3 from *at on, and past it. */
static bool read_head(const char **at, size_t *head)
{
    if (**at != 'h' || (*at)[1] < '1' || (*at)[1] > '9')
        return false;
    char *past;
    *head = strtoul(*at + 1, &past, 10);
    *at = past;
    return true;
}

static void put_cursor(struct prune_view_state *view, const char *at)
{
    size_t row = 0, column = 0;
    if (!read_head(&at, &row) || *at++ != ' ' || !read_head(&at, &column) ||
        row > view->n_heads || column > view->n_heads)
        return;
    listing_go(&view->listing, &view->state, row - 1);
    view->state.column = column;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    struct prune_view_state *view = self;
    if (!view->cut)
        return false;
    switch (action->kind) {
    case ACTION_GO:
    case ACTION_SEARCH:
        return moving_act(&view->listing, &view->state, "prune", action, answer);
    case ACTION_DO:
        return do_verb(view, snapshot, action, answer);
    case ACTION_CURSOR:
        put_cursor(view, action->text ? action->text : "");
        return true;
    }
    return false;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    (void)snapshot;
    struct prune_view_state *view = self;
    return view->cut &&
           moving_mouse(&view->listing, &view->state, &view->map, "prune", mouse, answer);
}

/* ---- the cell under the cursor, files ---- */

/* The two heads; false: the cursor is on none, or on a head's name. */
static bool find_cell(const struct prune_view_state *view, size_t *j, size_t *k)
{
    *j = view->cut ? listing_row(&view->listing, &view->state) : SIZE_MAX;
    *k = view->state.column - 1;
    return view->cut && *j < view->n_heads && view->state.column;
}

static bool copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct prune_view_state *view = self;
    size_t j, k;
    if (!find_cell(view, &j, &k))
        return false;
    text_printf(out, "%.17g", view->values[j * view->n_heads + k]);
    return true;
}

static bool explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct prune_view_state *view = self;
    struct explanation explanation;
    size_t j, k;
    if (!find_cell(view, &j, &k))
        return false;
    analysis_explain_correlation(view->analysis, j, k, &explanation);
    explained_add(&explanation, out);
    return true;
}

static bool picture(void *self, const struct snapshot *snapshot, const struct look *look,
                    struct text *svg)
{
    (void)snapshot;
    const struct prune_view_state *view = self;
    if (!view->cut)
        return false;
    const char **names = mem_alloc(view->n_heads * sizeof *names);
    for (size_t k = 0; k < view->n_heads; k++)
        names[k] = view->names[k];
    const struct heat_labels labels = {.title = "correlation of head margins",
                                       .corner = "",
                                       .rows = names,
                                       .columns = names};
    heat_svg(&view->heat, &labels, look, svg);
    free(names);
    return true;
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    size_t j, k;
    if (find_cell(self, &j, &k))
        text_printf(out, "cursor prune \"h%zu h%zu\"", j + 1, k + 1);
}

static void add_filter(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct prune_view_state *view = self;
    if (view->cut)
        listing_add_filter(&view->listing, &view->state, out);
}

static const struct binding keys[] = {
    {"prune", "[", "do lower", "threshold down by .01: fewer heads", "lower", 72},
    {"prune", "]", "do higher", "threshold up by .01: more heads", "higher", 71},
    {"prune", "Alt-[", "do much-lower", "threshold down by .1", NULL, 0},
    {"prune", "Alt-]", "do much-higher", "threshold up by .1", NULL, 0},
    {"prune", "{", "do fewer", "threshold to where fewer heads are kept", "fewer", 70},
    {"prune", "}", "do more", "threshold to where more heads are kept", NULL, 0},
    {"prune", "Enter", "do open", "prune: go on with the heads that are kept", "prune", 73},
    {"prune", "Esc", "do back", "threshold back to the usual one", NULL, 0},
    {0},
};

const struct view view_prune = {
    .name = "prune",
    .title = "Prune",
    .help =
        "How alike the heads judge the same pairs: 1 is the same, 0 nothing in common, -1 "
        "the opposite. Heads are visited by the weight that the router gives them; one is "
        "kept if its correlation with every head kept so far is below the threshold. [ and "
        "] move it, and the pane beside the map says at once which heads are kept and what "
        "that costs. Heads with a cross are dropped; underlined cells are why.\n"
        "Enter goes on with the heads that are kept (a model without a file; 'prune --out "
        "FILE' writes one), u takes that back.",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = update,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .report = prune_view_report,
    .cell = copy_cell,
    .picture = picture,
    .explain = explain,
    .remember = remember,
    .filter = add_filter,
};
