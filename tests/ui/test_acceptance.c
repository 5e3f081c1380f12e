/* The program in a pseudo-terminal, and every byte that it sends. Names are those of the
 * acceptance behaviours; what needs a terminal that draws is in test_tui.c. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "near.h"

#include "folder.h"
#include "pty.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

enum { PATIENCE_MS = 20000, QUIET_MS = 40 };

static const char *program;

struct run {
    struct folder folder;
    struct pty *pty;
};

/* Starts the program with settings of the environment (NAME=value) and arguments, NULL: none. */
static void start_in(struct run *run, const char *const *settings, const char *first,
                     const char *second)
{
    const char *arguments[10] = {"/usr/bin/env"};
    size_t n = 1;
    while (settings && *settings)
        arguments[n++] = *settings++;
    arguments[n++] = program;
    arguments[n++] = first;
    arguments[n] = second;
    run->pty = calloc(1, sizeof *run->pty);
    assert_non_null(run->pty);
    pty_start(run->pty, arguments, 30, 100, run->folder.path);
}

static void start(struct run *run, const char *const *settings)
{
    folder_make(&run->folder);
    start_in(run, settings, "demo", NULL);
    assert_true(pty_sees(run->pty, "Overview", PATIENCE_MS));
}

static void end(struct run *run)
{
    pty_end(run->pty);
    free(run->pty);
    folder_remove(&run->folder);
}

static void press(struct run *run, const char *keys)
{
    pty_key(run->pty, keys, 1, QUIET_MS, 2000);
}

/* Shows every view, and gives each of its bytes to look. */
static void each_view(struct run *run, void (*look)(const struct pty *pty))
{
    static const char *const views[] = {"2", "3", "4", "5", "6",
                                        "7", "8", "1", "?", "\033"};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        press(run, views[i]);
        look(run->pty);
        pty_forget(run->pty);
    }
}

/* ---- colours ---- */

enum { SGR_8 = 1, SGR_16 = 2, SGR_256 = 4, SGR_RGB = 8 };

static int kind_of(int number, int next)
{
    if (number == 38 || number == 48)
        return next == 2 ? SGR_RGB : SGR_256;
    bool is_first = (number >= 30 && number < 38) || (number >= 40 && number < 48);
    bool is_second = (number >= 90 && number < 98) || (number >= 100 && number < 108);
    return is_first ? SGR_8 : is_second ? SGR_16 : 0;
}

/* The kinds of colours that are sent. */
static int colors_sent(const char *bytes)
{
    int kinds = 0;
    for (const char *at = bytes; (at = strstr(at, "\033[")); at += 2) {
        const char *from = at + 2, *to = from + strspn(from, "0123456789;:");
        if (*to != 'm')
            continue;
        while (from < to) {
            char *past;
            int number = (int)strtol(from, &past, 10);
            int next = past < to ? (int)strtol(past + 1, NULL, 10) : 0;
            int kind = kind_of(number, next);
            kinds |= kind;
            if (kind == SGR_256 || kind == SGR_RGB)
                break;
            from = past + 1;
        }
    }
    return kinds;
}

static int colors_of(const char *const *settings)
{
    struct run run;
    start(&run, settings);
    press(&run, "2");
    press(&run, "8");
    press(&run, "?");
    int seen = colors_sent(run.pty->tail);
    end(&run);
    return seen;
}

static void test_A23_no_color_sends_no_color(void **state)
{
    (void)state;
    assert_int_equal(colors_of((const char *const[]){"NO_COLOR=1", NULL}), 0);
    assert_true(colors_of((const char *const[]){"NO_COLOR=", NULL}) != 0);
}

static void test_A25_no_more_colors_than_the_terminal_has(void **state)
{
    (void)state;
    static const struct {
        const char *term, *colorterm;
        int may, must;
    } cases[] = {
        {"linux", "COLORTERM=", SGR_8, SGR_8},
        {"vt100", "COLORTERM=", 0, 0},
        {"xterm-16color", "COLORTERM=", SGR_8 | SGR_16, 0},
        {"tmux-256color", "COLORTERM=", SGR_8 | SGR_16 | SGR_256, SGR_256},
        {"xterm-direct", "COLORTERM=truecolor", SGR_8 | SGR_16 | SGR_256 | SGR_RGB,
         SGR_RGB},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char known[80], term[40];
        snprintf(known, sizeof known, "tput -T %s clear >/dev/null 2>&1", cases[i].term);
        if (system(known) != 0)
            continue; /* this system's terminfo does not know it */
        snprintf(term, sizeof term, "TERM=%s", cases[i].term);
        int kinds = colors_of((const char *const[]){term, cases[i].colorterm, NULL});
        if ((kinds & ~cases[i].may) || (kinds & cases[i].must) != cases[i].must)
            fail_msg("%s: kinds of colours %d", cases[i].term, kinds);
    }
}

/* ---- bytes ---- */

static void see_ascii(const struct pty *pty)
{
    for (size_t i = 0; i < pty->length; i++)
        if ((unsigned char)pty->tail[i] >= 0x80)
            fail_msg("byte %x of '%.60s'", (unsigned char)pty->tail[i], pty->tail);
}

static void test_A26_ascii_alone_in_an_ascii_locale(void **state)
{
    (void)state;
    struct run run;
    start(&run, (const char *const[]){"LC_ALL=C", NULL});
    see_ascii(run.pty);
    each_view(&run, see_ascii);
    end(&run);
}

/* What the files of A27 would have the terminal do: a title, a bell, a colour, a C1 sequence. */
static void see_no_attack(const struct pty *pty)
{
    static const char *const attacks[] = {"\033]0;", "\a", "\033[31;5m", "\302\233"};
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        assert_null(strstr(pty->tail, attacks[i]));
}

/* Corpus, features and model whose texts, attributes and names are hostile. */
static void make_hostile(const struct folder *folder, const char *stem)
{
    struct text corpus = {0}, line = {0};
    static const char bad[] = "\\u001b]0;owned\\u0007\\u001b[31;5m\\u009b5m";
    for (int i = 0; i < 60; i++)
        text_printf(
            &corpus,
            "{\"id\":\"%d%s\",\"prompt\":\"p%d %s\",\"chosen\":\"good %d %s\","
            "\"rejected\":\"bad %d %s\",\"attribute\":\"a%d%s\",\"split\":\"%s\"}\n",
            i, bad, i, bad, i, bad, i, bad, i % 2, bad, i % 3 ? "train" : "test");
    char name[100];
    snprintf(name, sizeof name, "%s.jsonl", stem);
    folder_write(folder, name, corpus.bytes, corpus.length);
    text_printf(&line,
                "cd '%s' && '%s' encode '%s.jsonl' --out '%s.features.safetensors' >&2 && "
                "'%s' train '%s.features.safetensors' --heads 3 --epochs 2 --out "
                "'%s.model.safetensors'",
                folder->path, program, stem, stem, program, stem, stem);
    text_add(&line, " >/dev/null 2>&1");
    assert_int_equal(system(line.bytes), 0);
    text_done(&corpus);
    text_done(&line);
}

static void test_A27_hostile_bytes_never_reach_the_terminal(void **state)
{
    (void)state;
    static const char stem[] = "x\033]0;owned\a\033[31;5m";
    static const char *const keys[] = {"2", "\r",   "\r", "j", "\033", " ",
                                       "i", "\033", "3",  "j", "\r",   "\033",
                                       "4", "j",    "\r", "5", "8",    "1"};
    struct run run;
    char features[600], model[600];
    folder_make(&run.folder);
    make_hostile(&run.folder, stem);
    snprintf(features, sizeof features, "%s/%s.features.safetensors", run.folder.path,
             stem);
    snprintf(model, sizeof model, "%s/%s.model.safetensors", run.folder.path, stem);
    start_in(&run, NULL, features, model);
    assert_true(pty_sees(run.pty, "Overview", PATIENCE_MS));
    see_no_attack(run.pty);
    each_view(&run, see_no_attack);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        press(&run, keys[i]);
        see_no_attack(run.pty);
        pty_forget(run.pty);
    }
    end(&run);
}

/* ---- the terminal afterwards ---- */

static void test_A33_signals_put_the_terminal_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct run run;
        struct termios before, after;
        folder_make(&run.folder);
        start_in(&run, NULL, "demo", NULL);
        assert_int_equal(tcgetattr(run.pty->fd, &before), 0); /* not changed yet */
        assert_true(before.c_lflag & ICANON);
        assert_true(pty_sees(run.pty, "Overview", PATIENCE_MS));
        assert_true(pty_sees(run.pty, "\033[?1006h", PATIENCE_MS));
        press(&run, "8");
        pty_forget(run.pty);
        int keeps = open(ptsname(run.pty->fd), O_RDWR | O_NOCTTY), status = 0;
        assert_true(keeps >= 0);
        assert_int_equal(kill(run.pty->id, signals[i]), 0);
        pty_read(run.pty, 1, 100, 3000);
        assert_int_equal(waitpid(run.pty->id, &status, 0), run.pty->id);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        static const char *const undone[] = {"\033[?1049l", "\033[?1006l", "\033[?2004l",
                                             "\033[?1004l"};
        for (size_t j = 0; j < sizeof undone / sizeof *undone; j++)
            assert_non_null(strstr(run.pty->tail, undone[j]));
        assert_int_equal(tcgetattr(keeps, &after), 0);
        assert_int_equal(after.c_iflag, before.c_iflag);
        assert_int_equal(after.c_oflag, before.c_oflag);
        assert_int_equal(after.c_lflag, before.c_lflag);
        assert_memory_equal(after.c_cc, before.c_cc, sizeof before.c_cc);
        close(keeps);
        close(run.pty->fd);
        free(run.pty);
        folder_remove(&run.folder);
    }
}

/* ---- speed, where a machine with much else to do cannot fail it ---- */

static void test_A31_rest_costs_no_time(void **state)
{
    (void)state;
    struct run run;
    start(&run, NULL);
    for (int i = 0; i < 20 && pty_read(run.pty, 1, 400, 400).bytes; i++)
        continue; /* until the analysis is done */
    double before = pty_processor_seconds(run.pty);
    if (isnan(before))
        skip();
    struct burst burst = pty_read(run.pty, 1, 1200, 1200);
    assert_int_equal(burst.bytes, 0);
    assert_true(pty_processor_seconds(run.pty) - before <= 0.02);
    end(&run);
}

static void test_A22_keys_and_sizes_in_a_storm(void **state)
{
    (void)state;
    struct run run;
    start(&run, NULL);
    for (int i = 0; i < 50; i++) {
        const struct winsize size = {.ws_row = (unsigned short)(1 + i * 13 % 60),
                                     .ws_col = (unsigned short)(1 + i * 37 % 200)};
        assert_int_equal(ioctl(run.pty->fd, TIOCSWINSZ, &size), 0);
        pty_key(run.pty, i % 2 ? "j" : "2", 1, 5, 20);
    }
    const struct winsize size = {.ws_row = 30, .ws_col = 100};
    assert_int_equal(ioctl(run.pty->fd, TIOCSWINSZ, &size), 0);
    pty_read(run.pty, 1, 100, 3000);
    pty_forget(run.pty);
    press(&run, "8");
    assert_true(pty_sees(run.pty, "[8 Log]", PATIENCE_MS));
    end(&run);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_A22_keys_and_sizes_in_a_storm),
        cmocka_unit_test(test_A23_no_color_sends_no_color),
        cmocka_unit_test(test_A25_no_more_colors_than_the_terminal_has),
        cmocka_unit_test(test_A26_ascii_alone_in_an_ascii_locale),
        cmocka_unit_test(test_A27_hostile_bytes_never_reach_the_terminal),
        cmocka_unit_test(test_A31_rest_costs_no_time),
        cmocka_unit_test(test_A33_signals_put_the_terminal_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    if (argc < 2 || !(program = realpath(argv[1], NULL)))
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
