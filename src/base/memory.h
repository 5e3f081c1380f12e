/* Memory.
 *
 * Small things use the mem_* helpers, which abort when there is no memory. Arrays whose
 * size comes from a user's file use mem_array, which returns NULL so that the caller can
 * say so in a sentence.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *mem_alloc(size_t bytes);                   /* aborts when there is none */
void *mem_zero(size_t bytes);                    /* the same, cleared */
void *mem_resize(void *old, size_t bytes);       /* realloc that aborts */
char *mem_copy(const char *text, size_t length); /* NUL-terminated copy */
char *mem_copy_text(const char *text);           /* strdup that aborts; NULL gives NULL */

/* n x size bytes, cleared, aligned to 64; NULL when there is no memory or the product
 * overflows. Free with free(). */
void *mem_array(size_t n, size_t size);

/* Makes room for one more element in a growing array, which holds n of `size` bytes with
 * room for *room, and returns where it is now. Doubles; aborts when there is no memory. */
void *mem_reserve(void *array, size_t n, size_t *room, size_t size);
#define MEM_RESERVE(array, n, room)                                                        \
    ((array) = mem_reserve((array), (n), &(room), sizeof *(array)))

/* Many short-lived blocks, freed at once. Blocks are aligned to 16 bytes and never move. */
struct arena {
    struct arena_block *last;
};
void *arena_alloc(struct arena *arena, size_t bytes); /* aborts when there is none */
char *arena_copy(struct arena *arena, const char *text, size_t length); /* NUL-terminated */
void arena_done(struct arena *arena);

/* Calls to the allocating functions above since the program started, by any thread. The
 * tests use it to hold that a training step allocates nothing. */
size_t mem_allocations(void);

#endif
