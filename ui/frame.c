/* The frame: title, names of the views, the view or what lies over it, status, hints. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"
#include "io/table.h"
#include "ui/workbench_inside.h"

/* Up to SMALL_ROWS or SMALL_COLUMNS: one pane with a title of one line. */
enum { SMALL_ROWS = 12, SMALL_COLUMNS = 40 };

/* ---- the title ---- */

/* A file's name without folders and the endings that say what it is. */
static void add_short_name(struct text *out, const char *path)
{
    static const char *const endings[] = {".safetensors", ".features", ".model"};
    const char *slash = strrchr(path, '/');
    const char *name = slash && slash[1] ? slash + 1 : path;
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && strncmp(name + length - n, endings[i], n) == 0)
            length -= n;
    }
    text_add_visible(out, name, length, SIZE_MAX);
}

static void add_data(struct text *out, const struct workbench *workbench)
{
    const struct state *state = workbench->snapshot.state;
    const struct analysis *analysis = workbench->snapshot.analysis;
    if (!state->features) {
        text_add(out, "nothing is open");
        return;
    }
    const char *bullet = workbench->options.appearance->look.glyphs[GLYPH_BULLET];
    add_short_name(out, state->features->path);
    text_printf(out, " %s ", bullet);
    table_add_number(out, (double)state->features->features.n_pairs, COLUMN_COUNT, 0);
    text_add(out, " pairs");
    if (analysis && analysis->n_pairs) {
        text_printf(out, " %s %s ", bullet, split_name(analysis->split));
        table_add_number(out, (double)analysis->n_pairs, COLUMN_COUNT, 0);
    }
}

/* " · seed 1", from the settings that the model was trained with. */
static void add_setting(struct text *out, const struct json *settings, const char *name,
                        const char *bullet)
{
    double value;
    if (json_number(json_get(settings, name), &value))
        text_printf(out, " %s %s %g", bullet, name, value);
}

static void add_model(struct text *out, const struct workbench *workbench)
{
    const struct held_model *model = workbench->snapshot.state->model;
    if (!model)
        return;
    const char *bullet = workbench->options.appearance->look.glyphs[GLYPH_BULLET];
    text_printf(out, "model K=%zu %s", model->model.shape.n_heads,
                router_names[model->model.shape.router]);
    const char *text = json_text(json_get(model->metadata, "settings"));
    struct error passed_over;
    struct json *settings = text ? json_parse(text, strlen(text), &passed_over) : NULL;
    add_setting(out, settings, "alpha", bullet);
    add_setting(out, settings, "seed", bullet);
    json_free(settings);
}

/* Marks, what is pinned, what is filtered: of what is shown, not of what there is. */
static void add_glance(struct text *out, struct workbench *workbench)
{
    const struct look *look = &workbench->options.appearance->look;
    const struct state *state = workbench->snapshot.state;
    if (state->pinned)
        text_printf(out, "%s pinned  ", look->glyphs[GLYPH_PINNED]);
    if (state->n_marks)
        text_printf(out, "%s %zu marked  ", look->glyphs[GLYPH_MARK], state->n_marks);
}

static void add_filter(struct text *out, struct workbench *workbench)
{
    const struct view *view = view_table[workbench->view];
    if (view->filter)
        view->filter(workbench_front(workbench), &workbench->snapshot, out);
}

static void draw_title(struct workbench *workbench, const struct pen *pen, bool is_small)
{
    struct text left = {0}, middle = {0}, right = {0}, filter = {0};
    if (is_small)
        text_printf(&left, "%s ", view_table[workbench->view]->title);
    else
        text_add(&left, " microscope   ");
    add_data(&left, workbench);
    add_model(&middle, workbench);
    add_glance(&right, workbench);
    add_filter(&filter, workbench);
    pen_fill(pen, pen->styles[STYLE_STATUS], " ");
    int columns = pen->box.columns, end = columns;
    if (filter.length) {
        int width = (int)text_width(filter.bytes, filter.length) + 1;
        end -= width < columns ? width : columns;
        pen_put(pen, 0, end, pen->styles[STYLE_FILTER_ON], filter.bytes);
    }
    if (right.length && !is_small) {
        end -= (int)text_width(right.bytes, right.length);
        pen_put(pen, 0, end, pen->styles[STYLE_MARK], right.bytes);
    }
    struct pen rest = pen_columns(pen, 0, end > 1 ? end - 1 : 0);
    int at = pen_put(&rest, 0, 0, pen->styles[STYLE_TITLE], left.bytes);
    if (middle.length && !is_small)
        pen_put(&rest, 0, at + 3, pen->styles[STYLE_STATUS], middle.bytes);
    text_done(&left);
    text_done(&middle);
    text_done(&right);
    text_done(&filter);
}

/* ---- the names of the views ---- */

static int tab_width(enum view_number view, bool is_short, bool is_front)
{
    int name = (int)strlen(view_table[view]->title);
    return is_short && !is_front ? 3 : name + 4; /* " 2 ", "[2 Heads]" */
}

static void draw_tabs(struct workbench *workbench, const struct pen *pen)
{
    int whole = 0;
    for (size_t i = 0; i < N_VIEWS; i++)
        whole += tab_width((enum view_number)i, false, false);
    bool is_short = whole > pen->box.columns;
    pen_fill(pen, pen->styles[STYLE_TAB], " ");
    int at = 0;
    for (size_t i = 0; i < N_VIEWS; i++) {
        bool is_front = i == workbench->view;
        char name[64];
        if (is_short && !is_front)
            snprintf(name, sizeof name, " %zu ", i + 1);
        else
            snprintf(name, sizeof name, is_front ? "[%zu %s]" : " %zu %s ", i + 1,
                     view_table[i]->title);
        pen_put(pen, 0, at, pen->styles[is_front ? STYLE_TAB_ACTIVE : STYLE_TAB], name);
        at += tab_width((enum view_number)i, is_short, is_front);
        workbench->tab_ends[i] = at;
    }
    workbench->tabs = *pen;
}

/* ---- status and hints ---- */

/* "train 41 %  0:07 left", of the job that was started last, and how many there are. */
static void add_jobs(struct text *out, struct workbench *workbench)
{
    size_t n = interpreter_jobs(workbench->interpreter);
    if (!n) {
        backing_add_progress(workbench->backing, out);
        return;
    }
    struct running running = interpreter_job(workbench->interpreter, n - 1);
    struct task_progress at;
    task_progress(running.task, &at);
    text_printf(out, "%s: ", task_command(running.task)->name);
    if (at.line[0])
        text_add(out, at.line);
    else
        text_printf(out, "%.0f s", at.seconds);
    if (n > 1)
        text_printf(out, "  +%zu more", n - 1);
}

static void draw_status(struct workbench *workbench, const struct pen *pen)
{
    static const enum style_role roles[] = {STYLE_STATUS, STYLE_OK, STYLE_ERROR};
    struct text jobs = {0};
    int columns = pen->box.columns, room = columns;
    if (!workbench->options.is_fixed)
        add_jobs(&jobs, workbench);
    pen_fill(pen, pen->styles[STYLE_STATUS], " ");
    if (jobs.length) {
        int width = (int)text_width(jobs.bytes, jobs.length);
        int most = workbench->status.say.length ? columns / 2 : columns - 1;
        width = width < most ? width : most;
        room -= width + 1;
        pen_field(pen, 0, room, width, ALIGN_RIGHT, pen->styles[STYLE_PROGRESS], jobs.bytes,
                  jobs.length);
    }
    struct pen left = pen_columns(pen, 0, room > 0 ? room : 0);
    int at = 1;
    const struct text *echo = &workbench->status.echo, *say = &workbench->status.say;
    size_t wanted = text_width(echo->bytes ? echo->bytes : "", echo->length) +
                    text_width(say->bytes ? say->bytes : "", say->length) + 4;
    if (echo->length && (!say->length || (int)wanted <= room))
        at += pen_put(&left, 0, at, pen->styles[STYLE_DIM], echo->bytes) + 2;
    if (say->length)
        pen_put(&left, 0, at, pen->styles[roles[workbench->status.tone]], say->bytes);
    text_done(&jobs);
}

static void draw_hints(struct workbench *workbench, const struct pen *pen)
{
    const struct overlay *top = workbench_top(workbench);
    const struct view *view = view_table[workbench->view];
    const char *mode = view->mode ? view->mode(workbench_front(workbench)) : NULL;
    pen_fill(pen, pen->styles[STYLE_TEXT], " ");
    key_map_draw_hints(&workbench->keys,
                       top    ? top->kind->mode
                       : mode ? mode
                              : view->name,
                       top || mode, top || mode ? NULL : view->no_hints, pen, 0);
}

/* ---- all of it ---- */

struct lines {
    int title, tabs, status, hints; /* rows of each, 0 or 1 */
};

static struct lines share_rows(int rows, int columns)
{
    bool is_small = rows <= SMALL_ROWS || columns <= SMALL_COLUMNS;
    return (struct lines){
        .title = rows >= 5, .tabs = !is_small, .status = rows >= 2, .hints = !is_small};
}

/* Layers from the first that takes the whole body hide what is below; one that takes rows at its end
 * leaves the rest to the view. */
static void draw_body(struct workbench *workbench, const struct pen *pen)
{
    const struct view *view = view_table[workbench->view];
    void *self = workbench_front(workbench);
    struct pen parts[2] = {*pen, *pen}; /* the view's, the pane's */
    workbench->body = *pen;
    for (size_t i = 0; i < workbench->n_layers; i++) {
        const struct overlay *overlay = &workbench->layers[i].overlay;
        if (!overlay->kind->rows)
            continue;
        int rows = overlay->kind->rows(overlay->self, pen->box.rows);
        parts[0] = pen_rows(pen, 0, pen->box.rows - rows);
        parts[1] = pen_rows(pen, pen->box.rows - rows, rows);
    }
    if (parts[0].box.rows > 0)
        view->draw(self, &workbench->snapshot, &parts[0]);
    for (size_t i = 0; i < workbench->n_layers; i++) {
        const struct overlay *overlay = &workbench->layers[i].overlay;
        if (!overlay->kind->is_line)
            overlay->kind->draw(overlay->self, &workbench->snapshot,
                                overlay->kind->rows ? &parts[1] : pen);
    }
}

static struct pen begin(struct workbench *workbench, struct canvas *canvas)
{
    const struct look *look = &workbench->options.appearance->look;
    workbench_snapshot(workbench);
    canvas_resize(canvas, workbench->rows, workbench->columns);
    canvas_clear(canvas, look->styles[STYLE_TEXT]);
    return pen_on(canvas, look);
}

void frame_draw(struct workbench *workbench, struct canvas *canvas)
{
    struct pen pen = begin(workbench, canvas);
    int rows = workbench->rows, columns = workbench->columns;
    struct lines lines = share_rows(rows, columns);
    int top = lines.title + lines.tabs, bottom = lines.status + lines.hints;
    struct pen row = pen_rows(&pen, 0, 1);
    workbench->tabs = (struct pen){0};
    if (lines.title)
        draw_title(workbench, &row, !lines.tabs);
    row = pen_rows(&pen, 1, 1);
    if (lines.tabs)
        draw_tabs(workbench, &row);
    struct pen body = pen_rows(&pen, top, rows - top - bottom);
    draw_body(workbench, &body);
    row = pen_rows(&pen, rows - bottom, 1);
    const struct overlay *last = workbench_top(workbench);
    if (lines.status)
        draw_status(workbench, &row);
    if (last && last->kind->is_line)
        last->kind->draw(last->self, &workbench->snapshot, &row);
    row = pen_rows(&pen, rows - 1, 1);
    if (lines.hints)
        draw_hints(workbench, &row);
    canvas_ground(canvas, pen.styles[STYLE_TEXT]);
}

void frame_draw_view(struct workbench *workbench, struct canvas *canvas)
{
    struct pen pen = begin(workbench, canvas);
    struct lines lines = share_rows(workbench->rows, workbench->columns);
    int top = lines.title + lines.tabs;
    struct pen row = pen_rows(&pen, 0, 1);
    if (lines.title)
        draw_title(workbench, &row, !lines.tabs);
    row = pen_rows(&pen, 1, 1);
    if (lines.tabs)
        draw_tabs(workbench, &row);
    struct pen body = pen_rows(&pen, top, workbench->rows - top);
    view_table[workbench->view]->draw(workbench_front(workbench), &workbench->snapshot,
                                      &body);
    canvas_ground(canvas, pen.styles[STYLE_TEXT]);
}
