/* The shipped demo population: features, model, and a team of one. */
#ifndef TESTS_SESSION_DEMO_H
#define TESTS_SESSION_DEMO_H

#include "near.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/jobs.h"
#include "base/memory.h"
#include "core/checkpoint.h"
#include "core/features.h"
#include "core/linalg.h"
#include "io/json.h"

struct fixture {
    struct features features;
    struct model model;
    struct json *metadata;
    struct team *team;
};

static inline const char *data_path(const char *name, char path[512])
{
    snprintf(path, 512, "%s/data/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

static inline int set_up(void **state)
{
    struct fixture *fixture = mem_zero(sizeof *fixture);
    char path[512];
    struct error err = {0};
    linalg_init();
    if (features_open(&fixture->features, data_path("demo.features.safetensors", path),
                      &err) ||
        checkpoint_open(data_path("demo.model.safetensors", path), &fixture->model,
                        &fixture->metadata, &err))
        fail_msg("%s", err.message);
    fixture->team = team_create(1);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    team_free(fixture->team);
    model_done(&fixture->model);
    json_free(fixture->metadata);
    features_done(&fixture->features);
    free(fixture);
    return 0;
}

#endif
