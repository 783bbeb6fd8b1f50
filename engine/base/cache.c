/* cache.c - a list of what is kept, the last one asked for in front.
 *
 * Invariants: no object is dropped while the lock is held, since dropping frees memory and may ask for the lock; there
 * are few objects, so that a list will do.
 */
#include "cache.h"

#include "cache_parts.h"
#include "memory.h"

#define MOST_OF_A_KIND 4

struct dki_cached {
    const void *kind;
    uint64_t owner, other;
    dki_kept *object;
    struct dki_cached *next;
};

void dki_kept_release(dki_kept *kept)
{
    if (kept && atomic_fetch_sub_explicit(&kept->n_references, 1, memory_order_acq_rel) == 1)
        kept->drop(kept);
}

uint64_t dki_cache_owner(void)
{
    static atomic_uint_fast64_t last;

    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

static void drop_list(dk_context *context, struct dki_cached *list)
{
    while (list) {
        struct dki_cached *cached = list;

        list = cached->next;
        dki_kept_release(cached->object);
        dki_free(context, cached);
    }
}

/* Takes *at out of the list. */
static struct dki_cached *take_out(struct dki_cached **at)
{
    struct dki_cached *cached = *at;

    *at = cached->next;
    cached->next = NULL;
    return cached;
}

static struct dki_cached **find(dki_cache *cache, const void *kind, uint64_t owner, uint64_t other)
{
    struct dki_cached **at = &cache->first;

    while (*at && ((*at)->kind != kind || (*at)->owner != owner || (*at)->other != other))
        at = &(*at)->next;
    return at;
}

/* The object at that place (NULL: the end of the list), retained, which goes to the front. */
static dki_kept *take_up(dki_cache *cache, struct dki_cached **at)
{
    struct dki_cached *cached;

    if (*at == NULL)
        return NULL;
    cached = take_out(at);
    cached->next = cache->first;
    cache->first = cached;
    dki_kept_retain(cached->object);
    return cached->object;
}

dki_kept *dki_cache_find(dk_context *context, const void *kind, uint64_t owner, uint64_t other)
{
    dki_cache *cache = dki_context_cache(context);
    dki_kept *object;

    pthread_mutex_lock(&cache->lock);
    object = take_up(cache, find(cache, kind, owner, other));
    pthread_mutex_unlock(&cache->lock);
    return object;
}

dki_kept *dki_cache_choose(dk_context *context, const void *kind, uint64_t owner, dki_cost_fn *cost,
                           const void *arg)
{
    dki_cache *cache = dki_context_cache(context);
    struct dki_cached **best = NULL;
    uint64_t least = DKI_WILL_NOT_DO;
    dki_kept *object;

    pthread_mutex_lock(&cache->lock);
    for (struct dki_cached **at = &cache->first; *at; at = &(*at)->next) {
        uint64_t its = (*at)->kind == kind && (*at)->owner == owner ? cost(arg, (*at)->object) : DKI_WILL_NOT_DO;

        if (its < least) {
            least = its;
            best = at;
        }
    }
    object = best ? take_up(cache, best) : NULL;
    pthread_mutex_unlock(&cache->lock);
    return object;
}

void dki_cache_add(dk_context *context, const void *kind, uint64_t owner, uint64_t other, dki_kept *object)
{
    dki_cache_add_many(context, kind, owner, other, object, MOST_OF_A_KIND);
}

void dki_cache_add_many(dk_context *context, const void *kind, uint64_t owner, uint64_t other, dki_kept *object,
                        size_t most)
{
    dki_cache *cache = dki_context_cache(context);
    struct dki_cached *cached = dki_alloc(context, sizeof *cached, NULL), *drop = cached;

    if (cached == NULL)
        return;
    *cached = (struct dki_cached){ .kind = kind, .owner = owner, .other = other, .object = object };
    dki_kept_retain(object);
    pthread_mutex_lock(&cache->lock);
    if (*find(cache, kind, owner, other) == NULL) {
        size_t n = 0;

        cached->next = cache->first;
        cache->first = cached;
        drop = NULL;
        for (struct dki_cached **at = &cache->first; *at && drop == NULL;) {
            n += (*at)->kind == kind && (*at)->owner == owner;
            if (n > most)
                drop = take_out(at);
            else
                at = &(*at)->next;
        }
    }
    pthread_mutex_unlock(&cache->lock);
    drop_list(context, drop);
}

void dki_cache_forget(dk_context *context, uint64_t owner)
{
    dki_cache *cache = dki_context_cache(context);
    struct dki_cached *drop = NULL;

    pthread_mutex_lock(&cache->lock);
    for (struct dki_cached **at = &cache->first; *at;) {
        if ((*at)->owner == owner || (*at)->other == owner) {
            struct dki_cached *cached = take_out(at);

            cached->next = drop;
            drop = cached;
        } else {
            at = &(*at)->next;
        }
    }
    pthread_mutex_unlock(&cache->lock);
    drop_list(context, drop);
}

bool dki_cache_forget_oldest(dk_context *context)
{
    dki_cache *cache = dki_context_cache(context);
    struct dki_cached *drop = NULL;
    bool any;

    pthread_mutex_lock(&cache->lock);
    for (struct dki_cached **at = &cache->first; *at && drop == NULL;) {
        if ((*at)->next == NULL)
            drop = take_out(at);
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&cache->lock);
    any = drop != NULL;
    drop_list(context, drop);
    return any;
}
