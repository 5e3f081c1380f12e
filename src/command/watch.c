#include "command/watch.h"

void watch_real(void *self, double done, double total)
{
    progress_update(self, done, total);
}

static void watch_whole(void *self, uint64_t done, uint64_t total)
{
    progress_update(self, (double)done, (double)total);
}

struct corpus_watch watch_corpus(const struct call *call)
{
    return (struct corpus_watch){
        .progress = watch_whole, .self = call->progress, .cancel = call->cancel};
}
