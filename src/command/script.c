#include "command/script.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/script_reader.h"

static enum step skip_line(struct reader *reader)
{
    enum step step = STEP_ON;
    while (step == STEP_ON && !script_is_over(reader) && script_peek(reader, 0) != '\n')
        step = script_skip(reader);
    return step;
}

/* Blanks, continued lines and, at the beginning of a word, a comment. */
static enum step skip_blanks(struct reader *reader)
{
    enum step step = STEP_ON;
    while (step == STEP_ON && !script_is_over(reader)) {
        if (script_peek(reader, 0) == '\\' && script_newline(reader, 1))
            step = script_take_backslash(reader);
        else if (script_is_blank(script_peek(reader, 0)))
            step = script_skip(reader);
        else if (script_peek(reader, 0) == '#')
            step = skip_line(reader);
        else
            break;
    }
    return step;
}

/* Also newlines, semicolons and comments of whole lines. */
static enum step skip_between(struct reader *reader)
{
    enum step step = STEP_ON;
    while (step == STEP_ON) {
        step = skip_blanks(reader);
        char c = script_peek(reader, 0), after = script_peek(reader, 2);
        if (step != STEP_ON || script_is_over(reader))
            break;
        if (c == '\n' || c == ';')
            step = script_skip(reader);
        else if (c == '-' && script_peek(reader, 1) == '-' &&
                 (!after || script_is_blank(after) || strchr("\n;&#", after)))
            step = skip_line(reader);
        else
            break;
    }
    return step;
}

static enum step refuse_sign(struct reader *reader, size_t length, const char *message)
{
    error_set(reader->err, STATUS_USAGE, "%s", message);
    return script_refuse(reader, reader->at, length);
}

/* What is no word and no part of the language, but of others. */
static enum step check_sign(struct reader *reader)
{
    char c = script_peek(reader, 0), next = script_peek(reader, 1);
    bool alone = !next || script_is_blank(next) || strchr("\n;&#", next);
    if (c == '|' && (alone || next == '|'))
        return refuse_sign(
            reader, next == '|' ? 2 : 1,
            "there are no pipes and no conditions; '> FILE' writes a result");
    if (c == '&' && next == '&')
        return refuse_sign(reader, 2,
                           "there is no '&&'; a script stops at the first error by itself");
    if (c == '>' && next == '=')
        return refuse_sign(reader, 2,
                           "an expression with '>=' stands in quotes or brackets");
    if (c == '<' && alone)
        return refuse_sign(reader, 1, "nothing is read through '<'; name the file");
    return STEP_ON;
}

static enum step read_redirection(struct reader *reader)
{
    struct statement *statement = reader->statement;
    struct script_place place = reader->at;
    bool append = script_peek(reader, 1) == '>';
    if (statement->redirected)
        return refuse_sign(reader, append ? 2 : 1, "the result has one file already");
    enum step step = script_skip_bytes(reader, append ? 2 : 1);
    if (step == STEP_ON)
        step = skip_blanks(reader);
    if (step != STEP_ON)
        return step;
    if (script_ends_word(reader)) {
        error_set(reader->err, STATUS_USAGE, "a file comes after '%s'",
                  append ? ">>" : ">");
        return script_refuse(reader, place, append ? 2 : 1);
    }
    statement->redirected = true;
    statement->append = append;
    step = script_read_word(reader, &statement->file);
    statement->end = statement->file.end;
    return step;
}

static enum step read_one(struct reader *reader)
{
    struct statement *statement = reader->statement;
    enum step step = check_sign(reader);
    if (step != STEP_ON)
        return step;
    if (script_peek(reader, 0) == '>')
        return read_redirection(reader);
    MEM_RESERVE(statement->words, statement->n, statement->word_room);
    step = script_read_word(reader, &statement->words[statement->n]);
    statement->end = statement->words[statement->n++].end;
    return step;
}

/* Words up to the end of the statement, which is read too. */
static enum step read_words(struct reader *reader)
{
    struct statement *statement = reader->statement;
    statement->begin = statement->end = reader->at.offset;
    for (;;) {
        enum step step = skip_blanks(reader);
        if (step != STEP_ON)
            return step;
        char c = script_peek(reader, 0);
        if (script_is_over(reader))
            return STEP_ON;
        if (c == '\n' || c == ';')
            return script_skip(reader);
        if (script_ends_with_ampersand(reader)) {
            statement->background = true;
            statement->end = reader->at.offset + 1;
            return script_skip(reader);
        }
        step = read_one(reader);
        if (step != STEP_ON)
            return step;
    }
}

/* Turns the offsets of the texts into pointers, now that they stay where they are. */
static void settle(struct statement *statement)
{
    const char *at = statement->bytes.bytes;
    while (statement->text_room < statement->n)
        MEM_RESERVE(statement->texts, statement->text_room, statement->text_room);
    size_t in_file = statement->redirected ? statement->file.at.offset : SIZE_MAX;
    for (size_t i = 0; i < statement->n; i++) {
        if (in_file < statement->words[i].at.offset) {
            statement->file.text = at;
            at += statement->file.length + 1;
            in_file = SIZE_MAX;
        }
        statement->words[i].text = statement->texts[i] = at;
        at += statement->words[i].length + 1;
    }
    if (in_file != SIZE_MAX)
        statement->file.text = at;
}

static void clear(struct statement *statement)
{
    statement->n = 0;
    statement->background = statement->redirected = statement->append = false;
    statement->begin = statement->end = 0;
    text_clear(&statement->bytes);
}

/* The beginning of the line after the one where the error is. */
static void go_on_after_error(struct reader *reader)
{
    const struct script *script = reader->script;
    struct script_place at = script->wrong;
    if (reader->at.offset > at.offset)
        at = reader->at;
    const char *from = script->text + at.offset;
    const char *newline = memchr(from, '\n', script->length - at.offset);
    reader->at.offset = newline ? (size_t)(newline - script->text) + 1 : script->length;
    reader->at.line = at.line + 1;
    reader->at.column = 1;
}

static enum step read_statement(struct reader *reader)
{
    struct statement *statement = reader->statement;
    enum step step = read_words(reader);
    if (step == STEP_ON && !statement->n) {
        error_set(reader->err, STATUS_USAGE,
                  statement->redirected ? "a command comes before the file"
                                        : "a command comes before '&'");
        return script_refuse(reader, reader->script->at, 1);
    }
    if (step == STEP_ON)
        settle(statement);
    return step;
}

enum script_result script_next(struct script *script, struct statement *statement,
                               struct error *err)
{
    if (!script->at.line)
        script->at = (struct script_place){.line = 1, .column = 1};
    clear(statement);
    struct reader reader = {
        .script = script, .statement = statement, .at = script->at, .err = err};
    enum step step = skip_between(&reader);
    enum script_result result = SCRIPT_END;
    if (step == STEP_ON && !script_is_over(&reader)) {
        script->at = reader.at;
        step = read_statement(&reader);
        result = SCRIPT_STATEMENT;
    }
    if (step == STEP_ERROR) {
        go_on_after_error(&reader);
        result = SCRIPT_ERROR;
    }
    if (step == STEP_INCOMPLETE)
        result = SCRIPT_INCOMPLETE;
    else
        script->at = reader.at;
    text_done(&reader.name);
    text_done(&reader.key);
    return result;
}

void statement_done(struct statement *statement)
{
    free(statement->words);
    free(statement->texts);
    text_done(&statement->bytes);
    *statement = (struct statement){0};
}
