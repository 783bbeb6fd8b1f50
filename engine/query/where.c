/* where.c - rows that a condition holds for, and columns that expressions make. */
#include <dekking/expr.h>

#include <stdio.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "eval.h"

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

struct matches {
    uint64_t *rows;
    size_t n, capacity;
    uint64_t n_null;
};

static dk_status find_rows(const dk_table *table, const dki_bound *bound, struct matches *found, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    uint64_t n_rows = dk_table_n_rows(table), truth[DK_BLOCK_WORDS];
    size_t block = dki_block_rows(context);
    dki_eval *eval;
    dk_status status = dki_eval_new(bound, &eval, err);

    if (status != DK_OK)
        return status;
    for (uint64_t row = 0; row < n_rows && status == DK_OK;) {
        size_t n = n_rows - row < block ? (size_t)(n_rows - row) : block;
        uint64_t n_null = 0;

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dki_eval_truth(eval, row, n, NULL, truth, &n_null, err);
        if (status == DK_OK)
            status =
                dki_grow(context, (void **)&found->rows, &found->capacity, found->n + n, sizeof *found->rows, err);
        if (status != DK_OK)
            break;
        found->n_null += n_null;
        for (size_t w = 0; w < dki_bit_words(n); w++)
            for (uint64_t bits = truth[w]; bits; bits &= bits - 1)
                found->rows[found->n++] = row + w * 64 + (unsigned)__builtin_ctzll(bits);
        row += n;
    }
    dki_eval_release(eval);
    return status;
}

/* *table becomes a table with one more note; on failure it is released. */
static dk_status add_note(const dk_table **table, const char *note, dk_error *err)
{
    const dk_table *noted;
    dk_status status = dk_table_with_note(*table, note, &noted, err);

    dk_table_release(*table);
    *table = status == DK_OK ? noted : NULL;
    return status;
}

dk_status dk_table_where(const dk_table *table, const dk_expr *expr, const dk_params *params, const dk_table **out,
                         dk_error *err)
{
    struct matches found = { NULL, 0, 0, 0 };
    const dk_table *made = NULL;
    dki_bound *bound;
    char note[128];
    dk_status status = bind(table, expr, params, &bound, err);

    if (status != DK_OK)
        return status;
    if (dki_bound_type(bound) != DK_BOOLEAN) {
        dki_node_fail(expr, dki_expr_root(expr), err, DK_ERR_TYPE, "a condition is wanted, and this is %s",
                      dk_type_name(dki_bound_type(bound)));
        dki_hint(err, "compare it with something: ==, <, in, is null ...");
        dki_bound_release(bound);
        return DK_ERR_TYPE;
    }
    status = find_rows(table, bound, &found, err);
    if (status == DK_OK)
        status = dk_table_gather(table, found.rows, found.n, &made, err);
    if (status == DK_OK && found.n_null > 0) {
        snprintf(note, sizeof note, "%llu row%s left out because the condition was not known (null)",
                 (unsigned long long)found.n_null, found.n_null == 1 ? "" : "s");
        status = add_note(&made, note, err);
    }
    for (size_t i = 0; i < dki_bound_n_notes(bound) && status == DK_OK; i++)
        status = add_note(&made, dki_bound_note(bound, i), err);
    if (status == DK_OK)
        *out = made;
    dki_free(dk_table_context(table), found.rows);
    dki_bound_release(bound);
    return status;
}

dk_status dk_table_derive(const dk_table *table, const dk_expr *const *exprs, size_t n, const dk_params *params,
                          const dk_table **out, dk_error *err)
{
    const dk_table *made = dk_table_retain(table);
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const dk_column *column;
        const dk_table *next;
        dk_field field;

        if (dk_expr_name(exprs[i]) == NULL) {
            status = dki_fail(err, DK_ERR_ARGUMENT, "the expression has no name: %s", dk_expr_text(exprs[i]));
            dki_hint(err, "write it as \"name = expression\"");
            break;
        }
        status = dk_table_eval(made, exprs[i], params, &column, err);
        if (status != DK_OK)
            break;
        field = DK_FIELD(dk_expr_name(exprs[i]), column);
        status = dk_table_with(made, &field, 1, &next, err);
        dk_column_release(column);
        if (status == DK_OK) {
            dk_table_release(made);
            made = next;
        }
    }
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
