#include "command/cmd_lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/call.h"
#include "command/line.h"
#include "command/subject.h"
#include "session/lab.h"
#include "session/workspace.h"

/* Changes the lab's settings as one change that undo names by the line. */
static struct lab_settings *change_lab(struct call *call, const char *line)
{
    return &workspace_change(call->workspace, line)->lab;
}

static enum status check_features(const struct call *call, struct error *err)
{
    if (workspace_state(call->workspace)->features)
        return STATUS_OK;
    return error_set(err, STATUS_FAILED, "there are no features: open some first");
}

/* ---- context ---- */

struct context_args {
    const char *text, *known;
};

static const struct field context_fields[] = {
    {.name = "text",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct context_args, text),
     .help = "what is wanted of a response, in words; without it there is no context"},
    {.name = "known",
     .type = FIELD_TEXT,
     .initial = "",
     .value = "ROW",
     FIELD_AT(struct context_args, known),
     .help = "row of the features' contexts instead, where texts cannot be encoded"},
    {0},
};

static enum status read_known(const struct call *call, const char *text, int64_t *row,
                              struct error *err)
{
    size_t number = 0;
    size_t most = workspace_state(call->workspace)->features->features.context.n_rows;
    const struct field field = {.name = "known",
                                .type = FIELD_COUNT,
                                .size = sizeof number,
                                .min = 1,
                                .max = (double)most};
    if (!most)
        return error_set(err, STATUS_FAILED, "these features have no contexts");
    enum status status = field_parse(&field, text, &number, NULL, err);
    *row = (int64_t)number - 1;
    return status;
}

static enum status run_context(struct call *call, struct error *err)
{
    const struct context_args *args = call->args;
    const struct lab_settings *now = &workspace_state(call->workspace)->lab;
    int64_t known = -1;
    enum status status = check_features(call, err);
    if (!status && args->text && args->known)
        status = error_set(err, STATUS_USAGE, "a text and --known exclude one another");
    if (!status && args->text &&
        utf8_check(args->text, strlen(args->text)) < strlen(args->text))
        status = error_set(err, STATUS_USAGE, "the context is no UTF-8");
    if (!status && args->known)
        status = read_known(call, args->known, &known, err);
    const char *before = now->context ? now->context : "";
    if (status ||
        (strcmp(before, args->text ? args->text : "") == 0 && now->known == known))
        return status;
    struct text line = {0};
    text_add(&line, "context");
    if (args->known)
        text_printf(&line, " --known %s", args->known);
    if (args->text) {
        text_add_char(&line, ' ');
        line_add_word(&line, args->text);
    }
    struct lab_settings *lab = change_lab(call, line.bytes);
    lab_settings_set_context(lab, args->text);
    lab->known = known;
    text_done(&line);
    return STATUS_OK;
}

const struct command cmd_context = {
    .name = "context",
    .group = "lab",
    .help = "say in words what is wanted of a response",
    .more = "example\n"
            "  context \"keep it short and factual\"",
    .fields = context_fields,
    .args_size = sizeof(struct context_args),
    .kind = COMMAND_SESSION,
    .run = run_context,
};

/* ---- lab ---- */

/* Texts, so that what was not given is told from what was. */
struct lab_args {
    const char *attribute, *rule, *order, *tau, *share, *strength, *pool, *draw;
};

#define OPTION(name_, member, value_, help_)                                               \
    {                                                                                      \
        .name = name_, .type = FIELD_TEXT, FIELD_AT(struct lab_args, member),              \
        .initial = "", .value = value_, .help = help_                                      \
    }

static const struct field lab_fields[] = {
    OPTION("attribute", attribute, "NAME", "label pairs of this attribute; any: of all"),
    OPTION("rule", rule, "hedge|em", "how labels become weights"),
    OPTION("order", order, "file|random|informative", "which pair is offered next"),
    OPTION("tau", tau, "X", "of hedge; small: follow the best head, large: stay"),
    OPTION("share", share, "X", "of hedge: how quickly a changed mind is followed, 0 to 1"),
    OPTION("strength", strength, "X", "of em: how much the router's weights count"),
    OPTION("pool", pool, "N", "pairs that are offered, drawn by --draw; 0: all"),
    OPTION("draw", draw, "N", "seed of the pool and of the sides that answers stand on"),
    {0},
};

static const char *const lab_rules[] = {"hedge", "em", NULL};

/* One option, as the field that it would be if all had to be given. */
static enum status read_option(const char *text, struct field field, void *member,
                               struct error *err)
{
    return text ? field_parse(&field, text, member, NULL, err) : STATUS_OK;
}

static enum status read_lab(const struct call *call, struct lab_settings *lab,
                            struct error *err)
{
    const struct lab_args *args = call->args;
    int rule = lab->rule == WEIGH_EM, order = (int)lab->order, attribute = lab->attribute;
    size_t seed = (size_t)lab->seed;
    const struct features *features = &workspace_state(call->workspace)->features->features;
    enum status status = STATUS_OK;
    if (args->attribute && strcmp(args->attribute, "any") == 0)
        attribute = -1;
    else if (args->attribute)
        status = subject_find_attribute(features, args->attribute, &attribute, err);
#define READ(member_, type_, least, most, choices_, at)                                    \
    if (!status)                                                                           \
    status = read_option(args->member_,                                                    \
                         (struct field){.name = #member_,                                  \
                                        .type = type_,                                     \
                                        .size = sizeof *(at),                              \
                                        .min = least,                                      \
                                        .max = most,                                       \
                                        .choices = choices_},                              \
                         at, err)
    READ(rule, FIELD_CHOICE, 0, 0, lab_rules, &rule);
    READ(order, FIELD_CHOICE, 0, 0, offer_order_names, &order);
    READ(tau, FIELD_REAL, HEDGE_TAU_MIN, HEDGE_TAU_MAX, NULL, &lab->tau);
    READ(share, FIELD_REAL, 0, 1, NULL, &lab->share);
    READ(strength, FIELD_REAL, 1e-9, 1e9, NULL, &lab->strength);
    READ(pool, FIELD_COUNT, 0, 1e15, NULL, &lab->pool);
    READ(draw, FIELD_COUNT, 0, 1e15, NULL, &seed);
#undef READ
    lab->rule = rule ? WEIGH_EM : WEIGH_HEDGE;
    lab->order = (enum offer_order)order;
    lab->attribute = attribute;
    lab->seed = seed;
    return status;
}

static void report_lab(struct report *report, const struct features *features,
                       const struct lab_settings *lab)
{
    report_text(report, "context", lab->context && *lab->context ? lab->context : NULL);
    report_text(report, "attribute",
                lab->attribute < 0 ? "any" : features->attributes[lab->attribute]);
    report_text(report, "rule", weigh_rule_names[lab->rule]);
    report_text(report, "order", offer_order_names[lab->order]);
    report_real(report, "tau", lab->tau, 6, NULL);
    report_real(report, "share", lab->share, 6, NULL);
    report_real(report, "strength", lab->strength, 6, NULL);
    report_count(report, "pool", lab->pool, NULL);
    report_count(report, "labels", lab->n_labels, NULL);
}

static enum status run_lab(struct call *call, struct error *err)
{
    enum status status = check_features(call, err);
    if (status)
        return status;
    const struct state *state = workspace_state(call->workspace);
    struct lab_settings wanted;
    lab_settings_copy(&wanted, &state->lab);
    status = read_lab(call, &wanted, err);
    if (!status && !lab_settings_equal(&wanted, &state->lab)) {
        struct lab_settings *lab = change_lab(call, call->source);
        lab_settings_done(lab);
        *lab = wanted;
    } else {
        lab_settings_done(&wanted);
    }
    if (!status)
        report_lab(call->report, &state->features->features, &state->lab);
    return status;
}

const struct command cmd_lab = {
    .name = "lab",
    .group = "lab",
    .help = "how labels are asked for and turned into weights",
    .more = "Options that are not given stay as they are.\n"
            "\n"
            "examples\n"
            "  lab --attribute clarity --rule em\n"
            "  lab --tau 0.5 --share 0.02",
    .fields = lab_fields,
    .args_size = sizeof(struct lab_args),
    .kind = COMMAND_SESSION,
    .run = run_lab,
};

/* ---- label ---- */

struct label_args {
    const char *pair;
    int preferred;
    size_t step;
    bool clear;
};

static const char *const preferred_choices[] = {"chosen", "rejected", "neither", NULL};

static const struct field label_fields[] = {
    {.name = "pair",
     .type = FIELD_TEXT,
     .positional = true,
     .initial = "",
     FIELD_AT(struct label_args, pair),
     .help = "number of a training pair, from 1"},
    {.name = "preferred",
     .type = FIELD_CHOICE,
     .positional = true,
     .choices = preferred_choices,
     .initial = "chosen",
     FIELD_AT(struct label_args, preferred),
     .help = "which of its responses is the better one"},
    {.name = "step",
     .type = FIELD_COUNT,
     .min = 0,
     .max = 1e9,
     .initial = "0",
     FIELD_AT(struct label_args, step),
     .help = "put it in the place of this label, from 1, and replay those behind it"},
    {.name = "clear",
     .type = FIELD_FLAG,
     .initial = "no",
     FIELD_AT(struct label_args, clear),
     .help = "take all labels back"},
    {0},
};

static enum status read_pair(const struct call *call, const char *text, uint32_t *pair,
                             struct error *err)
{
    const struct features *features = &workspace_state(call->workspace)->features->features;
    size_t number = 0;
    const struct field field = {.name = "pair",
                                .type = FIELD_COUNT,
                                .positional = true,
                                .size = sizeof number,
                                .min = 1,
                                .max = (double)features->n_pairs};
    if (!text)
        return error_set(err, STATUS_USAGE, "'label' wants the number of a training pair");
    enum status status = field_parse(&field, text, &number, NULL, err);
    if (status)
        return status;
    *pair = (uint32_t)(number - 1);
    if (features->pair_split[*pair] != SPLIT_TRAIN)
        return error_set(err, STATUS_USAGE,
                         "pair %zu is of the %s split: labels are given to training pairs",
                         number, split_name((enum split)features->pair_split[*pair]));
    return STATUS_OK;
}

static enum status clear_labels(struct call *call)
{
    if (workspace_state(call->workspace)->lab.n_labels)
        change_lab(call, call->source)->n_labels = 0;
    return STATUS_OK;
}

static enum status run_label(struct call *call, struct error *err)
{
    const struct label_args *args = call->args;
    size_t n = workspace_state(call->workspace)->lab.n_labels;
    struct lab_label label = {.turned = args->preferred == 1,
                              .skipped = args->preferred == 2};
    enum status status = check_features(call, err);
    if (!status && args->clear)
        return clear_labels(call);
    if (!status)
        status = read_pair(call, args->pair, &label.pair, err);
    if (!status && args->step > n)
        status = error_set(err, STATUS_USAGE, "there are %zu labels and no step %zu", n,
                           args->step);
    if (status)
        return status;
    struct lab_settings *lab = change_lab(call, call->source);
    if (args->step)
        lab->labels[args->step - 1] = label;
    else
        lab_settings_add_label(lab, label);
    return STATUS_OK;
}

const struct command cmd_label = {
    .name = "label",
    .group = "lab",
    .help = "say which response of a pair is the better one",
    .more = "examples\n"
            "  label 2114 rejected\n"
            "  label 2114 chosen --step 3",
    .fields = label_fields,
    .args_size = sizeof(struct label_args),
    .kind = COMMAND_SESSION,
    .run = run_label,
};
