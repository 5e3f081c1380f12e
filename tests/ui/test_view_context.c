/* The context view: a context that is typed, answers that are chosen, the history, tuning. */
#include "folder.h"
#include "screens.h"

#include "base/clock.h"
#include "core/features.h"
#include "ui/view_context.h"

/* Types a command whose result is a page, and closes it. */
static void set(struct tried *tried, const char *line)
{
    tried_run(tried, line);
    tried_key(tried, "Esc");
}

static void open_context(struct tried *tried, int rows, int columns)
{
    tried_open_demo(tried, rows, columns);
    workbench_wait(tried->workbench);
    tried_key(tried, "4");
}

/* The rest of the line behind a text that is shown. */
static const char *behind(struct tried *tried, const char *text)
{
    static char rest[4][512];
    static size_t next;
    char *out = rest[next++ % 4];
    const char *at = strstr(tried_text(tried), text);
    tried_has(tried, text);
    snprintf(out, sizeof rest[0], "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
    return out;
}

/* ---- screens ---- */

static void test_screens(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {60, 200}, {12, 40}, {30, 100}, {5, 20}};
    static const char *const names[] = {"context-80x24", "context-200x60", "context-40x12",
                                        "context-100x30"};
    for (size_t i = 0; i < 5; i++) {
        struct tried tried = {0};
        open_context(&tried, sizes[i][0], sizes[i][1]);
        set(&tried, "lab --attribute clarity-and-conciseness");
        tried_run(&tried, "context 'keep it short and factual'");
        tried_keys(&tried, "Left Right n X F");
        workbench_wait(tried.workbench);
        tried_key(&tried, "r");
        if (i < 4)
            screen_is(&tried, names[i]);
        else
            tried_has(&tried, "\nA ");
        tried_keys(&tried, "Tab Tab Left i Esc Tab"); /* all panes at all sizes */
        tried_has(&tried, "\n");
        tried_done(&tried);
    }
}

/* The pane that has the focus can be told without colour, and ASCII is enough for all. */
static void test_small_sizes_and_ascii(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct error err = {0};
    open_context(&tried, 24, 80);
    for (int rows = 1; rows < 26; rows += 3)
        for (int columns = 1; columns < 100; columns += 9) {
            workbench_resize(tried.workbench, rows, columns);
            tried_keys(&tried, "x r Tab i Esc Tab c Esc A Esc Tab");
            assert_non_null(tried_text(&tried));
        }
    workbench_resize(tried.workbench, 24, 80);
    appearance_done(&tried.appearance);
    appearance_open(&tried.appearance, "base", DEPTH_NONE, GLYPHS_ASCII, true, &err);
    tried_keys(&tried, "X Esc Tab");
    for (const char *at = tried_text(&tried); *at; at++)
        assert_true((unsigned char)*at < 0x80);
    tried_has(&tried, "> weights");
    tried_done(&tried);
}

/* ---- the context ---- */

static void test_A19_weights_move_while_typing(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    /* after tuning with contexts the router hears them */
    set(&tried, "lab --attribute clarity-and-conciseness");
    tried_run(&tried, "context 'be brief'");
    tried_key(&tried, "X");
    tried_key(&tried, "F");
    workbench_wait(tried.workbench);
    tried_run(&tried, "label --clear");
    tried_run(&tried, "context");
    workbench_wait(tried.workbench);
    tried_has(&tried, "c to type what is wanted");
    const char *before = behind(&tried, "h9 ");
    tried_keys(&tried, "c");
    double began = clock_seconds();
    tried_type(&tried, "brief"); /* not entered: each key is followed at once */
    double took = (clock_seconds() - began) / 5;
    const char *typed = behind(&tried, "h9 ");
    assert_string_not_equal(before, typed);
    tried_has(&tried, "near 0.");
    print_message("# %.2f ms from a key to its weights\n", 1e3 * took);
    tried_key(&tried, "Esc");
    assert_string_equal(behind(&tried, "h9 "), before);
    tried_has(&tried, "c to type what is wanted");
    tried_key(&tried, "c");
    tried_type(&tried, "brief");
    tried_key(&tried, "Enter");
    assert_string_equal(behind(&tried, "h9 "), typed);
    tried_has(&tried, "> brief");
    tried_key(&tried, "u"); /* one step, whatever was typed */
    assert_string_equal(behind(&tried, "h9 "), before);
    tried_keys(&tried, "c Up Enter"); /* what was entered before */
    assert_string_equal(behind(&tried, "h9 "), typed);
    tried_key(&tried, "8");
    tried_has(&tried, "context brief");
    tried_done(&tried);
}

static void test_what_is_typed_or_pasted_is_only_text(void **state)
{
    (void)state;
    static const char hostile[] = "x\x1b[31m'\"$(id)\xf0\x9f\x98\x80 \xff";

    struct tried tried = {0};
    struct event paste = {
        .kind = EVENT_PASTE, .text = hostile, .length = sizeof hostile - 1};
    open_context(&tried, 34, 130);
    workbench_event(tried.workbench, &paste); /* no field: no key is pressed */
    tried_has(&tried, "needs a field");
    tried_key(&tried, "c");
    tried_type(&tried, "q5XFu");
    workbench_event(tried.workbench, &paste);
    workbench_update(tried.workbench);
    assert_null(strchr(tried_text(&tried), '\x1b'));
    tried_has(&tried, "> q5XFu");
    tried_has(&tried, "xff"); /* shown, and refused */
    tried_key(&tried, "Enter");
    tried_has(&tried, "no UTF-8");
    tried_keys(&tried, "Backspace Enter");
    tried_has(&tried, "> q5XFux");
    tried_has(&tried, "$(id)");
    tried_key(&tried, "c");
    tried_key(&tried, "Tab"); /* the words of the nearest known context */
    tried_lacks(&tried, "> q5XFu");
    tried_key(&tried, "Esc");
    tried_has(&tried, "> q5XFu");
    tried_done(&tried);
}

static void test_known_contexts_are_chosen(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    tried_key(&tried, "K");
    tried_has(&tried, "known contexts");
    tried_keys(&tried, "Down Down x"); /* x labels nothing here */
    tried_has(&tried, "Enter chooses from the list");
    tried_key(&tried, "Enter");
    tried_lacks(&tried, "known contexts");
    tried_lacks(&tried, "no context");
    tried_has(&tried, "near 1.00");
    tried_key(&tried, "K");
    tried_key(&tried, "Esc");
    tried_lacks(&tried, "known contexts");
    tried_done(&tried);
}

/* ---- labels ---- */

static void test_be_the_annotator(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    tried_has(&tried, "which is better?");
    tried_has(&tried, "no pair is labelled yet");
    tried_lacks(&tried, "the mixture"); /* nobody is led */
    tried_key(&tried, "Left");
    tried_has(&tried, "Left → label 3889 ");
    tried_has(&tried, "you chose A");
    tried_has(&tried, "1 A #3889");
    tried_has(&tried, "the mixture had said A with");
    tried_has(&tried, "of 1 right");
    tried_key(&tried, "u");
    tried_has(&tried, "no pair is labelled yet");
    tried_key(&tried, "b");
    tried_has(&tried, "1 B #3889");
    tried_key(&tried, "n");
    tried_has(&tried, "neither");
    tried_has(&tried, "skipped, which teaches nothing");
    tried_has(&tried, "of 1 right");
    tried_key(&tried, "r");
    tried_has(&tried, "the mixture says A with");
    tried_has(&tried, "for A 0.");
    tried_has(&tried, "for B 0.");
    tried_key(&tried, "a"); /* of the next pair nothing is said again */
    tried_lacks(&tried, "the mixture says A with");
    tried_key(&tried, "D");
    tried_has(&tried, "no pair is labelled yet");
    tried_done(&tried);
}

/* A choice of A and the recorded label are the same exactly when the chosen response stands left. */
static void test_sides_are_those_of_the_lab(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    int chosen = 0, rejected = 0;
    tried_key(&tried, "O"); /* as the file has them */
    for (int i = 0; i < 12; i++) {
        tried_key(&tried, "a");
        bool is_chosen = strstr(tried_row(&tried, -2), " chosen") != NULL;
        chosen += is_chosen;
        rejected += !is_chosen;
    }
    assert_true(chosen > 1 && rejected > 1);
    tried_done(&tried);
}

static void test_recorded_labels(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    tried_key(&tried, "A");
    tried_has(&tried, "label which pairs?");
    tried_keys(&tried, "Down Down Enter");
    tried_has(&tried, "687 clarity-and-conciseness pairs");
    tried_key(&tried, "x");
    tried_has(&tried, "of 1 right");
    tried_key(&tried, "X");
    tried_has(&tried, "of 11 right");
    char *ten = mem_copy_text(behind(&tried, "h9 "));
    tried_keys(&tried, "u u u u u u u u u u");
    tried_has(&tried, "of 1 right");
    tried_keys(&tried, "x x x x x x x x x x"); /* the same pairs, one by one */
    assert_string_equal(behind(&tried, "h9 "), ten);
    free(ten);
    tried_done(&tried);
}

static void test_history_is_edited_and_replayed(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    tried_keys(&tried, "x x x x");
    char *before = mem_copy_text(behind(&tried, "h9 "));
    tried_keys(&tried, "Shift-Tab");
    tried_has(&tried, "weights after step 4");
    tried_keys(&tried, "Left Left"); /* the weights as they were then */
    tried_has(&tried, "weights after step 2");
    assert_string_not_equal(behind(&tried, "h9 "), before);
    tried_key(&tried, "e");
    tried_has(&tried, "rejected --step 2");
    tried_key(&tried, "Esc");
    tried_has(&tried, "of 4 right");
    assert_string_not_equal(behind(&tried, "h9 "), before);
    tried_keys(&tried, "Shift-Tab Left Left e");
    tried_has(&tried, "chosen --step 2");
    tried_key(&tried, "Esc");
    assert_string_equal(behind(&tried, "h9 "), before);
    tried_keys(&tried, "Shift-Tab Home n");
    tried_has(&tried, "neither --step 1");
    tried_has(&tried, "of 3 right");
    tried_key(&tried, "Home");
    tried_key(&tried, "i");
    tried_has(&tried, "step 1 skips pair");
    tried_keys(&tried, "Esc Right i");
    tried_has(&tried, "forecast of step 2");
    free(before);
    tried_done(&tried);
}

static void test_settings_are_keys(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    static const struct {
        const char *keys, *shown;
    } rows[] = {{"[", "tau 0.5"},      {"] ]", "tau 2"},           {"}", "share 0.01"},
                {"{", "share 0 "},     {"{", "as far as it"},      {"O", "order file"},
                {"O", "order random"}, {"O", "order informative"}, {"R", "rule em"},
                {"]", "strength 2"},   {"}", "no share"},          {"R", "rule hedge"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tried_keys(&tried, rows[i].keys);
        tried_has(&tried, rows[i].shown);
    }
    tried_key(&tried, "u");
    tried_has(&tried, "rule em");
    tried_done(&tried);
}

static void test_tuning_and_back(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 40, 130);
    tried_key(&tried, "F");
    workbench_wait(tried.workbench);
    tried_has(&tried, "tune: "); /* says what is missing */
    set(&tried, "lab --attribute clarity-and-conciseness");
    tried_run(&tried, "context 'be brief'");
    tried_key(&tried, "X");
    char *before = mem_copy_text(behind(&tried, "h9 "));
    tried_key(&tried, "F");
    workbench_wait(tried.workbench);
    tried_has(&tried, "tuned ");
    tried_has(&tried, " test 0.");
    tried_has(&tried, "nats a label");
    assert_string_not_equal(behind(&tried, "h9 "), before);
    tried_key(&tried, "u");
    workbench_wait(tried.workbench);
    assert_string_equal(behind(&tried, "h9 "), before);
    free(before);
    tried_done(&tried);
}

/* ---- numbers ---- */

static void test_numbers_are_explained_and_copied(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    static const struct {
        int column;
        const char *what, *equation;
    } rows[] = {{1, "weight of h1, by the router alone", "E4"},
                {2, "weight of h1, with the context", "E4"},
                {3, "weight of h1, now", "E20"},
                {5, "change of the weight of h1", "E20"},
                {6, "loss of h1", "E20"},
                {7, "nats behind the best of h1", "E21"}};
    tried_run(&tried, "context short");
    tried_key(&tried, "x");
    tried_key(&tried, "i");
    tried_has(&tried, "regret after 1 label");
    tried_has(&tried, "test accuracy");
    tried_key(&tried, "Esc");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text line = {0};
        text_printf(&line, "cursor context 'weights 0 %d'", rows[i].column);
        tried_run(&tried, line.bytes);
        tried_key(&tried, "i");
        tried_has(&tried, rows[i].what);
        tried_has(&tried, rows[i].equation);
        tried_key(&tried, "Esc");
        text_done(&line);
    }
    tried_run(&tried, "cursor context 'weights 10 3'");
    tried_key(&tried, "i");
    tried_has(&tried, "entropy of the weights, now");
    tried_has(&tried, "sum to 1.00");
    tried_done(&tried);
}

static void test_what_is_shown_becomes_a_file(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct folder folder;
    struct text line = {0};
    folder_make(&folder);
    open_context(&tried, 34, 130);
    tried_keys(&tried, "x x n");
    text_printf(&line, "export '%s'", folder_path(&folder, "context.json"));
    tried_run(&tried, line.bytes);
    text_clear(&line);
    text_printf(&line, "export '%s'", folder_path(&folder, "context.svg"));
    tried_run(&tried, line.bytes);
    char bytes[20000] = "";
    FILE *file = fopen(folder_path(&folder, "context.json"), "r");
    assert_non_null(file);
    assert_true(fread(bytes, 1, sizeof bytes - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(bytes, "\"weights\""));
    assert_non_null(strstr(bytes, "\"history\""));
    assert_non_null(strstr(bytes, "\"neither\""));
    assert_non_null(strstr(bytes, "\"accuracy_after\""));
    file = fopen(folder_path(&folder, "context.svg"), "r");
    assert_non_null(file);
    assert_true(fread(bytes, 1, 100, file) > 0);
    fclose(file);
    assert_non_null(strstr(bytes, "<svg"));
    text_done(&line);
    tried_done(&tried);
    folder_remove(&folder);
}

/* ---- the mouse ---- */

static void click(struct tried *tried, const char *on)
{
    const char *all = tried_text(tried), *at = strstr(all, on);
    assert_non_null(at);
    struct event event = {.kind = EVENT_MOUSE,
                          .mouse = {.action = MOUSE_PRESS, .button = 1}};
    const char *line = all;
    for (const char *c = all; c < at; c++)
        if (*c == '\n') {
            event.mouse.row++;
            line = c + 1;
        }
    event.mouse.column = (int)text_width(line, (size_t)(at - line));
    workbench_event(tried->workbench, &event);
    workbench_update(tried->workbench);
}

static void test_clicks(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_context(&tried, 34, 130);
    click(&tried, "B, better");
    tried_has(&tried, "1 B #3889");
    click(&tried, "h4 ");
    tried_has(&tried, "▸ weights");
    click(&tried, "A, better"); /* only comes here */
    tried_has(&tried, "▸ which is better");
    tried_has(&tried, "of 1 right");
    click(&tried, "1 B #3889");
    tried_has(&tried, "weights after step 1");
    click(&tried, "no context");
    tried_type(&tried, "new");
    tried_has(&tried, "> new");
    tried_done(&tried);
}

/* ---- what is not there ---- */

static void test_nothing_is_open(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_key(&tried, "4");
    tried_has(&tried, "Nothing is open");
    tried_keys(&tried, "c a x X i Tab K A");
    tried_has(&tried, "Nothing is open");
    tried_done(&tried);
}

static void open_files(struct tried *tried, const char *features)
{
    struct error err = {0};
    const char *files[] = {features, tried_data("demo.model.safetensors")};
    tried_open(tried, 34, 130);
    workbench_open(tried->workbench, files, 2, &err);
    assert_string_equal(err.message, "");
    workbench_wait(tried->workbench);
    tried_key(tried, "4");
}

static void test_without_texts_the_data_labels(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_files(&tried, tried_data("demo.features.safetensors"));
    tried_has(&tried, "The corpus is not open");
    tried_keys(&tried, "x X");
    tried_has(&tried, "of 11 right");
    tried_done(&tried);
}

/* Features of no known encoder: no context can be typed, but theirs can be chosen. */
static void test_without_an_encoder_contexts_are_chosen(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct folder folder;
    struct error err = {0};
    struct features features;
    folder_make(&folder);
    assert_int_equal(
        features_open(&features, tried_data("demo.features.safetensors"), &err), STATUS_OK);
    struct features unnamed = features;
    unnamed.metadata = NULL;
    const char *path = folder_path(&folder, "unnamed.features.safetensors");
    assert_int_equal(features_save(path, &unnamed, DTYPE_F32, &err), STATUS_OK);
    features_done(&features);
    open_files(&tried, path);
    tried_has(&tried, "cannot be typed");
    tried_key(&tried, "c"); /* says why, and offers what there is */
    tried_has(&tried, "known contexts");
    tried_keys(&tried, "Down Enter");
    tried_has(&tried, "known context, row ");
    tried_key(&tried, "u");
    tried_lacks(&tried, "known context, row ");
    tried_done(&tried);

    struct text line = {0}; /* and such without contexts */
    text_printf(&line, "convert '%s' --layout raw --out '%s'", path,
                folder_path(&folder, "raw.npz"));
    tried_open(&tried, 34, 130);
    tried_run(&tried, line.bytes);
    workbench_wait(tried.workbench);
    tried_done(&tried);
    open_files(&tried, folder_path(&folder, "raw.npz"));
    tried_has(&tried, "cannot be typed");
    tried_key(&tried, "K");
    tried_has(&tried, "no contexts to choose from");
    tried_key(&tried, "X");
    tried_has(&tried, "of 10 right");
    text_done(&line);
    tried_done(&tried);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_small_sizes_and_ascii),
        cmocka_unit_test(test_A19_weights_move_while_typing),
        cmocka_unit_test(test_what_is_typed_or_pasted_is_only_text),
        cmocka_unit_test(test_known_contexts_are_chosen),
        cmocka_unit_test(test_be_the_annotator),
        cmocka_unit_test(test_sides_are_those_of_the_lab),
        cmocka_unit_test(test_recorded_labels),
        cmocka_unit_test(test_history_is_edited_and_replayed),
        cmocka_unit_test(test_settings_are_keys),
        cmocka_unit_test(test_tuning_and_back),
        cmocka_unit_test(test_numbers_are_explained_and_copied),
        cmocka_unit_test(test_what_is_shown_becomes_a_file),
        cmocka_unit_test(test_clicks),
        cmocka_unit_test(test_nothing_is_open),
        cmocka_unit_test(test_without_texts_the_data_labels),
        cmocka_unit_test(test_without_an_encoder_contexts_are_chosen),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
