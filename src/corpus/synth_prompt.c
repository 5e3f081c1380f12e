#include "corpus/synth_prompt.h"

#include <assert.h>

#include "base/rng.h"
#include "base/text.h"
#include "corpus/synth_template.h"

enum { N_WORDINGS = 5, N_LEADS = 3 };

/* The requests of each kind; no alternatives, so that a prompt has one text. */
static const char *const wordings[KIND_COUNT][N_WORDINGS] = {
    [KIND_EXPLAIN] =
        {
            "How does {topic} work?",
            "Explain how it comes that {topic} {does}.",
            "Explain what {part} has to do with {topic}.",
            "Explain to me how {topic} does what it does.",
            "I never understood {topic}. How would you explain it?",
        },
    [KIND_TEACH] =
        {
            "Write a short lesson on {topic}.",
            "Help me to teach {topic} to beginners.",
            "Make a study note on {topic}, with {part} in it.",
            "I have to teach {topic} tomorrow. Write the opening of the lesson.",
            "Write a page for learners about {topic} and {other}.",
        },
    [KIND_STORY] =
        {
            "Tell me a bedtime story with {topic} in it.",
            "Write a short story about {topic}, set {place}.",
            "Begin a story in which {topic} changes somebody's life.",
            "Tell a story about {topic} and someone who believed that {myth}.",
            "Write a scene of a story in which a stranger meets {topic}.",
        },
    [KIND_POEM] =
        {
            "Write a small poem about {topic}.",
            "Compose a few verses on {topic}, set {place}.",
            "Describe {topic} in the lines of a poem.",
            "Write an ode to {topic}.",
            "Turn {topic} into a poem or a song.",
        },
    [KIND_COMPARE] =
        {
            "Compare {topic} with {rival}.",
            "What is the difference between {topic} and {rival}?",
            "Set {topic} against {rival}: compare what matters.",
            "Compare the two for me: {topic}, and on the other side {rival}.",
            "What does {topic} have that {rival} lacks?",
        },
    [KIND_ADVISE] =
        {
            "I am new to {topic}. What should I know?",
            "Give me some advice on {topic}.",
            "What would you advise a friend about {topic}?",
            "With {topic}, I am often told off for {mistake}. Any advice?",
            "Which habits do you advise around {topic}?",
        },
    [KIND_FIX] =
        {
            "Something went wrong with {topic} after {mistake}. How do I fix it?",
            "A question on {topic}: how do I recover from {mistake}?",
            "Find the fault: my attempt with {topic} failed. Where do I look first?",
            "I have trouble with {topic}. What are the steps to {tip} and to fix the rest?",
            "Help me to fix a problem with {topic}.",
        },
    [KIND_PLAN] =
        {
            "Plan a small workshop on {topic}.",
            "Make a plan for a school project about {topic}.",
            "Plan an evening devoted to {topic}.",
            "Draft a plan of one week for learning about {topic}.",
            "Plan a poster about {topic} that shows {part} and {other}.",
        },
    [KIND_TOAST] =
        {
            "Write a short toast to {topic}.",
            "Write a speech for a club devoted to {topic}.",
            "Give me a cheerful toast that mentions {topic}.",
            "Write the welcome speech for an exhibition on {topic}.",
            "Write a speech in which {topic} is thanked in public.",
        },
    [KIND_VERIFY] =
        {
            "About {topic}: is it true that {myth}?",
            "My uncle says of {topic} that {myth}. Is that true?",
            "Check this claim about {topic}: {myth}.",
            "Settle an argument about {topic}: is it true or false that {myth}?",
            "Someone wrote about {topic} that {myth}. Please check the claim.",
        },
};

/* What an answer begins with; it carries no style. */
static const char *const leads[KIND_COUNT][N_LEADS] = {
    [KIND_EXPLAIN] = {"", "[How it works|The idea], then.", "[On|About] {topic}:"},
    [KIND_TEACH] = {"", "[Lesson|A lesson] on {topic}.", "[The topic|Our topic]: {topic}."},
    [KIND_STORY] = {"", "[A tale|A short tale], set {place}.", "[The|A] story of {topic}."},
    [KIND_POEM] = {"", "[Lines|A few lines] on {topic}:", "[For|To] {topic}:"},
    [KIND_COMPARE] = {"", "Between {topic} and {rival}, I [prefer|choose] the first.",
                      "{Topic} against {rival}:"},
    [KIND_ADVISE] = {"", "[My advice|One piece of advice]: {tip}.", "On {topic}:"},
    [KIND_FIX] = {"", "[The likely cause|The usual cause] is {mistake}.",
                  "To [fix it|set it right], {care}."},
    [KIND_PLAN] = {"", "[The plan|A plan]: {tip}, then {care}.", "A plan for {topic}."},
    [KIND_TOAST] = {"", "[Friends|Dear guests], a word on {topic}.", "To {topic}."},
    [KIND_VERIFY] = {"", "No, that is a myth.", "[That is not true.|Not so.]"},
};

/* How much a kind of request calls for clarity, facts, rigor, pedagogy, friendliness,
 * narrative, language, creativity, humor. */
static const double kind_calls[KIND_COUNT][ATTRIBUTE_COUNT] = {
    [KIND_EXPLAIN] = {4.1, 2.7, 2.5, 3.3, -0.2, -0.7, -1.6, 0.9, -0.9},
    [KIND_TEACH] = {1.4, 0.9, 0.7, 6, 2.5, 0.2, -1.6, 0, 0.9},
    [KIND_STORY] = {-3.1, -3.6, -2.9, -1.2, 0.7, 6.5, 2.9, 3.6, 1.8},
    [KIND_POEM] = {-2.2, -3.6, -2.9, -2.1, -1.1, 2.9, 6.5, 4.5, 0.9},
    [KIND_COMPARE] = {3.2, 4.5, 4.3, 0.6, -0.2, -1.6, -0.7, -0.9, 0},
    [KIND_ADVISE] = {2.3, 0.9, -0.2, 1.5, 5.2, -0.7, -1.6, -0.9, 0.9},
    [KIND_FIX] = {4.1, 1.8, 2.5, 2.4, 2.5, -2.5, -3.4, -1.8, -0.9},
    [KIND_PLAN] = {2.3, -0.9, 0.7, 1.5, 2.5, -0.7, -0.7, 3.6, 0},
    [KIND_TOAST] = {-1.3, -2.7, -2.9, -3, 2.5, 2, 3.8, 1.8, 5.4},
    [KIND_VERIFY] = {1.4, 5.4, 5.2, 0.6, -1.1, -2.5, -2.5, -0.9, 0},
};

static const double domain_calls[DOMAIN_COUNT][ATTRIBUTE_COUNT] = {
    [DOMAIN_SCIENCE] = {0, .5, 1, .5, -.5, 0, 0, .2, -.3},
    [DOMAIN_HOME] = {.7, .2, 0, .2, .6, -.2, -.5, 0, .2},
    [DOMAIN_FOOD] = {0, 0, -.3, 0, .5, .2, .2, .3, .6},
    [DOMAIN_NATURE] = {-.2, .4, .2, 0, -.2, .6, .5, .2, 0},
    [DOMAIN_BODY] = {.2, .6, .6, .2, .5, -.3, -.4, -.3, .2},
    [DOMAIN_ART] = {-.3, -.3, -.5, .2, 0, .4, .8, .7, 0},
    [DOMAIN_SOCIETY] = {.4, .4, 0, .3, 0, .2, -.2, 0, .6},
};

static const struct {
    const char *text;
    double calls[ATTRIBUTE_COUNT];
} occasions[] = {
    {"It is for a class of ten-year-olds.", {.5, 0, -1, 1.5, .5, 1, -.5, .5, .7}},
    {"It goes into a report at work.", {1.5, 1.2, .5, 0, 0, -1, -.5, -.5, -1}},
    {"It is for my grandmother, who is curious.", {.3, 0, -.7, .3, 1.5, .8, 0, 0, 0}},
    {"I am preparing for a science fair.", {0, 1, 1.7, .5, -.3, -.5, -.5, .3, -.5}},
    {"I want to read it to my daughter tonight.", {-.3, -.5, -1, 0, .5, 1.7, .5, 1, .3}},
    {"It is for the birthday of a funny colleague.", {0, -.5, -1, -.5, .5, 0, .5, .5, 2}},
    {"I have an exam on Friday.", {1, .7, .3, 1.7, 0, -.7, -.7, -.5, -.5}},
    {"It is for a literary evening.", {-.7, -.5, -.7, -.5, -.3, .8, 2, 1, 0}},
    {"I am a nervous beginner.", {.5, 0, -.5, 1, 2, 0, -.5, -.3, 0}},
    {"The readers are engineers.", {1.2, 1, 1.2, 0, -.5, -.5, -.5, 0, 0}},
    {"It is for the newsletter of our street.", {1, .3, -.3, 0, .8, .2, 0, .3, .3}},
    {"It is for a comedy night.", {-.3, -.7, -.7, -.5, 0, .3, 0, 1, 2.3}},
    {"I write the signs for a museum.", {.7, 1.5, .3, .3, 0, 0, .8, 0, -.5}},
    {"A reviewer will check every claim.", {.2, 1.5, 2, 0, -.5, -.7, -.7, -.5, -.7}},
    {"It is for an evening at the campfire.", {-.5, -.5, -1, -.3, .3, 2, .5, .3, .8}},
    {"My students are tired after lunch.", {.3, -.2, -.3, 1.5, .3, .2, 0, .3, 1}},
    {"It is for a greeting card.", {.5, -.7, -1, -.7, 1.2, 0, 1.2, .5, .3}},
    {"I read it on a small screen on the train.", {1.5, .3, -.3, 0, .5, 0, -.5, -.3, 0}},
    {"It will be read out in a podcast.", {0, .2, -.3, .3, .3, 1.2, .3, .2, .8}},
    {"I collect material for an encyclopedia.", {.5, 2, 1.2, 0, -.5, -.7, -.3, -.7, -1}},
    {"I want to surprise an old friend.", {-.3, -.3, -.7, -.5, .8, .3, .3, 1.7, .5}},
    {"It is for an evening course.", {.3, .3, .8, 1.5, 0, -.3, -.3, 0, 0}},
    {"We are stuck in a slow meeting.", {1, 0, -.3, -.3, .3, 0, -.3, .3, 1.3}},
    {"It is for my application to an art school.",
     {-.5, -.5, -.5, -.3, -.3, .3, 1.5, 2, -.3}},
};
enum { N_OCCASIONS = sizeof occasions / sizeof *occasions };

static const char *const closings[] = {
    "A short answer is fine.", "One paragraph is enough.", "Up to seventy words.",
    "No links or headings.",   "Plain text only.",         "You need not say who you are.",
};
enum { N_CLOSINGS = sizeof closings / sizeof *closings };
enum { N_VARIANTS = N_WORDINGS * N_OCCASIONS * N_CLOSINGS };

size_t synth_prompt_count(void)
{
    return KIND_COUNT * synth_n_topics * N_VARIANTS;
}

/* Affine maps, whose factors are prime to the numbers of things, number them anew and miss
 * none. */
struct synth_prompt synth_prompt_at(size_t number, uint64_t seed)
{
    enum { FACTOR_SUBJECT = 149, FACTOR_VARIANT = 257 };
    assert(number < synth_prompt_count());
    size_t n_subjects = KIND_COUNT * synth_n_topics;
    size_t shift = (size_t)(rng_mix(seed) % n_subjects);
    size_t subject = (number % n_subjects * FACTOR_SUBJECT + shift) % n_subjects;
    size_t variant = (size_t)(rng_mix(seed + subject) % N_VARIANTS);
    variant = (variant + number / n_subjects * FACTOR_VARIANT) % N_VARIANTS;
    return (struct synth_prompt){
        .kind = (enum synth_kind)(subject % KIND_COUNT),
        .topic = &synth_topics[subject / KIND_COUNT],
        .wording = variant % N_WORDINGS,
        .occasion = variant / N_WORDINGS % N_OCCASIONS,
        .closing = variant / N_WORDINGS / N_OCCASIONS,
    };
}

void synth_prompt_write(struct text *out, const struct synth_prompt *prompt)
{
    struct synth_slots slots = {.topic = prompt->topic};
    synth_expand(out, wordings[prompt->kind][prompt->wording], &slots, NULL);
    text_printf(out, " %s %s", occasions[prompt->occasion].text, closings[prompt->closing]);
}

void synth_prompt_lead(struct text *out, const struct synth_prompt *prompt, struct rng *rng)
{
    struct synth_slots slots = {.topic = prompt->topic};
    synth_expand(out, leads[prompt->kind][rng_below(rng, N_LEADS)], &slots, rng);
}

double synth_prompt_calls_for(const struct synth_prompt *prompt,
                              enum synth_attribute attribute)
{
    return kind_calls[prompt->kind][attribute] +
           domain_calls[prompt->topic->domain][attribute] +
           occasions[prompt->occasion].calls[attribute];
}
