/* The answers of a pair side by side, and what the heads say of them. */
#include <string.h>

#include "corpus/corpus.h"
#include "ui/view_context_inside.h"

/* From so many columns on the answers stand side by side. */
enum { BESIDE = 56 };

static const struct corpus *corpus_of(const struct snapshot *snapshot)
{
    const struct held_corpus *corpus = snapshot->state->corpus;
    return corpus ? &corpus->corpus : NULL;
}

/* ---- what the heads say ---- */

static bool prefers_a(const struct context_view *view, size_t k)
{
    return (view->forecast.margin[k] > 0) == lab_chosen_left(view->lab, view->pair);
}

/* Heads of that side by falling weight, one after the other; K: from the first on, and behind the
 * last. */
static size_t next_head(const struct context_view *view, bool a, size_t before)
{
    const double *weights = view->forecast.weights;
    size_t K = view->figures.n_heads, best = K;
    for (size_t k = 0; k < K; k++) {
        bool comes_later = before == K || weights[k] < weights[before] ||
                           (k > before && !(weights[k] > weights[before]));
        if (prefers_a(view, k) == a && comes_later &&
            (best == K || weights[k] > weights[best]))
            best = k;
    }
    return best;
}

void context_add_heads(const struct context_view *view, bool a, struct text *out)
{
    enum { SHOWN = 6 };
    const double *weights = view->forecast.weights;
    size_t K = view->figures.n_heads, n = 0, left = 0, k = K;
    double sum = 0;
    for (size_t j = 0; j < K; j++)
        sum += prefers_a(view, j) == a ? weights[j] : 0;
    text_printf(out, "for %c %.2f:", a ? 'A' : 'B', sum);
    while ((k = next_head(view, a, k)) < K) {
        if (n == SHOWN || weights[k] < 0.005) /* shown as 0.00 */
            left++;
        else
            text_printf(out, " h%zu %.2f", k + 1, weights[k]);
        n += n < SHOWN;
    }
    if (left)
        text_printf(out, " and %zu with less", left);
}

static void add_forecast(const struct context_view *view, struct text *out)
{
    bool left = lab_chosen_left(view->lab, view->pair);
    double p = view->forecast.probability;
    text_printf(out, "the mixture says A with %.2f; a label tells %.3f nats\n",
                left ? p : 1 - p, view->forecast.information);
    context_add_heads(view, true, out);
    text_add_char(out, '\n');
    context_add_heads(view, false, out);
}

/* What was chosen in a step, and what the mixture had said before. */
static void add_step(const struct context_view *view, size_t i, struct text *out)
{
    struct lab_step step = lab_step(view->lab, i);
    const char *choice = context_choice(view, &step.label);
    text_printf(out, "#%u: ", step.label.pair + 1);
    if (step.label.skipped)
        text_add(out, "skipped, which teaches nothing");
    else
        text_printf(out, "you chose %s; the mixture had said A with %.2f: %s", choice,
                    context_said_a(view, &step), step.right ? "right" : "wrong");
}

static void add_key(const struct snapshot *snapshot, const char *command, struct text *out)
{
    const char *key =
        snapshot->keys ? key_map_key_of(snapshot->keys, "context", command) : NULL;
    text_add(out, key ? key : "?");
}

static void add_below(const struct context_view *view, const struct snapshot *snapshot,
                      struct text *out)
{
    if (context_looks_back(view)) {
        add_step(view, view->step, out);
        return;
    }
    if (view->is_revealed && view->has_forecast) {
        add_forecast(view, out);
    } else if (view->has_forecast) {
        add_key(snapshot, "do reveal", out);
        text_add(out, ": what the heads say");
    }
    if (view->figures.n_labels) {
        text_add(out, "\nlast ");
        add_step(view, view->figures.n_labels - 1, out);
    }
}

/* ---- the answers ---- */

/* Draws a text with a mark when there is more of it. Returns its lines. */
static int put_text(const struct pen *pen, const char *text, int skip)
{
    int n = pen_wrap(pen, 0, skip, pen->styles[STYLE_TEXT], text, strlen(text));
    if (n - skip > pen->box.rows && pen->box.rows > 0)
        pen_glyph(pen, pen->box.rows - 1, pen->box.columns - 1,
                  pen->styles[STYLE_BORDER_FOCUS], GLYPH_MORE_DOWN);
    return n;
}

static int put_answer(const struct context_view *view, const struct pen *pen, bool a,
                      const char *text, bool beside)
{
    const char *title = a ? "A, better: left arrow" : "B, better: right arrow";
    bool focus = view->pane == CONTEXT_ANSWERS;
    if (beside) {
        struct pen inside = pen_frame(pen, focus, title, NULL);
        return put_text(&inside, text, view->skip);
    }
    pen_put(pen, 0, 0, pen->styles[STYLE_STRONG], a ? "A" : "B");
    struct pen rest = pen_columns(pen, 2, pen->box.columns - 2);
    return put_text(&rest, text, view->skip);
}

static void put_answers(struct context_view *view, const struct pair *pair,
                        const struct corpus *corpus, const struct pen *pen)
{
    const int32_t at[2] = {pair->chosen, pair->rejected};
    int rows = pen->box.rows, columns = pen->box.columns, half = columns / 2;
    bool beside = columns >= BESIDE && rows >= 3,
         left = lab_chosen_left(view->lab, view->pair);
    view->sides[0] = beside ? pen_columns(pen, 0, half) : pen_rows(pen, 0, rows / 2);
    view->sides[1] = beside ? pen_columns(pen, half, columns - half)
                            : pen_rows(pen, rows / 2, rows - rows / 2);
    int lines = 1;
    for (int side = 0; side < 2; side++) {
        int32_t index = at[(side == 0) != left];
        const char *text = index < 0 ? "" : corpus->responses.items[index].plain;
        if (view->sides[side].box.rows < 1)
            continue;
        int n = put_answer(view, &view->sides[side], side == 0, text, beside);
        lines = n > lines ? n : lines;
    }
    if (view->skip >= lines) { /* further than there are lines of either */
        view->skip = lines - 1;
        put_answers(view, pair, corpus, pen);
    }
}

static int put_prompt(const struct pen *pen, const char *prompt)
{
    int n = text_lines(prompt, strlen(prompt), pen->box.columns), most = pen->box.rows / 4;
    n = n < most ? n : most > 1 ? most : 1;
    struct pen part = pen_rows(pen, 0, n);
    pen_wrap(&part, 0, 0, pen->styles[STYLE_STRONG], prompt, strlen(prompt));
    return n;
}

/* Without texts there is nothing to judge, but what the data says can be taken. */
static void put_no_texts(const struct context_view *view, const struct snapshot *snapshot,
                         const struct pen *pen)
{
    struct text text = {0};
    int32_t attribute = snapshot->state->features->features.pair_attribute[view->pair];
    text_printf(&text, "pair #%u", view->pair + 1);
    if (attribute >= 0)
        text_printf(&text, " of %s",
                    snapshot->state->features->features.attributes[attribute]);
    text_add(&text, ". The corpus is not open, so that its answers cannot be read: "
                    ":open CORPUS. ");
    add_key(snapshot, "do recorded", &text);
    text_add(&text, " labels the pair as the data has it, ");
    add_key(snapshot, "do ten", &text);
    text_add(&text, " does so with ten.");
    pen_wrap(pen, 0, 0, pen->styles[STYLE_DIM], text.bytes, text.length);
    text_done(&text);
}

static void put_pair(struct context_view *view, const struct snapshot *snapshot,
                     const struct pen *pen)
{
    const struct corpus *corpus = corpus_of(snapshot);
    if (!corpus || view->pair >= corpus->n_pairs) {
        put_no_texts(view, snapshot, pen);
        return;
    }
    const struct pair *pair = &corpus->pairs[view->pair];
    int n = 0;
    if (pair->prompt >= 0 && pen->box.rows >= 4)
        n = put_prompt(pen, corpus->prompts.items[pair->prompt].plain);
    struct pen rest = pen_rows(pen, n, pen->box.rows - n);
    if (rest.box.rows > 0)
        put_answers(view, pair, corpus, &rest);
}

void context_draw_answers(struct context_view *view, const struct snapshot *snapshot,
                          const struct pen *pen)
{
    static const char all[] = "Every pair is labelled. 'lab --attribute NAME' takes "
                              "others, u takes a label back.";
    struct text below = {0};
    int rows = pen->box.rows, columns = pen->box.columns, n = 0;
    view->answers = *pen;
    view->sides[0] = view->sides[1] = (struct pen){0};
    add_below(view, snapshot, &below);
    if (below.length && columns > 0)
        n = text_lines(below.bytes, below.length, columns);
    int most = rows < 4 ? 0 : view->is_revealed ? rows / 2 : rows / 3;
    n = n < most ? n : most;
    struct pen top = pen_rows(pen, 0, rows - n), bottom = pen_rows(pen, rows - n, n);
    if (view->has_pair)
        put_pair(view, snapshot, &top);
    else
        pen_wrap(&top, 0, 0, pen->styles[STYLE_DIM], all, strlen(all));
    if (n > 0)
        pen_wrap(&bottom, 0, 0, pen->styles[STYLE_DIM], below.bytes, below.length);
    text_done(&below);
}
