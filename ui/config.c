#include "ui/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/json.h"
#include "ui/folders.h"

static const char *const names[N_CONFIG] = {"theme", "color", "glyphs", "mouse"};
static const char *const variables[N_CONFIG] = {"MICROSCOPE_THEME", "MICROSCOPE_COLOR",
                                                "MICROSCOPE_GLYPHS", "MICROSCOPE_MOUSE"};

static const char *copy(struct config *config, const char *text)
{
    return text ? arena_copy(&config->texts, text, strlen(text)) : NULL;
}

void config_give(struct config *config, enum config_name name, const char *value,
                 const char *option)
{
    config->values[name] =
        (struct config_value){names[name], copy(config, value), copy(config, option)};
}

/* ---- a file ---- */

/* A number or a flag as it would be typed. NULL: an object, an array, null. */
static const char *word_of(struct config *config, const struct json *json)
{
    double number;
    bool flag;
    if (json_text(json))
        return copy(config, json_text(json));
    if (json_flag(json, &flag))
        return flag ? "on" : "off";
    if (!json_number(json, &number))
        return NULL;
    struct text out = {0};
    json_add_number(&out, number);
    const char *word = copy(config, out.bytes);
    text_done(&out);
    return word;
}

static enum status refuse(const char *path, const char *name, const char *wants,
                          struct error *err)
{
    return error_set(err, STATUS_FORMAT, "'%s': \"%s\" must be %s", path, name, wants);
}

static enum status take_keys(struct config *config, const struct json *keys,
                             const char *path, struct error *err)
{
    if (!json_is_object(keys))
        return refuse(path, "keys", "an object of keys and command lines", err);
    for (const struct json *key = json_first(keys); key; key = json_next(key)) {
        if (!json_text(key) && !json_is_null(key))
            return refuse(path, json_key(key), "a command line, or null", err);
        MEM_RESERVE(config->keys, config->n_keys, config->key_room);
        config->keys[config->n_keys++] = (struct config_value){
            copy(config, json_key(key)), copy(config, json_text(key)), copy(config, path)};
    }
    return STATUS_OK;
}

static enum status take_settings(struct config *config, const struct json *settings,
                                 const char *path, struct error *err)
{
    if (!json_is_object(settings))
        return refuse(path, "settings", "an object of options and values", err);
    for (const struct json *at = json_first(settings); at; at = json_next(at)) {
        const char *word = word_of(config, at);
        if (!word)
            return refuse(path, json_key(at), "a text, a number or a flag", err);
        MEM_RESERVE(config->settings, config->n_settings, config->setting_room);
        config->settings[config->n_settings++] =
            (struct config_value){copy(config, json_key(at)), word, copy(config, path)};
    }
    return STATUS_OK;
}

static enum status take_member(struct config *config, const struct json *member,
                               const char *path, bool with_keys, struct error *err)
{
    const char *name = json_key(member);
    if (strcmp(name, "schema") == 0)
        return STATUS_OK;
    if (strcmp(name, "settings") == 0)
        return take_settings(config, member, path, err);
    if (strcmp(name, "keys") == 0)
        return with_keys ? take_keys(config, member, path, err)
                         : error_set(err, STATUS_FORMAT,
                                     "'%s': \"keys\" belong into the user's own "
                                     "configuration, not into a folder's",
                                     path);
    for (size_t i = 0; i < N_CONFIG; i++)
        if (strcmp(names[i], name) == 0) {
            const char *word = word_of(config, member);
            if (!word)
                return refuse(path, name, "a text", err);
            config_give(config, (enum config_name)i, word, path);
            return STATUS_OK;
        }
    return error_set(err, STATUS_FORMAT,
                     "'%s': \"%s\" is none of theme, color, glyphs, mouse, keys, settings",
                     path, name);
}

static enum status take_file(struct config *config, const char *path, bool with_keys,
                             struct error *err)
{
    struct mapping mapping;
    enum status status = mapping_open(&mapping, path, err);
    if (status)
        return status;
    struct json *json = json_parse((const char *)mapping.bytes, mapping.length, err);
    mapping_done(&mapping);
    if (!json)
        return error_prefix(err, "'%s'", path);
    if (!json_is_object(json))
        status = error_set(err, STATUS_FORMAT, "'%s' must hold one object", path);
    for (const struct json *at = json_first(json); at && !status; at = json_next(at))
        status = take_member(config, at, path, with_keys, err);
    json_free(json);
    return status;
}

/* ---- all of it ---- */

static enum status take_files(struct config *config, const char *path, struct error *err)
{
    static const char folder_file[] = "./.microscope.json";
    struct text user = {0};
    folders_config(&user);
    if (user.length)
        text_add(&user, "/config.json");
    enum status status = STATUS_OK;
    if (path)
        status = take_file(config, path, true, err);
    else if (user.length && access(user.bytes, F_OK) == 0)
        status = take_file(config, user.bytes, true, err);
    if (!status && access(folder_file, F_OK) == 0)
        status = take_file(config, folder_file, false, err);
    text_done(&user);
    return status;
}

enum status config_open(struct config *config, const char *path, struct error *err)
{
    *config = (struct config){0};
    for (size_t i = 0; i < N_CONFIG; i++)
        config->values[i] = (struct config_value){names[i], NULL, "built in"};
    enum status status = take_files(config, path, err);
    for (size_t i = 0; i < N_CONFIG && !status; i++) {
        const char *value = getenv(variables[i]); /* NOLINT(concurrency-mt-unsafe) */
        struct text source = {0};
        text_printf(&source, "$%s", variables[i]);
        if (value && *value)
            config_give(config, (enum config_name)i, value, source.bytes);
        text_done(&source);
    }
    if (status)
        config_done(config);
    return status;
}

void config_done(struct config *config)
{
    free(config->keys);
    free(config->settings);
    arena_done(&config->texts);
    *config = (struct config){0};
}

static void show(const struct config_value *value, const char *unset, struct text *out)
{
    enum { NAME_ROOM = 20, VALUE_ROOM = 28 };
    text_printf(out, "%-*s %-*s %s\n", NAME_ROOM, value->name, VALUE_ROOM,
                value->value ? value->value : unset, value->source);
}

void config_show(const struct config *config, struct text *out)
{
    static const char *const built_in[N_CONFIG] = {"dark", "auto", "auto", "on"};
    for (size_t i = 0; i < N_CONFIG; i++)
        show(&config->values[i], built_in[i], out);
    for (size_t i = 0; i < config->n_settings; i++)
        show(&config->settings[i], "", out);
    for (size_t i = 0; i < config->n_keys; i++)
        show(&config->keys[i], "(nothing)", out);
}
