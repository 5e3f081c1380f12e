#include "folder.h"

#include "base/text.h"
#include "encode/template.h"

static struct encoder_text text_of(const char *text)
{
    return (struct encoder_text){text, text ? strlen(text) : 0};
}

static void assert_renders(const struct template *template, const char *prompt,
                           const char *context, const char *response, const char *wanted)
{
    struct text out = {0};
    template_render(template, text_of(prompt), text_of(context), text_of(response), &out);
    assert_string_equal(out.bytes, wanted);
    text_done(&out);
}

static void test_known_templates(void **state)
{
    (void)state;
    static const struct {
        const char *name, *prompt, *context, *response, *wanted;
    } cases[] = {
        {"raw", " p ", NULL, NULL, " p "},
        {"raw", "p", "c", NULL, "p\n\nc"},
        {"raw", "p", NULL, "r", "p\n\nr"},
        {"raw", NULL, "c", NULL, "c"},
        {"raw", "", NULL, NULL, ""},
        {"llama-3", " p\n", NULL, NULL,
         "<|start_header_id|>user<|end_header_id|>\n\np<|eot_id|>"},
        {"llama-3", "p", "c", " r ",
         "<|start_header_id|>user<|end_header_id|>\n\np\n\nc<|eot_id|>"
         "<|start_header_id|>assistant<|end_header_id|>\n\nr<|eot_id|>"},
        {"llama-3", "   ", NULL, NULL,
         "<|start_header_id|>user<|end_header_id|>\n\n<|eot_id|>"},
        {"chatml", "p", NULL, NULL, "<|im_start|>user\np<|im_end|>\n"},
        {"chatml", "p", NULL, "",
         "<|im_start|>user\np<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n"},
        /* What a text itself says about places is a text. */
        {"raw", "{response}", NULL, "{prompt}{end}", "{response}\n\n{prompt}{end}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err;
        struct template *template = template_open(cases[i].name, &err);
        assert_non_null(template);
        assert_string_equal(template_name(template), cases[i].name);
        assert_renders(template, cases[i].prompt, cases[i].context, cases[i].response,
                       cases[i].wanted);
        template_free(template);
    }
}

/* The rendering of a prompt is the beginning of that of its responses: one state serves both. */
static void test_a_prompt_begins_its_conversation(void **state)
{
    (void)state;
    static const char *const names[] = {"raw", "llama-3", "chatml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct template *template = template_open(names[i], NULL);
        struct text prompt = {0}, whole = {0};
        template_render(template, text_of("p"), text_of("c"), text_of(NULL), &prompt);
        template_render(template, text_of("p"), text_of("c"), text_of("r"), &whole);
        assert_memory_equal(prompt.bytes, whole.bytes, prompt.length);
        assert_true(whole.length > prompt.length);
        text_done(&prompt);
        text_done(&whole);
        template_free(template);
    }
}

static void test_files(void **state)
{
    (void)state;
    struct folder folder;
    struct error err;
    folder_make(&folder);
    static const char plain[] = "<u>{prompt|trim}</u>{end}\n<a>{response}</a>\n";
    const char *path = folder_write(&folder, "t", plain, sizeof plain - 1);
    struct template *template = template_open(path, &err);
    assert_non_null(template);
    assert_renders(template, " p ", NULL, NULL, "<u>p</u>");
    assert_renders(template, "p", NULL, " r", "<u>p</u>\n<a> r</a>");
    struct template *again =
        template_parse(template_name(template), template_pattern(template),
                       strlen(template_pattern(template)), &err);
    assert_renders(again, "p", NULL, " r", "<u>p</u>\n<a> r</a>");
    template_free(again);
    template_free(template);
    static const char no_end[] = "U:{prompt}\r\n A:{response}\r\n";
    template = template_open(folder_write(&folder, "u", no_end, sizeof no_end - 1), &err);
    assert_non_null(template);
    assert_renders(template, "p", NULL, NULL, "U:p\r\n A:");
    assert_renders(template, "p", NULL, "r", "U:p\r\n A:r");
    template_free(template);
    assert_null(template_open(folder_path(&folder, "none"), &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    folder_remove(&folder);
}

static void test_what_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *says;
    } cases[] = {
        {"", "{prompt} must stand there once, not 0 times"},
        {"{prompt}", "{response} must stand there once, not 0 times"},
        {"{prompt}{prompt|trim}{response}", "{prompt} must stand there once, not 2 times"},
        {"{response}{prompt}", "{response} must stand behind {prompt}"},
        {"{end}{prompt}{response}", "{end} must stand between"},
        {"{prompt}{response}{end}", "{end} must stand between"},
        {"{prompt}{end}{end}{response}", "{end} must stand there once, not 2 times"},
        {"\xff{prompt}{response}", "is no text at byte 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_null(
            template_parse("mine", cases[i].pattern, strlen(cases[i].pattern), &err));
        assert_int_equal(err.status, STATUS_FORMAT);
        assert_non_null(strstr(err.message, "template 'mine'"));
        assert_non_null(strstr(err.message, cases[i].says));
    }
    struct error err;
    assert_null(template_parse("mine", "{prompt}\0{response}", 19, &err));
    assert_non_null(strstr(err.message, "is no text at byte 8"));
    assert_null(template_open("lama", &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "'llama-3'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_templates),
        cmocka_unit_test(test_a_prompt_begins_its_conversation),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_what_is_none),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
