/* Making a corpus from files as data sets publish them.
 *
 * import_file reads a file of one of the formats below, makes pairs of its records, gives
 * them contexts where asked for, splits them by prompt, and drops what was asked to be
 * dropped.
 *
 *   pairs            {prompt, chosen, rejected, ...}: the corpus file itself (corpus.h)
 *   ratings          {prompt, response, any numeric keys}: rated responses; a pair per attribute
 *                    and two responses of a prompt whose ratings differ. Responses belong
 *                    together when they have the same prompt_id, or without it the same
 *                    prompt, and the same user and context
 *   helpsteer2       ratings with helpfulness, correctness, coherence, complexity, verbosity,
 *                    0 to 4
 *   ultrafeedback    {instruction, completions: [{response, annotations}]}, four attributes
 *   rpr              {prompt, response_a, response_b, criteria_x, criteria_y, category_x,
 *                    category_y}: two pairs, a over b under criterion x and b over a under y;
 *                    the criterion is the context
 *   pku-saferlhf     {prompt, response_0, response_1, better_response_id, safer_response_id}:
 *                    two pairs, attributes better and safer
 *   preference-700k  {chosen, rejected}: conversations; their common turns are the prompt
 *   hh               {chosen, rejected}: transcripts "\n\nHuman: ... \n\nAssistant: ..."
 *   rewardbench      {prompt, chosen, rejected, subset}: attribute chat, chat-hard, safety or
 *                    reasoning by subset (a subset that is none of the benchmark's is its own
 *                    attribute)
 *   rewardbench-subsets   the same with the subset itself as the attribute
 *
 * A pair without an id gets the number of its line, with the two responses or the judgement
 * behind it where a record gives several pairs: "17-19.fluency", "17.x". Keys that a format
 * does not know are kept (docs/formats.md).
 */
#ifndef CORPUS_IMPORT_H
#define CORPUS_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "corpus/corpus.h"
#include "corpus/split.h"

struct import_format;
size_t import_format_count(void);
const struct import_format *import_format_at(size_t index);
const struct import_format *import_format_find(const char *name); /* NULL: no such format */
const char *import_format_name(const struct import_format *format);
const char *import_format_help(const struct import_format *format); /* one line */

struct import_options {
    double min_gap;         /* least difference of two ratings that makes a pair; 0: any */
    const char *attributes; /* names that count in `ratings`, with commas; NULL: every
                               numeric key */
    bool drop_unanimous; /* drop training pairs on which all attributes of the data agree */
    bool skip_bad;       /* leave out records that are wrong instead of refusing the file */
    struct split_options split;
    const char *contexts; /* context of pairs without one: NULL none, "builtin", or a JSON
                             file {attribute: sentence} */
};
#define IMPORT_DEFAULTS ((struct import_options){.split = {.test = 0.2, .holdout = 0.1}})

enum import_drop {
    IMPORT_SAME,      /* both responses are the same text */
    IMPORT_CLOSE,     /* ratings tie, or differ by less than min_gap */
    IMPORT_UNRATED,   /* one of the two responses is not rated for the attribute */
    IMPORT_UNANIMOUS, /* all attributes agree (drop_unanimous) */
    IMPORT_DROP_COUNT,
};
const char *import_drop_name(enum import_drop drop); /* "same text", ... */

struct import_counts {
    size_t n_records;                  /* lines read, without blank ones */
    size_t n_pairs;                    /* in the corpus */
    size_t dropped[IMPORT_DROP_COUNT]; /* pairs not made, by reason */
    size_t n_contexts;                 /* pairs that were given a context */
    size_t n_bad;                      /* records left out (skip_bad) */
    struct error first_bad;            /* what was wrong with the first of them */
};

/* Fills the all-zero *corpus from the file ("-": standard input). Progress is in bytes of
 * the file. STATUS_FORMAT naming file, line and key for a wrong record, or when no pair
 * comes out; STATUS_USAGE for wrong options; STATUS_CANCELLED. On failure *corpus stays
 * empty and *counts as it was. */
enum status import_file(struct corpus *corpus, const struct import_format *format,
                        const char *path, const struct import_options *options,
                        const struct corpus_watch *watch, struct import_counts *counts,
                        struct error *err);

#endif
