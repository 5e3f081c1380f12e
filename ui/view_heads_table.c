/* The table of heads by attributes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "ui/view_heads_inside.h"

/* SAMPLES: pairs that heads of different models are matched by. */
enum {
    SAMPLES = 2000,
    NAME_WIDTH = 9,
    LOAD_WIDTH = 5,
    NUMBER_WIDTH = 7,
    INTERVAL_WIDTH = 11
};

/* ---- columns ---- */

size_t heads_place(const struct heads_table *table, size_t column)
{
    return column >= HEADS_FIRST && column < HEADS_FIRST + table->n_places
               ? column - HEADS_FIRST
               : SIZE_MAX;
}

size_t heads_column(const struct heads_table *table, size_t place)
{
    return place < table->n_places ? HEADS_FIRST + place : HEADS_NAME;
}

size_t heads_attribute(const struct heads_table *table, size_t place)
{
    return place + 1 < table->n_places ? place : SIZE_MAX;
}

const char *heads_place_name(const struct heads_table *table, size_t place)
{
    size_t attribute = heads_attribute(table, place);
    return attribute == SIZE_MAX ? "mean over attributes"
                                 : table->evaluation->attributes[attribute];
}

static const char *keep(struct heads_table *table, const struct text *text)
{
    return text->length ? arena_copy(&table->texts, text->bytes, text->length) : "";
}

/* An attribute may be called as a column of the table's own. */
static const char *column_name(struct heads_table *table, const char *attribute)
{
    static const char *const own[] = {"head", "load", "mean", "interval", "looks_at"};
    struct text name = {0};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], attribute) == 0)
            text_add(&name, "attribute_");
    text_add(&name, attribute);
    const char *kept = keep(table, &name);
    text_done(&name);
    return kept;
}

static void make_columns(struct heads_table *table)
{
    size_t n = table->n_places, at = 0;
    struct listing_column *columns = mem_zero((n + 4) * sizeof *columns);
    columns[at++] =
        (struct listing_column){.name = "head", .type = COLUMN_TEXT, .width = NAME_WIDTH};
    columns[at++] = (struct listing_column){
        .name = "load", .type = COLUMN_SHARE, .decimals = 2, .width = LOAD_WIDTH};
    for (size_t a = 0; a + 1 < n; a++)
        columns[at++] = (struct listing_column){
            .name = column_name(table, table->evaluation->attributes[a]),
            .title = table->evaluation->attributes[a],
            .type = COLUMN_SHARE,
            .decimals = 2,
            .width = NUMBER_WIDTH};
    columns[at++] = (struct listing_column){
        .name = "mean", .type = COLUMN_SHARE, .decimals = 2, .width = NUMBER_WIDTH};
    columns[at++] = (struct listing_column){.name = "interval",
                                            .title = "95 %",
                                            .type = COLUMN_INTERVAL,
                                            .decimals = 2,
                                            .width = INTERVAL_WIDTH};
    columns[at++] = (struct listing_column){.name = "looks_at",
                                            .title = "looks at",
                                            .type = COLUMN_TEXT,
                                            .width = 24,
                                            .stretch = true};
    table->columns = columns;
    table->n_columns = at;
}

static int title_width(const struct listing_column *column)
{
    const char *title = column->title ? column->title : column->name;
    return (int)text_width(title, strlen(title)) + 1;
}

/* Attributes get what their names need if that fits before the last two columns; else what those
 * leave, but so much that names can be told apart, and at least what numbers need. */
static void fit_columns(struct heads_table *table, int columns)
{
    enum { GAP = 2, TOLD_APART = 8 };
    int more = table->state.precision > 0 ? table->state.precision : 0, widest = 0;
    int least = NUMBER_WIDTH + more - (columns < 110); /* two marks at once are rare */
    int looks = columns / 5 < 24 ? 24 : columns / 5 > 48 ? 48 : columns / 5;
    int n = (int)table->n_places, left = columns - NAME_WIDTH - LOAD_WIDTH - 2 * GAP - 1;
    int alone = left / n - GAP,
        beside = (left - INTERVAL_WIDTH - looks - 2 * GAP) / n - GAP;
    for (size_t place = 0; place < table->n_places; place++) {
        int want = title_width(&table->columns[HEADS_FIRST + place]);
        widest = want > widest ? want : widest;
    }
    int room = alone < TOLD_APART ? alone : TOLD_APART;
    room = widest <= alone ? widest : room > beside ? room : beside;
    for (size_t place = 0; place < table->n_places; place++) {
        struct listing_column *column = &table->columns[HEADS_FIRST + place];
        int want = title_width(column);
        want = want < room ? want : room;
        column->width = want > least ? want : least;
    }
}

/* ---- cells ---- */

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct heads_table *table = rows;
    const struct evaluated_row *of = &table->evaluation->rows[row];
    size_t place = heads_place(table, column);
    struct cell cell = {NULL, (double)NAN, (double)NAN};
    if (column == HEADS_NAME)
        cell.text = table->names[row];
    else if (column == HEADS_LOAD)
        cell.value = of->load;
    else if (place != SIZE_MAX)
        cell.value = table->values[row * table->n_places + place] -
                     (table->base ? table->base[row * table->n_places + place] : 0);
    else if (column + 1 == table->n_columns)
        cell.text = table->looks[row];
    else
        cell = (struct cell){NULL, of->mean_interval.low, of->mean_interval.high};
    return cell;
}

static bool draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                      bool cursor)
{
    const struct heads_table *table = rows;
    size_t place = heads_place(table, column), K = table->n_heads;
    (void)cursor;
    if (place == SIZE_MAX)
        return false;
    if (row < K) {
        heat_draw(&table->heat, pen, 0, 0, pen->box.columns, row, place, false);
        return true;
    }
    struct text text = {0};
    heat_text(&table->feet, pen->look, row - K, place, &text);
    bool unsure = heat_is_unsure(&table->feet, row - K, place);
    pen_field(pen, 0, 0, pen->box.columns, ALIGN_RIGHT,
              pen->styles[unsure ? STYLE_UNSURE : STYLE_TEXT], text.bytes, text.length);
    text_done(&text);
    return true;
}

void heads_add_value(const struct heads_table *table, size_t row, size_t place,
                     struct text *out)
{
    struct cell cell = cell_of(table, row, heads_column(table, place));
    text_printf(out, table->base ? "%+.*f" : "%.*f", (int)table->heat.decimals, cell.value);
}

/* ---- what heads look at ---- */

void heads_add_feature(const struct analysis *analysis, size_t feature, struct text *out)
{
    const char *name = feature_name(analysis->names, feature);
    if (name)
        text_add_visible(out, name, strlen(name), 40);
    else
        text_printf(out, "no. %zu", feature);
}

void heads_add_looks(const struct heads_table *table, size_t head, size_t n,
                     struct text *out)
{
    const struct analysis *analysis = table->analysis;
    const struct model *model = &analysis->model->model;
    size_t D = model->shape.response_width;
    for (size_t i = 0; i < n && i < D; i++) {
        size_t feature = analysis->heads[head].features[i];
        float weight = model->heads[head * D + feature];
        text_add(out, i ? ", " : "");
        text_add(out, weight < 0 ? "-" : "+");
        heads_add_feature(analysis, feature, out);
    }
}

static void add_difference(const struct evaluated_row *row, struct text *out)
{
    if (isnan(row->difference))
        return;
    text_printf(out, "minus single head %+.3f", row->difference);
    if (!isnan(row->difference_interval.low))
        text_printf(out, " [%+.3f %+.3f]", row->difference_interval.low,
                    row->difference_interval.high);
}

static void make_looks(struct heads_table *table)
{
    enum { SHOWN = 3 };
    struct text text = {0};
    for (size_t r = 0; r < table->n_rows; r++) {
        const struct evaluated_row *row = &table->evaluation->rows[r];
        text_clear(&text);
        text_append(&text, "", 0);
        if (row->predictor == PREDICTOR_HEAD && table->stage >= ANALYSIS_HEADS)
            heads_add_looks(table, row->head, SHOWN, &text);
        else if (row->predictor == PREDICTOR_MIXTURE || row->predictor == PREDICTOR_ORACLE)
            add_difference(row, &text);
        if (row->predictor == PREDICTOR_ORACLE)
            text_printf(&text, "%schosen on these pairs", text.length ? ", " : "");
        table->looks[r] = keep(table, &text);
    }
    text_done(&text);
}

/* ---- numbers ---- */

static void fill_row(const struct evaluated_row *row, size_t n, double *values, double *low,
                     double *high)
{
    for (size_t a = 0; a + 1 < n; a++) {
        values[a] = row->cells[a].accuracy;
        low[a] = row->cells[a].interval.low;
        high[a] = row->cells[a].interval.high;
    }
    values[n - 1] = row->mean;
    low[n - 1] = row->mean_interval.low;
    high[n - 1] = row->mean_interval.high;
}

static void make_names(struct heads_table *table)
{
    static const char *const names[] = {[PREDICTOR_MIXTURE] = "mixture",
                                        [PREDICTOR_SINGLE] = "single",
                                        [PREDICTOR_ORACLE] = "best head"};
    for (size_t r = 0; r < table->n_rows; r++) {
        const struct evaluated_row *row = &table->evaluation->rows[r];
        struct text name = {0};
        if (row->predictor == PREDICTOR_HEAD)
            text_printf(&name, "h%zu", row->head + 1);
        else
            text_add(&name, names[row->predictor]);
        table->names[r] = keep(table, &name);
        text_done(&name);
    }
}

/* ---- the pinned model ---- */

static double likeness(const struct predictions *a, size_t j, const struct predictions *b,
                       size_t k)
{
    double ab = 0, aa = 0, bb = 0;
    size_t step = a->n / SAMPLES + 1;
    for (size_t i = 0; i < a->n; i += step) {
        double x = (double)a->margin[i * a->n_heads + j];
        double y = (double)b->margin[i * b->n_heads + k];
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* Heads of as many go by their number; of others each goes with the one that it is most like. */
static void match_heads(struct heads_table *table)
{
    const struct predictions *mine = &table->analysis->predictions[ROUTE_PROMPT];
    const struct predictions *others = &table->pinned->predictions[ROUTE_PROMPT];
    table->matches_by_number = mine->n_heads == others->n_heads;
    for (size_t k = 0; k < table->n_heads; k++) {
        double most = -2;
        table->match[k] = k;
        for (size_t j = 0; j < others->n_heads && !table->matches_by_number; j++) {
            double like = likeness(mine, k, others, j);
            table->match[k] = like > most ? j : table->match[k];
            most = like > most ? like : most;
        }
    }
}

static const struct evaluated_row *pinned_row(const struct heads_table *table, size_t row)
{
    const struct evaluation *other = analysis_evaluation(table->pinned, table->routing);
    const struct evaluated_row *mine = &table->evaluation->rows[row];
    if (mine->predictor == PREDICTOR_HEAD)
        return &other->rows[table->match[mine->head]];
    return evaluation_row(other, mine->predictor);
}

static bool can_compare(const struct heads_table *table)
{
    return table->pinned && table->pinned_stage >= ANALYSIS_CELLS &&
           table->pinned->features == table->analysis->features &&
           table->pinned->n_pairs == table->analysis->n_pairs;
}

static void make_base(struct heads_table *table)
{
    size_t n = table->n_places;
    double *unused = mem_alloc(2 * n * sizeof *unused);
    table->base = mem_alloc(table->n_rows * n * sizeof *table->base);
    match_heads(table);
    for (size_t r = 0; r < table->n_rows; r++) {
        const struct evaluated_row *row = pinned_row(table, r);
        if (row)
            fill_row(row, n, table->base + r * n, unused, unused + n);
        else
            for (size_t place = 0; place < n; place++)
                table->base[r * n + place] = (double)NAN;
    }
    free(unused);
}

/* ---- making it anew ---- */

static void drop_numbers(struct heads_table *table)
{
    heat_done(&table->heat);
    arena_done(&table->texts);
    free(table->names);
    free(table->values);
    free(table->base);
    free(table->match);
    free(table->columns);
    table->names = NULL;
    table->values = table->base = NULL;
    table->match = NULL;
    table->columns = NULL;
    table->evaluation = NULL;
    table->listing = (struct listing){0};
    table->n_columns = table->n_rows = 0;
}

void heads_table_done(struct heads_table *table)
{
    drop_numbers(table);
    listing_done(&table->state);
    analysis_unref(table->analysis);
    analysis_unref(table->pinned);
}

static void make_heat(struct heads_table *table)
{
    size_t n = table->n_places, K = table->n_heads;
    table->heat = (struct heat){.scale = table->scale,
                                .values = table->values,
                                .base = table->base,
                                .low = table->low,
                                .high = table->high,
                                .includes = 0.5,
                                .rows = K,
                                .columns = n,
                                .least = (double)NAN,
                                .most = (double)NAN,
                                .decimals = 2,
                                .no_zero = true};
    table->feet = table->heat;
    heat_measure(&table->heat);
    table->feet.values += K * n;
    table->feet.low += K * n;
    table->feet.high += K * n;
    if (table->base)
        table->feet.base += K * n;
    table->feet.rows = table->n_rows - K;
}

static void make_numbers(struct heads_table *table)
{
    table->n_heads = table->analysis->n_heads;
    table->n_rows = table->evaluation->n_rows;
    table->n_places = table->evaluation->n_attributes + 1;
    size_t n = table->n_places, cells = table->n_rows * n;
    table->names = mem_alloc(2 * table->n_rows * sizeof *table->names);
    table->looks = table->names + table->n_rows;
    table->values = mem_alloc(3 * cells * sizeof *table->values);
    table->low = table->values + cells;
    table->high = table->low + cells;
    table->match = mem_alloc(table->n_heads * sizeof *table->match);
    for (size_t r = 0; r < table->n_rows; r++)
        fill_row(&table->evaluation->rows[r], n, table->values + r * n, table->low + r * n,
                 table->high + r * n);
    make_names(table);
    make_looks(table);
    if (table->scale == HEAT_DIFFERENCE)
        make_base(table);
    make_heat(table);
    make_columns(table);
    table->listing = (struct listing){.columns = table->columns,
                                      .n_columns = table->n_columns,
                                      .n_rows = table->n_rows,
                                      .n_feet = table->n_rows - table->n_heads,
                                      .rows = table,
                                      .cell = cell_of,
                                      .draw = draw_cell,
                                      .by_cell = true};
}

static enum heat_scale find_scale(const char *name)
{
    for (int s = 0; s < N_HEAT_SCALES; s++)
        if (name && strcmp(name, heat_scale_name((enum heat_scale)s)) == 0)
            return (enum heat_scale)s;
    return HEAT_GLOBAL;
}

static void hold(struct analysis **held, struct analysis *analysis,
                 enum analysis_stage *stage, bool *changed)
{
    enum analysis_stage now = analysis ? analysis_stage(analysis) : ANALYSIS_NOTHING;
    *changed = *changed || *held != analysis || *stage != now;
    *stage = now;
    if (*held == analysis)
        return;
    analysis_unref(*held);
    *held = analysis ? analysis_ref(analysis) : NULL;
}

/* What is asked for, as far as it can be had. */
static void ask(struct heads_table *table, const struct snapshot *snapshot, bool *changed)
{
    const char *routing = snapshot_entry(snapshot, VIEW_HEADS, "routing");
    enum heat_scale scale = find_scale(snapshot_entry(snapshot, VIEW_HEADS, "scale"));
    enum routing route =
        routing && strcmp(routing, "context") == 0 ? ROUTE_CONTEXT : ROUTE_PROMPT;
    if (scale == HEAT_DIFFERENCE && !can_compare(table))
        scale = HEAT_GLOBAL;
    *changed = *changed || table->scale != scale || table->routing != route;
    table->scale = scale;
    table->routing = route;
}

bool heads_table_update(struct heads_table *table, const struct snapshot *snapshot)
{
    const struct analysis *before = table->analysis;
    bool changed = false;
    hold(&table->analysis, snapshot->analysis, &table->stage, &changed);
    hold(&table->pinned, snapshot->pinned, &table->pinned_stage, &changed);
    if (table->analysis)
        ask(table, snapshot, &changed);
    if (changed) {
        drop_numbers(table);
        table->evaluation =
            table->analysis ? analysis_evaluation(table->analysis, table->routing) : NULL;
        if (table->evaluation) {
            make_numbers(table);
            listing_refresh(&table->listing, &table->state);
        }
    }
    if (table->evaluation)
        listing_set(&table->listing, &table->state,
                    snapshot_entry(snapshot, VIEW_HEADS, "sort"),
                    snapshot_entry(snapshot, VIEW_HEADS, "filter"),
                    snapshot_entry(snapshot, VIEW_HEADS, "columns"), NULL);
    return before != table->analysis;
}

/* ---- drawing ---- */

static int decimals_of(const struct heads_table *table)
{
    int decimals = 2 + table->state.precision;
    return decimals < 1 ? 1 : decimals > 12 ? 12 : decimals;
}

void heads_table_draw(struct heads_table *table, const struct pen *pen, bool focus)
{
    table->pen = *pen;
    table->heat.decimals = table->feet.decimals = (unsigned)decimals_of(table);
    fit_columns(table, pen->box.columns);
    listing_draw(&table->listing, &table->state, pen, focus);
}
