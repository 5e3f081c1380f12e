#include "corpus/synth_answer.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/rng.h"
#include "corpus/synth_template.h"

enum { N_PASSAGES = 12 };

static const char *const passages[STYLE_COUNT][N_PASSAGES] = {
    [STYLE_PLAIN] =
        {
            "{Topic} {does}.",
            "The reason: {why}.",
            "{Tip}. [That is enough.|That is all.|Done.]",
            "Avoid {mistake}.",
            "[Watch|Mind|Check] {part}. Then {care}.",
            "[In short|Briefly|In brief]: {care}.",
            "{Part} does the work. {Other} helps.",
            "[Two things count|Two parts matter]: {part} and {other}.",
            "[Rule|Main rule|One rule]: {tip}. [No more.|Nothing else.]",
            "It {does}. [No tricks.|No magic.|Simple.]",
            "[Start|Begin] with {part}. [Stop|End] with {other}.",
            "{Care}. [Repeat.|Wait.|Check.] Finish.",
        },
    [STYLE_FIGURES] =
        {
            "{Fact}. {Figure}.",
            "In [figures|numbers], {fact}, and {figure}.",
            "[Fact|A fact]: {figure}.",
            "[For the record|As a matter of fact], {fact}.",
            "It is [known|established] that {figure}; {why}.",
            "[Correct|True] is: {fact}. [Also|And]: {figure}.",
            "It is false that {myth}. {Fact}.",
            "[To be exact|To be precise], {fact}.",
            "[Worth knowing|Confirmed]: {figure}. [The cause|The cause of it]: {why}.",
            "{Topic} {does}: {fact}.",
            "[The numbers|The values] are these: {fact}; {figure}.",
            "It is false that {myth}. It is true that {why}.",
        },
    [STYLE_EVIDENCE] =
        {
            "[Measurements suggest|Published data suggest|Repeated tests indicate] that "
            "{why}, "
            "although [conditions vary|the size of the effect varies].",
            "[Strictly speaking|Under controlled conditions], {fact}, [with some "
            "uncertainty|within measurement error|on average].",
            "[One caveat|One limitation]: the result [probably|likely] depends on {part}, "
            "so [it "
            "should be tested separately|a single observation proves little].",
            "The [mechanism|hypothesis] is [well supported|consistent with the data]: "
            "{why}; "
            "therefore the effect [appears|seems] causal.",
            "[However|Nevertheless], the claim that {myth} [is not supported by the "
            "evidence|has generally failed when tested].",
            "[Specifically|More precisely], {figure}, [assuming typical conditions|under "
            "typical "
            "conditions], which [may|might] differ in other settings.",
            "To [test|verify] this, [vary|measure] {part}, hold {other} constant, and "
            "[compare "
            "the results|estimate the error].",
            "The relation is [presumably|apparently] causal, since {why}; [correlation "
            "alone "
            "would not suffice|a control experiment may confirm it].",
            "[In general|Typically], such estimates carry an error, so it [may|might] be "
            "only "
            "approximately true that {fact}.",
            "[Relative to|Compared with] {rival}, the difference [appears|seems] "
            "significant, "
            "but the conditions of the sample [probably|possibly] matter.",
            "The evidence is [moderate|fairly strong]: observation and theory "
            "[largely|generally] "
            "agree that {why}.",
            "[Consider|Define] {part} as the independent variable; {other} "
            "[possibly|probably] "
            "acts as a confounding factor.",
        },
    [STYLE_TEACHING] =
        {
            "First, {tip}; second, {care}; third, check {part}.",
            "Why [does this work|is that so]? Because {why}.",
            "For example, take {rival}: what is the same, and what [is different|is "
            "missing]?",
            "Step one: look at {part}. Step two: look at {other}. Step three: [compare "
            "them|explain the difference].",
            "Remember the reason: because {why}, it {does}.",
            "[Can you say|Do you see] what {part} is for? Next, [answer|explain] the same "
            "for "
            "{other}.",
            "A common mistake is {mistake}; for example, learners do it when they forget "
            "{part}.",
            "Let us build it up: first {part}, then {other}, and finally the reason why it "
            "{does}.",
            "Exercise: explain in one sentence how we know that {why}.",
            "Check yourself: what would [change|happen] without {other}, and why?",
            "Next, because {why}, we can understand the second step: {care}.",
            "So the steps are: first {tip}, then {care}, and finally try an example.",
        },
    [STYLE_WARM] =
        {
            "[Don't worry|No worries], you are doing fine, and I am [happy|glad] to help "
            "you!",
            "You [could|can] simply {tip}, and please take your time.",
            "If you feel [stuck|lost], just {care}, and [ask me anything you like|write to "
            "me "
            "again].",
            "[Thank you|Thanks] for asking; I am [so glad|happy] that you did!",
            "You surely know about {mistake}; it happens to [all of us|me too], so be kind "
            "to "
            "yourself.",
            "For your comfort, {tip}, and you will soon feel at [home|ease] with it.",
            "I hope this helps you, and please tell me how it goes for you!",
            "Your best friend here is {part}; you will get along [well|nicely], I promise!",
            "You only need to {care}, and you can always [stop|try again] if you like.",
            "[Feel free|You are welcome] to {tip} in your own way, [dear|my] friend.",
            "You are not alone: many of us begin with {mistake}, and you will be fine!",
            "[Welcome|Hello, and welcome]! I am sure that you will love {topic}, and I "
            "will help "
            "you.",
        },
    [STYLE_STORY] =
        {
            "[One evening|One night|Long ago], {place}, {person} was told about {topic} "
            "and "
            "[said nothing|laughed].",
            "\"[It is only {topic}|Leave it be],\" said {person}, but [the others had "
            "already "
            "gone|nobody answered].",
            "That [winter|spring|autumn], {person} walked back to where the old lantern "
            "still "
            "burned, {place}.",
            "When [morning|midnight] came, {person} saw {sight} and [remembered|forgot] "
            "every "
            "word of the [quarrel|promise].",
            "\"So this is what {does},\" [whispered|murmured] {person}, and the room grew "
            "quiet.",
            "Nobody believed {person} [at first|that night], until the talk turned to "
            "{part}.",
            "Years later, {person} told the [child|stranger] what {part} had meant that "
            "night.",
            "The [child|neighbour|stranger] had been warned about {mistake}, but tried it "
            "anyway, and the whole street woke.",
            "So {person} [lit a lamp|packed a bag], crossed the yard and swore to {care} "
            "before "
            "sunrise.",
            "Then the door [opened|creaked], and there stood {person}, [soaked|smiling], "
            "with a "
            "[map|letter] in one hand.",
            "They kept the secret for [years|a whole summer], and {person} never "
            "[spoke|dreamed] "
            "of {rival} again.",
            "{Person} had one wish: to understand how it all worked, {place}, before the "
            "[snow|ship] came.",
        },
    [STYLE_ORNATE] =
        {
            "[Behold|Consider] {sight}, [a luminous and languid|an intricate, almost "
            "solemn] "
            "[murmur|tapestry] of [hushed|gilded] [moments|gestures].",
            "{Sight} unfurls like [a half-remembered hymn|burnished brocade|fragrant "
            "smoke], "
            "[wistful|tender] and [inexhaustible|iridescent].",
            "It is {image}, [woven|wrought] of [whispering|shimmering] [filaments|shadows] "
            "and "
            "[mellow|unhurried], melodious grace.",
            "[Softly|Slowly], solemnly, the [gossamer|velvet] [cadence|rhythm] of {part} "
            "[ripples|drifts] into [lambent|sonorous] [silence|dusk].",
            "A [resplendent|delicate] filigree of [light and longing|salt and silver] "
            "[gathers|glimmers] in {sight}.",
            "[Beneath|Beyond] {sight}, [ancient|amber] [echoes|embers] mingle, lush with "
            "[velvet|fragrant] [murmurs|shadows].",
            "Like {image}, it [dances|trembles] among [luminous|crystalline] hours, "
            "[sinuous|supple], silken and [serene|sublime].",
            "Ah, {sight}, [mellifluous|incandescent] [companion|emblem] of "
            "[wandering|weathered] "
            "hearts and [starlit|twilit] [thresholds|gardens].",
            "The [tremulous|burnished] [poetry|music] of {other} flows over "
            "[dappled|moonlit] "
            "[stone|meadows] in slow, [languorous|honeyed] ribbons.",
            "[Hushed|Gilded] and [graceful|fragile], {sight} becomes [a silken psalm|a "
            "glimmering arabesque] of [breath and bronze|dew and distance].",
            "Such is the [fragile|sumptuous] splendour of {part}: a [shimmering|wistful] "
            "hymn, "
            "[tender|radiant] as {image}.",
            "In {sight} there slumbers, [radiant|wistful] and serene, the [velvet|amber] "
            "memory "
            "of {image}.",
        },
    [STYLE_INVENTION] =
        {
            "Imagine {image}: now [give it a passport|let it run a radio station|teach it "
            "to "
            "whistle].",
            "Suppose {topic} were a [country|language]: its first [stamp|letter] would "
            "show "
            "{part}.",
            "Invent a [museum|festival|board game] where {part} is the "
            "[hero|currency|villain] "
            "and {other} the [weather|referee|moon].",
            "Turn it [inside out|upside down]: let {rival} dream that it could do the "
            "same, and "
            "draw that dream.",
            "Perhaps it is really {image}, disguised as [an everyday thing|your "
            "neighbour].",
            "A [strange|wild|new] idea: swap {part} and {other}, then imagine the result.",
            "Imagine that {topic} was [invented|dreamt up] by [a clockmaker on the Moon|a "
            "choir "
            "of snails|a retired pirate].",
            "Reinvent it as [an opera|an atlas|a recipe] in which {part} "
            "[speaks|wanders|votes].",
            "Suppose that [colours|seasons|shadows] could [vote|travel]: {part} would be "
            "their "
            "[capital|secret handshake].",
            "Here is an untried twist: imagine {image}, built out of [paper and "
            "rain|borrowed "
            "echoes|spare minutes].",
            "Combine it with a [lullaby|treasure map|vending machine], and {part} becomes "
            "[a "
            "melody|an island|a prize].",
            "What nobody has tried: a world where {other} rules and {part} is only a "
            "[rumour|dream].",
        },
    [STYLE_JOKE] =
        {
            "{Joke}",
            "Ha! {Joke}",
            "(Do not ask how I know about {mistake}. My [cat|landlord] is still laughing!)",
            "Why did {part} [cross the road|go to a party]? To get away from {other}!",
            "I tried {rival} instead, and even the [goldfish|postman] [giggled|snorted]!",
            "{Mistake} is how my uncle lost his [eyebrows|trousers], haha!",
            "[Spoiler|News]: {part} has [asked for a raise|joined a band|left]!",
            "My [boss|parrot] claims that {myth}, and also that the sofa is haunted!",
            "If all else fails, [blame|bribe] {other} and pretend to be a lamp!",
            "Warning: may cause giggles, [silly hats|loud snorts] and {mistake}!",
            "Knock knock. Who is there? {Part}. [Sorry, wrong house!|Oh no, not again!]",
            "Honestly, {part} and I are [no longer speaking|in couples therapy], haha!",
        },
    [STYLE_FILLER] =
        {
            "Well, [there is a lot|there are many things] to say about it, and so on and "
            "so "
            "on...",
            "It is what it is, and it is [some sort of thing|something or other] like "
            "that.",
            "As everybody says, things are the way they are, more or less, [etc.|and so "
            "on.]",
            "Anyway, that is [the thing|that], and the thing is the thing...",
            "[Some|Many] people say things about such things, and others say other "
            "things...",
            "It is good to have it, and it is not bad to have it, [you name it|or so they "
            "say]...",
            "There is [stuff|this and that], and then there is more [stuff|of this and "
            "that], etc.",
            "That is to say, in a way, it is so, as it is so, [as I said|as they say]...",
            "I do not know what else to say here, so [I will leave it at that|that is "
            "that]...",
            "In this day and age, one has to say that it is a thing of our time, and so "
            "on.",
            "Blah, [as usual|as before], this and that, and all the rest of it...",
            "To make a long matter long, it goes on as it goes on, and on, and on...",
        },
};

static size_t count_words(const char *text)
{
    size_t n = 0;
    for (const char *c = text; *c; c++)
        n += *c != ' ' && (c[1] == ' ' || !c[1]);
    return n;
}

/* Whether the passage would say again what the answer has said already. Phrases are
 * compared without their first letter, which may be a capital. */
static bool is_said(const char *answer, const char *passage,
                    const struct synth_topic *topic)
{
    const char *const phrases[] = {topic->does, topic->why,  topic->fact,    topic->figure,
                                   topic->tip,  topic->care, topic->mistake, topic->image,
                                   topic->myth, topic->joke, topic->sight,   topic->place};
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strstr(answer, phrases[i] + 1) && strstr(passage, phrases[i] + 1))
            return true;
    return false;
}

/* Replaces *passage by one of the style, none of `used` (a bit each), which says something
 * new unless that proves hard to find. */
static void draw_passage(struct text *passage, enum synth_style style, unsigned *used,
                         const char *answer, const struct synth_slots *slots,
                         struct rng *rng)
{
    enum { MAX_DRAWS = 50 };
    size_t index, draws = 0;
    do {
        do
            index = rng_below(rng, N_PASSAGES);
        while (*used & (1u << index));
        text_clear(passage);
        synth_expand(passage, passages[style][index], slots, rng);
    } while (++draws < MAX_DRAWS && is_said(answer, passage->bytes, slots->topic));
    *used |= 1u << index;
}

void synth_answer_write(struct synth_answer *answer, const struct synth_prompt *prompt,
                        const enum synth_style *styles, size_t n, struct rng *rng)
{
    assert(n > 0 && n <= ANSWER_MAX_PASSAGES);
    struct synth_slots slots = {.topic = prompt->topic, .person = synth_person(rng)};
    struct text passage = {0};
    unsigned used[STYLE_COUNT] = {0};
    memset(answer->share, 0, sizeof answer->share);
    text_clear(&answer->text);
    text_add(&answer->text, "");
    synth_prompt_lead(&answer->text, prompt, rng);
    for (size_t i = 0; i < n; i++) {
        draw_passage(&passage, styles[i], &used[styles[i]], answer->text.bytes, &slots,
                     rng);
        if (answer->text.length)
            text_add(&answer->text, i && prompt->kind == KIND_POEM ? " / " : " ");
        text_add(&answer->text, passage.bytes);
        answer->share[styles[i]] += 1.0 / (double)n;
    }
    answer->n_words = count_words(answer->text.bytes);
    text_done(&passage);
}
