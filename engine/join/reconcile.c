/* reconcile.c - how two tables agree: which keys both have, and where values differ.
 *
 * Both tables are indexed, left's rows are matched. Keys that each table has once make pairs, whose values are read as
 * the words of a key (key_words.h), so that values of two types are compared as keys of two types are.
 *
 * Invariants: both, left only and no key make up left's rows, and the same of right's; findings stand in one order.
 * Cost: O(rows), and for each shared column a gathering of the pairs. Poll: once per block.
 */
#include <dekking/join.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "expr/cut_text.h"
#include "expr/poll_row.h"
#include "join_key.h"
#include "key_pair.h"

enum finding {
    BOTH,
    LEFT_ONLY,
    RIGHT_ONLY,
    NO_KEY,
    DOUBLE_LEFT,
    DOUBLE_RIGHT,
    EQUAL,
    CONFLICT,
    LEFT_KNOWN,
    RIGHT_KNOWN,
    NOT_COMPARABLE,
    N_FINDINGS
};

static const char *const finding_names[N_FINDINGS] = {
    "both",  "left only", "right only",      "no key",           "double left",   "double right",
    "equal", "conflict",  "only left known", "only right known", "not comparable"
};

#define NONE UINT64_MAX /* a number that is not shown */

struct report {
    dki_join join;
    dki_key_index *left_index;
    uint64_t *doubles[2]; /* of left and right: bit r: the key whose first row is r has several */
    uint64_t *used;       /* bit r: the key of right whose first row is r is one of left's */
    uint64_t *pairs[2];   /* rows of left and right that are a pair */
    uint64_t n_pairs;
    size_t n_examples;
    dki_buffer text; /* examples of one finding */
    size_t n_shown;
    dk_builder *findings, *columns, *left_rows, *right_rows, *keys, *examples;
};

static const dki_key_index *index_of(const struct report *report, int side)
{
    return side ? report->join.index : report->left_index;
}

static uint32_t first_of(const dki_key_index *index, uint64_t row)
{
    return index->firsts ? index->firsts[row] : (uint32_t)row;
}

/* Examples. ---------------------------------------------------------------------------------------------------- */

static bool wants_example(const struct report *report)
{
    return report->n_shown < report->n_examples;
}

/* Adds the key of a row, and what is said of it in brackets. */
DK_PRINTF(5, 6)
static dk_status add_example(struct report *report, int side, uint64_t row, dk_error *err, const char *format, ...)
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

static unsigned long long shown_row(uint64_t row)
{
    return (unsigned long long)row + 1;
}

/* Rows of the report. ------------------------------------------------------------------------------------------ */

static dk_status add_number(dk_builder *builder, uint64_t n, dk_error *err)
{
    return n == NONE ? dk_builder_null(builder, 1, err) : dk_builder_integer(builder, (int64_t)n, err);
}

/* A row with the examples that were collected. */
static dk_status add_row(struct report *report, enum finding finding, const char *column, uint64_t left,
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
static dk_status find_doubles(struct report *report, int side, uint64_t *n_keys, uint64_t *n_rows, dk_error *err)
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
        if (wants_example(report))
            status = add_example(report, side, row, err, "rows %llu, %llu", shown_row(first), shown_row(row));
    }
    *n_rows += *n_keys; /* the first row of each */
    return status;
}

static dk_status add_doubles(struct report *report, int side, dk_error *err)
{
    uint64_t n_keys, n_rows;
    dk_status status = find_doubles(report, side, &n_keys, &n_rows, err);

    if (status != DK_OK)
        return status;
    return side ? add_row(report, DOUBLE_RIGHT, NULL, NONE, n_rows, n_keys, err)
                : add_row(report, DOUBLE_LEFT, NULL, n_rows, NONE, n_keys, err);
}

static dk_status show_left(struct report *report, enum finding finding, dk_error *err)
{
    const dki_match *match = report->join.match;
    dk_status status = DK_OK;

    for (uint64_t row = 0; status == DK_OK && row < match->n_rows && wants_example(report); row++) {
        uint32_t other = match->rows[row];

        if (finding == BOTH && other < DKI_NULL_KEY)
            status = add_example(report, 0, row, err, "rows %llu, %llu", shown_row(row), shown_row(other));
        else if ((finding == LEFT_ONLY && other == DKI_NO_ROW) || (finding == NO_KEY && other == DKI_NULL_KEY))
            status = add_example(report, 0, row, err, "row %llu", shown_row(row));
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

static dk_status show_right_only(struct report *report, dk_error *err)
{
    const dki_join *join = &report->join;
    dk_status status = DK_OK;

    for (uint64_t row = 0; status == DK_OK && row < join->index->n_rows && wants_example(report); row++) {
        uint32_t first = first_of(join->index, row);

        if (first != DKI_NULL_KEY && !dki_bit(report->used, first) &&
            !is_null_key(join->right_keys, join->n_keys, row))
            status = add_example(report, 1, row, err, "row %llu", shown_row(row));
    }
    return status;
}

static dk_status add_keys(struct report *report, dk_error *err)
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
        status = show_left(report, BOTH, err);
    if (status == DK_OK)
        status = add_row(report, BOTH, NULL, match->n_matched, both_right, n_used, err);
    if (status == DK_OK)
        status = show_left(report, LEFT_ONLY, err);
    if (status == DK_OK)
        status = add_row(report, LEFT_ONLY, NULL, n_left - match->n_matched - match->n_null, 0,
                         report->left_index->n_keys - n_used, err);
    if (status == DK_OK)
        status = show_right_only(report, err);
    if (status == DK_OK)
        status = add_row(report, RIGHT_ONLY, NULL, 0, n_right - both_right - join->index->n_nulls,
                         join->index->n_keys - n_used, err);
    if (status == DK_OK)
        status = show_left(report, NO_KEY, err);
    if (status == DK_OK)
        status = add_row(report, NO_KEY, NULL, match->n_null, join->index->n_nulls, 0, err);
    if (status == DK_OK)
        status = add_doubles(report, 0, err);
    if (status == DK_OK)
        status = add_doubles(report, 1, err);
    return status;
}

/* Values. ------------------------------------------------------------------------------------------------------ */

static dk_status choose_pairs(struct report *report, dk_error *err)
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
            dki_bit(report->doubles[0], first_of(report->left_index, row)))
            continue;
        report->pairs[0][report->n_pairs] = row;
        report->pairs[1][report->n_pairs++] = other;
    }
    return status;
}

/* Examples of a finding, where pairs[i] is of it. */
static dk_status show_pairs(struct report *report, const uint8_t *found, enum finding finding,
                            const dk_column *const *columns, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t i = 0; status == DK_OK && i < report->n_pairs && wants_example(report); i++) {
        char values[2][100];

        if (found[i] != finding)
            continue;
        for (int side = 0; status == DK_OK && side < 2; side++) {
            status = dki_join_show_key(&columns[side], 1, report->pairs[side][i], values[side], sizeof values[side],
                                       err);
        }
        if (status == DK_OK)
            status =
                add_example(report, 0, report->pairs[0][i], err, "rows %llu, %llu: %s, %s",
                            shown_row(report->pairs[0][i]), shown_row(report->pairs[1][i]), values[0], values[1]);
    }
    return status;
}

/* What is found for each pair: columns are of the pairs' values. */
static dk_status compare_pairs(struct report *report, const dk_column *const *columns, uint8_t *found,
                               dk_error *err)
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
                found[row + i] = !(left & DKI_KEY_IS_NULL)    ? LEFT_KNOWN
                                 : !(right & DKI_KEY_IS_NULL) ? RIGHT_KNOWN
                                                              : EQUAL;
            else if (left || memcmp(words[0] + i * w, words[1] + i * w, w * sizeof(uint64_t)) != 0)
                found[row + i] = CONFLICT;
            else
                found[row + i] = EQUAL;
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

static dk_status add_findings(struct report *report, const char *name, const dk_column *const *columns,
                              const uint8_t *found, dk_error *err)
{
    uint64_t counts[N_FINDINGS] = { 0 };
    dk_status status = DK_OK;

    for (uint64_t i = 0; i < report->n_pairs; i++)
        counts[found[i]]++;
    for (int finding = EQUAL; finding <= RIGHT_KNOWN && status == DK_OK; finding++) {
        if (counts[finding] > 0)
            status = show_pairs(report, found, (enum finding)finding, columns, err);
        if (status == DK_OK)
            status = add_row(report, (enum finding)finding, name, counts[finding], counts[finding], counts[finding],
                             err);
    }
    return status;
}

static dk_status compare_column(struct report *report, const char *name, const dk_column *const *columns,
                                dk_error *err)
{
    dk_context *context = report->join.context;
    const dk_column *values[2] = { NULL, NULL };
    uint8_t *found;
    dk_status status = DK_OK;

    if (!dki_keys_compare(columns[0], columns[1]))
        return add_row(report, NOT_COMPARABLE, name, NONE, NONE, NONE, err);
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

static bool is_key(const char *const *names, size_t n, const char *name)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(names[k], name) == 0)
            return true;
    return false;
}

static dk_status add_values(struct report *report, dk_error *err)
{
    const dki_join *join = &report->join;
    dk_status status = choose_pairs(report, err);

    for (size_t i = 0; status == DK_OK && i < dk_table_n_columns(join->left); i++) {
        const dk_field *field = dk_table_field(join->left, i);
        size_t other = dk_table_find(join->right, field->name);
        const dk_column *columns[2];

        if (other == DK_NO_COLUMN || is_key(join->left_names, join->n_keys, field->name) ||
            is_key(join->right_names, join->n_keys, field->name))
            continue;
        columns[0] = field->column;
        columns[1] = dk_table_field(join->right, other)->column;
        status = compare_column(report, field->name, columns, err);
    }
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static dk_status new_builders(struct report *report, dk_error *err)
{
    dk_context *context = report->join.context;
    dk_builder **numbers[] = { &report->left_rows, &report->right_rows, &report->keys };
    dk_text names[N_FINDINGS];
    dk_dictionary *levels = NULL;
    dk_status status;

    for (size_t i = 0; i < N_FINDINGS; i++)
        names[i] = (dk_text){ finding_names[i], strlen(finding_names[i]) };
    status = dk_dictionary_new(context, names, N_FINDINGS, true, &levels, err);
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

static dk_status finish(struct report *report, const dk_table **out, dk_error *err)
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

static void report_drop(struct report *report)
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
    struct report report = { .n_examples = n_examples };
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
        status = add_values(&report, err);
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
