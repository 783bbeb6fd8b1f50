/* snapshot.c - opening a snapshot, and looking at all of it. */
#include <dekking/snapshot.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/children.h"
#include "data/chunk.h"
#include "data/column_parts.h"
#include "data/table_parts.h"
#include "snapshot_parts.h"

struct visit {
    const dk_column *const *columns;
    const uint64_t *first; /* number of the first part of each column among all parts */
    size_t n;
};

/* Brings every chunk into memory, which checks it. */
static dk_status visit_parts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct visit *visit = arg;
    size_t at = 0;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++) {
        const dki_chunk *chunk;

        while (i >= visit->first[at + 1])
            at++;
        chunk = visit->columns[at]->parts[i - visit->first[at]].chunk;
        status = dki_chunk_hold(chunk, err);
        if (status == DK_OK)
            dki_chunk_let(chunk);
    }
    return status;
}

/* All columns of the table, of what these are made, and of the tables that it keeps. */
static dk_status check_values(const dk_table *table, dk_error *err)
{
    dki_flat *flat = NULL;
    size_t n = 0;
    dk_status status = dki_table_flatten(table, &flat, &n, err);
    const dk_column **columns = flat ? dki_alloc_array(table->context, n, sizeof *columns, err) : NULL;
    uint64_t *first = columns ? dki_alloc_array(table->context, n + 1, sizeof *first, err) : NULL;

    if (status == DK_OK && first == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK) {
        struct visit visit = { columns, first, n };

        first[0] = 0;
        for (size_t i = 0; i < n; i++) {
            columns[i] = flat[i].column;
            first[i + 1] = first[i] + columns[i]->n_parts;
        }
        status = dki_parallel(table->context, first[n], 1, visit_parts, &visit, err);
    }
    dki_free(table->context, first);
    dki_free(table->context, columns);
    dki_free(table->context, flat);
    for (size_t i = 0; i < table->properties.n_attached && status == DK_OK; i++)
        status = check_values(table->properties.attached[i].table, err);
    if (status == DK_OK && table->properties.whole)
        status = check_values(table->properties.whole, err);
    if (status == DK_OK && table->properties.behind)
        status = check_values(table->properties.behind, err);
    return status;
}

dk_status dk_snapshot_open(dk_context *context, const char *path, const dk_snapshot_open_options *options,
                           const dk_table **out, dk_error *err)
{
    bool check = options && options->check;
    dki_store *store;
    dki_snapshot_state state;
    const dk_table *table = NULL;
    dk_status status = dki_store_open(context, path, options ? options->memory_bytes : 0, &store, err);

    if (status != DK_OK)
        return status;
    status = dki_store_set_remedy(store, options ? options->remedy : NULL, err);
    if (status == DK_OK)
        status = dki_snapshot_find(store, check, &state, err);
    if (status == DK_OK)
        status = dki_snapshot_read(store, &state, &table, err);
    if (status == DK_OK && check)
        status = check_values(table, err);
    dki_store_release(store);
    if (status != DK_OK) {
        dk_table_release(table);
        return status;
    }
    *out = table;
    return DK_OK;
}
