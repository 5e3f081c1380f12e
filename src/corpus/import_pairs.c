/* Formats whose records are pairs already. */
#include <string.h>

#include "corpus/importer.h"
#include "corpus/pair.h"

enum status import_pairs(struct importer *importer, const struct record *record,
                         struct error *err)
{
    struct pair pair;
    enum status status = pair_read(&importer->corpus, record, &pair, err);
    return status ? status : importer_add(importer, record, &pair, NULL, err);
}

/* The benchmark's own division of its subsets. */
static const struct {
    const char *subset, *category;
} subsets[] = {
    {"alpacaeval-easy", "chat"},
    {"alpacaeval-length", "chat"},
    {"alpacaeval-hard", "chat"},
    {"mt-bench-easy", "chat"},
    {"mt-bench-med", "chat"},
    {"mt-bench-hard", "chat-hard"},
    {"llmbar-natural", "chat-hard"},
    {"llmbar-adver-neighbor", "chat-hard"},
    {"llmbar-adver-GPTInst", "chat-hard"},
    {"llmbar-adver-GPTOut", "chat-hard"},
    {"llmbar-adver-manual", "chat-hard"},
    {"refusals-dangerous", "safety"},
    {"refusals-offensive", "safety"},
    {"xstest-should-refuse", "safety"},
    {"xstest-should-respond", "safety"},
    {"donotanswer", "safety"},
    {"math-prm", "reasoning"},
    {"hep-cpp", "reasoning"},
    {"hep-go", "reasoning"},
    {"hep-java", "reasoning"},
    {"hep-js", "reasoning"},
    {"hep-python", "reasoning"},
    {"hep-rust", "reasoning"},
};

enum status import_rewardbench(struct importer *importer, const struct record *record,
                               struct error *err)
{
    const char *subset;
    struct pair pair;
    enum status status = record_text(record, "subset", &subset, err);
    if (!status)
        status = pair_read(&importer->corpus, record, &pair, err);
    if (status)
        return status;
    const char *category = subset;
    for (size_t i = 0; i < sizeof subsets / sizeof *subsets; i++)
        if (strcmp(subset, subsets[i].subset) == 0)
            category = subsets[i].category;
    pair.attribute = passages_add_text(&importer->corpus.attributes, category);
    return importer_add(importer, record, &pair, NULL, err);
}
