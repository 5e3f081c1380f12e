/* The reference values of tests/reference, found by path:
 * "cases.mlp.gradients.score.weight" is spelled with slashes, since names hold points. */
#ifndef TESTS_CORE_REFERENCE_H
#define TESTS_CORE_REFERENCE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"

#include "base/text.h"
#include "core/features.h"
#include "io/json.h"
#include "io/mapping.h"

static inline const char *reference_path(const char *name, char path[512])
{
    snprintf(path, 512, "%s/tests/reference/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

static inline struct json *reference_open(void)
{
    char path[512];
    struct error err;
    struct mapping map;
    assert_int_equal(mapping_open(&map, reference_path("expected.json", path), &err), 0);
    struct json *json = json_parse((const char *)map.bytes, map.length, &err);
    assert_non_null(json);
    mapping_done(&map);
    return json;
}

static inline const struct json *reference_get(const struct json *root, const char *path)
{
    char key[128];
    while (root && *path) {
        size_t n = strcspn(path, "/");
        memcpy(key, path, n);
        key[n] = '\0';
        root = json_get(root, key);
        path += n + (path[n] == '/');
    }
    assert_non_null(root);
    return root;
}

static inline double reference_number(const struct json *root, const char *path)
{
    double value = 0;
    assert_true(json_number(reference_get(root, path), &value));
    return value;
}

/* Flattens nested arrays of numbers into out; returns how many. */
static inline size_t reference_values(const struct json *json, double *out)
{
    double value;
    if (json_number(json, &value)) {
        *out = value;
        return 1;
    }
    size_t n = 0;
    for (const struct json *item = json_first(json); item; item = json_next(item))
        n += reference_values(item, out + n);
    return n;
}

#endif
