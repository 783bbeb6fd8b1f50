/* window_whole.c - keeps sums in windows from adding up shares of different wholes, and figures of groups that overlap.
 *
 * As in a breakdown (query/breakdown_whole.c): within a frame all that tells wholes apart must be the same in every row whose
 * share is known. That is what shares are per, the columns of the table that it names, and the denominator. Each becomes
 * numbers, and the least and the greatest of a frame tell.
 *
 * Cost: two windows more for each of these.
 */
#include <string.h>

#include "base/status.h"
#include "data/column_parts.h"
#include "data/overlap.h"
#include "expr/poll_row.h"
#include "window_parts.h"

/* The values of a column as numbers that are equal where these are; null where the share is. Values that are null are one
 * more, but for overlaps: there they are of no group. */
static dk_status number_values(const dki_window *window, const dk_column *shares, const dk_column *values,
                               const dk_column **out, dk_error *err)
{
    dki_sort_codes codes, nulls = { NULL, NULL };
    dk_builder *builder = NULL;
    dk_status status = dki_sort_codes_init(&codes, values, err);

    if (status != DK_OK)
        return status;
    status = dki_sort_codes_init(&nulls, shares, err);
    if (status == DK_OK)
        status = dk_builder_new(window->context, DK_INTEGER, 0, NULL, &builder, err);
    DKI_FOR_ROWS(row, window->n_rows, window->context, status, err)
    {
        if ((nulls.nulls && dki_bit(nulls.nulls, row)) ||
            (values == dki_column_overlap(shares) && codes.nulls && dki_bit(codes.nulls, row)))
            status = dk_builder_null(builder, 1, err);
        else
            status = dk_builder_integer(builder, (int64_t)codes.codes[row], err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_sort_codes_drop(&nulls, window->context);
    dki_sort_codes_drop(&codes, window->context);
    return status;
}

static dk_status fail_frame(const dki_window_call *call, const char *name, uint64_t row, dk_error *err)
{
    char x[DKI_NODE_TEXT];

    (void)dki_node_text(call->expr, call->node->children[0], x);
    (void)dki_node_fail(call->expr, call->node, err, DK_ERR_ARGUMENT,
                        "row %llu: %s() goes over shares of different wholes, which do not add up: %s%s",
                        (unsigned long long)row + 1, call->node->text,
                        name ? "each is within its own " : "their denominators differ", name ? name : "");
    if (name)
        dki_hint(err, "within = \"%s\"; sum(numerator(%s)) adds up what is counted", name, x);
    else
        dki_hint(err, "keep them apart with within; sum(numerator(%s)) adds up what is counted", x);
    return DK_ERR_ARGUMENT;
}

static dk_status fail_overlap(const dki_window *window, const dki_window_call *call, uint64_t row, dk_error *err)
{
    const char *name = dki_overlap_name(window->table, dki_column_overlap(call->arg));
    char text[DKI_NODE_TEXT];

    (void)dki_node_text(call->expr, call->node, text);
    (void)dki_node_fail(
        call->expr, call->node, err, DK_ERR_ARGUMENT,
        "row %llu: %s goes over groups that overlap, and who is in several would count several times",
        (unsigned long long)row + 1, text);
    dki_hint(
        err,
        "put %s into within; a total of the breakdown by members counts everybody once, and rows() in it counts "
        "entries, which add up",
        name ? name : "what tells them apart");
    return DK_ERR_ARGUMENT;
}

/* Fails where the values of a column differ within a frame. name: NULL, or what the column is called. */
static dk_status check_frames(const dki_window *window, const dki_window_call *call, const dk_column *values,
                              const char *name, dk_error *err)
{
    const dk_column *ends[2] = { NULL, NULL }, *numbers = NULL;
    dki_window_call part = *call;
    dk_status status = number_values(window, call->arg, values, &numbers, err);

    part.arg = numbers;
    part.weight = NULL;
    for (size_t i = 0; i < 2 && status == DK_OK; i++) {
        part.what = i ? DKI_MAX : DKI_MIN;
        status = dki_window_run(window, &part, &ends[i], err);
    }
    DKI_FOR_ROWS(row, window->n_rows, window->context, status, err)
    {
        dk_value least, greatest;

        status = dk_column_get(ends[0], row, &least, err);
        if (status == DK_OK)
            status = dk_column_get(ends[1], row, &greatest, err);
        if (status == DK_OK && !least.is_null && least.as.integer != greatest.as.integer)
            status = values == dki_column_overlap(call->arg) ? fail_overlap(window, call, row, err)
                                                             : fail_frame(call, name, row, err);
    }
    for (size_t i = 0; i < 2; i++)
        dk_column_release(ends[i]);
    dk_column_release(numbers);
    return status;
}

/* Whether a list such as "regio, jaar" names a column. */
static bool names(dk_text list, const char *name)
{
    size_t size = strlen(name);

    for (size_t from = 0, to; from < list.size; from = to + 2) {
        for (to = from; to < list.size && list.bytes[to] != ','; to++)
            continue;
        if (to - from == size && memcmp(list.bytes + from, name, size) == 0)
            return true;
    }
    return false;
}

dk_status dki_window_check_overlap(const dki_window *window, const dki_window_call *call, dk_error *err)
{
    return check_frames(window, call, dki_column_overlap(call->arg), NULL, err);
}

dk_status dki_window_check_whole(const dki_window *window, const dki_window_call *call, dk_error *err)
{
    const dk_column *whole = dk_column_child(call->arg, DK_CHILD_WHOLE);
    dk_value first = { .is_null = true };
    dk_status status = check_frames(window, call, whole, NULL, err);

    if (status == DK_OK && window->n_rows > 0)
        status = dk_column_get(whole, 0, &first, err);
    for (size_t i = 0; i < dk_table_n_columns(window->table) && status == DK_OK && !first.is_null; i++) {
        const dk_field *field = dk_table_field(window->table, i);

        if (names(first.as.text, field->name))
            status = check_frames(window, call, field->column, field->name, err);
    }
    if (status == DK_OK)
        status = check_frames(window, call, dk_column_child(call->arg, DK_CHILD_DENOMINATOR), NULL, err);
    return status;
}
