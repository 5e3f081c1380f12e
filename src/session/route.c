#include "session/route.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static struct route_side make_side(const struct route *route)
{
    return (struct route_side){.row = mem_zero(route->width * sizeof(float)),
                               .weights = mem_zero(route->n_heads * sizeof(float))};
}

struct route *route_create(const struct features *features, const struct model *model,
                           const struct encoder_watch *watch, struct error *err)
{
    struct typed *typed = typed_open(features, watch, err);
    if (!typed)
        return NULL;
    size_t width = typed_width(typed), wanted = model->shape.prompt_width;
    if (wanted && wanted != width) {
        error_set(err, STATUS_SHAPE,
                  "the model's router reads %zu numbers a prompt, the features have %zu",
                  wanted, width);
        typed_free(typed);
        return NULL;
    }
    struct route *route = mem_zero(sizeof *route);
    *route = (struct route){
        .n_heads = model->shape.n_heads, .width = width, .typed = typed, .model = model};
    route->without = make_side(route);
    route->with = make_side(route);
    route->part = mem_zero(width * sizeof *route->part);
    return route;
}

void route_free(struct route *route)
{
    if (!route)
        return;
    free(route->without.row);
    free(route->without.weights);
    free(route->with.row);
    free(route->with.weights);
    free(route->part);
    typed_free(route->typed);
    free(route);
}

/* The router's weights for side->row. */
static enum status weigh(const struct route *route, struct route_side *side,
                         struct error *err)
{
    struct rows row = {side->row, DTYPE_F32, 1, route->width, route->width};
    enum status status = model_log_weights(route->model, &row, NULL, 1, side->weights, err);
    side->entropy = 0;
    for (size_t k = 0; k < route->n_heads && !status; k++) {
        double log_weight = (double)side->weights[k];
        side->weights[k] = (float)exp(log_weight);
        side->entropy -= exp(log_weight) * log_weight;
    }
    return status;
}

enum status route_text(struct route *route, struct typed_text prompt,
                       struct typed_text context, struct error *err)
{
    const struct typed_text none = {0};
    enum status status = typed_encode(route->typed, prompt, context, route->with.row, err);
    if (!status)
        status = typed_encode(route->typed, prompt, none, route->without.row, err);
    if (!status)
        status = weigh(route, &route->without, err);
    if (!status)
        status = weigh(route, &route->with, err);
    if (status)
        return status;
    route->has_context = context.bytes != NULL;
    for (size_t d = 0; d < route->width; d++)
        route->part[d] = route->with.row[d] - route->without.row[d];
    return STATUS_OK;
}
