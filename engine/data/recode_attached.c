/* recode_attached.c - figures beside a table in which members of a column become others.
 *
 * Figures that are known by the column have members too, which become what the rows' do: a merger adds them up, also those of members
 * that no row has. Where rows or figures are divided, or each row is told by its own day, nobody knows what part of a figure goes along:
 * figures stay, and a note says so. So it does where rows come into another group of a later level by which figures are known.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_levels.h"
#include "lineage.h"
#include "recode_parts.h"
#include "table_parts.h"

static bool is_known_by(const dk_attachment *attachment, const char *name)
{
    for (size_t i = 0; i < attachment->n_by; i++)
        if (strcmp(attachment->by[i], name) == 0)
            return true;
    return false;
}

static const dk_column *column_of(const dk_table *table, const char *name)
{
    return dk_table_field(table, dk_table_find(table, name))->column;
}

dk_status dki_recode_attached(const dk_table *table, const char *name, const dk_recode *recode,
                              dk_attachment out[DK_MOST_ATTACHED], dk_error *err)
{
    const dk_properties *properties = dk_table_properties(table);
    dk_status status = DK_OK;

    for (size_t i = 0; i < properties->n_attached && status == DK_OK; i++) {
        const dk_attachment *attachment = &properties->attached[i];
        bool stays = recode == NULL || !is_known_by(attachment, name);

        out[i] = (dk_attachment){ NULL, attachment->by, attachment->n_by };
        if (!stays)
            status = dki_recode_divides(recode, column_of(attachment->table, name), &stays, err);
        if (status != DK_OK)
            break;
        if (!stays)
            status = dk_table_recode(attachment->table, name, recode, NULL, &out[i].table, err);
        else
            out[i].table = dk_table_retain(attachment->table);
    }
    return status;
}

/* Whether some row has another code than it had. Levels that follow have the same codes. */
static dk_status find_changed(const dk_column *was, const uint64_t *rows, const dk_column *is, bool *out,
                              dk_error *err)
{
    const dk_column *columns[2] = { NULL, is }, *gathered = NULL;
    dk_view views[2];
    dk_status status = rows ? dk_column_gather(was, rows, dk_column_n_rows(is), &gathered, err) : DK_OK;

    columns[0] = rows ? gathered : was;
    dk_view_init(&views[0], dk_column_context(is));
    dk_view_init(&views[1], dk_column_context(is));
    for (uint64_t row = 0; status == DK_OK && !*out && dki_columns_block(columns, 2, row, views, &status, err);
         row += views->n)
        for (size_t i = 0; i < views->n && !*out; i++)
            *out = dki_view_code(&views[0], i) != dki_view_code(&views[1], i);
    dk_view_release(&views[1]);
    dk_view_release(&views[0]);
    dk_column_release(gathered);
    return status;
}

/* Whether rows are in other groups of what is attached than they were, by a level above what was recoded. */
static dk_status leave_groups(const dk_table *table, const dk_table *made, const dk_attachment *attachment,
                              const char *name, const uint64_t *rows, bool *out, dk_error *err)
{
    const dk_dictionary *values = dk_column_levels(dk_table_field(table, dk_table_find(table, name))->column);
    dk_status status = DK_OK;

    for (size_t i = 0; i < attachment->n_by && status == DK_OK && !*out; i++) {
        const char *by = attachment->by[i];
        const dk_column *was = dk_table_field(table, dk_table_find(table, by))->column;

        if (strcmp(by, name) != 0 && dki_levels_nested(values, dk_column_levels(was)))
            status = find_changed(was, rows, dk_table_field(made, dk_table_find(made, by))->column, out, err);
    }
    return status;
}

dk_status dki_recode_tell_attached(const dk_table **made, const dk_table *table, const char *name,
                                   const uint64_t *rows, const dk_attachment *attached, dk_error *err)
{
    const dk_properties *properties = dk_table_properties(table);
    dk_status status = DK_OK;

    for (size_t i = 0; i < properties->n_attached && status == DK_OK; i++) {
        const dk_attachment *attachment = &properties->attached[i];
        const dk_table *noted = NULL;
        bool parts = is_known_by(attachment, name) && attached[i].table == attachment->table, leaves = false;
        char note[500], keys[300];

        if (!parts)
            status = leave_groups(table, *made, attachment, name, rows, &leaves, err);
        if (status != DK_OK || (!parts && !leaves))
            continue;
        (void)snprintf(note, sizeof note, "%s recoded: figures known per %s stay %s", name,
                       dki_lineage_list(attachment->by, attachment->n_by, keys, sizeof keys),
                       parts ? "with the groups that they are of, as rows of one may be of several"
                             : "what they were, and rows come from one into another");
        status = dk_table_with_note(*made, note, &noted, err);
        if (status == DK_OK) {
            dk_table_release(*made);
            *made = noted;
        }
    }
    return status;
}
