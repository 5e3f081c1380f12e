#include "ui/repl_complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/memory.h"
#include "command/complete.h"
#include "ui/session_words.h"

/* Readline asks for one candidate after the other and takes no argument. */
static struct interpreter *asked;
static struct completions found;

void repl_complete_done(void)
{
    completions_done(&found);
    asked = NULL;
}

static void free_matches(char **matches)
{
    for (size_t i = 0; matches[i]; i++)
        free(matches[i]);
    free(matches);
}

/* The list of readline: first what all have in common, then each. */
static char **make_matches(void)
{
    char common[4096];
    if (!found.n)
        return NULL;
    char **matches = mem_alloc((found.n + 2) * sizeof *matches);
    completions_common(&found, common, sizeof common);
    matches[0] = mem_copy_text(found.n == 1 ? found.items[0].text : common);
    size_t n = 1;
    for (size_t i = 0; i < found.n && found.n > 1; i++)
        matches[n++] = mem_copy_text(found.items[i].text);
    matches[n] = NULL;
    return matches;
}

/* With the words of help beside the names, as long as they fit on the screen. */
static void show_matches(char **matches, int n_matches, int longest)
{
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    bool with_help = n_matches <= rows - 2;
    if (!with_help) {
        rl_display_match_list(matches, n_matches, longest);
        rl_forced_update_display();
        return;
    }
    fputc('\n', rl_outstream);
    for (size_t i = 0; i < found.n; i++) {
        struct text line = {0};
        text_printf(&line, "  %-*s", longest, found.items[i].text);
        if (found.items[i].help)
            text_printf(&line, "  %s", found.items[i].help);
        struct text shown = {0};
        text_add_visible(&shown, line.bytes, line.length, (size_t)(columns - 1));
        fprintf(rl_outstream, "%s\n", shown.bytes);
        text_done(&line);
        text_done(&shown);
    }
    rl_forced_update_display();
}

/* Readline has cut the word at its own idea of a break; ours decides what is replaced. */
static char **complete(const char *word, int start, int end)
{
    (void)word;
    const struct complete_source source = {.table = interpreter_table(asked),
                                           .add = session_words_add,
                                           .holds = session_words_hold,
                                           .context = asked};
    completions_done(&found);
    found = (struct completions){0};
    complete_line(&source, rl_line_buffer, (size_t)end, &found);
    rl_attempted_completion_over = 1;
    char **matches = make_matches();
    if (matches && found.begin != (size_t)start) {
        /* What readline keeps before the word must not stand there twice. */
        size_t skip = (size_t)start > found.begin ? (size_t)start - found.begin : 0;
        for (size_t i = 0; matches[i]; i++) {
            size_t length = strlen(matches[i]);
            if (length < skip || (size_t)start < found.begin) {
                free_matches(matches);
                return NULL;
            }
            memmove(matches[i], matches[i] + skip, length - skip + 1);
        }
    }
    if (matches && found.n == 1 && found.items[0].goes_on)
        rl_completion_suppress_append = 1;
    return matches;
}

void repl_complete_install(struct interpreter *interpreter)
{
    static char breaks[] = " \t\n;&";
    asked = interpreter;
    rl_attempted_completion_function = complete;
    rl_completion_display_matches_hook = show_matches;
    rl_basic_word_break_characters = breaks;
    rl_completer_word_break_characters = breaks;
}
