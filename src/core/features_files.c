#include "core/features_files.h"

#include <stdlib.h>
#include <string.h>

struct features_files *features_files_open(const char *path, struct error *err)
{
    struct tensors *tensors = tensors_open(path, err);
    if (!tensors)
        return NULL;
    struct features_files *files = mem_zero(sizeof *files);
    files->path = mem_copy_text(path);
    files->tensors = tensors;
    files->hash = tensors_hash(tensors);
    return files;
}

void features_files_free(struct features_files *files)
{
    if (!files)
        return;
    tensors_free(files->tensors);
    for (size_t i = 0; i < files->n_arrays; i++)
        free(files->arrays[i]);
    free(files->arrays);
    arena_done(&files->texts);
    free(files->path);
    free(files);
}

/* What the file calls the tensor of this name. */
static const char *name_in_file(const struct features_files *files, const char *name)
{
    for (size_t i = 0; i < files->n_map; i++)
        if (strcmp(files->map[i].name, name) == 0)
            return files->map[i].tensor;
    return name;
}

bool features_files_has(const struct features_files *files, const char *name)
{
    return tensors_has(files->tensors, name_in_file(files, name));
}

const struct tensor *features_files_find(struct features_files *files, const char *name,
                                         struct error *err)
{
    return tensors_find(files->tensors, name_in_file(files, name), err);
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
