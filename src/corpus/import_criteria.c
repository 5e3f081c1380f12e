/* Formats with two responses that are judged by two criteria. */
#include <ctype.h>
#include <string.h>

#include "corpus/importer.h"
#include "corpus/pair.h"

/* "Clarity & Conciseness" -> "clarity-and-conciseness". */
static int32_t add_slug(struct passages *attributes, const char *name)
{
    struct text slug = {0};
    bool gap = false;
    for (const char *at = name; *at; at++) {
        bool letter = isalnum((unsigned char)*at) || (unsigned char)*at >= 0x80;
        if (gap && slug.length && (letter || *at == '&'))
            text_add_char(&slug, '-');
        gap = !letter;
        if (letter)
            text_add_char(&slug, (char)tolower((unsigned char)*at));
        else if (*at == '&')
            text_add(&slug, "and");
    }
    int32_t index = slug.length ? passages_add(attributes, slug.bytes, slug.length) : -1;
    text_done(&slug);
    return index;
}

enum status import_rpr(struct importer *importer, const struct record *record,
                       struct error *err)
{
    static const char *const known[] = {
        "id",         "prompt",     "response_a", "response_b", "criteria_x",
        "criteria_y", "category_x", "category_y", "user",       "split"};
    struct corpus *corpus = &importer->corpus;
    const char *category[2];
    struct pair pair = PAIR_NONE;
    int32_t response[2], criterion[2];
    enum status status =
        record_passage(record, "prompt", &corpus->prompts, &pair.prompt, err);
    for (int i = 0; i < 2 && !status; i++) {
        status = record_passage(record, i ? "response_b" : "response_a", &corpus->responses,
                                &response[i], err);
        if (!status)
            status = record_passage(record, i ? "criteria_y" : "criteria_x",
                                    &corpus->contexts, &criterion[i], err);
        if (!status)
            status =
                record_text(record, i ? "category_y" : "category_x", &category[i], err);
    }
    if (!status)
        status = pair_read_marks(corpus, record, &pair, err);
    if (status)
        return status;
    pair.extra = pair_read_extra(corpus, record, known, sizeof known / sizeof *known);
    for (int i = 0; i < 2 && !status; i++) {
        pair.chosen = response[i];
        pair.rejected = response[1 - i];
        pair.context = criterion[i];
        pair.attribute = add_slug(&corpus->attributes, category[i]);
        status = importer_add(importer, record, &pair, i ? "y" : "x", err);
    }
    return status;
}

static enum status read_choice(const struct record *record, const char *key, int *choice,
                               struct error *err)
{
    double value;
    enum status status = record_number(record, key, &value, err);
    if (!status && value != 0.0 && value != 1.0)
        status = error_set(err, STATUS_FORMAT, "'%s' is neither 0 nor 1", key);
    if (!status)
        *choice = value == 1.0;
    return status;
}

/* Extra members, and which of the two responses was chosen: without it is_response_0_safe
 * and the like would mean nothing any more. */
static int32_t read_extra(struct corpus *corpus, const struct record *record, int choice)
{
    static const char *const known[] = {"id",         "prompt",
                                        "response_0", "response_1",
                                        "user",       "better_response_id",
                                        "split",      "safer_response_id"};
    int32_t rest = pair_read_extra(corpus, record, known, sizeof known / sizeof *known);
    struct text extra = {0};
    pair_add_extra(&extra, "", "chosen_response_id", choice ? "1" : "0", 1);
    if (rest >= 0) {
        text_add_char(&extra, ',');
        text_add(&extra, corpus->extras.items[rest].plain);
    }
    int32_t index = passages_add(&corpus->extras, extra.bytes, extra.length);
    text_done(&extra);
    return index;
}

enum status import_pku_saferlhf(struct importer *importer, const struct record *record,
                                struct error *err)
{
    struct corpus *corpus = &importer->corpus;
    struct pair pair = PAIR_NONE;
    int32_t response[2];
    int choice[2];
    enum status status =
        record_passage(record, "prompt", &corpus->prompts, &pair.prompt, err);
    for (int i = 0; i < 2 && !status; i++) {
        status = record_passage(record, i ? "response_1" : "response_0", &corpus->responses,
                                &response[i], err);
        if (!status)
            status = read_choice(record, i ? "safer_response_id" : "better_response_id",
                                 &choice[i], err);
    }
    if (!status)
        status = pair_read_marks(corpus, record, &pair, err);
    for (int i = 0; i < 2 && !status; i++) {
        const char *name = i ? "safer" : "better";
        pair.chosen = response[choice[i]];
        pair.rejected = response[1 - choice[i]];
        pair.attribute = passages_add_text(&corpus->attributes, name);
        pair.extra = read_extra(corpus, record, choice[i]);
        status = importer_add(importer, record, &pair, name, err);
    }
    return status;
}
