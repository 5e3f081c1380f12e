#include "encode/wire.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#include <curl/curl.h>

#include "base/memory.h"
#include "base/text.h"

enum { HEALTH_MOST = 64 << 10 };

struct slot {
    CURL *easy;
    struct text body, answer;
    size_t most;
    bool is_busy, is_endless;
    char reason[CURL_ERROR_SIZE];
};

struct wire {
    const struct address *address;
    CURLM *multi;
    struct curl_slist *post, *get; /* header fields */
    struct slot *slots;
    size_t n_slots;
    long connect_ms;
};

static size_t take_bytes(char *bytes, size_t size, size_t n, void *arg)
{
    struct slot *slot = arg;
    if (size * n > slot->most - slot->answer.length) {
        slot->is_endless = true;
        return 0;
    }
    text_append(&slot->answer, bytes, size * n);
    return size * n;
}

/* ---- making ---- */

static struct curl_slist *add_field(struct curl_slist *list, const char *field)
{
    struct curl_slist *longer = curl_slist_append(list, field);
    if (!longer)
        abort(); /* no memory */
    return longer;
}

static void make_fields(struct wire *wire, const char *key)
{
    wire->get = add_field(NULL, "Accept: application/json");
    wire->post = add_field(NULL, "Accept: application/json");
    wire->post = add_field(wire->post, "Content-Type: application/json");
    wire->post = add_field(wire->post, "Expect:"); /* no waiting for 100-continue */
    if (key) {
        struct text field = {0};
        text_printf(&field, "Authorization: Bearer %s", key);
        wire->post = add_field(wire->post, field.bytes);
        memset(field.bytes, 0, field.length);
        text_done(&field);
    }
}

static void set_up(const struct wire *wire, struct slot *slot)
{
    CURL *easy = slot->easy;
    const char *certificates = getenv("SSL_CERT_FILE");
    curl_easy_setopt(easy, CURLOPT_PRIVATE, (char *)slot);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A name that is still being looked up when a request is broken off is not waited for. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (certificates && *certificates)
        curl_easy_setopt(easy, CURLOPT_CAINFO, certificates);
    if (wire->address->is_loopback)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "microscope");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, wire->connect_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->reason);
}

static long milliseconds(double seconds)
{
    double ms = seconds * 1000;
    return ms < 1 ? 1 : ms > 1e9 ? 1000000000L : (long)ms;
}

struct wire *wire_create(const struct address *address, const char *key,
                         double connect_seconds, size_t n_slots)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    struct wire *wire = mem_zero(sizeof *wire);
    wire->address = address;
    wire->connect_ms = milliseconds(connect_seconds);
    wire->multi = curl_multi_init();
    wire->slots = mem_zero(n_slots * sizeof *wire->slots);
    wire->n_slots = n_slots;
    make_fields(wire, key);
    bool ok = wire->multi != NULL;
    for (size_t i = 0; i < n_slots && ok; i++) {
        wire->slots[i].easy = curl_easy_init();
        ok = wire->slots[i].easy != NULL;
        if (ok)
            set_up(wire, &wire->slots[i]);
    }
    if (ok)
        return wire;
    wire_free(wire);
    return NULL;
}

void wire_free(struct wire *wire)
{
    if (!wire)
        return;
    wire_drop(wire);
    for (size_t i = 0; i < wire->n_slots; i++) {
        curl_easy_cleanup(wire->slots[i].easy);
        text_done(&wire->slots[i].body);
        text_done(&wire->slots[i].answer);
    }
    curl_multi_cleanup(wire->multi);
    curl_slist_free_all(wire->post);
    curl_slist_free_all(wire->get);
    free(wire->slots);
    free(wire);
    curl_global_cleanup();
}

/* ---- requests ---- */

struct text *wire_body(struct wire *wire, size_t slot)
{
    return &wire->slots[slot].body;
}

static void begin(struct wire *wire, struct slot *slot, size_t most, double seconds)
{
    text_clear(&slot->answer);
    slot->most = most;
    slot->is_endless = false;
    slot->reason[0] = '\0';
    slot->is_busy = true;
    curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS, milliseconds(seconds));
    if (curl_multi_add_handle(wire->multi, slot->easy) != CURLM_OK)
        abort(); /* no memory, or a handle in use, which is our own mistake */
}

void wire_post(struct wire *wire, size_t slot, size_t most, double seconds, bool is_fresh)
{
    struct slot *used = &wire->slots[slot];
    CURL *easy = used->easy;
    curl_easy_setopt(easy, CURLOPT_URL, wire->address->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, wire->post);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, used->body.bytes);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)used->body.length);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_fresh ? 1L : 0L);
    begin(wire, used, most, seconds);
}

void wire_get_health(struct wire *wire, size_t slot, double seconds)
{
    struct slot *used = &wire->slots[slot];
    curl_easy_setopt(used->easy, CURLOPT_URL, wire->address->health);
    curl_easy_setopt(used->easy, CURLOPT_HTTPHEADER, wire->get);
    curl_easy_setopt(used->easy, CURLOPT_HTTPGET, 1L);
    begin(wire, used, HEALTH_MOST, seconds);
}

/* ---- answers ---- */

static enum backoff_failure failure_of(CURLcode code, const struct slot *slot)
{
    if (slot->is_endless)
        return BACKOFF_ENDLESS;
    switch ((int)code) {
    case CURLE_OK:
        return BACKOFF_ANSWERED;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
        return BACKOFF_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return BACKOFF_TIMED_OUT;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return BACKOFF_DROPPED;
    default:
        return BACKOFF_BROKEN;
    }
}

static void take_answer(struct wire *wire, struct slot *slot, CURLcode code,
                        struct wire_answer *answer)
{
    long n_connects = 0, http = 0;
    curl_off_t retry_after = 0, microseconds = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_NUM_CONNECTS, &n_connects);
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(slot->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    slot->is_busy = false;
    *answer = (struct wire_answer){
        .slot = (size_t)(slot - wire->slots),
        .failure = failure_of(code, slot),
        .reason = slot->is_endless  ? "the reply is larger than vectors can be"
                  : slot->reason[0] ? slot->reason
                                    : curl_easy_strerror(code),
        .reused = n_connects == 0,
        .http = http,
        .retry_after = retry_after > 0 ? (double)retry_after : -1,
        .seconds = 1e-6 * (double)microseconds,
        .body = slot->answer.bytes ? slot->answer.bytes : "",
        .length = slot->answer.length,
    };
}

bool wire_next(struct wire *wire, struct wire_answer *answer)
{
    int n_running, n_left;
    curl_multi_perform(wire->multi, &n_running);
    for (CURLMsg *message; (message = curl_multi_info_read(wire->multi, &n_left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        char *private = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
        curl_multi_remove_handle(wire->multi, easy);
        take_answer(wire, (struct slot *)(void *)private, code, answer);
        return true;
    }
    return false;
}

void wire_wait(struct wire *wire, double seconds)
{
    int ms = (int)(seconds * 1000 + 0.999);
    curl_multi_poll(wire->multi, NULL, 0, ms < 0 ? 0 : ms, NULL);
}

void wire_drop(struct wire *wire)
{
    for (size_t i = 0; i < wire->n_slots; i++)
        if (wire->slots[i].is_busy) {
            curl_multi_remove_handle(wire->multi, wire->slots[i].easy);
            wire->slots[i].is_busy = false;
        }
}

size_t wire_descriptors(const struct wire *wire, struct pollfd *descriptors, size_t room,
                        int *timeout_ms)
{
    fd_set read, write, other;
    FD_ZERO(&read);
    FD_ZERO(&write);
    FD_ZERO(&other);
    int last = -1;
    long ms = -1;
    curl_multi_fdset(wire->multi, &read, &write, &other, &last);
    curl_multi_timeout(wire->multi, &ms);
    size_t n = 0;
    for (int fd = 0; fd <= last && n < room; fd++) {
        short events = (short)((FD_ISSET(fd, &read) ? POLLIN : 0) |
                               (FD_ISSET(fd, &write) ? POLLOUT : 0));
        if (events)
            descriptors[n++] = (struct pollfd){.fd = fd, .events = events};
    }
    /* A name that is being looked up has no descriptor. */
    for (size_t i = 0; !n && i < wire->n_slots; i++)
        if (wire->slots[i].is_busy && (ms < 0 || ms > 50))
            ms = 50;
    if (ms >= 0 && (*timeout_ms < 0 || ms < *timeout_ms))
        *timeout_ms = (int)ms;
    return n;
}
