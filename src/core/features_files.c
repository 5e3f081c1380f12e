#include "core/features_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static const struct {
    const char *name;
    bool required;
} arrays[FEATURES_NPY_COUNT] = {{"chosen", true},
                                {"rejected", true},
                                {"prompt", false},
                                {"attribute", false},
                                {"split", false}};

/* PATH/name.npy for a folder, PATH.name.npy otherwise; free it. */
static char *npy_path(const char *path, bool is_folder, const char *name)
{
    struct text whole = {0};
    text_printf(&whole, "%s%c%s.npy", path, is_folder ? '/' : '.', name);
    return whole.bytes;
}

static bool is_prefix(const char *path)
{
    char *first = npy_path(path, false, arrays[0].name);
    bool is = access(path, F_OK) != 0 && access(first, F_OK) == 0;
    free(first);
    return is;
}

static enum status open_arrays(struct features_files *files, bool is_folder,
                               struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < FEATURES_NPY_COUNT && !status; i++) {
        char *path = npy_path(files->path, is_folder, arrays[i].name);
        if (arrays[i].required || access(path, F_OK) == 0) {
            struct npy *npy = &files->npy[i];
            status = npy_open(npy, path, err);
            if (!status) {
                npy->tensor.name = arrays[i].name;
                files->hash = text_hash((const char *)npy->mapping.bytes,
                                        npy->header_length, files->hash);
            }
        }
        free(path);
    }
    return status;
}

static enum status open_safetensors(struct features_files *files, struct error *err)
{
    size_t n = strlen(files->path);
    if (n > 4 && strcmp(files->path + n - 4, ".npy") == 0)
        return error_set(err, STATUS_USAGE,
                         "'%s' is one array; name the folder that holds chosen.npy and "
                         "rejected.npy, or what their names begin with",
                         files->path);
    files->safetensors = safetensors_open(files->path, err);
    if (!files->safetensors)
        return err->status;
    files->hash = safetensors_hash(files->safetensors);
    return STATUS_OK;
}

struct features_files *features_files_open(const char *path, struct error *err)
{
    struct features_files *files = mem_zero(sizeof *files);
    files->path = mem_copy_text(path);
    struct stat info;
    bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    struct error inner;
    enum status status = is_folder || is_prefix(path)
                             ? open_arrays(files, is_folder, &inner)
                             : open_safetensors(files, &inner);
    if (!status)
        return files;
    error_set(err, status, "%s", inner.message);
    features_files_free(files);
    return NULL;
}

void features_files_free(struct features_files *files)
{
    if (!files)
        return;
    safetensors_free(files->safetensors);
    for (size_t i = 0; i < FEATURES_NPY_COUNT; i++)
        npy_done(&files->npy[i]);
    for (size_t i = 0; i < files->n_arrays; i++)
        free(files->arrays[i]);
    free(files->arrays);
    arena_done(&files->texts);
    free(files->path);
    free(files);
}

static const struct tensor *find_array(const struct features_files *files, const char *name)
{
    for (size_t i = 0; i < FEATURES_NPY_COUNT; i++)
        if (files->npy[i].tensor.name && strcmp(files->npy[i].tensor.name, name) == 0)
            return &files->npy[i].tensor;
    return NULL;
}

bool features_files_has(const struct features_files *files, const char *name)
{
    return files->safetensors ? safetensors_has(files->safetensors, name)
                              : find_array(files, name) != NULL;
}

const struct tensor *features_files_find(struct features_files *files, const char *name,
                                         struct error *err)
{
    if (files->safetensors)
        return safetensors_find(files->safetensors, name, err);
    const struct tensor *tensor = find_array(files, name);
    if (!tensor)
        error_set(err, STATUS_NOT_FOUND, "'%s' has no array '%s'", files->path, name);
    return tensor;
}

void *features_files_array(struct features_files *files, size_t n, size_t size,
                           struct error *err)
{
    void *array = mem_array(n, size);
    if (!array) {
        error_set(err, STATUS_NO_MEMORY, "'%s': no memory for %zu x %zu bytes", files->path,
                  n, size);
        return NULL;
    }
    MEM_RESERVE(files->arrays, files->n_arrays, files->arrays_room);
    files->arrays[files->n_arrays++] = array;
    return array;
}
