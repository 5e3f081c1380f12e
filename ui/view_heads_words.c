/* The pane below the table of heads: the cell under the cursor in words. */
#include <math.h>
#include <string.h>

#include "ui/view_heads_inside.h"

/* ---- the title ---- */

static void add_interval(struct text *out, struct interval interval)
{
    if (!isnan(interval.low))
        text_printf(out, " [%.2f %.2f]", interval.low, interval.high);
}

void heads_add_title(const struct heads_table *table, size_t row, size_t place,
                     const char *bullet, struct text *out)
{
    const struct evaluation *evaluation = table->evaluation;
    const struct evaluated_row *of = &evaluation->rows[row];
    size_t attribute = heads_attribute(table, place);
    const char *name = heads_place_name(table, place);
    text_printf(out, "%s %s ", table->names[row], bullet);
    text_add_visible(out, name, strlen(name), 40);
    if (attribute == SIZE_MAX) {
        text_printf(out, " %s %.3f", bullet, of->mean);
        add_interval(out, of->mean_interval);
        return;
    }
    const struct evaluated_cell *cell = &of->cells[attribute];
    text_printf(out, " %s %zu of %zu right", bullet, cell->right,
                evaluation->attribute_pairs[attribute]);
    add_interval(out, cell->interval);
}

/* ---- sentences ---- */

static void add_against_coin(struct text *out, double value, struct interval interval)
{
    if (isnan(value))
        text_add(out, "no pairs here");
    else if (isnan(interval.low))
        text_add(out, "the interval is being computed");
    else if (interval.low > 0.5)
        text_add(out, "surely better than a coin");
    else if (interval.high < 0.5)
        text_add(out, "surely worse than a coin: it wants the opposite");
    else
        text_add(out, "not told from a coin (~)");
}

static void add_rank(const struct heads_table *table, size_t row, size_t place,
                     struct text *out)
{
    size_t n = table->n_places, best = 0, rank = 1;
    double mine = table->values[row * n + place];
    if (isnan(mine) || table->n_heads < 2)
        return;
    for (size_t k = 0; k < table->n_heads; k++) {
        double other = table->values[k * n + place];
        rank += other > mine;
        best = other > table->values[best * n + place] ? k : best;
    }
    if (rank == 1)
        text_printf(out, "; the best of %zu heads here", table->n_heads);
    else
        text_printf(out, "; number %zu of %zu heads here, the best is %s with %.2f", rank,
                    table->n_heads, table->names[best], table->values[best * n + place]);
}

static void add_pinned(const struct heads_table *table, size_t row, size_t place,
                       struct text *out)
{
    if (!table->base)
        return;
    double base = table->base[row * table->n_places + place];
    if (isnan(base))
        text_add(out, "; the pinned model has none such");
    else if (row < table->n_heads)
        text_printf(out, "; the pinned model's h%zu (%s) has %.2f", table->match[row] + 1,
                    table->matches_by_number ? "the same number" : "the most like it",
                    base);
    else
        text_printf(out, "; the pinned model has %.2f", base);
}

static void add_against_single(const struct evaluated_row *of, struct text *out)
{
    struct interval d = of->difference_interval;
    if (isnan(of->difference))
        return;
    text_printf(out, "; minus the single head %+.3f", of->difference);
    if (isnan(d.low))
        return;
    text_printf(out, " [%+.3f %+.3f]: %s", d.low, d.high,
                d.low > 0    ? "surely better"
                : d.high < 0 ? "surely worse"
                             : "no certain difference");
}

static void add_about_row(const struct heads_table *table, size_t row, size_t place,
                          struct text *out)
{
    const struct evaluated_row *of = &table->evaluation->rows[row];
    size_t attribute = heads_attribute(table, place);
    if (of->predictor == PREDICTOR_HEAD) {
        add_rank(table, row, place, out);
    } else if (of->predictor == PREDICTOR_ORACLE && attribute != SIZE_MAX) {
        text_printf(out,
                    "; that is h%zu, chosen because it is the best on these very pairs",
                    of->cells[attribute].head + 1);
    } else if (attribute == SIZE_MAX && of->predictor != PREDICTOR_SINGLE) {
        add_against_single(of, out);
    }
}

static void add_load(const struct heads_table *table, size_t row, struct text *out)
{
    const struct evaluated_row *of = &table->evaluation->rows[row];
    if (of->predictor != PREDICTOR_HEAD)
        text_add(out, "only heads have a load");
    else
        text_printf(out,
                    "the router gives it %.3f of the weight on average, reading %s; even "
                    "weights would be %.3f",
                    of->load,
                    table->routing == ROUTE_CONTEXT ? "prompts and contexts" : "prompts",
                    1 / (double)table->n_heads);
}

/* ---- lines ---- */

struct lines {
    const struct pen *pen;
    int at;
};

/* A line for each: first what the cell says, then what the head looks at. */
static void draw_sentence(struct lines *lines, const struct text *text)
{
    const struct pen *pen = lines->pen;
    if (!text->length)
        return;
    struct pen rest = pen_rows(pen, lines->at, pen->box.rows - lines->at);
    int n = text_lines(text->bytes, text->length, pen->box.columns);
    int most = pen->box.rows > 3 ? 2 : 1;
    if (n > most)
        pen_put(&rest, 0, 0, pen->styles[STYLE_TEXT], text->bytes);
    else
        pen_wrap(&rest, 0, 0, pen->styles[STYLE_TEXT], text->bytes, text->length);
    lines->at += n > most ? 1 : n;
}

static void draw_bars(const struct heads_table *table, size_t head, const struct pen *pen)
{
    const struct analysis *analysis = table->analysis;
    size_t D = analysis->model->model.shape.response_width;
    const float *weights = analysis->model->model.heads + head * D;
    double most = fabs((double)weights[analysis->heads[head].features[0]]);
    int bar = pen->box.columns / 3;
    struct text name = {0};
    for (int i = 0; i < pen->box.rows && (size_t)i < D; i++) {
        size_t feature = analysis->heads[head].features[i];
        double weight = (double)weights[feature];
        enum style_role role = weight < 0 ? STYLE_WORSE : STYLE_BETTER;
        text_clear(&name);
        text_add(&name, weight < 0 ? "- " : "+ ");
        heads_add_feature(analysis, feature, &name);
        int room = pen->box.columns - bar - 9;
        pen_field(pen, i, 0, room, ALIGN_LEFT, pen->styles[STYLE_TEXT], name.bytes,
                  name.length);
        pen_bar(pen, i, room + 1, bar, most > 0 ? fabs(weight) / most : 0,
                pen->styles[role]);
        pen_printf(pen, i, room + bar + 2, pen->styles[STYLE_TEXT], "%+.2f", weight);
    }
    text_done(&name);
}

static void add_surest(const struct heads_table *table, const uint32_t *positions, size_t n,
                       size_t head, struct text *out)
{
    const struct analysis *analysis = table->analysis;
    if (!n) {
        text_add(out, "none");
        return;
    }
    const char *prompt = heads_text(analysis, positions[0], HEADS_PROMPT);
    text_printf(out, "#%u margin %+.1f", analysis->pairs[positions[0]] + 1,
                analysis_surety(analysis, table->routing, head, positions[0]));
    if (prompt) {
        text_add(out, "  \"");
        text_add_visible(out, prompt, strlen(prompt), 120);
        text_add(out, "\"");
    }
}

static void draw_facts(const struct heads_table *table, size_t head, const struct pen *pen)
{
    const struct analysis *analysis = table->analysis;
    const struct head_page *page = &analysis->heads[head];
    const struct correlation *correlation = &analysis->correlation[STATISTIC_MARGIN];
    struct text text = {0};
    text_add(&text, "surest right  ");
    add_surest(table, page->surest.right, page->surest.n_right, head, &text);
    pen_put(pen, 0, 0, pen->styles[STYLE_TEXT], text.bytes);
    text_clear(&text);
    text_add(&text, "surest wrong  ");
    add_surest(table, page->surest.wrong, page->surest.n_wrong, head, &text);
    pen_put(pen, 1, 0, pen->styles[STYLE_TEXT], text.bytes);
    size_t K = table->n_heads;
    if (K > 1)
        pen_printf(pen, 2, 0, pen->styles[STYLE_TEXT],
                   "most like h%u (correlation %+.2f), most unlike h%u (%+.2f)",
                   page->others[0] + 1, correlation_at(correlation, head, page->others[0]),
                   page->others[K - 2] + 1,
                   correlation_at(correlation, head, page->others[K - 2]));
    text_done(&text);
}

/* Where there is room, also the texts of the pair that it is surest of. */
static void draw_right(const struct heads_table *table, size_t head, const struct pen *pen)
{
    enum { FACTS = 4, TEXTS = 7 };
    const struct head_surest *surest = &table->analysis->heads[head].surest;
    draw_facts(table, head, pen);
    if (pen->box.rows < FACTS + TEXTS || !surest->n_right || !table->analysis->corpus)
        return;
    struct pen rest = pen_rows(pen, FACTS, pen->box.rows - FACTS);
    heads_draw_texts(table->analysis, surest->right[0], 0, &rest, false);
}

/* What the head looks at and its surest pairs, side by side; in one row only the former. */
static void draw_head(const struct heads_table *table, size_t head, const struct pen *pen)
{
    if (pen->box.rows < 1)
        return;
    if (table->stage < ANALYSIS_HEADS) {
        pen_put(pen, 0, 0, pen->styles[table->wrong ? STYLE_ERROR : STYLE_DIM],
                table->wrong ? table->wrong : "what it looks at is being computed");
        return;
    }
    if (pen->box.rows < 3 || pen->box.columns < 70) {
        struct text looks = {0};
        text_add(&looks, "looks at ");
        heads_add_looks(table, head, 8, &looks);
        pen_put(pen, 0, 0, pen->styles[STYLE_TEXT], looks.bytes);
        text_done(&looks);
        struct pen rest = pen_rows(pen, 1, pen->box.rows - 1);
        draw_facts(table, head, &rest);
        return;
    }
    int split = pen->box.columns * 2 / 5;
    struct pen left = pen_columns(pen, 0, split - 2);
    struct pen right = pen_columns(pen, split, pen->box.columns - split);
    draw_bars(table, head, &left);
    draw_right(table, head, &right);
}

void heads_draw_words(const struct heads_table *table, const struct pen *pen)
{
    size_t row = listing_row(&table->listing, &table->state);
    size_t column = table->state.column, place = heads_place(table, column);
    if (row >= table->n_rows || pen->box.rows < 1)
        return;
    struct lines lines = {pen, 0};
    struct text text = {0};
    if (column == HEADS_LOAD) {
        add_load(table, row, &text);
    } else {
        place = place == SIZE_MAX ? table->n_places - 1 : place;
        size_t at = row * table->n_places + place;
        add_against_coin(&text, table->values[at],
                         (struct interval){table->low[at], table->high[at]});
        add_about_row(table, row, place, &text);
        add_pinned(table, row, place, &text);
    }
    text_add(&text, ".");
    draw_sentence(&lines, &text);
    text_done(&text);
    struct pen rest = pen_rows(pen, lines.at, pen->box.rows - lines.at);
    if (row < table->n_heads)
        draw_head(table, row, &rest);
    else if (rest.box.rows > 0)
        pen_put(&rest, 0, 0, pen->styles[STYLE_DIM], table->looks[row]);
}
