/* Formats whose records are pairs already. */
#include <stdbool.h>

#include "corpus/importer.h"
#include "corpus/pair.h"
#include "corpus/rewardbench.h"

enum status import_pairs(struct importer *importer, const struct record *record,
                         struct error *err)
{
    struct pair pair;
    enum status status = pair_read(&importer->corpus, record, &pair, err);
    return status ? status : importer_add(importer, record, &pair, NULL, err);
}

static enum status import_subset(struct importer *importer, const struct record *record,
                                 bool by_category, struct error *err)
{
    const char *subset;
    struct pair pair;
    enum status status = record_text(record, "subset", &subset, err);
    if (!status)
        status = pair_read(&importer->corpus, record, &pair, err);
    if (status)
        return status;
    enum rewardbench_category category = rewardbench_category(subset);
    bool known = by_category && category < REWARDBENCH_CATEGORIES;
    pair.attribute =
        passages_add_text(&importer->corpus.attributes,
                          known ? rewardbench_category_names[category] : subset);
    return importer_add(importer, record, &pair, NULL, err);
}

enum status import_rewardbench(struct importer *importer, const struct record *record,
                               struct error *err)
{
    return import_subset(importer, record, true, err);
}

enum status import_rewardbench_subsets(struct importer *importer,
                                       const struct record *record, struct error *err)
{
    return import_subset(importer, record, false, err);
}
