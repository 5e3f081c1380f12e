/* Contexts that a server encodes while they are typed: the latest wins, and failures pass. */
#include "session/served_run.h"

#include <math.h>

#include "base/clock.h"
#include "core/contexts.h"
#include "session/lab.h"
#include "session/live.h"
#include "session/typed.h"

static struct served served;
static struct pool *pool;
static struct live *live;

static const uint32_t first_pair[] = {41};

static struct live_wish wish(const char *context, bool is_whole)
{
    return (struct live_wish){.context = context,
                              .attribute = 0,
                              .seed = 1,
                              .pairs = first_pair,
                              .n_pairs = 1,
                              .is_whole = is_whole};
}

static void open_live(double patience)
{
    const struct live_options options = {.rest = 0.02, .patience = patience, .again = 0.05};
    served_open(&served);
    pool = pool_create(1);
    live = live_create(served.features, served.corpus, pool, &options);
}

static void close_live(void)
{
    live_free(live);
    pool_free(pool);
    served_close(&served);
}

static void ask(const char *context, bool is_whole)
{
    const struct live_wish asked = wish(context, is_whole);
    live_ask(live, &asked);
}

/* Until the state is that, by what a front end does. */
static struct live_at reach(enum live_state state)
{
    double began = clock_seconds();
    while (live_at(live).state != state && clock_seconds() - began < 10) {
        poll(NULL, 0, 2);
        pool_drain(pool);
        live_poll(live);
    }
    assert_int_equal(live_at(live).state, state);
    return live_at(live);
}

/* That of the first step. */
static struct effect *first_effect(void)
{
    double began = clock_seconds();
    while (!live_at(live).effect && clock_seconds() - began < 10) {
        poll(NULL, 0, 2);
        live_poll(live);
    }
    assert_non_null(live_at(live).effect);
    return live_at(live).effect;
}

/* Every row of the effect is what the encoder makes of prompt and context. */
static void assert_rows(const struct effect *effect, const char *context)
{
    const struct features *features = &served.features->features;
    struct error err = {0};
    struct typed *typed = typed_create(features, &err);
    const struct typed_text text = {context, strlen(context)};
    float row[SERVED_WIDTH], got[SERVED_WIDTH];
    for (size_t i = 0; i < effect->n; i++) {
        uint32_t p = effect->prompts[i];
        const struct passage *prompt = &served.corpus->corpus.prompts.items[p];
        const struct typed_text alone = {prompt->plain, prompt->length};
        assert_true(effect_has(effect, p));
        assert_int_equal(typed_encode(typed, alone, text, row, &err), STATUS_OK);
        effect_write(effect, features, p, got);
        assert_memory_equal(got, row, sizeof row);
    }
    typed_free(typed);
}

/* Few, then a sample, and all of them once the text is entered; nothing is asked twice. */
static void test_steps(void **state)
{
    (void)state;
    open_live(5);
    assert_int_equal(live_at(live).state, LIVE_IDLE);
    ask("in verse", false);
    assert_int_equal(live_at(live).state, LIVE_WAITING);
    assert_null(live_at(live).effect);
    assert_true(live_pause(live) >= 0 && live_pause(live) <= 20);
    size_t seen[3], n = 0;
    double began = clock_seconds();
    while (live_at(live).state != LIVE_READY && clock_seconds() - began < 10) {
        poll(NULL, 0, 1);
        live_poll(live);
        const struct effect *effect = live_at(live).effect;
        if (effect && (!n || seen[n - 1] != effect->n) && n < 3)
            seen[n++] = effect->n;
    }
    assert_int_equal(n, 2);
    assert_int_equal(seen[0], LIVE_FEW);
    assert_int_equal(seen[1], 46); /* those of the attribute, and pair 41's */
    assert_true(effect_has(live_at(live).effect, 41));
    assert_rows(live_at(live).effect, "in verse");
    size_t asked = atomic_load(&served.n_texts);
    ask("in verse", true);
    struct live_at at = reach(LIVE_READY);
    assert_int_equal(at.effect->n, 51); /* and the five of the test split */
    assert_int_equal(atomic_load(&served.n_texts), asked + 5);
    close_live();
}

/* Prompts that were not read get the mean of what the context did to the others. */
static void test_estimates(void **state)
{
    (void)state;
    open_live(5);
    ask("in verse", false);
    const struct effect *effect = reach(LIVE_READY).effect;
    const struct features *features = &served.features->features;
    uint32_t other = 0;
    while (effect_has(effect, other))
        other++;
    float row[SERVED_WIDTH], alone[SERVED_WIDTH], with[SERVED_WIDTH];
    effect_write(effect, features, other, row);
    dtype_widen(alone, rows_at(&features->prompt, other, 0), DTYPE_F32, SERVED_WIDTH);
    for (size_t d = 0; d < SERVED_WIDTH; d++) {
        double mean = 0;
        float one[SERVED_WIDTH];
        for (size_t i = 0; i < effect->n; i++) {
            effect_write(effect, features, effect->prompts[i], with);
            dtype_widen(one, rows_at(&features->prompt, effect->prompts[i], 0), DTYPE_F32,
                        SERVED_WIDTH);
            mean += ((double)with[d] - (double)one[d]) / (double)effect->n;
        }
        assert_near((double)row[d], (double)alone[d] + mean, 1e-5, 1e-5);
    }
    close_live();
}

/* What is typed over is broken off, and never becomes the answer. */
static void test_the_latest_wins(void **state)
{
    (void)state;
    open_live(5);
    atomic_store(&served.mood, SERVED_SLOW);
    ask("first never", false);
    double began = clock_seconds();
    while (!live_is_busy(live) && clock_seconds() - began < 5)
        live_poll(live);
    ask("second", false);
    live_poll(live);
    ask("third", false);
    atomic_store(&served.mood, SERVED_WELL);
    struct live_at at = reach(LIVE_READY);
    assert_rows(at.effect, "third");
    assert_true(atomic_load(&served.n_stale) <=
                LIVE_FEW); /* one step of the first at most */
    close_live();
}

/* Typed faster than a text rests: nobody is asked. */
static void test_texts_rest_first(void **state)
{
    (void)state;
    open_live(5);
    char text[] = "never ?";
    for (char c = 'a'; c <= 'z'; c++) {
        text[6] = c;
        ask(text, false);
        assert_false(live_poll(live));
    }
    assert_int_equal(atomic_load(&served.n_texts), 0);
    live_forget(live);
    assert_int_equal(live_at(live).state, LIVE_IDLE);
    assert_int_equal(live_pause(live), -1);
    close_live();
}

/* A server that hangs: the time-out is said, nothing waits for it, and it may come back. */
static void test_a_server_that_hangs(void **state)
{
    (void)state;
    open_live(0.3);
    atomic_store(&served.mood, SERVED_HANGS);
    ask("in verse", false);
    double longest = 0, began = clock_seconds();
    while (live_at(live).state != LIVE_FAILED && clock_seconds() - began < 10) {
        double now = clock_seconds();
        live_poll(live);
        longest = fmax(longest, clock_seconds() - now);
        poll(NULL, 0, 1);
    }
    assert_non_null(strstr(live_at(live).wrong, "no answer within 0.3 seconds"));
    assert_true(longest < 0.05);
    assert_null(live_at(live).effect);
    atomic_store(&served.mood, SERVED_WELL);
    assert_rows(reach(LIVE_READY).effect, "in verse");
    assert_null(live_at(live).wrong);
    close_live();
}

static void test_a_server_that_dies_and_comes_back(void **state)
{
    (void)state;
    open_live(5);
    ask("in verse", false);
    reach(LIVE_READY);
    served_leave(&served);
    ask("in prose", false);
    assert_non_null(strstr(reach(LIVE_FAILED).wrong, "127.0.0.1"));
    ask("in rhymes", false);
    assert_int_equal(live_at(live).state, LIVE_FAILED); /* still, until it is there again */
    served_return(&served);
    assert_rows(reach(LIVE_READY).effect, "in rhymes");
    close_live();
}

/* Another model behind the same name is refused, as is who is not let in; both pass. */
static void test_wrong_answers(void **state)
{
    (void)state;
    static const struct {
        enum served_mood mood;
        const char *part;
    } cases[] = {{SERVED_WIDE, "7"}, {SERVED_REFUSES, "who are you"}};
    open_live(5);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[20];
        snprintf(text, sizeof text, "case %zu", i);
        atomic_store(&served.mood, (int)cases[i].mood);
        ask(text, false);
        const char *wrong = reach(LIVE_FAILED).wrong;
        if (!strstr(wrong, cases[i].part))
            fail_msg("%s", wrong);
        atomic_store(&served.mood, SERVED_WELL);
        reach(LIVE_READY);
    }
    close_live();
}

/* A text that is at fault is not tried again. */
static void test_a_text_at_fault(void **state)
{
    (void)state;
    open_live(5);
    ask("caf\xe9", false);
    assert_non_null(strstr(reach(LIVE_FAILED).wrong, "not valid UTF-8"));
    assert_int_equal(live_pause(live), -1);
    ask("cafe", false);
    assert_int_equal(live_at(live).state, LIVE_WAITING);
    reach(LIVE_READY);
    close_live();
}

/* Coming back to the text that was entered asks for nothing. */
static void test_going_back(void **state)
{
    (void)state;
    open_live(5);
    ask("in verse", true);
    struct effect *effect = effect_ref(reach(LIVE_READY).effect);
    ask("in prose", false);
    reach(LIVE_READY);
    served_leave(&served);
    ask("in verse", true);
    assert_ptr_equal(live_at(live).effect, effect);
    assert_int_equal(reach(LIVE_READY).effect->n, effect->n);
    effect_unref(effect);
    close_live();
}

/* ---- the lab ---- */

static struct lab *open_lab(void)
{
    struct error err = {0};
    struct lab *lab = lab_create(served.features, served.model, served.corpus, &err);
    assert_string_equal(err.message, "");
    assert_true(lab_wants_effect(lab));
    assert_null(lab_untyped(lab));
    return lab;
}

/* What came bit by bit gives the figures of what is read at once. */
static void test_lab_has_the_same_figures_whatever_the_way(void **state)
{
    (void)state;
    struct error err = {0};
    struct lab_settings settings = lab_settings_make();
    open_live(5);
    struct lab *lab = open_lab(), *whole = open_lab();
    settings.attribute = 0;
    lab_settings_add_label(&settings, (struct lab_label){.pair = 4, .turned = true});
    lab_settings_set_context(&settings, "in verse");
    assert_int_equal(lab_set(lab, &settings, &err), STATUS_USAGE); /* nobody encoded it */
    ask("in verse", false);
    assert_int_equal(lab_set_effect(lab, &settings, first_effect(), &err), STATUS_OK);
    assert_int_equal(lab_figures(lab).n_prompts, 45);
    assert_int_equal(lab_figures(lab).n_estimated,
                     45 - LIVE_FEW + 1); /* one is pair 41's */
    const struct live_wish entered = {"in verse", 0, 1, NULL, 0, true};
    live_ask(live, &entered);
    struct effect *effect = reach(LIVE_READY).effect;
    assert_int_equal(lab_set_effect(lab, &settings, effect, &err), STATUS_OK);
    assert_int_equal(lab_figures(lab).n_estimated, 0);
    if (lab_set_whole(whole, &settings, NULL, &err))
        fail_msg("%s", err.message);
    size_t bytes = SERVED_HEADS * sizeof(double);
    assert_memory_equal(lab_figures(lab).context, lab_figures(whole).context, bytes);
    assert_memory_equal(lab_figures(lab).now, lab_figures(whole).now, bytes);
    assert_true(lab_figures(lab).context[0] != lab_figures(lab).router[0]);
    assert_int_equal(lab_score(lab).n, 5);
    struct near_context near[2];
    assert_int_equal(lab_nearest(lab, 2, near), 2);
    lab_settings_add_label(&settings,
                           (struct lab_label){.pair = 6}); /* same text: no need */
    assert_int_equal(lab_set(lab, &settings, &err), STATUS_OK);
    lab_settings_done(&settings);
    lab_free(lab);
    lab_free(whole);
    close_live();
}

static void test_lab_without_the_texts(void **state)
{
    (void)state;
    struct error err = {0};
    open_live(5);
    struct lab *lab = lab_create(served.features, served.model, NULL, &err);
    assert_non_null(lab);
    assert_false(lab_wants_effect(lab));
    assert_non_null(strstr(lab_untyped(lab), "needs the texts of the prompts"));
    lab_free(lab);
    close_live();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_the_latest_wins),
        cmocka_unit_test(test_texts_rest_first),
        cmocka_unit_test(test_a_server_that_hangs),
        cmocka_unit_test(test_a_server_that_dies_and_comes_back),
        cmocka_unit_test(test_wrong_answers),
        cmocka_unit_test(test_a_text_at_fault),
        cmocka_unit_test(test_going_back),
        cmocka_unit_test(test_lab_has_the_same_figures_whatever_the_way),
        cmocka_unit_test(test_lab_without_the_texts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
