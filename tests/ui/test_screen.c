/* The toolkit's demo on a pseudo-terminal, byte by byte: what it writes, what it leaves behind, and
 * how it ends. */
#define _XOPEN_SOURCE 700

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "near.h"

#include "base/text.h"
#include "ui/colored.h"

static const char *command;

struct run {
    pid_t id;
    int pty, err;
    struct termios before;
    struct text out, said; /* what the terminal and standard error got */
};

static void become_demo(int pty, int err, const char *const *environment,
                        const char *const *arguments)
{
    const char *words[8] = {command};
    for (size_t i = 0; arguments && arguments[i]; i++)
        words[i + 1] = arguments[i];
    setsid();
    int end = open(ptsname(pty), O_RDWR); /* becomes the controlling terminal */
    ioctl(end, TIOCSCTTY, 0);
    dup2(end, 0);
    dup2(end, 1);
    dup2(err, 2);
    unsetenv("NO_COLOR");
    unsetenv("COLORTERM");
    for (; environment && *environment; environment += 2)
        setenv(environment[0], environment[1], 1);
    execv(command, (char *const *)(uintptr_t)words);
    _exit(127);
}

static void start(struct run *run, int columns, int rows, const char *const *environment,
                  const char *const *arguments)
{
    int err[2];
    *run = (struct run){.pty = posix_openpt(O_RDWR | O_NOCTTY)};
    assert_int_equal(grantpt(run->pty), 0);
    assert_int_equal(unlockpt(run->pty), 0);
    const struct winsize size = {.ws_row = (unsigned short)rows,
                                 .ws_col = (unsigned short)columns};
    int keep = open(ptsname(run->pty), O_RDWR | O_NOCTTY);
    assert_int_equal(ioctl(run->pty, TIOCSWINSZ, &size), 0);
    assert_int_equal(tcgetattr(keep, &run->before), 0);
    assert_int_equal(pipe(err), 0);
    text_append(&run->out, "", 0);
    text_append(&run->said, "", 0);
    run->id = fork();
    assert_true(run->id >= 0);
    if (run->id == 0)
        become_demo(run->pty, err[1], environment, arguments);
    close(err[1]);
    run->err = err[0];
    (void)keep; /* stays open, so that the modes can be looked at afterwards */
}

static bool take(int fd, struct text *out, int milliseconds)
{
    char bytes[4096];
    struct pollfd file = {fd, POLLIN, 0};
    if (poll(&file, 1, milliseconds) <= 0 || !(file.revents & POLLIN))
        return false;
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n > 0)
        text_append(out, bytes, (size_t)n);
    return n > 0;
}

/* Reads until nothing has come for a while. */
static void settle(struct run *run, int milliseconds)
{
    while (take(run->pty, &run->out, milliseconds))
        ;
}

static void wait_for(struct run *run, const char *text)
{
    for (int i = 0; i < 100; i++) {
        if (strstr(run->out.bytes, text))
            return;
        take(run->pty, &run->out, 100);
    }
    fail_msg("'%s' did not come", text);
}

static void type(struct run *run, const char *keys)
{
    assert_int_equal(write(run->pty, keys, strlen(keys)), strlen(keys));
}

/* Waits for the end; the exit code, or 128 + the signal. */
static int end(struct run *run)
{
    int status = 0;
    for (int i = 0; i < 200 && waitpid(run->id, &status, WNOHANG) == 0; i++)
        take(run->pty, &run->out, 50);
    settle(run, 50);
    while (take(run->err, &run->said, 50))
        ;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void done(struct run *run)
{
    close(run->pty);
    close(run->err);
    text_done(&run->out);
    text_done(&run->said);
}

/* The terminal is as it was: its modes, its screen, its cursor, the mouse, paste. */
static void assert_restored(const struct run *run)
{
    static const char *const last[] = {"\033[?1049l", "\033[?2004l", "\033[?1000l",
                                       "\033[?1006l", "\033[?1004l"};
    struct termios after;
    assert_int_equal(tcgetattr(run->pty, &after), 0);
    assert_int_equal(after.c_iflag, run->before.c_iflag);
    assert_int_equal(after.c_oflag, run->before.c_oflag);
    assert_int_equal(after.c_lflag, run->before.c_lflag);
    assert_memory_equal(after.c_cc, run->before.c_cc, sizeof after.c_cc);
    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
        char on[16];
        snprintf(on, sizeof on, "%.*sh", (int)strlen(last[i]) - 1, last[i]);
        const char *began = NULL, *ended = NULL;
        for (const char *at = run->out.bytes; (at = strstr(at, on)); at++)
            began = at;
        for (const char *at = run->out.bytes; (at = strstr(at, last[i])); at++)
            ended = at;
        assert_non_null(began);
        assert_non_null(ended);
        assert_true(ended > began);
    }
}

static const char *const xterm[] = {"TERM", "xterm-256color", "LC_ALL", "C.UTF-8", NULL};

/* ---- ends ---- */

static void test_quitting_puts_all_back(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, xterm, NULL);
    wait_for(&run, "toolkit demo");
    type(&run, "q");
    assert_int_equal(end(&run), 0);
    assert_restored(&run);
    assert_string_equal(run.said.bytes, "");
    done(&run);
}

/* A33, A34 */
static void test_every_signal_puts_all_back(void **state)
{
    (void)state;
    static const struct {
        int sent;
        const char *typed; /* or typed, for those that the program brings on itself */
        int signal;
    } cases[] = {
        {SIGTERM, NULL, SIGTERM}, {SIGHUP, NULL, SIGHUP},   {SIGINT, NULL, SIGINT},
        {SIGQUIT, NULL, SIGQUIT}, {SIGSEGV, NULL, SIGSEGV}, {SIGBUS, NULL, SIGBUS},
        {SIGILL, NULL, SIGILL},   {0, "\033x", SIGSEGV},    {0, "\033a", SIGABRT},
        {0, "\033f", SIGFPE},     {0, "\x1c", SIGQUIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run run;
        start(&run, 80, 24, xterm, NULL);
        wait_for(&run, "toolkit demo");
        settle(&run, 20);
        if (cases[i].sent)
            assert_int_equal(kill(run.id, cases[i].sent), 0);
        else
            type(&run, cases[i].typed);
        assert_int_equal(end(&run), 128 + cases[i].signal);
        assert_restored(&run);
        if (cases[i].signal == SIGSEGV)
            assert_string_equal(run.said.bytes,
                                "toolkit_demo: the terminal is as it was\n");
        done(&run);
    }
}

/* Ctrl-C is a key. */
static void test_ctrl_c_does_not_end_it(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, xterm, NULL);
    wait_for(&run, "toolkit demo");
    type(&run, "\003");
    wait_for(&run, "Ctrl-C");
    type(&run, "q");
    assert_int_equal(end(&run), 0);
    done(&run);
}

static void test_the_terminal_goes_away(void **state)
{
    (void)state;
    struct run run;
    int status;
    start(&run, 80, 24, xterm, NULL);
    wait_for(&run, "toolkit demo");
    assert_int_equal(kill(run.id, SIGSTOP), 0);
    assert_int_equal(kill(run.id, SIGCONT), 0);
    settle(&run, 50);
    type(&run, "j");
    wait_for(&run, "go down");
    assert_int_equal(kill(run.id, SIGKILL), 0);
    assert_int_equal(waitpid(run.id, &status, 0), run.id);
    done(&run);
}

/* ---- what is written ---- */

/* A23, A24, A25 */
static void test_colours_of_terminals(void **state)
{
    (void)state;
    static const struct {
        const char *environment[7];
        const char *has, *lacks; /* NULL: no colour at all may be set */
    } cases[] = {
        {{"TERM", "xterm-256color", "LC_ALL", "C.UTF-8"}, "48;5;", "48;2;"},
        {{"TERM", "xterm-256color", "LC_ALL", "C.UTF-8", "NO_COLOR", "1"}, "7m", NULL},
        {{"TERM", "xterm-256color", "LC_ALL", "C.UTF-8", "NO_COLOR", ""}, "48;5;", "48;2;"},
        {{"TERM", "vt100", "LC_ALL", "C.UTF-8"}, "7m", NULL},
        {{"TERM", "linux", "LC_ALL", "C.UTF-8"}, "\033[3", "8;5;"},
        {{"TERM", "xterm", "LC_ALL", "C.UTF-8"}, "\033[3", "8;5;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run run;
        start(&run, 80, 24, cases[i].environment, NULL);
        wait_for(&run, "toolkit demo");
        settle(&run, 60);
        assert_non_null(strstr(run.out.bytes, cases[i].has));
        if (cases[i].lacks)
            assert_null(strstr(run.out.bytes, cases[i].lacks));
        assert_int_equal(sets_color(run.out.bytes), cases[i].lacks != NULL);
        type(&run, "q");
        assert_int_equal(end(&run), 0);
        done(&run);
    }
}

/* A26, A27 */
static void test_ascii_in_an_ascii_locale(void **state)
{
    (void)state;
    static const char *const plain[] = {"TERM", "xterm-256color", "LC_ALL", "C", NULL};
    static const char *const asked[] = {"--glyphs", "ascii", NULL};
    for (int i = 0; i < 2; i++) {
        struct run run;
        start(&run, 80, 24, i ? xterm : plain, i ? asked : NULL);
        wait_for(&run, "toolkit demo");
        type(&run, "jjG/caf");
        settle(&run, 100);
        for (size_t at = 0; at < run.out.length; at++)
            assert_true((unsigned char)run.out.bytes[at] < 0x80);
        assert_null(strstr(run.out.bytes, "\033]0;owned"));
        assert_non_null(strstr(run.out.bytes, "\\x1b]0;owned"));
        type(&run, "\033");
        settle(&run, 60);
        type(&run, "q");
        assert_int_equal(end(&run), 0);
        done(&run);
    }
}

/* A31 */
static void test_idle_writes_nothing_and_a_key_little(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, xterm, NULL);
    wait_for(&run, "toolkit demo");
    settle(&run, 100);
    size_t before = run.out.length;
    assert_false(take(run.pty, &run.out, 500));
    type(&run, "j");
    settle(&run, 100);
    size_t bytes = run.out.length - before;
    print_message("# a key that moves the cursor: %zu bytes\n", bytes);
    assert_true(bytes > 0 && bytes < 4096);
    type(&run, "q");
    assert_int_equal(end(&run), 0);
    done(&run);
}

/* A30: Esc acts although sequences begin with it */
static void test_esc_acts_soon(void **state)
{
    (void)state;
    struct run run;
    struct timespec from, to;
    start(&run, 80, 24, xterm, NULL);
    wait_for(&run, "toolkit demo");
    settle(&run, 50);
    size_t before = run.out.length;
    clock_gettime(CLOCK_MONOTONIC, &from);
    type(&run, "\033");
    while (run.out.length == before && take(run.pty, &run.out, 2000))
        ;
    clock_gettime(CLOCK_MONOTONIC, &to);
    double took =
        (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
    print_message("# Esc acts after %.0f ms\n", took * 1e3);
    wait_for(&run, "Esc");
    assert_true(took < 1);
    type(&run, "q");
    assert_int_equal(end(&run), 0);
    done(&run);
}

static void test_one_cell_is_enough(void **state)
{
    (void)state;
    struct run run;
    start(&run, 1, 1, xterm, NULL);
    settle(&run, 300);
    type(&run, "jG/x");
    settle(&run, 60);
    const struct winsize size = {.ws_row = 24, .ws_col = 80};
    assert_int_equal(ioctl(run.pty, TIOCSWINSZ, &size), 0);
    kill(run.id, SIGWINCH);
    wait_for(&run, "toolkit demo 80x24");
    type(&run, "\003q");
    assert_int_equal(end(&run), 0);
    done(&run);
}

/* A24 */
static void test_reasons_why_not(void **state)
{
    (void)state;
    static const struct {
        const char *term, *reason;
    } cases[] = {
        {"dumb", "toolkit_demo: the terminal 'dumb' cannot move the cursor\n"},
        {"no-such-terminal",
         "toolkit_demo: the terminal 'no-such-terminal' is not known to "
         "terminfo\n"},
        {"", "toolkit_demo: TERM is not set, so the terminal is not known\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *environment[] = {"TERM", cases[i].term, NULL};
        struct run run;
        struct termios after;
        start(&run, 80, 24, environment, NULL);
        assert_int_equal(end(&run), 2);
        assert_string_equal(run.said.bytes, cases[i].reason);
        assert_int_equal(run.out.length, 0);
        assert_int_equal(tcgetattr(run.pty, &after), 0);
        assert_int_equal(after.c_lflag, run.before.c_lflag);
        done(&run);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quitting_puts_all_back),
        cmocka_unit_test(test_every_signal_puts_all_back),
        cmocka_unit_test(test_ctrl_c_does_not_end_it),
        cmocka_unit_test(test_the_terminal_goes_away),
        cmocka_unit_test(test_colours_of_terminals),
        cmocka_unit_test(test_ascii_in_an_ascii_locale),
        cmocka_unit_test(test_idle_writes_nothing_and_a_key_little),
        cmocka_unit_test(test_esc_acts_soon),
        cmocka_unit_test(test_one_cell_is_enough),
        cmocka_unit_test(test_reasons_why_not),
    };
    if (argc < 2)
        return 2;
    command = argv[1];
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
