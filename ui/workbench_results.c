/* What is shown of what came of command lines. */
#include <string.h>

#include "command/cmd_run.h"
#include "command/output.h"
#include "ui/pager.h"
#include "ui/workbench_inside.h"

static struct asked take_asked(struct workbench *workbench, const struct task *task)
{
    for (size_t i = 0; i < workbench->n_asked; i++)
        if (workbench->asked[i].task == task) {
            struct asked asked = workbench->asked[i];
            workbench->asked[i] = workbench->asked[--workbench->n_asked];
            return asked;
        }
    return workbench->now;
}

/* The report goes to the file of > FILE or --out. */
static enum status write_file(struct workbench *workbench, struct task *task,
                              struct error *err)
{
    const struct output output = {.path = task_path(task), .append = task_appends(task)};
    const struct common *common = task_common(task);
    enum status status = output_report(task_report(task), common, &output, err);
    if (!status)
        workbench_say(workbench, TONE_GOOD, "written to %s",
                      output.path ? output.path : common->out);
    return status;
}

/* The only row of a text of one line, or of a table of one: its last line. */
static bool is_short(const struct text *text)
{
    const char *end = text->length ? strchr(text->bytes, '\n') : NULL;
    return text->length && (!end || !end[1]);
}

/* Undo and redo say what they changed. */
static bool say_change(struct workbench *workbench, struct task *task)
{
    const struct report *report = task_report(task);
    const char *name = task_command(task)->name;
    if (strcmp(name, "undo") != 0 && strcmp(name, "redo") != 0)
        return false;
    struct text out = {0}, aside = {0};
    struct error passed_over;
    struct report_style style = {.mode = TABLE_TSV};
    if (!report_write(report, &style, &out, &aside, &passed_over) && out.length) {
        out.bytes[--out.length] = '\0'; /* the last line end */
        const char *last = strrchr(out.bytes, '\n');
        workbench_say(workbench, TONE_GOOD, "%s: %s",
                      strcmp(name, "undo") == 0 ? "undone" : "done again",
                      last ? last + 1 : out.bytes);
    }
    text_done(&out);
    text_done(&aside);
    return true;
}

static void show_text(struct workbench *workbench, struct task *task,
                      const struct asked *asked, struct text *out)
{
    const char *name = task_command(task)->name;
    enum { AT_ONCE = 2 }; /* seconds after which nobody waits for it any more */
    bool is_asked_for = asked->origin == ORIGIN_TYPED || task_command(task) == &cmd_last;
    bool waits = is_asked_for &&
                 (task_seconds(task) < AT_ONCE || workbench->keys_pressed == asked->keys);
    const char *key = key_map_key_of(&workbench->keys, "all", "last");
    if (asked->origin == ORIGIN_CONSOLE)
        roll_add(&workbench->roll, ROLL_FOUND, out->bytes);
    else if (is_short(out))
        workbench_say(workbench, TONE_GOOD, "%.*s", (int)strcspn(out->bytes, "\n"),
                      out->bytes);
    else if (waits)
        workbench_push(workbench, pager_make(task_line(task), out->bytes));
    else if (asked->origin != ORIGIN_SCRIPT)
        workbench_say(workbench, TONE_GOOD, "%s ended after %.1f s; %s shows what it found",
                      name, task_seconds(task), key ? key : "last");
}

static enum status show_report(struct workbench *workbench, struct task *task,
                               const struct asked *asked, struct error *err)
{
    struct text out = {0}, aside = {0};
    size_t cells = workbench->columns > 4 ? (size_t)workbench->columns - 4 : 0;
    enum status status =
        output_text(task_report(task), task_common(task), cells, &out, &aside, err);
    if (!status && aside.length)
        text_append(&out, aside.bytes, aside.length);
    if (!status && out.length)
        show_text(workbench, task, asked, &out);
    text_done(&out);
    text_done(&aside);
    return status;
}

static enum status tell(struct workbench *workbench, struct task *task,
                        const struct asked *asked, bool in_background, struct error *err)
{
    const struct command *command = task_command(task);
    bool is_empty = report_is_empty(task_report(task));
    enum status status = STATUS_OK;
    workbench_touch(workbench);
    if (task_status(task) && in_background)
        workbench_fail_queue(workbench, asked->queue);
    if (task_status(task) && in_background)
        workbench_say(workbench, TONE_WRONG, "%s: %s", command->name,
                      task_error(task)->message);
    if (task_status(task) || command->kind == COMMAND_DISPLAY)
        return STATUS_OK; /* a display command has said itself what there is to say */
    if (task_path(task) || task_common(task)->out)
        status = write_file(workbench, task, err);
    else if (!is_empty && !say_change(workbench, task))
        status = show_report(workbench, task, asked, err);
    else if (is_empty && in_background)
        workbench_say(workbench, TONE_GOOD, "%s ended", command->name);
    if (status && in_background)
        workbench_say(workbench, TONE_WRONG, "%s: %s", command->name, err->message);
    return status;
}

/* What is said meanwhile goes where the line was typed. */
enum status workbench_line_ended(void *self, struct task *task, bool in_background,
                                 struct error *err)
{
    struct workbench *workbench = self;
    const struct asked asked = take_asked(workbench, task), outer = workbench->now;
    workbench->now = asked;
    enum status status = tell(workbench, task, &asked, in_background, err);
    workbench->now = outer;
    return status;
}
