/* The view of heads: on the demo through the workbench, and at every stage on made features. */
#include "screens.h"
#include "snapped.h"

#include <math.h>

#include "base/clock.h"
#include "ui/view_heads.h"

static struct tried demo; /* with the analysis finished */

static int set_up(void **state)
{
    (void)state;
    tried_open_demo(&demo, 24, 80);
    workbench_wait(demo.workbench);
    tried_key(&demo, "2");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tried_done(&demo);
    return 0;
}

/* The table with nothing sorted, filtered, opened; the cursor on the name of h1. */
static void begin(int rows, int columns)
{
    workbench_resize(demo.workbench, rows, columns);
    tried_keys(&demo, "2 Esc Esc Esc");
    tried_run(&demo, "sort heads");
    tried_run(&demo, "filter heads");
    tried_run(&demo, "scale heads");
    tried_run(&demo, "show heads routing");
    tried_run(&demo, "show heads pairs");
    tried_run(&demo, "mark --clear");
    tried_run(&demo, "cursor heads 'h1;table;0;head'");
    tried_key(&demo, "Ctrl-L");
}

/* ---- screens ---- */

static void test_screens(void **state)
{
    (void)state;
    static const struct {
        int rows, columns;
        const char *keys, *name;
    } cases[] = {
        {24, 80, "Down Right Right Right", "heads-80x24"},
        {30, 100, "Down Down Right Right Right", "heads-100x30"},
        {60, 200, "Right Right", "heads-200x60"},
        {24, 80, "Right Right Enter", "heads-pairs-80x24"},
        {60, 200, "Right Right Right Enter Down", "heads-pairs-200x60"},
        {24, 80, "Down Space", "heads-page-80x24"},
        {60, 200, "Down Space Tab Tab", "heads-page-200x60"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(cases[i].rows, cases[i].columns);
        tried_keys(&demo, cases[i].keys);
        screen_is(&demo, cases[i].name);
    }
}

static void test_A21_small_screens(void **state)
{
    (void)state;
    begin(5, 20);
    tried_key(&demo, "Down");
    tried_has(&demo, "▸h2");
    begin(12, 40);
    tried_has(&demo, "▸h1");
    tried_key(&demo, "Enter");
    tried_has(&demo, "what h1 looks at");
    tried_keys(&demo, "Esc Right Right Enter");
    tried_has(&demo, "106 of 147");
}

/* ---- keys ---- */

/* What is typed, and what is then on the screen. */
static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *shown, *gone;
    } cases[] = {
        {"c", "scale: column", "scale: global"},
        {"c c", "scale: row", "scale: column"},
        {"c c c", "scale: global", "scale: row"}, /* nothing is pinned */
        {"c c c", "for differences pin a model first", NULL},
        {"c u", "scale: global", "scale: column"},
        {"r", "router reads contexts", "router reads prompts"},
        {"r r", "router reads prompts", "router reads contexts"},
        {"r u", "router reads prompts", "router reads contexts"},
        {"Right s", "load▲", NULL},
        {"Right s s", "load▼", "load▲"},
        {"Right s s u", "load▲", "load▼"},
        {"Right Right s >", "clar", "user-…▲"},
        {"Right", "the router gives it 0.098 of the weight on average", NULL},
        {"Right Right", "h1 · user-friendliness · 106 of 147 right [0.64 0.79]", NULL},
        {"Right Right", "number 4 of 10 heads here, the best is h9 with 0.84", NULL},
        {"Right Right Right", "surely worse than a coin: it wants the opposite", NULL},
        {"Down Right Right", "not told from a coin (~)", NULL},
        {"End", "best head · mean over attributes", NULL},
        {"End Up Up", "mixture", NULL},
        {"Right Right z", "clari…", "user-…"},
        {"Right Right z Z", "user-…", NULL},
        {"+", ".721", NULL},
        {"Space", "what h1 looks at", "best head"},
        {"Space ]", "what h2 looks at", "what h1"},
        {"Space [", "what h10 looks at", NULL},
        {"Enter Esc", "best head", "what h1 looks at"},
        {"Enter q", "best head", "what h1 looks at"},
        {"Space Tab Tab Enter", "what h3 looks at", NULL},
        {"Space Tab Enter", "h1 - narrative-and-storytelling - 98 of 110 right", NULL},
        {"Space Tab Enter Esc", "what h1 looks at", "98 of 110 right"},
        {"Space Tab Tab Tab Enter", "h1 - mean over attributes", NULL},
        {"Right Right Enter Enter Down", "chosen by the annotator", NULL},
        {"Right Right Enter m", "1 marked", NULL},
        {"Right Right Enter m m", "chosen by the annotator", "1 marked"},
        {"Right Right Enter End", "wrong", NULL},
        {"Right Right Enter r", "router reads contexts", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(30, 100);
        tried_keys(&demo, cases[i].keys);
        tried_has(&demo, cases[i].shown);
        if (cases[i].gone)
            tried_lacks(&demo, cases[i].gone);
        if (strchr(cases[i].keys, 'z'))
            tried_run(&demo, "columns heads");
        if (strchr(cases[i].keys, '+'))
            tried_key(&demo, "-");
    }
}

static void test_A10_filter_is_said(void **state)
{
    (void)state;
    begin(24, 80);
    tried_run(&demo, "filter heads 'mean>0.6'");
    tried_has(&demo, "FILTER mean>0.6 4/10");
    tried_lacks(&demo, " h2 ");
    tried_has(&demo, "mixture"); /* what the heads are compared with stays */
    tried_run(&demo, "filter heads 'mean>0.99'");
    tried_has(&demo, "the filter keeps no row");
    tried_key(&demo, "F");
    tried_has(&demo, " h2 ");
    tried_run(&demo, "cursor heads 'h1;pairs;0;user-friendliness'");
    tried_run(&demo, "show heads pairs 'margin<0'");
    tried_has(&demo, "FILTER margin<0 41/147");
}

static void test_search_finds_prompts(void **state)
{
    (void)state;
    begin(24, 80);
    tried_keys(&demo, "Right Right Enter");
    tried_run(&demo, "search 'violin'");
    tried_has(&demo, "violin");
    tried_key(&demo, "n");
    tried_has(&demo, " of ");
    tried_run(&demo, "search");
}

/* A20: as many heads go by number, fewer by likeness. */
static void test_A20_difference_to_the_pinned_model(void **state)
{
    (void)state;
    begin(30, 100);
    tried_run(&demo, "pin");
    workbench_wait(demo.workbench);
    tried_keys(&demo, "c c c");
    tried_has(&demo, "scale: difference");
    tried_has(&demo, "h1 (the same number) has");
    tried_run(&demo, "prune --threshold 0.8");
    workbench_wait(demo.workbench);
    tried_keys(&demo, "Esc Esc Up Up Up Up Up Up Up Up Up Up");
    tried_has(&demo, "(the most like it) has");
    tried_keys(&demo, "u");
    workbench_wait(demo.workbench);
    tried_run(&demo, "pin --clear");
    tried_has(&demo, "scale: global");
}

/* ---- what is shown is what was computed ---- */

static const struct made_sizes usual = {300, 30, 6, 5, 3};

static void test_A16_unsure_cells(void **state)
{
    (void)state;
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 30, 160);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    const struct evaluation *evaluation =
        analysis_evaluation(snapped.snapshot.analysis, ROUTE_PROMPT);
    size_t want = 0, have = 0;
    for (size_t r = 0; r < evaluation->n_rows; r++) {
        const struct evaluated_row *row = &evaluation->rows[r];
        for (size_t a = 0; a < evaluation->n_attributes; a++)
            want += row->cells[a].interval.low <= 0.5 && row->cells[a].interval.high >= 0.5;
        want += row->mean_interval.low <= 0.5 && row->mean_interval.high >= 0.5;
    }
    const char *text = snapped_text(&snapped), *below = strstr(text, "├");
    for (const char *at = strchr(text, '\n'); (at = strchr(at, '~')) && at < below; at++)
        have++; /* behind the title, which says what it means */
    assert_true(want > 0);
    assert_int_equal(have, want);
    snapped_done(&snapped);
}

/* The pairs behind a cell, in order, and what a file of them holds. */
static void test_report_of_pairs(void **state)
{
    (void)state;
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 24, 80);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    const struct analysis *analysis = snapped.snapshot.analysis;
    assert_true(snapped_act(&snapped, ACTION_CURSOR, "h3;pairs;0;clarity"));
    uint32_t *want = mem_alloc(analysis->n_pairs * sizeof *want);
    size_t n = analysis_cell_pairs(analysis, ROUTE_PROMPT, 2, 1, want);
    struct report *report = report_create("heads");
    snapped.view->report(snapped.self, &snapped.snapshot, report);
    struct text out = {0}, aside = {0};
    struct report_style style = {.mode = TABLE_CSV};
    struct error err;
    assert_int_equal(report_write(report, &style, &out, &aside, &err), STATUS_OK);
    const char *line = strchr(out.bytes, '\n') + 1;
    for (size_t i = 0; i < n; i++, line = strchr(line, '\n') + 1)
        assert_int_equal(strtoul(line, NULL, 10), analysis->pairs[want[i]] + 1);
    assert_string_equal(line, "");
    free(want);
    report_free(report);
    text_done(&out);
    text_done(&aside);
    snapped_has(&snapped, "The corpus is not open");
    snapped_done(&snapped);
}

static void test_report_of_the_table(void **state)
{
    (void)state;
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 24, 80);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    struct state *changed = workspace_change(snapped.snapshot.workspace, "sort");
    entries_put(&changed->views, "heads.sort", "-clarity");
    entries_put(&changed->views, "heads.columns", "load");
    snapped_text(&snapped);
    struct report *report = report_create("heads");
    snapped.view->report(snapped.self, &snapped.snapshot, report);
    struct text out = {0}, aside = {0};
    struct report_style style = {.mode = TABLE_CSV};
    struct error err;
    report_write(report, &style, &out, &aside, &err);
    assert_int_equal(strncmp(out.bytes, "head,brevity,clarity,rigour,mean,", 33), 0);
    double last = 2;
    const char *line = strchr(out.bytes, '\n') + 1;
    for (size_t i = 0; i < 4; i++, line = strchr(line, '\n') + 1) {
        double value = strtod(strchr(strchr(line, ',') + 1, ',') + 1, NULL);
        assert_true(value <= last);
        last = value;
    }
    assert_int_equal(strncmp(line, "mixture,", 8), 0);
    struct text svg = {0};
    assert_true(
        snapped.view->picture(snapped.self, &snapped.snapshot, &snapped.shown.look, &svg));
    assert_non_null(strstr(svg.bytes, "<svg"));
    assert_non_null(strstr(svg.bytes, "clarity"));
    text_done(&svg);
    report_free(report);
    text_done(&out);
    text_done(&aside);
    snapped_done(&snapped);
}

static void test_A07_explanations(void **state)
{
    (void)state;
    static const struct {
        const char *cursor, *part;
    } cases[] = {
        {"h2;table;0;clarity", "accuracy of h2 on clarity, test split"},
        {"h2;table;0;mean", "mean accuracy of h2"},
        {"h2;table;0;load", "load of h2"},
        {"h2;table;0;looks_at", "weight of h2 on"},
        {"best head;table;0;clarity", "of all heads the one with the most right"},
        {"h2;page;0;head", "weight of h2 on"},
        {"h2;pairs;0;clarity", "reward of the chosen response less that of the rejected"},
        {"mixture;pairs;0;mean", "log P / (1 - P)"},
    };
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 24, 80);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0}, cell = {0};
        snapped_act(&snapped, ACTION_CURSOR, cases[i].cursor);
        assert_true(snapped.view->explain(snapped.self, &snapped.snapshot, &out));
        if (!strstr(out.bytes, cases[i].part))
            fail_msg("'%s' is not in\n%s", cases[i].part, out.bytes);
        assert_true(snapped.view->cell(snapped.self, &snapped.snapshot, &cell));
        assert_true(cell.length > 0);
        text_done(&out);
        text_done(&cell);
    }
    snapped_done(&snapped);
}

/* What `remember` writes brings the cursor back. */
static void test_cursor_is_remembered(void **state)
{
    (void)state;
    static const char *const places[] = {"h2;table;0;clarity", "h3;page;0;load",
                                         "single;table;0;mean"};
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 24, 80);
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct text line = {0}, want = {0};
        text_printf(&want, "cursor heads \"%s\"", places[i]);
        snapped_act(&snapped, ACTION_CURSOR, places[i]);
        snapped.view->remember(snapped.self, &snapped.snapshot, &line);
        assert_string_equal(line.bytes, want.bytes);
        text_done(&line);
        text_done(&want);
    }
    assert_true(snapped_act(&snapped, ACTION_CURSOR, "no such place"));
    assert_true(snapped_act(&snapped, ACTION_CURSOR, "h99;table;0;clarity"));
    snapped_done(&snapped);
}

/* ---- stages and odd cases ---- */

static void test_stages(void **state)
{
    (void)state;
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 24, 80);
    snapped_has(&snapped, "Nothing is open.");
    assert_false(snapped_act(&snapped, ACTION_DO, "open"));
    snapped_make(&snapped, usual, ROUTER_MLP, 4, true);
    snapped_has(&snapped, "Computing what every head says");
    snapped_reach(&snapped, ANALYSIS_CELLS);
    snapped_has(&snapped, "brevity");
    snapped_has(&snapped, "what it looks at is being computed");
    assert_true(snapped_act(&snapped, ACTION_DO, "page"));
    assert_string_equal(snapped.answer.say.bytes,
                        "the pages of the heads are still being computed");
    snapped.snapshot.analysis_wrong = "row 7 is not finite";
    snapped_has(&snapped, "row 7 is not finite");
    snapped.snapshot.analysis_wrong = NULL;
    snapped_reach(&snapped, ANALYSIS_HEADS);
    snapped_has(&snapped, "no. ");
    assert_true(snapped_act(&snapped, ACTION_DO, "page"));
    snapped_has(&snapped, "what h1 looks at");
    snapped_reach(&snapped, ANALYSIS_WHOLE); /* the page stays */
    snapped_has(&snapped, "what h1 looks at");
    snapped.snapshot.analysis_wrong = "the router cannot read them";
    analysis_unref(snapped.snapshot.analysis);
    snapped.snapshot.analysis = NULL;
    snapped_has(&snapped, "the router cannot read them");
    snapped_done(&snapped);
}

static void draw_everything(struct snapped *snapped)
{
    static const char *const places[] = {"h1;table;0;head", "h1;table;0;mean",
                                         "h1;page;0;head", "h1;pairs;0;mean"};
    static const int sizes[][2] = {{20, 80}, {56, 200}, {8, 40}, {3, 20}, {1, 1},
                                   {2, 2},   {1, 80},   {30, 1}, {5, 9},  {14, 70}};
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            snapped_resize(snapped, sizes[i][0], sizes[i][1], GLYPHS_ASCII);
            assert_true(snapped_act(snapped, ACTION_CURSOR, places[p]));
            snapped_act(snapped, ACTION_GO, "last");
            for (const char *at = snapped_text(snapped); *at; at++)
                assert_true(*at == '\n' || (*at >= ' ' && *at < 0x7f));
            snapped_act(snapped, ACTION_GO, "next-pane");
            snapped_act(snapped, ACTION_GO, "down");
            snapped_text(snapped);
        }
}

static void test_odd_models(void **state)
{
    (void)state;
    static const struct {
        struct made_sizes sizes;
        enum router router;
        size_t n_heads;
        bool has_single;
    } cases[] = {
        {{40, 0, 0, 4, 0}, ROUTER_NONE, 1, false}, /* one head, no prompts, no attributes */
        {{80, 8, 3, 4, 1}, ROUTER_LINEAR, 64, true}, /* more heads than rows */
        {{90, 9, 3, 4, 4}, ROUTER_STATIC, 2, false}, /* nothing to compare with */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct snapped snapped;
        snapped_open(&snapped, &view_heads, 24, 80);
        snapped_make(&snapped, cases[i].sizes, cases[i].router, cases[i].n_heads,
                     cases[i].has_single);
        snapped_reach(&snapped, ANALYSIS_WHOLE);
        draw_everything(&snapped);
        snapped_done(&snapped);
    }
}

/* A27 */
static void test_A27_hostile_names(void **state)
{
    (void)state;
    static const char *const names[] = {"\033]0;owned\a", "load", "a b\nc"};
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 24, 120);
    snapped_make(&snapped, usual, ROUTER_MLP, 3, true);
    snapped.features->features.attributes = names;
    analysis_unref(snapped.snapshot.analysis);
    struct analysis_options options = analysis_defaults();
    struct error err;
    snapped.snapshot.analysis =
        analysis_create(snapped.features, snapped.model, NULL, &options, &err);
    snapped_reach(&snapped, ANALYSIS_WHOLE);
    snapped_act(&snapped, ACTION_CURSOR, "h1;table;0;\033]0;owned\a");
    assert_null(strchr(snapped_text(&snapped), '\033'));
    snapped_has(&snapped, "\\x1b]0;owned");
    assert_true(snapped_act(&snapped, ACTION_CURSOR, "h1;table;0;attribute_load"));
    snapped_has(&snapped, "h1 · load · ");
    snapped_done(&snapped);
}

/* 100,000 pairs behind one number: listed, sorted, drawn. */
static void test_many_pairs(void **state)
{
    (void)state;
    struct snapped snapped;
    snapped_open(&snapped, &view_heads, 30, 100);
    snapped_make(&snapped, (struct made_sizes){100000, 1000, 4, 4, 2}, ROUTER_LINEAR, 4,
                 true);
    snapped_reach(&snapped, ANALYSIS_CELLS);
    snapped_text(&snapped);
    double begun = clock_seconds();
    snapped_act(&snapped, ACTION_CURSOR, "h1;pairs;0;mean");
    snapped_text(&snapped);
    double opened = clock_seconds() - begun;
    begun = clock_seconds();
    snapped_act(&snapped, ACTION_GO, "down");
    snapped_text(&snapped);
    double moved = clock_seconds() - begun;
    print_message("# 100,000 pairs: opened in %.1f ms, a step in %.1f ms\n", 1e3 * opened,
                  1e3 * moved);
    snapped_has(&snapped, "right");
    snapped_done(&snapped);
}

static void point(enum mouse_action action, int row, int column)
{
    struct event event = {.kind = EVENT_MOUSE};
    event.mouse = (struct mouse){action, action == MOUSE_PRESS ? 1 : 0, row, column, 0};
    workbench_event(demo.workbench, &event);
    workbench_update(demo.workbench);
}

/* A heading sorts, a row is chosen, the wheel scrolls what it is over. */
static void test_A29_mouse(void **state)
{
    (void)state;
    begin(24, 80);
    tried_text(&demo);
    point(MOUSE_PRESS, 3, 15);
    tried_has(&demo, "load▲");
    point(MOUSE_PRESS, 3, 15);
    tried_has(&demo, "load▼");
    begin(24, 80);
    tried_text(&demo);
    point(MOUSE_PRESS, 5, 31);
    tried_has(&demo, "▸h2");
    tried_has(&demo, "h2 · clarity-and-conciseness");
    point(MOUSE_WHEEL_DOWN, 5, 31);
    tried_has(&demo, "▸h5");
    tried_key(&demo, "Enter");
    tried_text(&demo);
    point(MOUSE_PRESS, 5, 10);
    tried_has(&demo, "▸   1,116"); /* the second */
    tried_keys(&demo, "Esc Space");
    tried_text(&demo);
    point(MOUSE_PRESS, 3, 70); /* into the pane of attributes */
    tried_key(&demo, "Enter");
    tried_has(&demo, "h5 - ");
}

/* From a key to the canvas, at 200 x 60. */
static void test_a_step_takes_milliseconds(void **state)
{
    (void)state;
    static const char *const places[] = {"h1;table;0;clarity-and-conciseness",
                                         "h1;page;0;head", "h1;pairs;0;mean"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        enum { STEPS = 20 };
        struct text line = {0};
        begin(60, 200);
        text_printf(&line, "cursor heads '%s'", places[i]);
        tried_run(&demo, line.bytes);
        workbench_draw(demo.workbench);
        double begun = clock_seconds();
        for (int step = 0; step < STEPS; step++) {
            tried_key(&demo, step % 2 ? "Up" : "Down");
            assert_true(workbench_draw(demo.workbench));
        }
        double seconds = (clock_seconds() - begun) / STEPS;
        print_message("# %s: %.2f ms\n", places[i], 1e3 * seconds);
        text_done(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_A21_small_screens),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_A10_filter_is_said),
        cmocka_unit_test(test_search_finds_prompts),
        cmocka_unit_test(test_A20_difference_to_the_pinned_model),
        cmocka_unit_test(test_A16_unsure_cells),
        cmocka_unit_test(test_report_of_pairs),
        cmocka_unit_test(test_report_of_the_table),
        cmocka_unit_test(test_A07_explanations),
        cmocka_unit_test(test_cursor_is_remembered),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_odd_models),
        cmocka_unit_test(test_A27_hostile_names),
        cmocka_unit_test(test_many_pairs),
        cmocka_unit_test(test_A29_mouse),
        cmocka_unit_test(test_a_step_takes_milliseconds),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
