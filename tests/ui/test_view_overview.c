/* The overview: on the demo through the workbench, and at every stage on made features. */
#include "screens.h"
#include "snapped.h"

#include "ui/view_overview.h"

static struct tried demo; /* with the analysis finished */

static int set_up(void **state)
{
    (void)state;
    tried_open_demo(&demo, 24, 80);
    workbench_wait(demo.workbench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tried_done(&demo);
    return 0;
}

static void begin(int rows, int columns)
{
    workbench_resize(demo.workbench, rows, columns);
    tried_keys(&demo, "1 Esc g");
    tried_key(&demo, "Ctrl-L");
}

static void test_screens(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {30, 100}, {60, 200}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char name[64];
        begin(sizes[i][0], sizes[i][1]);
        snprintf(name, sizeof name, "overview-%dx%d", sizes[i][1], sizes[i][0]);
        screen_is(&demo, name);
    }
}

static void test_A21_small_screens(void **state)
{
    (void)state;
    begin(12, 40);
    tried_has(&demo, "▸single head");
    begin(5, 20);
    tried_key(&demo, "Down");
    tried_has(&demo, "▸mixture");
    tried_has(&demo, "0.72");
}

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *shown;
    } cases[] = {
        {"Enter", "[7 Compare]"},
        {"Down Enter", "[2 Heads]"},
        {"End Up Enter", "[3 Router]"},
        {"Up", "there is nothing further"},
        {"Tab G", "every head has nearly the same say."},
        {"i", "mean accuracy of the single head, test split"},
        {"Down Down Down i", "mean accuracy of the mixture less that of the single head"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(24, 80);
        tried_keys(&demo, cases[i].keys);
        tried_has(&demo, cases[i].shown);
        tried_key(&demo, "Esc");
    }
}

/* ---- what is shown is what was computed ---- */

static const struct made_sizes usual = {300, 30, 6, 5, 3};

static struct report *take_report(struct snapped *snapped)
{
    struct report *report = report_create("overview");
    snapped_text(snapped);
    snapped->view->report(snapped->self, &snapped->snapshot, report);
    return report;
}

static void write_json(const struct report *report, struct text *out)
{
    struct text aside = {0};
    struct report_style style = {.mode = TABLE_JSON};
    struct error err;
    assert_int_equal(report_write(report, &style, out, &aside, &err), STATUS_OK);
    text_done(&aside);
}

static void run(struct snapped *snapped, const char *const *words, size_t n)
{
    struct error err = {0};
    const struct request request = {.words = words, .n = n};
    interpreter_run(snapped->interpreter, &request, NULL, NULL, &err);
    assert_string_equal(err.message, "");
}

/* The sentences are those of `eval` and `bound`, to the letter. */
static void test_says_what_eval_says(void **state)
{
    (void)state;
    static const char *const eval[] = {"eval"}, *const bound[] = {"bound"};
    struct snapped snapped;
    struct error err;
    snapped_open(&snapped, &view_overview, 50, 100);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    analysis_unref(snapped.snapshot.analysis);
    const struct analysis_options options = analysis_defaults();
    snapped.snapshot.analysis =
        analysis_create(snapped.features, snapped.model, NULL, &options, &err);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    run(&snapped, eval, 1);
    run(&snapped, bound, 1);
    struct text mine = {0}, theirs = {0};
    struct report *report = take_report(&snapped);
    write_json(report, &mine);
    write_json(interpreter_result(snapped.interpreter, "eval"), &theirs);
    write_json(interpreter_result(snapped.interpreter, "bound"), &theirs);
    const char *at = strstr(mine.bytes, "\"notes\"");
    assert_non_null(at);
    for (int note = 0; note < 3; note++) { /* two verdicts and the bound */
        at = strchr(strpbrk(at, "[,"), '"');
        const char *end = strstr(at, ".\"");
        assert_non_null(end);
        char *sentence = mem_copy(at, (size_t)(end - at) + 2);
        if (!strstr(theirs.bytes, sentence))
            fail_msg("%s is not in\n%s", sentence, theirs.bytes);
        free(sentence);
        at = end + 2;
    }
    report_free(report);
    text_done(&mine);
    text_done(&theirs);
    snapped_done(&snapped);
}

static void test_figures_and_their_explanations(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "single head, test", "mixture, test",  "oracle",
        "paired difference", "of the mixture", "of the single",
        "calibration error", "mean entropy",   "any reward pays"};
    struct snapped snapped;
    snapped_open(&snapped, &view_overview, 24, 80);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    const struct evaluation *evaluation =
        analysis_evaluation(snapped.snapshot.analysis, ROUTE_PROMPT);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct text out = {0}, cell = {0}, line = {0};
        char at[8];
        snprintf(at, sizeof at, "%zu", i);
        assert_true(snapped_act(&snapped, ACTION_CURSOR, at));
        assert_true(snapped.view->explain(snapped.self, &snapped.snapshot, &out));
        if (!strstr(out.bytes, parts[i]))
            fail_msg("'%s' is not in\n%s", parts[i], out.bytes);
        assert_true(snapped.view->cell(snapped.self, &snapped.snapshot, &cell));
        if (i == 1)
            assert_near(strtod(cell.bytes, NULL),
                        evaluation_row(evaluation, PREDICTOR_MIXTURE)->mean, 0, 5e-4);
        if (i == 4)
            assert_near(strtod(cell.bytes, NULL), evaluation->nll, 0, 5e-5);
        snapped.view->remember(snapped.self, &snapped.snapshot, &line);
        assert_int_equal(strtoul(strrchr(line.bytes, ' '), NULL, 10), i);
        text_done(&out);
        text_done(&cell);
        text_done(&line);
    }
    struct text svg = {0};
    assert_true(
        snapped.view->picture(snapped.self, &snapped.snapshot, &snapped.shown.look, &svg));
    assert_non_null(strstr(svg.bytes, "mixture (router)"));
    text_done(&svg);
    snapped_done(&snapped);
}

/* The curve of a training that runs, and of the last one. */
static void test_the_curve(void **state)
{
    (void)state;
    static const char *const train[] = {"train", "--heads",   "2",  "--restarts",
                                        "1",     "--epochs",  "6",  "--patience",
                                        "0",     "--holdout", "0.2"};
    struct snapped snapped;
    struct error err = {0};
    size_t job;
    snapped_open(&snapped, &view_overview, 24, 100);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    for (size_t i = 0; i < usual.n_pairs; i++)
        snapped.made.split[i] = i % 3 ? SPLIT_TRAIN : SPLIT_TEST;
    const struct request request = {.words = train, .n = 11};
    interpreter_start(snapped.interpreter, &request, &job, &err);
    assert_string_equal(err.message, "");
    snapped_text(&snapped);
    assert_int_equal(interpreter_wait(snapped.interpreter, 0, NULL, &err), STATUS_OK);
    snapped_has(&snapped, "last training: loss by epoch");
    snapped_has(&snapped, "hold-out");
    struct text out = {0};
    struct report *report = take_report(&snapped);
    write_json(report, &out);
    assert_non_null(strstr(out.bytes, "\"curve\""));
    assert_int_equal(interpreter_shown(snapped.interpreter, "train")->n_rows, 6);
    report_free(report);
    text_done(&out);
    snapped_done(&snapped);
}

/* ---- stages and odd cases ---- */

static void test_stages(void **state)
{
    (void)state;
    struct snapped snapped;
    snapped_open(&snapped, &view_overview, 40, 100);
    snapped_has(&snapped, "Nothing is open.");
    snapped_has(&snapped, "all keys and commands");
    assert_false(snapped_act(&snapped, ACTION_DO, "open"));
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_has(&snapped, "300 pairs, 30 prompts");
    snapped_has(&snapped, "not open: no texts");
    snapped_has(&snapped, "Computing what every head says");
    snapped_reach(&snapped, ANALYSIS_CELLS);
    snapped_has(&snapped, "mixture (router)");
    snapped_has(&snapped, "The intervals are being computed");
    snapped.snapshot.analysis_wrong = "row 7 is not finite";
    snapped_has(&snapped, "row 7 is not finite");
    snapped.snapshot.analysis_wrong = NULL;
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    snapped_has(&snapped, "The mixture ");
    snapped_has(&snapped, "irreducible share");
    struct state *changed = workspace_change(snapped.snapshot.workspace, "close");
    state_set_model(changed, NULL);
    analysis_unref(snapped.snapshot.analysis);
    snapped.snapshot.analysis = NULL;
    snapped_has(&snapped, "no model yet. Type :train");
    snapped_done(&snapped);
}

static void test_odd_models(void **state)
{
    (void)state;
    static const struct {
        struct made_sizes sizes;
        enum router router;
        size_t n_heads;
        bool has_single;
        const char *shown;
    } cases[] = {
        {{40, 0, 0, 4, 0}, ROUTER_NONE, 1, false, "attributes  none"},
        {{80, 8, 3, 4, 1}, ROUTER_LINEAR, 64, true, "K = 64 heads, router linear"},
        {{90, 9, 3, 4, 4}, ROUTER_STATIC, 2, false, "holds no single head"},
    };
    static const int sizes[][2] = {{56, 200}, {8, 40}, {3, 20}, {1, 1},  {2, 2},
                                   {1, 80},   {30, 1}, {5, 9},  {14, 72}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct snapped snapped;
        snapped_open(&snapped, &view_overview, 24, 120);
        snapped_make(&snapped, cases[c].sizes, cases[c].router, cases[c].n_heads,
                     cases[c].has_single);
        snapped_reach(&snapped, ANALYSIS_WHOLE);
        snapped_has(&snapped, cases[c].shown);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            snapped_resize(&snapped, sizes[i][0], sizes[i][1], GLYPHS_ASCII);
            for (const char *at = snapped_text(&snapped); *at; at++)
                assert_true(*at == '\n' || (*at >= ' ' && *at < 0x7f));
            snapped_act(&snapped, ACTION_GO, "down");
        }
        snapped_done(&snapped);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_A21_small_screens),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_says_what_eval_says),
        cmocka_unit_test(test_figures_and_their_explanations),
        cmocka_unit_test(test_the_curve),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_odd_models),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
