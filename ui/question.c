#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/workbench_inside.h"

enum { CHOICES = 4 };

struct question {
    char *text;
    char choices[CHOICES + 1];
    char *lines[CHOICES];
};

static void free_question(void *self)
{
    struct question *question = self;
    for (size_t i = 0; i < CHOICES; i++)
        free(question->lines[i]);
    free(question->text);
    free(question);
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    (void)snapshot;
    const struct question *question = self;
    pen_fill(pen, pen->styles[STYLE_WARN], " ");
    pen_put(pen, 0, 1, pen->styles[STYLE_WARN], question->text);
}

static bool types(void *self)
{
    (void)self;
    return true;
}

/* Esc, Ctrl-C and Enter answer nothing: what was asked about does not happen. */
static bool typed(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct overlay_answer *answer)
{
    (void)snapshot;
    struct question *question = self;
    if (event->kind != EVENT_KEY)
        return true;
    int32_t code = utf8_lower(key_types(event->key));
    const char *at = code > 0 && code < 0x80 ? strchr(question->choices, (int)code) : NULL;
    bool leaves = event->key.code == KEY_CODE_ESC || event->key.code == KEY_CODE_ENTER ||
                  (event->key.code == 'c' && event->key.mods == MOD_CTRL);
    const char *line = at ? question->lines[at - question->choices] : NULL;
    if (line)
        text_add(&answer->answer.line, line);
    answer->close = at || leaves;
    return true;
}

static const struct overlay_kind question_kind = {
    .mode = "ask",
    .is_line = true,
    .draw = draw,
    .free = free_question,
    .types = types,
    .typed = typed,
};

struct overlay question_make(const char *text, const char *choices,
                             const char *const *lines)
{
    struct question *question = mem_zero(sizeof *question);
    question->text = mem_copy_text(text);
    for (size_t i = 0; i < CHOICES && choices[i]; i++) {
        question->choices[i] = choices[i];
        question->lines[i] = mem_copy_text(lines[i]);
    }
    return (struct overlay){&question_kind, question};
}
