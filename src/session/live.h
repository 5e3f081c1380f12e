/* A context that is being typed, encoded in the background: the latest text wins.
 *
 * For encoders that have to read a context together with each prompt (session/effect.h) and answer when they
 * can. What was asked for comes in three steps, each of which says more than the one before, so that the
 * first comes soon: LIVE_FEW prompts, LIVE_SAMPLE prompts, and all that count, the last only of a text that was
 * entered. The prompts of the first two are drawn by seed from those of the candidates, the same for every
 * text; behind the pair that is looked at.
 *
 *     live_ask(live, &wish)       as often as wanted: what is under way for another text is broken off
 *     live_poll(live)             when the pool wakes, or live_pause is over
 *     live_at(live)               how far it is
 *
 * A text is asked about when it has rested for a moment. After a failure it is tried again, after 2 s and then
 * ever more seldom, so that a server that comes back is noticed.
 *
 * Belongs to the front end's thread, which is never held up: the worker encodes. One thread of the pool
 * is needed while something is asked for.
 */
#ifndef SESSION_LIVE_H
#define SESSION_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "session/effect.h"
#include "session/held.h"

enum { LIVE_FEW = 8, LIVE_SAMPLE = 64 };

/* All zero is a sane choice. */
struct live_options {
    double rest;     /* seconds that a text is left alone first; 0: 0.15 */
    double patience; /* seconds that each of the first two steps may take; 0: 30 */
    double again;    /* seconds until the first try after a failure; 0: 2 */
};

struct live_wish {
    const char *context; /* copied, as pairs */
    int32_t attribute;   /* of the candidates; -1: any */
    uint64_t seed;
    const uint32_t
        *pairs; /* [n_pairs] whose prompts are wanted too, the most urgent first */
    size_t n_pairs;
    bool is_whole; /* entered: all prompts of candidates and test pairs */
};

enum live_state {
    LIVE_IDLE,    /* nothing was asked for */
    LIVE_WAITING, /* the next step is on its way */
    LIVE_READY,   /* all is there that was asked for */
    LIVE_FAILED   /* the last try; the next comes by itself unless the wish is at fault */
};

struct live_at {
    enum live_state state;
    struct effect
        *effect; /* of the context, as far as it is known; NULL: not at all. Borrowed */
    const char *wrong;  /* LIVE_FAILED: a sentence without full stop */
    double done, total; /* texts of the step that is at work; total 0: none is */
};

struct live;

/* Takes counts of the features and of their corpus. The pool is borrowed; options may be NULL. */
struct live *live_create(struct held_features *features, struct held_corpus *corpus,
                         struct pool *pool, const struct live_options *options);

void live_ask(struct live *live, const struct live_wish *wish);
void live_forget(struct live *live); /* nothing is asked for any more */

/* Takes in what has ended and begins what is due; whether live_at says anything new. */
bool live_poll(struct live *live);
int live_pause(
    const struct live *live); /* ms until live_poll has something to do; -1: when woken */
struct live_at live_at(const struct live *live);

/* After live_forget: whether the worker is still at it. It stops within a tenth of a second. */
bool live_is_busy(const struct live *live);
void live_wait(struct live *live); /* until the worker rests: for tests */
/* Waits for the worker; NULL is allowed. */
void live_free(struct live *live);

#endif
