/* Screens compared with files: tests/ui/screens/NAME.txt has what a view draws, without the lines of
 * the frame around it. With MICROSCOPE_RENEW_SCREENS set they are written anew; look at the
 * difference before it is committed. */
#ifndef TESTS_UI_SCREENS_H
#define TESTS_UI_SCREENS_H

#include "tried.h"

/* Lines of the frame above and below the view. */
enum { SCREEN_ABOVE = 2, SCREEN_BELOW = 2 };

static inline char *screen_body(struct tried *tried)
{
    const char *at = tried_text(tried);
    int rows = workbench_canvas(tried->workbench)->rows;
    for (int i = 0; i < SCREEN_ABOVE; i++)
        at = strchr(at, '\n') + 1;
    const char *end = at;
    for (int i = SCREEN_ABOVE; i < rows - SCREEN_BELOW; i++)
        end = strchr(end, '\n') + 1;
    return mem_copy(at, (size_t)(end - at));
}

static inline void screen_is(struct tried *tried, const char *name)
{
    char path[512], *have = screen_body(tried);
    snprintf(path, sizeof path, "%s/tests/ui/screens/%s.txt", getenv("MICROSCOPE_SOURCE"),
             name);
    if (getenv("MICROSCOPE_RENEW_SCREENS")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(have, file);
        fclose(file);
    }
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("there is no %s; it would be\n%s", path, have);
    char *want = mem_zero(strlen(have) + 2);
    size_t n = fread(want, 1, strlen(have) + 1, file);
    fclose(file);
    want[n] = '\0';
    if (strcmp(have, want) != 0)
        fail_msg("%s differs; it is now\n%s", path, have);
    free(have);
    free(want);
}

#endif
