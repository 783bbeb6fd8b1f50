/* snapshot_attached.c - tables that the one of a snapshot keeps: those that are attached to it, and the one with the columns that it
 * lacks. Each is a directory within the directory. */
#include "snapshot_saved.h"

#include "base/memory.h"
#include "base/status.h"

void dki_saved_detach(dki_saved_table *reading)
{
    while (reading->n_attached > 0)
        dk_table_release(reading->attached[--reading->n_attached].table);
}

/* The table whose directory is what is left. */
static dk_status read_table(const dki_saved_table *reading, dki_cursor *cursor, const dk_table **out, dk_error *err)
{
    dki_saved_table inner;
    dk_status status;

    dki_saved_init(&inner, reading->store);
    inner.depth = reading->depth + 1;
    inner.is_first = true;
    inner.begin = reading->begin;
    inner.end = reading->end;
    status = dki_saved_parse(&inner, cursor->at, (size_t)(cursor->end - cursor->at), err);
    cursor->at = cursor->end;
    if (status == DK_OK)
        status = dki_saved_make(&inner, out, err);
    dki_saved_drop(&inner);
    return status;
}

dk_status dki_saved_attached(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
{
    uint64_t n = dki_get_u64(cursor);
    dk_attachment made = { 0 };
    const char **by;
    dk_status status;

    if (!reading->has_attached)
        dki_saved_detach(reading); /* those of the segment before */
    reading->has_attached = true;
    if (cursor->bad == NULL && (reading->depth == DKI_MOST_NESTED || reading->n_attached == DK_MOST_ATTACHED))
        cursor->bad = "has more tables attached than there can be";
    if (cursor->bad == NULL && (n == 0 || n > (size_t)(cursor->end - cursor->at) / 8))
        cursor->bad = "has a table attached by no columns";
    if (cursor->bad)
        return DK_OK;
    by = dki_arena_array(&reading->arena, (size_t)n, sizeof *by, err);
    status = by ? DK_OK : DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n && status == DK_OK; i++)
        status = dki_get_text(cursor, &reading->arena, &by[i], err);
    if (status != DK_OK || cursor->bad)
        return status;
    status = read_table(reading, cursor, &made.table, err);
    if (status != DK_OK)
        return status;
    made.by = by;
    made.n_by = (size_t)n;
    for (size_t i = 0; i < made.n_by; i++)
        if (by[i] == NULL || dk_table_find(made.table, by[i]) == DK_NO_COLUMN)
            cursor->bad = "has a table attached by a column that it lacks";
    status = dki_grow(reading->context, (void **)&reading->attached, &reading->attached_capacity,
                      reading->n_attached + 1, sizeof *reading->attached, err);
    if (status == DK_OK)
        reading->attached[reading->n_attached++] = made;
    else
        dk_table_release(made.table);
    return status;
}

dk_status dki_saved_kept(const dki_saved_table *reading, dki_cursor *cursor, const dk_table **out, dk_error *err)
{
    if (*out || reading->depth == DKI_MOST_NESTED) {
        cursor->bad = "has more tables that it was made of than there can be";
        return DK_OK;
    }
    return read_table(reading, cursor, out, err);
}
