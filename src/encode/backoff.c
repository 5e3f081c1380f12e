#include "encode/backoff.h"

#include "base/rng.h"

enum { TRIES_MOST = 6 };

static const double first_wait = 0.5, longest_wait = 20, longest_asked = 120;

static struct backoff_step wait_or_stop(struct backoff *backoff, double retry_after,
                                        struct rng *rng)
{
    backoff->tries++;
    if (backoff->tries >= TRIES_MOST)
        return (struct backoff_step){BACKOFF_STOP, 0};
    double most = first_wait * (double)(1u << (backoff->tries - 1));
    double seconds = rng_uniform(rng) * (most < longest_wait ? most : longest_wait);
    if (retry_after >= 0)
        seconds = retry_after < longest_asked ? retry_after : longest_asked;
    return (struct backoff_step){BACKOFF_WAIT, seconds};
}

static struct backoff_step halve(size_t n)
{
    return (struct backoff_step){n > 1 ? BACKOFF_HALVE : BACKOFF_REFUSE, 0};
}

static struct backoff_step repeat_once(struct backoff *backoff, size_t n, struct rng *rng)
{
    if (backoff->repeats++)
        return halve(n);
    return (struct backoff_step){BACKOFF_REPEAT, rng_uniform(rng) * first_wait};
}

static struct backoff_step after_answer(struct backoff *backoff,
                                        const struct backoff_outcome *outcome,
                                        struct rng *rng)
{
    const struct backoff_step stop = {BACKOFF_STOP, 0};
    switch (outcome->http) {
    case 200:
        return outcome->is_misfit ? stop : repeat_once(backoff, outcome->n, rng);
    case 401:
    case 403:
    case 404:
    case 405:
    case 501:
        return stop;
    case 429:
        if (outcome->is_quota)
            return stop;
        return wait_or_stop(backoff, outcome->retry_after, rng);
    case 503:
        if (outcome->is_loading)
            return (struct backoff_step){BACKOFF_LOAD, 0};
        return wait_or_stop(backoff, outcome->retry_after, rng);
    case 408:
    case 425:
    case 502:
    case 504:
        return wait_or_stop(backoff, outcome->retry_after, rng);
    case 424:
        return repeat_once(backoff, outcome->n, rng);
    default:
        if (outcome->http >= 400 && outcome->http < 500)
            return halve(outcome->n);
        return outcome->http >= 500 ? repeat_once(backoff, outcome->n, rng) : stop;
    }
}

struct backoff_step backoff_next(struct backoff *backoff,
                                 const struct backoff_outcome *outcome, struct rng *rng)
{
    switch (outcome->failure) {
    case BACKOFF_ANSWERED:
        return after_answer(backoff, outcome, rng);
    case BACKOFF_DROPPED:
    case BACKOFF_UNREACHABLE:
        if (outcome->reused && !backoff->refreshed) {
            backoff->refreshed = true;
            return (struct backoff_step){BACKOFF_AGAIN, 0};
        }
        return wait_or_stop(backoff, -1, rng);
    case BACKOFF_TIMED_OUT:
        return wait_or_stop(backoff, -1, rng);
    case BACKOFF_ENDLESS:
        if (backoff->repeats++ == 0)
            return (struct backoff_step){BACKOFF_REPEAT, rng_uniform(rng) * first_wait};
        break;
    case BACKOFF_BROKEN:
        break;
    }
    return (struct backoff_step){BACKOFF_STOP, 0};
}
