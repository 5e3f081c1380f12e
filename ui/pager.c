#include "ui/pager.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/line_edit.h"

struct pager {
    char *title, *text;
    char **lines; /* (n_lines) into text */
    size_t n_lines, line_room;
    size_t *shown; /* (n_shown) lines that the filter keeps */
    size_t n_shown;
    struct line_edit filter;
    bool is_typing;
    size_t top, left, page;
};

static void cut_lines(struct pager *pager)
{
    for (char *at = pager->text; at;) {
        MEM_RESERVE(pager->lines, pager->n_lines, pager->line_room);
        pager->lines[pager->n_lines++] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
    while (pager->n_lines > 1 && !*pager->lines[pager->n_lines - 1])
        pager->n_lines--;
}

static bool holds(const char *line, const char *word)
{
    struct text low = {0}, low_word = {0};
    const char *texts[] = {line, word};
    struct text *outs[] = {&low, &low_word};
    for (size_t i = 0; i < 2; i++)
        for (const char *at = texts[i], *end = at + strlen(at); at < end;) {
            char bytes[4];
            const char *from = at;
            int32_t code = utf8_next(&at, end);
            if (code < 0)
                text_append(outs[i], from, 1);
            else
                text_append(outs[i], bytes, utf8_write(bytes, utf8_lower(code)));
        }
    bool found = !low_word.length || (low.length && strstr(low.bytes, low_word.bytes));
    text_done(&low);
    text_done(&low_word);
    return found;
}

/* Headings stay, so that what is found stays in its place. */
static void sift(struct pager *pager)
{
    const char *word = line_edit_text(&pager->filter);
    pager->n_shown = 0;
    for (size_t i = 0; i < pager->n_lines; i++)
        if (!*word || *pager->lines[i] == PAGER_HEADING || holds(pager->lines[i], word))
            pager->shown[pager->n_shown++] = i;
    pager->top = 0;
}

static const struct overlay_kind pager_kind;

struct overlay pager_make(const char *title, const char *text)
{
    struct pager *pager = mem_zero(sizeof *pager);
    pager->title = mem_copy_text(title);
    pager->text = mem_copy_text(text);
    cut_lines(pager);
    pager->shown = mem_alloc(pager->n_lines * sizeof *pager->shown);
    sift(pager);
    return (struct overlay){&pager_kind, pager};
}

static void free_pager(void *self)
{
    struct pager *pager = self;
    line_edit_done(&pager->filter);
    free(pager->shown);
    free(pager->lines);
    free(pager->text);
    free(pager->title);
    free(pager);
}

/* ---- drawing ---- */

static void draw_line(const struct pager *pager, const struct pen *pen, int row,
                      const char *line)
{
    struct style style = pen->styles[STYLE_TEXT];
    if (*line == PAGER_HEADING) {
        line++;
        style = pen->styles[STYLE_TITLE];
    }
    struct pen part = pen_rows(pen, row, 1);
    part.box.column -= (int)pager->left;
    part.box.columns += (int)pager->left;
    pen_put(&part, 0, 0, style, line);
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    (void)snapshot;
    struct pager *pager = self;
    struct text right = {0};
    if (pager->filter.text.length)
        text_printf(&right, "/%s %zu of %zu", line_edit_text(&pager->filter),
                    pager->n_shown, pager->n_lines);
    pen_fill(pen, pen->styles[STYLE_TEXT], " ");
    struct pen inside = pen_frame(pen, true, pager->title, right.bytes);
    int rows = inside.box.rows - pager->is_typing;
    pager->page = rows > 1 ? (size_t)rows : 1;
    size_t most = pager->n_shown > pager->page ? pager->n_shown - pager->page : 0;
    pager->top = pager->top < most ? pager->top : most;
    for (int i = 0; i < rows && pager->top + (size_t)i < pager->n_shown; i++)
        draw_line(pager, &inside, i, pager->lines[pager->shown[pager->top + (size_t)i]]);
    if (pager->top < most)
        pen_glyph(&inside, rows - 1, inside.box.columns - 1, pen->styles[STYLE_DIM],
                  GLYPH_MORE_DOWN);
    if (pager->is_typing) {
        pen_put(&inside, rows, 0, pen->styles[STYLE_HINT_KEY], "/");
        line_edit_draw(&pager->filter, &inside, rows, 1, inside.box.columns - 1, true);
    }
    text_done(&right);
}

/* ---- keys ---- */

static size_t less(size_t from, size_t by)
{
    return from > by ? from - by : 0;
}

static bool go(struct pager *pager, const char *word)
{
    enum { ASIDE = 8 };
    size_t page = pager->page;
    const struct {
        const char *word;
        size_t top;
    } places[] = {
        {"up", less(pager->top, 1)},
        {"down", pager->top + 1},
        {"page-up", less(pager->top, page)},
        {"page-down", pager->top + page},
        {"half-up", less(pager->top, page / 2)},
        {"half-down", pager->top + page / 2},
        {"first", 0},
        {"last", pager->n_shown},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(places[i].word, word) == 0) {
            pager->top = places[i].top;
            return true;
        }
    if (strcmp(word, "left") == 0)
        pager->left = less(pager->left, ASIDE);
    else if (strcmp(word, "right") == 0)
        pager->left += ASIDE;
    else
        return false;
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct overlay_answer *answer)
{
    (void)snapshot;
    struct pager *pager = self;
    if (action->kind == ACTION_GO) {
        bool is_known = true;
        for (size_t i = 0; is_known && i < action->times && i < pager->n_lines + 1; i++)
            is_known = go(pager, action->word);
        return is_known;
    }
    if (action->kind != ACTION_DO)
        return false;
    if (strcmp(action->word, "filter") == 0) {
        pager->is_typing = true;
        return true;
    }
    if (strcmp(action->word, "back") == 0) { /* first the filter goes, then the page */
        answer->close = !pager->filter.text.length;
        line_edit_set(&pager->filter, "");
        sift(pager);
        return true;
    }
    return false;
}

static bool types(void *self)
{
    return ((struct pager *)self)->is_typing;
}

static bool typed(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct overlay_answer *answer)
{
    (void)snapshot;
    (void)answer;
    struct pager *pager = self;
    enum line_answer said = line_edit_sift(&pager->filter, event, &pager->is_typing);
    if (said == LINE_LEFT || said == LINE_CHANGED)
        sift(pager);
    return said != LINE_IGNORED;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  const struct pen *pen, struct overlay_answer *answer)
{
    (void)snapshot;
    (void)pen;
    (void)answer;
    struct pager *pager = self;
    enum { WHEEL = 3 };
    if (mouse->action == MOUSE_WHEEL_UP)
        pager->top = less(pager->top, WHEEL);
    else if (mouse->action == MOUSE_WHEEL_DOWN)
        pager->top += WHEEL;
    else
        return false;
    return true;
}

static const struct overlay_kind pager_kind = {
    .mode = "page",
    .draw = draw,
    .free = free_pager,
    .act = act,
    .types = types,
    .typed = typed,
    .mouse = mouse,
};
