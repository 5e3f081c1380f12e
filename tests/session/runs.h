/* Small runs of training over features in memory. */
#ifndef TESTS_SESSION_RUNS_H
#define TESTS_SESSION_RUNS_H

#include "folder.h"
#include "near.h"

#include "core/made.h"

#include "core/linalg.h"
#include "session/training.h"

struct fixture {
    struct made made;
    struct folder folder;
    struct team *team;
};

static const struct made_sizes sizes = {120, 20, 9, 8, 3};

static inline int set_up(void **state)
{
    struct fixture *fixture = mem_zero(sizeof *fixture);
    linalg_init();
    folder_make(&fixture->folder);
    fixture->team = team_create(1);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    folder_remove(&fixture->folder);
    team_free(fixture->team);
    free(fixture);
    return 0;
}

static inline int make_pairs(void **state)
{
    struct fixture *fixture = *state;
    made_init(&fixture->made, &sizes, 1);
    return 0;
}

static inline int free_pairs(void **state)
{
    struct fixture *fixture = *state;
    made_done(&fixture->made);
    return 0;
}

static inline struct training_options quick(void)
{
    struct training_options options = training_defaults();
    options.n_heads = 3;
    options.n_hidden = 6;
    options.restarts = 4;
    options.recipe.batch = 16;
    options.recipe.epochs = 4;
    options.recipe.learning_rate = 0.02;
    return options;
}

static inline struct training *create(struct fixture *fixture,
                                      const struct training_options *options)
{
    struct error err = {0};
    struct training *training =
        training_create(&fixture->made.features, options, fixture->team, &err);
    if (!training)
        fail_msg("%s", err.message);
    return training;
}

#define ON_PAIRS(test) cmocka_unit_test_setup_teardown(test, make_pairs, free_pairs)

#endif
