#include "command/batch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "command/ending.h"
#include "command/interpreter.h"

struct batch_front {
    struct interpreter *interpreter;
    const struct cancel *cancel;
    enum status failed; /* the first error of what ran in the background */
    bool is_opening;    /* the files of the command line, of which nobody wants a report */
};

static enum status ended(void *self, struct task *task, bool in_background,
                         struct error *err)
{
    struct batch_front *batch = self;
    enum status status = STATUS_OK, of_task = task_status(task);
    const struct output output = ending_output(task);
    if (ending_is_worth_writing(of_task, task_report(task)) && !batch->is_opening)
        status = output_report(task_report(task), task_common(task), &output, err);
    if (interpreter_timer(batch->interpreter))
        ending_say_time(task, in_background);
    enum status worst = of_task ? of_task : status;
    if (in_background && worst) {
        struct text line = {0};
        text_printf(&line, "microscope: %s: %s", task_line(task),
                    of_task ? task_error(task)->message : err->message);
        ending_say_line(line.bytes);
        text_done(&line);
        /* What the script itself has stopped is no error of it. */
        if (worst != STATUS_CANCELLED || cancel_asked(batch->cancel))
            batch->failed = batch->failed ? batch->failed : worst;
    }
    return status;
}

/* There is no screen to do anything on, but an end to come to. */
static enum status display(void *self, struct call *call, struct error *err)
{
    struct batch_front *batch = self;
    (void)err;
    if (call->command == &cmd_quit)
        interpreter_leave(batch->interpreter);
    return STATUS_OK;
}

static enum status open_files(struct interpreter *interpreter, const struct batch *batch,
                              struct error *err)
{
    const char **words = mem_alloc((batch->n_files + 1) * sizeof *words);
    words[0] = "open";
    for (size_t i = 0; i < batch->n_files; i++)
        words[1 + i] = batch->files[i];
    const struct request request = {.words = words, .n = batch->n_files + 1};
    enum status status =
        interpreter_run(interpreter, &request, batch->cancel, batch->progress, err);
    free(words);
    return status;
}

/* Options of the command line are settings that the commands may overrule. */
static enum status make_settings(struct interpreter *interpreter, const struct batch *batch,
                                 struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < batch->n_settings && !status; i += 2) {
        const char *const words[] = {"set", batch->settings[i], "--",
                                     batch->settings[i + 1]};
        status = interpreter_run(interpreter, &(struct request){.words = words, .n = 4},
                                 NULL, NULL, err);
    }
    return status;
}

static enum status run_part(struct interpreter *interpreter, const struct batch *batch,
                            const struct batch_part *part, struct error *err)
{
    const struct runner_options options = {
        .goes_on = batch->goes_on, .cancel = batch->cancel, .progress = batch->progress};
    return part->is_text ? runner_text(interpreter, "-c", part->text, strlen(part->text),
                                       &options, err)
                         : runner_file(interpreter, part->text, &options, err);
}

enum status batch_run(const struct batch *batch, struct error *err)
{
    struct batch_front self = {.cancel = batch->cancel};
    const struct front front = {
        .self = &self, .ended = ended, .say = ending_say, .display = display};
    self.interpreter = interpreter_create(batch->table, &front, 2);
    self.is_opening = true;
    enum status first = make_settings(self.interpreter, batch, err);
    if (!first && batch->n_files)
        first = open_files(self.interpreter, batch, err);
    self.is_opening = false;
    for (size_t i = 0; i < batch->n_parts && (!first || batch->goes_on) &&
                       !interpreter_is_left(self.interpreter);
         i++) {
        struct error wrong;
        enum status status = run_part(self.interpreter, batch, &batch->parts[i], &wrong);
        if (!status || first)
            continue;
        first = status;
        *err = wrong;
    }
    if (!first)
        first = interpreter_wait(self.interpreter, 0, batch->cancel, err);
    interpreter_free(self.interpreter);
    if (!first && self.failed) {
        first = self.failed;
        *err = (struct error){.status = first};
    }
    return first;
}

/* ---- the command line ---- */

static bool is_one_of(const char *word, const char *name, const char *other)
{
    return strcmp(word, name) == 0 || strcmp(word, other) == 0;
}

/* An option of every command, or NULL. */
static const struct field *find_common(const char *word)
{
    size_t length = strcspn(word, "=");
    for (const struct field *field = common_fields; field->name; field++) {
        bool by_name = strncmp(word, "--", 2) == 0 && length == strlen(field->name) + 2 &&
                       strncmp(word + 2, field->name, length - 2) == 0;
        if (by_name || (field->letter && word[1] == field->letter && !word[2]))
            return field;
    }
    return NULL;
}

bool batch_is_meant(const char *const *words, size_t n)
{
    if (n && strcmp(words[0], "run") == 0)
        return true;
    /* Files may stand before -c, commands may not: theirs are its options. */
    for (size_t i = 0; i < n; i++) {
        if (is_one_of(words[i], "-c", "-f") || strcmp(words[i], "-") == 0)
            return true;
        const struct field *common = words[i][0] == '-' ? find_common(words[i]) : NULL;
        if (common && common->type != FIELD_FLAG && !strchr(words[i], '='))
            i++;
        else if (words[i][0] != '-' && access(words[i], F_OK) != 0)
            return false;
    }
    return false;
}

static enum status parse_setting(struct batch *batch, const struct field *field,
                                 const char *const *words, size_t n, size_t *at,
                                 struct error *err)
{
    const char *equals = strchr(words[*at - 1], '=');
    const char *value = equals ? equals + 1 : "yes";
    if (!equals && field->type != FIELD_FLAG) {
        if (*at == n)
            return error_set(err, STATUS_USAGE, "--%s wants a value after it", field->name);
        value = words[(*at)++];
    }
    batch->settings[batch->n_settings++] = field->name;
    batch->settings[batch->n_settings++] = value;
    return STATUS_OK;
}

static enum status parse_word(struct batch *batch, struct batch_part *parts,
                              const char **files, const char *const *words, size_t n,
                              size_t *at, struct error *err)
{
    const char *word = words[(*at)++];
    if (is_one_of(word, "-k", "--keep-going")) {
        batch->goes_on = true;
    } else if (strcmp(word, "-") == 0) {
        parts[batch->n_parts++] = (struct batch_part){false, word};
    } else if (is_one_of(word, "-c", "-f")) {
        if (*at == n)
            return error_set(err, STATUS_USAGE, "%s wants %s after it", word,
                             word[1] == 'c' ? "commands" : "a script");
        parts[batch->n_parts++] = (struct batch_part){word[1] == 'c', words[(*at)++]};
    } else if (word[0] == '-' && find_common(word)) {
        return parse_setting(batch, find_common(word), words, n, at, err);
    } else if (word[0] == '-') {
        return error_set(err, STATUS_USAGE,
                         "'%s' is no option of a batch: there are -c TEXT, -f FILE, -, "
                         "--keep-going, and those of every command",
                         word);
    } else {
        files[batch->n_files++] = word;
    }
    return STATUS_OK;
}

enum status batch_parse(struct batch *batch, const char *const *words, size_t n,
                        struct arena *arena, struct error *err)
{
    struct batch_part *parts = arena_alloc(arena, (n + 1) * sizeof *parts);
    const char **files = arena_alloc(arena, (n + 1) * sizeof *files);
    batch->parts = parts;
    batch->files = files;
    batch->settings = arena_alloc(arena, 2 * (n + 1) * sizeof *files);
    size_t at = n && strcmp(words[0], "run") == 0;
    bool is_run = at;
    while (at < n) {
        enum status status = parse_word(batch, parts, files, words, n, &at, err);
        if (status)
            return status;
    }
    if (!is_run)
        return STATUS_OK;
    /* The words of run are scripts. */
    if (!batch->n_files && !batch->n_parts)
        return error_set(err, STATUS_USAGE, "'run' needs SCRIPT, a file of commands");
    for (size_t i = 0; i < batch->n_files; i++)
        parts[batch->n_parts++] = (struct batch_part){false, files[i]};
    batch->n_files = 0;
    return STATUS_OK;
}
