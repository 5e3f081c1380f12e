#define _GNU_SOURCE /* realpath */
#include "encode/word_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/word_text.h"
#include "io/file.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"

static const char cache_format[] = "microscope.vectors/1";

/* The text that a cache was made of, or is wanted for. */
struct origin {
    const char *path;
    char size[24], mtime[48];
    char hash[24]; /* "": not looked at yet */
};

enum { PLACES = 2 };

/* ---- where ---- */

/* Makes a folder with those above it, as far as they are not there; whoever writes into it finds out
 * whether that went well. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
}

/* Where the cache of a text may lie, best place first; NULL: there is none. Free them. */
static void list_places(const char *path, char *places[PLACES])
{
    struct text beside = {0}, apart = {0};
    text_printf(&beside, "%s.cache.safetensors", path);
    places[0] = beside.bytes;
    places[1] = NULL;
    char *absolute = realpath(path, NULL);
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        text_add(&apart, cache);
    else if (home && *home == '/')
        text_printf(&apart, "%s/.cache", home);
    if (absolute && apart.length) {
        text_printf(&apart, "/microscope/vectors-%016" PRIx64 ".safetensors",
                    text_hash(absolute, strlen(absolute), 0));
        places[1] = apart.bytes;
    } else {
        text_done(&apart);
    }
    free(absolute);
}

/* ---- the text ---- */

static enum status look_at(struct origin *origin, const char *path, struct error *err)
{
    struct mapping mapping;
    struct stat info;
    enum status status = mapping_open(&mapping, path, err);
    if (status)
        return status;
    mapping_done(&mapping);
    if (stat(path, &info))
        return error_set(err, STATUS_IO, "cannot read '%s'", path);
    *origin = (struct origin){.path = path};
    snprintf(origin->size, sizeof origin->size, "%jd", (intmax_t)info.st_size);
    snprintf(origin->mtime, sizeof origin->mtime, "%jd.%09ld",
             (intmax_t)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    return STATUS_OK;
}

static enum status hash_text(struct origin *origin, struct error *err)
{
    struct mapping mapping;
    if (*origin->hash)
        return STATUS_OK;
    enum status status = mapping_open(&mapping, origin->path, err);
    if (status)
        return status;
    snprintf(origin->hash, sizeof origin->hash, "%016" PRIx64,
             text_hash((const char *)mapping.bytes, mapping.length, 0));
    mapping_done(&mapping);
    return STATUS_OK;
}

static uint64_t parse_hash(const char *hash)
{
    return strtoull(hash, NULL, 16);
}

/* ---- reading ---- */

static bool says(const struct safetensors *file, const char *key, const char *value)
{
    const char *text = json_text(json_get(safetensors_metadata(file), key));
    return text && strcmp(text, value) == 0;
}

static const struct tensor *take(struct safetensors *file, const char *name,
                                 enum dtype dtype, size_t rank)
{
    struct error ignored;
    const struct tensor *tensor =
        safetensors_has(file, name) ? safetensors_find(file, name, &ignored) : NULL;
    return tensor && tensor->dtype == dtype && tensor->rank == rank ? tensor : NULL;
}

static bool take_arrays(struct word_table *table, struct safetensors *file)
{
    const struct tensor *rows = take(file, "rows", DTYPE_F32, 2);
    const struct tensor *hashes = take(file, "slot.hash", DTYPE_I64, 1);
    const struct tensor *slots = take(file, "slot.row", DTYPE_I32, 1);
    if (!rows || !hashes || !slots)
        return false;
    size_t n = slots->shape[0];
    if (!rows->n_elements || rows->shape[0] > WORD_ROWS_MAX ||
        rows->shape[1] > WORD_DIMENSION_MAX || hashes->shape[0] != n || !n || (n & (n - 1)))
        return false;
    *table = (struct word_table){
        .n_rows = rows->shape[0],
        .dimension = rows->shape[1],
        .rows = rows->data,
        .n_slots = n,
        .slot_hashes = hashes->data,
        .slot_rows = slots->data,
        .cache = file,
    };
    return true;
}

/* Whether the cache at `place` is of this text; the table is then made of it. */
static bool read_cache(struct word_table *table, const char *place, struct origin *origin)
{
    struct error ignored;
    struct safetensors *file = safetensors_open(place, &ignored);
    if (!file)
        return false;
    bool is_it = says(file, "format", cache_format) && says(file, "size", origin->size);
    if (is_it && !says(file, "mtime", origin->mtime))
        is_it =
            hash_text(origin, &ignored) == STATUS_OK && says(file, "hash", origin->hash);
    const char *hash = json_text(json_get(safetensors_metadata(file), "hash"));
    if (is_it && hash && take_arrays(table, file)) {
        table->source_hash = parse_hash(hash);
        return true;
    }
    safetensors_free(file);
    return false;
}

/* ---- writing ---- */

static enum status write_cache(const struct word_table *table, const char *place,
                               const struct origin *origin)
{
    struct error ignored;
    struct safetensors_writer *writer = safetensors_writer_open(place, &ignored);
    if (!writer)
        return STATUS_IO;
    const size_t shape[] = {table->n_rows, table->dimension};
    safetensors_writer_metadata(writer, "format", cache_format);
    safetensors_writer_metadata(writer, "size", origin->size);
    safetensors_writer_metadata(writer, "mtime", origin->mtime);
    safetensors_writer_metadata(writer, "hash", origin->hash);
    safetensors_writer_declare(writer, "slot.hash", DTYPE_I64, 1, &table->n_slots);
    safetensors_writer_declare(writer, "slot.row", DTYPE_I32, 1, &table->n_slots);
    safetensors_writer_declare(writer, "rows", DTYPE_F32, 2, shape);
    safetensors_writer_bytes(writer, table->slot_hashes,
                             table->n_slots * sizeof *table->slot_hashes);
    safetensors_writer_bytes(writer, table->slot_rows,
                             table->n_slots * sizeof *table->slot_rows);
    safetensors_writer_bytes(writer, table->rows,
                             table->n_rows * table->dimension * sizeof *table->rows);
    return safetensors_writer_commit(writer, &ignored);
}

static enum status read_text(struct word_table *table, struct origin *origin,
                             const struct encoder_watch *watch, struct error *err)
{
    enum status status = hash_text(origin, err);
    if (!status)
        status = word_text_read(table, origin->path, watch, err);
    if (!status)
        table->source_hash = parse_hash(origin->hash);
    return status;
}

/* Writes the cache to the first place that takes it, and goes on with what is mapped, so that its memory
 * is the system's to reclaim. */
static void keep(struct word_table *table, char *const places[PLACES],
                 struct origin *origin)
{
    for (int i = 0; i < PLACES; i++) {
        if (!places[i])
            continue;
        if (i)
            make_folders(places[i]);
        struct word_table mapped;
        if (write_cache(table, places[i], origin) == STATUS_OK &&
            read_cache(&mapped, places[i], origin)) {
            word_table_done(table);
            *table = mapped;
            return;
        }
    }
}

enum status word_cache_open(struct word_table *table, const char *path,
                            const struct encoder_watch *watch, struct error *err)
{
    struct origin origin;
    char *places[PLACES];
    enum status status = look_at(&origin, path, err);
    if (status)
        return status;
    bool is_there = false;
    list_places(path, places);
    for (int i = 0; i < PLACES && !is_there; i++)
        is_there = places[i] && read_cache(table, places[i], &origin);
    if (!is_there)
        status = read_text(table, &origin, watch, err);
    if (!is_there && !status)
        keep(table, places, &origin);
    if (!status)
        table->source_size = strtoull(origin.size, NULL, 10);
    for (int i = 0; i < PLACES; i++)
        free(places[i]);
    return status;
}

enum status word_cache_hash(uint64_t *hash, const char *path, struct error *err)
{
    struct origin origin;
    char *places[PLACES];
    struct word_table table;
    enum status status = look_at(&origin, path, err);
    if (status)
        return status;
    bool is_there = false;
    list_places(path, places);
    for (int i = 0; i < PLACES; i++) {
        if (!is_there && places[i] && read_cache(&table, places[i], &origin)) {
            *hash = table.source_hash;
            word_table_done(&table);
            is_there = true;
        }
        free(places[i]);
    }
    if (!is_there && !(status = hash_text(&origin, err)))
        *hash = parse_hash(origin.hash);
    return status;
}
