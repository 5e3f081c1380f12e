#include "folder.h"
#include "near.h"

#include <sys/stat.h>

#include "command/complete.h"
#include "command/table.h"
#include "rows.h"

static void add_known(void *context, enum complete_kind kind, const char *typed,
                      struct completions *found)
{
    (void)context;
    if (kind == COMPLETE_COLUMNS) {
        completions_add(found, typed, "accuracy", NULL);
        completions_add(found, typed, "attribute", NULL);
    }
    if (kind == COMPLETE_RESULTS) {
        completions_add(found, typed, "last", "the last result");
        completions_add(found, typed, "large", NULL);
    }
}

static const struct complete_source source = {.table = rows, .add = add_known};

/* The candidates with blanks between, each with what it replaces: "[begin,end) a b". */
static struct text join(const struct completions *found)
{
    struct text out = {0};
    text_printf(&out, "%zu-%zu", found->begin, found->end);
    for (size_t i = 0; i < found->n; i++)
        text_printf(&out, " %s%s", found->items[i].text,
                    found->items[i].goes_on ? "+" : "");
    return out;
}

/* At the mark ^ of the line. */
static void check(const char *line, const char *want)
{
    size_t cursor = strcspn(line, "^");
    struct completions found = {0};
    struct text plain = {0};
    text_append(&plain, line, cursor);
    text_add(&plain, line + cursor + (line[cursor] == '^'));
    complete_line(&source, plain.bytes, cursor, &found);
    struct text out = join(&found);
    if (strcmp(out.bytes, want) != 0)
        fail_msg("%s: got %s, want %s", line, out.bytes, want);
    text_done(&out);
    text_done(&plain);
    completions_done(&found);
}

static void test_lines(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"^", "0-0 filter join fit"},
        {"f^", "0-1 filter fit"},
        {"fi^ x y", "0-2 filter fit"},
        {"x^", "0-1"},
        {"fit a; j^", "7-8 join"},
        {"fit a;^", "6-6 filter join fit"},
        {"fit a & ^", "8-8 filter join fit"},
        {"fit a -o m\n j^", "12-13 join"},
        {"fit a b --h^", "8-11 --heads --help"},
        {"fit a b --ro^", "8-12 --router"},
        {"fit a b --router ^", "17-17 mlp linear static"},
        {"fit a b --router l^", "17-18 linear"},
        {"fit a b --router=s^", "8-18 --router=static"},
        {"fit a b router=s^", "8-16 router=static"},
        {"fit a b router='s^", "8-17 router=static"},
        {"fit a b resume=^", "8-15 resume=yes resume=no"},
        {"fit a b re^", "8-10 resume=+"},
        {"fit a b hea^", "8-11 heads=+"},
        {"fit a b --heads 3 --hea^", "18-23"},
        {"fit a b heads=3 --hea^", "16-21"},
        {"fit a b --split x --spl^", "18-23 --split"},
        {"fit a b --sort -^", "15-16 -accuracy -attribute"},
        {"fit a b --columns attribute,ac^", "18-30 attribute,accuracy"},
        {"fit a b --where ac^", "16-18 accuracy"},
        {"fit a $la^", "6-9 $last $large"},
        {"fit a x$las^", "6-11 x$last"},
        {"fit a 'x$las^", "6-12"},
        {"filter --mod^", "7-12 --mode"},
        {"filter --mode j^", "14-15 json jsonl"},
        {"filter | ^", "9-9"},
        {"cook --^", "5-7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i][0], cases[i][1]);
}

static struct folder folder;

static void test_files(void **state)
{
    (void)state;
    assert_int_equal(chdir(folder.path), 0);
    folder_write(&folder, "b.csv", "", 0);
    folder_write(&folder, "a b.csv", "", 0);
    folder_write(&folder, ".hidden", "", 0);
    assert_int_equal(mkdir("data", 0777), 0);
    folder_write(&folder, "data/x.npy", "", 0);
    check("fit ^",
          "4-4 'a b.csv' b.csv data/+ out=+ heads=+ alpha=+ shift=+ router=+ note=+ "
          "resume=+ shuffle=+ split=+ help=+ json=+ jsonl=+ mode=+ table=+ where=+ sort=+ "
          "columns=+ top=+ plot=+ force=+ name=+ quiet=+ pager=+ seed=+ threads=+");
    check("fit d^", "4-5 data/+");
    check("fit data/^", "4-9 data/x.npy");
    check("fit .^", "4-5 .hidden");
    check("fit 'a ^", "4-7 'a b.csv'");
    check("fit 'da^", "4-7 'data/+");
    check("fit f -o b^", "9-10 b.csv");
    check("fit f --out=d^", "6-13 --out=data/+");
    check("fit f > b^", "8-9 b.csv");
    check("fit f >>b^", "8-9 b.csv");
    check("join b.csv da^", "11-13 data/+");
    check("fit nowhere/^", "4-12");
    assert_int_equal(chdir("/"), 0);
}

static void test_words(void **state)
{
    (void)state;
    static const char *const words[] = {"fit", "f", "--router"};
    struct completions found = {0};
    complete_words(&source, words, 3, "", &found);
    struct text out = join(&found);
    assert_string_equal(out.bytes, "0-0 mlp linear static");
    text_done(&out);
    completions_done(&found);
    complete_words(&source, words, 1, "--al", &found);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.items[0].help, "weight of the entropy term");
    completions_done(&found);
    complete_words(&source, words, 0, "j", &found);
    assert_string_equal(found.items[0].help, "join files");
    completions_done(&found);
}

static void test_common_part(void **state)
{
    (void)state;
    struct completions found = {0};
    char out[8];
    completions_common(&found, out, sizeof out);
    assert_string_equal(out, "");
    completions_add(&found, "", "features.a", NULL);
    completions_add(&found, "x", "other", NULL);
    completions_add(&found, "", "features.a", NULL);
    assert_int_equal(found.n, 1);
    completions_common(&found, out, sizeof out);
    assert_string_equal(out, "feature");
    completions_add(&found, "", "fear", NULL);
    completions_common(&found, out, sizeof out);
    assert_string_equal(out, "fea");
    completions_done(&found);
}

/* Every command of the program can be completed, and so can topics. */
static void test_the_program(void **state)
{
    (void)state;
    const struct complete_source program = {.table = command_table};
    struct completions found = {0};
    complete_line(&program, "help marg", 9, &found);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.items[0].text, "margin");
    completions_done(&found);
    for (size_t i = 0; command_table[i]; i++) {
        struct text line = {0};
        text_printf(&line, "%s --see", command_table[i]->name);
        complete_line(&program, line.bytes, line.length, &found);
        bool any = false;
        for (size_t j = 0; j < found.n; j++)
            any |= strcmp(found.items[j].text, "--seed") == 0;
        assert_true(any);
        completions_done(&found);
        text_done(&line);
    }
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),       cmocka_unit_test(test_files),
        cmocka_unit_test(test_words),       cmocka_unit_test(test_common_part),
        cmocka_unit_test(test_the_program),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
