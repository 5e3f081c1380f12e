#include "corpus/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/comparison.h"
#include "corpus/importer.h"
#include "corpus/wording.h"

static const struct import_format formats[] = {
    {"pairs", "one pair a line: prompt, chosen, rejected and optional keys", import_pairs},
    {"ratings", "one rated response a line; any numeric key is an attribute",
     import_ratings},
    {"helpsteer2", "HelpSteer2: five attributes rated 0 to 4", import_helpsteer2},
    {"rpr", "RPR: two criteria an item, each with its own preference", import_rpr},
    {"preference-700k", "preference_700K: pairs of conversations", import_preference_700k},
    {"rewardbench", "RewardBench: pairs by category", import_rewardbench},
    {"rewardbench-subsets", "RewardBench: pairs by subset", import_rewardbench_subsets},
    {"ultrafeedback", "UltraFeedback: completions rated for four attributes",
     import_ultrafeedback},
    {"hh", "HH-RLHF: pairs of Human/Assistant transcripts", import_hh},
    {"pku-saferlhf", "PKU-SafeRLHF: which response is better, which is safer",
     import_pku_saferlhf},
};

size_t import_format_count(void)
{
    return sizeof formats / sizeof *formats;
}

const struct import_format *import_format_at(size_t index)
{
    return index < import_format_count() ? &formats[index] : NULL;
}

const struct import_format *import_format_find(const char *name)
{
    for (size_t i = 0; i < import_format_count(); i++)
        if (strcmp(name, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}

const char *import_format_name(const struct import_format *format)
{
    return format->name;
}

const char *import_format_help(const struct import_format *format)
{
    return format->help;
}

const char *import_drop_name(enum import_drop drop)
{
    static const char *const names[] = {"same text", "ratings too close", "not rated",
                                        "unanimous"};
    return names[drop];
}

/* ---- one file ---- */

enum status importer_add(struct importer *importer, const struct record *record,
                         struct pair *pair, const char *suffix, struct error *err)
{
    struct text id = {0};
    enum status status = record_label(record, "id", &id, err);
    if (!status) {
        if (!id.length)
            text_printf(&id, "%zu", record->line);
        if (suffix)
            text_printf(&id, ".%s", suffix);
        pair->id = id.bytes;
        if (pair->origin < 0)
            pair->origin = importer->origin;
        corpus_add(&importer->corpus, pair);
    }
    text_done(&id);
    return status;
}

static enum status take(void *self, const struct record *record, struct error *err)
{
    struct importer *importer = self;
    enum status status = corpus_check_room(&importer->corpus, err);
    return status ? status : importer->format->take(importer, record, err);
}

static int32_t add_origin(struct importer *importer, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct text origin = {0};
    text_printf(&origin, "%s %s", importer->format->name,
                strcmp(path, "-") == 0 ? "standard input"
                : slash                ? slash + 1
                                       : path);
    int32_t index = passages_add(&importer->corpus.origins, origin.bytes, origin.length);
    text_done(&origin);
    return index;
}

static enum status check_pairs(const struct importer *importer, const char *path,
                               struct error *err)
{
    const struct import_counts *counts = &importer->counts;
    if (importer->corpus.n_pairs)
        return STATUS_OK;
    struct text why = {0};
    for (int i = 0; i < IMPORT_DROP_COUNT; i++)
        if (counts->dropped[i])
            text_printf(&why, ", %zu dropped: %s", counts->dropped[i],
                        import_drop_name((enum import_drop)i));
    if (counts->n_bad)
        text_printf(&why, ", %zu bad: %s", counts->n_bad, counts->first_bad.message);
    error_set(err, STATUS_FORMAT, "'%s' gives no pairs (%zu records%s)", path,
              counts->n_records, why.bytes ? why.bytes : "");
    text_done(&why);
    return STATUS_FORMAT;
}

/* What follows once all records are there: pairs of ratings, contexts, splits, drops. */
static enum status finish(struct importer *importer, const char *path, struct error *err)
{
    const struct import_options *options = importer->options;
    struct corpus *corpus = &importer->corpus;
    struct import_counts *counts = &importer->counts;
    struct rated_drops drops = {0};
    enum status status =
        rated_pairs(&importer->rated, options->min_gap, importer->origin, corpus, &drops,
                    importer->watch ? importer->watch->cancel : NULL, err);
    if (!status && options->contexts)
        status = wording_apply(corpus, options->contexts, &counts->n_contexts, err);
    if (status)
        return status;
    split_assign(corpus, &options->split);
    if (options->drop_unanimous)
        status = comparison_drop_unanimous(corpus, &counts->dropped[IMPORT_UNANIMOUS], err);
    if (status)
        return status;
    counts->dropped[IMPORT_SAME] = corpus->n_equal;
    counts->dropped[IMPORT_CLOSE] = drops.close;
    counts->dropped[IMPORT_UNRATED] = drops.unrated;
    counts->n_pairs = corpus->n_pairs;
    return check_pairs(importer, path, err);
}

enum status import_file(struct corpus *corpus, const struct import_format *format,
                        const char *path, const struct import_options *options,
                        const struct corpus_watch *watch, struct import_counts *counts,
                        struct error *err)
{
    enum status status = split_check(&options->split, err);
    if (status)
        return status;
    if (!isfinite(options->min_gap) || options->min_gap < 0.0)
        return error_set(err, STATUS_USAGE, "the least gap is %g, expected 0 or more",
                         options->min_gap);
    struct importer importer = {.format = format, .options = options, .watch = watch};
    struct record_tally tally = {.skip_bad = options->skip_bad};
    importer.origin = add_origin(&importer, path);
    status = record_each(path, watch, &tally, take, &importer, err);
    importer.counts.n_records = tally.n_records;
    importer.counts.n_bad = tally.n_bad;
    importer.counts.first_bad = tally.first_bad;
    if (!status)
        status = finish(&importer, path, err);
    rated_done(&importer.rated);
    if (status) {
        corpus_done(&importer.corpus);
        return status;
    }
    *corpus = importer.corpus;
    *counts = importer.counts;
    return STATUS_OK;
}
