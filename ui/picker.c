#include "ui/picker.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/line_edit.h"
#include "ui/listing.h"

struct picker {
    char *title, *above, *demo;
    struct pick *picks;
    size_t n;
    struct listing listing;
    struct listing_state state;
    struct line_edit filter;
    bool is_typing;
    struct pen pane;
    struct arena texts;
};

static const struct listing_column columns[] = {
    {.name = "files", .type = COLUMN_TEXT},
    {.name = "what", .type = COLUMN_TEXT, .stretch = true},
};

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct pick *pick = &((const struct pick *)rows)[row];
    return (struct cell){.text = column ? pick->note : pick->name};
}

static const char *copy(struct picker *picker, const char *text)
{
    return text ? arena_copy(&picker->texts, text, strlen(text)) : NULL;
}

static void free_picker(void *self)
{
    struct picker *picker = self;
    listing_done(&picker->state);
    line_edit_done(&picker->filter);
    free(picker->picks);
    free(picker->title);
    free(picker->above);
    free(picker->demo);
    arena_done(&picker->texts);
    free(picker);
}

/* ---- drawing ---- */

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    (void)snapshot;
    struct picker *picker = self;
    pen_fill(pen, pen->styles[STYLE_TEXT], " ");
    struct pen inside = pen_frame(pen, true, picker->title, NULL);
    int above = 0;
    if (picker->above)
        above = pen_wrap(&inside, 0, 0, inside.styles[STYLE_TEXT], picker->above,
                         strlen(picker->above));
    int rows = inside.box.rows - above - picker->is_typing;
    picker->pane = pen_rows(&inside, above, rows > 0 ? rows : 0);
    if (picker->n)
        listing_draw(&picker->listing, &picker->state, &picker->pane, true);
    if (picker->is_typing) {
        int row = inside.box.rows - 1;
        pen_put(&inside, row, 0, pen->styles[STYLE_HINT_KEY], "/");
        line_edit_draw(&picker->filter, &inside, row, 1, inside.box.columns - 1, true);
    }
}

/* ---- keys ---- */

static void sift(struct picker *picker)
{
    const char *text = line_edit_text(&picker->filter);
    struct text expression = {0};
    if (*text) { /* the text itself and no expression */
        text_add_char(&expression, '/');
        for (; *text; text++) {
            if (strchr("/\\.[]*^$+?(){}|", *text))
                text_add_char(&expression, '\\');
            text_add_char(&expression, *text);
        }
        text_add_char(&expression, '/');
    }
    listing_filter(&picker->listing, &picker->state,
                   expression.length ? expression.bytes : "", NULL);
    text_done(&expression);
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct overlay_answer *answer)
{
    (void)snapshot;
    struct picker *picker = self;
    enum listing_verb verb;
    size_t row = listing_row(&picker->listing, &picker->state);
    const char *word = action->word;
    if (action->kind == ACTION_GO && listing_verb_find(word, &verb)) {
        for (size_t i = 0; i < action->times; i++)
            if (!listing_do(&picker->listing, &picker->state, verb))
                break;
        return true;
    }
    if (action->kind != ACTION_DO)
        return false;
    if (strcmp(word, "filter") == 0 && picker->n) {
        picker->is_typing = true;
    } else if (strcmp(word, "open") == 0 && row < picker->n) {
        text_add(&answer->answer.line, picker->picks[row].line);
        answer->close = true;
    } else if (strcmp(word, "demo") == 0 && picker->demo) {
        text_add(&answer->answer.line, picker->demo);
        answer->close = true;
    } else if (strcmp(word, "back") == 0 && picker->filter.text.length) {
        line_edit_set(&picker->filter, "");
        sift(picker);
    } else {
        return false;
    }
    return true;
}

static bool types(void *self)
{
    return ((struct picker *)self)->is_typing;
}

static bool typed(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct overlay_answer *answer)
{
    (void)snapshot;
    (void)answer;
    struct picker *picker = self;
    enum line_answer said = line_edit_sift(&picker->filter, event, &picker->is_typing);
    if (said == LINE_LEFT || said == LINE_CHANGED)
        sift(picker);
    return said != LINE_IGNORED;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  const struct pen *pen, struct overlay_answer *answer)
{
    (void)snapshot;
    (void)pen;
    (void)answer;
    struct picker *picker = self;
    return picker->n && listing_mouse(&picker->listing, &picker->state, &picker->pane,
                                      mouse) != LISTING_MISSED;
}

static const struct overlay_kind picker_kind = {
    .mode = "pick",
    .draw = draw,
    .free = free_picker,
    .act = act,
    .types = types,
    .typed = typed,
    .mouse = mouse,
};

struct overlay picker_make(const char *title, const char *above, const struct pick *picks,
                           size_t n, const char *demo)
{
    struct picker *picker = mem_zero(sizeof *picker);
    picker->title = mem_copy_text(title);
    picker->above = mem_copy_text(above);
    picker->demo = mem_copy_text(demo);
    picker->picks = mem_alloc((n + 1) * sizeof *picks);
    picker->n = n;
    for (size_t i = 0; i < n; i++)
        picker->picks[i] =
            (struct pick){copy(picker, picks[i].name), copy(picker, picks[i].note),
                          copy(picker, picks[i].line)};
    picker->listing = (struct listing){.columns = columns,
                                       .n_columns = 2,
                                       .n_rows = n,
                                       .rows = picker->picks,
                                       .cell = cell_of};
    listing_refresh(&picker->listing, &picker->state);
    return (struct overlay){&picker_kind, picker};
}
