/* interval.c - numbers that are known in bounds only: made of three columns, and put together again for who shows them.
 *
 * A marker's meaning is its label, so that what a source writes and what that means travel in one dictionary.
 */
#include "interval.h"

#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "builder.h"
#include "children.h"
#include "column_parts.h"
#include "marker.h"

static bool is_bound(const dk_column *column)
{
    return column->type == DK_INTEGER || column->type == DK_DECIMAL;
}

/* Rows. -------------------------------------------------------------------------------------------------------------- */

static dk_interval put_together(const dk_view views[DK_MOST_CHILDREN], size_t i)
{
    const dk_view *least = &views[DK_CHILD_LEAST], *greatest = &views[DK_CHILD_GREATEST];
    const dk_view *marker = &views[DK_CHILD_MARKER];
    dk_interval made = { .no_least = dki_view_is_null(least, i), .no_greatest = dki_view_is_null(greatest, i) };
    uint32_t code = dki_view_code(marker, i);

    made.least = made.no_least ? 0 : dki_view_value(least, i).as.integer;
    made.greatest = made.no_greatest ? 0 : dki_view_value(greatest, i).as.integer;
    if (code > 0) {
        dki_marker_means means = dki_marker_of(marker->levels, code);

        made.marker = dk_dictionary_level(marker->levels, code);
        made.meaning = means.meaning;
        made.may_be_null = means.may_be_null;
    }
    return made;
}

dk_status dki_interval_rows(const dk_column *column, uint64_t row, size_t n, dk_interval *out, uint64_t *valid,
                            size_t *n_known, dk_error *err)
{
    dk_view views[DK_MOST_CHILDREN];
    dk_status status = DK_OK;

    *n_known = 0;
    for (size_t k = 0; k < DK_MOST_CHILDREN; k++)
        dk_view_init(&views[k], column->context);
    for (size_t k = 0; k < DK_MOST_CHILDREN && status == DK_OK; k++)
        status = dk_column_view(column->children[k], row, n, &views[k], err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        bool known;

        out[i] = put_together(views, i);
        known = dk_interval_is_known(&out[i]);
        dki_bit_put(valid, i, known);
        *n_known += known;
    }
    for (size_t k = 0; k < DK_MOST_CHILDREN; k++)
        dk_view_release(&views[k]);
    return status;
}

dk_status dki_interval_get(const dk_column *column, uint64_t row, dk_value *out, dk_error *err)
{
    dk_value value = { .type = DK_INTERVAL, .scale = column->scale };
    uint64_t valid;
    size_t n_known;
    dk_status status = dki_interval_rows(column, row, 1, &value.as.interval, &valid, &n_known, err);

    value.is_null = n_known == 0;
    if (status == DK_OK)
        *out = value;
    return status;
}

/* Columns. ----------------------------------------------------------------------------------------------------------- */

static dk_status check_bounds(const dk_column *least, const dk_column *greatest, dk_error *err)
{
    dk_view views[2];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 2; k++)
        dk_view_init(&views[k], least->context);
    for (uint64_t row = 0; status == DK_OK && row < least->n_rows; row += DK_BLOCK_ROWS) {
        size_t n = least->n_rows - row < DK_BLOCK_ROWS ? (size_t)(least->n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(least->context, err);
        if (status == DK_OK)
            status = dk_column_view(least, row, n, &views[0], err);
        if (status == DK_OK)
            status = dk_column_view(greatest, row, n, &views[1], err);
        for (size_t i = 0; i < n && status == DK_OK; i++)
            if (!dki_view_is_null(&views[0], i) && !dki_view_is_null(&views[1], i) &&
                dki_view_value(&views[0], i).as.integer > dki_view_value(&views[1], i).as.integer)
                status = dki_fail(err, DK_ERR_RANGE, "row %llu has a least bound above its greatest",
                                  (unsigned long long)(row + i) + 1);
    }
    for (size_t k = 0; k < 2; k++)
        dk_view_release(&views[k]);
    return status;
}

/* A category of n nulls. */
static dk_status no_markers(dk_context *context, uint64_t n, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(context, DK_CATEGORY, 0, NULL, &builder, err);

    if (status == DK_OK)
        status = dk_builder_null(builder, n, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dk_interval_new(const dk_column *least, const dk_column *greatest, const dk_column *marker,
                          const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { least, greatest, marker };
    dk_status status;

    if (!is_bound(least) || greatest->type != least->type || greatest->scale != least->scale ||
        (marker && marker->type != DK_CATEGORY))
        return dki_fail(
            err, DK_ERR_TYPE,
            "an interval has two bounds, both integers or decimals of one scale, and a category of markers");
    if (greatest->n_rows != least->n_rows || (marker && marker->n_rows != least->n_rows))
        return dki_fail(err, DK_ERR_LENGTH, "the bounds and the markers of an interval have one length");
    status = check_bounds(least, greatest, err);
    if (status == DK_OK && marker == NULL)
        status = no_markers(least->context, least->n_rows, &children[DK_CHILD_MARKER], err);
    else if (status == DK_OK)
        (void)dk_column_retain(marker);
    if (status != DK_OK)
        return status;
    (void)dk_column_retain(least);
    (void)dk_column_retain(greatest);
    return dki_column_compose(NULL, children, DK_MOST_CHILDREN, DK_OK, out, err);
}

dk_status dki_intervals_concat(dk_context *context, uint8_t scale, const dk_column *const *columns, size_t n,
                               const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_view view;
    dk_status status = dk_builder_new(context, DK_INTERVAL, scale, NULL, &builder, err);

    dk_view_init(&view, context);
    for (size_t i = 0; i < n; i++)
        for (uint64_t row = 0; dki_column_block(columns[i], row, &view, &status, err); row += view.n)
            status = dk_builder_view(builder, &view, err);
    dk_view_release(&view);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Builders. ---------------------------------------------------------------------------------------------------------- */

dk_status dki_interval_builder_new(dk_context *context, uint8_t scale, const dk_dictionary *markers,
                                   dki_interval_builder **out, dk_error *err)
{
    dki_interval_builder *builder = dki_calloc(context, 1, sizeof *builder, err);
    dk_type bound = scale > 0 ? DK_DECIMAL : DK_INTEGER;
    dk_status status = builder ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < DK_MOST_CHILDREN && status == DK_OK; k++)
        status = k == DK_CHILD_MARKER ? dk_builder_new(context, DK_CATEGORY, 0, markers, &builder->children[k], err)
                                      : dk_builder_new(context, bound, scale, NULL, &builder->children[k], err);
    if (status == DK_OK)
        *out = builder;
    else
        dki_interval_builder_release(context, builder);
    return status;
}

void dki_interval_builder_release(dk_context *context, dki_interval_builder *builder)
{
    if (builder == NULL)
        return;
    for (size_t k = 0; k < DK_MOST_CHILDREN; k++)
        dk_builder_release(builder->children[k]);
    dki_free(context, builder->means);
    dki_free(context, builder);
}

/* Makes room for at least one more row in every child, so that none gets a row that another does not: *room rows may be
 * appended to each, and cannot fail. */
static dk_status make_room(dki_interval_builder *builder, size_t *room, dk_error *err)
{
    dk_status status = DK_OK;

    *room = SIZE_MAX;
    for (size_t k = 0; k < DK_MOST_CHILDREN && status == DK_OK; k++) {
        size_t own = 0;

        status = dki_builder_room(builder->children[k], &own, err);
        *room = own < *room ? own : *room;
    }
    return status;
}

dk_status dki_interval_builder_null(dki_interval_builder *builder, uint64_t n, dk_error *err)
{
    dk_status status = DK_OK;

    while (n > 0 && status == DK_OK) {
        size_t room;

        status = make_room(builder, &room, err);
        if (status != DK_OK)
            return status;
        room = room < n ? room : (size_t)n;
        for (size_t k = 0; k < DK_MOST_CHILDREN && status == DK_OK; k++)
            status = dk_builder_null(builder->children[k], room, err);
        n -= room;
    }
    return status;
}

static bool means_the_same(dki_marker_means a, dki_marker_means b)
{
    return a.meaning == b.meaning && a.may_be_null == b.may_be_null;
}

/* The code of a marker, and what that means in the column. */
static dk_status find_marker(dki_interval_builder *builder, dk_text marker, dki_marker_means now, uint32_t *code,
                             dki_marker_means *means, dk_error *err)
{
    dk_builder *markers = builder->children[DK_CHILD_MARKER];
    dk_status status = dki_builder_level(markers, marker, code, err);

    if (status != DK_OK)
        return status;
    if (markers->levels == NULL && *code > builder->n_means) {
        status = dki_grow(markers->context, (void **)&builder->means, &builder->capacity, *code,
                          sizeof *builder->means, err);
        if (status != DK_OK)
            return status;
        builder->means[*code - 1] = now;
        builder->n_means = *code;
    }
    *means = markers->levels ? dki_marker_of(markers->levels, *code) : builder->means[*code - 1];
    return DK_OK;
}

static dk_status another_meaning(dk_text marker, dki_marker_means before, dki_marker_means now, dk_error *err)
{
    char labels[2][DKI_MARKER_LABEL_BYTES];

    return dki_fail(err, DK_ERR_RANGE, "the marker \"%.*s\" has one meaning in a column: %s, and now %s",
                    (int)marker.size, marker.bytes, dki_marker_label(before, labels[0]).bytes,
                    dki_marker_label(now, labels[1]).bytes);
}

/* Sources may write with the same marker what means something else: there its meaning stands behind it, as in ". (impossible)". */
static dk_status find_with_meaning(dki_interval_builder *builder, dk_text marker, dki_marker_means now,
                                   uint32_t *code, dk_error *err)
{
    dk_context *context = builder->children[DK_CHILD_MARKER]->context;
    char label[DKI_MARKER_LABEL_BYTES];
    dk_text means = dki_marker_label(now, label), longer = { NULL, marker.size + means.size + 3 };
    char *bytes = dki_alloc(context, longer.size + 1, err);
    dki_marker_means found;
    dk_status status;

    if (bytes == NULL)
        return DK_ERR_MEMORY;
    (void)snprintf(bytes, longer.size + 1, "%.*s (%s)", (int)marker.size, marker.bytes, means.bytes);
    longer.bytes = bytes;
    status = find_marker(builder, longer, now, code, &found, err);
    if (status == DK_OK && !means_the_same(found, now))
        status = another_meaning(longer, found, now, err);
    dki_free(context, bytes);
    return status;
}

/* The code of a value's marker. */
static dk_status code_of_marker(dki_interval_builder *builder, const dk_interval *value, uint32_t *code,
                                dk_error *err)
{
    dki_marker_means now = { value->meaning, value->may_be_null }, found;
    dk_status status = find_marker(builder, value->marker, now, code, &found, err);

    if (status != DK_OK || means_the_same(found, now))
        return status;
    return builder->children[DK_CHILD_MARKER]->levels ? another_meaning(value->marker, found, now, err)
                                                      : find_with_meaning(builder, value->marker, now, code, err);
}

static dk_status append_bound(dk_builder *bound, bool open, int64_t value, dk_error *err)
{
    return open ? dk_builder_null(bound, 1, err) : dk_builder_integer(bound, value, err);
}

dk_status dk_builder_interval(dk_builder *builder, const dk_interval *value, dk_error *err)
{
    dki_interval_builder *made = builder->interval;
    uint32_t code = 0;
    size_t room;
    dk_status status = DK_OK;

    if (builder->type != DK_INTERVAL)
        return dki_builder_wrong_type(builder, DK_INTERVAL, err);
    if (!value->no_least && !value->no_greatest && value->least > value->greatest)
        return dki_fail(err, DK_ERR_RANGE, "an interval has a least bound above its greatest");
    if (value->marker.size > 0 || value->meaning == DK_MEANS_UNBOUNDED) /* which may have no marker: "" */
        status = code_of_marker(made, value, &code, err);
    if (status == DK_OK)
        status = make_room(made, &room, err);
    if (status == DK_OK)
        status = append_bound(made->children[DK_CHILD_LEAST], value->no_least, value->least, err);
    if (status == DK_OK)
        status = append_bound(made->children[DK_CHILD_GREATEST], value->no_greatest, value->greatest, err);
    if (status == DK_OK)
        status = dk_builder_code(made->children[DK_CHILD_MARKER], code, err);
    return status;
}

/* The markers with the names of their meanings as labels. */
static dk_status label_markers(const dki_interval_builder *builder, const dk_column *plain, const dk_column **out,
                               dk_error *err)
{
    dk_context *context = plain->context;
    size_t n = dk_dictionary_n_levels(plain->levels);
    dk_text *labels = dki_calloc(context, n, sizeof *labels, err);
    char(*texts)[DKI_MARKER_LABEL_BYTES] = labels ? dki_calloc(context, n, sizeof *texts, err) : NULL;
    dk_dictionary *markers = NULL;
    dk_status status = texts ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        labels[i] = dki_marker_label(builder->means[i], texts[i]);
    }
    if (status == DK_OK)
        status = dk_dictionary_with_labels(plain->levels, labels, &markers, err);
    if (status == DK_OK)
        status = dki_column_with_levels(plain, markers, out, err);
    dk_dictionary_release(markers);
    dki_free(context, texts);
    dki_free(context, labels);
    return status;
}

dk_status dki_interval_builder_finish(dki_interval_builder *builder, const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { NULL };
    dk_status status = DK_OK;

    for (size_t k = 0; k < DK_MOST_CHILDREN && status == DK_OK; k++)
        status = dk_builder_finish(builder->children[k], &children[k], err);
    if (status == DK_OK && builder->n_means > 0) {
        const dk_column *plain = children[DK_CHILD_MARKER];

        children[DK_CHILD_MARKER] = NULL;
        status = label_markers(builder, plain, &children[DK_CHILD_MARKER], err);
        dk_column_release(plain);
    }
    return dki_column_compose(NULL, children, DK_MOST_CHILDREN, status, out, err);
}
