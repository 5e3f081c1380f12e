#include "command/again.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void again_add_word(const char *word, struct text *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-+=./,:@%";
    if (*word && strspn(word, plain) == strlen(word)) {
        text_add(out, word);
        return;
    }
    text_add_char(out, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            text_add(out, "'\\''");
        else
            text_append(out, word, 1);
    }
    text_add_char(out, '\'');
}

static const void *member(const struct field *field, const void *args)
{
    return (const char *)args + field->offset;
}

static void add_texts(const struct field *field, const struct texts *texts,
                      struct text *out)
{
    for (size_t i = 0; i < texts->n; i++) {
        if (field->positional)
            text_add_char(out, ' ');
        else
            text_printf(out, " --%s ", field->name);
        again_add_word(texts->items[i], out);
    }
}

/* " --name value" or " word"; nothing for what is not set. */
static void add_field(const struct field *field, const void *args, struct text *out)
{
    const void *value = member(field, args);
    const char *text = NULL;
    if (field_is_list(field)) {
        add_texts(field, value, out);
        return;
    }
    if (field->type == FIELD_FLAG) {
        text_printf(out, " --%s%s", *(const bool *)value ? "" : "no-", field->name);
        return;
    }
    if (field->type == FIELD_TEXT || field->type == FIELD_PATH) {
        memcpy(&text, value, sizeof text);
        if (!text)
            return;
    }
    if (field->positional)
        text_add_char(out, ' ');
    else
        text_printf(out, " --%s ", field->name);
    if (field->type == FIELD_COUNT)
        text_printf(out, "%zu", *(const size_t *)value);
    else if (field->type == FIELD_REAL)
        text_printf(out, "%.17g", *(const double *)value);
    else if (field->type == FIELD_CHOICE)
        text_add(out, field->choices[*(const int *)value]);
    else if (text)
        again_add_word(text, out);
}

/* Whether the value is what it is when it is not given. */
static bool is_initial(const struct field *field, const void *args, void *blank,
                       struct arena *arena)
{
    struct error err;
    if (!field->initial || field_reset(field, blank, arena, &err))
        return false;
    const void *value = member(field, args), *usual = member(field, blank);
    if (field->type != FIELD_TEXT && field->type != FIELD_PATH)
        return !field_is_list(field) && memcmp(value, usual, field->size) == 0;
    const char *ours, *theirs;
    memcpy(&ours, value, sizeof ours);
    memcpy(&theirs, usual, sizeof theirs);
    return ours == theirs || (ours && theirs && strcmp(ours, theirs) == 0);
}

void again_add(const struct command *command, const void *args, const char *except,
               size_t seed, struct text *out)
{
    struct arena arena = {0};
    void *blank = mem_zero(command->args_size + 1);
    text_printf(out, "microscope %s", command->name);
    for (int positional = 1; positional >= 0; positional--)
        for (size_t i = 0; i < field_count(command->fields); i++) {
            const struct field *field = &command->fields[i];
            if (field->positional != (positional == 1) ||
                (except && strcmp(field->name, except) == 0))
                continue;
            if (field->positional || !is_initial(field, args, blank, &arena))
                add_field(field, args, out);
        }
    if (seed != 1)
        text_printf(out, " --seed %zu", seed);
    free(blank);
    arena_done(&arena);
}
