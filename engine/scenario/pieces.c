/* pieces.c - puts the pieces that a step split cells into below each other again.
 *
 * What was set may have brought new values: the levels of all pieces become those of each.
 */
#include "pieces.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "scenario_parts.h"

/* A category over other levels, among which its own are. */
static dk_status with_levels(const dk_column *column, const dk_dictionary *levels, const dk_column **out,
                             dk_error *err)
{
    dk_context *context = dk_column_context(column);
    const dk_dictionary *own = dk_column_levels(column);
    size_t n = dk_dictionary_n_levels(own);
    uint32_t *codes = dki_calloc(context, n + 1, sizeof *codes, err);
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 1; i <= n && status == DK_OK; i++)
        codes[i] = dk_dictionary_find(levels, dk_dictionary_level(own, (uint32_t)i));
    if (status == DK_OK)
        status = dki_column_map_codes(column, codes, levels, out, err);
    dki_free(context, codes);
    return status;
}

/* The levels of the first column, which all others have too, and what these have beside them. */
static dk_status join_levels(const dk_column *const *columns, size_t n, const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *first = dk_column_levels(columns[0]), *all = dk_dictionary_retain(first);
    dk_status status = DK_OK;

    for (size_t i = 1; i < n && status == DK_OK; i++) {
        const dk_dictionary *levels = dk_column_levels(columns[i]), *joined = NULL;

        if (levels == first)
            continue;
        if (all == first)
            joined = dk_dictionary_retain(levels);
        else
            status = dki_levels_join(dk_column_context(columns[0]), all, levels, &joined, err);
        if (status == DK_OK) {
            dk_dictionary_release(all);
            all = joined;
        }
    }
    if (status == DK_OK)
        *out = all;
    else
        dk_dictionary_release(all);
    return status;
}

dk_status dki_columns_join(const dk_column **columns, size_t n, const dk_column **out, dk_error *err)
{
    const dk_dictionary *levels = NULL;
    dk_status status = dk_column_levels(columns[0]) ? join_levels(columns, n, &levels, err) : DK_OK;

    for (size_t i = 0; i < n && levels && status == DK_OK; i++) {
        const dk_column *mapped = NULL;

        if (dk_column_levels(columns[i]) == levels)
            continue;
        status = with_levels(columns[i], levels, &mapped, err);
        if (status == DK_OK) {
            dk_column_release(columns[i]);
            columns[i] = mapped;
        }
    }
    if (status == DK_OK)
        status = dki_column_concat(dk_column_context(columns[0]), dk_column_type(columns[0]),
                                   dk_column_scale(columns[0]), levels, columns, n, out, err);
    dk_dictionary_release(levels);
    return status;
}

/* Column c of all pieces. */
static dk_status join_column(const dki_piece *pieces, size_t n, size_t c, bool is_weight, const dk_column **columns,
                             const dk_column **out, dk_error *err)
{
    dk_status status;

    for (size_t i = 0; i < n; i++)
        columns[i] = dk_column_retain(is_weight ? pieces[i].weights : dk_table_field(pieces[i].cells, c)->column);
    status = dki_columns_join(columns, n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(columns[i]);
    return status;
}

dk_status dki_pieces_join(const dk_table *cells, const dki_piece *pieces, size_t n, const dk_table **out,
                          dk_error *err)
{
    const dk_table *joined = NULL;
    dk_context *context = dk_table_context(cells);
    size_t n_columns = dk_table_n_columns(cells), weight = dki_cells_weight(cells), made = 0;
    dk_field *fields = dki_calloc(context, n_columns, sizeof *fields, err);
    const dk_column **columns = dki_calloc(context, n, sizeof *columns, err);
    dk_properties properties = *dk_table_properties(cells);
    uint64_t n_rows = 0;
    dk_status status = fields && columns ? DK_OK : DK_ERR_MEMORY;

    properties.key = NULL; /* who stays and who moves have the same one */
    properties.n_key = 0;
    for (size_t i = 0; i < n; i++)
        n_rows += dk_table_n_rows(pieces[i].cells);
    for (; made < n_columns && status == DK_OK; made++) {
        fields[made] = DK_FIELD(dk_table_field(cells, made)->name, NULL);
        status = join_column(pieces, n, made, made == weight, columns, &fields[made].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, n_columns, n_rows, &joined, err);
    if (status == DK_OK)
        status = dk_table_with_properties(joined, &properties, out, err);
    dk_table_release(joined);
    for (size_t i = 0; fields && i < made; i++)
        dk_column_release(fields[i].column);
    dki_free(context, columns);
    dki_free(context, fields);
    return status;
}
