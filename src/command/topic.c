#include "command/topic.h"

#include <string.h>

/* Whether the name is one of the words of a list. */
static bool has_word(const char *words, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = words; *at; at += *at == ' ') {
        size_t n = strcspn(at, " ");
        if (n == length && strncmp(at, name, n) == 0)
            return true;
        at += n;
    }
    return false;
}

const struct topic *topic_find(const char *name)
{
    for (const struct topic *topic = topics; topic->name; topic++)
        if (strcmp(topic->name, name) == 0)
            return topic;
    for (const struct topic *topic = topics; topic->name && *name; topic++)
        if (has_word(topic->also, name))
            return topic;
    return NULL;
}

void topic_add(const struct topic *topic, enum table_mode mode, struct text *out)
{
    if (mode == TABLE_MARKDOWN)
        text_printf(out, "## %s: %s\n\n%s", topic->name, topic->title, topic->text);
    else
        text_printf(out, "%s: %s\n\n%s", topic->name, topic->title, topic->text);
}

void topic_add_all(enum table_mode mode, struct text *out)
{
    if (mode == TABLE_MARKDOWN)
        text_add(
            out,
            "# Topics\n\n"
            "What the words mean. The same pages as `microscope help TOPIC`; E-numbers "
            "are those of\n[equations.md](equations.md).\n\n");
    for (const struct topic *topic = topics; topic->name; topic++) {
        text_add(out, topic == topics ? "" : "\n");
        topic_add(topic, mode, out);
    }
}
