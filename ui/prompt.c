#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/line.h"
#include "ui/command_edit.h"
#include "ui/workbench_inside.h"

enum prompt_kind { PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_FILTER };

struct prompt {
    struct workbench *workbench;
    enum prompt_kind kind;
    struct command_edit edit;
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
    const char *text = line_edit_text(&prompt->edit.line);
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

static void enter_command(struct prompt *prompt, struct overlay_answer *answer)
{
    const char *text = line_edit_text(&prompt->edit.line);
    struct error err;
    if (command_is_incomplete(text, &err)) {
        workbench_say(prompt->workbench, TONE_WRONG, "%s", err.message);
        return;
    }
    history_add(&prompt->workbench->history, text);
    text_add(&answer->answer.line, text);
    answer->close = answer->is_typed = true;
}

static void enter(struct prompt *prompt, struct overlay_answer *answer)
{
    const char *text = line_edit_text(&prompt->edit.line);
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

/* The keys that the row of the mode says, where they are not the editor's own. */
static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct overlay_answer *answer)
{
    (void)snapshot;
    if (action->kind != ACTION_DO)
        return false;
    if (strcmp(action->word, "enter") == 0)
        enter(self, answer);
    else if (strcmp(action->word, "back") == 0)
        leave(self, answer);
    else if (strcmp(action->word, "complete") == 0)
        line_edit_key(&((struct prompt *)self)->edit.line, (struct key){KEY_CODE_TAB, 0});
    else
        return false;
    return true;
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
    enum line_answer said = line_edit_take(&prompt->edit.line, event);
    if (said == LINE_ENTERED)
        enter(prompt, answer);
    else if (said == LINE_LEFT)
        leave(prompt, answer);
    else if (said == LINE_CHANGED)
        preview(prompt);
    return said != LINE_IGNORED;
}

/* ---- drawing ---- */

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
    line_edit_draw(&prompt->edit.line, pen, 0, at, room, true);
    command_edit_draw_candidates(&prompt->edit, pen);
}

static void free_prompt(void *self)
{
    struct prompt *prompt = self;
    command_edit_done(&prompt->edit);
    free(prompt);
}

static const struct overlay_kind prompt_kinds[] = {
    [PROMPT_COMMAND] = {.mode = "prompt",
                        .is_line = true,
                        .draw = draw,
                        .free = free_prompt,
                        .act = act,
                        .types = types,
                        .typed = typed},
    [PROMPT_SEARCH] = {.mode = "search",
                       .is_line = true,
                       .draw = draw,
                       .free = free_prompt,
                       .act = act,
                       .types = types,
                       .typed = typed},
    [PROMPT_FILTER] = {.mode = "filter",
                       .is_line = true,
                       .draw = draw,
                       .free = free_prompt,
                       .act = act,
                       .types = types,
                       .typed = typed},
};

struct overlay prompt_make(struct workbench *workbench, const char *text)
{
    struct prompt *prompt = mem_zero(sizeof *prompt);
    prompt->workbench = workbench;
    if (strcmp(text, "search ") == 0)
        prompt->kind = PROMPT_SEARCH;
    else if (strcmp(text, "filter ") == 0)
        prompt->kind = PROMPT_FILTER;
    if (prompt->kind == PROMPT_COMMAND) {
        command_edit_open(&prompt->edit, workbench);
        line_edit_set(&prompt->edit.line, text);
    }
    const char *filter =
        snapshot_entry(workbench_snapshot(workbench), (int)workbench->view, "filter");
    if (prompt->kind == PROMPT_FILTER && filter)
        line_edit_set(&prompt->edit.line, filter);
    return (struct overlay){&prompt_kinds[prompt->kind], prompt};
}
