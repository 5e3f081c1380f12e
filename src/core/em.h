/* Weights of a mixture of fixed heads from labelled pairs, by expectation maximisation
 * (docs/equations.md E22).
 *
 *     maximise over the simplex   sum_i log sum_k w_k sigma(m_ik)  +  sum_k c_k log w_k
 *
 *     q_ik proportional to w_k sigma(m_ik)          w_k proportional to sum_i q_ik + c_k
 *
 * Concave in w, so that every start in which no weight is 0 leads to the same maximum.
 */
#ifndef CORE_EM_H
#define CORE_EM_H

#include <stddef.h>

/* The row of one pair: sigma(m_k) over its largest, [n_heads]. A factor a row does not move
 * the maximum, and without one rows of hopeless margins would be 0. */
void em_row(const float *margin, size_t n_heads, double *row);

/* Pseudo-counts c_k = strength * n_heads * prior_k / 2 (with an even prior strength / 2
 * each, whatever the number of heads). */
void em_pseudo_counts(const double *prior, size_t n_heads, double strength, double *counts);

struct em_problem {
    size_t n, n_heads;
    const double *rows;   /* (n, n_heads) of em_row */
    const double *counts; /* [n_heads] c */
};

/* weights: [n_heads], in: where to start, out: the maximum, from which no other point is
 * better by more than 1e-11 nats a label. Without pairs they are the counts' shares.
 * scratch: [4 * n_heads]. Returns the number of passes over the pairs. */
size_t em_fit(const struct em_problem *problem, double *weights, double *scratch);

#endif
