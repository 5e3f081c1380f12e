/* When the next frame may be drawn: at most 30 in any second, and a few that follow each other at
 * once, so that a key need not wait because something else was drawn just before it. */
#ifndef UI_PACE_H
#define UI_PACE_H

struct pace {
    double
        next; /* seconds of the clock from which on frames are on time; 0: none was drawn */
};

/* Seconds until a frame may be drawn; 0: now. */
double pace_wait(const struct pace *pace, double now);

/* A frame was drawn. */
void pace_drawn(struct pace *pace, double now);

#endif
