/* bound_notes.c - notes of bound expressions on tables. */
#include "bound_notes.h"

#include "data/table_parts.h"

dk_status dki_table_add_bound_notes(const dk_table **table, const dki_bound *bound, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dki_bound_n_notes(bound) && status == DK_OK; i++)
        status = dki_table_add_note(table, dki_bound_note(bound, i), err);
    return status;
}
