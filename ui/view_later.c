/* Places of the views that are on their way. */
#include <stddef.h>

#include "ui/views.h"

static void *create(void)
{
    static char nothing;
    return &nothing;
}

static void drop(void *self)
{
    (void)self;
}

static void update(void *self, const struct snapshot *snapshot)
{
    (void)self;
    (void)snapshot;
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    (void)self;
    (void)snapshot;
    pen_frame(pen, true, "to come", NULL);
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    (void)self;
    (void)snapshot;
    (void)action;
    (void)answer;
    return false;
}

#define LATER(name_, title_)                                                               \
    const struct view view_##name_ = {.name = #name_,                                      \
                                      .title = title_,                                     \
                                      .create = create,                                    \
                                      .free = drop,                                        \
                                      .update = update,                                    \
                                      .draw = draw,                                        \
                                      .act = act}
LATER(router, "Router");
LATER(context, "Context");
