#include "corpus/synth.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "corpus/corpus.h"
#include "corpus/split.h"
#include "corpus/synth_annotator.h"

enum {
    N_ASKED = 4, /* attributes per prompt */
    MIN_ANSWERS = 4,
    MAX_ANSWERS = 6,
    MAX_WORDS = 70, /* per answer */
    MAX_CANDIDATES = MAX_ANSWERS * (MAX_ANSWERS - 1) / 2,
};

/* One prompt at a time; what it holds is reused for the next. */
struct scene {
    const struct synth_options *options;
    struct corpus *corpus;
    struct rng rng;
    size_t number;
    struct synth_prompt prompt;
    struct text text; /* of the prompt */
    enum corpus_split split;
    enum synth_attribute asked[N_ASKED];
    struct synth_answer answers[MAX_ANSWERS];
    size_t n_answers, n_pairs;
};

static enum status check(const struct synth_options *options, struct error *err)
{
    if (!options->prompts || options->prompts > synth_prompt_count())
        return error_set(err, STATUS_USAGE,
                         "the number of prompts is %zu, it must be from 1 to %zu",
                         options->prompts, synth_prompt_count());
    if (!(options->noise > 0) || !isfinite(options->noise))
        return error_set(err, STATUS_USAGE,
                         "the noise of the annotators is %g, it must be above 0",
                         options->noise);
    struct split_options split = {options->test, options->holdout, options->seed};
    return split_check(&split, err);
}

enum camp { CAMP_SOBER, CAMP_BETWEEN, CAMP_PLAYFUL, CAMP_COUNT };

static enum camp camp_of(size_t attribute)
{
    if (attribute == ATTRIBUTE_FRIENDLINESS)
        return CAMP_BETWEEN;
    return attribute < ATTRIBUTE_FRIENDLINESS ? CAMP_SOBER : CAMP_PLAYFUL;
}

/* Draws one attribute by weight exp(what the prompt calls for), but none that is barred. */
static size_t draw_attribute(struct scene *scene, const bool *barred)
{
    double best = -INFINITY;
    size_t drawn = 0;
    for (size_t a = 0; a < ATTRIBUTE_COUNT; a++) {
        /* The largest of log weights with Gumbel noise added is a draw by weight. */
        double gumbel = -log(-log1p(-rng_uniform(&scene->rng)));
        double score =
            gumbel + synth_prompt_calls_for(&scene->prompt, (enum synth_attribute)a);
        if (!barred[a] && score > best) {
            best = score;
            drawn = a;
        }
    }
    return drawn;
}

/* N_ASKED different attributes. At times both camps are made sure to be among them, so that
 * no prompt says for certain which camp will judge. */
static void draw_attributes(struct scene *scene)
{
    static const double opposed_share = 0.25;
    bool is_opposed = rng_uniform(&scene->rng) < opposed_share;
    bool barred[ATTRIBUTE_COUNT] = {0};
    size_t n_in_camp[CAMP_COUNT] = {0};
    for (size_t i = 0; i < N_ASKED; i++) {
        bool is_last = i == N_ASKED - 1;
        bool only_sober = is_opposed && is_last && !n_in_camp[CAMP_SOBER];
        bool only_playful = is_opposed && is_last && !n_in_camp[CAMP_PLAYFUL];
        for (size_t a = 0; a < ATTRIBUTE_COUNT; a++)
            barred[a] |= (only_sober && camp_of(a) != CAMP_SOBER) ||
                         (only_playful && camp_of(a) != CAMP_PLAYFUL);
        size_t attribute = draw_attribute(scene, barred);
        barred[attribute] = true;
        n_in_camp[camp_of(attribute)]++;
        scene->asked[i] = (enum synth_attribute)attribute;
    }
}

static bool is_repeated(const struct scene *scene, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (!strcmp(scene->answers[i].text.bytes, scene->answers[index].text.bytes))
            return true;
    return false;
}

/* An answer leans to one style and has something of another. */
static void write_answer(struct scene *scene, struct synth_answer *answer)
{
    static const double second_share = 0.4, filler_share = 0.12;
    struct rng *rng = &scene->rng;
    size_t main_style = rng_below(rng, STYLE_FILLER), second = rng_below(rng, STYLE_FILLER);
    if (rng_uniform(rng) < filler_share)
        second = STYLE_FILLER;
    size_t n = 2 + rng_below(rng, ANSWER_MAX_PASSAGES - 1);
    enum synth_style styles[ANSWER_MAX_PASSAGES];
    for (size_t i = 0; i < n; i++) {
        bool is_second = rng_uniform(rng) < second_share;
        styles[i] = (enum synth_style)(is_second ? second : main_style);
    }
    synth_answer_write(answer, &scene->prompt, styles, n, rng);
}

static void write_answers(struct scene *scene)
{
    scene->n_answers = MIN_ANSWERS + rng_below(&scene->rng, MAX_ANSWERS - MIN_ANSWERS + 1);
    for (size_t i = 0; i < scene->n_answers; i++)
        do
            write_answer(scene, &scene->answers[i]);
        while (scene->answers[i].n_words > MAX_WORDS || is_repeated(scene, i));
}

struct candidate {
    size_t first, second;
    double contrast;
};

/* The n pairs of answers that differ most for the annotator, with some chance in it: people
 * are asked where there is something to decide. The best n are moved to the front. */
static void choose_pairs(struct scene *scene, size_t user, enum synth_attribute attribute,
                         struct candidate *candidates, size_t n)
{
    size_t n_candidates = 0;
    for (size_t i = 0; i < scene->n_answers; i++)
        for (size_t j = i + 1; j < scene->n_answers; j++) {
            double margin = synth_annotator_utility(user, attribute, &scene->answers[i]) -
                            synth_annotator_utility(user, attribute, &scene->answers[j]);
            candidates[n_candidates++] =
                (struct candidate){i, j, fabs(margin) * (0.3 + rng_uniform(&scene->rng))};
        }
    for (size_t k = 0; k < n; k++)
        for (size_t c = k + 1; c < n_candidates; c++)
            if (candidates[c].contrast > candidates[k].contrast) {
                struct candidate other = candidates[c];
                candidates[c] = candidates[k];
                candidates[k] = other;
            }
}

static int32_t add_text(struct passages *passages, const struct text *text)
{
    return passages_add(passages, text->bytes, text->length);
}

static void judge(struct scene *scene, enum synth_attribute attribute)
{
    struct rng *rng = &scene->rng;
    struct corpus *corpus = scene->corpus;
    size_t n_held_out = SYNTH_N_WORDINGS - SYNTH_N_SEEN;
    size_t wording = scene->split == CORPUS_TEST ? SYNTH_N_SEEN + rng_below(rng, n_held_out)
                                                 : rng_below(rng, SYNTH_N_SEEN);
    size_t user = synth_annotator_draw(attribute, rng), n = 2 + rng_below(rng, 2);
    struct candidate candidates[MAX_CANDIDATES] = {{0}};
    choose_pairs(scene, user, attribute, candidates, n);

    char user_name[16], id[48];
    snprintf(user_name, sizeof user_name, "u%02zu", user + 1);
    struct pair pair = PAIR_NONE;
    pair.prompt = add_text(&corpus->prompts, &scene->text);
    pair.attribute =
        passages_add_text(&corpus->attributes, synth_attribute_name(attribute));
    pair.context =
        passages_add_text(&corpus->contexts, synth_attribute_wording(attribute, wording));
    pair.user = passages_add_text(&corpus->users, user_name);
    pair.split = scene->split;
    pair.id = id;
    for (size_t i = 0; i < n; i++) {
        const struct synth_answer *chosen = &scene->answers[candidates[i].first];
        const struct synth_answer *rejected = &scene->answers[candidates[i].second];
        if (!synth_annotator_prefers(user, attribute, chosen, rejected,
                                     scene->options->noise, rng)) {
            const struct synth_answer *preferred = rejected;
            rejected = chosen;
            chosen = preferred;
        }
        pair.chosen = add_text(&corpus->responses, &chosen->text);
        pair.rejected = add_text(&corpus->responses, &rejected->text);
        snprintf(id, sizeof id, "%zu.%zu", scene->number + 1, ++scene->n_pairs);
        corpus_add(corpus, &pair);
    }
}

static void play(struct scene *scene, size_t number)
{
    const struct synth_options *options = scene->options;
    const struct split_options split = {options->test, options->holdout, options->seed};
    scene->number = number;
    scene->n_pairs = 0;
    scene->prompt = synth_prompt_at(number, options->seed);
    rng_init(&scene->rng, options->seed, number);
    text_clear(&scene->text);
    synth_prompt_write(&scene->text, &scene->prompt);
    scene->split = split_of_prompt(scene->text.bytes, scene->text.length, &split);
    draw_attributes(scene);
    write_answers(scene);
    for (size_t i = 0; i < N_ASKED; i++)
        judge(scene, scene->asked[i]);
}

enum status synth_population(struct corpus *corpus, const struct synth_options *options,
                             struct error *err)
{
    enum status status = check(options, err);
    if (status)
        return status;
    struct scene scene = {.options = options, .corpus = corpus};
    for (size_t i = 0; i < options->prompts; i++)
        play(&scene, i);
    for (size_t i = 0; i < MAX_ANSWERS; i++)
        text_done(&scene.answers[i].text);
    text_done(&scene.text);
    return STATUS_OK;
}
