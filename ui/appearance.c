#include "ui/appearance.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/shipped.h"
#include "ui/folders.h"

/* Those that are shipped, in the order in which `theme` goes through them. */
static const char *const shipped[] = {"dark",         "light",         "high-contrast",
                                      "cividis-dark", "cividis-light", "mono"};

/* Beside the data of the source tree, or in the folder that was installed. */
static void find_folders(struct appearance *appearance)
{
    static const char *const places[] = {"themes/dark.json", "../themes/dark.json"};
    size_t n = 0;
    struct text path = {0};
    struct error passed_over;
    folders_config(&path);
    if (path.length) {
        text_add(&path, "/themes");
        appearance->folders[n++] = mem_copy_text(path.bytes);
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        text_clear(&path);
        if (shipped_find(places[i], &path, &passed_over))
            continue;
        appearance->folders[n++] = mem_copy(path.bytes, path.length - strlen("/dark.json"));
    }
    text_done(&path);
}

static bool is_path(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

enum status appearance_theme(struct appearance *appearance, const char *name,
                             struct error *err)
{
    const char *const *folders = (const char *const *)appearance->folders;
    struct text warnings = {0};
    struct theme *theme = is_path(name) ? theme_read(name, folders, &warnings, err)
                                        : theme_load(name, folders, &warnings, err);
    text_done(&warnings);
    if (!theme)
        return err->status;
    theme_free(appearance->theme);
    appearance->theme = theme;
    appearance->ramp = 0;
    theme_look(theme, appearance->depth, appearance->set, appearance->is_console,
               &appearance->look);
    return STATUS_OK;
}

enum status appearance_open(struct appearance *appearance, const char *name,
                            enum depth depth, int set, bool is_console, struct error *err)
{
    *appearance = (struct appearance){.depth = depth, .set = set, .is_console = is_console};
    find_folders(appearance);
    if (name && strcmp(name, "base") != 0)
        return appearance_theme(appearance, name, err);
    struct error passed_over;
    if (!name && !appearance_theme(appearance, "dark", &passed_over))
        return STATUS_OK;
    appearance->theme = theme_base(); /* needs no file */
    theme_look(appearance->theme, depth, set, is_console, &appearance->look);
    return STATUS_OK;
}

void appearance_done(struct appearance *appearance)
{
    theme_free(appearance->theme);
    for (size_t i = 0; i < APPEARANCE_FOLDERS; i++)
        free(appearance->folders[i]);
    *appearance = (struct appearance){0};
}

enum status appearance_next_theme(struct appearance *appearance, struct error *err)
{
    size_t n = sizeof shipped / sizeof *shipped, at = n - 1;
    for (size_t i = 0; i < n; i++)
        if (strcmp(shipped[i], theme_name(appearance->theme)) == 0)
            at = i;
    return appearance_theme(appearance, shipped[(at + 1) % n], err);
}

const char *appearance_next_ramp(struct appearance *appearance)
{
    const char *name = theme_ramp_name(appearance->theme, false, ++appearance->ramp);
    if (!name) {
        appearance->ramp = 0;
        name = theme_ramp_name(appearance->theme, false, 0);
    }
    if (name)
        theme_ramp(appearance->theme, name, false, &appearance->look);
    return appearance->look.sequential.name;
}
