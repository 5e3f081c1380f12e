#include "io/tensors.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/npz.h"
#include "io/safetensors.h"

enum { SHOWN = 80 };

static const char metadata_name[] = "__metadata__";

/* One NumPy file of a folder. */
struct array {
    char *name, *path;
    struct npy npy;
    struct error err; /* why it could not be opened; STATUS_OK: it was */
};

struct tensors {
    char *path;
    struct safetensors *safetensors; /* or */
    struct npz *npz;                 /* or */
    struct array *arrays;            /* by name */
    size_t n_arrays;
    bool is_single;
    struct json *metadata; /* owned; of NumPy's */
    uint64_t hash;
};

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

/* ---- files of NumPy's ---- */

static void add_array(struct tensors *tensors, const char *path, const char *name,
                      size_t length)
{
    tensors->arrays =
        mem_resize(tensors->arrays, (tensors->n_arrays + 1) * sizeof *tensors->arrays);
    struct array *array = &tensors->arrays[tensors->n_arrays++];
    *array = (struct array){.name = mem_copy(name, length), .path = mem_copy_text(path)};
    if (npy_open(&array->npy, path, &array->err) == STATUS_OK) {
        array->err.status = STATUS_OK;
        array->npy.tensor.name = array->name;
    }
}

static int compare_arrays(const void *a, const void *b)
{
    return strcmp(((const struct array *)a)->name, ((const struct array *)b)->name);
}

/* Splits a prefix into its folder, with the slash, and the beginning of the files' names, with the dot. */
static void split_prefix(const char *path, struct text *folder, struct text *start)
{
    const char *slash = strrchr(path, '/');
    text_append(folder, path, slash ? (size_t)(slash - path) + 1 : 0);
    text_add(start, slash ? slash + 1 : path);
    text_add_char(start, '.');
}

/* All NumPy files of a folder whose names begin so. */
static void list_arrays(struct tensors *tensors, const char *folder, const char *start)
{
    DIR *entries = opendir(*folder ? folder : ".");
    size_t n = strlen(start);
    if (!entries)
        return;
    /* One thread at a time has this stream. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    for (struct dirent *entry; (entry = readdir(entries));) {
        const char *name = entry->d_name;
        if (strncmp(name, start, n) != 0 || !ends_in(name + n, ".npy"))
            continue;
        struct text path = {0};
        text_printf(&path, "%s%s", folder, name);
        add_array(tensors, path.bytes, name + n, strlen(name + n) - 4);
        text_done(&path);
    }
    closedir(entries);
    if (tensors->n_arrays)
        qsort(tensors->arrays, tensors->n_arrays, sizeof *tensors->arrays, compare_arrays);
}

static void list_folder(struct tensors *tensors)
{
    struct text folder = {0};
    text_printf(&folder, "%s/", tensors->path);
    list_arrays(tensors, folder.bytes, "");
    text_done(&folder);
}

static void list_prefix(struct tensors *tensors)
{
    struct text folder = {0}, start = {0};
    text_add(&folder, "");
    split_prefix(tensors->path, &folder, &start);
    list_arrays(tensors, folder.bytes, start.bytes);
    text_done(&folder);
    text_done(&start);
}

static enum status open_single(struct tensors *tensors, struct error *err)
{
    const char *slash = strrchr(tensors->path, '/');
    const char *name = slash ? slash + 1 : tensors->path;
    tensors->is_single = true;
    add_array(tensors, tensors->path, name, strlen(name) - 4);
    struct error *inner = &tensors->arrays[0].err;
    return inner->status ? error_set(err, inner->status, "%s", inner->message) : STATUS_OK;
}

static void hash_arrays(struct tensors *tensors)
{
    for (size_t i = 0; i < tensors->n_arrays; i++) {
        const struct array *array = &tensors->arrays[i];
        if (!array->err.status)
            tensors->hash = text_hash((const char *)array->npy.mapping.bytes,
                                      array->npy.header_length, tensors->hash);
    }
}

/* ---- opening ---- */

static enum status read_metadata(struct tensors *tensors, struct error *err)
{
    if (tensors->safetensors || !tensors_has(tensors, metadata_name))
        return STATUS_OK;
    const struct tensor *tensor = tensors_find(tensors, metadata_name, err);
    struct error inner = {0};
    if (!tensor)
        return err->status;
    const char *bytes = tensor->n_bytes ? tensor->data : "";
    tensors->metadata = json_parse(bytes, tensor->n_bytes, &inner);
    bool is_one = json_is_object(tensors->metadata);
    const struct json *item = is_one ? json_first(tensors->metadata) : NULL;
    for (; item && is_one; item = json_next(item))
        is_one = json_text(item) != NULL;
    return is_one ? STATUS_OK
                  : error_set(err, STATUS_FORMAT,
                              "'%s': array '%s' is no JSON object of texts", tensors->path,
                              metadata_name);
}

static enum status open_files(struct tensors *tensors, struct error *err)
{
    const char *path = tensors->path;
    struct stat info;
    bool is_there = stat(path, &info) == 0;
    bool is_folder = is_there && S_ISDIR(info.st_mode);
    if (is_there && !is_folder && ends_in(path, ".npz")) {
        tensors->npz = npz_open(path, err);
        if (!tensors->npz)
            return err->status;
        tensors->hash = npz_hash(tensors->npz);
        return STATUS_OK;
    }
    if (is_there && !is_folder && ends_in(path, ".npy"))
        return open_single(tensors, err);
    if (is_folder)
        list_folder(tensors);
    else if (!is_there)
        list_prefix(tensors);
    hash_arrays(tensors);
    if (tensors->n_arrays)
        return STATUS_OK;
    if (is_folder)
        return error_set(
            err, STATUS_NOT_FOUND,
            "the folder '%s' holds no NumPy files (chosen.npy, rejected.npy ...)", path);
    tensors->safetensors = safetensors_open(path, err);
    if (!tensors->safetensors)
        return err->status;
    tensors->hash = safetensors_hash(tensors->safetensors);
    return STATUS_OK;
}

struct tensors *tensors_open(const char *path, struct error *err)
{
    struct tensors *tensors = mem_zero(sizeof *tensors);
    struct error inner = {0};
    tensors->path = mem_copy_text(path);
    enum status status = open_files(tensors, &inner);
    if (!status)
        status = read_metadata(tensors, &inner);
    if (!status)
        return tensors;
    error_set(err, status, "%s", inner.message);
    tensors_free(tensors);
    return NULL;
}

void tensors_free(struct tensors *tensors)
{
    if (!tensors)
        return;
    for (size_t i = 0; i < tensors->n_arrays; i++) {
        npy_done(&tensors->arrays[i].npy);
        free(tensors->arrays[i].name);
        free(tensors->arrays[i].path);
    }
    free(tensors->arrays);
    npz_free(tensors->npz);
    safetensors_free(tensors->safetensors);
    json_free(tensors->metadata);
    free(tensors->path);
    free(tensors);
}

/* ---- asking ---- */

static size_t count_all(const struct tensors *tensors)
{
    return tensors->safetensors ? safetensors_count(tensors->safetensors)
           : tensors->npz       ? npz_count(tensors->npz)
                                : tensors->n_arrays;
}

static const char *name_of(const struct tensors *tensors, size_t i)
{
    return tensors->safetensors ? safetensors_name(tensors->safetensors, i)
           : tensors->npz       ? npz_name(tensors->npz, i)
                                : tensors->arrays[i].name;
}

/* Number of the first array whose name is not before this one. */
static size_t find_place(const struct tensors *tensors, const char *name)
{
    size_t low = 0, high = count_all(tensors);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(name_of(tensors, middle), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool tensors_has(const struct tensors *tensors, const char *name)
{
    size_t i = find_place(tensors, name);
    return i < count_all(tensors) && strcmp(name_of(tensors, i), name) == 0;
}

/* Arrays but for the metadata: those behind it in the order are one further. */
size_t tensors_count(const struct tensors *tensors)
{
    return count_all(tensors) - (tensors->metadata != NULL);
}

const char *tensors_name(const struct tensors *tensors, size_t i)
{
    bool is_behind = tensors->metadata && i >= find_place(tensors, metadata_name);
    return name_of(tensors, i + is_behind);
}

const struct tensor *tensors_find(struct tensors *tensors, const char *name,
                                  struct error *err)
{
    char shown[SHOWN];
    if (tensors->safetensors)
        return safetensors_find(tensors->safetensors, name, err);
    if (!tensors_has(tensors, name)) {
        error_set(err, STATUS_NOT_FOUND, "'%s' has no array '%s'", tensors->path,
                  text_show(shown, SHOWN, name));
        return NULL;
    }
    size_t i = find_place(tensors, name);
    if (tensors->npz)
        return npz_at(tensors->npz, i, err);
    const struct array *array = &tensors->arrays[i];
    if (!array->err.status)
        return &array->npy.tensor;
    error_set(err, array->err.status, "%s", array->err.message);
    return NULL;
}

const struct json *tensors_metadata(const struct tensors *tensors)
{
    return tensors->safetensors ? safetensors_metadata(tensors->safetensors)
                                : tensors->metadata;
}

bool tensors_is_single(const struct tensors *tensors)
{
    return tensors->is_single;
}

uint64_t tensors_hash(const struct tensors *tensors)
{
    return tensors->hash;
}

const char *tensors_path(const struct tensors *tensors)
{
    return tensors->path;
}
