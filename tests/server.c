#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "encode/base64.h"
#include "io/json.h"

struct visit {
    struct server *server;
    int socket;
    bool is_closed;
    pthread_t thread;
};

struct server {
    int socket, port, wake[2]; /* wake: readable once the server is to stop */
    server_answers *answers;
    void *arg;
    pthread_t thread;
    atomic_size_t n_requests, n_connections;
    struct visit *visits[1024];
    size_t n_visits;
};

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "test server: %s: %s\n", what, strerror(errno));
    abort();
}

/* ---- bytes ---- */

/* Waits for events on the connection; false when the server is to stop, or nothing came. */
static bool wait_for(const struct visit *visit, short events)
{
    struct pollfd fds[2] = {{.fd = visit->socket, .events = events},
                            {.fd = visit->server->wake[0], .events = POLLIN}};
    return poll(fds, 2, SERVER_SECONDS * 1000) > 0 && !fds[1].revents;
}

bool visit_bytes(struct visit *visit, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length && !visit->is_closed) {
        if (!wait_for(visit, POLLOUT))
            return false;
        ssize_t n = send(visit->socket, at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0) {
            visit_close(visit);
            return false;
        }
        at += n;
        length -= (size_t)n;
    }
    return !visit->is_closed;
}

void visit_close(struct visit *visit)
{
    if (!visit->is_closed)
        shutdown(visit->socket, SHUT_RDWR);
    visit->is_closed = true;
}

void visit_stall(struct visit *visit)
{
    char byte;
    while (wait_for(visit, POLLIN) && recv(visit->socket, &byte, 1, 0) > 0)
        ;
    visit_close(visit);
}

void visit_answer(struct visit *visit, int status, const char *fields, const char *body,
                  size_t length)
{
    struct text out = {0};
    text_printf(&out,
                "HTTP/1.1 %d Status\r\nContent-Type: application/json\r\n%sContent-Length: "
                "%zu\r\n\r\n",
                status, fields, length);
    text_append(&out, body, length);
    visit_bytes(visit, out.bytes, out.length);
    text_done(&out);
}

void visit_json(struct visit *visit, int status, const char *body)
{
    visit_answer(visit, status, "", body, strlen(body));
}

/* ---- requests ---- */

/* More bytes of what the client sends; false at its end. */
static bool read_more(struct visit *visit, struct text *text)
{
    char bytes[65536];
    if (!wait_for(visit, POLLIN))
        return false;
    ssize_t n = recv(visit->socket, bytes, sizeof bytes, 0);
    if (n <= 0)
        return false;
    text_append(text, bytes, (size_t)n);
    return true;
}

static size_t body_length(const char *head)
{
    for (const char *line = head; line && *line; line = strstr(line, "\r\n")) {
        line += strspn(line, "\r\n");
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            return strtoul(line + 15, NULL, 10);
    }
    return 0;
}

/* Cuts the head of a request into its parts. */
static bool cut_head(char *head, struct server_request *request)
{
    char *path = strchr(head, ' '), *end = path ? strchr(path + 1, ' ') : NULL;
    char *fields = strstr(head, "\r\n");
    if (!end || !fields || end > fields)
        return false;
    *path = *end = '\0';
    request->method = head;
    request->path = path + 1;
    request->head = fields + 2;
    return true;
}

/* Reads one request out of `text`, answers it and takes it away. */
static bool serve_one(struct visit *visit, struct text *text, size_t on_connection)
{
    char *end;
    while (!text->bytes || !(end = strstr(text->bytes, "\r\n\r\n")))
        if (!read_more(visit, text))
            return false;
    size_t n_head = (size_t)(end - text->bytes) + 4, n_body = body_length(text->bytes);
    while (text->length < n_head + n_body)
        if (!read_more(visit, text))
            return false;
    char *head = mem_copy(text->bytes, n_head - 2);
    char *body = mem_copy(text->bytes + n_head, n_body);
    memmove(text->bytes, text->bytes + n_head + n_body, text->length - n_head - n_body + 1);
    text->length -= n_head + n_body;
    struct server_request request = {
        .number = atomic_fetch_add(&visit->server->n_requests, 1),
        .on_connection = on_connection,
        .body = body,
        .length = n_body,
    };
    bool ok = cut_head(head, &request);
    if (ok)
        visit->server->answers(visit, &request, visit->server->arg);
    free(head);
    free(body);
    return ok && !visit->is_closed;
}

static void *serve(void *arg)
{
    struct visit *visit = arg;
    struct text text = {0};
    for (size_t n = 0; serve_one(visit, &text, n);)
        n++;
    visit_close(visit);
    text_done(&text);
    return NULL;
}

/* ---- the server ---- */

static void *receive(void *arg)
{
    struct server *server = arg;
    for (;;) {
        struct pollfd fds[2] = {{.fd = server->socket, .events = POLLIN},
                                {.fd = server->wake[0], .events = POLLIN}};
        check(poll(fds, 2, -1) > 0 || errno == EINTR, "poll");
        if (fds[1].revents || server->n_visits == sizeof server->visits / sizeof(void *))
            return NULL;
        int socket = accept(server->socket, NULL, NULL);
        if (socket < 0)
            continue;
        int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct visit *visit = mem_zero(sizeof *visit);
        *visit = (struct visit){.server = server, .socket = socket};
        atomic_fetch_add(&server->n_connections, 1);
        server->visits[server->n_visits++] = visit;
        check(!pthread_create(&visit->thread, NULL, serve, visit), "a thread");
    }
}

struct server *server_start(server_answers *answers, void *arg)
{
    return server_start_at(0, answers, arg);
}

struct server *server_start_at(int port, server_answers *answers, void *arg)
{
    const int yes = 1;
    struct server *server = mem_zero(sizeof *server);
    server->answers = answers;
    server->arg = arg;
    server->socket = socket(AF_INET, SOCK_STREAM, 0);
    check(server->socket >= 0 && !pipe(server->wake), "a socket");
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    setsockopt(server->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    check(!bind(server->socket, (struct sockaddr *)&address, sizeof address), "bind");
    check(!listen(server->socket, SERVER_CONNECTIONS), "listen");
    check(!getsockname(server->socket, (struct sockaddr *)&address, &length), "a port");
    server->port = ntohs(address.sin_port);
    check(!pthread_create(&server->thread, NULL, receive, server), "a thread");
    return server;
}

int server_port(const struct server *server)
{
    return server->port;
}

size_t server_requests(const struct server *server)
{
    return atomic_load(&server->n_requests);
}

size_t server_connections(const struct server *server)
{
    return atomic_load(&server->n_connections);
}

void server_stop(struct server *server)
{
    check(write(server->wake[1], "", 1) == 1, "stop");
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < server->n_visits; i++) {
        struct visit *visit = server->visits[i];
        pthread_join(visit->thread, NULL);
        close(visit->socket);
        free(visit);
    }
    close(server->socket);
    close(server->wake[0]);
    close(server->wake[1]);
    free(server);
}

/* ---- an embeddings server ---- */

void server_vector(const char *text, size_t length, float *row, size_t width)
{
    struct rng rng;
    rng_init(&rng, text_hash(text, length, 1), 0);
    for (size_t i = 0; i < width; i++)
        row[i] = (float)(4 * rng_uniform(&rng) - 2);
}

static struct json *texts_of(const struct server_request *request, const struct json **list)
{
    struct json *json = json_parse(request->body, request->length, NULL);
    *list = json_get(json, "input");
    if (!*list)
        *list = json_get(json, "inputs");
    return json;
}

size_t request_texts(const struct server_request *request)
{
    const struct json *list;
    struct json *json = texts_of(request, &list);
    size_t n = json_length(list);
    json_free(json);
    return n;
}

char *request_text(const struct server_request *request, size_t i)
{
    const struct json *list;
    struct json *json = texts_of(request, &list);
    const struct json *item = json_first(list);
    while (i-- && item)
        item = json_next(item);
    char *text = mem_copy_text(json_text(item));
    json_free(json);
    return text;
}

static void normalise(float *row, size_t width)
{
    double square = 0;
    for (size_t i = 0; i < width; i++)
        square += (double)row[i] * (double)row[i];
    for (size_t i = 0; i < width; i++)
        row[i] = (float)((double)row[i] / sqrt(square));
}

static void add_numbers(struct text *out, const float *row, size_t width)
{
    for (size_t i = 0; i < width; i++)
        text_printf(out, "%c%.9g", i ? ',' : '[', (double)row[i]);
    text_add_char(out, ']');
}

static void add_item(struct text *out, size_t index, const float *row,
                     const struct server_vectors *how)
{
    if (how->shape == SERVER_BARE || how->shape == SERVER_OLLAMA) {
        add_numbers(out, row, how->width);
        return;
    }
    text_printf(out, "{\"object\":\"embedding\",\"index\":%zu,\"embedding\":", index);
    if (how->shape == SERVER_BASE64) {
        text_add_char(out, '"');
        base64_add(out, row, how->width * sizeof *row);
        text_add_char(out, '"');
    } else {
        text_add(out, how->shape == SERVER_NESTED ? "[" : "");
        add_numbers(out, row, how->width);
        text_add(out, how->shape == SERVER_NESTED ? "]" : "");
    }
    text_add_char(out, '}');
}

void visit_vectors(struct visit *visit, const struct server_request *request,
                   const struct server_vectors *how)
{
    static const char *const before[] = {"{\"object\":\"list\",\"data\":[",
                                         "{\"object\":\"list\",\"data\":[", "[",
                                         "{\"embeddings\":[", "["};
    const struct json *list;
    struct json *json = texts_of(request, &list);
    size_t n = json_length(list), n_tokens = 0, i = 0;
    float *rows = mem_zero((n * how->width + 1) * sizeof *rows);
    for (const struct json *item = json_first(list); item; item = json_next(item), i++) {
        const char *text = json_text(item);
        float *row = rows + i * how->width;
        server_vector(text ? text : "", text ? strlen(text) : 0, row, how->width);
        if (how->is_unit)
            normalise(row, how->width);
        n_tokens += text ? strlen(text) / 4 + 1 : 0;
    }
    struct text out = {0};
    text_add(&out, before[how->shape]);
    for (i = 0; i < n; i++) {
        size_t at = how->is_shuffled ? n - 1 - i : i;
        text_add(&out, i ? "," : "");
        add_item(&out, at, rows + at * how->width, how);
    }
    text_add_char(&out, ']');
    if (how->shape == SERVER_BASE64 || how->shape == SERVER_NUMBERS)
        text_printf(&out, ",\"usage\":{\"prompt_tokens\":%zu,\"total_tokens\":%zu}",
                    n_tokens, n_tokens);
    if (before[how->shape][0] == '{')
        text_add_char(&out, '}');
    visit_answer(visit, 200, "", out.bytes, out.length);
    text_done(&out);
    free(rows);
    json_free(json);
}
