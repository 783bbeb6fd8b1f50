/* bound_notes.h - what a bound expression has to say goes along with the table that it made. */
#ifndef DKI_ROWS_BOUND_NOTES_H
#define DKI_ROWS_BOUND_NOTES_H

#include "expr/eval.h"

/* dki_table_add_note (data/table_parts.h) with all notes of the expression. */
dk_status dki_table_add_bound_notes(const dk_table **table, const dki_bound *bound, dk_error *err);

#endif
