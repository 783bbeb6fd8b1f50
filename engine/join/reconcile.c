/* reconcile.c - how two tables agree: which keys both have, and where values differ.
 *
 * Both tables are indexed, left's rows are matched. Keys are counted here, values are compared in reconcile_values.c.
 *
 * Invariants: both, left only and no key make up left's rows, and the same of right's; findings stand in one order.
 * Cost: O(rows), and for each shared column a gathering of the pairs. Poll: once per block.
 */
#include "reconcile_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/lineage.h"
#include "expr/cut_text.h"
#include "expr/poll_row.h"

static const char *const finding_names[DKI_N_FINDINGS] = {
    "both",  "left only", "right only",      "no key",           "double left",   "double right",
    "equal", "conflict",  "only left known", "only right known", "not comparable"
};

static const dki_key_index *index_of(const dki_report *report, int side)
{
    return side ? report->join.index : report->left_index;
}

/* Examples. ---------------------------------------------------------------------------------------------------- */

dk_status dki_report_add_example(dki_report *report, int side, uint64_t row, dk_error *err, const char *format, ...)
{
    const dki_join *join = &report->join;
    char key[160], more[320];
    va_list arguments;
    dk_status status =
        dki_join_show_key(side ? join->right_keys : join->left_keys, join->n_keys, row, key, sizeof key, err);

    if (status != DK_OK)
        return status;
    va_start(arguments, format);
    (void)vsnprintf(more, sizeof more, format, arguments);
    va_end(arguments);
    dki_cut_text(more);
    return dki_buffer_format(&report->text, err, "%s%s (%s)", report->n_shown++ ? "; " : "", key, more);
}

/* Rows of the report. ------------------------------------------------------------------------------------------ */

static dk_status add_number(dk_builder *builder, uint64_t n, dk_error *err)
{
    return n == DKI_NOT_SHOWN ? dk_builder_null(builder, 1, err) : dk_builder_integer(builder, (int64_t)n, err);
}

dk_status dki_report_add_row(dki_report *report, dki_finding finding, const char *column, uint64_t left,
                             uint64_t right, uint64_t keys, dk_error *err)
{
    dk_status status = dk_builder_code(report->findings, (uint32_t)finding + 1, err);

    if (status == DK_OK)
        status = column ? dk_builder_text(report->columns, (dk_text){ column, strlen(column) }, err)
                        : dk_builder_null(report->columns, 1, err);
    if (status == DK_OK)
        status = add_number(report->left_rows, left, err);
    if (status == DK_OK)
        status = add_number(report->right_rows, right, err);
    if (status == DK_OK)
        status = add_number(report->keys, keys, err);
    if (status == DK_OK && report->n_examples > 0)
        status = report->n_shown
                     ? dk_builder_text(report->examples, (dk_text){ report->text.bytes, report->text.size }, err)
                     : dk_builder_null(report->examples, 1, err);
    report->text.size = 0;
    report->n_shown = 0;
    return status;
}

/* Keys. -------------------------------------------------------------------------------------------------------- */

/* The keys that a table has more than once: how many, and how many rows they have. */
static dk_status find_doubles(dki_report *report, int side, uint64_t *n_keys, uint64_t *n_rows, dk_error *err)
{
    const dki_key_index *index = index_of(report, side);
    dk_context *context = report->join.context;
    uint64_t *doubles = dki_calloc(context, dki_bit_words((size_t)index->n_rows) + 1, sizeof *doubles, err);
    dk_status status = doubles ? DK_OK : DK_ERR_MEMORY;

    *n_keys = *n_rows = 0;
    report->doubles[side] = doubles;
    if (status != DK_OK || index->firsts == NULL)
        return status;
    DKI_FOR_ROWS(row, index->n_rows, context, status, err)
    {
        uint32_t first = index->firsts[row];

        if (first == DKI_NULL_KEY || first == row)
            continue;
        *n_rows += 1;
        if (dki_bit(doubles, first))
            continue;
        dki_bit_set(doubles, first);
        *n_keys += 1;
        if (dki_report_wants_example(report))
            status = dki_report_add_example(report, side, row, err, "rows %llu, %llu", dki_report_row(first),
                                            dki_report_row(row));
    }
    *n_rows += *n_keys; /* the first row of each */
    return status;
}

static dk_status add_doubles(dki_report *report, int side, dk_error *err)
{
    uint64_t n_keys, n_rows;
    dk_status status = find_doubles(report, side, &n_keys, &n_rows, err);

    if (status != DK_OK)
        return status;
    return side ? dki_report_add_row(report, DKI_FOUND_DOUBLE_RIGHT, NULL, DKI_NOT_SHOWN, n_rows, n_keys, err)
                : dki_report_add_row(report, DKI_FOUND_DOUBLE_LEFT, NULL, n_rows, DKI_NOT_SHOWN, n_keys, err);
}

static dk_status show_left(dki_report *report, dki_finding finding, dk_error *err)
{
    const dki_match *match = report->join.match;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, match->n_rows, report->join.context, status, err)
    {
        uint32_t other = match->rows[row];

        if (!dki_report_wants_example(report))
            break;
        if (finding == DKI_FOUND_BOTH && other < DKI_NULL_KEY)
            status = dki_report_add_example(report, 0, row, err, "rows %llu, %llu", dki_report_row(row),
                                            dki_report_row(other));
        else if ((finding == DKI_FOUND_LEFT_ONLY && other == DKI_NO_ROW) ||
                 (finding == DKI_FOUND_NO_KEY && other == DKI_NULL_KEY))
            status = dki_report_add_example(report, 0, row, err, "row %llu", dki_report_row(row));
    }
    return status;
}

static bool is_null_key(const dk_column *const *columns, size_t n, uint64_t row)
{
    for (size_t k = 0; k < n; k++) {
        dk_value value;

        if (dk_column_n_nulls(columns[k]) > 0 && dk_column_get(columns[k], row, &value, NULL) == DK_OK &&
            value.is_null)
            return true;
    }
    return false;
}

static dk_status show_right_only(dki_report *report, dk_error *err)
{
    const dki_join *join = &report->join;
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, join->index->n_rows, join->context, status, err)
    {
        uint32_t first = dki_report_first(join->index, row);

        if (!dki_report_wants_example(report))
            break;
        if (first != DKI_NULL_KEY && !dki_bit(report->used, first) &&
            !is_null_key(join->right_keys, join->n_keys, row))
            status = dki_report_add_example(report, 1, row, err, "row %llu", dki_report_row(row));
    }
    return status;
}

static dk_status add_keys(dki_report *report, dk_error *err)
{
    const dki_join *join = &report->join;
    const dki_match *match = join->match;
    uint64_t n_left = match->n_rows, n_right = join->index->n_rows, both_right = match->n_used;
    uint64_t n_used = match->n_used;
    dk_status status = DK_OK;

    if (join->index->firsts) {
        both_right = 0;
        DKI_FOR_ROWS(row, n_right, join->context, status, err)
        {
            uint32_t first = join->index->firsts[row];

            both_right += first != DKI_NULL_KEY && dki_bit(report->used, first);
        }
    }
    if (status == DK_OK)
        status = show_left(report, DKI_FOUND_BOTH, err);
    if (status == DK_OK)
        status = dki_report_add_row(report, DKI_FOUND_BOTH, NULL, match->n_matched, both_right, n_used, err);
    if (status == DK_OK)
        status = show_left(report, DKI_FOUND_LEFT_ONLY, err);
    if (status == DK_OK)
        status = dki_report_add_row(report, DKI_FOUND_LEFT_ONLY, NULL, n_left - match->n_matched - match->n_null, 0,
                                    report->left_index->n_keys - n_used, err);
    if (status == DK_OK)
        status = show_right_only(report, err);
    if (status == DK_OK)
        status = dki_report_add_row(report, DKI_FOUND_RIGHT_ONLY, NULL, 0,
                                    n_right - both_right - join->index->n_nulls, join->index->n_keys - n_used, err);
    if (status == DK_OK)
        status = show_left(report, DKI_FOUND_NO_KEY, err);
    if (status == DK_OK)
        status = dki_report_add_row(report, DKI_FOUND_NO_KEY, NULL, match->n_null, join->index->n_nulls, 0, err);
    if (status == DK_OK)
        status = add_doubles(report, 0, err);
    if (status == DK_OK)
        status = add_doubles(report, 1, err);
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static dk_status new_builders(dki_report *report, dk_error *err)
{
    dk_context *context = report->join.context;
    dk_builder **numbers[] = { &report->left_rows, &report->right_rows, &report->keys };
    dk_text names[DKI_N_FINDINGS];
    dk_dictionary *levels = NULL;
    dk_status status;

    for (size_t i = 0; i < DKI_N_FINDINGS; i++)
        names[i] = (dk_text){ finding_names[i], strlen(finding_names[i]) };
    status = dk_dictionary_new(context, names, DKI_N_FINDINGS, true, &levels, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_CATEGORY, 0, levels, &report->findings, err);
    dk_dictionary_release(levels);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &report->columns, err);
    for (size_t i = 0; i < 3 && status == DK_OK; i++)
        status = dk_builder_new(context, DK_INTEGER, 0, NULL, numbers[i], err);
    if (status == DK_OK && report->n_examples > 0)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &report->examples, err);
    return status;
}

static dk_status finish(dki_report *report, const dk_table **out, dk_error *err)
{
    static const char *const names[] = { "finding", "name", "left_rows", "right_rows", "keys", "examples" };
    dk_builder *builders[] = { report->findings,   report->columns, report->left_rows,
                               report->right_rows, report->keys,    report->examples };
    size_t n = report->n_examples > 0 ? 6 : 5;
    uint64_t n_rows = dk_builder_n_rows(report->findings);
    dk_field fields[6];
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++) {
        fields[i] = DK_FIELD(names[i], NULL);
        if (status == DK_OK)
            status = dk_builder_finish(builders[i], &fields[i].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(report->join.context, fields, n, n_rows, out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return status;
}

static void report_drop(dki_report *report)
{
    dk_context *context = report->join.context;

    for (int side = 0; side < 2; side++) {
        dki_free(context, report->doubles[side]);
        dki_free(context, report->pairs[side]);
    }
    dki_free(context, report->used);
    dki_buffer_drop(&report->text);
    dk_builder_release(report->findings);
    dk_builder_release(report->columns);
    dk_builder_release(report->left_rows);
    dk_builder_release(report->right_rows);
    dk_builder_release(report->keys);
    dk_builder_release(report->examples);
    dki_key_index_release(report->left_index);
    dki_join_drop(&report->join);
}

dk_status dk_table_reconcile(const dk_table *left, const dk_table *right, const char *const *left_keys,
                             const char *const *right_keys, size_t n_keys, size_t n_examples, const dk_table **out,
                             dk_error *err)
{
    dki_report report = { .n_examples = n_examples };
    const dk_table *made = NULL;
    char keys[DKI_JOIN_WORDS];
    dk_status status = dki_join_init(&report.join, "reconcile", left, right, left_keys, right_keys, n_keys, err);

    dki_buffer_init(&report.text, report.join.context);
    if (status == DK_OK && n_keys == 0)
        status = dki_fail(err, DK_ERR_ARGUMENT, "reconcile takes at least one key");
    if (status == DK_OK)
        status = dki_join_match(&report.join, err);
    if (status == DK_OK)
        status = dki_join_used(&report.join, &report.used, err);
    if (status == DK_OK)
        status = dki_join_index(&report.join, err);
    if (status == DK_OK)
        status = dki_key_index_new(report.join.context, report.join.left_keys, n_keys, dk_table_n_rows(left), false,
                                   &report.left_index, err);
    if (status == DK_OK)
        status = new_builders(&report, err);
    if (status == DK_OK)
        status = add_keys(&report, err);
    if (status == DK_OK)
        status = dki_report_add_values(&report, err);
    if (status == DK_OK)
        status = finish(&report, &made, err);
    if (status == DK_OK)
        status = dki_table_add_others(made, left, &right, 1, DK_LINEAGE_JOIN, err,
                                      "reconciled with %s by %s: how the two agree", dki_lineage_name(right),
                                      dki_join_words(&report.join, keys, sizeof keys));
    if (status == DK_OK) {
        dki_join_keep(&report.join);
        dki_key_index_keep(report.left_index, report.join.left_keys, n_keys);
        *out = made;
    } else {
        dk_table_release(made);
    }
    report_drop(&report);
    return status;
}
