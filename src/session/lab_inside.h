/* The insides of the context lab, shared by lab*.c only. */
#ifndef SESSION_LAB_INSIDE_H
#define SESSION_LAB_INSIDE_H

#include "session/effect.h"
#include "session/lab.h"
#include "session/typed.h"

/* The labels of the settings as the rule sees them. */
struct lab_material {
    float *margin;     /* (n, K) of the preferred response less the other */
    double *log_prior; /* (n, K) */
    size_t n, room;
};

struct lab {
    struct held_features *features;
    struct held_model *model;
    struct held_corpus *corpus;
    size_t n_heads;
    struct typed *typed;  /* NULL: texts are not encoded here, */
    bool wants_effect;    /* but by the caller, */
    struct error untyped; /* or not at all, for this reason */

    struct lab_settings settings; /* that everything below follows from */
    struct effect *effect;        /* of the context; NULL: there is none */
    size_t n_estimated;           /* lab_figures */
    struct labelling labelling;   /* of the attribute */
    struct lab_material material;
    struct hedge *hedge, *blank;    /* with the labels, and without */
    double *router, *context, *now; /* [K] lab_figures */

    /* Made when asked for. */
    struct offer *offer;
    bool *taken; /* [labelling.train.n] labelled or skipped */
    bool has_asked, has_next;
    uint32_t next;
    bool has_score;
    struct lab_score score;
    struct contexts *contexts;
    struct near_context *known; /* by row */
    size_t n_known;
    double *forecast_heads, *forecast_weights, *pair_prior; /* [K] */
    float *pair_margin;                                     /* [K] */
};

/* Place of a pair among the candidates; SIZE_MAX: it is none. */
size_t lab_place(const struct lab *lab, uint32_t pair);

/* The effect of a known row. NULL with STATUS_SHAPE when no pair uses it. */
struct effect *lab_known_effect(const struct lab *lab, int64_t row, struct error *err);

#endif
