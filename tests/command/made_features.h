/* Features for the command lines that train and evaluate. Include it after in_folder.h. */
#ifndef TESTS_COMMAND_MADE_FEATURES_H
#define TESTS_COMMAND_MADE_FEATURES_H

#include "core/given.h"

enum { PAIRS = 40, WIDTH = 4 };

static inline void fill(float *values, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    }
}

static inline void write_named(const char *name, const struct given *given,
                               const char *attributes)
{
    assert_int_equal(rename(write_tensors(&here, given, attributes, NULL), name), 0);
}

/* Forty pairs of ten prompts in the raw layout: 30 train, 5 are the hold-out, 5 the test
 * split. Of three attributes the last has no pairs. `bad` goes into row 7 of the tensor
 * `where`. */
static inline void write_features(const char *name, const char *where, float bad)
{
    static float prompt[PAIRS * WIDTH], chosen[PAIRS * WIDTH], rejected[PAIRS * WIDTH];
    static int32_t split[PAIRS], attribute[PAIRS];
    fill(prompt, PAIRS * WIDTH, 1);
    fill(chosen, PAIRS * WIDTH, 2);
    fill(rejected, PAIRS * WIDTH, 3);
    for (size_t i = 0; i < PAIRS; i++) {
        memcpy(prompt + i * WIDTH, prompt + i % 10 * WIDTH, WIDTH * sizeof *prompt);
        chosen[i * WIDTH + i % 2] += 0.8f;
        split[i] = i < 30 ? 0 : i < 35 ? 1 : 2;
        attribute[i] = (int32_t)(i % 2);
    }
    const struct given given[GIVEN_MAX] = {
        {"prompt", DTYPE_F32, 2, {PAIRS, WIDTH}, prompt},
        {"chosen", DTYPE_F32, 2, {PAIRS, WIDTH}, chosen},
        {"rejected", DTYPE_F32, 2, {PAIRS, WIDTH}, rejected},
        {"attribute", DTYPE_I32, 1, {PAIRS}, attribute},
        {"split", DTYPE_I32, 1, {PAIRS}, split},
    };
    float *matrices[] = {prompt, chosen, rejected};
    for (size_t i = 0; i < 3 && where; i++)
        if (strcmp(where, given[i].name) == 0)
            matrices[i][7 * WIDTH + 2] = bad;
    write_named(name, given, "[\"brevity\", \"clarity\", \"warmth\"]");
}

#define SMALL " --heads 2 --hidden 3 --restarts 2 --epochs 3 --threads 1"

#endif
