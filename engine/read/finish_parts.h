/* finish_parts.h - notes of a table that was read. For finish.c and finish_notes.c. */
#ifndef DKI_READ_FINISH_PARTS_H
#define DKI_READ_FINISH_PARTS_H

#include "convert.h"
#include "data/levels.h"
#include "dialect.h"
#include "records.h"

/* Each puts another table, with its notes, in the place of *table. strays: of each column, what counts as another code. */
dk_status dki_finish_notes(const dki_records *r, dk_encoding encoding, bool has_mark, const dki_marks *marks,
                           const dki_plan *plans, const dk_table **table, dk_error *err);
dk_status dki_finish_note_others(const dki_records *r, const dki_plan *plans, const dki_strays *strays,
                                 const dk_table **table, dk_error *err);
/* What looks like totals among the rows. */
dk_status dki_finish_note_totals(const dk_table **table, dk_error *err);

#endif
