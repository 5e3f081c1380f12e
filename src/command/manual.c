#include "command/manual.h"

#include <ctype.h>
#include <string.h>

#include "command/help.h"
#include "command/topic.h"

/* Text that troff shows as it is. */
static void add(struct text *out, const char *text)
{
    bool begins = true;
    for (const char *c = text; *c; c++) {
        if (begins && (*c == '.' || *c == '\''))
            text_add(out, "\\&");
        begins = *c == '\n';
        if (*c == '\\')
            text_add(out, "\\e");
        else if (*c == '-')
            text_add(out, "\\-");
        else if (*c == '\'')
            text_add(out, "\\(aq");
        else if (*c == '^')
            text_add(out, "\\(ha");
        else if (*c == '~')
            text_add(out, "\\(ti");
        else if (*c == '`')
            text_add(out, "\\(ga");
        else
            text_add_char(out, *c);
    }
}

static void add_section(struct text *out, const char *name)
{
    text_add(out, ".SH ");
    for (const char *c = name; *c; c++)
        text_add_char(out, (char)toupper((unsigned char)*c));
    text_add_char(out, '\n');
}

/* Lines as they are laid out. */
static void add_block(struct text *out, const char *lines)
{
    text_add(out, ".PP\n.nf\n.RS 2\n");
    add(out, lines);
    if (out->bytes[out->length - 1] != '\n')
        text_add_char(out, '\n');
    text_add(out, ".RE\n.fi\n");
}

static void add_fields(struct text *out, const struct field *fields)
{
    struct text part = {0};
    for (const struct field *field = fields; field && field->name; field++) {
        text_add(out, ".TP\n.B ");
        text_clear(&part);
        help_add_signature(field, &part);
        add(out, part.bytes);
        text_add_char(out, '\n');
        text_clear(&part);
        help_add_meaning(field, &part);
        add(out, part.bytes);
        text_add_char(out, '\n');
    }
    text_done(&part);
}

static void add_command(struct text *out, const struct command *command)
{
    struct text usage = {0};
    command_add_usage(command, &usage);
    text_printf(out, ".SS %s\n", command->name);
    text_add_char(out, (char)toupper((unsigned char)command->help[0]));
    add(out, command->help + 1);
    text_add(out, ".\n.PP\n.B ");
    add(out, usage.bytes);
    text_add_char(out, '\n');
    add_fields(out, command->fields);
    if (command->more)
        add_block(out, command->more);
    text_done(&usage);
}

static void add_topics(struct text *out, bool about_program)
{
    for (const struct topic *topic = topics; topic->name; topic++) {
        if ((strcmp(topic->group, "program") == 0) != about_program)
            continue;
        text_add(out, ".SS ");
        add(out, topic->name);
        text_add_char(out, '\n');
        text_add_char(out, (char)toupper((unsigned char)topic->title[0]));
        add(out, topic->title + 1);
        text_add(out, ".\n");
        add_block(out, topic->text);
    }
}

void manual_page(const struct command *const *table, struct text *out)
{
    text_add(out, ".TH MICROSCOPE 1 \"\" \"microscope " MICROSCOPE_VERSION "\" "
                  "\"User Commands\"\n");
    add_section(out, "name");
    text_add(out, "microscope \\- a workbench for mixture reward heads\n");
    add_section(out, "synopsis");
    text_add(out, ".B microscope\n.I COMMAND\n[words] [options]\n");
    add_section(out, "description");
    text_add(out,
             "Trains mixtures of linear reward heads on frozen features of preference "
             "pairs, with a router that weighs the heads by the prompt, and says with "
             "intervals what came of it. Names of commands may be shortened while they "
             "are the only ones that begin so.\n");
    add_section(out, "options");
    text_add(out,
             "Every command takes these. An option of a command takes the place of one of "
             "the same name here.\n");
    add_fields(out, common_fields);
    add_section(out, "commands");
    for (const struct command *const *row = table; *row; row++)
        add_command(out, *row);
    add_section(out, "results and scripts");
    add_topics(out, true);
    add_section(out, "topics");
    add_topics(out, false);
    add_section(out, "see also");
    text_add(out, ".B microscope help\n.I TOPIC\nshows one part of this page.\n");
}
