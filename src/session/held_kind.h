/* The kinds of files that a run holds (held.h). */
#ifndef SESSION_HELD_KIND_H
#define SESSION_HELD_KIND_H

enum held_kind { HELD_NOTHING, HELD_CORPUS, HELD_FEATURES, HELD_MODEL };

#endif
