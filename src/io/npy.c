/* The format (numpy.lib.format):
 *
 *     bytes             content
 *     0 .. 5            0x93 'N' 'U' 'M' 'P' 'Y'
 *     6, 7              major and minor version: 1.0, 2.0 or 3.0
 *     8, 9              n, the length of the header; unsigned, little-endian (in versions 2
 *                       and 3 these are bytes 8 .. 11)
 *     then n            the header: a Python dictionary, filled up with spaces and a
 * newline
 *     .. end            the data
 *
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (96, 12), }
 *
 * The dictionary has these three keys, once each, in any order. descr is the byte order
 * ('<' little-endian, '>' big-endian, '|' of no matter), a letter for the kind, and the
 * bytes of an element. Data lie row-major unless fortran_order is True. They end with the
 * file.
 */
#include "io/npy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { SHOWN = 40 };

static const char magic[6] = "\x93NUMPY";

/* ---- the dictionary: the few forms of Python's literals that NumPy writes ---- */

struct reader {
    const char *start, *at, *end;
    struct tensor *tensor;
    unsigned seen; /* bits of the keys met so far */
};

static enum status unexpected(const struct reader *reader, const char *wanted,
                              struct error *err)
{
    return error_set(err, STATUS_FORMAT, "header byte %zu: expected %s",
                     (size_t)(reader->at - reader->start), wanted);
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at && strchr(" \t\r\n", *reader->at))
        reader->at++;
}

/* Passes over the character, and the space before it, if it comes next. */
static bool take(struct reader *reader, char c)
{
    skip_space(reader);
    bool is_next = reader->at < reader->end && *reader->at == c;
    reader->at += is_next;
    return is_next;
}

static bool take_word(struct reader *reader, const char *word)
{
    skip_space(reader);
    size_t n = strlen(word);
    bool is_next = (size_t)(reader->end - reader->at) >= n && !memcmp(reader->at, word, n);
    if (is_next)
        reader->at += n;
    return is_next;
}

/* A string in single or double quotes without escapes, of at most SHOWN - 1 bytes. */
static bool take_string(struct reader *reader, char out[SHOWN])
{
    skip_space(reader);
    if (reader->at == reader->end || (*reader->at != '\'' && *reader->at != '"'))
        return false;
    const char *start = reader->at + 1;
    const char *close = memchr(start, *reader->at, (size_t)(reader->end - start));
    if (!close || close - start >= SHOWN || memchr(start, '\\', (size_t)(close - start)))
        return false;
    memcpy(out, start, (size_t)(close - start));
    out[close - start] = '\0';
    reader->at = close + 1;
    return true;
}

static bool take_size(struct reader *reader, size_t *value)
{
    skip_space(reader);
    const char *start = reader->at;
    *value = 0;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
         reader->at++) {
        size_t digit = (size_t)(*reader->at - '0');
        if (*value > (SIZE_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    if (reader->at == start)
        return false;
    if (reader->at < reader->end && *reader->at == 'L') /* as Python 2 wrote it */
        reader->at++;
    return true;
}

static enum status read_descr(struct reader *reader, struct error *err)
{
    static const struct {
        const char *code;
        enum dtype dtype;
    } types[] = {{"f8", DTYPE_F64}, {"f4", DTYPE_F32}, {"f2", DTYPE_F16},
                 {"i8", DTYPE_I64}, {"i4", DTYPE_I32}, {"i2", DTYPE_I16},
                 {"i1", DTYPE_I8},  {"u1", DTYPE_U8},  {"b1", DTYPE_BOOL}};
    char descr[SHOWN], shown[SHOWN];
    if (take(reader, '['))
        return error_set(err, STATUS_FORMAT,
                         "it holds records; save each field as an array of its own");
    if (!take_string(reader, descr))
        return unexpected(reader, "a type such as '<f4'", err);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!*descr || strcmp(descr + 1, types[i].code) != 0)
            continue;
        if (*descr == '>' && types[i].code[1] != '1')
            return error_set(err, STATUS_FORMAT,
                             "its type '%s' is big-endian; save it as '<%s'", descr,
                             types[i].code);
        if (!strchr("<|=>", *descr))
            break;
        reader->tensor->dtype = types[i].dtype;
        return STATUS_OK;
    }
    return error_set(err, STATUS_FORMAT,
                     "its type '%s' is not supported; save it as '<f4', '<f2' or '<i4'",
                     text_show(shown, SHOWN, descr));
}

static enum status read_order(struct reader *reader, struct error *err)
{
    if (take_word(reader, "False"))
        return STATUS_OK;
    if (!take_word(reader, "True"))
        return unexpected(reader, "True or False", err);
    return error_set(err, STATUS_FORMAT,
                     "it is in Fortran order; save it with numpy.ascontiguousarray");
}

static enum status read_shape(struct reader *reader, struct error *err)
{
    struct tensor *tensor = reader->tensor;
    if (!take(reader, '('))
        return unexpected(reader, "'(' and a shape", err);
    tensor->rank = 0;
    while (!take(reader, ')')) {
        if (tensor->rank == TENSOR_RANK_MAX)
            return error_set(err, STATUS_FORMAT, "it has more than %d dimensions",
                             TENSOR_RANK_MAX);
        if (!take_size(reader, &tensor->shape[tensor->rank++]))
            return unexpected(reader, "a dimension", err);
        if (!take(reader, ',') && (reader->at == reader->end || *reader->at != ')'))
            return unexpected(reader, "',' or ')'", err);
    }
    return STATUS_OK;
}

static enum status read_item(struct reader *reader, struct error *err)
{
    static const struct {
        const char *key;
        enum status (*read)(struct reader *reader, struct error *err);
    } items[] = {
        {"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};
    char key[SHOWN], shown[SHOWN];
    if (!take_string(reader, key))
        return unexpected(reader, "a key in quotes", err);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        if (strcmp(key, items[i].key) != 0)
            continue;
        if (reader->seen & 1u << i)
            return error_set(err, STATUS_FORMAT, "the header has '%s' twice", key);
        reader->seen |= 1u << i;
        if (!take(reader, ':'))
            return unexpected(reader, "':'", err);
        return items[i].read(reader, err);
    }
    return error_set(
        err, STATUS_FORMAT,
        "the header has a key '%s', expected 'descr', 'fortran_order' and 'shape'",
        text_show(shown, SHOWN, key));
}

static enum status read_dictionary(struct reader *reader, struct error *err)
{
    if (!take(reader, '{'))
        return unexpected(reader, "'{'", err);
    while (!take(reader, '}')) {
        enum status status = read_item(reader, err);
        if (status)
            return status;
        if (!take(reader, ',') && (reader->at == reader->end || *reader->at != '}'))
            return unexpected(reader, "',' or '}'", err);
    }
    skip_space(reader);
    if (reader->at != reader->end)
        return unexpected(reader, "the end of the header", err);
    if (reader->seen != 7)
        return error_set(err, STATUS_FORMAT,
                         "the header lacks one of 'descr', 'fortran_order' and 'shape'");
    return STATUS_OK;
}

/* ---- the file ---- */

/* Where the header starts and how long it is. */
static enum status read_prefix(const unsigned char *bytes, size_t n, size_t *start,
                               size_t *length, struct error *err)
{
    if (n < 10 || memcmp(bytes, magic, sizeof magic) != 0)
        return error_set(err, STATUS_FORMAT,
                         "it is no NumPy file: it does not begin with \\x93NUMPY");
    if (bytes[6] < 1 || bytes[6] > 3)
        return error_set(err, STATUS_FORMAT,
                         "format version %d.%d, expected 1.0, 2.0 or 3.0", bytes[6],
                         bytes[7]);
    *start = bytes[6] == 1 ? 10 : 12;
    *length = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1 && n >= *start)
        *length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (n < *start || *length > n - *start)
        return error_set(err, STATUS_FORMAT,
                         "it announces a header of %zu bytes; the file is cut short",
                         *length);
    return STATUS_OK;
}

enum status npy_parse(struct tensor *tensor, size_t *header_length,
                      const unsigned char *bytes, size_t length, struct error *err)
{
    size_t start = 0, n = 0;
    enum status status = read_prefix(bytes, length, &start, &n, err);
    if (status)
        return status;
    const char *text = (const char *)bytes + start;
    struct tensor result = {.name = ""};
    struct reader reader = {.start = text, .at = text, .end = text + n, .tensor = &result};
    status = read_dictionary(&reader, err);
    if (status)
        return status;
    char shown[TENSOR_TEXT];
    size_t n_data = length - start - n;
    if (!tensor_measure(&result))
        return error_set(err, STATUS_FORMAT, "the size of %s overflows",
                         tensor_describe(&result, shown));
    if (result.n_bytes != n_data)
        return error_set(err, STATUS_FORMAT, "%s takes %zu bytes, the file has %zu%s",
                         tensor_describe(&result, shown), result.n_bytes, n_data,
                         n_data < result.n_bytes ? "; it is cut short" : "");
    result.data = bytes + start + n;
    *tensor = result;
    *header_length = start + n;
    return STATUS_OK;
}

static enum status align_data(struct npy *npy, struct error *err)
{
    struct tensor *tensor = &npy->tensor;
    if ((uintptr_t)tensor->data % dtype_size(tensor->dtype) == 0)
        return STATUS_OK;
    npy->copy = mem_array(tensor->n_bytes, 1);
    if (!npy->copy)
        return error_set(err, STATUS_NO_MEMORY, "no memory to align its %zu bytes",
                         tensor->n_bytes);
    tensor->data = memcpy(npy->copy, tensor->data, tensor->n_bytes);
    return STATUS_OK;
}

static enum status read_file(struct npy *npy, struct error *err)
{
    enum status status = npy_parse(&npy->tensor, &npy->header_length, npy->mapping.bytes,
                                   npy->mapping.length, err);
    return status ? status : align_data(npy, err);
}

enum status npy_open(struct npy *npy, const char *path, struct error *err)
{
    struct npy result = {0};
    enum status status = mapping_open(&result.mapping, path, err);
    if (status)
        return status;
    struct error inner;
    if (read_file(&result, &inner)) {
        npy_done(&result);
        return error_set(err, inner.status, "'%s': %s", path, inner.message);
    }
    *npy = result;
    return STATUS_OK;
}

void npy_done(struct npy *npy)
{
    free(npy->copy);
    mapping_done(&npy->mapping);
    *npy = (struct npy){0};
}

/* ---- writing ---- */

enum status npy_add_header(struct text *out, const struct tensor *tensor, struct error *err)
{
    static const char *const codes[DTYPE_COUNT] = {
        [DTYPE_F64] = "<f8", [DTYPE_F32] = "<f4", [DTYPE_F16] = "<f2",
        [DTYPE_I64] = "<i8", [DTYPE_I32] = "<i4", [DTYPE_I16] = "<i2",
        [DTYPE_I8] = "|i1",  [DTYPE_U8] = "|u1",  [DTYPE_BOOL] = "|b1"};
    if (!codes[tensor->dtype])
        return error_set(err, STATUS_USAGE, "NumPy has no %s; write F32 or F16",
                         dtype_name(tensor->dtype));
    struct text header = {0};
    text_printf(&header, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                codes[tensor->dtype]);
    for (size_t i = 0; i < tensor->rank; i++)
        text_printf(&header, i ? " %zu," : "%zu,", tensor->shape[i]);
    if (tensor->rank > 1) /* (3, 4), but (3,) */
        header.bytes[--header.length] = '\0';
    text_add(&header, "), }");
    while ((10 + header.length + 1) % 64)
        text_add_char(&header, ' ');
    text_add_char(&header, '\n');
    const char prefix[4] = {1, 0, (char)header.length, (char)(header.length >> 8)};
    text_append(out, magic, sizeof magic);
    text_append(out, prefix, sizeof prefix);
    text_append(out, header.bytes, header.length);
    text_done(&header);
    return STATUS_OK;
}
