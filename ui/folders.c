#include "ui/folders.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static void add_folder(struct text *out, const char *variable, const char *below_home)
{
    const char *given = getenv(variable); /* NOLINT(concurrency-mt-unsafe) */
    const char *home = getenv("HOME");    /* NOLINT(concurrency-mt-unsafe) */
    if (given && *given)
        text_printf(out, "%s/microscope", given);
    else if (home && *home)
        text_printf(out, "%s/%s/microscope", home, below_home);
}

void folders_config(struct text *out)
{
    add_folder(out, "XDG_CONFIG_HOME", ".config");
}

void folders_state(struct text *out)
{
    add_folder(out, "XDG_STATE_HOME", ".local/state");
}

bool folders_make(const char *path)
{
    char *copy = mem_copy_text(path);
    for (char *at = *copy ? copy + 1 : copy; *at; at++)
        if (*at == '/') {
            *at = '\0';
            mkdir(copy, 0700);
            *at = '/';
        }
    mkdir(copy, 0700);
    free(copy);
    return access(path, W_OK | X_OK) == 0;
}
