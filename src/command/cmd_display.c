#include "command/cmd_display.h"

#include "command/call.h"
#include "command/interpreter.h"

const char *const view_names[] = {"overview", "heads",   "router", "context", "prune",
                                  "ablate",   "compare", "log",    NULL};

static const char *const view_choices[] = {"overview", "heads",    "router",  "context",
                                           "prune",    "ablate",   "compare", "log",
                                           "next",     "previous", NULL};

static enum status show(struct call *call, struct error *err)
{
    return interpreter_display(call->interpreter, call, err);
}

#define ROW(name_, help_, fields_, size_)                                                  \
    const struct command cmd_##name_ = {.name = #name_,                                    \
                                        .group = "display",                                \
                                        .help = help_,                                     \
                                        .fields = fields_,                                 \
                                        .args_size = size_,                                \
                                        .kind = COMMAND_DISPLAY,                           \
                                        .asks = true,                                      \
                                        .run = show}

static const struct field view_fields[] = {
    {.name = "view",
     .type = FIELD_CHOICE,
     .positional = true,
     FIELD_AT(struct view_args, view),
     .choices = view_choices,
     .help = "which one"},
    {0},
};
ROW(view, "show another view", view_fields, sizeof(struct view_args));

static const struct field go_fields[] = {
    {.name = "way",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct go_args, way),
     .help =
         "up, down, left, right, page-up, page-down, first, last, next-pane and others"},
    {.name = "times",
     .type = FIELD_COUNT,
     .positional = true,
     .min = 1,
     .max = 1e9,
     .initial = "1",
     FIELD_AT(struct go_args, times),
     .help = "how often"},
    {0},
};
ROW(go, "move the cursor", go_fields, sizeof(struct go_args));

static const struct field do_fields[] = {
    {.name = "verb",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct do_args, verb),
     .help = "something that the view can do; 'keys' lists them"},
    {.name = "text",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct do_args, text),
     .help = "what to do it with, where it takes something"},
    {0},
};
ROW(do, "do what a key of the view does", do_fields, sizeof(struct do_args));

static const struct field cursor_fields[] = {
    {.name = "view",
     .type = FIELD_CHOICE,
     .positional = true,
     FIELD_AT(struct cursor_args, view),
     .choices = view_names,
     .help = "whose cursor"},
    {.name = "at",
     .type = FIELD_TEXT,
     .positional = true,
     FIELD_AT(struct cursor_args, at),
     .help = "where, as a saved session has it"},
    {0},
};
ROW(cursor, "put a view's cursor where it was", cursor_fields, sizeof(struct cursor_args));

static const struct field search_fields[] = {
    {.name = "text",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct search_args, text),
     .help = "a regular expression; without one the search ends"},
    {0},
};
ROW(search, "find a text in the view", search_fields, sizeof(struct search_args));

ROW(explain, "explain the number under the cursor", NULL, 0);

static const char *const copied[] = {"cell", "view", NULL};
static const struct field copy_fields[] = {
    {.name = "what",
     .type = FIELD_CHOICE,
     .positional = true,
     .choices = copied,
     .initial = "view",
     FIELD_AT(struct copy_args, what),
     .help = "what to copy to the clipboard"},
    {0},
};
ROW(copy, "copy the cell, or the view as a table", copy_fields, sizeof(struct copy_args));

static const struct field export_fields[] = {
    {.name = "file",
     .type = FIELD_PATH,
     .positional = true,
     .initial = "",
     FIELD_AT(struct export_args, file),
     .help = "csv, tsv, md, tex, json, txt, ansi or svg, by its ending"},
    {0},
};
ROW(export, "write what is on the screen into a file", export_fields,
    sizeof(struct export_args));

ROW(config, "how this program is set up, and what says so", NULL, 0);

ROW(keys, "list the keys of the view, and of all views", NULL, 0);

static const struct field prompt_fields[] = {
    {.name = "text",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct prompt_args, text),
     .help = "what stands there already"},
    {0},
};
ROW(prompt, "type a command", prompt_fields, sizeof(struct prompt_args));

static const struct field theme_fields[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct theme_args, name),
     .help = "a theme or its file; without one, the next"},
    {0},
};
ROW(theme, "change the colours", theme_fields, sizeof(struct theme_args));

static const char *const switched[] = {"off", "on", "toggle", NULL};
static const struct field mouse_fields[] = {
    {.name = "on",
     .type = FIELD_CHOICE,
     .positional = true,
     .choices = switched,
     .initial = "toggle",
     FIELD_AT(struct mouse_args, on),
     .help = "off gives the terminal's own selection back"},
    {0},
};
ROW(mouse, "take the mouse, or leave it to the terminal", mouse_fields,
    sizeof(struct mouse_args));

ROW(console, "type commands below the view and read what they find", NULL, 0);

ROW(redraw, "draw the screen anew", NULL, 0);

ROW(quit, "leave; --force: without asking about what is not saved", NULL, 0);
