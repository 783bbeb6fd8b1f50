/* cache_parts.h - where a context has its cache. For engine/base alone. */
#ifndef DKI_BASE_CACHE_PARTS_H
#define DKI_BASE_CACHE_PARTS_H

#include <pthread.h>

#include <dekking/context.h>

typedef struct dki_cache {
    pthread_mutex_t lock;
    struct dki_cached *first;
} dki_cache;

dki_cache *dki_context_cache(dk_context *context);

#endif
