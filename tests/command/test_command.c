#include "near.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/table.h"
#include "rows.h"

/* ---- every row of the table keeps the rules of command.h and field.h ---- */

static size_t wanted_size(enum field_type type)
{
    static const size_t sizes[] = {
        [FIELD_COUNT] = sizeof(size_t),       [FIELD_REAL] = sizeof(double),
        [FIELD_TEXT] = sizeof(char *),        [FIELD_PATH] = sizeof(char *),
        [FIELD_CHOICE] = sizeof(int),         [FIELD_FLAG] = sizeof(bool),
        [FIELD_TEXTS] = sizeof(struct texts), [FIELD_PATHS] = sizeof(struct texts),
    };
    return sizes[type];
}

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length && !name[length] && islower((unsigned char)name[0]) &&
           strncmp(name, "no-", 3) != 0;
}

static bool is_phrase(const char *help)
{
    size_t length = help ? strlen(help) : 0;
    return length && help[length - 1] != '.' && !strchr(help, '\n');
}

static bool same_name(const struct field *a, const struct field *b)
{
    return strcmp(a->name, b->name) == 0 || (a->letter && a->letter == b->letter);
}

/* Common options that mean the same in every command. */
static bool is_fixed(const struct field *common)
{
    static const char *const fixed[] = {"help",  "json", "mode",    "table", "quiet",
                                        "force", "seed", "threads", "where"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(common->name, fixed[i]) == 0)
            return true;
    return false;
}

static const char *field_fault(const struct field *field, size_t args_size)
{
    bool number = field->type == FIELD_COUNT || field->type == FIELD_REAL;
    bool texts =
        field->type == FIELD_TEXT || field->type == FIELD_PATH || field_is_list(field);
    if (!is_name(field->name))
        return "bad name";
    if (!is_phrase(field->help))
        return "no help, or not a phrase";
    if (field->size != wanted_size(field->type) || field->offset + field->size > args_size)
        return "lands outside of its member";
    if (number && !(field->min < field->max))
        return "no bounds";
    if ((field->type == FIELD_CHOICE) != (field->choices != NULL))
        return "choices are for CHOICE";
    if (field->type == FIELD_FLAG && (!field->initial || field->positional))
        return "a flag is an option with an initial value";
    if (!field->initial || !*field->initial)
        return field->initial && !texts ? "only texts may be left out" : NULL;
    struct arena arena = {0};
    struct error err;
    char *args = mem_zero(args_size);
    enum status status = field_reset(field, args, &arena, &err);
    free(args);
    arena_done(&arena);
    return status == STATUS_OK ? NULL : "does not parse its own initial value";
}

static const char *row_fault(const struct command *row, const struct field **where)
{
    bool optional = false, list = false;
    *where = NULL;
    if (!is_name(row->name) || strchr(row->name, '-'))
        return "bad name";
    if (!is_phrase(row->help) || strlen(row->help) > 60 || !row->group || !row->run)
        return "no help, too long, or not a phrase; or no group, or no handler";
    for (const struct field *field = row->fields; field && field->name; field++) {
        *where = field;
        const char *fault = field_fault(field, row->args_size);
        if (fault)
            return fault;
        for (const struct field *other = row->fields; other < field; other++)
            if (same_name(field, other))
                return "two fields of that name";
        for (const struct field *common = common_fields; common->name; common++)
            if (same_name(field, common) &&
                (is_fixed(common) || strcmp(field->name, common->name) != 0))
                return "named as a common option";
        if (field->positional && (list || (optional && !field->initial)))
            return "can never be given";
        optional |= field->positional && field->initial;
        list |= field->positional && field_is_list(field);
    }
    return NULL;
}

static void check_rows(const struct command *const *table)
{
    for (size_t i = 0; table[i]; i++) {
        const struct field *where;
        const char *fault = row_fault(table[i], &where);
        if (fault)
            fail_msg("%s %s: %s", table[i]->name, where ? where->name : "", fault);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(table[i]->name, table[j]->name);
        for (size_t j = 0; j + 1 < i; j++) /* rows of a group stand together */
            assert_false(strcmp(table[i]->group, table[j]->group) == 0 &&
                         strcmp(table[i]->group, table[i - 1]->group) != 0);
    }
}

static void test_rows_of_the_program(void **state)
{
    (void)state;
    check_rows(command_table);
    check_rows(rows);
    for (const struct field *field = common_fields; field->name; field++)
        assert_null(field_fault(field, sizeof(struct common)));
}

static void test_faults_are_found(void **state)
{
    (void)state;
    const struct field cases[][3] = {
        {{.name = "Heads", .type = FIELD_FLAG, .size = 1, .initial = "no", .help = "x"}},
        {{.name = "heads", .type = FIELD_FLAG, .size = 1, .initial = "no"}},
        {{.name = "heads", .type = FIELD_FLAG, .size = 1, .initial = "no", .help = "x."}},
        {{.name = "heads", .type = FIELD_FLAG, .size = 1, .help = "x"}},
        {{.name = "heads", .type = FIELD_COUNT, .size = 4, .max = 1, .help = "x"}},
        {{.name = "heads", .type = FIELD_COUNT, .size = 8, .help = "x"}},
        {{.name = "heads",
          .type = FIELD_COUNT,
          .size = 8,
          .max = 1,
          .initial = "2",
          .help = "x"}},
        {{.name = "heads",
          .type = FIELD_COUNT,
          .size = 8,
          .max = 1,
          .initial = "",
          .help = "x"}},
        {{.name = "heads", .type = FIELD_TEXT, .size = 8, .offset = 60, .help = "x"}},
        {{.name = "seed", .type = FIELD_TEXT, .size = 8, .help = "x"}},
        {{.name = "a", .type = FIELD_TEXT, .size = 8, .letter = 'q', .help = "x"}},
        {{.name = "a", .type = FIELD_TEXT, .size = 8, .letter = 'o', .help = "x"}},
        {{.name = "a", .type = FIELD_TEXT, .size = 8, .help = "x"},
         {.name = "a", .type = FIELD_TEXT, .size = 8, .help = "x"}},
        {{.name = "a",
          .type = FIELD_TEXT,
          .size = 8,
          .positional = true,
          .initial = "",
          .help = "x"},
         {.name = "b", .type = FIELD_TEXT, .size = 8, .positional = true, .help = "x"}},
        {{.name = "a", .type = FIELD_TEXTS, .size = 16, .positional = true, .help = "x"},
         {.name = "b", .type = FIELD_TEXT, .size = 8, .positional = true, .help = "x"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct command row = {.name = "row",
                                    .group = "g",
                                    .help = "x",
                                    .fields = cases[i],
                                    .args_size = 64,
                                    .run = fit_run};
        const struct field *where;
        assert_non_null(row_fault(&row, &where));
    }
}

/* ---- finding ---- */

static void test_find(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const struct command *want;
        const char *message;
    } cases[] = {
        {"fit", &row_fit, NULL},
        {"join", &row_join, NULL},
        {"j", &row_join, NULL},
        {"fil", &row_filter, NULL},
        {"fi", NULL, "'fi' could be 'filter' or 'fit'"},
        {"flter", NULL, "there is no command 'flter'; did you mean 'filter'?"},
        {"fits", NULL, "there is no command 'fits'; did you mean 'fit'?"},
        {"", NULL, "there is no command ''; 'microscope help' lists them"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_ptr_equal(command_find(rows, cases[i].name, &err), cases[i].want);
        if (!cases[i].want) {
            assert_int_equal(err.status, STATUS_USAGE);
            assert_string_equal(err.message, cases[i].message);
        }
    }
}

static void test_nearest_option(void **state)
{
    (void)state;
    assert_string_equal(command_nearest_option(&row_fit, "haeds"), "heads");
    assert_string_equal(command_nearest_option(&row_fit, "quite"), "quiet");
    assert_null(command_nearest_option(&row_fit, "features")); /* positional */
    assert_string_equal(command_nearest_option(&row_filter, "sead"), "seed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_the_program),
        cmocka_unit_test(test_faults_are_found),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_nearest_option),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
