#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "session/lab.h"

struct lab_settings lab_settings_make(void)
{
    return (struct lab_settings){.known = -1,
                                 .attribute = -1,
                                 .rule = WEIGH_HEDGE,
                                 .tau = 1,
                                 .strength = 1,
                                 .order = OFFER_INFORMATIVE,
                                 .seed = 1};
}

void lab_settings_done(struct lab_settings *settings)
{
    free(settings->context);
    free(settings->labels);
    *settings = (struct lab_settings){0};
}

void lab_settings_copy(struct lab_settings *out, const struct lab_settings *of)
{
    *out = *of;
    out->context = mem_copy_text(of->context);
    out->labels_room = of->n_labels;
    out->labels = NULL;
    if (of->n_labels) {
        out->labels = mem_alloc(of->n_labels * sizeof *out->labels);
        memcpy(out->labels, of->labels, of->n_labels * sizeof *out->labels);
    }
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_labels(const struct lab_settings *a, const struct lab_settings *b)
{
    if (a->n_labels != b->n_labels)
        return false;
    for (size_t i = 0; i < a->n_labels; i++)
        if (a->labels[i].pair != b->labels[i].pair ||
            a->labels[i].turned != b->labels[i].turned ||
            a->labels[i].skipped != b->labels[i].skipped)
            return false;
    return true;
}

/* NaN is like itself. */
static bool same_real(double a, double b)
{
    return isnan(a) || isnan(b) ? isnan(a) && isnan(b) : !(a < b) && !(a > b);
}

bool lab_settings_equal(const struct lab_settings *a, const struct lab_settings *b)
{
    return same_text(a->context, b->context) && a->known == b->known &&
           a->attribute == b->attribute && a->rule == b->rule &&
           same_real(a->tau, b->tau) && same_real(a->share, b->share) &&
           same_real(a->strength, b->strength) && a->order == b->order &&
           a->pool == b->pool && a->seed == b->seed && same_labels(a, b);
}

void lab_settings_set_context(struct lab_settings *settings, const char *context)
{
    char *copy = mem_copy_text(context);
    free(settings->context);
    settings->context = copy;
}

void lab_settings_add_label(struct lab_settings *settings, struct lab_label label)
{
    MEM_RESERVE(settings->labels, settings->n_labels, settings->labels_room);
    settings->labels[settings->n_labels++] = label;
}
