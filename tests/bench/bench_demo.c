/* What the demo population shows, over five populations (accuracy, not speed): mean
 * accuracy over the attributes on the test split of a single head, of a mixture of ten
 * heads with a router that reads the prompt, of its oracle (the best head of each
 * attribute), and of the oracle of a mixture whose weights are the same for every prompt.
 * The same mixture trained in batches of whole prompts stands beside them.
 *
 * Fails when, in the mean, the oracle is less than 0.10 above the single head or below the
 * static mixture's oracle. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/evaluate.h"
#include "core/linalg.h"
#include "corpus/corpus.h"
#include "corpus/synth.h"
#include "io/json.h"
#include "measure.h"
#include "session/encoding.h"
#include "session/training.h"

enum { SEEDS = 5, HEADS = 10, THREADS_MOST = 2 };
static const double wanted = 0.10;

enum kind { KIND_PAIR, KIND_STATIC, KIND_PROMPT, KIND_COUNT };
static const struct {
    enum router router;
    enum order order;
} kinds[KIND_COUNT] = {
    {ROUTER_MLP, ORDER_SHUFFLED},
    {ROUTER_STATIC, ORDER_SHUFFLED},
    {ROUTER_MLP, ORDER_BY_PROMPT},
};

enum figure {
    FIGURE_SINGLE,
    FIGURE_MIXTURE,
    FIGURE_ORACLE,
    FIGURE_HOLDOUT_NLL,
    FIGURE_SECONDS,
    FIGURE_COUNT,
};
static const char *const figure_names[] = {"single", "mixture", "oracle", "holdout_nll",
                                           "training_seconds"};

/* By seed. */
struct results {
    double values[KIND_COUNT][FIGURE_COUNT][SEEDS];
};

/* ---- one run ---- */

static void make_features(struct encoding *encoding, uint64_t seed)
{
    struct error err = {0};
    struct corpus corpus = {0};
    struct synth_options population = SYNTH_DEFAULTS;
    struct encoding_options options = {.encoder = "surface"};
    population.seed = seed;
    must(synth_population(&corpus, &population, &err), &err);
    must(encoding_make(encoding, &corpus, &options, &err), &err);
    corpus_done(&corpus);
}

static void evaluate_test(const struct features *features, const struct model *model,
                          double figures[FIGURE_COUNT])
{
    struct error err = {0};
    struct evaluation evaluation;
    struct evaluate_options options = {.split = SPLIT_TEST, .rule = RULE_PROBABILITY};
    must(evaluate(features, model, &options, &evaluation, &err), &err);
    figures[FIGURE_SINGLE] = evaluation_row(&evaluation, PREDICTOR_SINGLE)->mean;
    figures[FIGURE_MIXTURE] = evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean;
    figures[FIGURE_ORACLE] = evaluation_row(&evaluation, PREDICTOR_ORACLE)->mean;
    evaluation_done(&evaluation);
}

static void train(const struct features *features, enum kind kind, uint64_t seed,
                  double figures[FIGURE_COUNT])
{
    struct error err = {0};
    struct model model;
    struct json *metadata;
    struct training_options options = training_defaults();
    options.router = kinds[kind].router;
    options.n_heads = HEADS;
    options.recipe.order = kinds[kind].order;
    options.recipe.seed = seed;
    size_t most = jobs_processors() < THREADS_MOST ? jobs_processors() : THREADS_MOST;
    struct team *team = team_create(training_threads(features, &options, most));
    struct training *training = training_create(features, &options, team, &err);
    must(err.status, &err);
    double began = clock_seconds();
    while (!training_finished(training))
        must(training_step(training, &err), &err);
    figures[FIGURE_SECONDS] = clock_seconds() - began;
    trainer_best_epoch(training_trainer(training), training_best(training),
                       &figures[FIGURE_HOLDOUT_NLL]);
    must(training_result(training, &model, &metadata, &err), &err);
    evaluate_test(features, &model, figures);
    model_done(&model);
    json_free(metadata);
    training_free(training);
    team_free(team);
}

/* ---- printing ---- */

static struct json *line_of(enum kind kind)
{
    struct json *line = line_begin("demo");
    json_put_number(line, "heads", HEADS);
    json_put_text(line, "router", router_names[kinds[kind].router]);
    json_put_text(line, "batch_by", order_names[kinds[kind].order]);
    return line;
}

static void print_run(enum kind kind, uint64_t seed, const double figures[FIGURE_COUNT])
{
    struct json *line = line_of(kind);
    json_put_number(line, "seed", (double)seed);
    for (size_t f = 0; f < FIGURE_COUNT; f++)
        line_put(line, figure_names[f], figures[f]);
    line_end(line);
}

static double mean_of(const double values[SEEDS])
{
    double sum = 0;
    for (size_t i = 0; i < SEEDS; i++)
        sum += values[i];
    return sum / SEEDS;
}

static void print_means(const struct results *results, enum kind kind)
{
    struct json *line = line_of(kind);
    json_put_number(line, "seeds", SEEDS);
    for (size_t f = 0; f < FIGURE_COUNT; f++)
        line_put(line, figure_names[f], mean_of(results->values[kind][f]));
    line_end(line);
}

/* Mean of a - b over the seeds and its 95 % interval by Student's t. */
static double print_difference(const char *what, const double a[SEEDS],
                               const double b[SEEDS])
{
    const double t = 2.776; /* 0.975 quantile at SEEDS - 1 = 4 degrees of freedom */
    double differences[SEEDS], squares = 0;
    for (size_t i = 0; i < SEEDS; i++)
        differences[i] = a[i] - b[i];
    double mean = mean_of(differences);
    for (size_t i = 0; i < SEEDS; i++)
        squares += (differences[i] - mean) * (differences[i] - mean);
    double half = t * sqrt(squares / (SEEDS - 1) / SEEDS);
    struct json *line = line_begin("demo");
    json_put_text(line, "difference", what);
    json_put_number(line, "seeds", SEEDS);
    line_put(line, "mean", mean);
    line_put(line, "low", mean - half);
    line_put(line, "high", mean + half);
    line_end(line);
    return mean;
}

/* Whether the population shows what it is there to show. */
static bool print_all(const struct results *results)
{
    const double(*by_pair)[SEEDS] = results->values[KIND_PAIR];
    const double(*fixed)[SEEDS] = results->values[KIND_STATIC];
    const double(*by_prompt)[SEEDS] = results->values[KIND_PROMPT];
    for (size_t kind = 0; kind < KIND_COUNT; kind++)
        print_means(results, (enum kind)kind);
    double gain =
        print_difference("oracle - single", by_pair[FIGURE_ORACLE], by_pair[FIGURE_SINGLE]);
    print_difference("mixture - single", by_pair[FIGURE_MIXTURE], by_pair[FIGURE_SINGLE]);
    double by_router = print_difference("oracle - oracle of static", by_pair[FIGURE_ORACLE],
                                        fixed[FIGURE_ORACLE]);
    print_difference("holdout_nll, by prompt - by pair", by_prompt[FIGURE_HOLDOUT_NLL],
                     by_pair[FIGURE_HOLDOUT_NLL]);
    print_difference("mixture, by prompt - by pair", by_prompt[FIGURE_MIXTURE],
                     by_pair[FIGURE_MIXTURE]);
    print_difference("oracle, by prompt - by pair", by_prompt[FIGURE_ORACLE],
                     by_pair[FIGURE_ORACLE]);
    return gain >= wanted && by_router >= 0;
}

int main(void)
{
    static struct results results;
    linalg_init();
    for (size_t i = 0; i < SEEDS; i++) {
        struct encoding encoding;
        make_features(&encoding, i + 1);
        for (size_t kind = 0; kind < KIND_COUNT; kind++) {
            double figures[FIGURE_COUNT];
            train(&encoding.features, (enum kind)kind, i + 1, figures);
            print_run((enum kind)kind, i + 1, figures);
            for (size_t f = 0; f < FIGURE_COUNT; f++)
                results.values[kind][f][i] = figures[f];
        }
        encoding_done(&encoding);
    }
    if (print_all(&results))
        return EXIT_SUCCESS;
    fprintf(stderr,
            "the oracle is less than %.2f above the single head, or below that of "
            "the static mixture\n",
            wanted);
    return EXIT_FAILURE;
}
