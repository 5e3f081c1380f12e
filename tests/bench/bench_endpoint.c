/* Does the client keep a server busy? Requests of a bare loop, which writes the same bytes over as
 * many kept connections and looks at nothing of the answers, against those of the client, which
 * renders, hashes, checks and sorts. The server takes a fixed time for a request, one after the
 * other, as a model does; without it, the client's own time shows. */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "encode/base64.h"
#include "encode/endpoint.h"
#include "encode/endpoint_reply.h"
#include "io/json.h"
#include "measure.h"
#include "server.h"

enum { TURNS = 7, REQUESTS = 60, BATCH = 32, JOBS = 2, TEXT = 256 };

struct load {
    struct server *server;
    size_t width;
    long nanoseconds; /* of work a request */
    pthread_mutex_t model;
    char *reply[BATCH + 1]; /* by the number of texts */
    char *texts;            /* [REQUESTS * BATCH, TEXT] */
    size_t turn;
};

/* ---- the server: replies are made beforehand ---- */

static char *make_reply(size_t n, size_t width)
{
    struct text body = {0};
    float *row = mem_alloc(width * sizeof *row);
    text_add(&body, "{\"object\":\"list\",\"data\":[");
    for (size_t i = 0; i < n; i++) {
        server_vector((const char *)&i, sizeof i, row, width);
        text_printf(&body, "%s{\"index\":%zu,\"embedding\":\"", i ? "," : "", i);
        base64_add(&body, row, width * sizeof *row);
        text_add(&body, "\"}");
    }
    text_add(&body, "],\"usage\":{\"prompt_tokens\":2048}}");
    free(row);
    return body.bytes;
}

static size_t count_texts(const struct server_request *request)
{
    size_t n = 1;
    for (const char *at = request->body; (at = strstr(at, "\",\"")); at += 3)
        n++;
    return n - 1; /* one between the model and the first text */
}

static void answer(struct visit *visit, const struct server_request *request, void *arg)
{
    struct load *load = arg;
    size_t n = count_texts(request);
    pthread_mutex_lock(&load->model);
    if (load->nanoseconds)
        nanosleep(&(struct timespec){.tv_nsec = load->nanoseconds}, NULL);
    pthread_mutex_unlock(&load->model);
    visit_json(visit, 200, load->reply[n <= BATCH ? n : BATCH]);
}

/* ---- the bare loop ---- */

struct bare {
    struct load *load;
    char *request;
    size_t length, n;
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void exchange(int fd, const struct bare *bare, char *bytes, size_t room)
{
    if (send(fd, bare->request, bare->length, MSG_NOSIGNAL) != (ssize_t)bare->length)
        fail("send");
    size_t have = 0, want = room;
    while (have < want) {
        ssize_t n = recv(fd, bytes + have, room - have - 1, 0);
        if (n <= 0)
            fail("recv");
        have += (size_t)n;
        bytes[have] = '\0';
        const char *end = want == room ? strstr(bytes, "\r\n\r\n") : NULL;
        const char *length = end ? strstr(bytes, "Content-Length: ") : NULL;
        if (length)
            want = (size_t)(end - bytes) + 4 + strtoul(length + 16, NULL, 10);
    }
}

static void *loop(void *arg)
{
    const struct bare *bare = arg;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port =
                                      htons((uint16_t)server_port(bare->load->server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    size_t room = strlen(bare->load->reply[BATCH]) + 4096;
    char *bytes = mem_alloc(room);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address))
        fail("connect");
    for (size_t i = 0; i < bare->n; i++)
        exchange(fd, bare, bytes, room);
    close(fd);
    free(bytes);
    return NULL;
}

static const char *text_at(const struct load *load, size_t i)
{
    return load->texts + i * TEXT;
}

static double run_bare(struct load *load)
{
    struct address address;
    struct text body = {0}, request = {0};
    if (address_parse(&address, "http://localhost#m", ENDPOINT_NONE, NULL))
        exit(EXIT_FAILURE);
    endpoint_request_begin(&body, &address);
    for (size_t i = 0; i < BATCH; i++)
        endpoint_request_add(&body, (struct encoder_text){text_at(load, i), TEXT - 1});
    endpoint_request_end(&body, &address, ENDPOINT_NONE);
    text_printf(&request,
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                "%zu\r\n\r\n%s",
                body.length, body.bytes);
    struct bare bare = {load, request.bytes, request.length, REQUESTS / JOBS};
    pthread_t threads[JOBS];
    double began = clock_seconds();
    for (size_t i = 0; i < JOBS; i++)
        if (pthread_create(&threads[i], NULL, loop, &bare))
            exit(EXIT_FAILURE);
    for (size_t i = 0; i < JOBS; i++)
        pthread_join(threads[i], NULL);
    double seconds = clock_seconds() - began;
    address_done(&address);
    text_done(&body);
    text_done(&request);
    return seconds;
}

/* ---- the client ---- */

static void write_texts(struct load *load)
{
    load->turn++;
    for (size_t i = 0; i < REQUESTS * BATCH; i++) {
        char *text = load->texts + i * TEXT;
        memset(text, 'x', TEXT - 1);
        text[TEXT - 1] = '\0';
        int n = snprintf(text, TEXT, "turn %zu, text %zu: ", load->turn, i);
        text[n] = 'x';
    }
}

static double run_client(struct load *load, struct endpoint *endpoint, float *rows)
{
    struct error err;
    size_t n = REQUESTS * BATCH;
    write_texts(load);
    struct endpoint_text *texts = mem_zero(n * sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i].prompt = (struct encoder_text){text_at(load, i), TEXT - 1};
    double began = clock_seconds();
    must(endpoint_embed(endpoint, texts, n, rows, NULL, &err), &err);
    double seconds = clock_seconds() - began;
    free(texts);
    return seconds;
}

static void measure(struct load *load, const char *folder, bool is_cached)
{
    char address[64];
    struct error err;
    struct endpoint_options options = {
        .jobs = JOBS, .cache = folder, .no_cache = !is_cached, .batch = BATCH};
    snprintf(address, sizeof address, "http://127.0.0.1:%d#m", server_port(load->server));
    struct endpoint *endpoint = endpoint_open(address, &options, NULL, &err);
    must(endpoint ? STATUS_OK : err.status, &err);
    must(endpoint_connect(endpoint, &err), &err);
    float *rows = mem_alloc(REQUESTS * BATCH * load->width * sizeof *rows);
    struct sample bare = {0}, client = {0};
    for (int turn = 0; turn < TURNS; turn++) {
        sample_add(&bare, run_bare(load));
        sample_add(&client, run_client(load, endpoint, rows));
    }
    struct sample ratio = sample_ratios(&bare, &client);
    struct json *line = line_begin("endpoint");
    json_put_number(line, "width", (double)load->width);
    json_put_number(line, "connections", JOBS);
    json_put_number(line, "texts_a_request", BATCH);
    json_put_flag(line, "cache", is_cached);
    line_put(line, "server_milliseconds", 1e-6 * (double)load->nanoseconds);
    line_put(line, "texts_a_second", REQUESTS * BATCH / sample_median(&client));
    line_put_sample(line, "share_of_bare_loop", &ratio);
    line_end(line);
    free(rows);
    endpoint_free(endpoint);
}

/* The files of the cache have names of their own. */
static void empty(const char *folder)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        struct text path = {0};
        text_printf(&path, "%s/%s", folder, entry->d_name);
        unlink(path.bytes);
        text_done(&path);
    }
    if (entries)
        closedir(entries);
}

int main(void)
{
    static const struct {
        size_t width;
        long milliseconds;
        bool is_cached;
    } cases[] = {{1024, 10, false}, {4096, 10, false}, {1024, 10, true}, {1024, 0, false}};
    struct load load = {.texts = mem_alloc(REQUESTS * BATCH * TEXT)};
    scratch_make("endpoint", 1e9);
    char *folder = mem_copy_text(scratch_path("x"));
    *strrchr(folder, '/') = '\0';
    line_machine("endpoint");
    pthread_mutex_init(&load.model, NULL);
    load.server = server_start(answer, &load);
    write_texts(&load);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        load.width = cases[i].width;
        load.nanoseconds = cases[i].milliseconds * 1000000;
        for (size_t n = 1; n <= BATCH; n++)
            load.reply[n] = make_reply(n, load.width);
        measure(&load, folder, cases[i].is_cached);
        for (size_t n = 1; n <= BATCH; n++)
            free(load.reply[n]);
    }
    server_stop(load.server);
    pthread_mutex_destroy(&load.model);
    free(load.texts);
    empty(folder);
    free(folder);
    return EXIT_SUCCESS;
}
