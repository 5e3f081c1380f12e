#include "command/assignments.h"

#include <string.h>

static const struct field *find_option(const struct field *fields, const char *name,
                                       size_t length)
{
    for (; fields && fields->name; fields++)
        if (!fields->positional && strncmp(fields->name, name, length) == 0 &&
            !fields->name[length])
            return fields;
    return NULL;
}

static const struct field *find_letter(const struct field *fields, char letter)
{
    for (; fields && fields->name; fields++)
        if (!fields->positional && fields->letter == letter)
            return fields;
    return NULL;
}

/* Own options come before common ones, as in line.c. */
static const struct field *option_of(const struct command *command, const char *name,
                                     size_t length)
{
    const struct field *field = find_option(command->fields, name, length);
    return field ? field : find_option(common_fields, name, length);
}

/* Whether the word is an option whose value is the word after it. */
static bool wants_next(const struct command *command, const char *word)
{
    const struct field *field = NULL;
    if (word[0] != '-' || !word[1])
        return false;
    if (word[1] == '-') {
        field = strchr(word, '=') ? NULL : option_of(command, word + 2, strlen(word + 2));
    } else if (!word[2]) {
        field = find_letter(command->fields, word[1]);
        field = field ? field : find_letter(common_fields, word[1]);
    }
    return field && field->type != FIELD_FLAG;
}

static bool is_assignment(const struct command *command, const struct script_word *word)
{
    const char *equals = memchr(word->text, '=', word->plain);
    return equals && option_of(command, word->text, (size_t)(equals - word->text));
}

void assignments_to_options(const struct command *command, const struct script_word *words,
                            size_t n, const char **out, struct arena *arena)
{
    bool only_words = false, is_value = false;
    for (size_t i = 0; i < n; i++) {
        const struct script_word *word = &words[i];
        out[i] = word->text;
        if (i == 0 || only_words || is_value) {
            is_value = false;
        } else if (is_assignment(command, word)) {
            char *option = arena_alloc(arena, word->length + 3);
            memcpy(option, "--", 2);
            memcpy(option + 2, word->text, word->length + 1);
            out[i] = option;
        } else {
            only_words = strcmp(word->text, "--") == 0;
            is_value = !only_words && wants_next(command, word->text);
        }
    }
}
