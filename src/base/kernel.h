/* Marks a function whose loops are worth compiling once per instruction set; the fitting
 * one is chosen when the program is loaded (meson.build says where that is left out, and
 * why). */
#ifndef BASE_KERNEL_H
#define BASE_KERNEL_H

#ifdef HAVE_TARGET_CLONES
#define KERNEL __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define KERNEL
#endif

/* What a KERNEL calls in its inner loop, and is compiled into it. */
#define KERNEL_PART static inline __attribute__((always_inline))

#endif
