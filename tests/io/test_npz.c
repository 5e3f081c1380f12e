#include "folder.h"

#include <zlib.h>

#include "base/text.h"
#include "io/npz.h"

static struct folder folder;

/* One entry of an archive made by hand. */
struct given {
    const char *name, *bytes;
    size_t length;
    bool deflated, zip64;
    uint16_t flags;
};

static void add_number(struct text *out, uint64_t value, size_t n)
{
    for (; n--; value >>= 8)
        text_add_char(out, (char)(value & 0xff));
}

static struct text pack(const struct given *given)
{
    struct text packed = {0};
    if (!given->deflated) {
        text_append(&packed, given->bytes, given->length);
        return packed;
    }
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)given->bytes,
                       .avail_in = (unsigned)given->length};
    unsigned char out[4096];
    deflateInit2(&stream, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
    stream.next_out = out;
    stream.avail_out = sizeof out;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    text_append(&packed, (char *)out, sizeof out - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

/* The archive that Python's zipfile would write of these. */
static struct text archive(const struct given *given, size_t n)
{
    struct text out = {0}, directory = {0};
    for (size_t i = 0; i < n; i++) {
        struct text packed = pack(&given[i]);
        uint32_t sum =
            (uint32_t)crc32(0, (const Bytef *)given[i].bytes, (unsigned)given[i].length);
        size_t place = out.length, name = strlen(given[i].name);
        uint64_t size = given[i].zip64 ? 0xffffffff : packed.length;
        uint64_t whole = given[i].zip64 ? 0xffffffff : given[i].length;
        for (int d = 0; d < 2; d++) {
            struct text *to = d ? &directory : &out;
            add_number(to, d ? 0x02014b50 : 0x04034b50, 4);
            add_number(to, 45, d ? 4 : 2);
            add_number(to, given[i].flags, 2);
            add_number(to, given[i].deflated ? 8 : 0, 2);
            add_number(to, 0, 4);
            add_number(to, sum, 4);
            add_number(to, size, 4);
            add_number(to, whole, 4);
            add_number(to, name, 2);
            add_number(to, given[i].zip64 ? 20 : 0, 2);
            if (d) {
                add_number(to, 0, 10);
                add_number(to, place, 4);
            }
            text_append(to, given[i].name, name);
            if (given[i].zip64) {
                add_number(to, 1, 2);
                add_number(to, 16, 2);
                add_number(to, given[i].length, 8);
                add_number(to, packed.length, 8);
            }
        }
        text_append(&out, packed.bytes, packed.length);
        text_done(&packed);
    }
    size_t place = out.length;
    text_append(&out, directory.bytes, directory.length);
    add_number(&out, 0x06054b50, 4);
    add_number(&out, 0, 4);
    add_number(&out, n, 2);
    add_number(&out, n, 2);
    add_number(&out, directory.length, 4);
    add_number(&out, place, 4);
    add_number(&out, 0, 2);
    text_done(&directory);
    return out;
}

#define HEADER(descr, shape)                                                               \
    "\x93NUMPY\1\0\x38\0{'descr': '" descr "', 'fortran_order': False, 'shape': " shape

static const char floats[] = HEADER("<f4", "(2,)}\n") "\0\0\x80\x3f\0\0\0\xc0"; /* 1, -2 */
static const char bytes[] = HEADER("|u1", "(3,)}\n") "abc";

static const struct given good[] = {
    {"b.npy", floats, sizeof floats - 1, false, false, 0},
    {"a.npy", floats, sizeof floats - 1, true, false, 0},
    {"text.txt", "no array", 8, false, false, 0},
    {"d.npy", bytes, sizeof bytes - 1, true, true, 0},
    {"c.npy", floats, sizeof floats - 1, false, true, 8},
};

static const char *write_archive(const struct text *text)
{
    return folder_write(&folder, "x.npz", text->bytes, text->length);
}

static void test_reads(void **state)
{
    (void)state;
    struct text text = archive(good, 5);
    struct npz *npz = npz_open(write_archive(&text), NULL);
    assert_non_null(npz);
    static const char *const names[] = {"a", "b", "c", "d"};
    assert_int_equal(npz_count(npz), 4);
    for (size_t i = 0; i < 4; i++) {
        struct error err = {0};
        const struct tensor *tensor = npz_at(npz, i, &err);
        if (!tensor)
            fail_msg("%s", err.message);
        assert_string_equal(npz_name(npz, i), names[i]);
        assert_string_equal(tensor->name, names[i]);
        assert_int_equal((uintptr_t)tensor->data % dtype_size(tensor->dtype), 0);
        if (i == 3)
            assert_memory_equal(tensor->data, "abc", 3);
        else
            assert_memory_equal(tensor->data, ((float[]){1, -2}), 8);
        assert_ptr_equal(npz_at(npz, i, NULL), tensor);
    }
    uint64_t hash = npz_hash(npz);
    npz_free(npz);
    text_add(&text, ""); /* a comment at the end */
    text.bytes[text.length - 2] = 4;
    text_append(&text, "note", 4);
    npz = npz_open(write_archive(&text), NULL);
    assert_non_null(npz);
    assert_true(npz_hash(npz) == hash);
    npz_free(npz);
    text_done(&text);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char object[] = HEADER("|O", "(2,)} \n") "xx";
    const struct {
        struct given given;
        const char *message; /* of opening it or of its array */
    } cases[] = {
        {{"a.npy", floats, sizeof floats - 1, false, false, 1}, "'a' is encrypted"},
        {{"a.npy", floats, sizeof floats - 5, true, false, 0}, "it is cut short"},
        {{"a.npy", "junk and junk", 13, true, false, 0}, "no NumPy file"},
        {{"a.npy", object, sizeof object - 1, false, false, 0}, "'|O' is not supported"},
        {{"a.npy", "", 0, false, false, 0}, "no NumPy file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = archive(&cases[i].given, 1);
        struct error err = {0};
        struct npz *npz = npz_open(write_archive(&text), &err);
        if (npz)
            assert_null(npz_at(npz, 0, &err));
        if (!strstr(err.message, cases[i].message) || !strstr(err.message, "x.npz'"))
            fail_msg("case %zu: %s", i, err.message);
        assert_int_equal(err.status, STATUS_FORMAT);
        npz_free(npz);
        text_done(&text);
    }
    const struct given twice[] = {good[0], good[0]};
    struct text text = archive(twice, 2);
    struct error err = {0};
    assert_null(npz_open(write_archive(&text), &err));
    assert_non_null(strstr(err.message, "array 'b' is there twice"));
    text_done(&text);
}

/* Cut anywhere, or with any byte another one, it is refused, or read as something; nothing else. */
static void test_damaged(void **state)
{
    (void)state;
    struct text text = archive(good, 5);
    for (size_t i = 0; i < 2 * text.length; i += 3) {
        char kept = text.bytes[i / 2];
        text.bytes[i / 2] = (char)(i % 2 ? kept ^ 0x40 : ~kept);
        struct npz *npz =
            npz_open(folder_write(&folder, "x.npz", text.bytes, text.length), NULL);
        for (size_t j = 0; npz && j < npz_count(npz); j++)
            (void)npz_at(npz, j, &(struct error){0});
        npz_free(npz);
        text.bytes[i / 2] = kept;
    }
    for (size_t n = 0; n < text.length; n += 11)
        assert_null(npz_open(folder_write(&folder, "x.npz", text.bytes, n), NULL));
    text_done(&text);
}

/* A packed array that says to be far larger than it can be. */
static void test_bomb(void **state)
{
    (void)state;
    struct text text = archive(&good[1], 1);
    size_t directory = text.length - 22 - 46 - 5;
    memcpy(text.bytes + directory + 24, "\0\0\0\x70", 4);
    struct error err = {0};
    struct npz *npz = npz_open(write_archive(&text), &err);
    assert_non_null(npz);
    assert_null(npz_at(npz, 0, &err));
    assert_non_null(strstr(err.message, "its sizes cannot be"));
    npz_free(npz);
    text_done(&text);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_bomb),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
