/* set.c - distinct rows, and tables as sets of rows.
 *
 * Two tables are appended, which reconciles their columns, and the rows of both indexed by all columns; the rest is
 * about numbers of rows.
 *
 * Cost: O(rows of both). Poll: once per block.
 */
#include <dekking/append.h>
#include <dekking/set.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/lineage.h"
#include "expr/poll_row.h"
#include "join_key.h"
#include "row_list.h"
#include "rows/sort_counted.h"

static void add_columns(const dk_column **columns, size_t *n, const dk_column *column)
{
    bool is_interval = dk_column_type(column) == DK_INTERVAL;

    for (size_t i = 0; is_interval && i < dk_column_n_children(column); i++)
        columns[(*n)++] = dk_column_child(column, i);
    if (!is_interval)
        columns[(*n)++] = column;
}

/* The columns of these names, or all; borrowed. Intervals are the same where their bounds and markers are, which stand for them.
 * The caller frees the list. */
static dk_status find_columns(const dk_table *table, const char *const *names, size_t n, const dk_column ***out,
                              size_t *n_out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t n_columns = n ? n : dk_table_n_columns(table), n_made = 0;
    const dk_column **columns = dki_alloc_array(context, n_columns * DK_MOST_CHILDREN, sizeof *columns, err);
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n_columns; i++) {
        size_t at = i;

        if (n > 0)
            status = dk_table_get(table, names[i], &at, err);
        if (status == DK_OK)
            add_columns(columns, &n_made, dk_table_field(table, at)->column);
    }
    *n_out = n_made;
    if (status == DK_OK)
        *out = columns;
    else
        dki_free(context, columns);
    return status;
}

/* An index of rows by some columns, or by all; NULL where these are none, and all rows are one. */
static dk_status index_rows(const dk_table *table, const char *const *names, size_t n, dki_key_index **out,
                            dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t n_columns;
    const dk_column **columns = NULL;
    dk_status status = find_columns(table, names, n, &columns, &n_columns, err);

    *out = NULL;
    if (status == DK_OK && n_columns > 0)
        status = dki_key_index_new(context, columns, n_columns, dk_table_n_rows(table), true, out, err);
    dki_free(context, columns);
    return status;
}

static uint64_t first_of(const dki_key_index *index, uint64_t row)
{
    if (index == NULL)
        return 0;
    return index->firsts ? index->firsts[row] : row;
}

/* The rows that are the last of their kind, in their order. */
static dk_status choose_last(const dki_key_index *index, uint64_t n_rows, uint64_t *rows, uint64_t *n,
                             dk_context *context, dk_error *err)
{
    uint64_t *seen = dki_calloc(context, dki_bit_words((size_t)n_rows) + 1, sizeof *seen, err);
    uint64_t at = n_rows;
    dk_status status = seen ? DK_OK : DK_ERR_MEMORY;

    DKI_FOR_ROWS(i, n_rows, context, status, err)
    {
        uint64_t row = n_rows - 1 - i, first = first_of(index, row);

        if (!dki_bit(seen, (size_t)first))
            rows[--at] = row; /* from behind; moved to the front below */
        dki_bit_set(seen, (size_t)first);
    }
    for (*n = 0; status == DK_OK && at < n_rows; at++)
        rows[(*n)++] = rows[at];
    dki_free(context, seen);
    return status;
}

/* Where the columns have few combinations of values. *out is NULL where they have not. */
static dk_status distinct_by_counts(const dk_table *table, const char *const *names, size_t n_names, dk_keep keep,
                                    const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t n_keys;
    const dk_column **columns = NULL;
    dki_order_key *keys = NULL;
    dki_sort_counted *counted = NULL;
    uint64_t *rows = NULL, n = 0;
    dk_status status = find_columns(table, names, n_names, &columns, &n_keys, err);

    *out = NULL;
    if (status == DK_OK) {
        keys = dki_calloc(context, n_keys, sizeof *keys, err);
        status = keys ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t k = 0; k < n_keys && status == DK_OK; k++)
        keys[k].column = columns[k];
    if (status == DK_OK)
        status = dki_sort_counted_new(context, keys, n_keys, 0, dk_table_n_rows(table), true, &counted, err);
    if (counted)
        status = dki_sort_counted_distinct(counted, keep == DK_KEEP_LAST, &rows, &n, err);
    if (counted && status == DK_OK)
        status = dk_table_gather(table, rows, n, out, err);
    dki_free(context, rows);
    dki_sort_counted_drop(counted);
    dki_free(context, keys);
    dki_free(context, columns);
    return status;
}

static uint64_t mask_first(const void *arg, uint64_t row, unsigned n)
{
    const dki_key_index *index = arg;
    uint64_t mask = 0;

    for (unsigned i = 0; i < n; i++)
        mask |= (uint64_t)(first_of(index, row + i) == row + i) << i;
    return mask;
}

static dk_status keep_distinct(const dk_table *table, const char *const *names, size_t n_names, dk_keep keep,
                               const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    uint64_t n_rows = dk_table_n_rows(table), n = 0, *rows = NULL;
    dki_key_index *index;
    const dk_table *made;
    dk_status status = distinct_by_counts(table, names, n_names, keep, &made, err);

    if (status == DK_OK && made)
        *out = made;
    if (status != DK_OK || made)
        return status;
    status = index_rows(table, names, n_names, &index, err);
    if (status == DK_OK && index && dki_key_index_is_unique(index)) {
        dki_key_index_release(index);
        *out = dk_table_retain(table);
        return DK_OK;
    }
    if (status == DK_OK && keep == DK_KEEP_LAST) {
        rows = dki_alloc_array(context, (size_t)n_rows, sizeof *rows, err);
        status = rows ? choose_last(index, n_rows, rows, &n, context, err) : DK_ERR_MEMORY;
    } else if (status == DK_OK) {
        status = dki_rows_choose(context, n_rows, mask_first, index, &rows, &n, err);
    }
    if (status == DK_OK)
        status = dk_table_gather(table, rows, n, out, err);
    dki_free(context, rows);
    dki_key_index_release(index);
    return status;
}

dk_status dk_table_distinct(const dk_table *table, const char *const *columns, size_t n_columns, dk_keep keep,
                            const dk_table **out, dk_error *err)
{
    const dk_table *made = NULL;
    char names[300];
    dk_status status = dki_refuse_margins("distinct", table, err);

    if (status == DK_OK)
        status = keep_distinct(table, columns, n_columns, keep, &made, err);
    if (status != DK_OK)
        return status;
    if (made != table) /* else each row is another */
        status =
            dki_table_add_step(made, table, err, "of rows with the same %s the %s",
                               n_columns ? dki_lineage_list(columns, n_columns, names, sizeof names) : "values",
                               keep == DK_KEEP_LAST ? "last" : "first");
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

/* Both tables one below the other. Keys are left out: a row of both would be there twice. */
static dk_status put_together(const dk_table *a, const dk_table *b, const dk_table **out, dk_error *err)
{
    const dk_table *tables[2] = { a, b }, *plain[2] = { NULL, NULL };
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < 2; i++) {
        dk_properties properties = *dk_table_properties(tables[i]);

        properties.key = NULL;
        properties.n_key = 0;
        status = dk_table_with_properties(tables[i], &properties, &plain[i], err);
    }
    if (status == DK_OK)
        status = dk_table_append(plain, 2, NULL, out, err);
    dk_table_release(plain[0]);
    dk_table_release(plain[1]);
    return status;
}

dk_status dk_table_union(const dk_table *a, const dk_table *b, bool all, const dk_table **out, dk_error *err)
{
    const dk_table *both = NULL, *made = NULL;
    dk_status status = put_together(a, b, &both, err);

    if (status == DK_OK && all)
        made = dk_table_retain(both);
    else if (status == DK_OK)
        status = keep_distinct(both, NULL, 0, DK_KEEP_FIRST, &made, err);
    dk_table_release(both);
    if (status == DK_OK)
        status = dki_table_add_others(made, a, &b, 1, DK_LINEAGE_APPEND, err, "rows of this table or %s%s",
                                      dki_lineage_name(b), all ? "" : ", each once");
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

/* Rows of a, the first n_a of both, that b has, or has not. */
struct siding {
    const dki_key_index *index;
    uint64_t n_a, *marks; /* bit r: the row whose first one is r is in b */
    bool in_b;
};

static dk_status mark_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct siding *siding = arg;
    uint32_t firsts[DK_BLOCK_ROWS];

    (void)worker;
    (void)err;
    for (uint64_t row = begin; row < end; row += DK_BLOCK_ROWS) {
        size_t n = end - row < DK_BLOCK_ROWS ? (size_t)(end - row) : DK_BLOCK_ROWS;

        for (size_t i = 0; i < n; i++)
            firsts[i] = (uint32_t)first_of(siding->index, siding->n_a + row + i);
        (void)dki_key_mark(siding->marks, firsts, n);
    }
    return DK_OK;
}

static uint64_t mask_side(const void *arg, uint64_t row, unsigned n)
{
    const struct siding *siding = arg;
    uint64_t mask = 0;

    for (unsigned i = 0; i < n; i++)
        mask |= (uint64_t)(first_of(siding->index, row + i) == row + i &&
                           dki_bit(siding->marks, (size_t)(row + i)) == siding->in_b)
                << i;
    return mask;
}

/* Rows of a that b has, or has not, each once. */
static dk_status choose_rows(const dk_table *both, uint64_t n_a, bool in_b, uint64_t **rows, uint64_t *n,
                             dk_error *err)
{
    dk_context *context = dk_table_context(both);
    uint64_t n_rows = dk_table_n_rows(both);
    struct siding siding = { .n_a = n_a, .in_b = in_b };
    dki_key_index *index = NULL;
    dk_status status = DK_ERR_MEMORY;

    siding.marks = dki_calloc(context, dki_bit_words((size_t)n_rows) + 1, sizeof *siding.marks, err);
    if (siding.marks)
        status = index_rows(both, NULL, 0, &index, err);
    siding.index = index;
    if (status == DK_OK)
        status = dki_parallel(context, n_rows - n_a, (uint64_t)DK_BLOCK_ROWS * 16, mark_range, &siding, err);
    if (status == DK_OK)
        status = dki_rows_choose(context, n_a, mask_side, &siding, rows, n, err);
    dki_free(context, siding.marks);
    dki_key_index_release(index);
    return status;
}

static dk_status choose_table(const dk_table *a, const dk_table *b, bool in_b, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(a);
    uint64_t n = 0, *rows = NULL;
    dk_properties properties;
    const dk_table *both = NULL, *chosen = NULL, *made = NULL;
    dk_status status = put_together(a, b, &both, err);

    if (status == DK_OK)
        status = choose_rows(both, dk_table_n_rows(a), in_b, &rows, &n, err);
    if (status == DK_OK)
        status = dk_table_gather(both, rows, n, &chosen, err);
    if (status == DK_OK) {
        properties = *dk_table_properties(chosen);
        properties.key = dk_table_properties(a)->key;
        properties.n_key = dk_table_properties(a)->n_key;
        status = dk_table_with_properties(chosen, &properties, &made, err);
    }
    if (status == DK_OK)
        status = dki_table_add_others(made, a, &b, 1, DK_LINEAGE_JOIN, err, "rows that %s has%s, each once",
                                      dki_lineage_name(b), in_b ? " too" : " not");
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dk_table_release(chosen);
    dk_table_release(both);
    dki_free(context, rows);
    return status;
}

dk_status dk_table_intersect(const dk_table *a, const dk_table *b, const dk_table **out, dk_error *err)
{
    return choose_table(a, b, true, out, err);
}

dk_status dk_table_except(const dk_table *a, const dk_table *b, const dk_table **out, dk_error *err)
{
    return choose_table(a, b, false, out, err);
}
