/* The tables of one head. */
#ifndef COMMAND_HEAD_REPORT_H
#define COMMAND_HEAD_REPORT_H

#include "command/call.h"
#include "core/evaluate.h"
#include "core/features.h"
#include "core/model.h"
#include "core/predict.h"

struct corpus;

/* What is looked at: one head, on the pairs of one split. All borrowed. */
struct head_look {
    const struct features *features;
    const struct model *model;
    const struct corpus *corpus; /* that of the features; NULL: no texts */
    enum split split;
    size_t k;          /* the head, from 0 */
    size_t top, pairs; /* weights to show; pairs that it decides right, and wrong */
    struct predictions predictions;
    struct evaluation evaluation;
};

/* Adds "weights" (the main table), "attributes", "others" (when there are any), "surest" and,
 * with a corpus, "texts". STATUS_NO_MEMORY. */
enum status head_report(const struct head_look *look, struct call *call, struct error *err);

#endif
