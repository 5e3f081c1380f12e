/* What the demo population talks about: a table of everyday subjects.
 *
 * Every word of it was written for this project. The phrases are typed by grammar, so that
 * the templates of prompts and answers fit all topics; a topic is always singular.
 */
#ifndef CORPUS_SYNTH_TOPIC_H
#define CORPUS_SYNTH_TOPIC_H

#include <stddef.h>

enum synth_domain {
    DOMAIN_SCIENCE,
    DOMAIN_HOME,
    DOMAIN_FOOD,
    DOMAIN_NATURE,
    DOMAIN_BODY,
    DOMAIN_ART,
    DOMAIN_SOCIETY,
    DOMAIN_COUNT
};

struct synth_topic {
    enum synth_domain domain;
    const char *topic;   /* noun phrase: "a heat pump" */
    const char *rival;   /* noun phrase it can be compared with */
    const char *does;    /* "moves warmth into the rooms" */
    const char *why;     /* clause: "its refrigerant boils even in freezing air" */
    const char *fact;    /* true clause with a number */
    const char *figure;  /* another one */
    const char *part;    /* noun phrase with its article */
    const char *other;   /* another part */
    const char *tip;     /* imperative */
    const char *care;    /* imperative, the next step */
    const char *mistake; /* gerund: "hiding the unit behind a fence" */
    const char *image;   /* noun phrase, a metaphor for it */
    const char *sight;   /* noun phrase for the senses, with its article */
    const char *place;   /* "in a snowbound village" */
    const char *myth;    /* clause that is false */
    const char *joke;    /* whole sentence */
};

extern const struct synth_topic synth_topics[];
extern const size_t synth_n_topics;

#endif
