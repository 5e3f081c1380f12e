#include "encode/template.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"

enum { PATTERN_MOST = 64 << 10 };

static const struct {
    const char *name, *pattern;
} known[] = {
    {"raw", "{prompt}{end}\n\n{response}"},
    {"llama-3",
     "<|start_header_id|>user<|end_header_id|>\n\n{prompt|trim}<|eot_id|>{end}"
     "<|start_header_id|>assistant<|end_header_id|>\n\n{response|trim}<|eot_id|>"},
    {"chatml", "<|im_start|>user\n{prompt}<|im_end|>\n{end}"
               "<|im_start|>assistant\n{response}<|im_end|>\n"},
};

/* Where something stands in the pattern: from its brace to behind the other one. */
struct place {
    const char *from, *to;
    bool trims;
};

struct template
{
    char *name, *pattern;
    struct place prompt, response, end;
};

/* ---- reading ---- */

static size_t find_all(const char *pattern, const char *mark, bool trims,
                       struct place *place)
{
    size_t n = 0, length = strlen(mark);
    for (const char *at = pattern; (at = strstr(at, mark)); at += length) {
        *place = (struct place){at, at + length, trims};
        n++;
    }
    return n;
}

static enum status find_text(const char *pattern, const char *plain, const char *trimmed,
                             struct place *place, struct error *err)
{
    size_t n = find_all(pattern, plain, false, place);
    n += find_all(pattern, trimmed, true, place);
    if (n != 1)
        return error_set(err, STATUS_FORMAT, "%s must stand there once, not %zu times",
                         plain, n);
    return STATUS_OK;
}

static enum status find_places(struct template *template, struct error *err)
{
    const char *pattern = template->pattern;
    struct place *prompt = &template->prompt, *response = &template->response;
    enum status status = find_text(pattern, "{prompt}", "{prompt|trim}", prompt, err);
    if (!status)
        status = find_text(pattern, "{response}", "{response|trim}", response, err);
    if (status)
        return status;
    if (response->from < prompt->to)
        return error_set(err, STATUS_FORMAT, "{response} must stand behind {prompt}");
    size_t n = find_all(pattern, "{end}", false, &template->end);
    if (n > 1)
        return error_set(err, STATUS_FORMAT, "{end} must stand there once, not %zu times",
                         n);
    if (!n)
        template->end = (struct place){response->from, response->from, false};
    if (template->end.from < prompt->to || template->end.to > response->from)
        return error_set(err, STATUS_FORMAT,
                         "{end} must stand between {prompt} and {response}");
    return STATUS_OK;
}

struct template *template_parse(const char *name, const char *pattern, size_t length,
                                struct error *err)
{
    char shown[200];
    text_show(shown, sizeof shown, name);
    if (length > PATTERN_MOST) {
        error_set(err, STATUS_FORMAT, "template '%s' is longer than %d bytes", shown,
                  PATTERN_MOST);
        return NULL;
    }
    size_t bad = utf8_check(pattern, length);
    if (bad == length && length && memchr(pattern, '\0', length))
        bad = (size_t)((const char *)memchr(pattern, '\0', length) - pattern);
    if (bad < length) {
        error_set(err, STATUS_FORMAT, "template '%s' is no text at byte %zu", shown, bad);
        return NULL;
    }
    struct template *template = mem_zero(sizeof *template);
    template->name = mem_copy_text(name);
    template->pattern = mem_copy(pattern, length);
    if (find_places(template, err) != STATUS_OK) {
        error_prefix(err, "template '%s'", shown);
        template_free(template);
        return NULL;
    }
    return template;
}

static struct template *read_file(const char *path, struct error *err)
{
    struct mapping mapping;
    if (mapping_open(&mapping, path, err) != STATUS_OK)
        return NULL;
    const char *bytes = mapping.bytes ? (const char *)mapping.bytes : "";
    size_t length = mapping.length;
    if (length && bytes[length - 1] == '\n')
        length--;
    if (length && length < mapping.length && bytes[length - 1] == '\r')
        length--;
    struct template *template = template_parse(path, bytes, length, err);
    mapping_done(&mapping);
    return template;
}

struct template *template_open(const char *name, struct error *err)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return template_parse(name, known[i].pattern, strlen(known[i].pattern), err);
    if (strpbrk(name, "/."))
        return read_file(name, err);
    char shown[200];
    error_set(err, STATUS_NOT_FOUND,
              "there is no template '%s'; expected 'raw', 'llama-3', 'chatml' or a file",
              text_show(shown, sizeof shown, name));
    return NULL;
}

void template_free(struct template *template)
{
    if (!template)
        return;
    free(template->name);
    free(template->pattern);
    free(template);
}

const char *template_name(const struct template *template)
{
    return template->name;
}

const char *template_pattern(const struct template *template)
{
    return template->pattern;
}

/* ---- rendering ---- */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add_part(struct text *out, const char *bytes, size_t length, bool trims)
{
    if (trims) {
        while (length && is_space(*bytes)) {
            bytes++;
            length--;
        }
        while (length && is_space(bytes[length - 1]))
            length--;
    }
    if (length)
        text_append(out, bytes, length);
}

void template_render(const struct template *template, struct encoder_text prompt,
                     struct encoder_text context, struct encoder_text response,
                     struct text *out)
{
    const struct template *t = template;
    text_append(out, t->pattern, (size_t)(t->prompt.from - t->pattern));
    if (context.bytes) {
        struct text joined = {0};
        text_append(&joined, prompt.bytes ? prompt.bytes : "", prompt.length);
        if (prompt.bytes)
            text_add(&joined, "\n\n");
        text_append(&joined, context.bytes, context.length);
        add_part(out, joined.bytes, joined.length, t->prompt.trims);
        text_done(&joined);
    } else if (prompt.bytes) {
        add_part(out, prompt.bytes, prompt.length, t->prompt.trims);
    }
    text_append(out, t->prompt.to, (size_t)(t->end.from - t->prompt.to));
    if (!response.bytes)
        return;
    text_append(out, t->end.to, (size_t)(t->response.from - t->end.to));
    add_part(out, response.bytes, response.length, t->response.trims);
    text_add(out, t->response.to);
}
