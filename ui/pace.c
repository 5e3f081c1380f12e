#include "ui/pace.h"

/* A frame costs a part of a second, and as much as BURST - 1 of them may be owed: RATE + BURST is
 * the most there can be in a second. */
enum { RATE = 26, BURST = 4 };

double pace_wait(const struct pace *pace, double now)
{
    double due = pace->next - (BURST - 1.0) / RATE;
    return pace->next > 0 && due > now ? due - now : 0;
}

void pace_drawn(struct pace *pace, double now)
{
    pace->next = (pace->next > now ? pace->next : now) + 1.0 / RATE;
}
