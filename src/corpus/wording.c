#include "corpus/wording.h"

#include <string.h>

#include "io/json.h"
#include "io/mapping.h"

static const struct {
    const char *attribute, *sentence;
} builtin[] = {
    {"helpfulness",
     "Prefer the answer that serves the asker best: to the point, accurate, up to "
     "date, friendly and of practical use."},
    {"correctness",
     "Prefer the answer whose statements are true and can be verified, which deals "
     "with every part of the question and leaves out or makes up nothing."},
    {"coherence",
     "Prefer the answer that is easy to follow from one thought to the next, without "
     "contradicting or repeating itself or changing its style midway."},
    {"complexity",
     "Prefer the answer written for specialists, in elevated language and with the "
     "vocabulary of the field."},
    {"verbosity",
     "Prefer the long answer that goes into detail and adds background and examples."},
    {"safety",
     "Prefer the answer that is safe and respectful and contains nothing harmful, toxic "
     "or illegal."},
    {"honesty",
     "Prefer the answer that says only what it can know and admits openly where it is "
     "unsure."},
    {"instruction_following",
     "Prefer the answer that does exactly what the instruction asks and "
     "keeps to every condition in it."},
    {"truthfulness",
     "Prefer the answer that agrees with the facts and with the text it is given, "
     "and invents nothing."},
};

const char *wording_builtin(const char *attribute)
{
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        if (strcmp(attribute, builtin[i].attribute) == 0)
            return builtin[i].sentence;
    return NULL;
}

static enum status open_sentences(const char *path, struct json **sentences,
                                  struct error *err)
{
    struct mapping mapping;
    enum status status = mapping_open(&mapping, path, err);
    if (status)
        return status;
    struct error fault;
    struct json *json = json_parse((const char *)mapping.bytes, mapping.length, &fault);
    mapping_done(&mapping);
    if (!json)
        return error_set(err, STATUS_FORMAT, "'%s': %s", path, fault.message);
    bool good = json_is_object(json);
    for (const struct json *item = json_first(json); item; item = json_next(item))
        good = good && json_text(item);
    if (!good) {
        json_free(json);
        return error_set(err, STATUS_FORMAT,
                         "'%s' is no JSON object of one sentence per attribute", path);
    }
    *sentences = json;
    return STATUS_OK;
}

enum status wording_apply(struct corpus *corpus, const char *contexts, size_t *n_given,
                          struct error *err)
{
    struct json *sentences = NULL;
    bool is_builtin = strcmp(contexts, "builtin") == 0;
    enum status status = is_builtin ? STATUS_OK : open_sentences(contexts, &sentences, err);
    if (status)
        return status;
    *n_given = 0;
    for (size_t i = 0; i < corpus->n_pairs; i++) {
        struct pair *pair = &corpus->pairs[i];
        if (pair->attribute < 0 || pair->context >= 0)
            continue;
        const char *name = corpus->attributes.items[pair->attribute].plain;
        const char *sentence =
            is_builtin ? wording_builtin(name) : json_text(json_get(sentences, name));
        if (sentence && *sentence) {
            pair->context = passages_add_text(&corpus->contexts, sentence);
            ++*n_given;
        }
    }
    json_free(sentences);
    return STATUS_OK;
}
