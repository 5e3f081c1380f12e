/* Topics: short pages on what the words of the program mean, for help and for the manual.
 *
 * docs/topics.md is made of them (`microscope help --topics --mode markdown`); a test holds that it
 * is current.
 */
#ifndef COMMAND_TOPIC_H
#define COMMAND_TOPIC_H

#include "base/text.h"
#include "io/table.h"

struct topic {
    const char *name;  /* lower case, one word */
    const char *also;  /* other words for it, a blank between; "" for none */
    const char *group; /* "method", "data", "program"; topics of a group stand together */
    const char *title; /* a phrase without full stop, at most 60 characters */
    /* 3 to 15 lines of at most 80 columns that end in \n; lines of formulas are indented by 4. */
    const char *text;
};

extern const struct topic topics[]; /* ended by {0} */

/* The topic of that name, or one that is also called so; NULL: there is none. */
const struct topic *topic_find(const char *name);

/* Appends the page: a chapter in TABLE_MARKDOWN, plain text otherwise. */
void topic_add(const struct topic *topic, enum table_mode mode, struct text *out);
void topic_add_all(enum table_mode mode, struct text *out);

#endif
