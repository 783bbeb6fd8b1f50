/* cache.h - what was computed once and may be wanted again, kept as long as there is room for it.
 *
 * An object is kept under a kind and the numbers of one or two owners (columns). It goes when an owner goes, and before
 * an allocation is refused because of the budget: the one that was longest not asked for first. Whoever found an object
 * holds it until he lets it go, whatever the cache does meanwhile.
 *
 * Threads: all functions may be called from any thread.
 */
#ifndef DKI_BASE_CACHE_H
#define DKI_BASE_CACHE_H

#include <stdatomic.h>

#include <dekking/context.h>

/* The first member of every object that is kept. */
typedef struct dki_kept {
    atomic_size_t n_references;
    void (*drop)(struct dki_kept *kept); /* frees the object */
} dki_kept;

static inline void dki_kept_init(dki_kept *kept, void (*drop)(dki_kept *kept))
{
    atomic_init(&kept->n_references, 1);
    kept->drop = drop;
}
static inline void dki_kept_retain(dki_kept *kept)
{
    atomic_fetch_add_explicit(&kept->n_references, 1, memory_order_relaxed);
}
void dki_kept_release(dki_kept *kept); /* NULL does nothing */

/* A number that no other owner has. */
uint64_t dki_cache_owner(void);

/* The object, retained; or NULL. kind is an address that stands for a kind of object. */
dki_kept *dki_cache_find(dk_context *context, const void *kind, uint64_t owner, uint64_t other);
/* Keeps the object, which is retained, unless there is no memory for that or one of that name is kept already. An owner
 * that has more than a few of one kind loses the oldest. */
void dki_cache_add(dk_context *context, const void *kind, uint64_t owner, uint64_t other, dki_kept *object);
/* The same where an owner may have `most` of one kind. */
void dki_cache_add_many(dk_context *context, const void *kind, uint64_t owner, uint64_t other, dki_kept *object,
                        size_t most);
/* Of what is kept of a kind for an owner the object that costs least, retained; NULL where none will do. */
#define DKI_WILL_NOT_DO UINT64_MAX
typedef uint64_t dki_cost_fn(const void *arg, const dki_kept *object); /* allocates nothing: the cache is locked */
dki_kept *dki_cache_choose(dk_context *context, const void *kind, uint64_t owner, dki_cost_fn *cost,
                           const void *arg);
/* Forgets what is kept for an owner. */
void dki_cache_forget(dk_context *context, uint64_t owner);
/* Forgets the object that was longest not asked for; false where there is none. */
bool dki_cache_forget_oldest(dk_context *context);

#endif
