/* snapshot_records.c - the directory of a segment: a record for the table, its properties, notes, lineage, trees and columns. */
#include "snapshot_records.h"

#include <dekking/members.h>

#include "data/column_parts.h"
#include "data/table_parts.h"
#include "snapshot_parts.h"
#include "snapshot_tree.h"

/* The labels of all levels that the column has by now. They follow the column that they belong to. */
static dk_status put_labels(dki_buffer *directory, const dk_dictionary *levels, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(levels), start;
    dk_status status = dki_put_record(directory, "labels", DKI_RECORD_OPTIONAL, &start, err);

    if (status == DK_OK)
        status = dki_put_u64(directory, n, err);
    for (uint32_t code = 1; code <= n && status == DK_OK; code++) {
        dk_text label;

        status = dki_put_text(directory, dk_dictionary_label(levels, code, &label) ? label.bytes : NULL, err);
    }
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

/* The members of a column of sets, in the order of their codes, and their labels. */
static dk_status put_members(dki_buffer *directory, const dk_dictionary *members, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(members), start;
    dk_status status = dki_put_record(directory, "members", DKI_RECORD_OPTIONAL, &start, err);

    if (status == DK_OK)
        status = dki_put_u64(directory, dk_dictionary_is_declared(members) ? DKI_MEMBERS_DECLARED : 0, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, n, err);
    for (uint32_t code = 1; code <= n && status == DK_OK; code++) {
        dk_text label;

        status = dki_put_text(directory, dk_dictionary_level(members, code).bytes, err);
        if (status == DK_OK)
            status = dki_put_text(directory, dk_dictionary_label(members, code, &label) ? label.bytes : NULL, err);
    }
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

static dk_status put_column(dki_buffer *directory, const dki_pieces *pieces, const dki_trees *trees,
                            const dki_flat *flat, size_t n_known, const dki_column_pieces *items, dk_error *err)
{
    const dk_column *column = flat->column;
    dk_field field = flat->field && !flat->is_child ? *flat->field : DK_FIELD(flat->name ? flat->name : "", column);
    bool is_declared = column->levels && dk_dictionary_is_declared(column->levels);
    uint64_t flags = (flat->field ? 0 : DKI_COLUMN_MARGIN) | (is_declared ? DKI_COLUMN_DECLARED : 0) |
                     (flat->is_child ? DKI_COLUMN_CHILD : 0);
    size_t start;
    dk_status status = dki_put_record(directory, "column", 0, &start, err);

    if (status == DK_OK)
        status = dki_put_text(directory, field.name, err);
    if (status == DK_OK)
        status = dki_put_text(directory, dk_type_name(column->type), err);
    if (status == DK_OK)
        status = dki_put_u64(directory, column->scale, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, (uint64_t)(field.margin_bit + 1), err);
    if (status == DK_OK)
        status = dki_put_u64(directory, flags, err);
    if (status == DK_OK)
        status = dki_put_text(directory, field.label, err);
    if (status == DK_OK)
        status = dki_put_text(directory, field.format, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, n_known, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, items->chunks - items->levels, err);
    for (size_t i = items->levels; i < items->end && status == DK_OK; i++) {
        if (i == items->chunks)
            status = dki_put_u64(directory, items->end - items->chunks, err);
        if (status == DK_OK)
            status = dki_put_chunk(directory, &pieces->items[i].form, err);
    }
    if (status == DK_OK && items->chunks == items->end)
        status = dki_put_u64(directory, 0, err);
    if (status == DK_OK && column->type == DK_INTERVAL)
        status = dki_put_u64(directory, dk_column_n_nulls(column), err);
    if (status == DK_OK)
        dki_end_record(directory, start);
    if (status == DK_OK && column->levels && dk_dictionary_has_labels(column->levels))
        status = put_labels(directory, column->levels, err);
    if (status == DK_OK && column->levels && dk_dictionary_members(column->levels))
        status = put_members(directory, dk_dictionary_members(column->levels), err);
    return status == DK_OK ? dki_put_levels(directory, trees, column->levels, err) : status;
}

static dk_status put_texts(dki_buffer *directory, const char *record, const char *first, const char *second,
                           dk_error *err)
{
    size_t start;
    dk_status status;

    if (first == NULL)
        return DK_OK;
    status = dki_put_record(directory, record, 0, &start, err);
    if (status == DK_OK)
        status = dki_put_text(directory, first, err);
    if (status == DK_OK && second)
        status = dki_put_text(directory, second, err);
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

static dk_status put_properties(dki_buffer *directory, const dk_table *table, dk_error *err)
{
    const dk_properties *properties = &table->properties;
    const char *const texts[][2] = { { "name", properties->name },
                                     { "source", properties->source },
                                     { "unit", properties->unit },
                                     { "weight", properties->weight },
                                     { "as_of", properties->as_of },
                                     { "published", properties->published },
                                     { "keeps", properties->keeps_whole ? "columns" : NULL } };
    dk_status status = DK_OK;

    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == DK_OK; i++)
        if (texts[i][1])
            status = put_texts(directory, "property", texts[i][0], texts[i][1], err);
    for (size_t i = 0; i < properties->n_key && status == DK_OK; i++)
        status = put_texts(directory, "property", "key", properties->key[i], err);
    for (size_t i = 0; i < table->n_notes && status == DK_OK; i++)
        status = put_texts(directory, "note", table->notes[i], NULL, err);
    return status;
}

dk_status dki_put_directory(dki_buffer *directory, const dki_pieces *pieces, const dk_table *table,
                            const dki_flat *flat, size_t n, const size_t *n_known, const dki_column_pieces *items,
                            dk_error *err)
{
    dki_trees trees;
    size_t start;
    dk_status status = dki_put_record(directory, "table", 0, &start, err);

    if (status == DK_OK)
        status = dki_put_u64(directory, table->n_rows, err);
    if (status == DK_OK) {
        dki_end_record(directory, start);
        status = put_properties(directory, table, err);
    }
    if (status == DK_OK)
        status = dki_put_lineage(directory, table, err);
    dki_trees_init(&trees, pieces->context);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dki_trees_add(&trees, flat[i].column->levels, err);
    if (status == DK_OK)
        status = dki_put_trees(directory, &trees, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = put_column(directory, pieces, &trees, &flat[i], n_known ? n_known[i] : 0, &items[i], err);
    dki_trees_drop(&trees);
    return status;
}
