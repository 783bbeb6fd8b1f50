/* bound_notes.c - notes of bound expressions on tables. */
#include "bound_notes.h"

dk_status dki_table_add_note(const dk_table **table, const char *note, dk_error *err)
{
    const dk_table *noted;
    dk_status status = dk_table_with_note(*table, note, &noted, err);

    dk_table_release(*table);
    *table = status == DK_OK ? noted : NULL;
    return status;
}

dk_status dki_table_add_bound_notes(const dk_table **table, const dki_bound *bound, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dki_bound_n_notes(bound) && status == DK_OK; i++)
        status = dki_table_add_note(table, dki_bound_note(bound, i), err);
    return status;
}
