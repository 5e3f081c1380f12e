#include "ui/console.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/command_edit.h"
#include "ui/workbench_inside.h"

/* ---- the roll ---- */

enum { ROLL_MOST = 5000 };

static void add_line(struct roll *roll, enum roll_kind kind, const char *bytes,
                     size_t length)
{
    if (roll->n == ROLL_MOST) {
        free(roll->lines[0].text);
        memmove(roll->lines, roll->lines + 1, --roll->n * sizeof *roll->lines);
    }
    MEM_RESERVE(roll->lines, roll->n, roll->room);
    roll->lines[roll->n++] = (struct roll_line){kind, mem_copy(bytes, length)};
}

void roll_add(struct roll *roll, enum roll_kind kind, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        add_line(roll, kind, text, length);
        text += length + (text[length] == '\n');
    }
}

void roll_done(struct roll *roll)
{
    for (size_t i = 0; i < roll->n; i++)
        free(roll->lines[i].text);
    free(roll->lines);
    *roll = (struct roll){0};
}

/* ---- the pane ---- */

struct console {
    struct workbench *workbench;
    struct command_edit edit;
    struct text begun; /* lines of a command that goes on: an open quote or bracket */
    size_t back;       /* lines that are scrolled back from the end */
    size_t left, page;
    int share; /* of the body, in eighths */
};

enum { SHARE_OF = 8, SHARE_LEAST = 2, SHARE_MOST = 8, SHARE_FIRST = 4, ROWS_LEAST = 5 };

static int console_rows(const void *self, int rows)
{
    const struct console *console = self;
    int wanted = rows * console->share / SHARE_OF;
    wanted = wanted < ROWS_LEAST ? ROWS_LEAST : wanted;
    return wanted < rows ? wanted : rows;
}

static void draw_line(const struct console *console, const struct pen *pen, int row,
                      const struct roll_line *line)
{
    static const enum style_role roles[] = {
        [ROLL_TYPED] = STYLE_STRONG,
        [ROLL_FOUND] = STYLE_TEXT,
        [ROLL_SAID] = STYLE_OK,
        [ROLL_WRONG] = STYLE_ERROR,
    };
    struct pen part = pen_rows(pen, row, 1);
    part.box.column -= (int)console->left;
    part.box.columns += (int)console->left;
    pen_put(&part, 0, 0, pen->styles[roles[line->kind]], line->text);
}

static void draw_roll(struct console *console, const struct pen *pen)
{
    const struct roll *roll = &console->workbench->roll;
    console->page = pen->box.rows > 1 ? (size_t)pen->box.rows : 1;
    size_t most = roll->n > console->page ? roll->n - console->page : 0;
    console->back = console->back < most ? console->back : most;
    size_t first = most - console->back;
    for (int i = 0; i < pen->box.rows && first + (size_t)i < roll->n; i++)
        draw_line(console, pen, i, &roll->lines[first + (size_t)i]);
    if (console->back)
        pen_glyph(pen, pen->box.rows - 1, pen->box.columns - 1, pen->styles[STYLE_DIM],
                  GLYPH_MORE_DOWN);
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    (void)snapshot;
    struct console *console = self;
    pen_fill(pen, pen->styles[STYLE_TEXT], " ");
    struct pen inside = pen_frame(pen, true, "console", "the same session as the views");
    int rows = inside.box.rows;
    struct pen roll = pen_rows(&inside, 0, rows - 1);
    if (rows > 1)
        draw_roll(console, &roll);
    struct pen line = pen_rows(&inside, rows - 1, 1);
    pen_fill(&line, line.styles[STYLE_INPUT], " ");
    int at = pen_put(&line, 0, 0, line.styles[STYLE_HINT_KEY],
                     console->begun.length ? "...> " : "> ");
    line_edit_draw(&console->edit.line, &line, 0, at, line.box.columns - at, true);
    command_edit_draw_candidates(&console->edit, &line);
}

/* ---- entering ---- */

static void drop(struct console *console)
{
    text_clear(&console->begun);
    line_edit_set(&console->edit.line, "");
}

static void enter(struct console *console, struct overlay_answer *answer)
{
    struct workbench *workbench = console->workbench;
    struct text shown = {0};
    struct error passed_over;
    text_printf(&shown, "%s%s", console->begun.length ? "...> " : "> ",
                line_edit_text(&console->edit.line));
    roll_add(&workbench->roll, ROLL_TYPED, shown.bytes);
    text_done(&shown);
    if (console->begun.length)
        text_add_char(&console->begun, '\n');
    text_add(&console->begun, line_edit_text(&console->edit.line));
    line_edit_set(&console->edit.line, "");
    console->back = console->left = 0;
    if (!console->begun.length || command_is_incomplete(console->begun.bytes, &passed_over))
        return;
    history_add(&workbench->history, console->begun.bytes);
    text_append(&answer->answer.line, console->begun.bytes, console->begun.length);
    answer->is_typed = true;
    text_clear(&console->begun);
}

static bool types(void *self)
{
    (void)self;
    return true;
}

/* A key that the console has before its line: the one that opened it, where nothing is typed yet. */
static bool closes(const struct console *console, const struct event *event)
{
    const struct line_edit *line = &console->edit.line;
    if (event->kind != EVENT_KEY || line->text.length || console->begun.length)
        return false;
    const struct binding *row =
        key_map_find(&console->workbench->keys, "all", false, event->key);
    return row && key_types(event->key) && strcmp(row->command, "console") == 0;
}

static bool typed(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct overlay_answer *answer)
{
    (void)snapshot;
    struct console *console = self;
    struct line_edit *line = &console->edit.line;
    bool is_interrupt =
        event->kind == EVENT_KEY && event->key.code == 'c' && event->key.mods == MOD_CTRL;
    if (is_interrupt && !line->text.length && !console->begun.length)
        return false; /* for what runs */
    if (closes(console, event)) {
        answer->close = true;
        return true;
    }
    enum line_answer said = line_edit_take(line, event);
    if (said == LINE_ENTERED)
        enter(console, answer);
    else if (said == LINE_LEFT && is_interrupt)
        drop(console);
    else if (said == LINE_LEFT)
        answer->close = true;
    return said != LINE_IGNORED;
}

/* ---- scrolling, size ---- */

static size_t less(size_t from, size_t by)
{
    return from > by ? from - by : 0;
}

static bool go(struct console *console, const char *word)
{
    enum { ASIDE = 8 };
    if (strcmp(word, "page-up") == 0)
        console->back += console->page;
    else if (strcmp(word, "page-down") == 0)
        console->back = less(console->back, console->page);
    else if (strcmp(word, "left") == 0)
        console->left = less(console->left, ASIDE);
    else if (strcmp(word, "right") == 0)
        console->left += ASIDE;
    else
        return false;
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct overlay_answer *answer)
{
    (void)snapshot;
    struct console *console = self;
    if (action->kind == ACTION_GO)
        return go(console, action->word);
    if (action->kind != ACTION_DO)
        return false;
    if (strcmp(action->word, "enter") == 0)
        enter(console, answer);
    else if (strcmp(action->word, "complete") == 0)
        line_edit_key(&console->edit.line, (struct key){KEY_CODE_TAB, 0});
    else if (strcmp(action->word, "larger") == 0)
        console->share += console->share < SHARE_MOST;
    else if (strcmp(action->word, "smaller") == 0)
        console->share -= console->share > SHARE_LEAST;
    else
        return false;
    return true;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  const struct pen *pen, struct overlay_answer *answer)
{
    (void)snapshot;
    (void)pen;
    (void)answer;
    struct console *console = self;
    enum { WHEEL = 3 };
    if (mouse->action == MOUSE_WHEEL_UP)
        console->back += WHEEL;
    else if (mouse->action == MOUSE_WHEEL_DOWN)
        console->back = less(console->back, WHEEL);
    else
        return false;
    return true;
}

static void free_console(void *self)
{
    struct console *console = self;
    command_edit_done(&console->edit);
    text_done(&console->begun);
    free(console);
}

static const struct overlay_kind console_kind = {
    .mode = "console",
    .rows = console_rows,
    .draw = draw,
    .free = free_console,
    .act = act,
    .types = types,
    .typed = typed,
    .mouse = mouse,
};

bool console_is(const struct overlay *overlay)
{
    return overlay && overlay->kind == &console_kind;
}

struct overlay console_make(struct workbench *workbench)
{
    struct console *console = mem_zero(sizeof *console);
    console->workbench = workbench;
    console->share = SHARE_FIRST;
    command_edit_open(&console->edit, workbench);
    if (!workbench->roll.n)
        roll_add(&workbench->roll, ROLL_FOUND,
                 "Type a command: `help` lists them, Tab completes. What you change here "
                 "changes the view above.");
    return (struct overlay){&console_kind, console};
}
