#define _GNU_SOURCE /* SIGWINCH, sigaltstack */
#include "ui/screen_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "io/mapping.h"

/* ALTERNATE: bytes of the stack on which a crash is handled; GRACE: seconds that a program has to
 * end itself when it is asked to. */
enum { RESET_MOST = 512, ALTERNATE = 64 << 10, GRACE = 1 };

/* Crashes end the program at once, requests after the program has had its say. */
static const int crashes[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGSYS, SIGTRAP};
static const int requests[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static const int others[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGALRM};

enum {
    N_CRASHES = sizeof crashes / sizeof crashes[0],
    N_REQUESTS = sizeof requests / sizeof requests[0],
    N_OTHERS = sizeof others / sizeof others[0],
    N_SIGNALS = N_CRASHES + N_REQUESTS + N_OTHERS,
};

/* Signal handlers reach nothing but what is here. */
static struct {
    int fd;
    char reset[RESET_MOST];
    size_t reset_length;
    struct termios modes;
    void (*hook)(int signal);
    struct sigaction before[N_SIGNALS];
    int pipe[2];
    char *stack;
    bool is_open;
} saved = {.fd = -1, .pipe = {-1, -1}};

static atomic_bool is_armed, has_resized, must_stop, has_continued;
static atomic_int fatal;

static int signal_at(int i)
{
    if (i < N_CRASHES)
        return crashes[i];
    i -= N_CRASHES;
    return i < N_REQUESTS ? requests[i] : others[i - N_REQUESTS];
}

/* ---- in signal handlers ---- */

static void put_back(void)
{
    if (!atomic_exchange(&is_armed, false))
        return;
    signal(SIGTTOU, SIG_IGN); /* from the background it would stop us */
    for (size_t at = 0; at < saved.reset_length;) {
        ssize_t n = write(saved.fd, saved.reset + at, saved.reset_length - at);
        if (n <= 0 && errno != EINTR)
            break;
        at += n > 0 ? (size_t)n : 0;
    }
    tcsetattr(saved.fd, TCSANOW, &saved.modes);
}

void restore_die(int number)
{
    put_back();
    if (saved.hook)
        saved.hook(number);
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    sigaction(number, &usual, NULL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &one, NULL); /* from inside its handler it comes now */
    _exit(128 + number);
}

static void wake(void)
{
    int kept = errno;
    ssize_t n = write(saved.pipe[1], "", 1);
    (void)n; /* full: it wakes all the same */
    errno = kept;
}

static void on_request(int number)
{
    int none = 0;
    if (!atomic_compare_exchange_strong(&fatal, &none, number))
        restore_die(number);
    alarm(GRACE);
    wake();
}

static void on_other(int number)
{
    if (number == SIGALRM && atomic_load(&fatal))
        restore_die(atomic_load(&fatal));
    if (number == SIGWINCH)
        atomic_store(&has_resized, true);
    if (number == SIGTSTP)
        atomic_store(&must_stop, true);
    if (number == SIGCONT)
        atomic_store(&has_continued, true);
    wake();
}

/* ---- outside ---- */

static void catch_all(void)
{
    for (int i = 0; i < N_SIGNALS; i++) {
        int number = signal_at(i);
        struct sigaction action = {.sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        action.sa_handler = i < N_CRASHES                ? restore_die
                            : i < N_CRASHES + N_REQUESTS ? on_request
                                                         : on_other;
        if (i < N_CRASHES)
            action.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND);
        sigaction(number, NULL, &saved.before[i]);
        bool ignored = saved.before[i].sa_handler == SIG_IGN;
        if (!ignored || i < N_CRASHES) /* nohup stays nohup */
            sigaction(number, &action, NULL);
    }
    mapping_guard(); /* a mapped file that is cut short is no crash */
}

static enum status open_pipe(struct error *err)
{
    if (pipe(saved.pipe))
        return error_set(err, STATUS_IO, "no pipe for signals: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(saved.pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(saved.pipe[i], F_SETFD, FD_CLOEXEC);
    }
    return STATUS_OK;
}

enum status restore_begin(int fd, const char *reset, size_t length,
                          void (*hook)(int signal), struct error *err)
{
    if (tcgetattr(fd, &saved.modes))
        return error_set(err, STATUS_IO, "the terminal's modes cannot be read: %s",
                         strerror(errno));
    if (open_pipe(err))
        return STATUS_IO;
    saved.fd = fd;
    saved.reset_length = length < RESET_MOST ? length : RESET_MOST;
    memcpy(saved.reset, reset, saved.reset_length);
    saved.hook = hook;
    saved.stack = malloc(ALTERNATE);
    if (saved.stack)
        sigaltstack(&(stack_t){.ss_sp = saved.stack, .ss_size = ALTERNATE}, NULL);
    atomic_store(&fatal, 0);
    catch_all();
    saved.is_open = true;
    return STATUS_OK;
}

void restore_end(void)
{
    if (!saved.is_open)
        return;
    alarm(0);
    for (int i = 0; i < N_SIGNALS; i++)
        sigaction(signal_at(i), &saved.before[i], NULL);
    mapping_guard();
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    free(saved.stack);
    close(saved.pipe[0]);
    close(saved.pipe[1]);
    saved.stack = NULL;
    saved.is_open = false;
    atomic_store(&is_armed, false);
}

void restore_arm(bool armed)
{
    atomic_store(&is_armed, armed);
}

void restore_modes(void)
{
    tcsetattr(saved.fd, TCSADRAIN, &saved.modes);
}

int restore_wake(void)
{
    return saved.pipe[0];
}

struct arrived restore_arrived(void)
{
    char bytes[64];
    while (read(saved.pipe[0], bytes, sizeof bytes) > 0)
        ;
    return (struct arrived){atomic_exchange(&has_resized, false),
                            atomic_exchange(&must_stop, false),
                            atomic_exchange(&has_continued, false), atomic_load(&fatal)};
}

void restore_stop(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
    sigemptyset(&usual.sa_mask);
    sigaction(SIGTSTP, &usual, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    atomic_store(&has_continued, false);
}
