#include "command/cmd_session.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "command/call.h"
#include "command/line.h"
#include "command/watch.h"
#include "session/opening.h"
#include "session/workspace.h"

/* ---- open ---- */

struct open_args {
    struct texts files;
    const char *prints;
};

static const struct field open_fields[] = {
    {.name = "files",
     .type = FIELD_PATHS,
     .positional = true,
     FIELD_AT(struct open_args, files),
     .help = "features, a model, the corpus of the features; in any order"},
    {.name = "prints",
     .type = FIELD_TEXT,
     FIELD_AT(struct open_args, prints),
     .initial = "",
     .value = "F,M,-",
     .help =
         "prints of features, model and corpus that are expected; saved sessions have it"},
    {0},
};

/* "0123456789abcdef,-,-": what was opened, so that a saved session knows the files again. */
static void add_prints(struct text *out, const struct given *opened)
{
    uint64_t corpus = 0;
    if (opened->corpus)
        held_print(opened->corpus->path, &corpus, NULL);
    const struct {
        bool is_there;
        uint64_t print;
    } prints[] = {
        {opened->features != NULL, opened->features ? opened->features->print : 0},
        {opened->model != NULL, opened->model ? opened->model->print : 0},
        {opened->corpus != NULL, corpus},
    };
    for (size_t i = 0; i < 3; i++) {
        text_add(out, i ? "," : "");
        if (prints[i].is_there)
            text_printf(out, "%016" PRIx64, prints[i].print);
        else
            text_add_char(out, '-');
    }
}

static void compare_prints(struct call *call, const struct given *opened, const char *have)
{
    static const char *const names[] = {"features", "model", "corpus"};
    const struct open_args *args = call->args;
    const char *paths[] = {given_name(opened, HELD_FEATURES),
                           given_name(opened, HELD_MODEL), given_name(opened, HELD_CORPUS)};
    const char *want = args->prints;
    for (size_t i = 0; i < 3 && want && have; i++) {
        size_t n = strcspn(want, ","), m = strcspn(have, ",");
        if (paths[i] && (n != m || strncmp(want, have, n) != 0)) {
            report_note(call->report,
                        "The %s '%s' are not those of the saved session (print %.*s, was "
                        "%.*s): figures may differ.",
                        names[i], paths[i], (int)m, have, (int)n, want);
            report_warn(call->report);
        }
        want = want[n] ? want + n + 1 : NULL;
        have = have[m] ? have + m + 1 : NULL;
    }
}

static void describe_opened(struct report *report, const struct given *opened)
{
    if (opened->features) {
        const struct features *features = &opened->features->features;
        report_text(report, "features", opened->features->path);
        report_count(report, "pairs", features->n_pairs, NULL);
        report_count(report, "attributes", features->n_attributes, NULL);
    }
    if (opened->model) {
        const struct shape *shape = &opened->model->model.shape;
        report_text(report, "model", opened->model->path);
        report_count(report, "heads", shape->n_heads, NULL);
        report_text(report, "router", router_names[shape->router]);
    }
    if (opened->corpus)
        report_text(report, "corpus", opened->corpus->path);
}

/* The line with the prints, however it was typed. */
static char *line_with_prints(const struct open_args *args, const char *prints)
{
    struct text line = {0};
    text_add(&line, "open");
    for (size_t i = 0; i < args->files.n; i++) {
        text_add_char(&line, ' ');
        line_add_word(&line, args->files.items[i]);
    }
    text_printf(&line, " --prints=%s", prints);
    return line.bytes;
}

static enum status run_open(struct call *call, struct error *err)
{
    const struct open_args *args = call->args;
    struct corpus_watch watch = watch_corpus(call);
    struct given opened;
    progress_begin(call->progress, "opening", "bytes");
    enum status status =
        opening_make(&opened, call->given, args->files.items, args->files.n, &watch, err);
    progress_end(call->progress);
    if (status)
        return status;
    struct text prints = {0};
    add_prints(&prints, &opened);
    describe_opened(call->report, &opened);
    call_yield_to_results(call);
    compare_prints(call, &opened, prints.bytes);
    call->outcome->corpus = opened.corpus;
    call->outcome->features = opened.features;
    call->outcome->model = opened.model;
    call->outcome->line = line_with_prints(args, prints.bytes);
    text_done(&prints);
    return STATUS_OK;
}

const struct command cmd_open = {
    .name = "open",
    .group = "session",
    .help = "open features, a model, a corpus to work on",
    .more = "Commands that follow may leave these files out. Opening features closes what\n"
            "belonged to others: their corpus, and a model that does not fit.\n"
            "\n"
            "examples\n"
            "  open s.features.safetensors s.model.safetensors s.jsonl.gz\n"
            "  open other.model.safetensors",
    .fields = open_fields,
    .args_size = sizeof(struct open_args),
    .kind = COMMAND_WITHIN,
    .run = run_open,
};

/* ---- set ---- */

struct set_args {
    const char *name, *value;
    bool clear;
};

static const struct field set_fields[] = {
    {.name = "option",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct set_args, name),
     .help = "an option of any command; without one, all that are set are shown"},
    {.name = "value",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct set_args, value),
     .help = "its value from now on; without one, it is explained"},
    {.name = "clear",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct set_args, clear),
     .help = "go back to each command's own value"},
    {0},
};

static const struct field *find_field(const struct field *fields, const char *name)
{
    for (; fields && fields->name; fields++)
        if (!fields->positional && strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

static void add_setting(struct table *table, const char *command, const struct field *field,
                        const char *value)
{
    struct text bounds = {0};
    field_add_wants(field, &bounds);
    table_row(table);
    table_text(table, field->name);
    table_text(table, value);
    table_text(table, command);
    table_text(table, field->initial ? field->initial : "required");
    table_text(table, bounds.bytes);
    table_text(table, field->help);
    text_done(&bounds);
}

/* Every option of that name (NULL: of a name that is set), with its value now. */
static size_t add_settings(struct call *call, const char *name)
{
    const struct entries *settings = &workspace_state(call->workspace)->settings;
    struct table *table = report_table(call->report, "settings", NULL);
    static const char *const columns[] = {"name",    "value", "command",
                                          "initial", "wants", "meaning"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        table_column(table, columns[i], COLUMN_TEXT, 0, NULL);
    for (const struct field *field = common_fields; field->name; field++) {
        const char *value = entries_get(settings, field->name);
        if (name ? strcmp(name, field->name) == 0 : value != NULL)
            add_setting(table, "all", field, value);
    }
    for (size_t c = 0; call->commands[c]; c++)
        for (const struct field *field = call->commands[c]->fields; field && field->name;
             field++) {
            const char *value = entries_get(settings, field->name);
            if (!field->positional &&
                (name ? strcmp(name, field->name) == 0 : value != NULL))
                add_setting(table, call->commands[c]->name, field, value);
        }
    return table->n_rows;
}

static enum status refuse_setting(const struct call *call, const char *name,
                                  struct error *err)
{
    const char **names = NULL;
    size_t n = 0, room = 0;
    for (size_t c = 0; call->commands[c]; c++)
        for (const struct field *field = call->commands[c]->fields; field && field->name;
             field++) {
            MEM_RESERVE(names, n, room);
            names[n++] = field->name;
        }
    const char *near = words_nearest(name, names, n);
    error_set(err, STATUS_USAGE,
              near ? "no command has an option '%s'; did you mean '%s'?"
                   : "no command has an option '%s'",
              name, near ? near : "");
    free(names);
    return STATUS_USAGE;
}

/* STATUS_OK when some option of that name takes the value; else what one of them says of it. */
static enum status check_value(const struct call *call, const char *name, const char *value,
                               struct error *err)
{
    struct error first;
    enum status status = STATUS_NOT_FOUND;
    struct arena arena = {0};
    for (size_t c = 0; status != STATUS_OK && (!c || call->commands[c - 1]); c++) {
        const struct field *fields =
            call->commands[c] ? call->commands[c]->fields : common_fields;
        const struct field *field = find_field(fields, name);
        if (!field)
            continue;
        void *scratch = mem_zero(field->offset + field->size);
        struct error found;
        enum status tried = field_parse(field, value, scratch, &arena, &found);
        if (tried && status == STATUS_NOT_FOUND)
            first = found;
        status = tried;
        free(scratch);
    }
    arena_done(&arena);
    if (status == STATUS_NOT_FOUND)
        return refuse_setting(call, name, err);
    if (status)
        *err = first;
    return status;
}

/* Whether it is "no-" and the name of a flag, as --no-NAME on a line. */
static bool is_negated(const struct call *call, const char *name)
{
    bool found = false;
    if (strncmp(name, "no-", 3) != 0)
        return false;
    for (size_t c = 0; !found && (!c || call->commands[c - 1]); c++) {
        const struct field *field = find_field(
            call->commands[c] ? call->commands[c]->fields : common_fields, name + 3);
        found = field && field->type == FIELD_FLAG;
    }
    return found;
}

/* value NULL: none any more. */
static enum status change_setting(struct call *call, const char *name, const char *value,
                                  struct error *err)
{
    enum status status = value ? check_value(call, name, value, err) : STATUS_OK;
    const char *now = entries_get(&workspace_state(call->workspace)->settings, name);
    if (status || (now == value) || (now && value && strcmp(now, value) == 0))
        return status;
    struct text what = {0};
    text_printf(&what, "set %s %s", name, value ? value : "--clear");
    struct state *state = workspace_change(call->workspace, what.bytes);
    entries_put(&state->settings, name, value);
    text_done(&what);
    return STATUS_OK;
}

static enum status run_set(struct call *call, struct error *err)
{
    const struct set_args *args = call->args;
    if (args->name && args->clear)
        return change_setting(call, args->name, NULL, err);
    if (args->name && args->value)
        return change_setting(call, args->name, args->value, err);
    if (args->name && is_negated(call, args->name))
        return change_setting(call, args->name + 3, "no", err);
    if (!add_settings(call, args->name) && args->name)
        return refuse_setting(call, args->name, err);
    return STATUS_OK;
}

const struct command cmd_set = {
    .name = "set",
    .group = "session",
    .help = "give an option a value for all commands to come",
    .more = "examples\n"
            "  set heads 8\n"
            "  set heads            explains it\n"
            "  set no-specialize    as --no-specialize, for every command\n"
            "  set heads --clear\n"
            "  set                  shows what is set",
    .fields = set_fields,
    .args_size = sizeof(struct set_args),
    .kind = COMMAND_SESSION,
    .run = run_set,
};

/* ---- undo and redo ---- */

struct times_args {
    size_t times;
};

static const struct field times_fields[] = {
    {.name = "times",
     .type = FIELD_COUNT,
     .positional = true,
     .min = 1,
     .max = WORKSPACE_UNDO_MOST,
     .initial = "1",
     FIELD_AT(struct times_args, times),
     .help = "how many changes"},
    {0},
};

static enum status travel(struct call *call, const char *(*go)(struct workspace *),
                          const char *key, struct error *err)
{
    const struct times_args *args = call->args;
    size_t n = 0;
    struct table *table = NULL;
    for (const char *what; n < args->times && (what = go(call->workspace)); n++) {
        if (!table) {
            table = report_table(call->report, key, NULL);
            table_column(table, "change", COLUMN_TEXT, 0, NULL);
        }
        table_row(table);
        table_text(table, what);
    }
    call_yield_to_results(call);
    return n ? STATUS_OK : error_set(err, STATUS_FAILED, "there is nothing to be %s", key);
}

static enum status run_undo(struct call *call, struct error *err)
{
    return travel(call, workspace_undo, "undone", err);
}

static enum status run_redo(struct call *call, struct error *err)
{
    return travel(call, workspace_redo, "redone", err);
}

const struct command cmd_undo = {
    .name = "undo",
    .group = "session",
    .help = "take the last change back",
    .fields = times_fields,
    .args_size = sizeof(struct times_args),
    .kind = COMMAND_SESSION,
    .run = run_undo,
};

const struct command cmd_redo = {
    .name = "redo",
    .group = "session",
    .help = "do again what was undone last",
    .fields = times_fields,
    .args_size = sizeof(struct times_args),
    .kind = COMMAND_SESSION,
    .run = run_redo,
};

/* ---- history ---- */

static void add_step(struct table *table, size_t undo, size_t redo, const char *what)
{
    table_row(table);
    table_number(table, undo ? (double)undo : (double)NAN);
    table_number(table, redo ? (double)redo : (double)NAN);
    table_text(table, what);
}

static enum status run_history(struct call *call, struct error *err)
{
    const struct workspace *workspace = call->workspace;
    (void)err;
    struct table *table = report_table(call->report, "history", NULL);
    table_column(table, "undo", COLUMN_COUNT, 0, NULL);
    table_column(table, "redo", COLUMN_COUNT, 0, NULL);
    table_column(table, "change", COLUMN_TEXT, 0, NULL);
    for (size_t i = workspace_undos(workspace); i; i--)
        add_step(table, i, 0, workspace_undo_name(workspace, i));
    for (size_t i = 1; i <= workspace_redos(workspace); i++)
        add_step(table, 0, i, workspace_redo_name(workspace, i));
    return STATUS_OK;
}

const struct command cmd_history = {
    .name = "history",
    .group = "session",
    .help = "the changes that undo and redo go through",
    .more =
        "With the number to give to undo or redo. 'log' has every command that was run;\n"
        "lines that were typed, in earlier sessions too, come back with Up and Ctrl-R.",
    .kind = COMMAND_SESSION,
    .asks = true,
    .run = run_history,
};

/* ---- pin ---- */

struct pin_args {
    bool clear, swap;
};

static const struct field pin_fields[] = {
    {.name = "clear",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct pin_args, clear),
     .help = "nothing is pinned any more"},
    {.name = "swap",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct pin_args, swap),
     .help = "go on with the pinned model, and pin this one"},
    {0},
};

static enum status run_pin(struct call *call, struct error *err)
{
    const struct pin_args *args = call->args;
    const struct state *now = workspace_state(call->workspace);
    if (!args->clear && !now->model)
        return error_set(err, STATUS_FAILED, "there is no model to pin: open or train one");
    if ((args->clear || args->swap) && !now->pinned)
        return error_set(err, STATUS_FAILED, "nothing is pinned");
    struct state *state = workspace_change(call->workspace, args->swap    ? "pin --swap"
                                                            : args->clear ? "pin --clear"
                                                                          : "pin");
    struct held_model *before = state->pinned;
    if (args->swap) {
        state->pinned = state->model;
        state->model = before;
        return STATUS_OK;
    }
    state->pinned = args->clear ? NULL : held_model_ref(state->model);
    held_model_unref(before);
    return STATUS_OK;
}

const struct command cmd_pin = {
    .name = "pin",
    .group = "session",
    .help = "keep the model at hand, to compare others with",
    .fields = pin_fields,
    .args_size = sizeof(struct pin_args),
    .kind = COMMAND_SESSION,
    .run = run_pin,
};
