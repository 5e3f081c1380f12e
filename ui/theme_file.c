/* Theme files: reading and checking them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "io/file.h"
#include "io/json.h"
#include "ui/theme_parts.h"

/* INHERIT_MOST: a chain that is longer goes round in a circle. */
enum { INHERIT_MOST = 8 };

static const char schema[] = "microscope.theme/1";

struct reader {
    const char *path, *text;
    const char *const *folders;
    struct text *warnings;
    struct error *err;
    int depth;
};

/* ---- messages with their place ---- */

static void place_of(const struct reader *reader, const char *at, size_t *line,
                     size_t *column)
{
    json_place(reader->text, (size_t)(at - reader->text), line, column);
}

#define WRONG(reader, at, ...)                                                             \
    wrong((reader), (at), error_set((reader)->err, STATUS_FORMAT, __VA_ARGS__))

static enum status wrong(const struct reader *reader, const char *at, enum status status)
{
    size_t line, column;
    place_of(reader, at, &line, &column);
    error_prefix(reader->err, "'%s':%zu:%zu", reader->path, line, column);
    return status;
}

static void warn(const struct reader *reader, const char *at, const char *what,
                 const char *key)
{
    size_t line, column;
    char shown[64];
    place_of(reader, at, &line, &column);
    if (reader->warnings)
        text_printf(reader->warnings, "%s:%zu:%zu: %s '%s'\n", reader->path, line, column,
                    what, text_show(shown, sizeof shown, key));
}

/* ---- members of an object, each with where it is written ---- */

struct member {
    const struct json *json;
    const char *key, *at, *value; /* at: of the key in the text */
    const char *next;
};

/* The first member of an object that is written at `text`; json NULL: there is none. */
static bool member_next(struct member *member, const struct json *object, const char *text)
{
    struct json_written written;
    member->json = member->json ? json_next(member->json) : json_first(object);
    if (!member->json)
        return false;
    const char *from = member->next ? member->next : text;
    member->next = from;
    member->at = from + strcspn(from, "\"}");
    if (!json_next_written(&member->next, &written))
        return false;
    member->key = json_key(member->json);
    member->value = written.text;
    return true;
}

/* ---- colours and styles ---- */

static bool color_parse(const struct json *json, int32_t *color)
{
    static const char *const names[] = {"black", "red",     "green", "yellow",
                                        "blue",  "magenta", "cyan",  "white"};
    double number;
    if (json_number(json, &number)) {
        *color = number >= 0 && number <= 255 ? (int32_t)number : -2;
        return *color >= 0 && (double)*color == number;
    }
    const char *word = json_text(json);
    if (!word)
        return false;
    if (strcmp(word, "default") == 0) {
        *color = COLOR_DEFAULT;
        return true;
    }
    char *end;
    if (word[0] == '#' && strlen(word) == 7 &&
        strspn(word + 1, "0123456789abcdefABCDEF") == 6) {
        *color = STYLE_RGB | (int32_t)strtol(word + 1, &end, 16);
        return true;
    }
    bool bright = strncmp(word, "bright-", 7) == 0;
    for (int i = 0; i < 8; i++)
        if (strcmp(word + (bright ? 7 : 0), names[i]) == 0) {
            *color = i + (bright ? 8 : 0);
            return true;
        }
    return false;
}

static enum status read_color(struct reader *reader, const struct member *member,
                              int32_t *color)
{
    if (color_parse(member->json, color))
        return STATUS_OK;
    return WRONG(reader, member->value,
                 "'%s' must be a colour: \"default\", a name such as \"blue\" or "
                 "\"bright-blue\", 0 to 255, or \"#rrggbb\"",
                 member->key);
}

static enum status read_attributes(struct reader *reader, const struct member *member,
                                   uint16_t *attr)
{
    static const char *const names[] = {"bold",    "dim",    "underline",
                                        "reverse", "italic", "strike"};
    *attr = 0;
    if (!json_is_array(member->json))
        return WRONG(reader, member->value, "'%s' must be a list of attributes",
                     member->key);
    for (const struct json *item = json_first(member->json); item; item = json_next(item)) {
        const char *word = json_text(item);
        int found = -1;
        for (int i = 0; word && i < 6; i++)
            if (strcmp(word, names[i]) == 0)
                found = i;
        if (found < 0)
            return WRONG(reader, member->value,
                         "an attribute of '%s' is none of bold, dim, underline, reverse, "
                         "italic and strike",
                         member->key);
        *attr |= (uint16_t)(1 << found);
    }
    return STATUS_OK;
}

static enum status read_glyph(struct reader *reader, const struct member *member,
                              char glyph[8])
{
    const char *word = json_text(member->json);
    if (!word || strlen(word) >= 8 || text_width(word, strlen(word)) != 1)
        return WRONG(reader, member->value, "'%s' must be one character, one cell wide",
                     member->key);
    snprintf(glyph, 8, "%s", word);
    return STATUS_OK;
}

/* The style of `outer`; that of missing cells has glyphs too (`theme` not NULL). */
static enum status read_style(struct reader *reader, const struct member *outer,
                              struct theme_style *style, struct theme *theme)
{
    if (!json_is_object(outer->json))
        return WRONG(reader, outer->value, "'%s' must be an object", outer->key);
    *style = (struct theme_style){COLOR_DEFAULT, COLOR_DEFAULT, 0, 0, true};
    struct member member = {0};
    bool has_mono = false;
    enum status status = STATUS_OK;
    while (!status && member_next(&member, outer->json, outer->value)) {
        if (strcmp(member.key, "fg") == 0)
            status = read_color(reader, &member, &style->fg);
        else if (strcmp(member.key, "bg") == 0)
            status = read_color(reader, &member, &style->bg);
        else if (strcmp(member.key, "attr") == 0)
            status = read_attributes(reader, &member, &style->attr);
        else if ((has_mono = strcmp(member.key, "mono") == 0 || has_mono) &&
                 strcmp(member.key, "mono") == 0)
            status = read_attributes(reader, &member, &style->mono);
        else if (theme && strcmp(member.key, "glyph") == 0)
            status = read_glyph(reader, &member, theme->missing_glyph);
        else if (theme && strcmp(member.key, "ascii") == 0)
            status = read_glyph(reader, &member, theme->missing_ascii);
        else
            warn(reader, member.at, "unknown key", member.key);
    }
    if (!has_mono)
        style->mono = style->attr;
    return status;
}

static enum status read_styles(struct reader *reader, const struct member *outer,
                               struct theme *theme)
{
    if (!json_is_object(outer->json))
        return WRONG(reader, outer->value, "'styles' must be an object");
    struct member member = {0};
    while (member_next(&member, outer->json, outer->value)) {
        int role = 0;
        while (role < N_STYLES &&
               strcmp(member.key, style_role_name((enum style_role)role)) != 0)
            role++;
        if (role == N_STYLES) {
            warn(reader, member.at, "unknown style", member.key);
            continue;
        }
        enum status status = read_style(reader, &member, &theme->styles[role], NULL);
        if (status)
            return status;
    }
    return STATUS_OK;
}

/* ---- heat, palettes, series ---- */

static enum status read_name(struct reader *reader, const struct member *member,
                             char name[RAMP_NAME])
{
    const char *word = json_text(member->json);
    if (!word || !*word || strlen(word) >= RAMP_NAME)
        return WRONG(reader, member->value, "'%s' must be a name of at most %d bytes",
                     member->key, RAMP_NAME - 1);
    snprintf(name, RAMP_NAME, "%s", word);
    return STATUS_OK;
}

static enum status read_heat(struct reader *reader, const struct member *outer,
                             struct theme *theme)
{
    struct member member = {0};
    enum status status = STATUS_OK;
    if (!json_is_object(outer->json))
        return WRONG(reader, outer->value, "'heat' must be an object");
    while (!status && member_next(&member, outer->json, outer->value)) {
        if (strcmp(member.key, "sequential") == 0)
            status = read_name(reader, &member, theme->sequential);
        else if (strcmp(member.key, "diverging") == 0)
            status = read_name(reader, &member, theme->diverging);
        else if (strcmp(member.key, "missing") == 0)
            status = read_style(reader, &member, &theme->missing, theme);
        else
            warn(reader, member.at, "unknown key", member.key);
    }
    return status;
}

static enum status read_colors(struct reader *reader, const struct member *member,
                               int32_t *colors, size_t least, size_t most, size_t *n)
{
    *n = json_length(member->json);
    if (!json_is_array(member->json) || *n < least || *n > most)
        return WRONG(reader, member->value, "'%s' must be a list of %zu to %zu colours",
                     member->key, least, most);
    size_t i = 0;
    for (const struct json *item = json_first(member->json); item; item = json_next(item))
        if (!color_parse(item, &colors[i++]) || colors[i - 1] == COLOR_DEFAULT)
            return WRONG(reader, member->value, "entry %zu of '%s' is no colour", i,
                         member->key);
    return STATUS_OK;
}

static enum status read_palette(struct reader *reader, const struct member *outer,
                                struct theme_palette *palette)
{
    struct member member = {0};
    enum status status = STATUS_OK;
    *palette = (struct theme_palette){.n = 0};
    if (!json_is_object(outer->json) || strlen(outer->key) >= sizeof palette->name)
        return WRONG(reader, outer->value, "a palette must be an object with a short name");
    snprintf(palette->name, sizeof palette->name, "%s", outer->key);
    while (!status && member_next(&member, outer->json, outer->value)) {
        const char *word = json_text(member.json);
        if (strcmp(member.key, "colors") == 0)
            status =
                read_colors(reader, &member, palette->colors, 2, LOOK_STEPS, &palette->n);
        else if (strcmp(member.key, "kind") != 0)
            warn(reader, member.at, "unknown key", member.key);
        else if (!word ||
                 (strcmp(word, "sequential") != 0 && strcmp(word, "diverging") != 0))
            status = WRONG(reader, member.value,
                           "'kind' must be \"sequential\" or \"diverging\"");
        else
            palette->is_diverging = strcmp(word, "diverging") == 0;
    }
    if (!status && !palette->n)
        status = WRONG(reader, outer->value, "palette '%s' has no 'colors'", palette->name);
    return status;
}

static enum status read_palettes(struct reader *reader, const struct member *outer,
                                 struct theme *theme)
{
    struct member member = {0};
    if (!json_is_object(outer->json))
        return WRONG(reader, outer->value, "'palettes' must be an object");
    while (member_next(&member, outer->json, outer->value)) {
        if (theme->n_palettes == THEME_PALETTES)
            return WRONG(reader, member.at, "more than %d palettes", THEME_PALETTES);
        enum status status =
            read_palette(reader, &member, &theme->palettes[theme->n_palettes]);
        if (status)
            return status;
        theme->n_palettes++;
    }
    return STATUS_OK;
}

/* ---- the whole file ---- */

static enum status read_background(struct reader *reader, const struct member *member,
                                   struct theme *theme)
{
    const char *word = json_text(member->json);
    if (!word || (strcmp(word, "dark") != 0 && strcmp(word, "light") != 0))
        return WRONG(reader, member->value, "'background' must be \"dark\" or \"light\"");
    theme->is_light = strcmp(word, "light") == 0;
    return STATUS_OK;
}

static enum status read_member(struct reader *reader, const struct member *member,
                               struct theme *theme)
{
    size_t n;
    const char *key = member->key, *word = json_text(member->json);
    if (strcmp(key, "schema") == 0 || strcmp(key, "inherit") == 0)
        return STATUS_OK; /* read before */
    if (strcmp(key, "name") == 0)
        return read_name(reader, member, theme->name);
    if (strcmp(key, "background") == 0)
        return read_background(reader, member, theme);
    if (strcmp(key, "styles") == 0)
        return read_styles(reader, member, theme);
    if (strcmp(key, "heat") == 0)
        return read_heat(reader, member, theme);
    if (strcmp(key, "palettes") == 0)
        return read_palettes(reader, member, theme);
    if (strcmp(key, "series") == 0)
        return read_colors(reader, member, theme->series, LOOK_SERIES, LOOK_SERIES, &n);
    if (strcmp(key, "glyphs") == 0) {
        if (word && glyphs_parse(word, &theme->glyphs))
            return STATUS_OK;
        return WRONG(reader, member->value,
                     "'glyphs' must be auto, ascii, unicode or braille");
    }
    warn(reader, member->at, "unknown key", key);
    return STATUS_OK;
}

static struct theme *read_file(struct reader *reader);

static bool exists(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file)
        fclose(file);
    return file;
}

/* The file of a name in the folders or beside the one being read; false: there is none. */
static bool find_file(const char *name, const struct reader *reader, struct text *path)
{
    for (size_t i = 0; reader->folders && reader->folders[i]; i++) {
        text_clear(path);
        text_printf(path, "%s/%s.json", reader->folders[i], name);
        if (exists(path->bytes))
            return true;
    }
    const char *slash = strrchr(reader->path, '/');
    int length = slash ? (int)(slash - reader->path + 1) : 0;
    text_clear(path);
    text_printf(path, "%.*s%s.json", length, reader->path, name);
    return reader->text[0] && exists(path->bytes);
}

static struct theme *find_theme(const char *name, const struct reader *reader)
{
    struct text path = {0};
    struct reader inner = *reader;
    struct theme *theme = NULL;
    if (strcmp(name, "base") == 0)
        return theme_base();
    if (strchr(name, '/')) {
        error_set(reader->err, STATUS_USAGE, "'%s' is no name of a theme", name);
    } else if (find_file(name, reader, &path)) {
        inner.path = path.bytes;
        inner.depth++;
        theme = read_file(&inner);
    } else {
        error_set(reader->err, STATUS_NOT_FOUND, "there is no theme '%s'", name);
    }
    text_done(&path);
    return theme;
}

/* Begins with what the file inherits, or with nothing. */
static struct theme *begin(struct reader *reader, const struct json *json)
{
    const char *at = reader->text + strspn(reader->text, " \t\r\n");
    const char *version = json_text(json_get(json, "schema"));
    if (!json_is_object(json) || !version || strcmp(version, schema) != 0) {
        WRONG(reader, at, "a theme is an object with \"schema\": \"%s\"", schema);
        return NULL;
    }
    const struct json *inherit = json_get(json, "inherit");
    if (!inherit) {
        struct theme *theme = theme_base();
        for (size_t i = 0; i < N_STYLES; i++)
            theme->styles[i].is_set = false;
        return theme;
    }
    if (!json_text(inherit) || reader->depth > INHERIT_MOST) {
        WRONG(reader, at, "%s",
              json_text(inherit) ? "the themes inherit from each other in a circle"
                                 : "'inherit' must be the name of a theme");
        return NULL;
    }
    struct theme *theme = find_theme(json_text(inherit), reader);
    if (!theme) {
        reader->err->status = STATUS_FORMAT;
        wrong(reader, at, STATUS_FORMAT);
    }
    return theme;
}

static enum status check_complete(struct reader *reader, const struct theme *theme)
{
    for (size_t i = 0; i < N_STYLES; i++)
        if (!theme->styles[i].is_set)
            return WRONG(reader, reader->text,
                         "the style '%s' is missing, and the theme "
                         "inherits from none",
                         style_role_name((enum style_role)i));
    struct look look = {.depth = DEPTH_256};
    const char *names[] = {theme->sequential, theme->diverging};
    for (int i = 0; i < 2; i++)
        if (!theme_ramp(theme, names[i], i == 1, &look))
            return WRONG(reader, reader->text, "there is no %s palette '%s'",
                         i ? "diverging" : "sequential", names[i]);
    return STATUS_OK;
}

static struct theme *read_text(struct reader *reader, size_t length)
{
    struct json *json = json_parse_lines(reader->text, length, reader->err);
    if (!json) {
        struct error inner = *reader->err;
        error_set(reader->err, STATUS_FORMAT, "'%s':%s", reader->path, inner.message);
        return NULL;
    }
    struct theme *theme = begin(reader, json);
    struct member member = {0};
    enum status status = theme ? STATUS_OK : STATUS_FORMAT;
    while (!status && member_next(&member, json, reader->text))
        status = read_member(reader, &member, theme);
    if (!status)
        status = check_complete(reader, theme);
    json_free(json);
    if (status) {
        theme_free(theme);
        return NULL;
    }
    return theme;
}

static struct theme *read_file(struct reader *reader)
{
    struct mapping mapping;
    if (mapping_open(&mapping, reader->path, reader->err))
        return NULL;
    char *text = mem_copy((const char *)mapping.bytes, mapping.length);
    reader->text = text;
    struct theme *theme = read_text(reader, mapping.length);
    free(text);
    mapping_done(&mapping);
    return theme;
}

struct theme *theme_read(const char *path, const char *const *folders,
                         struct text *warnings, struct error *err)
{
    struct error ignored;
    struct reader reader = {path, NULL, folders, warnings, err ? err : &ignored, 0};
    return read_file(&reader);
}

struct theme *theme_load(const char *name, const char *const *folders,
                         struct text *warnings, struct error *err)
{
    struct error ignored;
    struct reader reader = {name, "", folders, warnings, err ? err : &ignored, 0};
    return find_theme(name, &reader);
}

/* ---- --check-theme ---- */

static bool is_decoration(enum style_role role)
{
    return role == STYLE_BORDER || role == STYLE_BAR_OLD;
}

static enum status check_contrast(const struct theme *theme, const char *path,
                                  struct error *err)
{
    uint32_t fg = theme_default(theme->is_light, false),
             bg = theme_default(theme->is_light, true);
    for (int i = 0; i < N_STYLES; i++) {
        const struct theme_style *style = &theme->styles[i];
        double contrast =
            color_contrast(style_rgb(style->fg, fg), style_rgb(style->bg, bg));
        if (contrast < 4.5 && !is_decoration((enum style_role)i))
            return error_set(
                err, STATUS_FORMAT,
                "'%s': the style '%s' has a contrast of %.1f to its background, "
                "expected at least 4.5",
                path, style_role_name((enum style_role)i), contrast);
    }
    return STATUS_OK;
}

enum status theme_check(const char *path, const char *const *folders, struct error *err)
{
    struct text warnings = {0};
    struct error inner = {.status = STATUS_FORMAT};
    struct theme *theme = theme_read(path, folders, &warnings, &inner);
    enum status status = theme ? check_contrast(theme, path, &inner) : inner.status;
    if (!status && warnings.length)
        status = error_set(&inner, STATUS_FORMAT, "%.*s",
                           (int)strcspn(warnings.bytes, "\n"), warnings.bytes);
    if (status && err)
        *err = inner;
    theme_free(theme);
    text_done(&warnings);
    return status;
}
