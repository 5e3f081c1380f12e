/* What the formats of import.h share: one file that is being imported. */
#ifndef CORPUS_IMPORTER_H
#define CORPUS_IMPORTER_H

#include "corpus/corpus.h"
#include "corpus/import.h"
#include "corpus/rated.h"
#include "corpus/record.h"

struct importer {
    const struct import_format *format;
    const struct import_options *options;
    const struct corpus_watch *watch; /* may be NULL */
    struct corpus corpus;
    struct import_counts counts;
    struct rated rated; /* responses of formats that rate */
    int32_t origin;     /* for records that name none */
};

struct import_format {
    const char *name, *help;
    /* Takes one record; keeps nothing of it when it fails. */
    enum status (*take)(struct importer *importer, const struct record *record,
                        struct error *err);
};

/* Adds the pair with the id that the record gives or else its line, and ".suffix" unless
 * that is NULL. */
enum status importer_add(struct importer *importer, const struct record *record,
                         struct pair *pair, const char *suffix, struct error *err);

/* One per format, in import_<family>.c. */
enum status import_pairs(struct importer *, const struct record *, struct error *);
enum status import_rewardbench(struct importer *, const struct record *, struct error *);
enum status import_rewardbench_subsets(struct importer *, const struct record *,
                                       struct error *);
enum status import_ratings(struct importer *, const struct record *, struct error *);
enum status import_helpsteer2(struct importer *, const struct record *, struct error *);
enum status import_ultrafeedback(struct importer *, const struct record *, struct error *);
enum status import_rpr(struct importer *, const struct record *, struct error *);
enum status import_pku_saferlhf(struct importer *, const struct record *, struct error *);
enum status import_preference_700k(struct importer *, const struct record *,
                                   struct error *);
enum status import_hh(struct importer *, const struct record *, struct error *);

#endif
