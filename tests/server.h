/* A small HTTP server on this machine's loopback, for tests and benchmarks of what asks one.
 *
 * Each connection has a thread, which reads requests and hands them to the test's own function; that
 * answers them well, badly or not at all. Bounded: at most SERVER_CONNECTIONS at a time, nothing is
 * waited for longer than SERVER_SECONDS.
 */
#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVER_CONNECTIONS = 64, SERVER_SECONDS = 20 };

struct server;
struct visit; /* a connection */

struct server_request {
    size_t number;        /* of all requests, from 0 */
    size_t on_connection; /* of those on its connection, from 0 */
    const char *method, *path;
    const char *head; /* all header fields */
    const char *body; /* NUL-terminated */
    size_t length;
};

typedef void server_answers(struct visit *visit, const struct server_request *request,
                            void *arg);

/* Takes a free port. Aborts when there is none. */
struct server *server_start(server_answers *answers, void *arg);
/* At a port that was had before: a server that comes back. */
struct server *server_start_at(int port, server_answers *answers, void *arg);
int server_port(const struct server *server);
size_t server_requests(const struct server *server);    /* so far */
size_t server_connections(const struct server *server); /* so far */
void server_stop(struct server *server);

/* ---- answers, from within the test's function ---- */

void visit_json(struct visit *visit, int status, const char *body);
/* The same with more header fields ("Retry-After: 1\r\n"). */
void visit_answer(struct visit *visit, int status, const char *fields, const char *body,
                  size_t length);
/* False when the client has gone. */
bool visit_bytes(struct visit *visit, const void *bytes, size_t length);
void visit_close(struct visit *visit);
/* Says nothing until the client goes away or the server is stopped. */
void visit_stall(struct visit *visit);

/* ---- an embeddings server ---- */

/* What the server's model makes of a text: some numbers that depend on all of it. */
void server_vector(const char *text, size_t length, float *row, size_t width);

enum server_shape {
    SERVER_BASE64,
    SERVER_NUMBERS,
    SERVER_BARE,   /* [[...]] */
    SERVER_OLLAMA, /* {"embeddings": [[...]]} */
    SERVER_NESTED, /* [{"index", "embedding": [[...]]}] */
};

struct server_vectors {
    size_t width;
    enum server_shape shape;
    bool is_unit;     /* normalised */
    bool is_shuffled; /* items in reverse order, by index */
};

/* 200 with the vectors of the request's texts. */
void visit_vectors(struct visit *visit, const struct server_request *request,
                   const struct server_vectors *how);
/* The number of texts in the request, and a copy of one of them (free it; NULL: there is none). */
size_t request_texts(const struct server_request *request);
char *request_text(const struct server_request *request, size_t i);

#endif
