/* A comparison from inside; for session/comparing*.c alone. */
#ifndef SESSION_COMPARING_INSIDE_H
#define SESSION_COMPARING_INSIDE_H

#include "core/adapt_budget.h"
#include "core/armo.h"
#include "core/budget.h"
#include "core/contrasts.h"
#include "core/hard_em.h"
#include "core/pca.h"
#include "core/static_em.h"
#include "core/trainer.h"
#include "session/comparing.h"
#include "session/division.h"

/* What methods share, made when the first of them wants it. */
enum need {
    NEED_PAIRS,    /* differences of the training and hold-out pairs; once for all runs */
    NEED_SINGLE,   /* the single head, by AdamW */
    NEED_MIXTURE,  /* MiCRo's heads and router */
    NEED_STATIC,   /* heads with weights of their own */
    NEED_ENSEMBLE, /* Shared-Base */
    NEED_ADAPTED,  /* the router adapted to contexts */
    NEED_SCALES,   /* root mean squares of the mixture's margins */
    NEED_COUNT
};

struct comparing_run {
    uint64_t seed;
    struct budget budget;       /* labelled pairs of every group */
    struct budget with_context; /* those of them that have a context */
    uint32_t *asked;            /* [n_asked] pairs that are scored */
    size_t *place;              /* [n_asked] where in comparing->test_pairs */
    size_t n_asked;
    struct contrasts asked_rows, label_rows;

    bool made[NEED_COUNT];
    struct model single, mixture, fixed, adapted; /* blocks are NULL until they are made */
    float *ensemble;                              /* (n_heads, D) */
    double *scales;                               /* [K of the mixture] */

    /* At work. */
    struct trainer *trainer;
    size_t n_fitted; /* heads of the ensemble */
    struct adapt_budget *adapting;
    struct hard_em *hard_em;
    struct static_em *static_em;
    uint8_t *right; /* [n_asked] of the method at work */
};

struct comparing {
    const struct features *train, *test;
    const struct model *given;
    struct comparing_options options;
    struct team *team;
    struct division division;
    struct groups groups; /* of the test features */
    /* Of the training features; of_pair NULL: nothing is known. */
    struct groups clusters; /* what maxmin keeps together */
    struct groups choosers; /* who chose */
    uint32_t *test_pairs;
    size_t n_test;

    /* Once for all runs. */
    struct contrasts pairs, held;
    int32_t *cluster, *chooser; /* [pairs.n] of each row */
    bool has_pairs;
    struct pca pca;   /* without components until it is made */
    struct armo armo; /* likewise */
    double *lbfgs;    /* [D]; NULL until it is fitted */

    bool takes_part[METHOD_COUNT];
    char *missing[METHOD_COUNT];  /* owned; why a method is not applicable */
    uint8_t *right[METHOD_COUNT]; /* (runs, n_test) 1 right, 0 wrong, 2 not scored */
    size_t n_labels, n_short;

    size_t run; /* at work */
    int method; /* the same */
    struct comparing_run now;
    bool finished;
};

struct method_row {
    const char *name;
    unsigned told;  /* TOLD_* */
    unsigned needs; /* 1 << enum need */
    double weight;  /* of its work, for progress */
    /* One step of work; sets *done, and fills now.right then. STATUS_SHAPE and STATUS_FAILED make
     * the method not applicable. */
    enum status (*step)(struct comparing *comparing, bool *done, struct error *err);
};
extern const struct method_row method_rows[METHOD_COUNT];

/* ---- comparing_train.c ---- */

/* One step of making what is needed; sets *done. */
enum status comparing_make(struct comparing *comparing, enum need need, bool *done,
                           struct error *err);
/* Share of it that is done. */
double comparing_made_share(const struct comparing *comparing, enum need need);

/* Puts the name of the features at fault before the message of STATUS_NUMERIC. */
enum status comparing_blame(const char *name, enum status status, struct error *err);

/* ---- comparing_methods.c ---- */

/* right of all asked pairs by one head [D]. */
void comparing_decide(struct comparing *comparing, const float *head);
/* Margins of heads (n_heads, D) on the asked pairs; NULL with *err filled without memory. */
float *comparing_margins(const struct contrasts *rows, const float *heads, size_t n_heads,
                         struct error *err);
/* The group of an asked pair; -1: none. */
int32_t comparing_group(const struct comparing *comparing, size_t i);

/* ---- the methods' steps ---- */

#define METHOD_STEP(name)                                                                  \
    enum status name(struct comparing *comparing, bool *done, struct error *err)
METHOD_STEP(method_maxmin);
METHOD_STEP(method_hyre);
METHOD_STEP(method_micro_hyre);
METHOD_STEP(method_drm);
METHOD_STEP(method_drm_uniform);
METHOD_STEP(method_drm_gaussian);
METHOD_STEP(method_rule);
METHOD_STEP(method_armo);
METHOD_STEP(method_pal);
METHOD_STEP(method_vpl);

#endif
