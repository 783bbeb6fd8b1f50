/* reconcile_values.c - where two tables that agree on a key differ in what else they say of it.
 *
 * Keys that each table has once make pairs. The values of a column are gathered for all pairs, and read as the words of a key
 * (key_words.h), so that values of two types are compared as keys of two types are.
 *
 * Cost: for each shared column a gathering of the pairs. Poll: once per block.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "key_pair.h"
#include "reconcile_parts.h"

static dk_status choose_pairs(dki_report *report, dk_error *err)
{
    const dki_match *match = report->join.match;
    dk_context *context = report->join.context;
    dk_status status = DK_OK;

    for (int side = 0; side < 2; side++) {
        report->pairs[side] = dki_alloc_array(context, (size_t)match->n_used, sizeof(uint64_t), err);
        if (report->pairs[side] == NULL)
            return DK_ERR_MEMORY;
    }
    DKI_FOR_ROWS(row, match->n_rows, context, status, err)
    {
        uint32_t other = match->rows[row];

        if (other >= DKI_NULL_KEY || dki_bit(report->doubles[1], other) ||
            dki_bit(report->doubles[0], dki_report_first(report->left_index, row)))
            continue;
        report->pairs[0][report->n_pairs] = row;
        report->pairs[1][report->n_pairs++] = other;
    }
    return status;
}

/* Examples of a finding, where pairs[i] is of it. */
static dk_status show_pairs(dki_report *report, const uint8_t *found, dki_finding finding,
                            const dk_column *const *columns, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t i = 0; status == DK_OK && i < report->n_pairs && dki_report_wants_example(report); i++) {
        char values[2][100];

        if (found[i] != finding)
            continue;
        for (int side = 0; status == DK_OK && side < 2; side++) {
            status = dki_join_show_key(&columns[side], 1, report->pairs[side][i], values[side], sizeof values[side],
                                       err);
        }
        if (status == DK_OK)
            status = dki_report_add_example(report, 0, report->pairs[0][i], err, "rows %llu, %llu: %s, %s",
                                            dki_report_row(report->pairs[0][i]),
                                            dki_report_row(report->pairs[1][i]), values[0], values[1]);
    }
    return status;
}

/* What is found for each pair: columns are of the pairs' values. */
static dk_status compare_pairs(dki_report *report, const dk_column *const *columns, uint8_t *found, dk_error *err)
{
    dk_context *context = report->join.context;
    size_t step = dki_block_rows(context);
    dki_key_code code;
    dki_key_reader readers[2] = { { .code = NULL }, { .code = NULL } };
    dki_key_scratch *scratch = dki_alloc(context, sizeof *scratch, err);
    uint64_t *words[2] = { NULL, NULL };
    uint8_t *flags = dki_alloc(context, 2 * DK_BLOCK_ROWS, err);
    dk_status status = dki_key_code_init(&code, context, &columns[1], 1, false, false, err);

    if (scratch)
        dk_view_init(&scratch->view, context);
    for (int side = 0; side < 2 && status == DK_OK; side++) {
        words[side] = dki_alloc_array(context, DK_BLOCK_ROWS, code.n_words * sizeof(uint64_t), err);
        status = scratch && flags && words[side]
                     ? dki_key_reader_init(&readers[side], &code, &columns[side], side == 1, err)
                     : DK_ERR_MEMORY;
    }
    for (uint64_t row = 0; status == DK_OK && row < report->n_pairs; row += step) {
        size_t n = report->n_pairs - row < step ? (size_t)(report->n_pairs - row) : step;

        status = dki_poll(context, err);
        for (int side = 1; side >= 0 && status == DK_OK; side--) /* right first: it may number its texts */
            status = dki_key_read(&readers[side], row, n, scratch, words[side], flags + side * DK_BLOCK_ROWS, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
            uint8_t left = flags[i], right = flags[DK_BLOCK_ROWS + i];
            size_t w = code.n_words;

            if ((left | right) & DKI_KEY_IS_NULL)
                found[row + i] = !(left & DKI_KEY_IS_NULL)    ? DKI_FOUND_LEFT_KNOWN
                                 : !(right & DKI_KEY_IS_NULL) ? DKI_FOUND_RIGHT_KNOWN
                                                              : DKI_FOUND_EQUAL;
            else if (left || memcmp(words[0] + i * w, words[1] + i * w, w * sizeof(uint64_t)) != 0)
                found[row + i] = DKI_FOUND_CONFLICT;
            else
                found[row + i] = DKI_FOUND_EQUAL;
        }
    }
    for (int side = 0; side < 2; side++) {
        dki_key_reader_drop(&readers[side]);
        dki_free(context, words[side]);
    }
    if (scratch)
        dk_view_release(&scratch->view);
    dki_free(context, scratch);
    dki_free(context, flags);
    dki_key_code_drop(&code);
    return status;
}

static dk_status add_findings(dki_report *report, const char *name, const dk_column *const *columns,
                              const uint8_t *found, dk_error *err)
{
    uint64_t counts[DKI_N_FINDINGS] = { 0 };
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < report->n_pairs; i++)
        counts[found[i]]++;
    for (int finding = DKI_FOUND_EQUAL; finding <= DKI_FOUND_RIGHT_KNOWN && status == DK_OK; finding++) {
        if (counts[finding] > 0)
            status = show_pairs(report, found, (dki_finding)finding, columns, err);
        if (status == DK_OK)
            status = dki_report_add_row(report, (dki_finding)finding, name, counts[finding], counts[finding],
                                        counts[finding], err);
    }
    return status;
}

static dk_status compare_column(dki_report *report, const char *name, const dk_column *const *columns,
                                dk_error *err)
{
    dk_context *context = report->join.context;
    const dk_column *values[2] = { NULL, NULL };
    uint8_t *found;
    dk_status status = DK_OK;

    if (!dki_keys_compare(columns[0], columns[1]))
        return dki_report_add_row(report, DKI_FOUND_NOT_COMPARABLE, name, DKI_NOT_SHOWN, DKI_NOT_SHOWN,
                                  DKI_NOT_SHOWN, err);
    found = dki_alloc(context, (size_t)report->n_pairs, err);
    if (found == NULL)
        return DK_ERR_MEMORY;
    for (int side = 0; side < 2 && status == DK_OK; side++)
        status = dki_columns_gather(context, &columns[side], 1, report->pairs[side], report->n_pairs, &values[side],
                                    err);
    if (status == DK_OK)
        status = compare_pairs(report, values, found, err);
    if (status == DK_OK)
        status = add_findings(report, name, columns, found, err);
    dk_column_release(values[0]);
    dk_column_release(values[1]);
    dki_free(context, found);
    return status;
}

dk_status dki_report_add_values(dki_report *report, dk_error *err)
{
    const dki_join *join = &report->join;
    dk_status status = choose_pairs(report, err);

    for (size_t i = 0; status == DK_OK && i < dk_table_n_columns(join->left); i++) {
        const dk_field *field = dk_table_field(join->left, i);
        size_t other = dk_table_find(join->right, field->name);
        const dk_column *columns[2];

        if (other == DK_NO_COLUMN || dki_join_is_key(join->left_names, join->n_keys, field->name) ||
            dki_join_is_key(join->right_names, join->n_keys, field->name))
            continue;
        columns[0] = field->column;
        columns[1] = dk_table_field(join->right, other)->column;
        status = compare_column(report, field->name, columns, err);
    }
    return status;
}
