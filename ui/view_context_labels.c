/* The commands that label pairs and set how labels count, as the context view's keys stand for them. */
#include <math.h>
#include <string.h>

#include "ui/view_context_inside.h"

/* ---- labels ---- */

/* A label of the pair that is looked at; the cursor in the history puts it into its step. */
static bool label(struct context_view *view, const char *preferred, struct answer *answer)
{
    if (!view->has_pair) {
        text_add(&answer->say, "every pair is labelled");
        return true;
    }
    text_printf(&answer->line, "label %u %s", view->pair + 1, preferred);
    if (context_looks_back(view))
        text_printf(&answer->line, " --step %zu", view->step + 1);
    return true;
}

static bool choose(struct context_view *view, bool a, struct answer *answer)
{
    bool is_chosen = view->has_pair && lab_chosen_left(view->lab, view->pair) == a;
    return label(view, is_chosen ? "chosen" : "rejected", answer);
}

static bool turn(struct context_view *view, struct answer *answer)
{
    if (!context_looks_back(view)) {
        text_add(&answer->say, "choose a step of the history first");
        return true;
    }
    struct lab_step step = lab_step(view->lab, view->step);
    return label(view, step.label.turned || step.label.skipped ? "chosen" : "rejected",
                 answer);
}

/* The next ones get the labels that the data has. */
static bool label_ten(struct context_view *view, struct answer *answer)
{
    enum { TEN = 10 };
    uint32_t pairs[TEN];
    size_t n = lab_ahead(view->lab, TEN, pairs);
    if (!n)
        text_add(&answer->say, "every pair is labelled");
    for (size_t i = 0; i < n; i++)
        text_printf(&answer->line, "%slabel %u chosen", i ? "\n" : "", pairs[i] + 1);
    return true;
}

/* ---- settings ---- */

/* The next of the steps that is higher or lower than a value. */
static double next_of(const double *steps, size_t n, double value, bool up)
{
    double slack = 1e-9 * (1 + fabs(value));
    for (size_t i = 0; i < n; i++) {
        size_t at = up ? i : n - 1 - i;
        if (up ? steps[at] > value + slack : steps[at] < value - slack)
            return steps[at];
    }
    return value;
}

static bool change_number(const struct context_view *view, bool is_share, bool up,
                          struct answer *answer)
{
    static const double taus[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
                                  2,    5,    10,   20,  50,  100};
    static const double shares[] = {0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};
    const struct lab_settings *settings = &view->settings;
    bool em = settings->rule == WEIGH_EM;
    const char *name = is_share ? "share" : em ? "strength" : "tau";
    double value = is_share ? settings->share : em ? settings->strength : settings->tau;
    if (is_share && em) {
        text_add(&answer->say, "the rule em has no share");
        return true;
    }
    double to = is_share ? next_of(shares, sizeof shares / sizeof *shares, value, up)
                         : next_of(taus, sizeof taus / sizeof *taus, value, up);
    if (to > value || to < value)
        text_printf(&answer->line, "lab --%s %g", name, to);
    else
        text_add(&answer->say, "that is as far as it goes");
    return true;
}

static bool change_rule(const struct context_view *view, struct answer *answer)
{
    text_printf(&answer->line, "lab --rule %s",
                view->settings.rule == WEIGH_EM ? "hedge" : "em");
    return true;
}

static bool change_order(const struct context_view *view, struct answer *answer)
{
    size_t next = (size_t)view->settings.order + 1;
    text_printf(&answer->line, "lab --order %s",
                offer_order_names[next] ? offer_order_names[next] : offer_order_names[0]);
    return true;
}

static bool reveal(struct context_view *view, struct answer *answer)
{
    view->is_revealed = !view->is_revealed;
    if (view->pane == CONTEXT_HISTORY || !view->has_pair)
        text_add(&answer->say, "only of the pair that is to be labelled next");
    return true;
}

bool context_do_label(struct context_view *view, const char *word, struct answer *answer)
{
    if (strcmp(word, "a") == 0 || strcmp(word, "b") == 0)
        return choose(view, word[0] == 'a', answer);
    if (strcmp(word, "neither") == 0)
        return label(view, "neither", answer);
    if (strcmp(word, "recorded") == 0)
        return label(view, "chosen", answer);
    if (strcmp(word, "ten") == 0)
        return label_ten(view, answer);
    if (strcmp(word, "turn") == 0)
        return turn(view, answer);
    if (strcmp(word, "reveal") == 0)
        return reveal(view, answer);
    return false;
}

bool context_do_setting(struct context_view *view, const char *word, struct answer *answer)
{
    if (strcmp(word, "tau-down") == 0 || strcmp(word, "tau-up") == 0)
        return change_number(view, false, strcmp(word, "tau-up") == 0, answer);
    if (strcmp(word, "share-down") == 0 || strcmp(word, "share-up") == 0)
        return change_number(view, true, strcmp(word, "share-up") == 0, answer);
    if (strcmp(word, "rule") == 0)
        return change_rule(view, answer);
    if (strcmp(word, "order") == 0)
        return change_order(view, answer);
    if (strcmp(word, "known") == 0 || strcmp(word, "attribute") == 0) {
        view->pane = CONTEXT_ANSWERS;
        if (word[0] == 'k')
            context_pick_known(view, answer);
        else
            context_pick_attribute(view);
        return true;
    }
    return false;
}
