#include "io/dtype.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/kernel.h"

static const struct {
    const char *name;
    size_t size;
} types[DTYPE_COUNT] = {
    [DTYPE_F64] = {"F64", 8},   [DTYPE_F32] = {"F32", 4}, [DTYPE_F16] = {"F16", 2},
    [DTYPE_BF16] = {"BF16", 2}, [DTYPE_I64] = {"I64", 8}, [DTYPE_I32] = {"I32", 4},
    [DTYPE_I16] = {"I16", 2},   [DTYPE_I8] = {"I8", 1},   [DTYPE_U8] = {"U8", 1},
    [DTYPE_BOOL] = {"BOOL", 1},
};

size_t dtype_size(enum dtype dtype)
{
    return types[dtype].size;
}

const char *dtype_name(enum dtype dtype)
{
    return types[dtype].name;
}

bool dtype_parse(const char *name, enum dtype *dtype)
{
    for (size_t i = 0; i < DTYPE_COUNT; i++)
        if (strcmp(name, types[i].name) == 0) {
            *dtype = (enum dtype)i;
            return true;
        }
    return false;
}

bool dtype_is_real(enum dtype dtype)
{
    return dtype <= DTYPE_BF16;
}

static inline float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* F16: the exponent and mantissa, moved into a float's place and multiplied by 2^112, give
 * the value (subnormals too); only infinity and NaN need their exponent filled up. No
 * branch, so it is vectorised. */
static inline float widen_half(uint16_t half)
{
    uint32_t magnitude = (uint32_t)(half & 0x7fffu) << 13;
    uint32_t special = (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0;
    uint32_t bits = bits_of_float(float_of_bits(magnitude) * 0x1p112f) | special;
    return float_of_bits(bits | (uint32_t)(half & 0x8000u) << 16);
}

static inline float widen_bfloat(uint16_t half)
{
    return float_of_bits((uint32_t)half << 16);
}

static uint16_t narrow_half(float value)
{
    uint32_t bits = bits_of_float(value), sign = bits >> 16 & 0x8000u;
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return (uint16_t)(sign | 0x7e00u);
    if (magnitude >= 0x477ff000u) /* 65520 and above round to infinity */
        return (uint16_t)(sign | 0x7c00u);
    if (magnitude < 0x38800000u) { /* below 2^-14: subnormal, let the float adder round */
        float shifted = float_of_bits(magnitude) + 0.5f;
        return (uint16_t)(sign | (bits_of_float(shifted) - 0x3f000000u));
    }
    uint32_t odd = magnitude >> 13 & 1;
    return (uint16_t)(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}

static uint16_t narrow_bfloat(float value)
{
    uint32_t bits = bits_of_float(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return (uint16_t)(bits >> 16 | 0x40u);
    return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

KERNEL static void widen_halves(float *restrict out, const uint16_t *restrict in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = widen_half(in[i]);
}

KERNEL static void widen_bfloats(float *restrict out, const uint16_t *restrict in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = widen_bfloat(in[i]);
}

#define WIDEN_AS(type)                                                                     \
    do {                                                                                   \
        const type *from = in;                                                             \
        for (size_t i = 0; i < n; i++)                                                     \
            out[i] = (float)from[i];                                                       \
    } while (0)

void dtype_widen(float *out, const void *in, enum dtype dtype, size_t n)
{
    assert(dtype < DTYPE_COUNT);
    switch (dtype) {
    case DTYPE_F64:
        WIDEN_AS(double);
        break;
    case DTYPE_F32:
        memcpy(out, in, n * sizeof *out);
        break;
    case DTYPE_F16:
        widen_halves(out, in, n);
        break;
    case DTYPE_BF16:
        widen_bfloats(out, in, n);
        break;
    case DTYPE_I64:
        WIDEN_AS(int64_t);
        break;
    case DTYPE_I32:
        WIDEN_AS(int32_t);
        break;
    case DTYPE_I16:
        WIDEN_AS(int16_t);
        break;
    case DTYPE_I8:
        WIDEN_AS(int8_t);
        break;
    case DTYPE_U8:
    case DTYPE_BOOL:
        WIDEN_AS(uint8_t);
        break;
    case DTYPE_COUNT:
        break;
    }
}

void dtype_narrow(void *out, const float *in, enum dtype dtype, size_t n)
{
    assert(dtype == DTYPE_F32 || dtype == DTYPE_F16 || dtype == DTYPE_BF16);
    if (dtype == DTYPE_F32) {
        memcpy(out, in, n * sizeof *in);
        return;
    }
    uint16_t *to = out;
    for (size_t i = 0; i < n; i++)
        to[i] = dtype == DTYPE_F16 ? narrow_half(in[i]) : narrow_bfloat(in[i]);
}

KERNEL static void subtract_floats(float *restrict out, const float *restrict a,
                                   const float *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] - b[i];
}

KERNEL static void subtract_halves(float *restrict out, const uint16_t *restrict a,
                                   const uint16_t *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = widen_half(a[i]) - widen_half(b[i]);
}

KERNEL static void subtract_bfloats(float *restrict out, const uint16_t *restrict a,
                                    const uint16_t *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = widen_bfloat(a[i]) - widen_bfloat(b[i]);
}

void dtype_subtract(float *out, const void *a, const void *b, enum dtype dtype, size_t n)
{
    assert(dtype == DTYPE_F32 || dtype == DTYPE_F16 || dtype == DTYPE_BF16);
    if (dtype == DTYPE_F32)
        subtract_floats(out, a, b, n);
    else if (dtype == DTYPE_F16)
        subtract_halves(out, a, b, n);
    else
        subtract_bfloats(out, a, b, n);
}

/* Position of the first NaN or infinity, n when there is none. */
static size_t find_nonfinite(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return i;
    return n;
}

size_t rows_find_nonfinite(const struct rows *rows, const int32_t *which, size_t n,
                           size_t *column)
{
    enum { BLOCK = 1024 };
    float values[BLOCK] = {0};
    for (size_t i = 0; i < n; i++) {
        if (which && which[i] < 0)
            continue;
        size_t row = which ? (size_t)which[i] : i;
        for (size_t at = 0; at < rows->n_columns; at += BLOCK) {
            size_t m = rows->n_columns - at < BLOCK ? rows->n_columns - at : BLOCK;
            dtype_widen(values, rows_at(rows, row, at), rows->dtype, m);
            size_t bad = find_nonfinite(values, m);
            if (bad == m)
                continue;
            if (column)
                *column = at + bad;
            return i;
        }
    }
    return n;
}
