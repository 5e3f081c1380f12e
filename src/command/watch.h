/* A call's progress and cancellation, in the form that the lower layers take them. */
#ifndef COMMAND_WATCH_H
#define COMMAND_WATCH_H

#include "command/call.h"
#include "corpus/corpus.h"

struct corpus_watch watch_corpus(const struct call *call);

/* progress_update on a struct progress *self. */
void watch_real(void *self, double done, double total);

#endif
