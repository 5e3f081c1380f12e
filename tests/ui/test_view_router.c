/* The view of the router: prompts, weights with a context, load, marks, pairs. */
#include "screens.h"

#include <math.h>

#include "folder.h"
#include "ui/view_router_inside.h"
#include "ui/workbench_inside.h"

static void open_router(struct tried *tried, int rows, int columns)
{
    tried_open_demo(tried, rows, columns);
    workbench_wait(tried->workbench);
    tried_key(tried, "3");
}

static struct router_view *view_of(struct tried *tried)
{
    tried_text(tried);
    return tried->workbench->selves[VIEW_ROUTER];
}

static void test_screens(void **state)
{
    (void)state;
    static const struct {
        int rows, columns;
        const char *keys, *name;
    } screens[] = {
        {24, 80, "", "router-80x24"},
        {60, 200, "r Down Down", "router-200x60"},
        {12, 40, "Tab Tab Down", "router-40x12"},
        {24, 80, "Shift-Tab", "router-load-80x24"},
        {30, 100, "Down Enter Down", "router-pairs-100x30"},
    };
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        struct tried tried = {0};
        open_router(&tried, screens[i].rows, screens[i].columns);
        tried_keys(&tried, screens[i].keys);
        screen_is(&tried, screens[i].name);
        tried_done(&tried);
    }
}

static void test_without_colour_and_in_ascii(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 24, 80);
    look_plain(&tried.appearance.look, DEPTH_NONE, GLYPHS_ASCII);
    workbench_resize(tried.workbench, 30, 120);
    for (const char *at = tried_text(&tried); *at; at++)
        if ((unsigned char)*at >= 0x80)
            fail_msg("not ASCII: %s", at);
    tried_has(&tried, "h2");
    tried_has(&tried, "0.17");
    tried_done(&tried);
}

static void test_every_size_and_pane(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1},   {4, 9},   {5, 20},   {9, 80},
                                   {18, 76}, {24, 30}, {100, 300}};
    struct tried tried = {0};
    open_router(&tried, 24, 80);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        workbench_resize(tried.workbench, sizes[i][0], sizes[i][1]);
        for (int pane = 0; pane < N_ROUTER_PANES; pane++) {
            tried_key(&tried, "Tab");
            tried_keys(&tried, "Down Right Up Left PgDn Home");
            tried_text(&tried);
            assert_int_equal(workbench_canvas(tried.workbench)->rows, sizes[i][0]);
        }
        tried_key(&tried, "Enter");
        tried_text(&tried);
        tried_key(&tried, "Esc");
        assert_int_equal(view_of(&tried)->focus, PANE_LIST);
    }
    tried_done(&tried);
}

/* ---- what is shown of the split ---- */

static void test_A14_weights_sum_to_one(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_has(&tried, "sum                1.00            1.00");
    tried_has(&tried, "2.17");
    const struct router_view *view = view_of(&tried);
    const struct router_list *list = &view->list;
    double weights[10];
    assert_int_equal(list->n_rows, 124);
    for (size_t r = 0; r < list->n_rows; r++) {
        double sum = 0;
        router_weights(list, &list->rows[r], weights);
        for (size_t k = 0; k < 10; k++)
            sum += weights[k];
        assert_near(sum, 1, 0, 1e-9);
        struct cell entropy = list->listing.cell(list, r, 3);
        assert_near(entropy.value, router_entropy(weights, 10), 0, 1e-5);
    }
    for (size_t k = 0; k < 10; k++)
        assert_near(view->load.values[1][k], list->analysis->plain[1].rows[k].load, 0,
                    1e-12);
    tried_done(&tried);
}

static void test_routing_is_toggled(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_keys(&tried, "Down Down Down r");
    tried_has(&tried, "r → show router routing context");
    tried_has(&tried, "prompts with contexts · 496");
    const struct router_view *view = view_of(&tried);
    const struct router_list *list = &view->list;
    const struct features *features = &list->analysis->features->features;
    assert_int_equal(router_number(list, router_list_at(list)), 31); /* it stays there */
    size_t pairs = 0;
    double weights[10], by_pair[10];
    for (size_t r = 0; r < list->n_rows; r++) {
        const struct router_row *row = &list->rows[r];
        router_weights(list, row, weights);
        for (uint32_t i = 0; i < row->n; i++, pairs++) {
            uint32_t position = list->members[row->first + i];
            assert_int_equal(features->pair_context[list->analysis->pairs[position]],
                             row->context);
            analysis_pair_weights(list->analysis, ROUTE_CONTEXT, position, by_pair);
            for (size_t k = 0; k < 10; k++)
                assert_near(by_pair[k], weights[k], 0, 1e-6);
        }
    }
    assert_int_equal(pairs, list->analysis->n_pairs);
    tried_key(&tried, "r");
    tried_has(&tried, "prompts · 124");
    assert_int_equal(router_number(list, router_list_at(list)), 31);
    tried_key(&tried, "u");
    tried_has(&tried, "prompts with contexts · 496");
    tried_done(&tried);
}

static void test_A10_filter(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    const struct router_list *list = &view_of(&tried)->list;
    const struct analysis *analysis = list->analysis;
    size_t wanted = 0;
    for (size_t p = 0; p < analysis->n_prompts; p++)
        wanted += (double)analysis->weights[p * 10 + 1] > 0.1 &&
                  (double)analysis->prompts[p].route.entropy < 2.25 &&
                  strstr(router_text(list, &list->rows[p], HEADS_PROMPT), "difference");
    assert_true(wanted > 0 && wanted < 124);
    tried_key(&tried, "f");
    tried_type(&tried, "h2>0.1 /difference/ entropy<2.25");
    char text[64];
    snprintf(text, sizeof text, "prompts · %zu of 124", wanted);
    tried_has(&tried, text);
    tried_key(&tried, "Enter");
    tried_has(&tried, text);
    tried_key(&tried, "F");
    tried_has(&tried, "prompts · 124 ·");
    tried_done(&tried);
}

static void test_A11_sort_by_a_head(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_run(&tried, "sort router -- -h3,row");
    const struct router_view *view = view_of(&tried);
    const struct router_list *list = &view->list;
    double before[10], after[10];
    for (size_t i = 1; i < list->state.n_shown; i++) {
        router_weights(list, &list->rows[list->state.order[i - 1]], before);
        router_weights(list, &list->rows[list->state.order[i]], after);
        assert_true(before[2] >= after[2] - 1e-7);
    }
    /* The same from the load: Enter on a head. */
    tried_keys(&tried, "Shift-Tab Down Enter");
    tried_has(&tried, "sort router -- -h8");
    assert_int_equal(view->focus, PANE_LIST);
    assert_int_equal(list->state.at, 0);
    tried_done(&tried);
}

static void test_A09_search(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_key(&tried, "/");
    tried_type(&tried, "violin");
    tried_has(&tried, "1 of 4");
    tried_has(&tried, "prompt 51");
    tried_keys(&tried, "Enter n");
    tried_lacks(&tried, "prompt 51");
    tried_done(&tried);
}

/* ---- marks ---- */

static void test_A13_marks(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct folder folder;
    struct text line = {0};
    open_router(&tried, 34, 130);
    tried_key(&tried, "'");
    tried_has(&tried, "no prompt of this split is marked");
    tried_keys(&tried, "m Down Down m");
    tried_has(&tried, "m → mark 19");
    tried_has(&tried, "2 marked");
    tried_keys(&tried, "G '");
    tried_has(&tried, "prompt 6 ");
    tried_run(&tried, "filter router marked=yes");
    tried_has(&tried, "prompts · 2 of 124");
    folder_make(&folder);
    text_printf(&line, "export %s", folder_path(&folder, "marked.csv"));
    tried_run(&tried, line.bytes);
    size_t length;
    char *bytes = folder_read(folder_path(&folder, "marked.csv"), &length);
    assert_non_null(strstr(bytes, "ids"));
    assert_non_null(strstr(bytes, "Explain to me how photosynthesis does what it does."));
    assert_non_null(strstr(bytes, "Make a plan for a school project"));
    assert_null(strstr(bytes, "microwave"));
    free(bytes);
    tried_key(&tried, "m"); /* the row leaves what is shown */
    tried_has(&tried, "prompts · 1 of 124");
    tried_key(&tried, "u");
    tried_has(&tried, "prompts · 2 of 124");
    text_done(&line);
    folder_remove(&folder);
    tried_done(&tried);
}

/* ---- the prompt under the cursor ---- */

static void test_contexts_of_the_prompt(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_has(&tried, "context 1/4: \"It should satisfy a strict");
    tried_key(&tried, "]");
    tried_has(&tried, "context 2/4: \"A compact answer");
    tried_keys(&tried, "[ [");
    tried_has(&tried, "context 4/4");
    tried_key(&tried, "Down");
    tried_has(&tried, "context 1/4");
    tried_done(&tried);
}

static void test_context_of_the_lab(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_run(&tried, "context \"It should satisfy a strict scientist.\"");
    workbench_wait(tried.workbench);
    tried_has(&tried, "context 1/5 (lab): \"It should satisfy");
    struct router_view *view = view_of(&tried);
    double typed[10], sum = 0;
    for (size_t k = 0; k < 10; k++)
        sum += typed[k] = view->detail.bars.values[1][k];
    assert_near(sum, 1, 0, 1e-12);
    assert_int_equal(view->detail.source, SOURCE_LAB);
    /* The same words typed and known are the same weights. */
    tried_key(&tried, "]");
    tried_has(&tried, "context 2/5: \"It should satisfy");
    view_of(&tried);
    assert_int_equal(view->detail.source, SOURCE_KNOWN);
    for (size_t k = 0; k < 10; k++)
        assert_near(view->detail.bars.values[1][k], typed[k], 0, 1e-4);
    tried_run(&tried, "context");
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "(lab)");
    tried_done(&tried);
}

static void test_pairs_of_the_prompt(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    tried_keys(&tried, "Down Down Enter");
    tried_has(&tried, "prompt 19: ");
    tried_has(&tried, "of 10 pairs right");
    tried_has(&tried, "what the mixture says");
    tried_has(&tried, "chosen by the annotator");
    tried_run(&tried, "show router pairs verdict=right");
    const struct router_view *view = view_of(&tried);
    const struct router_row *row = router_list_at(&view->list);
    assert_int_equal(view->pairs.state.n_shown, router_count_right(&view->list, row));
    tried_key(&tried, "i");
    tried_has(&tried, "probability that the mixture gives");
    tried_keys(&tried, "Esc Esc");
    tried_has(&tried, "load: mean weight");
    tried_done(&tried);
}

/* ---- numbers explained, copied, remembered ---- */

static void test_A07_explanations(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *has;
    } rows[] = {
        {"i", "weight of h2 for prompt 6"},
        {"Right Right Right i", "entropy of the router's weights for prompt 6"},
        {"Tab Tab Down i", "weight of h2 for prompt 6"},
        {"Tab Tab Right i", "weight of h2 for pair"},
        {"Shift-Tab i", "load of h5, test split"},
        {"Shift-Tab G i", "mean entropy of the router's weights"},
        {"r i", "for prompt 6 with its context"},
    };
    struct tried tried = {0};
    open_router(&tried, 34, 130);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tried_keys(&tried, rows[i].keys);
        tried_has(&tried, rows[i].has);
        tried_has(&tried, "docs/equations.md, E");
        tried_keys(&tried, "Esc Esc Left Left Left Left Left Home");
    }
    tried_done(&tried);
}

static void test_cells_pictures_and_the_cursor(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct text text = {0};
    open_router(&tried, 34, 130);
    tried_keys(&tried, "Down Down Right Right");
    void *self = view_of(&tried);
    const struct snapshot *snapshot = &tried.workbench->snapshot;
    assert_true(view_router.cell(self, snapshot, &text));
    assert_string_equal(text.bytes, "0.12");
    text_clear(&text);
    view_router.remember(self, snapshot, &text);
    assert_string_equal(text.bytes, "cursor router \"19;0;list;weight\"");
    tried_keys(&tried, "G");
    tried_run(&tried, text.bytes);
    tried_has(&tried, "prompt 19 ");
    static const char *const panes[] = {"</svg>", "weights of prompt 19",
                                        "weights of prompt 19", "load of each head"};
    for (size_t pane = 0; pane < N_ROUTER_PANES; pane++) {
        text_clear(&text);
        assert_true(view_router.picture(self, snapshot, &tried.appearance.look, &text));
        assert_non_null(strstr(text.bytes, panes[pane]));
        tried_key(&tried, "Tab");
    }
    text_done(&text);
    tried_done(&tried);
}

static void click(struct tried *tried, int row, int column)
{
    struct event event = {
        .kind = EVENT_MOUSE,
        .mouse = {.action = MOUSE_PRESS, .button = 1, .row = row, .column = column}};
    workbench_event(tried->workbench, &event);
    workbench_update(tried->workbench);
}

static void test_mouse(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_router(&tried, 24, 80);
    const struct router_view *view = view_of(&tried);
    click(&tried, 6, 10); /* the third row */
    tried_has(&tried, "prompt 19 ");
    click(&tried, 3, 28); /* a heading */
    tried_has(&tried, "sort router entropy");
    click(&tried, 18, 10);
    assert_int_equal(view->focus, PANE_LOAD);
    tried_text(&tried);
    click(&tried, 14, 50);
    assert_int_equal(view->focus, PANE_WEIGHTS);
    click(&tried, 4, 50);
    assert_int_equal(view->focus, PANE_TEXT);
    tried_done(&tried);
}

/* ---- what is not there ---- */

static void test_nothing_and_no_texts(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct error err = {0};
    tried_open(&tried, 24, 80);
    tried_key(&tried, "3");
    tried_has(&tried, "Nothing is open");
    tried_keys(&tried, "m r Enter i ] Tab");
    const char *files[] = {tried_data("demo.features.safetensors"),
                           tried_data("demo.model.safetensors")};
    workbench_open(tried.workbench, files, 2, &err);
    assert_string_equal(err.message, "");
    tried_has(&tried, "Computing");
    workbench_wait(tried.workbench);
    tried_keys(&tried, "Esc");
    if (!tried.workbench->snapshot.state->corpus) {
        tried_has(&tried, "The text is not at hand");
        tried_key(&tried, "r");
        tried_has(&tried, "prompts with contexts · 496");
        tried_has(&tried, "\"context ");
        tried_key(&tried, "Enter");
        tried_has(&tried, "The corpus is not open");
    }
    tried_done(&tried);
}

static void test_a_router_that_reads_nothing(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct folder folder;
    struct text line = {0};
    folder_make(&folder);
    open_router(&tried, 24, 80);
    text_printf(&line, "train --router static --heads 3 --epochs 1 --restarts 1 --out %s",
                folder_path(&folder, "static.model.safetensors"));
    tried_run(&tried, line.bytes);
    workbench_wait(tried.workbench);
    workbench_update(tried.workbench);
    workbench_wait(tried.workbench);
    tried_keys(&tried, "Esc r ]");
    tried_has(&tried, "K=3 static");
    tried_has(&tried, "this router reads no prompt");
    tried_has(&tried, "sum                        1.00");
    tried_has(&tried, "there is no context for this prompt");
    tried_key(&tried, "r");
    tried_has(&tried, "have no contexts that the router could read");
    folder_remove(&folder);
    text_done(&line);
    tried_done(&tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_without_colour_and_in_ascii),
        cmocka_unit_test(test_every_size_and_pane),
        cmocka_unit_test(test_A14_weights_sum_to_one),
        cmocka_unit_test(test_routing_is_toggled),
        cmocka_unit_test(test_A10_filter),
        cmocka_unit_test(test_A11_sort_by_a_head),
        cmocka_unit_test(test_A09_search),
        cmocka_unit_test(test_A13_marks),
        cmocka_unit_test(test_contexts_of_the_prompt),
        cmocka_unit_test(test_context_of_the_lab),
        cmocka_unit_test(test_pairs_of_the_prompt),
        cmocka_unit_test(test_A07_explanations),
        cmocka_unit_test(test_cells_pictures_and_the_cursor),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_nothing_and_no_texts),
        cmocka_unit_test(test_a_router_that_reads_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
