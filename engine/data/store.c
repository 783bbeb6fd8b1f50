/* store.c - chunks of a file: reading them when they are needed, and giving up those that nobody holds.
 *
 * The file is never mapped. A mapping that reaches past the end of a file which somebody shortened ends the process by a
 * signal, and what was checked in a mapping can be changed after the check; a copy can do neither (docs/decisions.md).
 *
 * A chunk's state is one word, so that holding what is in memory takes no lock:
 *
 *   0           absent
 *   LOADING     one thread reads it; others wait
 *   LOADED | n  in memory, held n times; with KEPT it stays
 *
 * Invariants: only the owner of the lock leaves 0 and LOADING, and only from LOADED | 0 is a chunk given up; the lists hold
 * the LOADED chunks, oldest first; resident_bytes covers them and those being read.
 * Threads: any. Chunks are read side by side; the lock is not held meanwhile.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "checksum.h"

#define LOADED (1u << 31)
#define KEPT (1u << 30)
#define LOADING (1u << 29)

struct dki_stored {
    dki_chunk *chunk; /* it is part of the same memory */
    dki_store *store; /* retained */
    atomic_uint state;
    struct dki_stored *before, *after; /* in a list */
    size_t memory_bytes;               /* of all blocks */
    size_t room_bytes;                 /* of the memory that they are in */
    unsigned n_reads;                  /* up to STAY_READS; changes only outside the lists */
    dki_stored_form form;
};

struct list {
    struct dki_stored *oldest, *newest;
};

struct dki_store {
    atomic_size_t n_references;
    dk_context *context;
    char *path;
    const char *remedy; /* a name; NULL: the usual */
    int fd;
    size_t limit_bytes;
    pthread_mutex_t lock; /* guards all below, and names */
    pthread_cond_t loaded;
    dki_arena names;
    size_t resident_bytes;
    struct list passing, staying;
};

static size_t padded_bytes(size_t size)
{
    return (size + DKI_BLOCK_ALIGN - 1) / DKI_BLOCK_ALIGN * DKI_BLOCK_ALIGN;
}

/* The file ---------------------------------------------------------------------------------------------------------- */

static dk_status fail(dki_store *store, const char *verb, int reason, dk_error *err)
{
    dki_fail(err, DK_ERR_IO, "cannot %s it: %s", verb, strerror(reason));
    dki_at(err, store->path, 0, 0);
    return DK_ERR_IO;
}

static dk_status open_file(const char *path, int *fd, dk_error *err)
{
    struct stat about;
    dk_status status = DK_OK;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer does not block */
    if (*path == '\0') {
        status = dki_fail(err, DK_ERR_IO, "the name is empty");
    } else if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        status = dki_fail(err, DK_ERR_IO, "the file does not exist");
        dki_hint(err, "check the name, and the folder that the program was started in");
    } else if (*fd < 0 && (errno == EACCES || errno == EPERM)) {
        status = dki_fail(err, DK_ERR_IO, "no permission to read it");
    } else if (*fd < 0 || fstat(*fd, &about) != 0) {
        status = dki_fail(err, DK_ERR_IO, "cannot read it: %s", strerror(errno));
    } else if (S_ISDIR(about.st_mode)) {
        status = dki_fail(err, DK_ERR_IO, "is a directory, not a file");
    } else if (!S_ISREG(about.st_mode)) {
        status = dki_fail(err, DK_ERR_IO, "is no regular file, which a snapshot is");
    }
    if (status == DK_OK)
        return DK_OK;
    dki_at(err, path, 0, 0);
    if (*fd >= 0)
        close(*fd);
    return status;
}

static size_t quarter_of_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

    return pages > 0 && page > 0 ? (size_t)pages / 4 * (size_t)page : (size_t)256 << 20;
}

dk_status dki_store_open(dk_context *context, const char *path, size_t memory_bytes, dki_store **out, dk_error *err)
{
    dki_store *store = dki_calloc(context, 1, sizeof *store, err);
    dk_status status = store ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        store->path = dki_strdup(context, path, err);
        status = store->path ? open_file(path, &store->fd, err) : DK_ERR_MEMORY;
    }
    if (status != DK_OK) {
        if (store)
            dki_free(context, store->path);
        dki_free(context, store);
        return status;
    }
    atomic_init(&store->n_references, 1);
    store->context = dk_context_retain(context);
    store->limit_bytes = memory_bytes ? memory_bytes : quarter_of_memory();
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->loaded, NULL);
    dki_arena_init(&store->names, context);
    *out = store;
    return DK_OK;
}

void dki_store_release(dki_store *store)
{
    dk_context *context;

    if (store == NULL || atomic_fetch_sub_explicit(&store->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = store->context;
    close(store->fd);
    pthread_cond_destroy(&store->loaded);
    pthread_mutex_destroy(&store->lock);
    dki_arena_drop(&store->names);
    dki_free(context, store->path);
    dki_free(context, store);
    dk_context_release(context);
}

dk_context *dki_store_context(const dki_store *store)
{
    return store->context;
}

dk_status dki_store_set_remedy(dki_store *store, const char *remedy, dk_error *err)
{
    if (remedy == NULL)
        return DK_OK;
    store->remedy = dki_store_name(store, remedy, strlen(remedy), err);
    return store->remedy ? DK_OK : DK_ERR_MEMORY;
}

const char *dki_store_remedy(const dki_store *store)
{
    return store->remedy ? store->remedy : "take a copy of the file, or make it anew from its source";
}

const char *dki_store_path(const dki_store *store)
{
    return store->path;
}

const char *dki_store_name(dki_store *store, const char *bytes, size_t size, dk_error *err)
{
    const char *copy;

    pthread_mutex_lock(&store->lock);
    copy = dki_arena_text(&store->names, bytes, size, err);
    pthread_mutex_unlock(&store->lock);
    return copy;
}

dk_status dki_store_size(dki_store *store, uint64_t *size, dk_error *err)
{
    struct stat about;

    if (fstat(store->fd, &about) != 0)
        return fail(store, "read", errno, err);
    *size = about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return DK_OK;
}

dk_status dki_store_read(dki_store *store, uint64_t offset, void *out, size_t size, dk_error *err)
{
    size_t done = 0;

    while (done < size) {
        size_t piece = size - done < ((size_t)1 << 30) ? size - done : (size_t)1 << 30;
        ssize_t got = pread(store->fd, (char *)out + done, piece, (off_t)(offset + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(store, "read", errno, err);
        if (got == 0) {
            struct stat now;
            uint64_t end = fstat(store->fd, &now) == 0 ? (uint64_t)now.st_size : offset + done;

            dki_fail(err, DK_ERR_IO, "the file ends at byte %llu, and %zu bytes from %llu on should be there",
                     (unsigned long long)end, size, (unsigned long long)offset);
            dki_hint(err, "it became shorter while it was open: a snapshot is replaced or appended to, never "
                          "written over");
            dki_at(err, store->path, 0, 0);
            return DK_ERR_IO;
        }
        done += (size_t)got;
    }
    return DK_OK;
}

/* Reading a chunk --------------------------------------------------------------------------------------------------- */

static const char *const block_names[DKI_N_BLOCKS] = { "values", "known rows", "bytes", "ends of runs" };

static dk_status damaged(const struct dki_stored *stored, size_t which, const char *how, dk_error *err)
{
    const dki_stored_form *form = &stored->form;
    const dki_block *block = &form->blocks[which];

    dki_fail(err, DK_ERR_DATA, "%s, rows %llu to %llu: the %s (%llu bytes at %llu) %s", form->what,
             (unsigned long long)form->first_row + 1, (unsigned long long)(form->first_row + form->n_rows),
             block_names[which], (unsigned long long)block->stored_bytes, (unsigned long long)block->offset, how);
    dki_hint(err, "the file is damaged: %s", dki_store_remedy(stored->store));
    dki_at(err, stored->store->path, 0, 0);
    return DK_ERR_DATA;
}

/* Reads the bytes of a block as they are stored, and the zeros behind them, and checks both. */
static dk_status read_stored(struct dki_stored *stored, size_t which, char *out, dk_error *err)
{
    const dki_block *block = &stored->form.blocks[which];
    size_t size = (size_t)block->stored_bytes, padded = padded_bytes(size);
    dk_status status = dki_store_read(stored->store, block->offset, out, padded, err);

    if (status == DK_OK && dki_checksum(out, size) != block->hash)
        status = damaged(stored, which, "do not match their checksum", err);
    for (size_t i = size; status == DK_OK && i < padded; i++)
        if (out[i] != 0)
            status = damaged(stored, which, "are not followed by zeros", err);
    return status;
}

static dk_status read_block(struct dki_stored *stored, size_t which, char *out, dk_error *err)
{
    const dki_block *block = &stored->form.blocks[which];
    dk_context *context = stored->store->context;
    size_t size = (size_t)block->stored_bytes;
    char *packed;
    bool is_ok = false;
    dk_status status;

    if (!block->compressed)
        return read_stored(stored, which, out, err);
    packed = dki_alloc_wide(context, padded_bytes(size), err);
    if (packed == NULL)
        return DK_ERR_MEMORY;
    status = read_stored(stored, which, packed, err);
    if (status == DK_OK) {
        status = dki_zstd_expand(context, packed, size, out, (size_t)block->bytes, &is_ok, err);
        if (status == DK_ERR_IO)
            dki_at(err, stored->store->path, 0, 0);
        else if (status == DK_OK && !is_ok)
            status = damaged(stored, which, "are not what was compressed", err);
    }
    dki_free(context, packed);
    return status;
}

/* Points a chunk's values into memory that has room for all its blocks. */
static void lay_out(const dki_stored_form *form, char *memory, dki_chunk *chunk)
{
    char *places[DKI_N_BLOCKS];

    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        places[i] = form->blocks[i].bytes > 0 ? memory : NULL;
        memory += padded_bytes((size_t)form->blocks[i].bytes);
    }
    chunk->values = places[DKI_BLOCK_VALUES];
    chunk->valid = (uint64_t *)(void *)places[DKI_BLOCK_VALID];
    chunk->bytes = places[DKI_BLOCK_BYTES];
    chunk->ends = (uint32_t *)(void *)places[DKI_BLOCK_ENDS];
}

static dk_status load(struct dki_stored *stored, char *memory, dk_error *err)
{
    const dki_stored_form *form = &stored->form;
    dki_chunk read = {
        .storage = form->storage,
        .constant = form->constant,
        .packed = form->packed,
        .n_runs = (uint32_t)dki_form_n_runs(form),
        .n_rows = form->n_rows,
        .facts = form->facts,
    };
    const char *wrong;
    dk_status status = DK_OK;

    lay_out(form, memory, &read);
    for (size_t i = 0; i < DKI_N_BLOCKS && status == DK_OK; i++) {
        if (form->blocks[i].bytes > 0)
            status = read_block(stored, i, memory, err);
        memory += padded_bytes((size_t)form->blocks[i].bytes);
    }
    wrong = status == DK_OK ? dki_chunk_check(&read, form) : NULL;
    return wrong ? damaged(stored, DKI_BLOCK_VALUES, wrong, err) : status;
}

/* Residents --------------------------------------------------------------------------------------------------------- */

/* A chunk passes through memory the first times that it is read: the next one that is read takes its place, in the same
 * memory. One that was read STAY_READS times stays, until room is needed. Memory that is new to the process costs several
 * times what reading a chunk into it does, so that a column which is looked at once is best read through a small window,
 * and one that is looked at often is soon worth its memory. */
#define STAY_READS 4

static struct list *list_of(struct dki_stored *stored)
{
    return stored->n_reads < STAY_READS ? &stored->store->passing : &stored->store->staying;
}

static void add_resident(struct dki_stored *stored)
{
    struct list *list = list_of(stored);

    stored->before = list->newest;
    *(list->newest ? &list->newest->after : &list->oldest) = stored;
    list->newest = stored;
}

/* Takes a chunk out of its list, and its memory from it. */
static char *remove_resident(struct dki_stored *stored)
{
    struct list *list = list_of(stored);
    char *memory = stored->chunk->values;

    *(stored->before ? &stored->before->after : &list->oldest) = stored->after;
    *(stored->after ? &stored->after->before : &list->newest) = stored->before;
    stored->before = stored->after = NULL;
    stored->store->resident_bytes -= stored->room_bytes;
    stored->chunk->values = NULL;
    stored->chunk->valid = NULL;
    stored->chunk->bytes = NULL;
    stored->chunk->ends = NULL;
    return memory;
}

static bool is_idle(struct dki_stored *stored)
{
    unsigned idle = LOADED;

    return atomic_compare_exchange_strong(&stored->state, &idle, 0);
}

/* Gives up chunks that nobody holds until the others take at most so many bytes. The lock is held. */
static void shrink(dki_store *store, size_t bytes)
{
    struct list *const lists[] = { &store->passing, &store->staying };

    for (size_t i = 0; i < 2; i++)
        for (struct dki_stored *at = lists[i]->oldest, *next; at && store->resident_bytes > bytes; at = next) {
            next = at->after;
            if (is_idle(at))
                dki_free(store->context, remove_resident(at));
        }
}

static size_t limit_now(const dki_store *store)
{
    size_t budget = dk_context_budget(store->context);

    return budget > 0 && budget / 4 < store->limit_bytes ? budget / 4 : store->limit_bytes;
}

/* Memory for a chunk: that of one which passed through, or new. The lock is held. */
static char *take_memory(struct dki_stored *stored, dk_error *err)
{
    dki_store *store = stored->store;
    size_t bytes = stored->memory_bytes, limit = limit_now(store);
    char *memory = NULL;

    for (struct dki_stored *at = store->passing.newest; at && memory == NULL; at = at->before)
        if (at->room_bytes >= bytes && at->room_bytes / 2 <= bytes && is_idle(at)) {
            stored->room_bytes = at->room_bytes;
            memory = remove_resident(at);
            break;
        }
    if (memory == NULL) {
        shrink(store, limit > bytes ? limit - bytes : 0);
        stored->room_bytes = bytes;
        memory = dki_alloc_wide(store->context, bytes, err);
    }
    if (memory == NULL) { /* others may hold the rest of the budget: what is idle here goes */
        size_t before = store->resident_bytes;

        shrink(store, 0);
        if (store->resident_bytes < before)
            memory = dki_alloc_wide(store->context, bytes, err);
    }
    if (memory)
        store->resident_bytes += stored->room_bytes;
    return memory;
}

/* Reads an absent chunk. The lock is held, and given away meanwhile. */
static dk_status bring(struct dki_stored *stored, dk_error *err)
{
    dki_store *store = stored->store;
    char *memory;
    dk_status status = DK_ERR_MEMORY;

    atomic_store(&stored->state, LOADING);
    memory = take_memory(stored, err);
    if (memory) {
        pthread_mutex_unlock(&store->lock);
        status = load(stored, memory, err);
        pthread_mutex_lock(&store->lock);
    }
    if (status == DK_OK) {
        lay_out(&stored->form, memory, stored->chunk);
        stored->n_reads += stored->n_reads < STAY_READS;
        add_resident(stored);
        atomic_store_explicit(&stored->state, LOADED | 1, memory_order_release);
    } else {
        if (memory)
            store->resident_bytes -= stored->room_bytes;
        dki_free(store->context, memory);
        atomic_store(&stored->state, 0);
    }
    pthread_cond_broadcast(&store->loaded);
    return status;
}

/* One more hold, if the chunk is in memory. */
static bool hold_loaded(struct dki_stored *stored)
{
    unsigned state = atomic_load_explicit(&stored->state, memory_order_acquire);

    while (state & LOADED)
        if (atomic_compare_exchange_weak_explicit(&stored->state, &state, state + 1, memory_order_acquire,
                                                  memory_order_acquire))
            return true;
    return false;
}

dk_status dki_stored_hold(struct dki_stored *stored, dk_error *err)
{
    dki_store *store = stored->store;
    dk_status status = DK_OK;

    if (hold_loaded(stored))
        return DK_OK;
    pthread_mutex_lock(&store->lock);
    while (!hold_loaded(stored)) {
        if (atomic_load(&stored->state) == LOADING) {
            pthread_cond_wait(&store->loaded, &store->lock);
        } else {
            status = bring(stored, err);
            break;
        }
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

void dki_stored_let(struct dki_stored *stored)
{
    atomic_fetch_sub_explicit(&stored->state, 1, memory_order_release);
}

dk_status dki_stored_keep(struct dki_stored *stored, dk_error *err)
{
    dk_status status = dki_stored_hold(stored, err);

    if (status != DK_OK)
        return status;
    atomic_fetch_or(&stored->state, KEPT);
    dki_stored_let(stored);
    return DK_OK;
}

void dki_stored_drop(struct dki_stored *stored)
{
    dki_store *store = stored->store;

    pthread_mutex_lock(&store->lock);
    if (atomic_load(&stored->state) & LOADED)
        dki_free(store->context, remove_resident(stored));
    pthread_mutex_unlock(&store->lock);
    dki_store_release(store);
}

dk_status dki_store_chunk(dki_store *store, const dki_stored_form *form, dki_chunk **out, dk_error *err)
{
    struct {
        dki_chunk chunk;
        struct dki_stored stored;
    } *both = dki_calloc(store->context, 1, sizeof *both, err);

    if (both == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&both->chunk.n_references, 1);
    both->chunk.context = dk_context_retain(store->context);
    both->chunk.storage = form->storage;
    both->chunk.constant = form->constant;
    both->chunk.packed = form->packed;
    both->chunk.n_runs = (uint32_t)dki_form_n_runs(form);
    both->chunk.n_rows = form->n_rows;
    both->chunk.facts = form->facts;
    both->chunk.heap_bytes = sizeof both->chunk;
    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        both->chunk.heap_bytes += (size_t)form->blocks[i].bytes;
        both->stored.memory_bytes += padded_bytes((size_t)form->blocks[i].bytes);
    }
    both->chunk.stored = &both->stored;
    both->stored.chunk = &both->chunk;
    both->stored.store = store;
    atomic_fetch_add_explicit(&store->n_references, 1, memory_order_relaxed);
    atomic_init(&both->stored.state, 0);
    both->stored.form = *form;
    *out = &both->chunk;
    return DK_OK;
}
