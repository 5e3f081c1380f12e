#include "encode/endpoint_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BYTES_A_TOKEN = 3 };

struct plan_item {
    size_t text, n_tokens;
    unsigned char key[SHA256_BYTES];
};

static struct encoder_text render(struct plan *plan, size_t text)
{
    const struct endpoint_text *t = &plan->texts[text];
    text_clear(&plan->rendered);
    template_render(plan->template, t->prompt, t->context, t->response, &plan->rendered);
    return (struct encoder_text){plan->rendered.bytes, plan->rendered.length};
}

static int compare_items(const void *a, const void *b)
{
    const struct plan_item *x = a, *y = b;
    if (x->n_tokens != y->n_tokens)
        return x->n_tokens < y->n_tokens ? 1 : -1;
    int keys = memcmp(x->key, y->key, SHA256_BYTES);
    return keys ? keys : x->text < y->text ? -1 : x->text > y->text;
}

void plan_make(struct plan *plan, const struct endpoint_text *texts, size_t n,
               const struct template *template, const unsigned char identity[SHA256_BYTES],
               const struct cancel *cancel)
{
    *plan = (struct plan){.texts = texts, .template = template, .n = n};
    plan->items = mem_zero(n * sizeof *plan->items);
    plan->todo = mem_zero(n * sizeof *plan->todo);
    for (size_t i = 0; i < n && !cancel_asked(cancel); i++) {
        struct plan_item *item = &plan->items[i];
        struct encoder_text rendered = render(plan, i);
        struct sha256 sha;
        sha256_init(&sha);
        sha256_add_field(&sha, identity, SHA256_BYTES);
        sha256_add_field(&sha, rendered.bytes, rendered.length);
        sha256_finish(&sha, item->key);
        item->text = i;
        item->n_tokens = rendered.length / BYTES_A_TOKEN + 1;
    }
    qsort(plan->items, n, sizeof *plan->items, compare_items);
}

void plan_done(struct plan *plan)
{
    free(plan->items);
    free(plan->todo);
    text_done(&plan->rendered);
    *plan = (struct plan){0};
}

void plan_list(struct plan *plan, const struct vector_cache *cache, size_t width,
               void (*found)(void *self, size_t item, float *row), void *self,
               const struct cancel *cancel)
{
    float *row = mem_alloc((width ? width : 1) * sizeof *row);
    for (size_t i = 0; i < plan->n && !cancel_asked(cancel); i += plan_count(plan, i)) {
        if (cache && vector_cache_get(cache, plan->items[i].key, row))
            found(self, i, row);
        else
            plan->todo[plan->n_todo++] = i;
    }
    free(row);
}

size_t plan_count(const struct plan *plan, size_t item)
{
    size_t n = 1;
    while (item + n < plan->n &&
           memcmp(plan->items[item].key, plan->items[item + n].key, SHA256_BYTES) == 0)
        n++;
    return n;
}

size_t plan_text(const struct plan *plan, size_t item, size_t i)
{
    return plan->items[item + i].text;
}

const unsigned char *plan_key(const struct plan *plan, size_t item)
{
    return plan->items[item].key;
}

size_t plan_tokens(const struct plan *plan, size_t item)
{
    return plan->items[item].n_tokens;
}

struct encoder_text plan_render(struct plan *plan, size_t item)
{
    return render(plan, plan->items[item].text);
}

size_t plan_cut(struct plan *plan, size_t most, size_t token_budget)
{
    size_t n = 0, n_tokens = 0;
    while (plan->next + n < plan->n_todo && n < most) {
        n_tokens += plan->items[plan->todo[plan->next + n]].n_tokens;
        if (n && n_tokens > token_budget)
            break;
        n++;
    }
    plan->next += n;
    return n;
}
