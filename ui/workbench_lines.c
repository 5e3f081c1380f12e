/* Command lines: reading, starting, and what is shown of what came of them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/assignments.h"
#include "command/output.h"
#include "command/script.h"
#include "ui/pager.h"
#include "ui/workbench_inside.h"

/* ---- starting ---- */

static enum status start(struct workbench *workbench, const struct statement *statement,
                         struct error *err)
{
    const struct command *command =
        command_find(workbench->options.table, statement->texts[0], err);
    if (!command)
        return err->status;
    struct arena arena = {0};
    const char **words = arena_alloc(&arena, statement->n * sizeof *words);
    assignments_to_options(command, statement->words, statement->n, words, &arena);
    size_t job = 0;
    enum status status =
        interpreter_start(workbench->interpreter, words, statement->n, &job, err);
    if (job) {
        struct asked *now = &workbench->now;
        now->task = interpreter_find_job(workbench->interpreter, job);
        MEM_RESERVE(workbench->asked, workbench->n_asked, workbench->asked_room);
        workbench->asked[workbench->n_asked++] = *now;
        now->file = NULL;
    }
    arena_done(&arena);
    return status;
}

static enum status run_statement(struct workbench *workbench,
                                 const struct statement *statement, enum origin origin,
                                 struct error *err)
{
    struct asked outer = workbench->now;
    workbench->now = (struct asked){.origin = origin,
                                    .append = statement->append,
                                    .keys = workbench->keys_pressed};
    if (statement->redirected)
        workbench->now.file = mem_copy_text(statement->file.text);
    enum status status = start(workbench, statement, err);
    free(workbench->now.file);
    workbench->now = outer;
    return status;
}

static enum status run_script(struct workbench *workbench, struct script *script,
                              enum origin origin, struct error *err)
{
    struct statement statement = {0};
    enum script_result result = SCRIPT_END;
    enum status status = STATUS_OK;
    while (!status &&
           (result = script_next(script, &statement, err)) == SCRIPT_STATEMENT) {
        status = run_statement(workbench, &statement, origin, err);
        if (origin == ORIGIN_SCRIPT && !status)
            status = interpreter_wait(workbench->interpreter, 0, NULL, err);
        if (status)
            script->wrong = statement.words[0].at;
    }
    statement_done(&statement);
    if (!status && result != SCRIPT_END)
        status = err->status;
    return status;
}

enum status workbench_run(struct workbench *workbench, const char *lines,
                          enum origin origin)
{
    struct script script = {.name = ":", .text = lines, .length = strlen(lines)};
    struct error err;
    enum status status = run_script(workbench, &script, origin, &err);
    if (status)
        workbench_say(workbench, TONE_WRONG, "%s", err.message);
    workbench_touch(workbench);
    return status;
}

void workbench_run_next(struct workbench *workbench, const char *lines)
{
    if (workbench->pending.length)
        text_add_char(&workbench->pending, '\n');
    text_add(&workbench->pending, lines);
}

void workbench_run_pending(struct workbench *workbench)
{
    while (workbench->pending.length) {
        char *lines = mem_copy(workbench->pending.bytes, workbench->pending.length);
        text_clear(&workbench->pending);
        workbench_run(workbench, lines, ORIGIN_KEY);
        free(lines);
    }
}

enum status workbench_replay(struct workbench *workbench, const char *name,
                             const char *text, size_t length, struct error *err)
{
    struct script script = {.name = name, .text = text, .length = length};
    enum status status = run_script(workbench, &script, ORIGIN_SCRIPT, err);
    workbench_run_pending(workbench);
    if (status)
        error_prefix(err, "%s:%zu", name, script.wrong.line);
    workbench_touch(workbench);
    return status;
}

/* ---- what came of it ---- */

static struct asked take_asked(struct workbench *workbench, const struct task *task)
{
    for (size_t i = 0; i < workbench->n_asked; i++)
        if (workbench->asked[i].task == task) {
            struct asked asked = workbench->asked[i];
            workbench->asked[i] = workbench->asked[--workbench->n_asked];
            return asked;
        }
    struct asked asked = workbench->now;
    asked.file = mem_copy_text(asked.file);
    return asked;
}

/* The report goes to the file of > FILE or --out. */
static void write_file(struct workbench *workbench, struct task *task,
                       const struct asked *asked)
{
    struct error err;
    struct output output = {.path = asked->file, .append = asked->append};
    const struct common *common = task_common(task);
    enum status status = output_check(common, &output, &err);
    if (!status)
        status = output_report(task_report(task), common, &output, &err);
    if (status)
        workbench_say(workbench, TONE_WRONG, "%s", err.message);
    else
        workbench_say(workbench, TONE_GOOD, "written to %s",
                      asked->file ? asked->file : common->out);
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
    struct report_style style = {.mode = TABLE_TSV};
    if (!report_write(report, &style, &out, &aside, NULL) && out.length) {
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
    bool waits = asked->origin == ORIGIN_TYPED &&
                 (task_seconds(task) < AT_ONCE || workbench->keys_pressed == asked->keys);
    const char *key = key_map_key_of(&workbench->keys, "all", "result");
    if (is_short(out))
        workbench_say(workbench, TONE_GOOD, "%.*s", (int)strcspn(out->bytes, "\n"),
                      out->bytes);
    else if (waits)
        workbench_push(workbench, pager_make(task_line(task), out->bytes));
    else if (asked->origin != ORIGIN_SCRIPT)
        workbench_say(workbench, TONE_GOOD, "%s ended after %.1f s; %s shows what it found",
                      name, task_seconds(task), key ? key : "result");
}

static void show_report(struct workbench *workbench, struct task *task,
                        const struct asked *asked)
{
    struct text out = {0}, aside = {0};
    struct error err;
    size_t cells = workbench->columns > 4 ? (size_t)workbench->columns - 4 : 0;
    if (output_text(task_report(task), task_common(task), cells, &out, &aside, &err))
        workbench_say(workbench, TONE_WRONG, "%s", err.message);
    else if (aside.length)
        text_append(&out, aside.bytes, aside.length);
    if (out.length)
        show_text(workbench, task, asked, &out);
    else if (!workbench->say.length && asked->task)
        workbench_say(workbench, TONE_GOOD, "%s ended after %.1f s",
                      task_command(task)->name, task_seconds(task));
    text_done(&out);
    text_done(&aside);
}

void workbench_line_ended(void *self, struct task *task)
{
    struct workbench *workbench = self;
    struct asked asked = take_asked(workbench, task);
    const struct common *common = task_common(task);
    const struct command *command = task_command(task);
    const struct report *report = task_report(task);
    if (task_status(task))
        workbench_say(workbench, TONE_WRONG, "%s", task_error(task)->message);
    else if (command->kind == COMMAND_DISPLAY)
        ; /* it has said itself what there is to say */
    else if (asked.file || common->out)
        write_file(workbench, task, &asked);
    else if (!say_change(workbench, task) && !report_is_empty(report))
        show_report(workbench, task, &asked);
    else if (asked.task && report_is_empty(report))
        workbench_say(workbench, TONE_GOOD, "%s ended", command->name);
    if (!report_is_empty(report) && command->kind == COMMAND_WORK)
        interpreter_keep(workbench->interpreter, common->name ? common->name : command->name,
                         task_take_report(task));
    free(asked.file);
    workbench_touch(workbench);
}
