/* Lists of the context view to choose from: known contexts, attributes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/line.h"
#include "ui/view_context_inside.h"

enum { PICK_NAME, PICK_N, PICK_M, PICK_NOTE, N_PICK };

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct context_picked *picked = &((const struct context_picked *)rows)[row];
    switch (column) {
    case PICK_NAME:
        return (struct cell){.text = picked->name};
    case PICK_N:
        return (struct cell){.value = picked->n};
    case PICK_M:
        return (struct cell){.value = picked->m};
    default:
        return (struct cell){.text = picked->note};
    }
}

void context_pick_close(struct context_pick *pick)
{
    for (size_t i = 0; i < pick->n; i++) {
        free(pick->rows[i].name);
        free(pick->rows[i].note);
        free(pick->rows[i].line);
    }
    free(pick->rows);
    listing_done(&pick->state);
    *pick = (struct context_pick){0};
}

/* Columns without a title are left out. */
static void open_pick(struct context_pick *pick, const char *title, size_t n,
                      const char *const titles[N_PICK])
{
    static const char *const names[N_PICK] = {"name", "n", "m", "note"};
    context_pick_close(pick);
    pick->title = title;
    pick->rows = mem_zero((n + 1) * sizeof *pick->rows);
    pick->is_open = true;
    for (size_t c = 0; c < N_PICK; c++) {
        bool is_text = c == PICK_NAME || c == PICK_NOTE;
        pick->columns[c] =
            (struct listing_column){.name = names[c],
                                    .title = titles[c],
                                    .type = is_text ? COLUMN_TEXT : COLUMN_COUNT,
                                    .stretch = c == PICK_NAME,
                                    .most = c == PICK_NOTE ? 16 : 0};
        pick->state.hidden[c] = !titles[c];
    }
}

static void show_pick(struct context_pick *pick, size_t at)
{
    pick->listing = (struct listing){.columns = pick->columns,
                                     .n_columns = N_PICK,
                                     .n_rows = pick->n,
                                     .rows = pick->rows,
                                     .cell = cell_of,
                                     .unfrozen = true,
                                     .empty = "there is nothing to choose from"};
    listing_refresh(&pick->listing, &pick->state);
    listing_go(&pick->listing, &pick->state, at);
}

static void add_known(struct context_view *view, const struct near_context *known)
{
    struct context_pick *pick = &view->pick;
    const struct features *features = &view->features->features;
    const char *text = lab_context_text(view->lab, known);
    struct text line = {0};
    struct context_picked *row = &pick->rows[pick->n++];
    /* Its row needs nobody who encodes it. */
    if (text && !lab_untyped(view->lab) && !view->is_unreached) {
        text_add(&line, "context ");
        line_add_word(&line, text);
    } else {
        text_printf(&line, "context --known %zu", known->row + 1);
    }
    row->line = line.bytes;
    if (known->attribute >= 0)
        row->note = mem_copy_text(features->attributes[known->attribute]);
    row->n = (double)known->n_pairs;
    if (text) {
        row->name = mem_copy_text(text);
    } else {
        struct text name = {0};
        text_printf(&name, "row %zu", known->row + 1);
        row->name = name.bytes;
    }
}

void context_pick_known(struct context_view *view, struct answer *answer)
{
    static const char *const titles[N_PICK] = {"context", "pairs", NULL, "attribute"};
    const struct near_context *known;
    size_t n = lab_known(view->lab, &known), at = 0;
    if (!n) {
        text_add(&answer->say, "these features have no contexts to choose from");
        return;
    }
    open_pick(&view->pick, "known contexts", n, titles);
    for (size_t i = 0; i < n; i++) {
        if ((int64_t)known[i].row == view->settings.known)
            at = i;
        if (view->is_unreached && view->n_nearest && known[i].row == view->nearest[0].row)
            at = i;
        add_known(view, &known[i]);
    }
    show_pick(&view->pick, at);
}

void context_pick_attribute(struct context_view *view)
{
    static const char *const titles[N_PICK] = {"attribute", "to label", "test", NULL};
    const struct features *features = &view->features->features;
    struct context_pick *pick = &view->pick;
    size_t n = features->n_attributes;
    open_pick(pick, "label which pairs?", n + 1, titles);
    for (size_t a = 0; a <= n; a++) {
        struct text line = {0};
        text_add(&line, "lab --attribute ");
        line_add_word(&line, a ? features->attributes[a - 1] : "any");
        pick->rows[a] = (struct context_picked){
            .name = mem_copy_text(a ? features->attributes[a - 1] : "any"),
            .line = line.bytes};
    }
    pick->n = n + 1;
    for (size_t i = 0; i < features->n_pairs; i++) {
        bool is_train = features->pair_split[i] == SPLIT_TRAIN;
        int32_t attribute = features->pair_attribute[i];
        if (!is_train && features->pair_split[i] != SPLIT_TEST)
            continue;
        *(is_train ? &pick->rows[0].n : &pick->rows[0].m) += 1;
        if (attribute >= 0)
            *(is_train ? &pick->rows[attribute + 1].n : &pick->rows[attribute + 1].m) += 1;
    }
    show_pick(pick, (size_t)view->settings.attribute + 1);
}

void context_pick_draw(struct context_pick *pick, const struct pen *pen)
{
    pick->pen = *pen;
    listing_draw(&pick->listing, &pick->state, pen, true);
}

static bool choose(struct context_pick *pick, struct answer *answer)
{
    size_t row = listing_row(&pick->listing, &pick->state);
    if (row < pick->n)
        text_add(&answer->line, pick->rows[row].line);
    context_pick_close(pick);
    return true;
}

bool context_pick_act(struct context_pick *pick, const struct action *action,
                      struct answer *answer)
{
    struct error err;
    enum listing_verb verb;
    const char *word = action->word;
    if (action->kind == ACTION_SEARCH) {
        if (listing_search(&pick->listing, &pick->state, action->text ? action->text : "",
                           pick->state.at, &err))
            text_add(&answer->say, err.message);
        else
            listing_add_search(&pick->state, &answer->say);
        return true;
    }
    if (action->kind == ACTION_DO && strcmp(word, "open") == 0)
        return choose(pick, answer);
    if (action->kind == ACTION_DO &&
        (strcmp(word, "back") == 0 || strcmp(word, "close") == 0)) {
        context_pick_close(pick);
        return true;
    }
    if (action->kind == ACTION_GO && listing_verb_find(word, &verb)) {
        for (size_t i = 0; i < action->times; i++)
            listing_do(&pick->listing, &pick->state, verb);
        return true;
    }
    text_add(&answer->say, "Enter chooses from the list, Esc closes it");
    return true;
}
