#include "session/lab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "session/lab_inside.h"

static const struct features *features_of(const struct lab *lab)
{
    return &lab->features->features;
}

static const struct model *model_of(const struct lab *lab)
{
    return &lab->model->model;
}

/* ---- making ---- */

/* Why an encoder that has to read prompts and context together cannot; STATUS_OK: it can. */
static enum status check_texts(const struct lab *lab, struct error *err)
{
    const struct typed_text empty = {"", 0};
    size_t n = features_of(lab)->prompt.n_rows;
    if (!lab->corpus)
        return typed_context_part(lab->typed, empty, NULL, err);
    if (lab->corpus->corpus.prompts.n != n)
        return error_set(err, STATUS_SHAPE,
                         "the corpus has %zu prompts, the features have %zu",
                         lab->corpus->corpus.prompts.n, n);
    return STATUS_OK;
}

/* Opens the encoder for typed text, or finds that the caller has to ask it, or keeps the reason why there
 * is none. */
static void open_typed(struct lab *lab)
{
    if (!shape_inputs(&model_of(lab)->shape)) {
        error_set(&lab->untyped, STATUS_USAGE,
                  "the model's router reads no prompt, so that no context moves it");
        return;
    }
    lab->typed = typed_create(features_of(lab), &lab->untyped);
    if (!lab->typed || typed_adds_context(lab->typed))
        return;
    lab->wants_effect = !check_texts(lab, &lab->untyped);
    typed_free(lab->typed);
    lab->typed = NULL;
}

struct lab *lab_create(struct held_features *features, struct held_model *model,
                       struct held_corpus *corpus, struct error *err)
{
    struct lab *lab = mem_zero(sizeof *lab);
    size_t K = model->model.shape.n_heads, bytes = K * sizeof(double);
    lab->features = held_features_ref(features);
    lab->model = held_model_ref(model);
    lab->corpus = held_corpus_ref(corpus);
    lab->n_heads = K;
    lab->router = mem_zero(bytes);
    lab->context = mem_zero(bytes);
    lab->now = mem_zero(bytes);
    lab->forecast_heads = mem_zero(bytes);
    lab->forecast_weights = mem_zero(bytes);
    lab->pair_prior = mem_zero(bytes);
    lab->pair_margin = mem_zero(K * sizeof *lab->pair_margin);
    lab->settings = lab_settings_make();
    open_typed(lab);
    struct lab_settings settings = lab_settings_make();
    if (lab_set(lab, &settings, err)) {
        lab_free(lab);
        return NULL;
    }
    return lab;
}

void lab_free(struct lab *lab)
{
    if (!lab)
        return;
    hedge_free(lab->hedge);
    hedge_free(lab->blank);
    offer_free(lab->offer);
    contexts_free(lab->contexts);
    typed_free(lab->typed);
    effect_unref(lab->effect);
    labelling_done(&lab->labelling);
    lab_settings_done(&lab->settings);
    void *arrays[] = {lab->router,
                      lab->context,
                      lab->now,
                      lab->taken,
                      lab->known,
                      lab->forecast_heads,
                      lab->pair_prior,
                      lab->forecast_weights,
                      lab->pair_margin,
                      lab->material.margin,
                      lab->material.log_prior};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    held_features_unref(lab->features);
    held_model_unref(lab->model);
    held_corpus_unref(lab->corpus);
    free(lab);
}

const char *lab_untyped(const struct lab *lab)
{
    return lab->typed || lab->wants_effect ? NULL : lab->untyped.message;
}

bool lab_wants_effect(const struct lab *lab)
{
    return lab->wants_effect;
}

/* ---- checks ---- */

static bool has_text(const struct lab_settings *settings)
{
    return settings->context && *settings->context;
}

static struct hedge_settings rule_of(const struct lab *lab,
                                     const struct lab_settings *settings)
{
    bool em = settings->rule == WEIGH_EM;
    return (struct hedge_settings){.rule = settings->rule,
                                   .n_heads = lab->n_heads,
                                   .tau = em ? 1 : settings->tau,
                                   .share = em ? 0 : settings->share,
                                   .strength = settings->strength};
}

static enum status check_labels(const struct lab *lab, const struct lab_settings *settings,
                                struct error *err)
{
    const struct features *features = features_of(lab);
    for (size_t i = 0; i < settings->n_labels; i++) {
        uint32_t pair = settings->labels[i].pair;
        if (pair >= features->n_pairs || features->pair_split[pair] != SPLIT_TRAIN)
            return error_set(err, STATUS_SHAPE,
                             "label %zu is of pair %zu, which is no training pair", i + 1,
                             (size_t)pair + 1);
    }
    return STATUS_OK;
}

static enum status check(const struct lab *lab, const struct lab_settings *settings,
                         struct error *err)
{
    const struct features *features = features_of(lab);
    int32_t attribute = settings->attribute;
    struct hedge_settings rule = rule_of(lab, settings);
    if (attribute >= 0 && (size_t)attribute >= features->n_attributes)
        return error_set(err, STATUS_SHAPE, "there is no attribute %d", attribute + 1);
    if (lab_untyped(lab) && (has_text(settings) || (settings->known >= 0 &&
                                                    !shape_inputs(&model_of(lab)->shape))))
        return error_set(err, STATUS_USAGE, "%s", lab->untyped.message);
    struct hedge *trial = hedge_create(&rule, err);
    if (!trial)
        return err->status;
    hedge_free(trial);
    return check_labels(lab, settings, err);
}

/* ---- the context ---- */

static bool same_context(const struct lab_settings *a, const struct lab_settings *b)
{
    if (has_text(a) || has_text(b))
        return has_text(a) && has_text(b) && strcmp(a->context, b->context) == 0;
    return a->known == b->known;
}

/* *out: what the context of the settings does, with a count; NULL: there is none. */
static enum status find_effect(const struct lab *lab, const struct lab_settings *settings,
                               struct effect **out, struct error *err)
{
    *out = NULL;
    if (has_text(settings) && lab->wants_effect)
        return error_set(err, STATUS_USAGE, "the context was not encoded");
    if (has_text(settings)) {
        const struct effect_wish wish = {
            .features = features_of(lab),
            .context = {settings->context, strlen(settings->context)}};
        *out = effect_encode(lab->typed, &wish, err);
    } else if (settings->known >= 0) {
        *out = lab_known_effect(lab, settings->known, err);
    } else {
        return STATUS_OK;
    }
    return *out ? STATUS_OK : err->status;
}

/* ---- what changes ---- */

/* New settings, and what of them is made before anything is given up. */
struct change {
    const struct lab_settings *settings;
    bool first, attribute, context, rule, offer;
    struct effect *effect;        /* with a count; NULL: no context */
    struct labelling labelling;   /* of another attribute */
    size_t kept;                  /* labels that are the same as before */
    struct lab_material material; /* of those behind them */
};

static struct change compare(const struct lab *lab, const struct lab_settings *settings,
                             const struct effect *effect)
{
    const struct lab_settings *old = &lab->settings;
    struct change change = {.settings = settings, .first = !lab->hedge};
    struct hedge_settings a = rule_of(lab, old), b = rule_of(lab, settings);
    change.attribute = change.first || old->attribute != settings->attribute;
    change.context =
        change.first || !same_context(old, settings) || (effect && effect != lab->effect);
    change.rule = change.attribute || change.context || a.rule != b.rule || a.tau < b.tau ||
                  a.tau > b.tau || a.share < b.share || a.share > b.share ||
                  a.strength < b.strength || a.strength > b.strength;
    change.offer = change.attribute || old->order != settings->order ||
                   old->pool != settings->pool || old->seed != settings->seed;
    size_t n = old->n_labels < settings->n_labels ? old->n_labels : settings->n_labels;
    while (change.kept < n && !change.attribute && !change.context &&
           old->labels[change.kept].pair == settings->labels[change.kept].pair &&
           old->labels[change.kept].turned == settings->labels[change.kept].turned &&
           old->labels[change.kept].skipped == settings->labels[change.kept].skipped)
        change.kept++;
    return change;
}

static const struct labelling *labelling_after(const struct lab *lab,
                                               const struct change *change)
{
    return change->attribute ? &change->labelling : &lab->labelling;
}

static int by_pair(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static size_t place_in(const struct labelled_set *set, uint32_t pair)
{
    const uint32_t *found =
        set->n ? bsearch(&pair, set->pairs, set->n, sizeof pair, by_pair) : NULL;
    return found ? (size_t)(found - set->pairs) : SIZE_MAX;
}

size_t lab_place(const struct lab *lab, uint32_t pair)
{
    return place_in(&lab->labelling.train, pair);
}

/* Margins of the labels that are new, and priors of those of them that are no candidates; the
 * candidates' are taken when their routing is there. */
static enum status gather_material(const struct lab *lab, struct change *change,
                                   struct error *err)
{
    const struct labelled_set *train = &labelling_after(lab, change)->train;
    size_t K = lab->n_heads, n = change->settings->n_labels - change->kept;
    struct lab_material *material = &change->material;
    *material = (struct lab_material){.margin = mem_alloc((n * K + 1) * sizeof(float)),
                                      .log_prior = mem_alloc((n * K + 1) * sizeof(double)),
                                      .n = n,
                                      .room = n};
    for (size_t i = 0; i < n; i++) {
        struct lab_label label = change->settings->labels[change->kept + i];
        float *margin = material->margin + i * K;
        size_t place = place_in(train, label.pair);
        if (place != SIZE_MAX)
            memcpy(margin, train->predictions.margin + place * K, K * sizeof *margin);
        else if (labelling_pair(features_of(lab), model_of(lab), label.pair, change->effect,
                                margin, material->log_prior + i * K, err))
            return err->status;
        for (size_t k = 0; k < K && label.turned; k++)
            margin[k] = -margin[k];
    }
    return STATUS_OK;
}

/* All that can fail, in an order that leaves the lab as it is. */
static enum status prepare(struct lab *lab, struct change *change, struct effect *effect,
                           struct error *err)
{
    const struct features *features = features_of(lab);
    const struct model *model = model_of(lab);
    enum status status = STATUS_OK;
    if (effect || !change->context)
        change->effect = effect_ref(effect ? effect : lab->effect);
    else
        status = find_effect(lab, change->settings, &change->effect, err);
    if (!status && change->attribute)
        status = labelling_make(&change->labelling, features, model,
                                change->settings->attribute, change->effect, err);
    if (!status)
        status = gather_material(lab, change, err);
    if (!status && change->context && !change->attribute)
        status = labelling_route(&lab->labelling, features, model, change->effect, err);
    return status;
}

static void change_done(struct change *change)
{
    effect_unref(change->effect);
    free(change->material.margin);
    free(change->material.log_prior);
    labelling_done(&change->labelling);
}

/* ---- taking it over ---- */

/* Mean weights over the candidates, by prompts alone: [K]. */
static void find_router(struct lab *lab)
{
    const struct labelled_set *train = &lab->labelling.train;
    size_t K = lab->n_heads;
    memset(lab->router, 0, K * sizeof *lab->router);
    for (size_t i = 0; i < train->n; i++) {
        const float *log_weight = train->predictions.log_weight + i * K;
        double sum = 0;
        for (size_t k = 0; k < K; k++)
            sum += exp((double)log_weight[k]);
        for (size_t k = 0; k < K; k++)
            lab->router[k] += exp((double)log_weight[k]) / sum / (double)train->n;
    }
}

static void take_labelling(struct lab *lab, struct change *change)
{
    effect_unref(lab->effect);
    lab->effect = effect_ref(change->effect);
    if (change->attribute) {
        labelling_done(&lab->labelling);
        lab->labelling = change->labelling;
        change->labelling = (struct labelling){0};
        free(lab->taken);
        lab->taken = mem_zero((lab->labelling.train.n + 1) * sizeof *lab->taken);
        find_router(lab);
    }
    const struct labelled_set *train = &lab->labelling.train;
    lab->n_estimated = 0;
    for (size_t p = 0; p < train->n_prompts && lab->effect; p++)
        lab->n_estimated += !effect_has(lab->effect, train->prompts[p]);
    for (size_t k = 0; k < lab->n_heads; k++)
        lab->context[k] = exp(lab->labelling.mean_log_prior[k]);
}

/* The material of the labels that stay, and that of the new ones behind it. */
static void take_material(struct lab *lab, const struct change *change)
{
    const struct labelled_set *train = &lab->labelling.train;
    size_t K = lab->n_heads, kept = change->kept, n = kept + change->material.n;
    struct lab_material *material = &lab->material;
    material->n = n;
    if (n == kept)
        return;
    if (n > material->room) {
        material->room = 2 * n;
        material->margin =
            mem_resize(material->margin, material->room * K * sizeof *material->margin);
        material->log_prior =
            mem_resize(material->log_prior, material->room * K * sizeof(double));
    }
    memcpy(material->margin + kept * K, change->material.margin,
           (n - kept) * K * sizeof *material->margin);
    memcpy(material->log_prior + kept * K, change->material.log_prior,
           (n - kept) * K * sizeof *material->log_prior);
    for (size_t i = kept; i < n; i++) {
        size_t place = lab_place(lab, change->settings->labels[i].pair);
        if (place != SIZE_MAX)
            memcpy(material->log_prior + i * K, train->log_prior + place * K,
                   K * sizeof *material->log_prior);
    }
}

static size_t count_steps(const struct lab_settings *settings, size_t n)
{
    size_t steps = 0;
    for (size_t i = 0; i < n; i++)
        steps += !settings->labels[i].skipped;
    return steps;
}

static enum status make_rules(struct lab *lab, const struct lab_settings *settings,
                              struct error *err)
{
    struct hedge_settings rule = rule_of(lab, settings);
    rule.log_prior = lab->labelling.mean_log_prior;
    hedge_free(lab->hedge);
    hedge_free(lab->blank);
    lab->hedge = hedge_create(&rule, err);
    lab->blank = hedge_create(&rule, err);
    return lab->hedge && lab->blank ? STATUS_OK : err->status;
}

static enum status replay(struct lab *lab, const struct lab_settings *settings, size_t from,
                          struct error *err)
{
    size_t K = lab->n_heads;
    enum status status = STATUS_OK;
    for (size_t i = from; i < settings->n_labels && !status; i++)
        if (!settings->labels[i].skipped)
            status = hedge_update(lab->hedge, lab->material.log_prior + i * K,
                                  lab->material.margin + i * K, err);
    return status;
}

static void mark(struct lab *lab, const struct lab_settings *settings, bool taken)
{
    for (size_t i = 0; i < settings->n_labels; i++) {
        size_t place = lab_place(lab, settings->labels[i].pair);
        if (place != SIZE_MAX)
            lab->taken[place] = taken;
    }
}

static void take_offer(struct lab *lab, const struct change *change)
{
    if (change->offer) {
        offer_free(lab->offer);
        lab->offer = NULL;
    } else if (change->context && lab->offer) {
        offer_set_prior(lab->offer, lab->labelling.train.log_prior);
    }
    lab->has_asked = lab->has_score = false;
}

static enum status take(struct lab *lab, struct change *change, struct error *err)
{
    const struct lab_settings *settings = change->settings;
    enum status status = STATUS_OK;
    if (lab->taken)
        mark(lab, &lab->settings, false);
    if (change->attribute || change->context)
        take_labelling(lab, change);
    take_material(lab, change);
    take_offer(lab, change);
    mark(lab, settings, true);
    if (change->rule)
        status = make_rules(lab, settings, err);
    else
        hedge_undo(lab->hedge, count_steps(settings, change->kept));
    if (!status)
        status = replay(lab, settings, change->rule ? 0 : change->kept, err);
    if (!status)
        hedge_weights(lab->hedge, NULL, lab->now);
    struct lab_settings old = lab->settings;
    lab_settings_copy(&lab->settings, settings);
    lab_settings_done(&old);
    return status;
}

enum status lab_set_effect(struct lab *lab, const struct lab_settings *settings,
                           struct effect *effect, struct error *err)
{
    if (check(lab, settings, err))
        return err->status;
    struct change change = compare(lab, settings, effect);
    enum status status = prepare(lab, &change, effect, err);
    if (!status)
        status = take(lab, &change, err);
    change_done(&change);
    return status;
}

enum status lab_set(struct lab *lab, const struct lab_settings *settings, struct error *err)
{
    return lab_set_effect(lab, settings, NULL, err);
}

/* Asks the encoder about the prompts of the candidates, of the test pairs and of the labels. */
static struct effect *encode_whole(const struct lab *lab,
                                   const struct lab_settings *settings,
                                   const struct encoder_watch *watch, struct error *err)
{
    const struct features *features = features_of(lab);
    struct typed *typed = typed_open(features, watch, err);
    if (!typed)
        return NULL;
    size_t P = features->prompt.n_rows;
    uint8_t *marks = mem_zero(P + 1);
    uint32_t *prompts = mem_alloc((P + 1) * sizeof *prompts);
    effect_mark(features, settings->attribute, marks);
    for (size_t i = 0; i < settings->n_labels; i++)
        marks[features->pair_prompt[settings->labels[i].pair]] = 1;
    const struct effect_wish wish = {
        .features = features,
        .corpus = &lab->corpus->corpus,
        .context = {settings->context, strlen(settings->context)},
        .prompts = prompts,
        .n = effect_list(features, marks, prompts)};
    struct effect *effect = effect_encode(typed, &wish, err);
    free(prompts);
    free(marks);
    typed_free(typed);
    return effect;
}

enum status lab_set_whole(struct lab *lab, const struct lab_settings *settings,
                          const struct encoder_watch *watch, struct error *err)
{
    if (!lab->wants_effect || !has_text(settings))
        return lab_set(lab, settings, err);
    if (check(lab, settings, err))
        return err->status;
    struct effect *effect = encode_whole(lab, settings, watch, err);
    if (!effect)
        return err->status;
    enum status status = lab_set_effect(lab, settings, effect, err);
    effect_unref(effect);
    return status;
}
