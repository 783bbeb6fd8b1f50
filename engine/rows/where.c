/* where.c - rows that a condition holds for, and columns that expressions make.
 *
 * Ranges of rows go to workers, each with a bit for each row of its own; the rows of the bits that are set are the result, in
 * their order. Cost: a bit for each row of the table, eight bytes for each row found. Poll: once per block.
 */
#include <dekking/expr.h>

#include <stdatomic.h>
#include <stdio.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "bound_notes.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/eval.h"
#include "expr/mentioned.h"
#include "new_column.h"

static dk_status bind(const dk_table *table, const dk_expr *expr, const dk_params *params, dki_bound **out,
                      dk_error *err)
{
    dki_scope scope = { .table = table, .params = params };

    return dki_bind(&scope, expr, dki_expr_root(expr), out, err);
}

dk_status dk_table_eval(const dk_table *table, const dk_expr *expr, const dk_params *params, const dk_column **out,
                        dk_error *err)
{
    dki_bound *bound;
    dk_status status = bind(table, expr, params, &bound, err);

    if (status != DK_OK)
        return status;
    status = dki_bound_column_new(bound, out, err);
    dki_bound_release(bound);
    return status;
}

/* Rows that a condition holds for ----------------------------------------------------------------------------------- */

#define RANGE_BLOCKS 16

struct search {
    const dki_bound *bound;
    dk_context *context;
    const dk_column *margin; /* NULL where the condition asks for no dimension that rows are totals over */
    uint64_t dimensions;     /* bits of those that it asks for */
    uint64_t *truth;         /* a bit for each row; a range has words of its own */
    atomic_uint_fast64_t n_null;
    dki_evals *evals;
};

/* The bits of the dimensions that the condition names. */
struct named {
    const dk_table *table;
    uint64_t bits;
};

static bool name_dimension(void *arg, const dki_node *node)
{
    struct named *named = arg;
    size_t at = node->kind == DKI_NODE_NAME ? dk_table_find(named->table, node->text) : DK_NO_COLUMN;
    int bit = at == DK_NO_COLUMN ? -1 : dk_table_field(named->table, at)->margin_bit;

    if (bit >= 0)
        named->bits |= UINT64_C(1) << bit;
    return true;
}

/* A total has no value in its dimension: what is asked of that is null, but not for want of knowing. */
static dk_status count_totals(const struct search *search, dki_eval *eval, uint64_t row, size_t n,
                              uint64_t *n_totals, dk_error *err)
{
    const dk_view *view;
    dk_status status = search->margin ? dki_eval_block(eval, row, n, NULL, &view, err) : DK_OK;

    *n_totals = 0;
    for (size_t i = 0; search->margin && i < n && status == DK_OK; i++) {
        dk_value totalled = { .as.integer = 0 };

        if (!dki_view_is_null(view, i))
            continue;
        status = dk_column_get(search->margin, row + i, &totalled, err);
        *n_totals += ((uint64_t)totalled.as.integer & search->dimensions) != 0;
    }
    return status;
}

static dk_status search_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct search *search = arg;
    size_t block = dki_block_rows(search->context);
    uint64_t truth[DK_BLOCK_WORDS], n_null = 0;
    dki_eval *eval;
    dk_status status = dki_evals_get(search->evals, search->bound, worker, &eval, err);

    for (uint64_t row = begin; row < end && status == DK_OK; row += block) {
        size_t n = end - row < block ? (size_t)(end - row) : block;
        uint64_t n_block_null = 0, n_totals = 0;

        status = dki_poll(search->context, err);
        if (status == DK_OK)
            status = dki_eval_truth(eval, row, n, NULL, truth, &n_block_null, err);
        if (status == DK_OK)
            status = count_totals(search, eval, row, n, &n_totals, err);
        if (status == DK_OK)
            dki_bits_paste(search->truth, row, truth, n);
        n_null += n_block_null - n_totals;
    }
    atomic_fetch_add(&search->n_null, n_null);
    return status;
}

static void list_rows(const uint64_t *truth, uint64_t n_words, uint64_t *rows)
{
    size_t n = 0;

    for (uint64_t w = 0; w < n_words; w++)
        for (uint64_t bits = truth[w]; bits; bits &= bits - 1)
            rows[n++] = w * 64 + (unsigned)__builtin_ctzll(bits);
}

/* *rows is the caller's, to be freed. */
static dk_status find_rows(const dk_table *table, const dk_expr *expr, const dki_bound *bound, uint64_t **rows,
                           uint64_t *n, uint64_t *n_null, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(table), n_words = dki_bit_words(n_rows);
    dki_evals evals;
    struct search search = { .bound = bound, .context = dk_table_context(table), .evals = &evals };
    struct named named = { table, 0 };
    uint64_t grain = dki_bit_words(dki_block_rows(search.context) * RANGE_BLOCKS) * 64;
    dk_status status;

    dki_node_visit(dki_expr_root(expr), name_dimension, &named);
    search.margin = named.bits ? dk_table_margin(table) : NULL;
    search.dimensions = named.bits;
    atomic_init(&search.n_null, 0);
    search.truth = dki_calloc(search.context, n_words, sizeof *search.truth, err);
    if (search.truth == NULL)
        return DK_ERR_MEMORY;
    dki_evals_init(&evals, n_rows, grain);
    status = dki_parallel(search.context, n_rows, grain, search_range, &search, err);
    if (status == DK_OK) {
        *n = dki_bits_count(search.truth, n_rows);
        *n_null = atomic_load(&search.n_null);
        *rows = dki_alloc_array(search.context, *n, sizeof **rows, err);
        status = *rows ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        list_rows(search.truth, n_words, *rows);
    dki_evals_release(&evals);
    dki_free(search.context, search.truth);
    return status;
}

/* Puts the condition into the lineage of *made, which is released and NULL on failure. */
static dk_status keep_filter(const dk_table *table, const dk_table **made, const dk_expr *expr, uint64_t n,
                             uint64_t n_null, const dk_params *params, dk_error *err)
{
    const dk_lineage_item filter = {
        .kind = DK_LINEAGE_FILTER, .text = dk_expr_text(expr), .n_rows = n, .n_null = n_null
    };
    dki_lineage *lineage = NULL;
    dk_status status = dki_lineage_after(table, &lineage, err);

    if (status == DK_OK)
        status = dki_lineage_add(lineage, &filter, err);
    if (status == DK_OK)
        status = dki_lineage_params(lineage, dki_expr_root(expr), params, err);
    if (status == DK_OK) {
        dki_table_attach(*made, lineage);
        return DK_OK;
    }
    dki_lineage_release(lineage);
    dk_table_release(*made);
    *made = NULL;
    return status;
}

static dk_status where(const dk_table *table, const dk_expr *expr, const dki_bound *bound, const dk_params *params,
                       const dk_table **out, dk_error *err)
{
    uint64_t *rows = NULL, n = 0, n_null = 0;
    char note[128];
    dk_status status = find_rows(table, expr, bound, &rows, &n, &n_null, err);

    if (status == DK_OK)
        status = dk_table_gather(table, rows, n, out, err);
    dki_free(dk_table_context(table), rows);
    if (status == DK_OK)
        status = keep_filter(table, out, expr, n, n_null, params, err);
    if (status == DK_OK && n_null > 0) {
        snprintf(note, sizeof note, "%llu row%s left out because the condition was not known (null)",
                 (unsigned long long)n_null, n_null == 1 ? "" : "s");
        status = dki_table_add_note(out, note, err);
    }
    return status == DK_OK ? dki_table_add_bound_notes(out, bound, err) : status;
}

dk_status dk_table_where(const dk_table *table, const dk_expr *expr, const dk_params *params, const dk_table **out,
                         dk_error *err)
{
    const dk_table *made = NULL;
    dki_bound *bound;
    dk_status status = bind(table, expr, params, &bound, err);

    if (status != DK_OK)
        return status;
    if (dki_bound_type(bound) == DK_BOOLEAN) {
        status = where(table, expr, bound, params, &made, err);
    } else {
        status = dki_node_fail(expr, dki_expr_root(expr), err, DK_ERR_TYPE, "a condition is wanted, and this is %s",
                               dk_type_name(dki_bound_type(bound)));
        dki_hint(err, "compare it with something: ==, <, in, is null ...");
    }
    if (status == DK_OK)
        *out = made;
    dki_bound_release(bound);
    return status;
}

/* Columns that expressions make ------------------------------------------------------------------------------------- */

/* Puts the column into the lineage of made, which is released on failure. */
static dk_status keep_column(const dk_table *table, const dk_table *made, const dk_expr *expr,
                             const dk_params *params, dk_error *err)
{
    const dk_lineage_item column = { .kind = DK_LINEAGE_COLUMN,
                                     .name = dk_expr_name(expr),
                                     .text = dki_expr_body(expr),
                                     .n_rows = dk_table_n_rows(made) };
    dki_lineage *lineage = NULL;
    dk_status status = dki_lineage_after(table, &lineage, err);

    if (status == DK_OK)
        status = dki_lineage_add(lineage, &column, err);
    if (status == DK_OK)
        status = dki_lineage_params(lineage, dki_expr_root(expr), params, err);
    if (status == DK_OK) {
        dki_table_attach(made, lineage);
        return DK_OK;
    }
    dki_lineage_release(lineage);
    dk_table_release(made);
    return status;
}

/* *table becomes a table with one more column; on failure it stays. *bound is the caller's to release in any case. */
static dk_status derive(const dk_table **table, const dk_expr *expr, const dk_params *params, dki_bound **bound,
                        dk_error *err)
{
    const dk_column *column;
    const dk_table *next;
    dk_status status = dki_check_named(expr, err);

    if (status == DK_OK)
        status = bind(*table, expr, params, bound, err);
    if (status == DK_OK)
        status = dki_bound_column_new(*bound, &column, err);
    if (status != DK_OK)
        return status;
    status = dki_add_named(*table, expr, column, &next, err);
    dk_column_release(column);
    if (status == DK_OK)
        status = keep_column(*table, next, expr, params, err);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = next;
    }
    return status;
}

dk_status dk_table_derive(const dk_table *table, const dk_expr *const *exprs, size_t n, const dk_params *params,
                          const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dki_bound **bounds = dki_calloc(context, n, sizeof(dki_bound *), err);
    const dk_table *made;
    dk_status status = DK_OK;

    if (bounds == NULL)
        return DK_ERR_MEMORY;
    made = dk_table_retain(table);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = derive(&made, exprs[i], params, &bounds[i], err);
    for (size_t i = 0; i < n && status == DK_OK; i++) /* in the end: a table with another column has no notes */
        status = dki_table_add_bound_notes(&made, bounds[i], err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    for (size_t i = 0; i < n; i++)
        dki_bound_release(bounds[i]);
    dki_free(context, bounds);
    return status;
}
