#include "served.h"

#include <math.h>
#include <time.h>

/* ---- answers that are made for the request ---- */

/* n vectors as numbers, of which the last one's last value is `value`. */
static void say_numbers(struct visit *visit, size_t n, size_t width, const char *value)
{
    struct text out = {0};
    text_add(&out, "{\"data\":[");
    for (size_t i = 0; i < n; i++) {
        text_printf(&out, "%s{\"index\":%zu,\"embedding\":[", i ? "," : "", i);
        for (size_t j = 0; j < width; j++)
            text_printf(&out, "%s%s", j ? "," : "",
                        i + 1 == n && j + 1 == width ? value : "1.5");
        text_add(&out, "]}");
    }
    text_add(&out, "]}");
    visit_json(visit, 200, out.bytes);
    text_done(&out);
}

/* n vectors of one value again and again, all with the same index. */
static void say_same(struct visit *visit, size_t n, const char *value, bool has_index)
{
    struct text out = {0};
    text_add(&out, "{\"data\":[");
    for (size_t i = 0; i < n; i++) {
        text_printf(&out, "%s{\"index\":%zu,\"embedding\":[%s", i ? "," : "",
                    has_index ? i : 0, value);
        for (size_t j = 1; j < WIDTH; j++)
            text_printf(&out, ",%s", value);
        text_add(&out, "]}");
    }
    text_add(&out, "]}");
    visit_json(visit, 200, out.bytes);
    text_done(&out);
}

static void say_too_few(struct visit *visit, const struct server_request *request)
{
    say_numbers(visit, request_texts(request) - 1, WIDTH, "1.5");
}

static void say_twice(struct visit *visit, const struct server_request *request)
{
    size_t n = request_texts(request);
    say_same(visit, n > 1 ? n : 2, "1", false);
}

static void say_zeros(struct visit *visit, const struct server_request *request)
{
    say_same(visit, request_texts(request), "0", true);
}

static void say_nan(struct visit *visit, const struct server_request *request)
{
    say_numbers(visit, request_texts(request), WIDTH, "NaN");
}

static void say_null(struct visit *visit, const struct server_request *request)
{
    say_numbers(visit, request_texts(request), WIDTH, "null");
}

static void say_wider(struct visit *visit, const struct server_request *request)
{
    say_numbers(visit, request_texts(request), WIDTH + 1, "1.5");
}

static void say_endlessly(struct visit *visit, const struct server_request *request)
{
    (void)request;
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[1";
    char bytes[4096];
    memset(bytes, '1', sizeof bytes);
    visit_bytes(visit, head, sizeof head - 1);
    /* 256 MiB is endless enough. */
    for (size_t i = 0; i < 65536 && visit_bytes(visit, bytes, sizeof bytes); i++)
        ;
    visit_close(visit);
}

static void say_half(struct visit *visit, const struct server_request *request)
{
    (void)request;
    static const char half[] = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":[";
    visit_bytes(visit, half, sizeof half - 1);
    visit_close(visit);
}

static void hang_up(struct visit *visit, const struct server_request *request)
{
    (void)request;
    visit_close(visit);
}

static void stall(struct visit *visit, const struct server_request *request)
{
    (void)request;
    visit_stall(visit);
}

static void repeat_key(struct visit *visit, const struct server_request *request)
{
    const char *key = strstr(request->head, "Bearer ");
    char body[256];
    snprintf(body, sizeof body,
             "{\"error\":{\"message\":\"Invalid API Key: %.*s\",\"code\":401}}",
             key ? (int)strcspn(key + 7, "\r\n") : 4, key ? key + 7 : "none");
    visit_json(visit, 401, body);
}

/* ---- steps ---- */

static const struct {
    int status; /* 0: made */
    const char *fields, *body;
    void (*make)(struct visit *visit, const struct server_request *request);
} answers[STEPS] = {
    [UNAVAILABLE] = {503, "", "{\"error\":{\"message\":\"busy\"}}", NULL},
    [LOADING] = {503, "",
                 "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\","
                 "\"code\":503}}",
                 NULL},
    [LATER] = {429, "Retry-After: 1\r\n", "{\"error\":{\"message\":\"slow down\"}}", NULL},
    [QUOTA] = {429, "",
               "{\"error\":{\"message\":\"You exceeded your current quota\","
               "\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
               NULL},
    [PAGE] = {502, "", "<html><h1>502 Bad\x1b[31m Gateway</h1></html>", NULL},
    [REDIRECT] = {302, "Location: /elsewhere\r\n", "", NULL},
    [SICK] = {500, "", "{\"error\":{\"message\":\"it hurts\",\"type\":\"server_error\"}}",
              NULL},
    [EMPTY] = {200, "", "", NULL},
    [STALL] = {.make = stall},
    [CUT] = {.make = say_half},
    [HANG_UP] = {.make = hang_up},
    [TOO_FEW] = {.make = say_too_few},
    [TWICE] = {.make = say_twice},
    [NOT_A_NUMBER] = {.make = say_nan},
    [NULL_ENTRY] = {.make = say_null},
    [ZEROS] = {.make = say_zeros},
    [OTHER_WIDTH] = {.make = say_wider},
    [ENDLESS] = {.make = say_endlessly},
    [UNKNOWN_KEY] = {.make = repeat_key},
};

static bool holds_bad(const struct served *served, const struct server_request *request)
{
    return served->bad && strstr(request->body, served->bad);
}

static void answer(struct visit *visit, const struct server_request *request, void *arg)
{
    struct served *served = arg;
    struct server_vectors how = served->how;
    if (strcmp(request->path, "/health") == 0) {
        atomic_fetch_add(&served->n_healths, 1);
        bool is_loading = atomic_load(&served->loading) > 0;
        if (is_loading)
            atomic_fetch_sub(&served->loading, 1);
        visit_json(visit, is_loading ? 503 : 200, "{}");
        return;
    }
    if (strcmp(request->path, "/elsewhere") == 0)
        atomic_fetch_add(&served->n_elsewhere, 1);
    size_t number = atomic_fetch_add(&served->n_posts, 1);
    enum step step = number < served->n_steps ? served->script[number] : WELL;
    size_t n = request_texts(request);
    if (n > atomic_load(&served->largest))
        atomic_store(&served->largest, n);
    pthread_mutex_lock(&served->lock);
    snprintf(served->head, sizeof served->head, "%s", request->head);
    snprintf(served->body, sizeof served->body, "%s", request->body);
    pthread_mutex_unlock(&served->lock);
    if (step == SLOW || step == SLOWER)
        nanosleep(&(struct timespec){.tv_nsec = step == SLOW ? 100000000 : 300000000},
                  NULL);
    how.is_unit = how.is_unit || step == UNIT;
    how.is_shuffled = how.is_shuffled || step == SHUFFLED;
    if (holds_bad(served, request))
        visit_json(visit, 400, "{\"error\":{\"message\":\"the input is too long\"}}");
    else if (answers[step].make)
        answers[step].make(visit, request);
    else if (answers[step].status)
        visit_answer(visit, answers[step].status, answers[step].fields, answers[step].body,
                     strlen(answers[step].body));
    else
        visit_vectors(visit, request, &how);
}

void served_start(struct served *served, const enum step *script, size_t n_steps)
{
    *served = (struct served){
        .how = {.width = WIDTH},
        .script = script,
        .n_steps = n_steps,
        .options = {.jobs = 1, .no_cache = true, .hurry = 1000, .bulk_seconds = 5},
    };
    pthread_mutex_init(&served->lock, NULL);
    served->server = server_start(answer, served);
}

void served_stop(struct served *served)
{
    server_stop(served->server);
    pthread_mutex_destroy(&served->lock);
}

const char *served_address(const struct served *served, const char *path)
{
    static char addresses[4][128];
    static size_t next;
    char *address = addresses[next++ % 4];
    snprintf(address, sizeof addresses[0], "http://127.0.0.1:%d%s#tiny",
             server_port(served->server), path);
    return address;
}

struct endpoint *served_open(struct served *served)
{
    struct error err;
    struct endpoint *endpoint =
        endpoint_open(served_address(served, ""), &served->options, NULL, &err);
    if (!endpoint)
        print_error("%s\n", err.message);
    assert_non_null(endpoint);
    return endpoint;
}

struct endpoint_text only_prompt(const char *prompt)
{
    return (struct endpoint_text){.prompt = {prompt, strlen(prompt)}};
}

void assert_row(const float *row, const char *text)
{
    float wanted[WIDTH];
    server_vector(text, strlen(text), wanted, WIDTH);
    for (size_t i = 0; i < WIDTH; i++)
        assert_true(fabsf(row[i] - wanted[i]) < 1e-6f);
}
