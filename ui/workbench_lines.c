/* Command lines: reading and starting them. Statements run one after the other: one that goes on in the
 * background holds up those behind it in its own queue, and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_jobs.h"
#include "command/cmd_run.h"
#include "command/runner.h"
#include "io/file.h"
#include "ui/workbench_inside.h"

/* ---- queues ---- */

static struct queue *find_queue(struct workbench *workbench, size_t number)
{
    for (size_t i = 0; number && i < workbench->n_queues; i++)
        if (workbench->queues[i]->number == number)
            return workbench->queues[i];
    return NULL;
}

static struct queue *add_queue(struct workbench *workbench, const char *name,
                               const char *text, size_t length, enum origin origin)
{
    struct queue *queue = mem_zero(sizeof *queue);
    queue->number = ++workbench->n_queued;
    queue->origin = origin;
    queue->name = mem_copy_text(name);
    queue->text = mem_copy(text, length);
    queue->script = (struct script){.name = queue->name,
                                    .text = queue->text,
                                    .length = length,
                                    .expand = runner_expand,
                                    .context = workbench->interpreter};
    MEM_RESERVE(workbench->queues, workbench->n_queues, workbench->queue_room);
    workbench->queues[workbench->n_queues++] = queue;
    return queue;
}

static void free_queue(struct queue *queue)
{
    statement_done(&queue->statement);
    free(queue->name);
    free(queue->text);
    free(queue);
}

static void drop_queue(struct workbench *workbench, size_t number)
{
    for (size_t i = 0; i < workbench->n_queues; i++)
        if (workbench->queues[i]->number == number) {
            free_queue(workbench->queues[i]);
            memmove(&workbench->queues[i], &workbench->queues[i + 1],
                    (workbench->n_queues - i - 1) * sizeof *workbench->queues);
            workbench->n_queues--;
            return;
        }
}

void workbench_drop_queues(struct workbench *workbench)
{
    while (workbench->n_queues)
        free_queue(workbench->queues[--workbench->n_queues]);
}

void workbench_fail_queue(struct workbench *workbench, size_t number)
{
    struct queue *queue = find_queue(workbench, number);
    if (queue)
        queue->has_failed = true;
}

/* ---- one statement ---- */

/* `run FILE` reads the file into a queue of its own, so that the interface goes on meanwhile. */
static enum status read_script(struct workbench *workbench, struct queue *queue,
                               const char *path, struct error *err)
{
    struct mapping mapping;
    enum status status = mapping_open(&mapping, path, err);
    if (status)
        return status;
    struct queue *inner = add_queue(workbench, path, (const char *)mapping.bytes,
                                    mapping.length, ORIGIN_SCRIPT);
    mapping_done(&mapping);
    queue->inner = inner->number;
    return STATUS_OK;
}

/* `wait` holds up what is behind it, and nothing else. */
static void wait_here(struct workbench *workbench, struct queue *queue)
{
    queue->waits_for_all = true;
    if (queue->origin != ORIGIN_SCRIPT)
        workbench_say(workbench, TONE_PLAIN, "the interface goes on meanwhile");
}

static bool is_plain(const struct statement *statement, const struct command *command)
{
    return strcmp(statement->texts[0], command->name) == 0 && !statement->redirected &&
           !statement->background;
}

static enum status run_statement(struct workbench *workbench, struct queue *queue,
                                 struct error *err)
{
    const struct runner_options options = {.in_background = true};
    const struct statement *statement = &queue->statement;
    if (statement->n == 2 && is_plain(statement, &cmd_run))
        return read_script(workbench, queue, statement->texts[1], err);
    if (statement->n == 1 && is_plain(statement, &cmd_wait)) {
        wait_here(workbench, queue);
        return STATUS_OK;
    }
    struct asked outer = workbench->now;
    size_t wrong, job;
    workbench->now = (struct asked){.origin = queue->origin,
                                    .keys = workbench->keys_pressed,
                                    .queue = statement->background ? 0 : queue->number};
    enum status status =
        runner_statement(workbench->interpreter, statement, &options, &wrong, &job, err);
    if (job) {
        workbench->now.task = interpreter_find_job(workbench->interpreter, job);
        MEM_RESERVE(workbench->asked, workbench->n_asked, workbench->asked_room);
        workbench->asked[workbench->n_asked++] = workbench->now;
        queue->job = statement->background ? 0 : job;
    }
    workbench->now = outer;
    return status;
}

/* ---- a queue, as far as it gets ---- */

static bool is_held_up(struct workbench *workbench, const struct queue *queue)
{
    return (queue->job && interpreter_find_job(workbench->interpreter, queue->job)) ||
           find_queue(workbench, queue->inner) ||
           (queue->waits_for_all && interpreter_jobs(workbench->interpreter));
}

/* A script says where it went wrong; what was typed or bound to a key stands there to be seen. */
static void say_wrong(struct workbench *workbench, const struct queue *queue, size_t line,
                      const struct error *err)
{
    if (!err->message[0])
        return;
    if (queue->origin == ORIGIN_CONSOLE)
        roll_add(&workbench->roll, ROLL_WRONG, err->message);
    if (queue->origin == ORIGIN_SCRIPT)
        workbench_say(workbench, TONE_WRONG, "%s:%zu: %s", queue->name, line, err->message);
    else
        workbench_say(workbench, TONE_WRONG, "%s", err->message);
}

/* Whether there is more to come, later. */
static bool step_queue(struct workbench *workbench, struct queue *queue)
{
    struct error err = {0};
    size_t number = queue->number;
    while (!queue->has_failed && !is_held_up(workbench, queue)) {
        queue->job = queue->inner = 0;
        queue->waits_for_all = false;
        enum script_result result = script_next(&queue->script, &queue->statement, &err);
        if (result == SCRIPT_END)
            return false;
        if (result != SCRIPT_STATEMENT) {
            queue->status = err.status;
            say_wrong(workbench, queue, queue->script.wrong.line, &err);
            return false;
        }
        size_t line = queue->statement.words[0].at.line;
        enum status status = run_statement(workbench, queue, &err);
        if (!find_queue(workbench, number)) /* dropped by what it ran */
            return true;
        queue->status = status;
        queue->has_failed = status != STATUS_OK;
        if (status)
            say_wrong(workbench, queue, line, &err);
    }
    return !queue->has_failed;
}

void workbench_run_queues(struct workbench *workbench)
{
    for (size_t i = 0; i < workbench->n_queues;) {
        struct queue *queue = workbench->queues[i];
        if (step_queue(workbench, queue))
            i++;
        else
            drop_queue(workbench, queue->number);
    }
}

enum status workbench_run(struct workbench *workbench, const char *lines,
                          enum origin origin)
{
    struct queue *queue = add_queue(workbench, ":", lines, strlen(lines), origin);
    size_t number = queue->number;
    enum status status = STATUS_OK;
    if (!step_queue(workbench, queue)) {
        status = queue->status;
        drop_queue(workbench, number);
    }
    workbench_touch(workbench);
    return status;
}

/* ---- lines for later ---- */

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

/* ---- before the first frame ---- */

/* What a script says of an error: the first line of it, which has the place. */
void workbench_hear(void *self, const char *bytes, size_t length)
{
    struct workbench *workbench = self;
    size_t n = length;
    const char *end = length ? memchr(bytes, '\n', length) : NULL;
    if (end)
        n = (size_t)(end - bytes);
    if (n)
        workbench_say(workbench, TONE_WRONG, "%.*s", (int)n, bytes);
}

enum status workbench_replay(struct workbench *workbench, const char *path,
                             struct error *err)
{
    const struct runner_options options = {.progress = workbench->options.progress,
                                           .cancel = workbench->options.cancel};
    workbench->now = (struct asked){.origin = ORIGIN_SCRIPT};
    enum status status = runner_file(workbench->interpreter, path, &options, err);
    if (status && !err->message[0])
        error_set(err, status, "%s",
                  workbench->status.say.length ? workbench->status.say.bytes : path);
    workbench_run_pending(workbench);
    workbench_touch(workbench);
    return status;
}
