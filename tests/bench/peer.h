/* The peer: the same work in PyTorch, by a script of its own that is not part of the
 * project and prints a line of JSON with "median_s" for every case it is asked for.
 *
 * MICROSCOPE_PEER names the script; MICROSCOPE_PEER_LIBRARY_PATH, when set, is put into
 * its LD_LIBRARY_PATH (PyTorch and OpenBLAS want one OpenMP between them). Between two
 * cases the peer is stopped, so that it and what it is compared with can be measured in
 * turns. */
#ifndef TESTS_BENCH_PEER_H
#define TESTS_BENCH_PEER_H

#include <stdbool.h>

/* Why there is no peer; NULL: there is one. */
const char *peer_missing(void);

struct peer;

enum { PEER_ARGUMENTS = 32 };

/* arguments end with NULL; they are borrowed. Nothing runs yet. */
struct peer *peer_create(const char *const *arguments);

/* Runs the peer up to the end of its next case, and gives its seconds. False when it has no
 * more, or failed. */
bool peer_next(struct peer *peer, double *seconds);
void peer_free(struct peer *peer); /* NULL is allowed */

#endif
