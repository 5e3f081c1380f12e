#include "encode/address.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { ADDRESS_MOST = 2000 };

static const char host_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
static const char path_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~/%:+,;=()!$&'*";

static const struct {
    const char *path, *native; /* by default; the end of one that has its own form */
    enum address_form form;    /* of that one */
} paths[ENDPOINT_PROFILES] = {
    [ENDPOINT_NONE] = {"/v1/embeddings", NULL, ADDRESS_OPENAI},
    [ENDPOINT_LLAMA] = {"/v1/embeddings", NULL, ADDRESS_OPENAI},
    [ENDPOINT_VLLM] = {"/v1/embeddings", NULL, ADDRESS_OPENAI},
    [ENDPOINT_VLLM_OLD] = {"/v1/embeddings", NULL, ADDRESS_OPENAI},
    [ENDPOINT_TEI] = {"/embed", "/embed", ADDRESS_TEI},
    [ENDPOINT_OLLAMA] = {"/api/embed", "/api/embed", ADDRESS_OLLAMA},
};

/* The parts of an address, borrowed from its text. */
struct parts {
    const char *host, *port, *path, *model;
    size_t n_host, n_port, n_path;
};

bool address_is(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

static bool split_host(struct parts *parts, const char *at)
{
    parts->host = at;
    if (*at == '[') {
        size_t n = strspn(at + 1, "0123456789abcdefABCDEF:.");
        if (!n || at[1 + n] != ']')
            return false;
        parts->n_host = n + 2;
    } else {
        parts->n_host = strspn(at, host_characters);
    }
    at += parts->n_host;
    parts->port = at;
    if (*at == ':') {
        size_t n = strspn(at + 1, "0123456789");
        if (!n || n > 5 || strtol(at + 1, NULL, 10) > 65535)
            return false;
        parts->n_port = 1 + n;
    }
    parts->path = at + parts->n_port;
    return parts->n_host > 0;
}

static const char *split(struct parts *parts, const char *text)
{
    const char *authority = strstr(text, "://") + 3;
    if (memchr(authority, '@', strcspn(authority, "/#")))
        return "it must not hold a user or a password; a key goes into the environment "
               "(MICROSCOPE_API_KEY)";
    if (!split_host(parts, authority))
        return "expected http(s)://HOST[:PORT][/PATH]#MODEL";
    if (*parts->path == '/')
        parts->n_path = strspn(parts->path, path_characters);
    const char *at = parts->path + parts->n_path;
    if (*at == '?')
        return "it must not hold a query ('?')";
    if (*at != '#')
        return *at ? "a character that belongs into no address"
                   : "the model is missing: expected http(s)://HOST[:PORT][/PATH]#MODEL";
    parts->model = at + 1;
    size_t length = strlen(parts->model);
    if (!length || utf8_check(parts->model, length) < length)
        return "the model behind '#' is missing";
    return NULL;
}

static bool is_loopback(const struct parts *parts)
{
    static const char *const names[] = {"localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (parts->n_host == strlen(names[i]) &&
            strncmp(parts->host, names[i], parts->n_host) == 0)
            return true;
    return strncmp(parts->host, "127.", 4) == 0 &&
           strspn(parts->host, "0123456789.") == parts->n_host;
}

static bool path_is(const struct parts *parts, const char *path)
{
    return parts->n_path == strlen(path) && strncmp(parts->path, path, parts->n_path) == 0;
}

enum status address_parse(struct address *address, const char *text,
                          enum endpoint_profile profile, struct error *err)
{
    char shown[200];
    struct parts parts = {0};
    const char *fault = !address_is(text) ? "expected http(s)://HOST[:PORT][/PATH]#MODEL"
                        : strlen(text) > ADDRESS_MOST ? "it is too long"
                                                      : split(&parts, text);
    if (fault) {
        /* What stands in front of '@' may be a password. */
        const char *at = address_is(text) ? strrchr(text, '@') : NULL;
        return error_set(err, STATUS_USAGE, "'%s' is no address of an endpoint: %s",
                         text_show(shown, sizeof shown, at ? at : text), fault);
    }
    bool bare = !parts.n_path || path_is(&parts, "/") ||
                (path_is(&parts, "/v1") && paths[profile].form == ADDRESS_OPENAI);
    struct text url = {0}, health = {0};
    text_append(&url, text, (size_t)(parts.path - text));
    text_printf(&health, "%s/health", url.bytes);
    if (bare)
        text_add(&url, paths[profile].path);
    else
        text_append(&url, parts.path, parts.n_path);
    const char *native = paths[profile].native;
    bool is_native = native && url.length >= strlen(native) &&
                     strcmp(url.bytes + url.length - strlen(native), native) == 0;
    *address = (struct address){
        .url = url.bytes,
        .health = health.bytes,
        .model = mem_copy_text(parts.model),
        .form = is_native ? paths[profile].form : ADDRESS_OPENAI,
        .is_https = strncmp(text, "https", 5) == 0,
        .is_loopback = is_loopback(&parts),
    };
    return STATUS_OK;
}

void address_done(struct address *address)
{
    free(address->url);
    free(address->health);
    free(address->model);
    *address = (struct address){0};
}
