#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "encode/endpoint_inside.h"

static struct encoder_text copy_text(struct encoder_text text)
{
    if (text.bytes)
        text.bytes = mem_copy(text.bytes, text.length);
    return text;
}

static void drop_text(struct encoder_text *text)
{
    free((void *)(uintptr_t)text->bytes);
    *text = (struct encoder_text){0};
}

static void drop_run(struct endpoint_live *live)
{
    endpoint_run_free(live->run);
    live->run = NULL;
}

void endpoint_forget(struct endpoint *endpoint)
{
    struct endpoint_live *live = &endpoint->live;
    drop_run(live);
    drop_text(&live->text.prompt);
    drop_text(&live->text.context);
    drop_text(&live->text.response);
    free(live->row);
    *live = (struct endpoint_live){0};
}

static void begin(struct endpoint *endpoint)
{
    struct endpoint_live *live = &endpoint->live;
    live->is_connecting = !endpoint->is_connected;
    if (live->is_connecting) {
        live->run = endpoint_probe(endpoint, true, live->asked);
        return;
    }
    const struct run_options options = {
        .template = endpoint->template,
        .is_live = true,
        .began = live->asked,
    };
    live->run = endpoint_run_start(endpoint, &live->text, 1, &options);
}

/* What is in flight is over. */
static void finish(struct endpoint *endpoint)
{
    struct endpoint_live *live = &endpoint->live;
    struct endpoint_run *run = live->run;
    enum status status = live->is_connecting ? endpoint_settle(endpoint, run, &live->error)
                                             : endpoint_run_finish(run, &live->error);
    size_t width;
    if (status)
        live->state = ENDPOINT_FAILED;
    else if (!live->is_connecting) {
        live->row = endpoint_run_take_rows(run, &width);
        live->state = ENDPOINT_READY;
    }
    drop_run(live);
    if (live->state == ENDPOINT_WAITING)
        begin(endpoint);
}

static void move_on(struct endpoint *endpoint)
{
    struct endpoint_live *live = &endpoint->live;
    while (live->state == ENDPOINT_WAITING && endpoint_run_step(live->run))
        finish(endpoint);
}

void endpoint_ask(struct endpoint *endpoint, const struct endpoint_text *text)
{
    struct endpoint_live *live = &endpoint->live;
    struct endpoint_text copy = {copy_text(text->prompt), copy_text(text->context),
                                 copy_text(text->response)};
    /* A connection that is being made serves the new text as well. */
    struct endpoint_run *probe =
        live->state == ENDPOINT_WAITING && live->is_connecting ? live->run : NULL;
    double asked = probe ? live->asked : clock_seconds();
    if (probe)
        live->run = NULL;
    endpoint_forget(endpoint);
    *live = (struct endpoint_live){.state = ENDPOINT_WAITING, .text = copy, .asked = asked};
    if (probe) {
        live->is_connecting = true;
        live->run = probe;
    } else {
        begin(endpoint);
    }
    move_on(endpoint);
}

enum endpoint_state endpoint_poll(struct endpoint *endpoint, float *out, struct error *err)
{
    struct endpoint_live *live = &endpoint->live;
    move_on(endpoint);
    if (live->state == ENDPOINT_READY && out)
        memcpy(out, live->row, endpoint->width * sizeof *out);
    if (live->state == ENDPOINT_FAILED && err)
        *err = live->error;
    return live->state;
}

const char *endpoint_doing(const struct endpoint *endpoint)
{
    const struct endpoint_live *live = &endpoint->live;
    struct endpoint_progress progress;
    if (live->state != ENDPOINT_WAITING)
        return NULL;
    endpoint_run_report(live->run, &progress);
    return live->is_connecting && strcmp(progress.doing, "embedding") == 0 ? "connecting"
                                                                           : progress.doing;
}

size_t endpoint_descriptors(const struct endpoint *endpoint, struct pollfd *descriptors,
                            size_t room, int *timeout_ms)
{
    const struct endpoint_live *live = &endpoint->live;
    if (live->state != ENDPOINT_WAITING)
        return 0;
    int ms = (int)(endpoint_run_pause(live->run) * 1000) + 1;
    if (*timeout_ms < 0 || ms < *timeout_ms)
        *timeout_ms = ms;
    return wire_descriptors(endpoint->wire, descriptors, room, timeout_ms);
}
