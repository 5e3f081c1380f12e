/* Shows each widget of the toolkit on a real terminal, for the tests and for looking at.
 *
 *     toolkit_demo [--color DEPTH] [--glyphs SET] [--theme FILE] [--rows N]
 *
 * Keys as below; / searches, f filters, Alt-X crashes, Alt-A aborts, Alt-F divides by zero, q
 * quits. The last key or paste is said in the status line. */
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/heat.h"
#include "ui/keys.h"
#include "ui/line_edit.h"
#include "ui/listing.h"
#include "ui/plot.h"
#include "ui/screen.h"
#include "ui/theme.h"

enum { ROWS_MOST = 200000, N_COLUMNS = 4 };

static char names[ROWS_MOST][32];
static double scores[ROWS_MOST], shares[ROWS_MOST];

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    (void)rows;
    struct cell cell = {NULL, NAN, NAN};
    if (column == 0)
        cell.value = (double)row + 1;
    if (column == 1)
        cell.text = names[row];
    if (column == 2)
        cell.value = scores[row];
    if (column == 3)
        cell.value = shares[row];
    return cell;
}

static struct heat *heat_of_cells;

static bool draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                      bool cursor)
{
    (void)rows;
    (void)cursor;
    if (column == 2)
        heat_draw(heat_of_cells, pen, 0, 0, pen->box.columns, row, 0, false);
    if (column == 3)
        pen_bar(pen, 0, 0, pen->box.columns, shares[row], pen->styles[STYLE_BAR]);
    return column >= 2;
}

static const struct listing_column columns[N_COLUMNS] = {
    {.name = "id", .type = COLUMN_COUNT},
    {.name = "prompt", .type = COLUMN_TEXT, .stretch = true},
    {.name = "score", .type = COLUMN_SHARE, .decimals = 2, .width = 7},
    {.name = "share", .type = COLUMN_SHARE, .decimals = 2, .width = 12},
};

static const struct binding demo_keys[] = {
    {"all", "j", "go down", "down", NULL, 0},
    {"all", "Down", "go down", "down", NULL, 0},
    {"all", "k", "go up", "up", NULL, 0},
    {"all", "Up", "go up", "up", NULL, 0},
    {"all", "h", "go left", "left", NULL, 0},
    {"all", "l", "go right", "right", NULL, 0},
    {"all", "PgUp", "go page-up", "a page up", NULL, 0},
    {"all", "PgDn", "go page-down", "a page down", NULL, 0},
    {"all", "g", "go first", "first row", NULL, 0},
    {"all", "G", "go last", "last row", NULL, 0},
    {"all", "<", "do sort-left", "sort by the column to the left", NULL, 0},
    {"all", ">", "do sort-right", "sort by the column to the right", NULL, 0},
    {"all", "s", "do sort-turn", "sort by the column", "sort", 40},
    {"all", "/", "search", "search as typed", "search", 60},
    {"all", "f", "filter", "filter as typed", "filter", 50},
    {"all", "Esc", "back", "nothing", NULL, 0},
    {"all", "Ctrl-C", "cancel", "nothing", NULL, 0},
    {"all", "Ctrl-L", "redraw", "draw anew", NULL, 0},
    {"all", "q", "quit", "leave", "quit", 10},
    {"all", "?", "keys", "nothing", "help", 90},
    {"input", "Enter", "accept", "take it over", "accept", 20},
    {"input", "Esc", "leave", "leave it", "cancel", 10},
    {NULL, NULL, NULL, NULL, NULL, 0},
};

struct demo {
    struct look look;
    struct theme *theme;
    struct listing listing;
    struct listing_state state;
    struct line_edit edit;
    struct key_map keys;
    struct text status;
    char input; /* '/' or 'f' while something is typed */
    struct pen list;
    bool is_done;
};

static void fill(size_t n)
{
    static const char *const words[] = {"heat pump",      "boiler",
                                        "日本語",         "cafe\u0301",
                                        "\033]0;owned\a", "emoji \U0001f600 here"};
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "%s %zu", words[i % 6], i * 7919 % n);
        scores[i] = (double)(i * 37 % 100) / 100;
        shares[i] = (double)(i * 61 % 100) / 100;
    }
}

static void draw(struct demo *demo, struct canvas *canvas)
{
    static const double curve[] = {.50, .58, .66, .71, .74, .75, .76, .76};
    static const double low[] = {.45, .54, .63, .69, .72, .73, .74, .74};
    static const double high[] = {.55, .62, .69, .73, .76, .77, .78, .78};
    struct chart_series series = {"accuracy", NULL, curve, low, high, 8};
    struct chart_lines lines = {
        "accuracy by K", {"K", false, NAN, NAN}, {NULL, false, NAN, NAN}, &series, 1, NAN};
    int rows, wide;
    screen_size(&rows, &wide);
    canvas_resize(canvas, rows, wide);
    struct pen pen = pen_on(canvas, &demo->look);
    bool has_lines = rows > 4;
    struct pen body = has_lines ? pen_rows(&pen, 1, -2) : pen;
    if (has_lines)
        pen_printf(&pen, 0, 0, pen.styles[STYLE_TITLE], "toolkit demo %dx%d", wide, rows);
    int split = wide >= 80 && rows >= 20 ? wide / 2 : wide;
    struct pen left = pen_columns(&body, 0, split),
               right = pen_columns(&body, split, wide - split);
    struct text filter = {0};
    listing_add_filter(&demo->listing, &demo->state, &filter);
    demo->list = pen_frame(&left, true, "prompts", filter.length ? filter.bytes : NULL);
    listing_draw(&demo->listing, &demo->state, &demo->list, !demo->input);
    if (split < wide) {
        struct pen inside = pen_frame(&right, false, "chart", NULL);
        plot_lines(&inside, &lines);
    }
    text_done(&filter);
    if (!has_lines)
        return;
    if (demo->input) {
        pen_printf(&pen, rows - 2, 0, pen.styles[STYLE_HINT_KEY], "%c", demo->input);
        line_edit_draw(&demo->edit, &pen, rows - 2, 2, wide - 2, true);
    } else {
        pen_put(&pen, rows - 2, 0, pen.styles[STYLE_STATUS],
                demo->status.length ? demo->status.bytes : "");
    }
    key_map_draw_hints(&demo->keys, demo->input ? "input" : "demo", demo->input, NULL, &pen,
                       rows - 1);
}

static void say_found(struct demo *demo)
{
    text_clear(&demo->status);
    listing_add_search(&demo->state, &demo->status);
}

static void typed(struct demo *demo, struct key key)
{
    enum line_answer answer = line_edit_key(&demo->edit, key);
    const char *text = line_edit_text(&demo->edit);
    struct error err;
    text_clear(&demo->status);
    if (answer == LINE_CHANGED && demo->input == '/')
        listing_search(&demo->listing, &demo->state, text, 0, &err);
    if (answer == LINE_CHANGED && demo->input == 'f')
        listing_filter(&demo->listing, &demo->state, text, &err);
    if (answer == LINE_ENTERED || answer == LINE_LEFT) {
        demo->input = 0;
        say_found(demo);
    }
}

static void crash(int32_t code)
{
    if (code == 'x')
        raise(SIGSEGV);
    if (code == 'a')
        abort();
    if (code == 'f')
        raise(SIGFPE);
}

static void pressed(struct demo *demo, struct key key)
{
    char name[KEY_NAME];
    enum listing_verb verb;
    const struct binding *row = key_map_find(&demo->keys, "demo", false, key);
    if (key.mods == MOD_ALT)
        crash(key.code);
    text_clear(&demo->status);
    text_printf(&demo->status, "%s -> %s", key_name(key, name),
                row ? row->command : "nothing");
    if (!row)
        return;
    const char *word = strchr(row->command, ' ');
    if (word && listing_verb_find(word + 1, &verb))
        listing_do(&demo->listing, &demo->state, verb);
    if (strcmp(row->command, "search") == 0 || strcmp(row->command, "filter") == 0) {
        demo->input = *row->command == 's' ? '/' : 'f';
        line_edit_set(&demo->edit, "");
    }
    if (strcmp(row->command, "redraw") == 0)
        screen_redraw();
    demo->is_done = strcmp(row->command, "quit") == 0;
}

static void take(struct demo *demo, const struct event *event)
{
    if (event->kind == EVENT_KEY && demo->input)
        typed(demo, event->key);
    else if (event->kind == EVENT_KEY)
        pressed(demo, event->key);
    if (event->kind == EVENT_PASTE) {
        text_clear(&demo->status);
        text_add(&demo->status, "pasted ");
        text_append(&demo->status, event->text, event->length);
    }
    if (event->kind == EVENT_MOUSE)
        listing_mouse(&demo->listing, &demo->state, &demo->list, &event->mouse);
    if (event->kind == EVENT_SIGNAL)
        screen_die(event->signal);
    if (event->kind == EVENT_CLOSED)
        demo->is_done = true;
}

static void on_fatal(int signal)
{
    static const char said[] = "toolkit_demo: the terminal is as it was\n";
    ssize_t n = signal == SIGSEGV ? write(STDERR_FILENO, said, sizeof said - 1) : 0;
    (void)n;
}

static enum status choose(int argc, char **argv, struct demo *demo, enum depth *depth,
                          struct error *err)
{
    int set = -1;
    struct depth_wishes wishes = {NULL, getenv("NO_COLOR"), NULL, getenv("COLORTERM"),
                                  screen_colors()};
    size_t n = 1000;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--color") == 0)
            wishes.option = argv[i + 1];
        if (strcmp(argv[i], "--glyphs") == 0)
            glyphs_parse(argv[i + 1], &set);
        if (strcmp(argv[i], "--rows") == 0)
            n = (size_t)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--theme") == 0) {
            demo->theme = theme_read(argv[i + 1], NULL, NULL, err);
            if (!demo->theme)
                return err->status;
        }
    }
    n = n < ROWS_MOST ? n : ROWS_MOST;
    fill(n);
    demo->listing.n_rows = n;
    demo->theme = demo->theme ? demo->theme : theme_base();
    enum status status = depth_choose(&wishes, depth, err);
    if (!status)
        theme_look(demo->theme, *depth, set, screen_is_console(), &demo->look);
    return status;
}

int main(int argc, char **argv)
{
    struct demo demo = {.listing = {.columns = columns,
                                    .n_columns = N_COLUMNS,
                                    .cell = cell_of,
                                    .draw = draw_cell}};
    struct heat heat = {.values = scores,
                        .columns = 1,
                        .decimals = 2,
                        .includes = NAN,
                        .least = NAN,
                        .most = NAN,
                        .no_zero = true};
    struct screen_options options = {.mouse = true, .on_fatal = on_fatal};
    struct canvas canvas = {0};
    struct error err;
    setlocale(LC_ALL, "");
    if (!screen_possible(&err) || choose(argc, argv, &demo, &options.depth, &err) ||
        screen_open(&options, &err)) {
        fprintf(stderr, "toolkit_demo: %s\n", err.message);
        return status_exit_code(err.status);
    }
    heat.rows = demo.listing.n_rows;
    heat_measure(&heat);
    heat_of_cells = &heat;
    key_map_open(&demo.keys, demo_keys);
    listing_refresh(&demo.listing, &demo.state);
    while (!demo.is_done) {
        struct event event;
        draw(&demo, &canvas);
        screen_show(&canvas);
        screen_wait(-1, -1, &event);
        take(&demo, &event);
    }
    screen_close();
    heat_done(&heat);
    key_map_done(&demo.keys);
    listing_done(&demo.state);
    line_edit_done(&demo.edit);
    text_done(&demo.status);
    theme_free(demo.theme);
    canvas_done(&canvas);
    return 0;
}
