/* column_codes.c - texts as categories, and categories whose codes are told by another's: levels of a hierarchy, merged
 * levels.
 *
 * One chunk of rows at a time, by all threads, with the loops of codes.h: what it costs is memory.
 */
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "chunk.h"
#include "codes.h"
#include "column_parts.h"

struct mapping {
    const dk_column *column;
    const void *table; /* of each code, the new one in the width that is written */
    unsigned width;
    dki_made_chunk *made;
};

static size_t zeros(unsigned width, const void *codes, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += width == 0   ? ((const uint8_t *)codes)[i] == 0
                 : width == 1 ? ((const uint16_t *)codes)[i] == 0
                              : ((const uint32_t *)codes)[i] == 0;
    return found;
}

static unsigned width_of(dk_storage storage)
{
    return storage == DK_STORE_U8 ? 0 : storage == DK_STORE_U16 ? 1 : 2;
}

static dk_status map_chunk(const struct mapping *mapping, uint64_t first, dki_made_chunk *made, dk_view *view,
                           dk_error *err)
{
    static const dk_storage storages[] = { DK_STORE_U8, DK_STORE_U16, DK_STORE_U32 };
    uint64_t left = mapping->column->n_rows - first;
    size_t n_rows = left < DKI_CHUNK_ROWS ? (size_t)left : DKI_CHUNK_ROWS;
    size_t bytes = (n_rows + DK_BLOCK_ROWS) << mapping->width;
    dk_status status = DK_OK;

    made->storage = storages[mapping->width];
    made->n_rows = n_rows;
    made->values = dki_alloc_wide(mapping->column->context, bytes, err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    for (size_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? n_rows - row : DK_BLOCK_ROWS;
        void *out = (char *)made->values + (row << mapping->width);

        status = dk_column_view(mapping->column, first + row, n, view, err);
        if (status != DK_OK)
            break;
        if (view->constant) {
            uint32_t codes[DK_BLOCK_ROWS];

            dki_view_codes(view, codes);
            dki_codes_map(mapping->width, out, mapping->table, 2, codes, n);
        } else {
            dki_codes_map(mapping->width, out, mapping->table, width_of(view->storage), view->values, n);
        }
        made->n_nulls += zeros(mapping->width, out, n);
    }
    return status;
}

static dk_status map_chunks(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct mapping *mapping = arg;
    dk_status status = DK_OK;
    dk_view view;

    (void)worker;
    dk_view_init(&view, mapping->column->context);
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = map_chunk(mapping, i * DKI_CHUNK_ROWS, &mapping->made[i], &view, err);
    dk_view_release(&view);
    return status;
}

/* The table in the width of what is written. */
static void *narrow_table(dk_context *context, const uint32_t *codes, size_t n, unsigned width, dk_error *err)
{
    void *table = dki_alloc_wide(context, (n << width) + 64, err);

    if (table)
        dki_codes_copy(width, table, 2, codes, n);
    return table;
}

dk_status dki_column_map_codes(const dk_column *column, const uint32_t *codes, const dk_dictionary *levels,
                               const dk_column **out, dk_error *err)
{
    dk_context *context = column->context;
    size_t n_codes = dk_dictionary_n_levels(column->levels) + 1;
    uint64_t n = (column->n_rows + DKI_CHUNK_ROWS - 1) / DKI_CHUNK_ROWS;
    struct mapping mapping = { .column = column, .width = dki_width_for(dk_dictionary_n_levels(levels) + 1) };
    void *table = narrow_table(context, codes, n_codes, mapping.width, err);
    dk_status status;

    mapping.made = table ? dki_calloc(context, (size_t)n + 1, sizeof *mapping.made, err) : NULL;
    if (mapping.made == NULL) {
        dki_free(context, table);
        return DK_ERR_MEMORY;
    }
    mapping.table = table;
    status = dki_parallel(context, n, 1, map_chunks, &mapping, err);
    if (status == DK_OK) {
        status = dki_column_of_made(context, DK_CATEGORY, 0, levels, mapping.made, (size_t)n, out, err);
    } else {
        for (uint64_t i = 0; i < n; i++)
            dki_made_drop(context, &mapping.made[i]);
    }
    dki_free(context, mapping.made);
    dki_free(context, table);
    return status;
}

dk_status dki_column_categorise(const dk_column *column, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_view view;
    dk_status status;

    if (column->type == DK_CATEGORY) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    if (column->type != DK_TEXT)
        return DK_ERR_TYPE;
    status = dk_builder_new(column->context, DK_CATEGORY, 0, NULL, &builder, err);
    dk_view_init(&view, column->context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n)
        status = dk_builder_view(builder, &view, err);
    dk_view_release(&view);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
