/* bound_notes.h - what a bound expression has to say goes along with the table that it made. */
#ifndef DKI_ROWS_BOUND_NOTES_H
#define DKI_ROWS_BOUND_NOTES_H

#include "expr/eval.h"

/* *table becomes a table with one more note; on failure it is released and NULL. */
dk_status dki_table_add_note(const dk_table **table, const char *note, dk_error *err);
/* The same with all notes of the expression. */
dk_status dki_table_add_bound_notes(const dk_table **table, const dki_bound *bound, dk_error *err);

#endif
