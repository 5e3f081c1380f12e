#include "corpus/synth_template.h"

#include <assert.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"

static const char *const people[] = {
    "old Marta",        "Tomas the ferryman", "young Ines",
    "the widow Okafor", "Captain Liu",        "a boy named Emil",
    "Sister Agnes",     "Rafael the baker",   "Nadia",
    "the clerk Pavel",  "a girl named Suri",  "Doctor Haas",
    "the twins' uncle", "Yusuf the tailor",   "Birgit",
    "the night guard",  "little Amara",       "Joren",
    "the postwoman",    "Professor Silva",
};

const char *synth_person(struct rng *rng)
{
    return people[rng_below(rng, sizeof people / sizeof *people)];
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

static const char *slot_phrase(const struct synth_slots *slots, const char *name,
                               size_t length)
{
    const struct synth_topic *topic = slots->topic;
    const struct {
        const char *name, *phrase;
    } phrases[] = {
        {"topic", topic->topic}, {"rival", topic->rival},     {"does", topic->does},
        {"why", topic->why},     {"fact", topic->fact},       {"figure", topic->figure},
        {"part", topic->part},   {"other", topic->other},     {"tip", topic->tip},
        {"care", topic->care},   {"mistake", topic->mistake}, {"image", topic->image},
        {"sight", topic->sight}, {"place", topic->place},     {"myth", topic->myth},
        {"joke", topic->joke},   {"person", slots->person},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strlen(phrases[i].name) == length && lower(*name) == *phrases[i].name &&
            !memcmp(phrases[i].name + 1, name + 1, length - 1))
            return phrases[i].phrase;
    return NULL;
}

static void add_slot(struct text *out, const char *name, size_t length,
                     const struct synth_slots *slots)
{
    const char *phrase = slot_phrase(slots, name, length);
    assert(phrase);
    bool is_capital = *name != lower(*name);
    text_add_char(out, is_capital ? upper(*phrase) : *phrase);
    text_add(out, phrase + 1);
}

/* Text without alternatives. */
static void fill(struct text *out, const char *at, const char *end,
                 const struct synth_slots *slots)
{
    while (at < end) {
        if (*at != '{') {
            text_add_char(out, *at++);
            continue;
        }
        const char *close = memchr(at, '}', (size_t)(end - at));
        assert(close);
        add_slot(out, at + 1, (size_t)(close - at - 1), slots);
        at = close + 1;
    }
}

/* Draws one of the alternatives between `at` and `end`, which are separated by bars. */
static void fill_one(struct text *out, const char *at, const char *end,
                     const struct synth_slots *slots, struct rng *rng)
{
    size_t n = 1;
    for (const char *c = at; c < end; c++)
        n += *c == '|';
    for (size_t skip = rng_below(rng, n); skip > 0; skip--)
        at = (const char *)memchr(at, '|', (size_t)(end - at)) + 1;
    const char *bar = memchr(at, '|', (size_t)(end - at));
    fill(out, at, bar ? bar : end, slots);
}

void synth_expand(struct text *out, const char *template, const struct synth_slots *slots,
                  struct rng *rng)
{
    const char *at = template;
    for (const char *open; (open = strchr(at, '[')) != NULL;) {
        fill(out, at, open, slots);
        const char *close = strchr(open, ']');
        assert(close);
        fill_one(out, open + 1, close, slots, rng);
        at = close + 1;
    }
    fill(out, at, at + strlen(at), slots);
}
