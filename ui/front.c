#include "ui/front.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/words.h"
#include "session/opening.h"
#include "ui/appearance.h"
#include "ui/config.h"
#include "ui/loop.h"
#include "ui/palette_test.h"
#include "ui/repl.h"
#include "ui/screen.h"

/* ---- options ---- */

/* An option that takes a value, and the member it goes to. */
static const char **value_of(struct front_line *line, const char *name)
{
    const struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--theme", &line->theme},       {"--color", &line->color},
        {"--config", &line->config},     {"--replay", &line->replay},
        {"--check-theme", &line->check}, {"--compare", &line->compare},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return options[i].value;
    return NULL;
}

static bool take_flag(struct front_line *line, const char *word)
{
    if (strcmp(word, "--tui") == 0)
        line->is_asked = true;
    else if (strcmp(word, "--ascii") == 0)
        line->is_ascii = true;
    else if (strcmp(word, "--fixed") == 0)
        line->is_fixed = true;
    else if (strcmp(word, "--demo") == 0)
        line->is_demo = true;
    else if (strcmp(word, "--mouse") == 0)
        line->mouse = "on";
    else if (strcmp(word, "--no-mouse") == 0)
        line->mouse = "off";
    else if (strcmp(word, "--palette-test") == 0)
        line->kind = FRONT_PALETTE;
    else
        return false;
    return true;
}

/* Only in builds with assertions: tests see how the program dies. */
static enum status take_crash(struct front_line *line, const char *value, struct error *err)
{
#ifndef NDEBUG
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"segv", SIGSEGV}, {"abrt", SIGABRT}, {"fpe", SIGFPE}, {"bus", SIGBUS}};
    for (size_t i = 0; value && i < sizeof signals / sizeof *signals; i++)
        if (strcmp(signals[i].name, value) == 0) {
            line->crash = signals[i].number;
            return STATUS_OK;
        }
#endif
    (void)line;
    (void)value;
    return error_set(err, STATUS_USAGE,
                     "--self-test-crash wants segv, abrt, fpe or bus, in a build with "
                     "assertions");
}

/* Takes the option at words[*i] and its value; false: it is none of the front's. */
static bool take_option(struct front_line *line, const char *const *words, size_t n,
                        size_t *i, enum status *status, struct error *err)
{
    const char *word = words[*i], *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const char *name = arena_copy(&line->arena, word, length);
    const char **value = value_of(line, name);
    bool is_crash = strcmp(name, "--self-test-crash") == 0;
    *status = STATUS_OK;
    if (!value && !is_crash)
        return take_flag(line, word);
    const char *given = equals ? equals + 1 : *i + 1 < n ? words[++*i] : NULL;
    if (is_crash)
        *status = take_crash(line, given, err);
    else if (!given || !*given)
        *status = error_set(err, STATUS_USAGE, "%s wants a value", name);
    else
        *value = given;
    return true;
}

/* With the nearest of the program's own options; those of every command have their own place. */
static enum status refuse_option(const char *word, struct error *err)
{
    static const char *const names[] = {
        "--help",   "--help-all",    "--version",      "--tui",
        "--theme",  "--color",       "--ascii",        "--fixed",
        "--demo",   "--mouse",       "--no-mouse",     "--config",
        "--replay", "--check-theme", "--palette-test", "--keep-going",
    };
    const char *near = words_nearest(word, names, sizeof names / sizeof *names);
    return near ? error_set(err, STATUS_USAGE,
                            "there is no option '%s'; did you mean '%s'?", word, near)
                : error_set(
                      err, STATUS_USAGE,
                      "there is no option '%s'; 'microscope --help' says what there is",
                      word);
}

static bool is_common(const char *word)
{
    for (const struct field *field = common_fields; field->name; field++)
        if ((strncmp(word, "--", 2) == 0 && strcmp(word + 2, field->name) == 0) ||
            (field->letter && word[1] == field->letter && !word[2]))
            return true;
    return false;
}

/* ---- what is meant ---- */

/* A word that is no command, and is there or looks like a path. */
static bool is_file(const struct command *const *table, const char *word)
{
    for (size_t i = 0; table[i]; i++)
        if (strcmp(table[i]->name, word) == 0)
            return false;
    struct stat info;
    return word[0] != '-' && (strpbrk(word, "/.") || stat(word, &info) == 0);
}

/* A report about the files, where there is no screen: of a model eval, of anything else info. */
static void make_report_words(struct front_line *line)
{
    const char *by_kind[4] = {NULL};
    struct error passed_over; /* the command says what is wrong with the file */
    for (size_t i = 0; i < line->n_files; i++) {
        enum held_kind kind;
        if (!opening_kind(line->files[i], &kind, &passed_over))
            by_kind[kind] = line->files[i];
    }
    const char **words = arena_alloc(&line->arena, 3 * sizeof *words);
    bool both = by_kind[HELD_FEATURES] && by_kind[HELD_MODEL];
    words[0] = both ? "eval" : "info";
    words[1] = both ? by_kind[HELD_FEATURES] : line->files[0];
    words[2] = by_kind[HELD_MODEL];
    line->words = words;
    line->n = both ? 3 : 2;
}

/* No screen: the words are a command's after all. */
static void make_command(struct front_line *line)
{
    static const char *const help[] = {"help"}, *const demo[] = {"demo"};
    line->kind = FRONT_COMMAND;
    line->n = 1;
    line->words = line->is_demo ? demo : help;
    if (!line->is_demo && line->n_files)
        make_report_words(line);
}

static bool is_option_only(const struct front_line *line)
{
    return line->kind == FRONT_PALETTE || line->check;
}

/* Reads all words as the front's; false: some are not, so they are a command's. */
static bool read_words(struct front_line *line, const struct command *const *table,
                       const char *const *words, size_t n, enum status *status,
                       struct error *err)
{
    *status = STATUS_OK;
    line->files = arena_alloc(&line->arena, (n + 1) * sizeof *line->files);
    for (size_t i = 0; i < n && !*status; i++) {
        if (strncmp(words[i], "--", 2) == 0) {
            line->unknown = words[i];
            if (!take_option(line, words, n, &i, status, err))
                return false;
            line->unknown = NULL;
        } else if (strcmp(words[i], "demo") == 0 && !line->n_files) {
            line->is_demo = true;
        } else if (is_file(table, words[i])) {
            line->files[line->n_files++] = words[i];
        } else {
            line->unknown = words[i][0] == '-' && words[i][1] ? words[i] : NULL;
            return false;
        }
    }
    return true;
}

enum status front_read(struct front_line *line, const struct command *const *table,
                       const char *const *words, size_t n, struct error *err)
{
    enum status status;
    *line = (struct front_line){.kind = FRONT_SCREEN};
    if (!read_words(line, table, words, n, &status, err)) {
        if (line->unknown && strcmp(words[0], "demo") != 0 && !is_common(line->unknown))
            return refuse_option(line->unknown, err);
        line->kind = FRONT_COMMAND;
        line->words = words;
        line->n = n;
        return STATUS_OK;
    }
    if (status)
        return status;
    if (line->check)
        line->kind = FRONT_THEME;
    if (is_option_only(line))
        return STATUS_OK;
    if (screen_possible(&line->why))
        return STATUS_OK;
    if (line->is_asked)
        return error_set(err, STATUS_USAGE, "there is no screen to be had: %s",
                         line->why.message);
    if (!line->is_demo && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        line->kind = FRONT_PROMPT;
    else
        make_command(line);
    return STATUS_OK;
}

void front_done(struct front_line *line)
{
    arena_done(&line->arena);
}

/* ---- running it ---- */

static void give_options(const struct front_line *line, struct config *config)
{
    if (line->theme)
        config_give(config, CONFIG_THEME, line->theme, "--theme");
    if (line->color)
        config_give(config, CONFIG_COLOR, line->color, "--color");
    if (line->is_ascii)
        config_give(config, CONFIG_GLYPHS, "ascii", "--ascii");
    if (line->mouse)
        config_give(config, CONFIG_MOUSE, line->mouse, "--mouse");
}

static enum status check_theme(const char *path, struct error *err)
{
    struct appearance appearance;
    enum status status =
        appearance_open(&appearance, "base", DEPTH_256, GLYPHS_UNICODE, false, err);
    if (!status)
        status = theme_check(path, (const char *const *)appearance.folders, err);
    appearance_done(&appearance);
    return status;
}

static enum status run_prompt(const struct front_line *line,
                              const struct command *const *table, struct error *err)
{
    struct text why = {0};
    text_printf(&why, "there is no screen to be had: %s", line->why.message);
    const struct repl_options options = {
        .table = table, .files = line->files, .n_files = line->n_files, .why = why.bytes};
    enum status status = repl_run(&options, err);
    text_done(&why);
    return status;
}

enum status front_run(const struct front_line *line, const struct command *const *table,
                      struct progress *progress, struct cancel *cancel, struct error *err)
{
    if (line->kind == FRONT_THEME)
        return check_theme(line->check, err);
    if (line->kind == FRONT_PROMPT)
        return run_prompt(line, table, err);
    if (line->kind == FRONT_PALETTE)
        return palette_test(line->theme, line->color, err);
    struct config config;
    enum status status = config_open(&config, line->config, err);
    if (status)
        return status;
    give_options(line, &config);
    const struct tui_options options = {
        .table = table,
        .files = line->files,
        .n_files = line->n_files,
        .is_demo = line->is_demo,
        .replay = line->replay,
        .compare = line->compare,
        .config = &config,
        .is_fixed = line->is_fixed,
        .crash = line->crash,
        .progress = progress,
        .cancel = cancel,
    };
    status = tui_run(&options, err);
    config_done(&config);
    return status;
}
