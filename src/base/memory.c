#include "base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 1 << 16, ALIGNMENT = 64 };

struct arena_block {
    struct arena_block *before;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

static atomic_size_t n_allocations;

static void *checked(void *pointer)
{
    if (!pointer) {
        fputs("microscope: out of memory\n", stderr);
        abort();
    }
    atomic_fetch_add_explicit(&n_allocations, 1, memory_order_relaxed);
    return pointer;
}

void *mem_alloc(size_t bytes)
{
    return checked(malloc(bytes ? bytes : 1));
}

void *mem_zero(size_t bytes)
{
    return checked(calloc(1, bytes ? bytes : 1));
}

void *mem_resize(void *old, size_t bytes)
{
    return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_copy(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *mem_copy_text(const char *text)
{
    return text ? mem_copy(text, strlen(text)) : NULL;
}

void *mem_array(size_t n, size_t size)
{
    if (size && n > (SIZE_MAX - ALIGNMENT) / size)
        return NULL;
    size_t bytes = (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *array = aligned_alloc(ALIGNMENT, bytes ? bytes : ALIGNMENT);
    if (!array)
        return NULL;
    atomic_fetch_add_explicit(&n_allocations, 1, memory_order_relaxed);
    return memset(array, 0, bytes);
}

void *mem_reserve(void *array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return array;
    size_t more = *room ? *room * 2 : 16;
    if (more < *room || more > SIZE_MAX / size)
        checked(NULL);
    array = mem_resize(array, more * size);
    *room = more;
    return array;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    struct arena_block *block = arena->last;
    if (!block || block->size - block->used < bytes) {
        size_t size = bytes > ARENA_BLOCK ? bytes : ARENA_BLOCK;
        block = mem_alloc(sizeof *block + size);
        *block = (struct arena_block){.before = arena->last, .size = size};
        arena->last = block;
    }
    void *result = block->bytes + block->used;
    block->used += bytes;
    return result;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void arena_done(struct arena *arena)
{
    while (arena->last) {
        struct arena_block *block = arena->last;
        arena->last = block->before;
        free(block);
    }
}

size_t mem_allocations(void)
{
    return atomic_load_explicit(&n_allocations, memory_order_relaxed);
}
