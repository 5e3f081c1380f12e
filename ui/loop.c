#include "ui/loop.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "command/line.h"
#include "ui/pace.h"
#include "ui/screen.h"
#include "ui/start.h"
#include "ui/workbench.h"
#include "ui/workbench_inside.h"

/* ---- a crash ---- */

/* Written by a signal handler, so it is made beforehand. */
static char crash_note[1024];
static size_t crash_length;

static void on_fatal(int number)
{
    size_t done = 0;
    bool is_crash = number == SIGSEGV || number == SIGABRT || number == SIGFPE ||
                    number == SIGBUS || number == SIGILL;
    while (is_crash && done < crash_length) {
        ssize_t n = write(STDERR_FILENO, crash_note + done, crash_length - done);
        if (n <= 0)
            return;
        done += (size_t)n;
    }
}

static void prepare_crash_note(const struct autosave *autosave)
{
    int n =
        autosave->path
            ? snprintf(crash_note, sizeof crash_note,
                       "microscope " MICROSCOPE_VERSION " ended by a mistake of its own\n"
                       "the session is in %s; the next start offers to go on with it\n",
                       autosave->path)
            : snprintf(crash_note, sizeof crash_note,
                       "microscope " MICROSCOPE_VERSION " ended by a mistake of its own\n"
                       "there was no place to keep the session\n");
    crash_length = n > 0 && (size_t)n < sizeof crash_note ? (size_t)n : 0;
}

/* ---- appearance ---- */

static const char *configured(const struct config *config, enum config_name name)
{
    return config ? config->values[name].value : NULL;
}

static enum status prepare_appearance(const struct tui_options *options,
                                      struct appearance *appearance, struct error *err)
{
    const struct config *config = options->config;
    const char *color = configured(config, CONFIG_COLOR);
    bool is_option = color && config->values[CONFIG_COLOR].source[0] == '-';
    struct depth_wishes wishes = {
        .option = is_option ? color : NULL,
        .no_color = getenv("NO_COLOR"), /* NOLINT(concurrency-mt-unsafe) */
        .config = is_option ? NULL : color,
        .colorterm = getenv("COLORTERM"), /* NOLINT(concurrency-mt-unsafe) */
        .terminal = screen_colors(),
    };
    enum depth depth;
    int set = -1;
    enum status status = depth_choose(&wishes, &depth, err);
    const char *glyphs = configured(config, CONFIG_GLYPHS);
    if (!status && glyphs && !glyphs_parse(glyphs, &set))
        status =
            error_set(err, STATUS_USAGE,
                      "glyphs must be auto, ascii, unicode or braille, not '%s'", glyphs);
    return status ? status
                  : appearance_open(appearance, configured(config, CONFIG_THEME), depth,
                                    set, screen_is_console(), err);
}

static bool wants_mouse(const struct config *config)
{
    const char *mouse = configured(config, CONFIG_MOUSE);
    return !mouse || (strcmp(mouse, "off") != 0 && strcmp(mouse, "no") != 0 &&
                      strcmp(mouse, "false") != 0 && strcmp(mouse, "0") != 0);
}

/* ---- before the screen ---- */

static enum status apply_settings(struct workbench *workbench, const struct config *config,
                                  struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; config && i < config->n_settings && !status; i++) {
        const struct config_value *setting = &config->settings[i];
        struct text line = {0};
        text_add(&line, "set ");
        line_add_word(&line, setting->name);
        text_add_char(&line, ' ');
        line_add_word(&line, setting->value);
        status = workbench_run(workbench, line.bytes, ORIGIN_SCRIPT);
        if (status)
            error_set(err, status, "%s: %s", setting->source, workbench->status.say.bytes);
        text_done(&line);
    }
    return status;
}

/* The model at hand stays at hand, and the other one is what it is compared with. */
static enum status pin_other(struct workbench *workbench, const char *path,
                             struct error *err)
{
    enum status status = workbench_run(workbench, "pin", ORIGIN_SCRIPT);
    if (!status)
        status = workbench_open(workbench, &path, 1, err);
    else
        error_set(err, status, "--compare %s: %s", path, workbench->status.say.bytes);
    if (!status)
        status = workbench_run(workbench, "pin --swap", ORIGIN_SCRIPT);
    return status;
}

static enum status open_files(struct workbench *workbench,
                              const struct tui_options *options, struct error *err)
{
    enum status status = apply_settings(workbench, options->config, err);
    if (status)
        return status;
    if (options->is_demo)
        status = start_demo(workbench, err);
    else if (options->n_files)
        status = workbench_open(workbench, options->files, options->n_files, err);
    else if (!options->replay)
        status = start_here(workbench, ".", err);
    if (!status && options->compare)
        status = pin_other(workbench, options->compare, err);
    if (!status && options->replay)
        status = workbench_replay(workbench, options->replay, err);
    workbench_settle(workbench);
    text_clear(&workbench->status.say);
    return status;
}

/* ---- a run that ended badly ---- */

static void offer_recovery(struct workbench *workbench)
{
    static const char *const lines[] = {"do recover", "do forget"};
    const struct orphan *orphan = workbench->options.orphan;
    struct text question = {0};
    if (!orphan->path)
        return;
    text_printf(&question, "recover session from %s? y/n", orphan->when);
    workbench_push(workbench, question_make(question.bytes, "yn", lines));
    text_done(&question);
}

/* ---- the loop ---- */

/* One of them is handed to screen_wait; the other is looked at in between. */
static void wait_for_event(const struct workbench *workbench, int most, struct event *event)
{
    enum { BOTH_MS = 30 };
    int fds[2], pause = workbench_pause(workbench);
    workbench_wake_fds(workbench, fds);
    if (most >= 0 && (pause < 0 || most < pause))
        pause = most;
    if (fds[0] >= 0 && fds[1] >= 0 && (pause < 0 || pause > BOTH_MS))
        pause = BOTH_MS;
    screen_wait(pause, fds[0] >= 0 ? fds[0] : fds[1], event);
}

static void take_size(struct workbench *workbench)
{
    int rows, columns;
    screen_size(&rows, &columns);
    workbench_resize(workbench, rows, columns);
}

/* Returns the milliseconds after which there may be another frame. */
static int show(struct workbench *workbench, struct pace *pace)
{
    double now = clock_seconds(), wait = pace_wait(pace, now);
    if (wait <= 0 && workbench_draw(workbench)) {
        screen_show(workbench_canvas(workbench));
        pace_drawn(pace, now);
    }
    return (int)ceil(1000 * wait);
}

/* A signal that asks for the end: what is not on the disk yet goes there. */
static void die(struct workbench *workbench, int number)
{
    struct autosave *autosave = workbench->options.autosave;
    autosave_layout(autosave, workspace_layout(workbench->workspace));
    autosave_flush(autosave);
    screen_die(number);
}

static void run_loop(struct workbench *workbench, const struct tui_options *options)
{
    struct pace pace = {0};
    take_size(workbench);
    while (!workbench_ended(workbench)) {
        workbench_update(workbench);
        int wait = show(workbench, &pace);
        if (options->crash)
            raise(options->crash);
        struct event event;
        wait_for_event(workbench, workbench->is_dirty ? wait : -1, &event);
        if (event.kind == EVENT_SIGNAL)
            die(workbench, event.signal);
        if (event.kind == EVENT_CLOSED)
            die(workbench, SIGHUP);
        if (event.kind == EVENT_RESIZE)
            take_size(workbench);
        workbench_event(workbench, &event);
    }
}

static enum status run_screen(struct workbench *workbench,
                              const struct tui_options *options, struct error *err)
{
    const struct screen_options screen = {.depth = workbench->options.appearance->depth,
                                          .mouse = wants_mouse(options->config),
                                          .on_fatal = on_fatal};
    enum status status = screen_open(&screen, err);
    if (status)
        return status;
    run_loop(workbench, options);
    if (workbench_forced(workbench))
        screen_die(SIGINT);
    screen_close();
    return STATUS_OK;
}

static enum status run_workbench(const struct tui_options *options,
                                 struct appearance *appearance, struct autosave *autosave,
                                 struct orphan *orphan, struct error *err)
{
    const struct workbench_options made = {
        .table = options->table,
        .appearance = appearance,
        .config = options->config,
        .autosave = autosave,
        .terminal = {.redraw = screen_redraw,
                     .set_mouse = screen_set_mouse,
                     .has_mouse = screen_has_mouse,
                     .copy = screen_copy},
        .is_fixed = options->is_fixed,
        .orphan = orphan,
        .cancel = options->cancel,
        .progress = options->progress,
    };
    struct workbench *workbench = workbench_create(&made, err);
    if (!workbench)
        return err->status;
    enum status status = open_files(workbench, options, err);
    if (!status) {
        offer_recovery(workbench);
        status = run_screen(workbench, options, err);
    }
    workbench_free(workbench);
    return status;
}

enum status tui_run(const struct tui_options *options, struct error *err)
{
    struct appearance appearance = {0};
    struct autosave autosave = {.fd = -1};
    struct orphan orphan = {0};
    enum status status = prepare_appearance(options, &appearance, err);
    if (!status) {
        if (!options->is_fixed) {
            autosave_find(&orphan, NULL);
            autosave_open(&autosave, NULL);
        }
        prepare_crash_note(&autosave);
        status = run_workbench(options, &appearance, &autosave, &orphan, err);
    }
    autosave_done(&autosave, false);
    autosave_leave(&orphan);
    appearance_done(&appearance);
    return status;
}
