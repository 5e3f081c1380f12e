/* `convert`, and `encode` by the encoders of files, as a user runs them. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"

#include "server.h"

static int set_up(void **state)
{
    (void)state;
    static const char *const splits[] = {"train", "train", "holdout", "test"};
    struct text lines = {0};
    for (size_t i = 0; i < 60; i++) {
        size_t p = i % 20;
        text_printf(
            &lines,
            "{\"prompt\": \"What is the cat number %zu?\", \"chosen\": \"the cat sat\","
            " \"rejected\": \"no, %zu, who knows the cat?\", \"attribute\": \"%s\","
            " \"split\": \"%s\", \"context\": \"%s\", \"user\": \"u%zu\"}\n",
            p, i, i % 2 ? "clarity" : "brevity", splits[p % 4], i % 2 ? "the cat" : "sat",
            i % 3);
    }
    write_file("good.jsonl", lines.bytes);
    text_done(&lines);
    write_file("v.txt", "the 1 0 2\ncat 0 2 -1\nsat 4 4 0.5\nknows -1 3 1\n");
    write_file("bad.txt", "the 1 0 2\ncat 0 2\n");
    write_file("nan.txt", "the 1 0 2\ncat 0 2 nan\n");
    write_file("lies.txt", "9 3\nthe 1 0 2\n");
    must_run("encode good.jsonl --out s.features.safetensors");
    must_run(
        "encode good.jsonl --encoder surface+vectors:v.txt --sif 0.01 --remove-component "
        "--out v.features.safetensors");
    must_run("train v.features.safetensors --heads 2 --epochs 2 --out v.model.safetensors");
    return 0;
}

static void test_there_and_back(void **state)
{
    (void)state;
    must_run("convert v.features.safetensors --out v.npz");
    must_run("convert v.npz --out v/");
    must_run("convert v --out back.features.safetensors");
    assert_same_bytes("back.features.safetensors", "v.features.safetensors");
    must_run("encode v.npz --out again.features.safetensors");
    assert_same_bytes("again.features.safetensors", "v.features.safetensors");
    struct json *report = report_of(
        "convert v.features.safetensors --layout raw --dtype f16 --out r.npz --json");
    assert_string_equal(json_text(json_get(report, "numbers")), "F16");
    assert_true(number_of(report, "pairs") == 60);
    assert_int_equal(json_length(json_get(report, "notes")), 2); /* contexts, users */
    json_free(report);
    must_run("convert r.npz --map prompt=chosen --out mapped.features.safetensors");
    report = report_of("info r.npz --json");
    assert_string_equal(json_text(json_get(report, "layout")), "raw");
    assert_true(number_of(report, "pairs") == 60);
    json_free(report);
    report = report_of("info v/prompt.npy --json");
    assert_string_equal(json_text(json_get(report, "kind")), "tensors");
    json_free(report);
    must_run("train r.npz --heads 2 --epochs 1 --out r.model.safetensors");
}

static void test_encoders_of_files(void **state)
{
    (void)state;
    struct json *report = report_of(
        "encode good.jsonl --encoder vectors:v.txt --out x.features.safetensors --json");
    assert_true(number_of(report, "prompt_features") == 6);
    assert_true(number_of(report, "response_features") == 3);
    const struct json *rows =
        json_get(json_get(json_get(report, "tables"), "coverage"), "rows");
    assert_string_equal(json_text(json_get(json_first(rows), "encoder")), "vectors:v.txt");
    assert_true(number_of(json_first(rows), "words") >
                number_of(json_first(rows), "unknown"));
    json_free(report);
    must_run("route v.features.safetensors v.model.safetensors cat --context sat");
    must_run(
        "hedge v.features.safetensors v.model.safetensors --attribute clarity --pairs 2 "
        "--context sat");
    report =
        report_of("head v.model.safetensors 1 --features v.features.safetensors --json");
    rows = json_get(json_get(json_get(report, "tables"), "weights"), "rows");
    for (const struct json *row = json_first(rows); row; row = json_next(row))
        assert_false(json_text(json_get(row, "feature"))[0] >= '0' &&
                     json_text(json_get(row, "feature"))[0] <= '9');
    json_free(report);
}

static void answer(struct visit *visit, const struct server_request *request, void *arg)
{
    const struct server_vectors how = {.width = 6};
    (void)arg;
    visit_vectors(visit, request, &how);
}

/* The whole way with an encoder that runs elsewhere; a second run asks only for the fingerprint. */
static void test_by_a_server(void **state)
{
    (void)state;
    char words[400];
    struct server *server = server_start(answer, NULL);
    snprintf(
        words, sizeof words,
        "encode good.jsonl --encoder http://127.0.0.1:%d#tiny --template chatml --batch 8 "
        "--requests 2 --out h.features.safetensors --json",
        server_port(server));
    struct json *report = report_of(words);
    assert_true(number_of(report, "prompt_features") == 6);
    json_free(report);
    must_run("train h.features.safetensors --heads 2 --epochs 2 --out h.model.safetensors");
    must_run("route h.features.safetensors h.model.safetensors cat --context sat");
    static const char hedge[] = "hedge h.features.safetensors h.model.safetensors "
                                "--attribute clarity --pairs 2 --context sat";
    assert_refuses(
        &(struct refusal){hedge, 2, "the corpus that the features were made from"});
    snprintf(words, sizeof words, "%s --corpus good.jsonl --json", hedge);
    report = report_of(words);
    assert_string_equal(json_text(json_get(report, "context")), "sat");
    json_free(report);
    snprintf(words, sizeof words, "%s --corpus good.jsonl --compare-orders 2 --pool 8",
             hedge);
    must_run(words);
    size_t before = server_requests(server);
    snprintf(words, sizeof words,
             "encode good.jsonl --encoder http://127.0.0.1:%d#tiny --template chatml "
             "--out again.features.safetensors",
             server_port(server));
    must_run(words);
    assert_int_equal(server_requests(server), before + 1);
    assert_same_bytes("again.features.safetensors", "h.features.safetensors");
    assert_refuses(&(struct refusal){"encode good.jsonl --out x --template chatml", 2,
                                     "'http://HOST#MODEL'"});
    server_stop(server);
}

static void test_file_gone(void **state)
{
    (void)state;
    static const char route[] = "route v.features.safetensors v.model.safetensors cat";
    assert_int_equal(rename("v.txt", "w.txt"), 0);
    assert_refuses(&(struct refusal){route, 3, "which is not there; put the file back"});
    write_file("v.txt", "the 1 0 3\n");
    assert_refuses(
        &(struct refusal){route, 3, "is not what encoder 'vectors:v.txt' was made of"});
    assert_int_equal(rename("w.txt", "v.txt"), 0);
    must_run(route);
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"convert nothing --out x.npz", 3, "'nothing'"},
        {"convert v.features.safetensors --out x.npy", 2, "name a folder"},
        {"convert v.features.safetensors --out x.npz --dtype bf16", 2, "NumPy has no bf16"},
        {"convert v.features.safetensors --out .", 3, "cannot write '.'"},
        {"convert v.features.safetensors --out no/x.npz", 3, "cannot write 'no/x.npz'"},
        {"convert v.features.safetensors --out x.npz --map prompt", 2,
         "--map wants NAME=TENSOR"},
        {"convert v.features.safetensors --out x.npz --map a=prompt", 2, "tensor 'a'"},
        {"convert v.features.safetensors --out x.npz --map prompt=a", 3, "no tensor 'a'"},
        {"convert v.features.safetensors --out x.npz --map prompt=a --map prompt=b", 2,
         "twice"},
        {"convert v.model.safetensors --out x.npz", 3, "microscope.model/1"},
        {"convert good.jsonl --out x.npz", 3, "'good.jsonl'"},
        {"encode good.jsonl --out x --encoder vectors:", 2, "names no file"},
        {"encode good.jsonl --out x --encoder vectors:none.txt", 3, "'none.txt'"},
        {"encode good.jsonl --out x --encoder vectors:bad.txt", 3,
         "'bad.txt' line 2: 2 numbers"},
        {"encode good.jsonl --out x --encoder surface+vectors:nan.txt", 3,
         "'nan.txt' line 2"},
        {"encode good.jsonl --out x --encoder vectors:lies.txt", 3, "announces 9 words"},
        {"encode good.jsonl --out x --encoder model2vec:.", 3, "tokenizer.json'"},
        {"encode good.jsonl --out x --encoder surface+nothing", 3, "'surface+nothing'"},
        {"encode good.jsonl --out x --sif 0.1", 2, "'vectors:FILE'"},
        {"encode good.jsonl --out x --remove-component", 2, "no component"},
        {"encode good.jsonl --out x --sif 2", 2, "--sif wants"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        assert_refuses(&refusals[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses), /* first: it lists files of this folder alone */
        cmocka_unit_test(test_encoders_of_files), cmocka_unit_test(test_file_gone),
        cmocka_unit_test(test_by_a_server),       cmocka_unit_test(test_there_and_back),
    };
    if (argc < 2)
        return EXIT_FAILURE;
    enter_folder(argv[1]);
    struct folder
        cache; /* elsewhere: what is refused must leave the working folder as it is */
    folder_make(&cache);
    setenv("XDG_CACHE_HOME", cache.path, 1);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    folder_remove(&cache);
    return failed;
}
