#include "peer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/memory.h"
#include "io/json.h"

static const char python[] = "/usr/bin/python3";

struct peer {
    const char *const *arguments;
    pid_t pid; /* 0: there is no process */
    FILE *lines;
};

const char *peer_missing(void)
{
    if (!getenv("MICROSCOPE_PEER"))
        return "MICROSCOPE_PEER does not name the peer's script";
    if (system("/usr/bin/python3 -c 'import torch' >/dev/null 2>&1"))
        return "/usr/bin/python3 has no PyTorch";
    return NULL;
}

struct peer *peer_create(const char *const *arguments)
{
    struct peer *peer = mem_zero(sizeof *peer);
    peer->arguments = arguments;
    return peer;
}

static void become_peer(const struct peer *peer, int output)
{
    char *argv[PEER_ARGUMENTS + 3] = {mem_copy_text(python),
                                      mem_copy_text(getenv("MICROSCOPE_PEER"))};
    for (size_t i = 0; i < PEER_ARGUMENTS && peer->arguments[i]; i++)
        argv[i + 2] = mem_copy_text(peer->arguments[i]);
    const char *libraries = getenv("MICROSCOPE_PEER_LIBRARY_PATH");
    if (libraries)
        setenv("LD_LIBRARY_PATH", libraries, 1);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* stopped, it would stay for ever */
#endif
    dup2(output, STDOUT_FILENO);
    close(output);
    execv(python, argv);
    _exit(127);
}

static bool start(struct peer *peer)
{
    int ends[2];
    if (pipe(ends))
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become_peer(peer, ends[1]);
    }
    close(ends[1]);
    peer->pid = pid > 0 ? pid : 0;
    peer->lines = fdopen(ends[0], "r");
    return peer->pid && peer->lines;
}

bool peer_next(struct peer *peer, double *seconds)
{
    if (peer->pid ? kill(peer->pid, SIGCONT) : !start(peer))
        return false;
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, peer->lines);
    kill(peer->pid, SIGSTOP);
    struct error err;
    struct json *json = length > 0 ? json_parse(line, (size_t)length, &err) : NULL;
    bool known = json_number(json_get(json, "median_s"), seconds);
    json_free(json);
    free(line);
    return known;
}

void peer_free(struct peer *peer)
{
    if (!peer)
        return;
    if (peer->pid) {
        kill(peer->pid, SIGKILL);
        waitpid(peer->pid, NULL, 0);
    }
    if (peer->lines)
        fclose(peer->lines);
    free(peer);
}
