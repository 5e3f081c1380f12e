#include "ui/start.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/line.h"
#include "command/shipped.h"
#include "session/opening.h"
#include "ui/picker.h"

/* MOST_FILES: of a folder that are looked at. */
enum { MOST_FILES = 200 };

static const char *const demo_files[] = {"demo.features.safetensors",
                                         "demo.model.safetensors", "demo.jsonl.gz"};
enum { N_DEMO = sizeof demo_files / sizeof *demo_files };

static const char nothing_here[] =
    "There are no features and no model in this folder. Three ways on:\n"
    "\n"
    "  microscope demo                            the shipped example (press d here)\n"
    "  microscope FEATURES MODEL                  your own files (press : and type open "
    "...)\n"
    "  microscope import ratings RATINGS.jsonl --out pairs.jsonl\n"
    "      from your own data; then encode and train ('microscope help' has the steps)\n"
    "\n";
static const char several_here[] =
    "Several files here go together. Which are to be opened?\n\n";

/* ---- the files of a folder ---- */

struct here {
    struct held_features **features;
    struct held_model **models;
    char **corpora;
    size_t n_features, n_models, n_corpora;
    size_t feature_room, model_room, corpus_room;
};

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), n = strlen(ending);
    return length > n && strcmp(name + length - n, ending) == 0;
}

/* What cannot be read is no reason to say anything: nobody named it. */
static void look_at(struct here *here, const char *path)
{
    struct error passed_over;
    enum held_kind kind;
    struct held_features *features = NULL;
    struct held_model *model = NULL;
    if (ends_in(path, ".jsonl") || ends_in(path, ".jsonl.gz")) {
        MEM_RESERVE(here->corpora, here->n_corpora, here->corpus_room);
        here->corpora[here->n_corpora++] = mem_copy_text(path);
    }
    if (!ends_in(path, ".safetensors") || opening_kind(path, &kind, &passed_over))
        return;
    if (kind == HELD_MODEL && (model = held_model_open(path, &passed_over))) {
        MEM_RESERVE(here->models, here->n_models, here->model_room);
        here->models[here->n_models++] = model;
    }
    if (kind == HELD_FEATURES && (features = held_features_open(path, &passed_over))) {
        MEM_RESERVE(here->features, here->n_features, here->feature_room);
        here->features[here->n_features++] = features;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void look_around(struct here *here, const char *folder)
{
    DIR *entries = opendir(folder);
    char *names[MOST_FILES];
    size_t n = 0;
    struct dirent *entry;
    while (entries && n < MOST_FILES && (entry = readdir(entries))) {
        struct text path = {0};
        bool is_current = strcmp(folder, ".") == 0;
        if (*entry->d_name == '.')
            continue;
        text_printf(&path, "%s%s%s", is_current ? "" : folder, is_current ? "" : "/",
                    entry->d_name);
        names[n++] = path.bytes;
    }
    if (entries)
        closedir(entries);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        look_at(here, names[i]);
        free(names[i]);
    }
}

static void leave(struct here *here)
{
    for (size_t i = 0; i < here->n_features; i++)
        held_features_unref(here->features[i]);
    for (size_t i = 0; i < here->n_models; i++)
        held_model_unref(here->models[i]);
    for (size_t i = 0; i < here->n_corpora; i++)
        free(here->corpora[i]);
    free(here->features);
    free(here->models);
    free(here->corpora);
}

/* ---- what goes together ---- */

struct group {
    const char *paths[3]; /* features, a model, the corpus */
    size_t n;
    bool has_model, has_corpus;
};

/* The corpus whose name begins as that of the features: demo.jsonl.gz for demo.features.safetensors. */
static const char *corpus_of(const struct here *here, const struct held_features *features)
{
    const char *slash = strrchr(features->path, '/');
    size_t folder = slash ? (size_t)(slash + 1 - features->path) : 0;
    size_t length = folder + strcspn(features->path + folder, ".");
    for (size_t i = 0; i < here->n_corpora; i++)
        if (strncmp(here->corpora[i], features->path, length) == 0 &&
            here->corpora[i][length] == '.')
            return here->corpora[i];
    return NULL;
}

static struct group group_of(const struct here *here, const struct held_features *features,
                             const struct held_model *model)
{
    struct group group = {.paths = {features->path}, .n = 1, .has_model = model != NULL};
    const char *corpus = corpus_of(here, features);
    if (model)
        group.paths[group.n++] = model->path;
    if (corpus)
        group.paths[group.n++] = corpus;
    group.has_corpus = corpus != NULL;
    return group;
}

static size_t find_groups(const struct here *here, struct group **groups)
{
    size_t n = 0, room = 0;
    *groups = NULL;
    for (size_t f = 0; f < here->n_features; f++) {
        size_t before = n;
        for (size_t m = 0; m < here->n_models; m++)
            if (!opening_check_fit(here->features[f], here->models[m], NULL)) {
                MEM_RESERVE(*groups, n, room);
                (*groups)[n++] = group_of(here, here->features[f], here->models[m]);
            }
        if (n == before) { /* features without a model: train makes one */
            MEM_RESERVE(*groups, n, room);
            (*groups)[n++] = group_of(here, here->features[f], NULL);
        }
    }
    return n;
}

static void add_open(struct text *line, const char *const *paths, size_t n)
{
    text_add(line, "open");
    for (size_t i = 0; i < n; i++) {
        text_add_char(line, ' ');
        line_add_word(line, paths[i]);
    }
}

/* ---- the demo ---- */

static bool find_demo(struct text paths[N_DEMO], struct error *err)
{
    for (size_t i = 0; i < N_DEMO; i++)
        if (shipped_find(demo_files[i], &paths[i], err))
            return false;
    return true;
}

static char *demo_line(void)
{
    struct text paths[N_DEMO] = {{0}}, line = {0};
    struct error passed_over;
    if (find_demo(paths, &passed_over)) {
        const char *words[N_DEMO];
        for (size_t i = 0; i < N_DEMO; i++)
            words[i] = paths[i].bytes;
        add_open(&line, words, N_DEMO);
    }
    for (size_t i = 0; i < N_DEMO; i++)
        text_done(&paths[i]);
    return line.bytes;
}

enum status start_demo(struct workbench *workbench, struct error *err)
{
    struct text paths[N_DEMO] = {{0}};
    const char *words[N_DEMO];
    enum status status = find_demo(paths, err) ? STATUS_OK : STATUS_NOT_FOUND;
    for (size_t i = 0; i < N_DEMO; i++)
        words[i] = paths[i].bytes;
    if (!status)
        status = workbench_open(workbench, words, N_DEMO, err);
    for (size_t i = 0; i < N_DEMO; i++)
        text_done(&paths[i]);
    return status;
}

/* ---- choosing ---- */

static void let_choose(struct workbench *workbench, const struct group *groups, size_t n)
{
    struct pick *picks = mem_zero((n + 1) * sizeof *picks);
    struct text *texts = mem_zero((2 * n + 1) * sizeof *texts);
    char *demo = demo_line();
    for (size_t i = 0; i < n; i++) {
        struct text *name = &texts[2 * i], *line = &texts[2 * i + 1];
        const struct group *group = &groups[i];
        for (size_t j = 0; j < group->n; j++)
            text_printf(name, "%s%s", j ? " + " : "", group->paths[j]);
        add_open(line, group->paths, group->n);
        picks[i] = (struct pick){name->bytes,
                                 !group->has_model    ? "no model yet: 'train' makes one"
                                 : !group->has_corpus ? "no texts"
                                                      : "",
                                 line->bytes};
    }
    workbench_push(workbench, picker_make(n ? "open" : "welcome to microscope",
                                          n ? several_here : nothing_here, picks, n, demo));
    for (size_t i = 0; i < 2 * n; i++)
        text_done(&texts[i]);
    free(demo);
    free(texts);
    free(picks);
}

enum status start_here(struct workbench *workbench, const char *folder, struct error *err)
{
    struct here here = {0};
    struct group *groups;
    look_around(&here, folder);
    size_t n = find_groups(&here, &groups);
    enum status status = STATUS_OK;
    if (n == 1 && groups[0].has_model) {
        status = workbench_open(workbench, groups[0].paths, groups[0].n, err);
        if (status && groups[0].has_corpus) /* of that name, but not of these features */
            status = workbench_open(workbench, groups[0].paths, 2, err);
    } else {
        let_choose(workbench, groups, n);
    }
    free(groups);
    leave(&here);
    return status;
}
