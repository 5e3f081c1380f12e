#include "near.h"

#include <stdio.h>
#include <string.h>

#include "command/help.h"
#include "command/table.h"
#include "command/topic.h"
#include "rows.h"

/* A page fits when it has at most so many lines, none wider than 80 columns. */
static void assert_fits(const char *page, size_t n_lines)
{
    size_t lines = 0;
    for (const char *at = page; *at; lines++) {
        size_t length = strcspn(at, "\n");
        assert_true(text_width(at, length) <= 80);
        assert_true(!length || at[length - 1] != ' ');
        at += length + (at[length] == '\n');
    }
    assert_true(lines <= n_lines);
}

static void test_overview(void **state)
{
    (void)state;
    struct text out = {0};
    help_overview(rows, &out);
    static const char begin[] = "microscope: a workbench for mixture reward heads\n"
                                "usage: microscope [FILES]                       the "
                                "terminal interface\n"
                                "       microscope COMMAND [words] [options]\n"
                                "       microscope run SCRIPT | -c 'COMMANDS'    sessions; "
                                "also repl\n"
                                "\n"
                                "data\n"
                                "  filter  keep some pairs\n"
                                "  join    join files\n"
                                "\n"
                                "model\n"
                                "  fit     fit a mixture of heads\n"
                                "\n"
                                "'microscope help COMMAND' explains a command";
    assert_memory_equal(out.bytes, begin, sizeof begin - 1);
    for (const struct topic *topic = topics; topic->name; topic++)
        assert_non_null(strstr(strstr(out.bytes, "help TOPIC"), topic->name));
    text_done(&out);
}

static void test_overview_fits_on_a_screen(void **state)
{
    (void)state;
    struct text out = {0};
    help_overview(command_table, &out);
    assert_fits(out.bytes, 40);
    text_done(&out);
}

/* With more commands than lines the last groups are names only. */
static void test_many_commands_fit_too(void **state)
{
    (void)state;
    enum { N = 60 };
    static char names[N][8];
    static struct command made[N];
    const struct command *many[N + 1] = {NULL};
    for (size_t i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "do%zu", i);
        made[i] = (struct command){.name = names[i],
                                   .group = i < 10   ? "one"
                                            : i < 20 ? "two"
                                                     : "three",
                                   .help = "x"};
        many[i] = &made[i];
    }
    struct text out = {0};
    help_overview(many, &out);
    assert_fits(out.bytes, 40);
    assert_non_null(strstr(out.bytes, "\n  do9   x\n"));
    assert_non_null(strstr(out.bytes, "\nthree\n  do20 do21 "));
    assert_non_null(strstr(out.bytes, " do59\n"));
    text_done(&out);
}

static void test_command(void **state)
{
    (void)state;
    struct text out = {0};
    help_command(&row_fit, TABLE_TEXT, &out);
    assert_string_equal(
        out.bytes,
        "fit: fit a mixture of heads\n"
        "\n"
        "usage: microscope fit FEATURES [INIT] --out FILE [options]\n"
        "\n"
        "words\n"
        "  FEATURES                features of the pairs\n"
        "  INIT                    parameters to start from\n"
        "\n"
        "options\n"
        "  -o, --out FILE          where the model goes (required)\n"
        "  -k, --heads N           heads in the mixture (1 to 256, default 5)\n"
        "  --alpha X               weight of the entropy term (nats, 0 to 100, default\n"
        "                          0.5)\n"
        "  --shift X               added to every margin (default -1)\n"
        "  --router mlp|linear|static\n"
        "                          what weighs the heads, by the prompt or by its context\n"
        "                          where there is one (default mlp)\n"
        "  --note TEXT             kept in the model\n"
        "  --resume                go on from where the model was saved\n"
        "  --[no-]shuffle          a new order every epoch (default yes)\n"
        "  --split NAME            splits to train on (may be repeated)\n"
        "\n"
        "examples\n"
        "  microscope fit f.safetensors -o m\n"
        "\n"
        "options of every command\n"
        "  -h, --help              explain the command\n"
        "  --json                  the same as --mode json\n"
        "  --jsonl                 the same as --mode jsonl\n"
        "  --mode table|csv|tsv|markdown|json|box|jsonl|latex|plain\n"
        "                          how the result is written (default table)\n"
        "  --table NAME            write only the table of that name\n"
        "  --where FILTER          only rows for which it holds: 'accuracy>0.7\n"
        "                          attribute=humor'\n"
        "  --sort COLUMNS          order of the rows: -accuracy,head; - is from high to\n"
        "                          low\n"
        "  --columns COLUMNS       only these columns, in this order; all but those with\n"
        "                          a -\n"
        "  --top N                 only so many rows from the top, 0 for all (default 0)\n"
        "  --plot none|bars|heat|line\n"
        "                          draw the table (default none)\n"
        "  --force                 let --out replace a file\n"
        "  --name NAME             keep the result under that name, for $NAME\n"
        "  -q, --quiet             no notes and no progress\n"
        "  --[no-]pager            long results at the prompt through $PAGER (default\n"
        "                          yes)\n"
        "  --seed N                seed of everything random (default 1)\n"
        "  --threads N             threads to use, 0 for one on every processor (0 to\n"
        "                          1024, default 0)\n");
    text_done(&out);
}

static void test_command_in_markdown(void **state)
{
    (void)state;
    struct text out = {0};
    help_command(&row_fit, TABLE_MARKDOWN, &out);
    assert_string_equal(
        out.bytes, "## fit\n"
                   "\n"
                   "Fit a mixture of heads.\n"
                   "\n"
                   "    microscope fit FEATURES [INIT] --out FILE [options]\n"
                   "\n"
                   "| word | values | default | meaning |\n"
                   "| :-- | :-- | :-- | :-- |\n"
                   "| `FEATURES` |  | required | features of the pairs |\n"
                   "| `INIT` |  |  | parameters to start from |\n"
                   "\n"
                   "| option | values | default | meaning |\n"
                   "| :-- | :-- | :-- | :-- |\n"
                   "| `-o, --out FILE` |  | required | where the model goes |\n"
                   "| `-k, --heads N` | 1 to 256 | 5 | heads in the mixture |\n"
                   "| `--alpha X` | 0 to 100 nats | 0.5 | weight of the entropy term |\n"
                   "| `--shift X` |  | -1 | added to every margin |\n"
                   "| `--router mlp\\|linear\\|static` |  | mlp | what weighs the heads, "
                   "by the prompt "
                   "or by its context where there is one |\n"
                   "| `--note TEXT` |  |  | kept in the model |\n"
                   "| `--resume` |  | no | go on from where the model was saved |\n"
                   "| `--[no-]shuffle` |  | yes | a new order every epoch |\n"
                   "| `--split NAME` |  |  | splits to train on |\n"
                   "\n"
                   "```\n"
                   "examples\n"
                   "  microscope fit f.safetensors -o m\n"
                   "```\n");
    text_done(&out);
}

static void assert_once(const char *page, const char *begin, const char *name,
                        const char *end)
{
    struct text wanted = {0};
    text_printf(&wanted, "%s%s%s", begin, name, end);
    const char *found = strstr(page, wanted.bytes);
    assert_non_null(found);
    assert_null(strstr(found + 1, wanted.bytes));
    text_done(&wanted);
}

static void test_reference_has_everything_once(void **state)
{
    (void)state;
    struct text plain = {0}, markdown = {0};
    help_reference(command_table, TABLE_TEXT, &plain);
    help_reference(command_table, TABLE_MARKDOWN, &markdown);
    for (size_t i = 0; command_table[i]; i++) {
        assert_once(plain.bytes, "\n", command_table[i]->name, ": ");
        assert_once(markdown.bytes, "\n## ", command_table[i]->name, "\n");
    }
    assert_once(plain.bytes, "  --", "threads", " N");
    assert_once(markdown.bytes, "`--", "threads", " N`");
    text_done(&plain);
    text_done(&markdown);
}

static void test_every_page_fits_in_width(void **state)
{
    (void)state;
    for (size_t i = 0; command_table[i]; i++) {
        struct text out = {0};
        help_command(command_table[i], TABLE_TEXT, &out);
        assert_fits(out.bytes, SIZE_MAX);
        text_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overview),
        cmocka_unit_test(test_overview_fits_on_a_screen),
        cmocka_unit_test(test_many_commands_fit_too),
        cmocka_unit_test(test_command),
        cmocka_unit_test(test_command_in_markdown),
        cmocka_unit_test(test_reference_has_everything_once),
        cmocka_unit_test(test_every_page_fits_in_width),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
