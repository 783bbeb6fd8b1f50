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

/* Rows that become one chunk: of any number where they have one code. */
struct piece {
    uint64_t first, n_rows;
    bool constant;
};

struct mapping {
    const dk_column *column;
    const uint32_t *codes; /* of each code, the new one ... */
    const void *table;     /* ... in the width that is written */
    unsigned width;
    struct piece *pieces;
    size_t n_pieces;
    dki_made_chunk *made;
};

/* Adds rows that come to several chunks, from first on. */
static void cut_rows(struct mapping *mapping, uint64_t first, uint64_t end)
{
    while (first < end) {
        uint64_t n = end - first < DKI_CHUNK_ROWS ? end - first : DKI_CHUNK_ROWS;

        mapping->pieces[mapping->n_pieces++] = (struct piece){ first, n, false };
        first += n;
    }
}

static dk_status cut(struct mapping *mapping, dk_error *err)
{
    const dk_column *column = mapping->column;
    size_t most = (size_t)(column->n_rows / DKI_CHUNK_ROWS) + 2 * column->n_parts + 1;
    uint64_t first = 0;

    mapping->pieces = dki_alloc_array(column->context, most, sizeof *mapping->pieces, err);
    if (mapping->pieces == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < column->n_parts; i++) {
        const dki_part *part = &column->parts[i];

        if (!part->chunk->constant || part->n_rows < DK_BLOCK_ROWS)
            continue;
        cut_rows(mapping, first, part->start);
        mapping->pieces[mapping->n_pieces++] = (struct piece){ part->start, part->n_rows, true };
        first = part->start + part->n_rows;
    }
    cut_rows(mapping, first, column->n_rows);
    return DK_OK;
}

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

static dk_status map_constant(const struct mapping *mapping, const struct piece *piece, dki_made_chunk *made,
                              dk_view *view, dk_error *err)
{
    uint32_t code;
    dk_status status = dk_column_view(mapping->column, piece->first, 1, view, err);

    if (status != DK_OK)
        return status;
    dki_view_codes(view, &code);
    code = mapping->codes[code];
    made->constant = true;
    made->n_nulls = code == 0 ? piece->n_rows : 0;
    made->values = dki_alloc_wide(mapping->column->context, sizeof code, err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    switch (mapping->width) {
    case 0: *(uint8_t *)made->values = (uint8_t)code; break;
    case 1: *(uint16_t *)made->values = (uint16_t)code; break;
    default: *(uint32_t *)made->values = code; break;
    }
    return DK_OK;
}

static dk_status map_rows(const struct mapping *mapping, const struct piece *piece, dki_made_chunk *made,
                          dk_view *view, dk_error *err)
{
    size_t n_rows = (size_t)piece->n_rows;
    size_t bytes = (n_rows + DK_BLOCK_ROWS) << mapping->width;
    dk_status status = DK_OK;

    made->values = dki_alloc_wide(mapping->column->context, bytes, err);
    if (made->values == NULL)
        return DK_ERR_MEMORY;
    for (size_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? n_rows - row : DK_BLOCK_ROWS;
        void *out = (char *)made->values + (row << mapping->width);

        status = dk_column_view(mapping->column, piece->first + row, n, view, err);
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

static dk_status map_pieces(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    static const dk_storage storages[] = { DK_STORE_U8, DK_STORE_U16, DK_STORE_U32 };
    const struct mapping *mapping = arg;
    dk_status status = DK_OK;
    dk_view view;

    (void)worker;
    dk_view_init(&view, mapping->column->context);
    for (uint64_t i = begin; i < end && status == DK_OK; i++) {
        const struct piece *piece = &mapping->pieces[i];
        dki_made_chunk *made = &mapping->made[i];

        made->storage = storages[mapping->width];
        made->n_rows = piece->n_rows;
        status = piece->constant ? map_constant(mapping, piece, made, &view, err)
                                 : map_rows(mapping, piece, made, &view, err);
    }
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
    struct mapping mapping = { .column = column,
                               .codes = codes,
                               .width = dki_width_for(dk_dictionary_n_levels(levels) + 1) };
    void *table = narrow_table(context, codes, n_codes, mapping.width, err);
    dk_status status = table ? cut(&mapping, err) : DK_ERR_MEMORY;

    mapping.table = table;
    mapping.made = status == DK_OK ? dki_calloc(context, mapping.n_pieces + 1, sizeof *mapping.made, err) : NULL;
    status = mapping.made ? dki_parallel(context, mapping.n_pieces, 1, map_pieces, &mapping, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_column_of_made(context, DK_CATEGORY, 0, levels, mapping.made, mapping.n_pieces, out, err);
    else
        for (size_t i = 0; mapping.made && i < mapping.n_pieces; i++)
            dki_made_drop(context, &mapping.made[i]);
    dki_free(context, mapping.made);
    dki_free(context, mapping.pieces);
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

dk_status dki_column_mark_codes(const dk_column *column, bool *occurs, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, column->context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        dki_view_codes(&view, codes);
        for (size_t i = 0; i < view.n; i++)
            occurs[codes[i]] = true;
    }
    dk_view_release(&view);
    return status;
}
