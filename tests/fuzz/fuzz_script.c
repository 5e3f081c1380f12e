/* Any text: statements, an error with its place, or the beginning of one; always moving on, the same
 * when it is read again, and shown without an invalid byte. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static enum status expand(void *context, const char *name, const char *key, bool *takes_key,
                          struct text *out, struct error *err)
{
    (void)context;
    if (*name == 'x')
        return error_set(err, STATUS_NOT_FOUND, "there is no '%s'", name);
    *takes_key = key && *key == 'k';
    text_printf(out, "<%s>", name);
    return STATUS_OK;
}

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void check_statement(const struct script *script, const struct statement *statement)
{
    need(statement->n > 0 && statement->begin < statement->end);
    need(statement->end <= script->length);
    for (size_t i = 0; i < statement->n; i++) {
        const struct script_word *word = &statement->words[i];
        need(strlen(word->text) == word->length && word->plain <= word->length);
        need(utf8_check(word->text, word->length) == word->length);
        need(word->at.offset < word->end && word->end <= script->length);
        need(i == 0 || statement->words[i - 1].end <= word->at.offset);
    }
    need(!statement->redirected || strlen(statement->file.text) == statement->file.length);
}

/* A statement that is read by itself comes to the same words. Not with continued lines: they can
 * part a sign from what it needs behind it. */
static void check_again(const struct script *script, const struct statement *statement)
{
    struct script part = *script;
    struct statement again = {0};
    struct error err;
    if (memchr(script->text, '\\', script->length))
        return;
    part.text += statement->begin;
    part.length = statement->end - statement->begin;
    part.at = (struct script_place){0};
    need(script_next(&part, &again, &err) == SCRIPT_STATEMENT);
    need(again.n == statement->n && again.background == statement->background);
    for (size_t i = 0; i < again.n; i++)
        need(strcmp(again.texts[i], statement->texts[i]) == 0);
    statement_done(&again);
}

static void check_shown(const struct script *script, const struct error *err)
{
    struct text out = {0};
    struct script_place place = script_place(script, script->wrong.offset);
    need(*err->message && script->wrong.offset <= script->length);
    need(memcmp(&place, &script->wrong, sizeof place) == 0);
    script_error_show(script, script->wrong, script->wrong_length, err->message, NULL,
                      &out);
    need(utf8_check(out.bytes, out.length) == out.length);
    text_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = mem_copy((const char *)bytes, length);
    struct script script = {
        .name = "fuzz", .text = text, .length = length, .expand = expand};
    struct statement statement = {0};
    struct error err = {0};
    enum script_result result;
    size_t before = 0;
    do {
        result = script_next(&script, &statement, &err);
        need(result == SCRIPT_INCOMPLETE || result == SCRIPT_END ||
             script.at.offset > before);
        before = script.at.offset;
        if (result == SCRIPT_STATEMENT) {
            check_statement(&script, &statement);
            check_again(&script, &statement);
        } else if (result != SCRIPT_END) {
            check_shown(&script, &err);
        }
    } while (result == SCRIPT_STATEMENT || result == SCRIPT_ERROR);
    statement_done(&statement);
    free(text);
    return 0;
}
