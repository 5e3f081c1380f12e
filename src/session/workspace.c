#include "session/workspace.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A state that was left, and the change that left it. */
struct step {
    struct state state;
    char *what;
};

struct steps {
    struct step *items;
    size_t n, room;
};

struct workspace {
    struct state state;
    uint64_t version;
    struct steps before, after;
    char *last; /* what undo or redo named last */
    struct entries layout;
    struct log_entry *log;
    size_t n_log, log_room, n_saved;
};

struct workspace *workspace_create(void)
{
    struct workspace *workspace = mem_zero(sizeof *workspace);
    state_init(&workspace->state);
    return workspace;
}

static void drop_steps(struct steps *steps)
{
    for (size_t i = 0; i < steps->n; i++) {
        state_done(&steps->items[i].state);
        free(steps->items[i].what);
    }
    free(steps->items);
    *steps = (struct steps){0};
}

void workspace_free(struct workspace *workspace)
{
    if (!workspace)
        return;
    for (size_t i = 0; i < workspace->n_log; i++) {
        free(workspace->log[i].line);
        free(workspace->log[i].message);
    }
    free(workspace->log);
    free(workspace->last);
    entries_done(&workspace->layout);
    drop_steps(&workspace->before);
    drop_steps(&workspace->after);
    state_done(&workspace->state);
    free(workspace);
}

const struct state *workspace_state(const struct workspace *workspace)
{
    return &workspace->state;
}

uint64_t workspace_version(const struct workspace *workspace)
{
    return workspace->version;
}

struct entries *workspace_layout(struct workspace *workspace)
{
    return &workspace->layout;
}

/* ---- undo ---- */

static void push(struct steps *steps, const struct state *state, const char *what)
{
    if (steps->n == WORKSPACE_UNDO_MOST) {
        state_done(&steps->items[0].state);
        free(steps->items[0].what);
        memmove(steps->items, steps->items + 1, (steps->n - 1) * sizeof *steps->items);
        steps->n--;
    }
    MEM_RESERVE(steps->items, steps->n, steps->room);
    steps->items[steps->n++] = (struct step){*state, mem_copy_text(what)};
}

struct state *workspace_change(struct workspace *workspace, const char *what)
{
    struct state before;
    state_copy(&before, &workspace->state);
    push(&workspace->before, &before, what);
    drop_steps(&workspace->after);
    workspace->version++;
    return &workspace->state;
}

/* Goes to the last state of `from`; the one that is left can be come back to through `to`. */
static const char *travel(struct workspace *workspace, struct steps *from, struct steps *to)
{
    if (!from->n)
        return NULL;
    struct step step = from->items[--from->n];
    push(to, &workspace->state, step.what);
    workspace->state = step.state;
    workspace->version++;
    free(workspace->last);
    workspace->last = step.what;
    return step.what;
}

const char *workspace_undo(struct workspace *workspace)
{
    return travel(workspace, &workspace->before, &workspace->after);
}

const char *workspace_redo(struct workspace *workspace)
{
    return travel(workspace, &workspace->after, &workspace->before);
}

size_t workspace_undos(const struct workspace *workspace)
{
    return workspace->before.n;
}

size_t workspace_redos(const struct workspace *workspace)
{
    return workspace->after.n;
}

const char *workspace_undo_name(const struct workspace *workspace, size_t times)
{
    return workspace->before.items[workspace->before.n - times].what;
}

const char *workspace_redo_name(const struct workspace *workspace, size_t times)
{
    return workspace->after.items[workspace->after.n - times].what;
}

/* ---- the log ---- */

void workspace_log(struct workspace *workspace, const struct log_entry *entry)
{
    MEM_RESERVE(workspace->log, workspace->n_log, workspace->log_room);
    struct log_entry *kept = &workspace->log[workspace->n_log++];
    *kept = *entry;
    kept->line = mem_copy_text(entry->line);
    kept->message = mem_copy_text(entry->message);
}

size_t workspace_log_count(const struct workspace *workspace)
{
    return workspace->n_log;
}

const struct log_entry *workspace_log_entry(const struct workspace *workspace, size_t i)
{
    return &workspace->log[i];
}

void workspace_saved(struct workspace *workspace)
{
    workspace->n_saved = workspace->n_log;
}

bool workspace_is_unsaved(const struct workspace *workspace)
{
    for (size_t i = workspace->n_saved; i < workspace->n_log; i++)
        if (workspace->log[i].repeats && !workspace->log[i].is_opening)
            return true;
    return false;
}
