/* What the scripted server of the other tests cannot show: TLS. `openssl s_server -HTTP` stands in
 * for a server, with a certificate that this test signs itself; skipped where there is no openssl. */
#include "folder.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "encode/wire.h"

struct tls {
    struct folder folder;
    pid_t child;
    int port;
};

/* Runs a line of shell in the folder, silent; waits for it when asked to. Returns its process. */
static pid_t run(const struct tls *tls, const char *line, int *code)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        int nothing = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++)
            dup2(nothing, fd);
        if (chdir(tls->folder.path) == 0)
            execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    if (code) {
        assert_int_equal(waitpid(child, code, 0), child);
        *code = WIFEXITED(*code) ? WEXITSTATUS(*code) : 1;
    }
    return child;
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static bool can_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool ok = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return ok;
}

/* False: there is no openssl that does it. */
static bool start(struct tls *tls)
{
    static const char make[] =
        "exec openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost";
    char serve[128];
    int code;
    tls->child = 0;
    folder_make(&tls->folder);
    run(tls, make, &code);
    if (code)
        return false;
    static const char reply[] = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    folder_write(&tls->folder, "health", reply, sizeof reply - 1);
    tls->port = free_port();
    snprintf(serve, sizeof serve,
             "exec openssl s_server -HTTP -accept %d -cert cert -key key", tls->port);
    tls->child = run(tls, serve, NULL);
    double began = clock_seconds();
    while (!can_connect(tls->port) && clock_seconds() - began < 3)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    return can_connect(tls->port);
}

static void stop(struct tls *tls)
{
    if (tls->child) {
        kill(tls->child, SIGKILL);
        waitpid(tls->child, NULL, 0);
    }
    folder_remove(&tls->folder);
}

/* Asks for /health; the reason of a failure goes into `reason`. */
static struct wire_answer ask(const struct tls *tls, const char *host, char reason[256])
{
    struct address address;
    char text[64];
    snprintf(text, sizeof text, "https://%s:%d#m", host, tls->port);
    assert_int_equal(address_parse(&address, text, ENDPOINT_NONE, NULL), STATUS_OK);
    struct wire *wire = wire_create(&address, "sk-secret", 3, 1);
    assert_non_null(wire);
    wire_get_health(wire, 0, 3);
    struct wire_answer answer;
    double began = clock_seconds();
    while (!wire_next(wire, &answer)) {
        assert_true(clock_seconds() - began < 5);
        wire_wait(wire, 0.1);
    }
    snprintf(reason, 256, "%s", answer.reason);
    answer.body = answer.reason = NULL;
    wire_free(wire);
    address_done(&address);
    return answer;
}

static void test_certificates_are_verified(void **state)
{
    (void)state;
    struct tls tls;
    char reason[256];
    if (!start(&tls)) {
        stop(&tls);
        print_message("no openssl to serve with\n");
        skip();
    }
    struct wire_answer answer = ask(&tls, "localhost", reason);
    assert_int_equal(answer.failure, BACKOFF_BROKEN);
    assert_int_equal(answer.http, 0);
    assert_non_null(strstr(reason, "certificate"));

    /* Who is told to trust it does, for the name that it is made out to. */
    setenv("SSL_CERT_FILE", folder_path(&tls.folder, "cert"), 1);
    answer = ask(&tls, "localhost", reason);
    if (answer.failure != BACKOFF_ANSWERED)
        print_error("%s\n", reason);
    assert_int_equal(answer.failure, BACKOFF_ANSWERED);
    assert_int_equal(answer.http, 200);
    answer = ask(&tls, "127.0.0.1", reason);
    assert_int_equal(answer.failure, BACKOFF_BROKEN);
    unsetenv("SSL_CERT_FILE");
    stop(&tls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates_are_verified),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
