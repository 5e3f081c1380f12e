#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/complete.h"
#include "command/line.h"
#include "command/script.h"
#include "ui/session_words.h"
#include "ui/workbench_inside.h"

enum prompt_kind { PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_FILTER };

struct prompt {
    struct workbench *workbench;
    enum prompt_kind kind;
    struct line_edit edit;
    struct completions found; /* what the candidates of edit are, for their help */
};

/* ---- what a change of the text does at once ---- */

static void search(struct prompt *prompt, const char *text)
{
    struct action action = {.kind = ACTION_SEARCH, .word = "search", .text = text};
    workbench_act(prompt->workbench, &action);
}

static void preview(struct prompt *prompt)
{
    struct workbench *workbench = prompt->workbench;
    const char *text = line_edit_text(&prompt->edit);
    if (prompt->kind == PROMPT_SEARCH)
        search(prompt, text);
    if (prompt->kind == PROMPT_FILTER) {
        text_clear(&workbench->typed_filter);
        text_add(&workbench->typed_filter, text);
        workbench->is_filtering = true;
        workbench_touch(workbench);
    }
}

static void end_filter(struct prompt *prompt)
{
    if (prompt->kind != PROMPT_FILTER)
        return;
    prompt->workbench->is_filtering = false;
    workbench_touch(prompt->workbench);
}

/* ---- entering ---- */

/* Whether more is needed before the line can be run: an open quote or bracket. */
static bool is_incomplete(const char *text, struct error *err)
{
    struct script script = {.name = ":", .text = text, .length = strlen(text)};
    struct statement statement = {0};
    enum script_result result;
    do
        result = script_next(&script, &statement, err);
    while (result == SCRIPT_STATEMENT);
    statement_done(&statement);
    return result == SCRIPT_INCOMPLETE;
}

static void enter_command(struct prompt *prompt, struct overlay_answer *answer)
{
    const char *text = line_edit_text(&prompt->edit);
    struct error err;
    if (is_incomplete(text, &err)) {
        workbench_say(prompt->workbench, TONE_WRONG, "%s", err.message);
        return;
    }
    history_add(&prompt->workbench->history, text);
    text_add(&answer->answer.line, text);
    answer->close = answer->is_typed = true;
}

static void enter(struct prompt *prompt, struct overlay_answer *answer)
{
    const char *text = line_edit_text(&prompt->edit);
    struct text *line = &answer->answer.line;
    if (prompt->kind == PROMPT_COMMAND) {
        enter_command(prompt, answer);
        return;
    }
    answer->close = true;
    end_filter(prompt);
    if (prompt->kind == PROMPT_FILTER)
        text_printf(line, "filter %s", view_names[prompt->workbench->view]);
    else
        text_add(line, "search");
    if (*text) {
        text_add_char(line, ' ');
        line_add_word(line, text);
    }
}

static void leave(struct prompt *prompt, struct overlay_answer *answer)
{
    answer->close = true;
    end_filter(prompt);
    if (prompt->kind == PROMPT_SEARCH)
        search(prompt, NULL);
}

static bool types(void *self)
{
    (void)self;
    return true;
}

static bool typed(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct overlay_answer *answer)
{
    (void)snapshot;
    struct prompt *prompt = self;
    enum line_answer said = event->kind == EVENT_PASTE
                                ? line_edit_paste(&prompt->edit, event->text, event->length)
                                : line_edit_key(&prompt->edit, event->key);
    if (said == LINE_ENTERED)
        enter(prompt, answer);
    else if (said == LINE_LEFT)
        leave(prompt, answer);
    else if (said == LINE_CHANGED)
        preview(prompt);
    return said != LINE_IGNORED;
}

/* ---- completion and history ---- */

static const char *walk_history(void *owner, size_t back)
{
    const struct prompt *prompt = owner;
    return history_back(&prompt->workbench->history, back);
}

static void complete_command(void *owner, const char *bytes, size_t at, size_t *start,
                             struct line_edit *edit)
{
    struct prompt *prompt = owner;
    const struct complete_source source = {.table = prompt->workbench->options.table,
                                           .add = session_words_add,
                                           .context = prompt->workbench->interpreter};
    char *line = mem_copy(bytes, at);
    completions_done(&prompt->found);
    prompt->found = (struct completions){0};
    complete_line(&source, line, at, &prompt->found);
    *start = prompt->found.begin;
    for (size_t i = 0; i < prompt->found.n; i++)
        line_candidate(edit, prompt->found.items[i].text);
    free(line);
}

/* ---- drawing ---- */

/* What completion offers, above the line, with what each is. */
static void draw_candidates(const struct prompt *prompt, const struct pen *line)
{
    enum { MOST = 12, NAME_ROOM = 12 };
    const struct line_edit *edit = &prompt->edit;
    int room = line->box.row < MOST ? line->box.row : MOST;
    int n = (int)edit->n_candidates < room ? (int)edit->n_candidates : room;
    if (n < 1 || edit->n_candidates < 2)
        return;
    struct pen whole = pen_on(line->canvas, line->look);
    struct pen box = pen_rows(&whole, line->box.row - n, n);
    size_t first = edit->chosen > (size_t)n ? edit->chosen - (size_t)n : 0;
    for (int i = 0; i < n; i++) {
        size_t at = first + (size_t)i;
        bool is_chosen = at + 1 == edit->chosen;
        struct style style = box.styles[is_chosen ? STYLE_CURSOR : STYLE_INPUT];
        struct pen row = pen_rows(&box, i, 1);
        pen_fill(&row, style, " ");
        int end = pen_put(&row, 0, 1, style, edit->candidates[at]);
        const char *help = at < prompt->found.n ? prompt->found.items[at].help : NULL;
        if (help)
            pen_put(&row, 0, end < NAME_ROOM ? NAME_ROOM + 1 : end + 2, style, help);
    }
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    (void)snapshot;
    static const char *const signs[] = {":", "/", "filter "};
    struct prompt *prompt = self;
    pen_fill(pen, pen->styles[STYLE_INPUT], " ");
    int at = pen_put(pen, 0, 0, pen->styles[STYLE_HINT_KEY], signs[prompt->kind]);
    const struct text *say = &prompt->workbench->status.say;
    int room = pen->box.columns - at;
    if (say->length && room >= 40) { /* hits of the search, or what is missing */
        int width = (int)text_width(say->bytes, say->length);
        int taken = width < room / 2 ? width : room / 2;
        pen_field(pen, 0, pen->box.columns - taken, taken, ALIGN_RIGHT,
                  pen->styles[prompt->workbench->status.tone == TONE_WRONG ? STYLE_ERROR
                                                                           : STYLE_DIM],
                  say->bytes, say->length);
        room -= taken + 1;
    }
    line_edit_draw(&prompt->edit, pen, 0, at, room, true);
    draw_candidates(prompt, pen);
}

static void free_prompt(void *self)
{
    struct prompt *prompt = self;
    line_edit_done(&prompt->edit);
    completions_done(&prompt->found);
    free(prompt);
}

static const struct overlay_kind prompt_kind = {
    .mode = "prompt",
    .is_line = true,
    .draw = draw,
    .free = free_prompt,
    .types = types,
    .typed = typed,
};

struct overlay prompt_make(struct workbench *workbench, const char *text)
{
    struct prompt *prompt = mem_zero(sizeof *prompt);
    prompt->workbench = workbench;
    if (strcmp(text, "search ") == 0)
        prompt->kind = PROMPT_SEARCH;
    else if (strcmp(text, "filter ") == 0)
        prompt->kind = PROMPT_FILTER;
    prompt->edit.owner = prompt;
    if (prompt->kind == PROMPT_COMMAND) {
        line_edit_set(&prompt->edit, text);
        prompt->edit.history = walk_history;
        prompt->edit.complete = complete_command;
    }
    const char *filter =
        snapshot_entry(workbench_snapshot(workbench), (int)workbench->view, "filter");
    if (prompt->kind == PROMPT_FILTER && filter)
        line_edit_set(&prompt->edit, filter);
    return (struct overlay){&prompt_kind, prompt};
}
