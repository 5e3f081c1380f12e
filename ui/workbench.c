#include "ui/workbench.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/linalg.h"
#include "ui/folders.h"
#include "ui/workbench_inside.h"

/* WORKERS: commands that run side by side in the background. PROGRESS_MS: their progress is shown
 * again after so long. */
enum { WORKERS = 2, PROGRESS_MS = 100 };

/* ---- the key map ---- */

static enum status bind_keys(struct workbench *workbench, struct error *err)
{
    const struct config *config = workbench->options.config;
    key_map_open(&workbench->keys, key_table);
    for (size_t i = 0; view_table[i]; i++)
        if (view_table[i]->keys)
            key_map_add(&workbench->keys, view_table[i]->keys);
    enum status status = STATUS_OK;
    for (size_t i = 0; config && i < config->n_keys && !status; i++) {
        const struct config_value *key = &config->keys[i];
        status = key_map_config(&workbench->keys, key->name, key->value, err);
        if (status)
            error_prefix(err, "%s: the key '%s'", key->source, key->name);
    }
    return status;
}

/* ---- life ---- */

static void open_history(struct workbench *workbench)
{
    struct text path = {0};
    if (!workbench->options.is_fixed)
        folders_state(&path);
    if (path.length && folders_make(path.bytes)) {
        text_add(&path, "/history");
        history_open(&workbench->history, path.bytes);
    }
    text_done(&path);
}

struct workbench *workbench_create(const struct workbench_options *options,
                                   struct error *err)
{
    struct workbench *workbench = mem_zero(sizeof *workbench);
    linalg_init();
    workbench->options = *options;
    if (bind_keys(workbench, err)) {
        workbench_free(workbench);
        return NULL;
    }
    workbench->front = (struct front){.self = workbench,
                                      .ended = workbench_line_ended,
                                      .say = workbench_hear,
                                      .display = workbench_display};
    workbench->interpreter = interpreter_create(options->table, &workbench->front, WORKERS);
    workbench->workspace = interpreter_workspace(workbench->interpreter);
    workbench->backing = backing_create(workbench->workspace);
    for (size_t i = 0; i < N_VIEWS; i++)
        workbench->selves[i] = view_table[i]->create();
    open_history(workbench);
    workbench_show_view(workbench, VIEW_OVERVIEW);
    return workbench;
}

static void done_status(struct status_line *status)
{
    text_done(&status->echo);
    text_done(&status->say);
}

void workbench_free(struct workbench *workbench)
{
    if (!workbench)
        return;
    while (workbench->n_layers)
        workbench_pop(workbench);
    for (size_t i = 0; workbench->interpreter && i < N_VIEWS; i++)
        view_table[i]->free(workbench->selves[i]);
    workbench_drop_queues(workbench);
    free(workbench->queues);
    backing_free(workbench->backing);
    interpreter_free(workbench->interpreter);
    free(workbench->asked);
    free(workbench->layers);
    done_status(&workbench->status);
    done_status(&workbench->last);
    done_status(&workbench->uncovered);
    key_map_done(&workbench->keys);
    history_done(&workbench->history);
    roll_done(&workbench->roll);
    canvas_done(&workbench->canvas);
    text_done(&workbench->typed_filter);
    text_done(&workbench->pending);
    free(workbench);
}

/* ---- the snapshot ---- */

void workbench_touch(struct workbench *workbench)
{
    workbench->snapshot.serial++;
    workbench->is_dirty = true;
}

const struct snapshot *workbench_snapshot(struct workbench *workbench)
{
    struct snapshot *snapshot = &workbench->snapshot;
    const struct workspace *workspace = workbench->workspace;
    if (snapshot->version != workspace_version(workspace))
        workbench_touch(workbench);
    snapshot->workspace = workbench->workspace;
    snapshot->state = workspace_state(workspace);
    snapshot->version = workspace_version(workspace);
    snapshot->interpreter = workbench->interpreter;
    snapshot->front = (int)workbench->view;
    snapshot->typed_filter = NULL;
    if (workbench->is_filtering)
        snapshot->typed_filter =
            workbench->typed_filter.length ? workbench->typed_filter.bytes : "";
    const struct view *view = view_table[workbench->view];
    snapshot->typed_context = view->typed_context
                                  ? view->typed_context(workbench->selves[workbench->view])
                                  : NULL;
    snapshot->keys = &workbench->keys;
    snapshot->is_fixed = workbench->options.is_fixed;
    snapshot->now = snapshot->is_fixed ? 0 : clock_seconds();
    return snapshot;
}

void *workbench_front(struct workbench *workbench)
{
    const struct snapshot *snapshot = workbench_snapshot(workbench);
    void *self = workbench->selves[workbench->view];
    if (workbench->seen[workbench->view] != snapshot->serial) {
        workbench->seen[workbench->view] = snapshot->serial;
        view_table[workbench->view]->update(self, snapshot);
    }
    return self;
}

/* ---- what lies over the view ---- */

struct overlay *workbench_top(struct workbench *workbench)
{
    return workbench->n_layers ? &workbench->layers[workbench->n_layers - 1].overlay : NULL;
}

static void copy_status(struct status_line *to, const struct status_line *from)
{
    text_clear(&to->echo);
    text_clear(&to->say);
    text_append(&to->echo, from->echo.bytes ? from->echo.bytes : "", from->echo.length);
    text_append(&to->say, from->say.bytes ? from->say.bytes : "", from->say.length);
    to->tone = from->tone;
}

void workbench_push(struct workbench *workbench, struct overlay overlay)
{
    struct layer layer = {.overlay = overlay};
    copy_status(&layer.before, &workbench->last);
    MEM_RESERVE(workbench->layers, workbench->n_layers, workbench->layer_room);
    workbench->layers[workbench->n_layers++] = layer;
    workbench_touch(workbench);
}

void workbench_pop(struct workbench *workbench)
{
    if (!workbench->n_layers)
        return;
    struct layer layer = workbench->layers[--workbench->n_layers];
    layer.overlay.kind->free(layer.overlay.self);
    copy_status(&workbench->uncovered, &layer.before);
    done_status(&layer.before);
    workbench_touch(workbench);
}

void workbench_begin_status(struct workbench *workbench)
{
    copy_status(&workbench->last, &workbench->status);
    text_clear(&workbench->status.echo);
    text_clear(&workbench->status.say);
    workbench->status.tone = TONE_PLAIN;
}

void workbench_restore_status(struct workbench *workbench)
{
    copy_status(&workbench->status, &workbench->uncovered);
}

void workbench_show_view(struct workbench *workbench, enum view_number view)
{
    workbench->view = view;
    struct text line = {0};
    text_printf(&line, "view %s", view_names[view]);
    entries_put(workspace_layout(workbench->workspace), "view", line.bytes);
    text_done(&line);
    workbench_touch(workbench);
}

void workbench_say(struct workbench *workbench, enum tone tone, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_clear(&workbench->status.say);
    text_vprintf(&workbench->status.say, format, args);
    va_end(args);
    if (workbench->now.origin == ORIGIN_CONSOLE)
        roll_add(&workbench->roll, tone == TONE_WRONG ? ROLL_WRONG : ROLL_SAID,
                 workbench->status.say.bytes);
    workbench->status.tone = tone;
    workbench->is_dirty = true;
}

/* ---- in the background ---- */

/* Entries of the log that are new go into the session's file. */
static void save_log(struct workbench *workbench)
{
    const struct workspace *workspace = workbench->workspace;
    size_t n = workspace_log_count(workspace);
    for (; workbench->log_seen < n; workbench->log_seen++) {
        const struct log_entry *entry = workspace_log_entry(workspace, workbench->log_seen);
        if (entry->repeats && workbench->options.autosave)
            autosave_line(workbench->options.autosave, entry->line);
    }
    if (workbench->options.autosave)
        autosave_layout(workbench->options.autosave,
                        workspace_layout(workbench->workspace));
}

void workbench_update(struct workbench *workbench)
{
    if (interpreter_jobs(workbench->interpreter)) {
        double now = clock_seconds();
        if (interpreter_collect(workbench->interpreter) ||
            now - workbench->progressed >= PROGRESS_MS / 1000.0) {
            workbench->progressed = now;
            workbench_touch(workbench); /* progress of the jobs, and what they left */
        }
    }
    workbench_run_queues(workbench);
    workbench_run_pending(workbench);
    workbench_snapshot(workbench);
    if (backing_update(workbench->backing, &workbench->snapshot))
        workbench_touch(workbench);
    save_log(workbench);
}

void workbench_wake_fds(const struct workbench *workbench, int fds[2])
{
    fds[0] = interpreter_jobs(workbench->interpreter)
                 ? interpreter_wake_fd(workbench->interpreter)
                 : -1;
    fds[1] = backing_wake_fd(workbench->backing);
}

int workbench_pause(const struct workbench *workbench)
{
    int pause = backing_pause(workbench->backing);
    if (interpreter_jobs(workbench->interpreter) && (pause < 0 || pause > PROGRESS_MS))
        pause = PROGRESS_MS;
    return pause;
}

void workbench_wait(struct workbench *workbench)
{
    struct error passed_over;
    do {
        interpreter_wait(workbench->interpreter, 0, NULL, &passed_over);
        workbench_update(workbench);
        backing_wait(workbench->backing);
        workbench_update(workbench);
    } while (interpreter_jobs(workbench->interpreter) || workbench->pending.length ||
             workbench->n_queues);
    workbench_touch(workbench);
}

/* ---- beginning and end ---- */

enum status workbench_open(struct workbench *workbench, const char *const *paths, size_t n,
                           struct error *err)
{
    const char **words = mem_alloc((n + 1) * sizeof *words);
    words[0] = "open";
    memcpy(words + 1, paths, n * sizeof *words);
    workbench->now = (struct asked){.origin = ORIGIN_SCRIPT};
    const struct request request = {.words = words, .n = n + 1};
    enum status status =
        interpreter_run(workbench->interpreter, &request, workbench->options.cancel,
                        workbench->options.progress, err);
    free(words);
    return status;
}

void workbench_settle(struct workbench *workbench)
{
    workspace_saved(workbench->workspace);
}

void workbench_resize(struct workbench *workbench, int rows, int columns)
{
    workbench->rows = rows;
    workbench->columns = columns;
    workbench_touch(workbench);
}

bool workbench_draw(struct workbench *workbench)
{
    workbench_snapshot(workbench); /* may find that the state is another */
    if (!workbench->is_dirty)
        return false;
    frame_draw(workbench, &workbench->canvas);
    workbench->is_dirty = false;
    return true;
}

const struct canvas *workbench_canvas(const struct workbench *workbench)
{
    return &workbench->canvas;
}

bool workbench_ended(const struct workbench *workbench)
{
    return workbench->has_ended;
}

bool workbench_forced(const struct workbench *workbench)
{
    return workbench->is_forced;
}
