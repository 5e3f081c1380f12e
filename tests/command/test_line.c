#include "near.h"

#include <string.h>

#include "command/line.h"
#include "rows.h"

enum { WORDS_MAX = 16 };

/* Cuts a line at blanks; ~ stands for a blank inside a word. Returns how many words. */
static size_t cut(char *copy, const char **words)
{
    size_t n = 0;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        for (char *c = word; *c; c++)
            *c = *c == '~' ? ' ' : *c;
        words[n++] = word;
    }
    return n;
}

static enum status parse(struct line *line, const char *typed, char copy[512],
                         struct error *err)
{
    const char *words[WORDS_MAX];
    assert_true(strlen(typed) < 512);
    strcpy(copy, typed);
    size_t n = cut(copy, words);
    return line_parse(line, rows, words, n, err);
}

static void assert_text(const char *got, const char *want)
{
    if (want)
        assert_string_equal(got, want);
    else
        assert_null(got);
}

static void test_values(void **state)
{
    (void)state;
    const struct {
        const char *line;
        struct fit_args want;
    } cases[] = {
#define FIT .heads = 5, .alpha = 0.5, .shift = -1, .shuffle = true
        {"fit f --out m", {.features = "f", .out = "m", FIT}},
        {"fit --out=m f", {.features = "f", .out = "m", FIT}},
        {"fit -o m f i", {.features = "f", .init = "i", .out = "m", FIT}},
        {"fit -om f", {.features = "f", .out = "m", FIT}},
        {"fit f -o m --no-shuffle",
         {.features = "f", .out = "m", .heads = 5, .alpha = 0.5, .shift = -1}},
        {"fit - -o -", {.features = "-", .out = "-", FIT}},
        {"fit -o m -- --f", {.features = "--f", .out = "m", FIT}},
        {"fit -o m -- -o --help", {.features = "-o", .init = "--help", .out = "m", FIT}},
        {"fit f -o m --resume", {.features = "f", .out = "m", .resume = true, FIT}},
        {"fit f -o m --resume=no --shuffle=yes", {.features = "f", .out = "m", FIT}},
        {"fit f -o m --no-resume --shuffle", {.features = "f", .out = "m", FIT}},
        {"fit f -o m --note=", {.features = "f", .out = "m", .note = "", FIT}},
        {"fit f -o m --note=a=b", {.features = "f", .out = "m", .note = "a=b", FIT}},
        {"fit f -o m --note -5~C", {.features = "f", .out = "m", .note = "-5 C", FIT}},
        {"fit f -o m --router static", {.features = "f", .out = "m", .router = 2, FIT}},
        {"fit f -o m --heads 8 --alpha 0 --shift -2.5 --no-shuffle",
         {.features = "f", .out = "m", .heads = 8, .alpha = 0, .shift = -2.5}},
        {"fit f -o m -k8 --alpha 1e-3 --shift -.5 --no-shuffle",
         {.features = "f", .out = "m", .heads = 8, .alpha = 1e-3, .shift = -0.5}},
#undef FIT
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line;
        struct error err = {0};
        char copy[512];
        if (parse(&line, cases[i].line, copy, &err) != STATUS_OK)
            fail_msg("%s: %s", cases[i].line, err.message);
        const struct fit_args *got = line.args, *want = &cases[i].want;
        assert_ptr_equal(line.command, &row_fit);
        assert_text(got->features, want->features);
        assert_text(got->init, want->init);
        assert_text(got->out, want->out);
        assert_text(got->note, want->note);
        assert_int_equal(got->heads, want->heads);
        assert_true(got->alpha == want->alpha && got->shift == want->shift);
        assert_int_equal(got->router, want->router);
        assert_int_equal(got->resume, want->resume);
        assert_int_equal(got->shuffle, want->shuffle);
        line_done(&line);
    }
}

static void test_lists(void **state)
{
    (void)state;
    struct line line;
    struct error err = {0};
    char copy[512];
    assert_int_equal(parse(&line, "join a b -q c", copy, &err), STATUS_OK);
    const struct join_args *join = line.args;
    assert_int_equal(join->files.n, 3);
    assert_string_equal(join->files.items[2], "c");
    line_done(&line);
    assert_int_equal(parse(&line, "fit f -o m --split train --split=test", copy, &err),
                     STATUS_OK);
    const struct fit_args *fit = line.args;
    assert_int_equal(fit->splits.n, 2);
    assert_string_equal(fit->splits.items[0], "train");
    assert_string_equal(fit->splits.items[1], "test");
    line_done(&line);
}

static void test_common_options(void **state)
{
    (void)state;
    const struct {
        const char *line;
        struct common want;
    } cases[] = {
        {"filter", {.seed = 1}},
        {"filter --json", {.json = true, .mode = TABLE_JSON, .seed = 1}},
        {"filter --mode json --json", {.json = true, .mode = TABLE_JSON, .seed = 1}},
        {"filter --mode=csv -q", {.mode = TABLE_CSV, .quiet = true, .seed = 1}},
        {"filter --mode markdown", {.mode = TABLE_MARKDOWN, .seed = 1}},
        {"filter --mode tsv", {.mode = TABLE_TSV, .seed = 1}},
        {"filter --seed 42 --threads 3", {.seed = 42, .threads = 3}},
        {"filter --table heads", {.table = "heads", .seed = 1}},
        {"filter --out r.csv", {.mode = TABLE_CSV, .out = "r.csv", .seed = 1}},
        {"filter -o r.md.gz --force",
         {.mode = TABLE_MARKDOWN, .out = "r.md.gz", .force = true, .seed = 1}},
        {"filter -o r.csv --mode tsv", {.mode = TABLE_TSV, .out = "r.csv", .seed = 1}},
        {"filter --sort -a,b --columns -c --top 5 --where x=1",
         {.sort = "-a,b", .columns = "-c", .top = 5, .where = "x=1", .seed = 1}},
        {"filter -o r --json --name n",
         {.json = true, .mode = TABLE_JSON, .out = "r", .name = "n", .seed = 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line;
        struct error err = {0};
        char copy[512];
        assert_int_equal(parse(&line, cases[i].line, copy, &err), STATUS_OK);
        const struct common *want = &cases[i].want;
        assert_int_equal(line.common.mode, want->mode);
        assert_int_equal(line.common.json, want->json);
        assert_int_equal(line.common.quiet, want->quiet);
        assert_int_equal(line.common.seed, want->seed);
        assert_int_equal(line.common.threads,
                         want->threads ? want->threads : jobs_processors());
        assert_text(line.common.table, want->table);
        assert_text(line.common.out, want->out);
        assert_text(line.common.where, want->where);
        assert_text(line.common.sort, want->sort);
        assert_text(line.common.columns, want->columns);
        assert_int_equal(line.common.top, want->top);
        assert_text(line.common.name, want->name);
        assert_int_equal(line.common.force, want->force);
        assert_int_equal(line.common.mode_is_given, want->mode != TABLE_TEXT);
        assert_false(line.common.help);
        line_done(&line);
    }
}

/* An option of the command takes the place of the one that every command has. */
static void test_own_option_comes_first(void **state)
{
    (void)state;
    struct line line;
    struct error err = {0};
    char copy[512];
    assert_int_equal(parse(&line, "fit f -o m.csv", copy, &err), STATUS_OK);
    assert_string_equal(((const struct fit_args *)line.args)->out, "m.csv");
    assert_null(line.common.out);
    assert_int_equal(line.common.mode, TABLE_TEXT);
    line_done(&line);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *line, *want;
    } cases[] = {
        {"", "there is no command ''; 'microscope help' lists them"},
        {"f", "'f' could be 'filter' or 'fit'"},
        {"fti", "there is no command 'fti'; did you mean 'fit'?"},
        {"fitter", "there is no command 'fitter'; did you mean 'filter'?"},
        {"cook", "there is no command 'cook'; 'microscope help' lists them"},
        {"--json fit", "a command comes before the option '--json'"},
        {"fit",
         "'fit' needs FEATURES, features of the pairs; usage: microscope fit FEATURES "
         "[INIT] --out FILE [options]"},
        {"fit f", "'fit' needs --out, where the model goes; usage: microscope fit FEATURES "
                  "[INIT] --out FILE [options]"},
        {"join", "'join' needs FILES, files to join; usage: microscope join FILES... "
                 "[options]"},
        {"fit f i x -o m", "'fit' has no use for the word 'x'"},
        {"filter x", "'filter' has no use for the word 'x'"},
        {"fit f i heds=3 -o m",
         "'fit' has no use for the word 'heds=3'; did you mean '--heads=3'?"},
        {"fit f -o m --haeds 4", "'fit' has no option '--haeds'; did you mean '--heads'?"},
        {"fit f -o m --haeds=4", "'fit' has no option '--haeds'; did you mean '--heads'?"},
        {"fit f -o m --jsn", "'fit' has no option '--jsn'; did you mean '--json'?"},
        {"fit f -o m --xyzzy", "'fit' has no option '--xyzzy'; 'microscope help fit' lists "
                               "them"},
        {"fit f -o m --", NULL},
        {"fit f -o m -x", "'fit' has no option '-x'; 'microscope help fit' lists them"},
        {"fit f -o m -qx", "'fit' has no option '-qx'; 'microscope help fit' lists them"},
        {"fit f -o m --no-heads",
         "'fit' has no option '--no-heads'; did you mean '--heads'?"},
        {"fit f -o m --no-json=yes", "'fit' has no option '--no-json'; did you mean "
                                     "'--json'?"},
        {"fit f -o m --features g",
         "'fit' has no option '--features'; 'microscope help fit' "
         "lists them"},
        {"fit f -o m --heads", "--heads wants a whole number from 1 to 256 after it"},
        {"fit f -o", "-o wants a file name after it"},
        {"fit f -o m --note --heads 4",
         "--note wants a text, not the option '--heads'; a value that begins so is written "
         "--note=--heads"},
        {"filter --sort --json",
         "--sort wants a text, not the option '--json'; a value that begins so is written "
         "--sort=--json"},
        {"fit f -o m --heads 0", "--heads wants a whole number from 1 to 256, not '0'"},
        {"fit f -o m --heads=", "--heads wants a whole number from 1 to 256, not ''"},
        {"fit f -o m --alpha -1", "--alpha wants a number from 0 to 100 (nats), not '-1'"},
        {"fit f -o m --heads 4 --heads 8", "--heads is given twice, as '4' and '8'"},
        {"fit f -o m --out n", "--out is given twice, as 'm' and 'n'"},
        {"fit f -o m --shuffle --no-shuffle",
         "--shuffle is given twice, as 'yes' and 'no'"},
        {"fit f -o m --shuffle=never", "--shuffle wants yes or no, not 'never'"},
        {"filter --json --mode csv", "--json contradicts --mode csv"},
        {"filter --jsonl --mode json", "--jsonl contradicts --mode json"},
        {"filter --json --jsonl", "--json contradicts --jsonl"},
        {"filter --mode cvs", "--mode wants one of table, csv, tsv, markdown, json, "
                              "box, jsonl, latex, plain, not 'cvs'; did you mean 'csv'?"},
        {"filter --threads 5000", "--threads wants a whole number from 0 to 1024, not "
                                  "'5000'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line;
        struct error err = {0};
        char copy[512];
        enum status status = parse(&line, cases[i].line, copy, &err);
        if (!cases[i].want) {
            assert_int_equal(status, STATUS_OK);
            line_done(&line);
            continue;
        }
        assert_int_equal(status, STATUS_USAGE);
        assert_string_equal(err.message, cases[i].want);
        assert_null(line.command);
        assert_null(line.arena.last);
    }
}

/* Front ends that know where each word stands point at the one that is wrong. */
static void test_which_word_is_wrong(void **state)
{
    (void)state;
    const struct {
        const char *line;
        size_t wrong;
    } cases[] = {
        {"cook f", 0},          {"fit f i x -o m", 3},  {"fit f -o m --haeds 4 i", 4},
        {"fit f --heads 0", 3}, {"fit f --heads=0", 2}, {"fit f --heads", 2},
        {"fit f", 2},           {"fit f -o m -x i", 4}, {"filter --json --mode csv", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line;
        struct error err = {0};
        char copy[512];
        assert_int_equal(parse(&line, cases[i].line, copy, &err), STATUS_USAGE);
        assert_int_equal(line.wrong, cases[i].wrong);
    }
}

static void test_help_needs_nothing_else(void **state)
{
    (void)state;
    static const char *const lines[] = {"fit --help", "fit -h", "fit --heads 0 --help",
                                        "fit x y z --help", "fit --help --help"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct line line;
        struct error err = {0};
        char copy[512];
        assert_int_equal(parse(&line, lines[i], copy, &err), STATUS_OK);
        assert_true(line.common.help);
        struct call call = {.report = report_create("fit")};
        assert_int_equal(line_run(&line, &call, &err), STATUS_OK);
        struct text out = {0}, aside = {0};
        const struct report_style style = {.mode = TABLE_TEXT};
        assert_int_equal(report_write(call.report, &style, &out, &aside, &err), STATUS_OK);
        assert_non_null(strstr(out.bytes, "usage: microscope fit FEATURES"));
        text_done(&out);
        report_free(call.report);
        line_done(&line);
    }
}

static void test_run(void **state)
{
    (void)state;
    struct line line;
    struct error err = {0};
    char copy[512];
    assert_int_equal(parse(&line, "fit f -o m --seed 7 --threads 2 --json", copy, &err),
                     STATUS_OK);
    struct call call = {.report = report_create("fit")};
    assert_int_equal(line_run(&line, &call, &err), STATUS_OK);
    assert_ptr_equal(call.command, &row_fit);
    assert_int_equal(call.threads, 2);
    assert_int_equal(call.mode, TABLE_JSON);
    struct text out = {0}, aside = {0};
    const struct report_style style = {.mode = TABLE_JSON};
    report_write(call.report, &style, &out, &aside, &err);
    assert_string_equal(out.bytes, "{\n  \"command\": \"fit\",\n  \"heads\": 5,\n"
                                   "  \"seed\": 7\n}\n");
    text_done(&out);
    report_free(call.report);
    line_done(&line);

    assert_int_equal(parse(&line, "fit f -o m --heads 13", copy, &err), STATUS_OK);
    call.report = report_create("fit");
    assert_int_equal(line_run(&line, &call, &err), STATUS_FAILED);
    assert_string_equal(err.message, "thirteen heads bring bad luck");
    report_free(call.report);
    line_done(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_common_options),
        cmocka_unit_test(test_own_option_comes_first),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_which_word_is_wrong),
        cmocka_unit_test(test_help_needs_nothing_else),
        cmocka_unit_test(test_run),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
