/* Corpora from lines that stand in the test. */
#ifndef TESTS_CORPUS_LINES_H
#define TESTS_CORPUS_LINES_H

#include "folder.h"
#include "near.h"

#include "corpus/corpus.h"
#include "corpus/import.h"

static struct folder folder; /* of make_folder */

static inline int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static inline int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static inline const char *write_lines(const char *name, const char *lines)
{
    return folder_write(&folder, name, lines, strlen(lines));
}

static inline void read_lines(struct corpus *corpus, const char *lines)
{
    struct error err = {0};
    *corpus = (struct corpus){0};
    if (corpus_read(corpus, write_lines("lines.jsonl", lines), NULL, &err))
        fail_msg("%s", err.message);
}

static inline const char *plain(const struct passages *passages, int32_t index)
{
    return index < 0 ? "-" : passages->items[index].plain;
}

/* The corpus as corpus_write writes it; free() it. */
static inline char *written(const struct corpus *corpus)
{
    struct error err = {0};
    const char *path = folder_path(&folder, "written.jsonl");
    if (corpus_write(corpus, path, NULL, &err))
        fail_msg("%s", err.message);
    size_t length;
    return folder_read(path, &length);
}

static inline void assert_written(const struct corpus *corpus, const char *lines)
{
    char *text = written(corpus);
    assert_string_equal(text, lines);
    free(text);
}

#endif
