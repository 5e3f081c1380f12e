/* The figures of the overview, and what is said of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command/cmd_bound.h"
#include "command/evaluation_report.h"
#include "ui/explained.h"
#include "ui/view_overview_inside.h"

static const struct interval no_interval = {(double)NAN, (double)NAN};

/* ---- as rows ---- */

enum { NAME, VALUE, LESS_PINNED, INTERVAL, BAR, N_COLUMNS };

static const struct listing_column overview_columns[N_COLUMNS] = {
    [NAME] = {.name = "figure", .title = "", .type = COLUMN_TEXT, .width = 19},
    [VALUE] = {.name = "value", .type = COLUMN_REAL, .decimals = 3, .width = 7},
    [LESS_PINNED] = {.name = "less-pinned",
                     .title = "- pinned",
                     .type = COLUMN_REAL,
                     .decimals = 3,
                     .width = 8},
    [INTERVAL] = {.name = "interval",
                  .title = "95 %",
                  .type = COLUMN_INTERVAL,
                  .decimals = 3,
                  .width = 15},
    [BAR] = {.name = "bar", .title = "", .type = COLUMN_TEXT, .width = 8, .stretch = true},
};

/* Where there is little room: the numbers. */
static const struct listing_column narrow_columns[N_COLUMNS] = {
    [NAME] = {.name = "figure", .title = "", .type = COLUMN_TEXT, .width = 10},
    [VALUE] = {.name = "value", .type = COLUMN_REAL, .decimals = 3, .width = 7},
    [LESS_PINNED] = {.name = "less-pinned",
                     .title = "- pinned",
                     .type = COLUMN_REAL,
                     .decimals = 3,
                     .width = 8},
    [INTERVAL] = {.name = "interval",
                  .title = "95 %",
                  .type = COLUMN_INTERVAL,
                  .width = 15},
    [BAR] = {.name = "bar", .title = "", .type = COLUMN_TEXT, .width = 8, .stretch = true},
};

void overview_fit(struct overview_view *view, int columns)
{
    enum { NARROW = 34, NO_INTERVAL = 60, NO_INTERVAL_PINNED = 69 };
    view->listing.columns = columns < NARROW ? narrow_columns : overview_columns;
    view->state.hidden[INTERVAL] =
        columns < (view->pinned ? NO_INTERVAL_PINNED : NO_INTERVAL);
    view->state.hidden[LESS_PINNED] = !view->pinned;
}

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct figure *figure = &((const struct overview_view *)rows)->figures[row];
    struct cell cell = {NULL, (double)NAN, (double)NAN};
    if (column == NAME)
        cell.text = figure->name;
    else if (column == VALUE)
        cell.value = figure->value;
    else if (column == LESS_PINNED)
        cell.value = figure->value - figure->pinned;
    else if (column == INTERVAL)
        cell = (struct cell){NULL, figure->interval.low, figure->interval.high};
    else
        cell.text = "";
    return cell;
}

/* The bar up to the low end of the interval, then the interval with the value in it. */
static void draw_whiskers(const struct overview_view *view, const struct figure *figure,
                          const struct pen *pen)
{
    double room = pen->box.columns - 1, span = 1 - view->least;
    double low = isnan(figure->interval.low) ? figure->value : figure->interval.low;
    double high = isnan(figure->interval.high) ? figure->value : figure->interval.high;
    int from = (int)lround((low - view->least) / span * room);
    int to = (int)lround((high - view->least) / span * room);
    int at = (int)lround((figure->value - view->least) / span * room);
    struct style style = pen->styles[STYLE_BAR];
    pen_bar(pen, 0, 0, from > 0 ? from : 0, from > 0 ? 1 : (double)NAN, style);
    for (int c = from; c <= to; c++)
        pen_glyph(pen, 0, c, pen->styles[STYLE_TEXT],
                  c == from && from < at ? GLYPH_TEE_RIGHT
                  : c == to && to > at   ? GLYPH_TEE_LEFT
                                         : GLYPH_HORIZONTAL);
    pen_glyph(pen, 0, at, pen->styles[STYLE_STRONG], GLYPH_MARK);
}

static bool draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                      bool cursor)
{
    const struct overview_view *view = rows;
    const struct figure *figure = &view->figures[row];
    (void)cursor;
    if (column == LESS_PINNED) {
        double less = figure->value - figure->pinned;
        if (!isnan(less))
            pen_printf(pen, 0, 0, pen->styles[STYLE_PINNED], "%+*.*f", pen->box.columns,
                       (int)figure->decimals, less);
        return !isnan(less);
    }
    if (column == VALUE && figure->decimals != overview_columns[VALUE].decimals) {
        pen_printf(pen, 0, 0, pen->styles[STYLE_TEXT], "%*.*f", pen->box.columns,
                   (int)figure->decimals, figure->value);
        return true;
    }
    if (column == VALUE && figure->kind == FIGURE_DIFFERENCE) {
        pen_printf(pen, 0, 0, pen->styles[STYLE_TEXT], "%+*.3f", pen->box.columns,
                   figure->value);
        return true;
    }
    if (column == BAR && figure->kind <= FIGURE_ORACLE && !isnan(figure->value))
        draw_whiskers(view, figure, pen);
    else if (column == BAR && figure->kind == FIGURE_ENTROPY)
        pen_printf(pen, 0, 0, pen->styles[STYLE_DIM], "%.1f %% of log K",
                   100 * figure->value / log((double)view->analysis->n_heads));
    else if (column == BAR &&
             (figure->kind == FIGURE_NLL || figure->kind == FIGURE_SINGLE_NLL))
        pen_put(pen, 0, 0, pen->styles[STYLE_DIM], "nats a pair");
    else if (column == BAR && figure->kind == FIGURE_CALIBRATION)
        pen_put(pen, 0, 0, pen->styles[STYLE_DIM], "0: it means what it says");
    else if (column == BAR && figure->kind == FIGURE_FLOOR)
        pen_put(pen, 0, 0, pen->styles[STYLE_DIM], "of the single head's loss");
    return column == BAR;
}

/* ---- making them ---- */

struct figures {
    struct figure *rows; /* (N_FIGURES) */
    size_t n;
};

static void add(struct figures *figures, enum figure_kind kind, const char *name,
                double value, struct interval interval)
{
    figures->rows[figures->n++] = (struct figure){
        kind,        name,     value,
        (double)NAN, interval, kind == FIGURE_NLL || kind == FIGURE_SINGLE_NLL ? 4 : 3};
}

static void add_mean(struct figures *figures, const struct evaluation *evaluation,
                     enum predictor predictor, enum figure_kind kind, const char *name)
{
    const struct evaluated_row *row = evaluation_row(evaluation, predictor);
    if (row)
        add(figures, kind, name, row->mean, row->mean_interval);
}

static void add_entropy_sentence(struct overview_view *view, double entropy)
{
    double share = entropy / log((double)view->analysis->n_heads);
    if (view->analysis->n_heads < 2)
        return;
    text_printf(&view->verdict,
                "\nReading prompts, the router spreads its weights as if %.1f of %zu heads "
                "shared evenly (%.0f %% of the largest entropy)%s",
                exp(entropy), view->analysis->n_heads, 100 * share,
                share > 0.9 ? ": every head has nearly the same say." : ".");
}

/* Before the intervals there is no verdict. */
static void make_verdict(struct overview_view *view, const struct evaluation *evaluation)
{
    const struct analysis *analysis = view->analysis;
    text_clear(&view->verdict);
    text_append(&view->verdict, "", 0);
    evaluation_verdict(evaluation, &view->verdict);
    if (!evaluation_row(evaluation, PREDICTOR_SINGLE))
        text_add(&view->verdict,
                 "The model holds no single head to compare with; train makes "
                 "one unless it is told --no-single.");
    else if (view->stage < ANALYSIS_INTERVALS)
        text_add(&view->verdict, "The intervals are being computed ...");
    if (view->stage >= ANALYSIS_HEADS && !isnan(analysis->bound.bound.single)) {
        text_add(&view->verdict, "\n");
        bound_verdict(&analysis->bound.bound, &view->verdict);
    }
    add_entropy_sentence(view, evaluation->entropy);
}

static void add_figures(struct figures *figures, const struct analysis *analysis,
                        enum analysis_stage stage)
{
    const struct evaluation *evaluation = analysis_evaluation(analysis, ROUTE_PROMPT);
    if (!evaluation)
        return;
    const struct evaluated_row *mixture = evaluation_row(evaluation, PREDICTOR_MIXTURE);
    add_mean(figures, evaluation, PREDICTOR_SINGLE, FIGURE_SINGLE, "single head");
    add_mean(figures, evaluation, PREDICTOR_MIXTURE, FIGURE_MIXTURE, "mixture (router)");
    add_mean(figures, evaluation, PREDICTOR_ORACLE, FIGURE_ORACLE, "best head (oracle)");
    if (!isnan(mixture->difference))
        add(figures, FIGURE_DIFFERENCE, "mixture less single", mixture->difference,
            mixture->difference_interval);
    add(figures, FIGURE_NLL, "loss of the mixture", evaluation->nll, no_interval);
    if (!isnan(evaluation->single_nll))
        add(figures, FIGURE_SINGLE_NLL, "loss of the single", evaluation->single_nll,
            no_interval);
    add(figures, FIGURE_CALIBRATION, "calibration error", evaluation->calibration,
        no_interval);
    if (analysis->n_heads > 1)
        add(figures, FIGURE_ENTROPY, "router's entropy", evaluation->entropy, no_interval);
    if (stage >= ANALYSIS_HEADS && !isnan(analysis->bound.bound.single))
        add(figures, FIGURE_FLOOR, "irreducible share",
            analysis->bound.bound.floor / analysis->bound.bound.single, no_interval);
}

/* The same figure of the pinned model, where that is of the same pairs. */
static void add_pinned(struct overview_view *view)
{
    struct figure rows[N_FIGURES];
    struct figures others = {rows, 0};
    if (!view->pinned || view->pinned->features != view->analysis->features)
        return;
    add_figures(&others, view->pinned, view->pinned_stage);
    for (size_t i = 0; i < view->n_figures; i++)
        for (size_t j = 0; j < others.n; j++)
            if (rows[j].kind == view->figures[i].kind)
                view->figures[i].pinned = rows[j].value;
}

void overview_make_figures(struct overview_view *view)
{
    const struct evaluation *evaluation =
        view->analysis ? analysis_evaluation(view->analysis, ROUTE_PROMPT) : NULL;
    view->n_figures = 0;
    view->listing = (struct listing){.columns = overview_columns,
                                     .n_columns = N_COLUMNS,
                                     .rows = view,
                                     .cell = cell_of,
                                     .draw = draw_cell,
                                     .unfrozen = true};
    if (!evaluation) {
        listing_refresh(&view->listing, &view->state);
        return;
    }
    struct figures figures = {view->figures, 0};
    add_figures(&figures, view->analysis, view->stage);
    view->n_figures = figures.n;
    add_pinned(view);
    view->least = 0.5;
    for (size_t i = 0; i < view->n_figures && view->figures[i].kind <= FIGURE_ORACLE; i++) {
        double low = fmin(view->figures[i].value, view->figures[i].interval.low);
        view->least = low < view->least ? floor(low * 10) / 10 : view->least;
    }
    view->listing.n_rows = view->n_figures;
    make_verdict(view, evaluation);
    listing_refresh(&view->listing, &view->state);
}

const struct figure *overview_figure(const struct overview_view *view)
{
    size_t row = view->n_figures ? listing_row(&view->listing, &view->state) : SIZE_MAX;
    return row < view->n_figures ? &view->figures[row] : NULL;
}

/* ---- explained ---- */

#define WRITE(member, ...) snprintf(out->member, sizeof out->member, __VA_ARGS__)

static void explain_difference(const struct figure *figure,
                               const struct evaluation *evaluation, struct explanation *out)
{
    out->equation = "E8";
    WRITE(what, "mean accuracy of the mixture less that of the single head");
    WRITE(definition,
          "the paired difference; its interval comes from a bootstrap over prompts, "
          "and a mixture helps when that lies above 0");
    WRITE(formula, "mean of the mixture - mean of the single head");
    WRITE(values, "%.3f - %.3f = %+.3f",
          evaluation_row(evaluation, PREDICTOR_MIXTURE)->mean,
          evaluation_row(evaluation, PREDICTOR_SINGLE)->mean, figure->value);
}

static void explain_loss(const struct figure *figure, struct explanation *out)
{
    bool is_single = figure->kind == FIGURE_SINGLE_NLL;
    out->equation = "E9";
    WRITE(what, "loss of the %s on the labels", is_single ? "single head" : "mixture");
    WRITE(definition,
          "how surprised it is by what the annotators chose, on average over the "
          "pairs, in nats; one that says 1/2 each time has log 2 = 0.693");
    WRITE(formula, "mean of -log P(chosen over rejected)");
    WRITE(values,
          "%.4f nats, that is probability %.3f for the choice in the geometric mean",
          figure->value, exp(-figure->value));
}

static void explain_calibration(const struct figure *figure, struct explanation *out)
{
    out->equation = "E9";
    WRITE(what, "calibration error of the mixture");
    WRITE(definition,
          "how far, on average, what it says of being right is from how often it is; "
          "over ten bins of its certainty");
    WRITE(formula, "sum over bins of n/N |certainty - accuracy|");
    WRITE(values, "%.3f", figure->value);
}

static void explain_floor(const struct overview_view *view, struct explanation *out)
{
    const struct bound *bound = &view->analysis->bound.bound;
    out->equation = "E18";
    WRITE(what, "share of the single head's loss that any reward pays");
    WRITE(definition,
          "if the heads are the groups of annotators and the router knows their "
          "shares, no single reward of prompt and responses has less than the floor");
    WRITE(formula, "floor / loss of the single head");
    WRITE(values, "%.4f / %.4f nats", bound->floor, bound->single);
}

void overview_explain(const struct overview_view *view, const struct figure *figure,
                      struct text *out)
{
    const struct evaluation *evaluation = analysis_evaluation(view->analysis, ROUTE_PROMPT);
    struct explanation explanation = {
        .value = figure->value, .n = evaluation->n_pairs, .interval = figure->interval};
    if (figure->kind <= FIGURE_ORACLE) {
        static const enum predictor predictors[] = {PREDICTOR_SINGLE, PREDICTOR_MIXTURE,
                                                    PREDICTOR_ORACLE};
        const struct evaluated_row *row =
            evaluation_row(evaluation, predictors[figure->kind]);
        analysis_explain_cell(view->analysis, ROUTE_PROMPT,
                              (size_t)(row - evaluation->rows), SIZE_MAX, &explanation);
    } else if (figure->kind == FIGURE_DIFFERENCE) {
        explain_difference(figure, evaluation, &explanation);
    } else if (figure->kind == FIGURE_ENTROPY) {
        analysis_explain_entropy(view->analysis, ROUTE_PROMPT, SIZE_MAX, &explanation);
    } else if (figure->kind == FIGURE_CALIBRATION) {
        explain_calibration(figure, &explanation);
    } else if (figure->kind == FIGURE_FLOOR) {
        explain_floor(view, &explanation);
    } else {
        explain_loss(figure, &explanation);
    }
    explained_add(&explanation, out);
    if (!isnan(figure->pinned))
        text_printf(out, "\n\nThe pinned model has %.*f: this one %+.*f.",
                    (int)figure->decimals, figure->pinned, (int)figure->decimals,
                    figure->value - figure->pinned);
}
