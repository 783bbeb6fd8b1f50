/* snapshot_table.c - makes the table of what the directories of a snapshot say. Nothing is read but the levels of
 * categories.
 */
#include <dekking/members.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/children.h"
#include "data/hierarchy_parts.h"
#include "data/overlap.h"
#include "data/table_parts.h"
#include "snapshot_saved.h"

/* Faults of what was put together are faults of the file. */
static dk_status blame(const dki_saved_table *reading, dk_status status, dk_error *err)
{
    if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_IO)
        return status;
    if (err)
        err->code = DK_ERR_DATA;
    dki_at(err, dki_store_path(reading->store), 0, 0);
    return DK_ERR_DATA;
}

/* The dictionary as one of sets. */
static dk_status make_sets(dki_saved_table *reading, const dki_saved_column *column, dk_dictionary **levels,
                           dk_error *err)
{
    dk_dictionary *plain = NULL, *members = NULL, *sets = NULL;
    dk_status status = dk_dictionary_new(reading->context, column->members, column->n_members,
                                         column->members_declared, &plain, err);

    if (status == DK_OK)
        status = dk_dictionary_with_labels(plain, column->member_labels, &members, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(*levels, members, &sets, err);
    dk_dictionary_release(plain);
    dk_dictionary_release(members);
    if (status != DK_OK)
        return status;
    dk_dictionary_release(*levels);
    *levels = sets;
    return DK_OK;
}

static dk_status make_dictionary(dki_saved_table *reading, dki_saved_column *column, dk_error *err)
{
    dk_text *texts = dki_alloc_array(reading->context, (size_t)column->n_levels, sizeof *texts, err);
    dk_dictionary *made = NULL;
    size_t n = 0, n_held = 0;
    dk_status status = texts ? DK_OK : DK_ERR_MEMORY;

    for (; n_held < column->n_level_parts && status == DK_OK; n_held++) {
        const dki_chunk *chunk = column->levels[n_held].chunk;

        status = dki_chunk_hold(chunk, err);
        if (status != DK_OK)
            break;
        for (uint64_t row = 0; row < chunk->n_rows; row++)
            texts[n++] = dki_chunk_text(chunk, row);
    }
    if (status == DK_OK)
        status = dk_dictionary_new(reading->context, texts, n, column->flags & DKI_COLUMN_DECLARED, &made, err);
    while (n_held > 0)
        dki_chunk_let(column->levels[--n_held].chunk);
    dki_free(reading->context, texts);
    if (status == DK_OK && column->labels) {
        dk_dictionary *plain = made;

        made = NULL;
        status = dk_dictionary_with_labels(plain, column->labels, &made, err);
        dk_dictionary_release(plain);
    }
    if (status == DK_OK && column->members)
        status = make_sets(reading, column, &made, err);
    for (size_t i = 0; i < column->n_of && status == DK_OK; i++) {
        dk_dictionary *plain = made;

        made = NULL;
        status = dki_dictionary_of_level(plain, column->of[i].hierarchy, column->of[i].level, &made, err);
        dk_dictionary_release(plain);
    }
    column->dictionary = made;
    return blame(reading, status, err);
}

static dk_status make_own(dki_saved_table *reading, dki_saved_column *column, dk_error *err)
{
    dk_status status = column->type == DK_CATEGORY ? make_dictionary(reading, column, err) : DK_OK;
    size_t n_parts = column->n_parts;

    if (status != DK_OK)
        return status;
    column->n_parts = 0; /* given away */
    return dki_column_of_parts(reading->context, column->type, column->scale, column->dictionary, column->parts,
                               n_parts, &column->made, err);
}

/* Whether the last of n columns behind one is its overlap, and no child. */
static bool has_overlap(const dki_saved_column *column, const dki_saved_column *behind, size_t n)
{
    return n > 0 && behind[n - 1].type == DK_CATEGORY && (column->type != DK_INTERVAL || n > DK_MOST_CHILDREN);
}

/* The column of number `at`, and its children and its overlap, which follow it. */
static dk_status make_column(dki_saved_table *reading, size_t at, dk_error *err)
{
    dki_saved_column *column = &reading->columns[at], *last;
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *own = NULL, *made = NULL;
    size_t n = 0, n_behind;
    dk_status status = column->type == DK_INTERVAL ? DK_OK : make_own(reading, column, err);

    for (; status == DK_OK && at + 1 + n < reading->n_columns &&
           reading->columns[at + 1 + n].flags & DKI_COLUMN_CHILD;
         n++) {
        dki_saved_column *child = &reading->columns[at + 1 + n];

        status = n <= DK_MOST_CHILDREN && child->type != DK_INTERVAL
                     ? make_own(reading, child, err)
                     : dki_snapshot_fail(reading->store, err, "%s is made of columns that cannot be", column->name);
    }
    if (status != DK_OK || (n == 0 && column->type != DK_INTERVAL))
        return status;
    last = &reading->columns[at + n];
    n_behind = n;
    n -= has_overlap(column, &reading->columns[at + 1], n);
    if (n > DK_MOST_CHILDREN)
        return dki_snapshot_fail(reading->store, err, "%s is made of columns that cannot be", column->name);
    for (size_t i = 0; i < n; i++)
        children[i] = reading->columns[at + 1 + i].made;
    own = column->made;
    if (!dki_children_fit(column->type, column->scale, children, n))
        return dki_snapshot_fail(reading->store, err, "%s is made of columns that cannot be", column->name);
    if (column->type == DK_INTERVAL && (column->n_nulls > dk_column_n_nulls(children[DK_CHILD_LEAST]) ||
                                        column->n_nulls > dk_column_n_nulls(children[DK_CHILD_GREATEST])))
        return dki_snapshot_fail(reading->store, err, "%s has more nulls than its bounds", column->name);
    if (column->type == DK_INTERVAL) /* the file says how many: its values are not looked at */
        status = dki_interval_with_nulls(children, column->n_nulls, &made, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        reading->columns[at + 1 + i].made = NULL; /* given away */
    column->made = NULL;
    if (column->type != DK_INTERVAL)
        status = dki_column_compose(own, children, n, DK_OK, &made, err);
    if (n < n_behind) {
        status = dki_overlap_take(&made, last->made, status);
        last->made = NULL;
    }
    column->made = made;
    return status;
}

static dk_status check_margin(const dki_saved_table *reading, const dk_column *margin, dk_error *err)
{
    int64_t least = 0, greatest = 0;

    if (dk_column_type(margin) != DK_INTEGER || dk_column_n_nulls(margin) > 0 ||
        (dk_column_bounds(margin, &least, &greatest) && least < 0))
        return dki_snapshot_fail(reading->store, err, "the column that says which rows are totals is none");
    return DK_OK;
}

static dk_status copy_notes(const dki_saved_table *reading, dk_table *table, dk_error *err)
{
    if (reading->n_notes == 0)
        return DK_OK;
    table->notes = dki_calloc(reading->context, reading->n_notes, sizeof *table->notes, err);
    if (table->notes == NULL)
        return DK_ERR_MEMORY;
    for (; table->n_notes < reading->n_notes; table->n_notes++) {
        table->notes[table->n_notes] = dki_strdup(reading->context, reading->notes[table->n_notes], err);
        if (table->notes[table->n_notes] == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

dk_status dki_saved_make(dki_saved_table *reading, const dk_table **out, dk_error *err)
{
    dk_field *fields = dki_calloc(reading->context, reading->n_columns, sizeof *fields, err);
    dk_table *table = NULL;
    const dk_column *margin = NULL;
    size_t n_fields = 0;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < reading->n_columns && status == DK_OK; i++) {
        dki_saved_column *column = &reading->columns[i];

        if (column->flags & DKI_COLUMN_CHILD && i > 0) /* its column made it */
            continue;
        status = make_column(reading, i, err);
        if (status == DK_OK && column->flags & DKI_COLUMN_MARGIN) {
            status = margin ? dki_snapshot_fail(reading->store, err, "two columns say which rows are totals")
                            : check_margin(reading, column->made, err);
            margin = column->made;
        } else if (status == DK_OK) {
            fields[n_fields++] = (dk_field){ .name = column->name,
                                             .column = column->made,
                                             .label = column->label,
                                             .format = column->format,
                                             .margin_bit = column->margin_bit };
        }
    }
    reading->properties.key = reading->properties.n_key > 0 ? reading->key : NULL;
    reading->properties.attached = reading->attached;
    reading->properties.n_attached = reading->n_attached;
    reading->properties.whole = reading->whole;
    reading->properties.behind = reading->behind;
    if (status == DK_OK)
        status = blame(reading,
                       dki_table_make(reading->context, fields, n_fields, reading->n_rows, &reading->properties,
                                      margin, &table, err),
                       err);
    if (status == DK_OK)
        status = blame(reading, dki_table_check_properties(table, &reading->properties, false, err), err);
    if (status == DK_OK)
        status = copy_notes(reading, table, err);
    if (status == DK_OK)
        status = dki_saved_lineage_make(reading, table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    dki_free(reading->context, fields);
    return status;
}
