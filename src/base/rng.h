/* Random numbers: xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64.
 *
 * There is no global generator: whoever draws is handed a struct rng. The same seed gives
 * the same numbers on every machine. The state is plain data and is saved in checkpoints as
 * it is.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state[4];
};

/* Streams of one seed are independent: give each purpose its own. */
void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *rng);
double rng_uniform(struct rng *rng); /* [0, 1) */
double rng_normal(struct rng *rng);  /* mean 0, variance 1 */
/* 0 .. bound - 1, without bias; bound > 0. */
size_t rng_below(struct rng *rng, size_t bound);
void rng_shuffle(struct rng *rng, uint32_t *items, size_t n);

/* One value scrambled to 64 well mixed bits (splitmix64's finaliser). */
uint64_t rng_mix(uint64_t value);

#endif
