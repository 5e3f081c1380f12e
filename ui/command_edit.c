#include "ui/command_edit.h"

#include <stdlib.h>
#include <string.h>

#include "command/script.h"
#include "ui/session_words.h"
#include "ui/workbench_inside.h"

static const char *walk_history(void *owner, size_t back)
{
    const struct command_edit *edit = owner;
    return history_back(&edit->workbench->history, back);
}

static void complete(void *owner, const char *bytes, size_t at, size_t *start,
                     struct line_edit *line)
{
    struct command_edit *edit = owner;
    const struct complete_source source = {.table = edit->workbench->options.table,
                                           .add = session_words_add,
                                           .holds = session_words_hold,
                                           .context = edit->workbench->interpreter};
    char *typed = mem_copy(bytes, at);
    completions_done(&edit->found);
    edit->found = (struct completions){0};
    complete_line(&source, typed, at, &edit->found);
    *start = edit->found.begin;
    for (size_t i = 0; i < edit->found.n; i++)
        line_candidate(line, edit->found.items[i].text);
    free(typed);
}

void command_edit_open(struct command_edit *edit, struct workbench *workbench)
{
    *edit = (struct command_edit){.workbench = workbench};
    edit->line.owner = edit;
    edit->line.history = walk_history;
    edit->line.complete = complete;
}

void command_edit_done(struct command_edit *edit)
{
    line_edit_done(&edit->line);
    completions_done(&edit->found);
}

void command_edit_draw_candidates(const struct command_edit *edit, const struct pen *line)
{
    enum { MOST = 12, NAME_ROOM = 12 };
    int room = line->box.row < MOST ? line->box.row : MOST;
    int n = (int)edit->line.n_candidates < room ? (int)edit->line.n_candidates : room;
    if (n < 1 || edit->line.n_candidates < 2)
        return;
    struct pen whole = pen_on(line->canvas, line->look);
    struct pen box = pen_rows(&whole, line->box.row - n, n);
    size_t first = edit->line.chosen > (size_t)n ? edit->line.chosen - (size_t)n : 0;
    for (int i = 0; i < n; i++) {
        size_t at = first + (size_t)i;
        bool is_chosen = at + 1 == edit->line.chosen;
        struct style style = box.styles[is_chosen ? STYLE_CURSOR : STYLE_INPUT];
        struct pen row = pen_rows(&box, i, 1);
        pen_fill(&row, style, " ");
        int end = pen_put(&row, 0, 1, style, edit->line.candidates[at]);
        const char *help = at < edit->found.n ? edit->found.items[at].help : NULL;
        if (help)
            pen_put(&row, 0, end < NAME_ROOM ? NAME_ROOM + 1 : end + 2, style, help);
    }
}

bool command_is_incomplete(const char *text, struct error *err)
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
